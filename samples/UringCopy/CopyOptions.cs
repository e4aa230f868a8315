using System.Globalization;

namespace UringCopy;

/// <summary>What the command line asks for.</summary>
/// <param name="Source">The file to read.</param>
/// <param name="Target">The file to write.</param>
internal sealed record CopyOptions(string Source, string Target)
{
    public const string Usage = """
        Usage: UringCopy [options] <source> <target>
          --queue-depth <n>      blocks in flight, from 1 to 256; when nothing is said 8 with --direct, else one or two for
                                 each processor, up to 8
          --block-size <bytes>   bytes in a block, from 1 to 64M, also as 128K or 4M; 1M when nothing is said
          --direct               pass the page cache by (O_DIRECT); the block size has to be a multiple of 4K
          --no-uring             copy with preadv and pwritev
          --quiet                show no progress
          --cancel-after <bytes> cancel when that many bytes have been copied, as Ctrl+C would
        Exit codes: 0 copied, 2 a file or system call failed, 3 this system cannot do it, 64 wrong usage, 70 something was
        not given back, 130 cancelled. After 2 and 130 the target is incomplete.
        """;

    private const int MaxDepth = 256;
    private const int DefaultDepth = 8;
    private const long MaxBlock = 64L << 20;

    private int? _queueDepth;

    /// <summary>
    /// Blocks in flight. A device is kept busy by more; through the page cache the copying is the processors' own work, and a block that waits for one
    /// only leaves its cache.
    /// </summary>
    /// <param name="onKernelThreads">Whether a block is read and written by one thread of the kernel, and does not wait for another between the two.</param>
    public int QueueDepth(bool onKernelThreads) =>
        _queueDepth ?? (Direct ? DefaultDepth : Math.Min(Environment.ProcessorCount * (onKernelThreads ? 1 : 2), DefaultDepth));

    public int BlockSize { get; private init; } = 1 << 20;

    public bool Direct { get; private init; }

    public bool NoRing { get; private init; }

    public bool Quiet { get; private init; }

    public long CancelAfter { get; private init; } = long.MaxValue;

    /// <summary>Reads a command line.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="problem">What is wrong with them.</param>
    /// <returns>The options, or nothing when something is wrong.</returns>
    public static CopyOptions? Parse(ReadOnlySpan<string> arguments, out string problem)
    {
        var options = new CopyOptions("", "");
        problem = "";
        List<string> files = [];
        for (int i = 0; i < arguments.Length && problem.Length == 0; i++)
        {
            string argument = arguments[i];
            switch (argument)
            {
                case "--direct":
                    options = options with { Direct = true };
                    break;
                case "--no-uring":
                    options = options with { NoRing = true };
                    break;
                case "--quiet":
                    options = options with { Quiet = true };
                    break;
                case "--queue-depth" or "--block-size" or "--cancel-after":
                    if (++i == arguments.Length || !TryParseBytes(arguments[i], out long number))
                        problem = $"{argument} needs a number.";
                    else if (argument == "--queue-depth")
                        options = options with { _queueDepth = InRange(number, MaxDepth, argument, ref problem) };
                    else if (argument == "--block-size")
                        options = options with { BlockSize = InRange(number, MaxBlock, argument, ref problem) };
                    else
                        options = options with { CancelAfter = number };
                    break;
                case ['-', ..]:
                    problem = $"{argument} is no option.";
                    break;
                default:
                    files.Add(argument);
                    break;
            }
        }

        if (problem.Length == 0 && files.Count != 2)
            problem = $"{files.Count} files are named instead of two.";
        if (problem.Length == 0 && options.Direct && options.BlockSize % Transfer.DirectAlignment != 0)
            problem = $"--direct needs a block size that is a multiple of {Transfer.DirectAlignment}; {options.BlockSize} is not.";

        return problem.Length == 0 ? options with { Source = files[0], Target = files[1] } : null;
    }

    private static int InRange(long number, long max, string option, ref string problem)
    {
        if (number >= 1 && number <= max)
            return (int)number;

        problem = $"{option} is from 1 to {max}; {number} is not.";
        return 1;
    }

    private static bool TryParseBytes(string text, out long bytes)
    {
        int shift = text is [.., char unit]
            ? char.ToUpperInvariant(unit) switch { 'K' => 10, 'M' => 20, 'G' => 30, _ => 0 }
            : 0;
        ReadOnlySpan<char> digits = shift == 0 ? text : text.AsSpan(..^1);
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out bytes) || bytes > long.MaxValue >> shift)
            return false;

        bytes <<= shift;
        return true;
    }
}
