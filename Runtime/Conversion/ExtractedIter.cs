using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace BufferLifetime;

/// <summary>
/// Owns what a conversion to a <see cref="IterKind.Bvec"/> iterator took. Keep it until the last operation on the iterator has completed: the owner, not
/// the new iterator, knows how to release.
/// </summary>
public sealed class ExtractedIter : IDisposable
{
    private readonly PageFragment[] _fragments;
    private readonly IovIter _iter;
    private readonly StackTrace? _origin;
    private int _held;

    internal ExtractedIter(in IovIter iter, PageFragment[] fragments, ExtractMode mode)
    {
#pragma warning disable BUF1202 // Only iterators over extracted fragments come here.
        _iter = iter;
#pragma warning restore BUF1202
        _fragments = fragments;
        Mode = mode;
        Bytes = iter.Count;
        _held = 1;
        if (HoldsSomething)
            ThreadLedger.Current.LeasesOutstanding++;

        // What is only borrowed needs no release, and so cannot be lost.
        _origin = HoldsSomething ? CheckedMode.CaptureOrigin() : null;
        if (_origin is null)
            GC.SuppressFinalize(this);
    }

    /// <summary>Reports, in checked mode, an owner that was lost.</summary>
    ~ExtractedIter()
    {
        if (_held != 0)
            CheckedMode.ReportLeak(this, $"{this} was lost without being disposed.", _origin);
    }

    /// <summary>An iterator over the extracted bytes, at their start; it may cross an await, and each reading is a fresh copy.</summary>
    /// <exception cref="AlreadyReleasedException">The owner was disposed.</exception>
    public IovIter Iter
    {
        [ReturnsBorrowed]
        get
        {
            if (Volatile.Read(ref _held) == 0)
                ThrowReleased();

            return _iter;
        }
    }

    /// <summary>What was taken from the iterator that was converted.</summary>
    public ExtractMode Mode { get; }

    /// <summary>Bytes covered; fewer than asked when a later pin failed.</summary>
    public long Bytes { get; }

    internal ReadOnlySpan<PageFragment> Fragments => _fragments;

    private bool HoldsSomething => Mode != ExtractMode.None && Bytes != 0;

    /// <summary>Releases what the conversion took, once.</summary>
    [ReleasesBuffer]
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _held, 0) == 0)
            return;

        GC.SuppressFinalize(this);
        if (HoldsSomething)
            ThreadLedger.Current.LeasesOutstanding--;

        PageFragments.Release(_fragments);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"Converted iterator of {Bytes} bytes, mode {Mode}");

    [DoesNotReturn]
    private static void ThrowReleased() => throw new AlreadyReleasedException("A converted iterator was asked for after its owner was disposed.");
}
