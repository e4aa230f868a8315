using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace BufferLifetime;

/// <summary>
/// Owns one extraction: remembers its mode, lists it as native code wants it, and releases it exactly once. Can be filled again, and then allocates
/// only when it has to grow.
/// </summary>
/// <remarks>
/// A lease that is lost without release keeps what it holds, since native code may still use it; checked mode reports where it was taken. Filling and
/// reading are one thread's; the release may come from any.
/// </remarks>
[SuppressMessage("Usage", "CA1816:Dispose methods should call SuppressFinalize", Justification = "Only what holds something is finalised.")]
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

    // Which of the arrays describe what the lease covers now; the others are filled when they are asked for. None when it was released.
    private Listed _listed = Listed.Fragments;
    private int _count;
    private StackTrace? _origin;

    // 1 while something is held: whoever changes it to 0 is the one who releases.
    private int _held;

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
            if ((_listed & Listed.Fragments) == 0)
                ListFragments();

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
            if ((_listed & Listed.Vectors) == 0)
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
            if ((_listed & Listed.WsaBuffers) == 0)
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
    /// <exception cref="TransferDirectionException">The iterator is a destination and reaches a read-only folio.</exception>
    /// <exception cref="ObjectDisposedException">The bytes are a folio's whose last hold was released.</exception>
    /// <remarks>When the extraction fails the lease is empty and the iterator is where it was.</remarks>
    [AcquiresBuffer(ExtractMode.Pin)]
    public long Refill(ref IovIter iter, long maxBytes = long.MaxValue, ExtractFlags flags = ExtractFlags.None)
    {
        if (_held != 0)
            Dispose();

        IoVector[] vectors = _vectors;
        long one = flags == ExtractFlags.None && vectors.Length != 0 ? iter.GatherOne(ref vectors[0], maxBytes) : 0;
        if (one == 0)
            return RefillList(ref iter, maxBytes, flags);

        _listed = Listed.Vectors;
        Mode = ExtractMode.None;
        _count = 1;
        return Bytes = one;
    }

    /// <summary>Releases what the lease holds.</summary>
    /// <exception cref="AlreadyReleasedException">It was released before.</exception>
    [ReleasesBuffer]
    public void Release()
    {
        if (_listed == Listed.Released)
            ThrowReleased();

        Dispose();
    }

    /// <summary>Releases what the lease holds; does nothing when it was released before.</summary>
    [ReleasesBuffer]
    public void Dispose()
    {
        _listed = Listed.Released;
        Bytes = 0;
        if (_held != 0)
            LetGo();
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"Lease of {_count} fragments, {Bytes} bytes, mode {Mode}");

    // Kept out of the way of what is borrowed, which needs no room for any of this.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private long RefillList(ref IovIter iter, long maxBytes, ExtractFlags flags)
    {
        _listed = Listed.Fragments;
        Mode = ExtractMode.None;
        _count = 0;
        Bytes = 0;
        if (flags == ExtractFlags.None && !iter.ExtractWillPin)
        {
            // What is only borrowed needs no release, and so no fragments to be released by; nor can it be lost.
            _count = iter.BorrowInto(ref _vectors, maxBytes, out long bytes);
            _listed = Listed.Vectors;
            return Bytes = bytes;
        }

        ThreadLedger ledger = ThreadLedger.Current;
        _count = iter.ExtractInto(ledger, ref _fragments, maxBytes, flags, out ExtractResult result);
        Mode = result.Mode;
        Bytes = result.Bytes;
        if (Mode != ExtractMode.None && Bytes != 0)
            Hold(ledger);

        return Bytes;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void LetGo()
    {
        if (Interlocked.Exchange(ref _held, 0) == 0)
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

    private void Hold(ThreadLedger ledger)
    {
        ledger.LeasesOutstanding++;
        if (CheckedMode.IsEnabled)
        {
            _origin = CheckedMode.CaptureOrigin();
            GC.ReRegisterForFinalize(this);
        }

        Volatile.Write(ref _held, 1);
    }

    // Borrowed memory is listed as vectors first, held memory as fragments.
    private void ListFragments()
    {
        ThrowIfReleased();
        if (_fragments.Length < _count)
            _fragments = new PageFragment[_vectors.Length];

        ReadOnlySpan<IoVector> vectors = _vectors.AsSpan(0, _count);
        for (int i = 0; i < vectors.Length; i++)
            _fragments[i] = new PageFragment(vectors[i].Base, (int)vectors[i].Length);

        _listed |= Listed.Fragments;
    }

    private void ListVectors()
    {
        ThrowIfReleased();
        if (_vectors.Length < _count)
            _vectors = new IoVector[_fragments.Length];

        if (Mode == ExtractMode.Get)
            PageFragment.ThrowNotPinned();

        ReadOnlySpan<PageFragment> fragments = _fragments.AsSpan(0, _count);
        Span<IoVector> vectors = _vectors.AsSpan(0, _count);
        for (int i = 0; i < fragments.Length && i < vectors.Length; i++)
            vectors[i] = new IoVector(fragments[i].FirstByte, (nuint)fragments[i].Length);

        _listed |= Listed.Vectors;
    }

    private void ListWsaBuffers()
    {
        ReadOnlySpan<IoVector> vectors = IoVectors;
        if (_wsaBuffers.Length < vectors.Length)
            _wsaBuffers = new WsaBuffer[_vectors.Length];

        for (int i = 0; i < vectors.Length; i++)
            _wsaBuffers[i] = new WsaBuffer((uint)vectors[i].Length, vectors[i].Base);

        _listed |= Listed.WsaBuffers;
    }

    private void ThrowIfReleased()
    {
        if (_listed == Listed.Released)
            ThrowReleased();
    }

    [DoesNotReturn]
    private static void ThrowReleased() => throw new AlreadyReleasedException("A lease was used or released after its release.");

    [Flags]
    private enum Listed : byte
    {
        Released = 0,
        Fragments = 1,
        Vectors = 2,
        WsaBuffers = 4,
    }
}
