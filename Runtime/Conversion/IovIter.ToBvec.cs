using Mode = BufferLifetime.ExtractMode;

namespace BufferLifetime;

public partial struct IovIter
{
    /// <summary>
    /// Holds the next bytes and describes them by an iterator that stays valid across an await: pins what the garbage collector could move, borrows what
    /// it could not. Advances over what it covered.
    /// </summary>
    /// <param name="maxBytes">Bytes at most.</param>
    /// <param name="flags"><see cref="ExtractFlags.AllowPeerMemory"/> or nothing.</param>
    /// <returns>The owner of the holds, with the new iterator; it covers less than asked when a pin failed after others had succeeded.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxBytes"/> is negative or <paramref name="flags"/> has unknown bits.</exception>
    /// <exception cref="ArgumentException">
    /// <see cref="ExtractFlags.AllowPeerMemory"/> on an iterator that is not user-backed; or flags that the conversion has no use for: a reference does
    /// not keep bytes at the address that the new iterator is made of, and its entries are runs, not pages.
    /// </exception>
    /// <exception cref="NotSupportedException">The iterator discards: it has no memory.</exception>
    /// <exception cref="PeerMemoryException">Device memory was met and not allowed for.</exception>
    /// <exception cref="TransferDirectionException">The iterator is a destination and reaches a read-only folio.</exception>
    /// <exception cref="ObjectDisposedException">The bytes are a folio's whose last hold was released.</exception>
    /// <exception cref="InvalidOperationException">Checked mode is on and the iterator is used outside the call that made it.</exception>
    /// <remarks>
    /// The kernel's <c>netfs_extract_user_iter</c>. When the first pin fails, or memory runs out, nothing is held, the iterator is where it was and the
    /// exception is passed on. Deviation: stable kinds are accepted and borrowed, since a caller may not know which kind it was given.
    /// </remarks>
    [AcquiresBuffer(Mode.Pin)]
    public ExtractedIter ExtractToBvec(long maxBytes = long.MaxValue, ExtractFlags flags = ExtractFlags.None)
    {
        if ((flags & (ExtractFlags.GetForSource | ExtractFlags.PerPage)) != 0)
            throw new ArgumentException($"A conversion to Bvec pins runs; it cannot be made with {flags}.", nameof(flags));

        Mode mode = CheckExtraction(maxBytes, flags);
        long size = Math.Min(maxBytes, _count);
        if (size != 0 && _layout == IterLayout.Nothing)
            ThrowNoMemory();

        IovIter start = this;
        PageFragment[] fragments = [];
        try
        {
            BvecEntry[] entries = mode == Mode.None
                ? BorrowEntries(size, out int used, out long bytes)
                : PinEntries(size, flags, ref fragments, out used, out bytes);
            return new ExtractedIter(BvecOf(entries, used, bytes, _direction), fragments, mode);
        }
        catch
        {
            PageFragments.Undo(fragments);
            this = start;
            throw;
        }
    }

    /// <summary>Pins round by round; a round that fails ends a shorter conversion, unless it was the first or memory ran out.</summary>
    private BvecEntry[] PinEntries(long size, ExtractFlags flags, ref PageFragment[] fragments, out int used, out long bytes)
    {
        used = 0;
        bytes = 0;
        if (size == 0)
            return [];

        fragments = new PageFragment[EstimateFragments(size, flags)];
        while (bytes < size)
        {
            if (used == fragments.Length)
            {
                Faults.At(FaultPoint.Allocate);
                Array.Resize(ref fragments, used * 2);
            }

            int filled;
            long got;
            try
            {
                got = Extract(fragments.AsSpan(used), size - bytes, Mode.Pin, flags, keepPartial: true, out filled);
            }
            catch (Exception failure) when (used > 0 && failure is not OutOfMemoryException)
            {
                break;
            }

            used += filled;
            bytes += got;
        }

        Faults.At(FaultPoint.Allocate);
        var entries = new BvecEntry[used];
        for (int i = 0; i < used; i++)
            entries[i] = new BvecEntry(fragments[i].Address, fragments[i].Length);

        return entries;
    }

    private BvecEntry[] BorrowEntries(long size, out int used, out long bytes)
    {
        used = 0;
        bytes = 0;
        if (size == 0)
            return [];

        var entries = new BvecEntry[EstimateFragments(size, ExtractFlags.None)];
        while (bytes < size)
        {
            BvecEntry run = PeekStable(size - bytes);
            CheckUsable(in run);
            if (run.Length == 0)
                break;

            if (used == entries.Length)
            {
                Faults.At(FaultPoint.Allocate);
                Array.Resize(ref entries, used * 2);
            }

            entries[used++] = run;
            bytes += run.Length;
            Step(run.Length);
        }

        return entries;
    }
}
