using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace BufferLifetime;

/// <summary>
/// Owns one extraction: remembers its mode, lists it as native code wants it, and releases it exactly once. Can be filled again, and then allocates
/// only when it has to grow.
/// </summary>
/// <remarks>
/// A lease that is lost without release keeps what it holds, since native code may still use it; checked mode reports where it was taken. Filling and
/// reading are one thread's; the release may come from any.
/// </remarks>
public sealed class PageLease : IDisposable
{
    /// <summary>
    /// Fragments a lease holds at most: <c>IOV_MAX</c>, so that what it lists is always a system call's valid argument. What does not
    /// fit stays in the iterator.
    /// </summary>
    public const int MaxVectors = 1024;

    private PageFragment[] _fragments = [];
    private IoVector[] _vectors = [];
    private WsaBuffer[] _wsaBuffers = [];
    private bool _vectorsListed;
    private bool _wsaBuffersListed;
    private int _count;
    private StackTrace? _origin;

    // 1 while something is held: whoever changes it to 0 is the one who releases.
    private int _held;
    private bool _released;

    /// <summary>Makes an empty lease, to be filled with <see cref="Refill"/>.</summary>
    public PageLease() => GC.SuppressFinalize(this);

    /// <summary>Reports, in checked mode, a lease that was lost.</summary>
    ~PageLease()
    {
        if (_held != 0)
            CheckedMode.ReportLeak(this, $"{this} was lost without being released.", _origin);
    }

    /// <summary>Bytes covered by the last extraction; zero when the iterator was at its end.</summary>
    public long Bytes { get; private set; }

    /// <summary>What the last extraction took.</summary>
    public ExtractMode Mode { get; private set; }

    /// <summary>Whether the lease covers nothing.</summary>
    public bool IsEmpty => Bytes == 0;

    /// <summary>The fragments, in order. The lease releases them.</summary>
    /// <exception cref="AlreadyReleasedException">The lease was released.</exception>
    public ReadOnlySpan<PageFragment> Fragments
    {
        [ReturnsBorrowed]
        get
        {
            ThrowIfReleased();
            return _fragments.AsSpan(0, _count);
        }
    }

    /// <summary>The bytes as POSIX <c>iovec</c>s: a vectored system call's argument. Valid until the release.</summary>
    /// <exception cref="AlreadyReleasedException">The lease was released.</exception>
    /// <exception cref="InvalidOperationException">The lease is in mode <see cref="ExtractMode.Get"/>: nothing keeps the bytes at any address.</exception>
    public ReadOnlySpan<IoVector> IoVectors
    {
        [ReturnsBorrowed]
        get
        {
            ThrowIfReleased();
            if (!_vectorsListed)
                ListVectors();

            return _vectors.AsSpan(0, _count);
        }
    }

    /// <summary>The bytes as Winsock <c>WSABUF</c>s. Valid until the release.</summary>
    /// <exception cref="AlreadyReleasedException">The lease was released.</exception>
    /// <exception cref="InvalidOperationException">The lease is in mode <see cref="ExtractMode.Get"/>: nothing keeps the bytes at any address.</exception>
    public ReadOnlySpan<WsaBuffer> WsaBuffers
    {
        [ReturnsBorrowed]
        get
        {
            ThrowIfReleased();
            if (!_wsaBuffersListed)
                ListWsaBuffers();

            return _wsaBuffers.AsSpan(0, _count);
        }
    }

    /// <summary>Releases what the lease holds and extracts anew, reusing the lease's arrays.</summary>
    /// <param name="iter">What to extract from; advanced over what was covered.</param>
    /// <param name="maxBytes">Bytes at most; also never more than <see cref="IovIter.MaxTransferBytes"/> or <see cref="MaxVectors"/> fragments.</param>
    /// <param name="flags">What to take.</param>
    /// <returns>Bytes covered; zero at the end.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxBytes"/> is negative or <paramref name="flags"/> has unknown bits.</exception>
    /// <exception cref="ArgumentException"><see cref="ExtractFlags.AllowPeerMemory"/> on an iterator that is not user-backed.</exception>
    /// <exception cref="NotSupportedException">The iterator discards: it has no memory.</exception>
    /// <exception cref="PeerMemoryException">Device memory was met and not allowed for.</exception>
    /// <remarks>When the extraction fails the lease is empty and the iterator is where it was.</remarks>
    [AcquiresBuffer(ExtractMode.Pin)]
    public long Refill(ref IovIter iter, long maxBytes = long.MaxValue, ExtractFlags flags = ExtractFlags.None)
    {
        if (_held != 0)
            Dispose();

        _count = 0;
        Bytes = 0;
        _released = false;
        _vectorsListed = false;
        _wsaBuffersListed = false;
        _count = iter.ExtractInto(ref _fragments, maxBytes, flags, out ExtractResult result);
        Mode = result.Mode;
        Bytes = result.Bytes;

        // What is only borrowed needs no release, and so cannot be lost.
        if (Mode != ExtractMode.None && Bytes != 0)
            Hold();

        return Bytes;
    }

    /// <summary>Releases what the lease holds.</summary>
    /// <exception cref="AlreadyReleasedException">It was released before.</exception>
    [ReleasesBuffer]
    public void Release()
    {
        if (_released)
            ThrowReleased();

        Dispose();
    }

    /// <summary>Releases what the lease holds; does nothing when it was released before.</summary>
    [ReleasesBuffer]
    public void Dispose()
    {
        _released = true;
        Bytes = 0;
        if (_held == 0 || Interlocked.Exchange(ref _held, 0) == 0)
            return;

        ThreadLedger ledger = ThreadLedger.Current;
        ledger.LeasesOutstanding--;
        if (_origin is not null)
        {
            _origin = null;
            GC.SuppressFinalize(this);
        }

        PageFragments.ReleaseHeld(ledger, _fragments.AsSpan(0, _count));
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"Lease of {_count} fragments, {Bytes} bytes, mode {Mode}");

    private void Hold()
    {
        ThreadLedger.Current.LeasesOutstanding++;
        if (CheckedMode.IsEnabled)
        {
            _origin = CheckedMode.CaptureOrigin();
            GC.ReRegisterForFinalize(this);
        }

        Volatile.Write(ref _held, 1);
    }

    private void ListVectors()
    {
        if (_vectors.Length < _count)
            _vectors = new IoVector[_fragments.Length];

        if (Mode == ExtractMode.Get)
            PageFragment.ThrowNotPinned();

        ReadOnlySpan<PageFragment> fragments = _fragments.AsSpan(0, _count);
        Span<IoVector> vectors = _vectors.AsSpan(0, _count);
        for (int i = 0; i < fragments.Length && i < vectors.Length; i++)
            vectors[i] = new IoVector(fragments[i].FirstByte, (nuint)fragments[i].Length);

        _vectorsListed = true;
    }

    private void ListWsaBuffers()
    {
        if (_wsaBuffers.Length < _count)
            _wsaBuffers = new WsaBuffer[_fragments.Length];

        for (int i = 0; i < _count; i++)
            _wsaBuffers[i] = new WsaBuffer((uint)_fragments[i].Length, _fragments[i].Address + _fragments[i].Offset);

        _wsaBuffersListed = true;
    }

    private void ThrowIfReleased()
    {
        if (_released)
            ThrowReleased();
    }

    [DoesNotReturn]
    private static void ThrowReleased() => throw new AlreadyReleasedException("A lease was used or released after its release.");
}
