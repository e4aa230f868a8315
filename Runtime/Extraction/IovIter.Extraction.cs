using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Mode = BufferLifetime.ExtractMode;

namespace BufferLifetime;

public partial struct IovIter
{
    private const ExtractFlags AllFlags = ExtractFlags.GetForSource | ExtractFlags.AllowPeerMemory | ExtractFlags.PerPage;

    /// <summary>
    /// Holds the next bytes for native code: pins what the garbage collector could move, takes nothing on what it could not, and
    /// advances over what it covered. Allocates nothing.
    /// </summary>
    /// <param name="fragments">Filled from the start, one entry for each contiguous run; with <see cref="ExtractFlags.PerPage"/> one for each page.</param>
    /// <param name="maxBytes">Bytes at most; also never more than <see cref="MaxTransferBytes"/>.</param>
    /// <param name="flags">What to take.</param>
    /// <returns>
    /// What was covered. Less than asked is normal, when the entries ran out or, in a sparse store, at a hole: loop until zero. Zero when nothing is
    /// left, nothing was asked or there are no entries.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxBytes"/> is negative or <paramref name="flags"/> has unknown bits.</exception>
    /// <exception cref="ArgumentException"><see cref="ExtractFlags.AllowPeerMemory"/> on an iterator that is not user-backed.</exception>
    /// <exception cref="NotSupportedException">The iterator discards: it has no memory.</exception>
    /// <exception cref="PeerMemoryException">Device memory was met and not allowed for.</exception>
    /// <exception cref="TransferDirectionException">The iterator is a destination and reaches a read-only folio.</exception>
    /// <exception cref="ObjectDisposedException">The bytes are a folio's whose last hold was released.</exception>
    /// <exception cref="InvalidOperationException">Checked mode is on and the iterator is used outside the call that made it.</exception>
    /// <remarks>
    /// The kernel's <c>iov_iter_extract_pages</c>. A pin that fails, with whatever exception the memory's owner throws, leaves nothing held and the
    /// iterator where it was. Deviation: no entries is zero bytes, not an error.
    /// </remarks>
    [AcquiresBuffer(Mode.Pin)]
    public ExtractResult ExtractPages(Span<PageFragment> fragments, long maxBytes, ExtractFlags flags = ExtractFlags.None)
    {
        if (flags == ExtractFlags.None && !fragments.IsEmpty && GatherOne(ref fragments[0], maxBytes) is not 0 and long one)
            return new ExtractResult(one, 1, Mode.None);

        return ExtractList(fragments, maxBytes, flags);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ExtractResult ExtractList(Span<PageFragment> fragments, long maxBytes, ExtractFlags flags)
    {
        Mode mode = CheckExtraction(maxBytes, flags);
        long size = ExtractableBytes(maxBytes);
        if (size == 0 || fragments.IsEmpty)
            return new ExtractResult(0, 0, mode);

        long bytes = Extract(fragments, size, mode, flags, keepPartial: false, out int used);
        return new ExtractResult(bytes, used, mode);
    }

    /// <summary>
    /// The page-array form: pins, in the calling convention of the legacy page getters, so that their callers' page arithmetic
    /// stays true. Advances over what it covered.
    /// </summary>
    /// <param name="pages">
    /// Filled from the start, one entry for each page frame of 4096 bytes. An entry's <see cref="PageFragment.Address"/> is the start of its page; only
    /// the first may be used from an offset, only the last in part. A call never spans a hole.
    /// </param>
    /// <param name="maxBytes">Bytes at most.</param>
    /// <param name="flags">What to take; must contain <see cref="ExtractFlags.PerPage"/>.</param>
    /// <param name="offset0">Where the first byte is in the first page; zero when nothing was covered.</param>
    /// <returns>Bytes covered; pages filled are <c>(offset0 + bytes)</c> divided by the page size, rounded up. Zero at the end.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="flags"/> lacks <see cref="ExtractFlags.PerPage"/>, or has <see cref="ExtractFlags.AllowPeerMemory"/> for an iterator that is not
    /// user-backed.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxBytes"/> is negative or <paramref name="flags"/> has unknown bits.</exception>
    /// <exception cref="NotSupportedException">The iterator discards: it has no memory.</exception>
    /// <exception cref="PeerMemoryException">Device memory was met and not allowed for.</exception>
    /// <exception cref="TransferDirectionException">The iterator is a destination and reaches a read-only folio.</exception>
    /// <exception cref="ObjectDisposedException">The bytes are a folio's whose last hold was released.</exception>
    /// <exception cref="InvalidOperationException">Checked mode is on and the iterator is used outside the call that made it.</exception>
    /// <remarks>
    /// The entries after the last one filled are cleared, so that the whole array can be released, round after round. The kernel's
    /// <c>iov_iter_extract_pages</c>, with each of a run's pages released on its own and one pin for the run. Deviations: several
    /// leading empty entries are passed over, and <paramref name="offset0"/> is defined when nothing was covered.
    /// </remarks>
    [AcquiresBuffer(Mode.Pin)]
    public int ExtractPages(Span<PageFragment> pages, long maxBytes, ExtractFlags flags, out int offset0)
    {
        offset0 = 0;
        if ((flags & ExtractFlags.PerPage) == 0)
            throw new ArgumentException($"The page-array form needs ExtractFlags.PerPage; the flags are {flags}.", nameof(flags));

        Mode mode = CheckExtraction(maxBytes, flags);
        long size = ExtractableBytes(maxBytes);
        if (size == 0 || pages.IsEmpty)
        {
            pages.Clear();
            return 0;
        }

        return ExtractPageArray(pages, size, mode, flags, out offset0);
    }

    /// <summary>Checks what can be checked before anything is taken.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly Mode CheckExtraction(long maxBytes, ExtractFlags flags)
    {
        CheckThread();
        if (maxBytes < 0 || flags != ExtractFlags.None)
            CheckArguments(maxBytes, flags);

        return flags == ExtractFlags.None ? (ExtractWillPin ? Mode.Pin : Mode.None) : ExtractMode(flags);
    }

    private readonly void CheckArguments(long maxBytes, ExtractFlags flags)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxBytes);
        if ((flags & ~AllFlags) != 0)
            throw new ArgumentOutOfRangeException(nameof(flags), flags, "Unknown extraction flags.");
        if ((flags & ExtractFlags.AllowPeerMemory) != 0 && !IsUserBacked)
        {
            throw new ArgumentException(
                $"ExtractFlags.AllowPeerMemory is for user-backed iterators; this is a {_kind} iterator, whose creator knows what it holds.", nameof(flags));
        }
    }

    /// <summary>Bytes that one extraction can cover.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly long ExtractableBytes(long maxBytes)
    {
        long size = Math.Min(Math.Min(maxBytes, _count), MaxTransferBytes);
        if (size != 0 && _layout == IterLayout.Nothing)
            ThrowNoMemory();

        return size;
    }

    private long Extract(Span<PageFragment> fragments, long size, Mode mode, ExtractFlags flags, bool keepPartial, out int used)
    {
        if (mode != Mode.None)
            return Hold(ThreadLedger.Current, fragments, size, mode, flags, keepPartial, out used);

        return (flags & ExtractFlags.PerPage) != 0
            ? GatherPages(fragments, size, Mode.None, oneRun: false, out used)
            : GatherRuns(fragments, size, out used);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private long Hold(ThreadLedger ledger, Span<PageFragment> fragments, long size, Mode mode, ExtractFlags flags, bool keepPartial, out int used) =>
        mode == Mode.Pin && (flags & ExtractFlags.PerPage) == 0 && _layout <= IterLayout.ReadOnlySegments && TryPinOne(ledger, fragments, size, out used)
            ? size
            : HoldMemory(fragments, size, mode, flags, keepPartial, out used);

    private int ExtractPageArray(Span<PageFragment> pages, long size, Mode mode, ExtractFlags flags, out int offset0)
    {
        int used;
        long bytes;
        if (ExtractWillPin)
        {
            bytes = HoldFirstRun(pages, size, mode, flags, out used);
            Step(bytes);
        }
        else
        {
            bytes = GatherPages(pages, size, mode, oneRun: true, out used);
        }

        // The whole array can then be released, round after round: no entry of a longer round stays behind.
        pages[used..].Clear();
        offset0 = used == 0 ? 0 : pages[0].Offset;
        return (int)bytes;
    }

    [DoesNotReturn]
    private readonly void ThrowNoMemory() =>
        throw new NotSupportedException($"A {_kind} iterator has no memory to extract.");
}
