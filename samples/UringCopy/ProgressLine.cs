using System.Diagnostics;
using System.Globalization;

namespace UringCopy;

/// <summary>
/// Shows how far the copy is, on the standard error stream: a line that is written over four times a second, or, where that is no
/// terminal, a line for each quarter.
/// </summary>
/// <param name="total">Bytes in all.</param>
/// <param name="quiet">Whether to count only.</param>
internal sealed class ProgressLine(long total, bool quiet)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly bool _isTerminal = !Console.IsErrorRedirected;
    private TimeSpan _shown;
    private long _shownQuarter;

    /// <summary>Bytes copied so far.</summary>
    public long Copied { get; private set; }

    /// <summary>Time since the copy began.</summary>
    public TimeSpan Elapsed => _clock.Elapsed;

    /// <summary>Counts bytes that were copied.</summary>
    /// <param name="bytes">How many.</param>
    public void Add(long bytes)
    {
        Copied += bytes;
        if (quiet)
            return;

        if (_isTerminal && (Elapsed - _shown >= Interval || Copied == total))
        {
            _shown = Elapsed;
            Console.Error.Write($"\r{this}{(Copied == total ? Environment.NewLine : "")}");
        }
        else if (!_isTerminal && Copied * 4.0 / total >= _shownQuarter + 1)
        {
            _shownQuarter = (long)(Copied * 4.0 / total);
            Console.Error.WriteLine(this);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Copied / 1048576.0,8:f1} of {total / 1048576.0:f1} MiB, {(total == 0 ? 100 : Copied * 100.0 / total),3:f0} %, {Rate,6:f0} MiB/s");

    private double Rate => Copied / 1048576.0 / Math.Max(Elapsed.TotalSeconds, 1e-6);
}
