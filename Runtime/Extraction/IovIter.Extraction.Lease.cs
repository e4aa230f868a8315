using System.Runtime.CompilerServices;
using Mode = BufferLifetime.ExtractMode;

namespace BufferLifetime;

public partial struct IovIter
{
    /// <summary>
    /// Holds the next bytes for native code and gives them to an owner that remembers how to release them. Advances over what it covered.
    /// </summary>
    /// <param name="maxBytes">Bytes at most; also never more than <see cref="MaxTransferBytes"/> or <see cref="PageLease.MaxVectors"/> fragments.</param>
    /// <param name="flags">What to take.</param>
    /// <returns>The owner; empty at the end. Dispose it when native code has finished with the bytes, not before.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxBytes"/> is negative or <paramref name="flags"/> has unknown bits.</exception>
    /// <exception cref="ArgumentException"><see cref="ExtractFlags.AllowPeerMemory"/> on an iterator that is not user-backed.</exception>
    /// <exception cref="NotSupportedException">The iterator discards: it has no memory.</exception>
    /// <exception cref="PeerMemoryException">Device memory was met and not allowed for.</exception>
    /// <exception cref="TransferDirectionException">The iterator is a destination and reaches a read-only folio.</exception>
    /// <exception cref="ObjectDisposedException">The bytes are a folio's whose last hold was released.</exception>
    /// <exception cref="InvalidOperationException">Checked mode is on and the iterator is used outside the call that made it.</exception>
    /// <remarks>The kernel's <c>iov_iter_extract_pages</c> with <c>iov_iter_extract_will_pin</c> carried along.</remarks>
    [AcquiresBuffer(Mode.Pin)]
    public PageLease ExtractPages(long maxBytes = long.MaxValue, ExtractFlags flags = ExtractFlags.None)
    {
        var lease = new PageLease();
        lease.Refill(ref this, maxBytes, flags);
        return lease;
    }

    /// <summary>Extracts into an array that grows as it must. All or nothing: when a later round fails, the earlier ones are released.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int ExtractInto(ThreadLedger ledger, ref PageFragment[] fragments, long maxBytes, ExtractFlags flags, out ExtractResult result)
    {
        Mode mode = CheckExtraction(maxBytes, flags);
        long size = ExtractableBytes(maxBytes);
        if (size == 0)
        {
            result = new ExtractResult(0, 0, mode);
            return 0;
        }

        if (fragments.Length == 0)
            fragments = new PageFragment[EstimateFragments(size, flags)];

        // The first round is all or nothing by itself and mostly the only one.
        long bytes = mode != Mode.None
            ? Hold(ledger, fragments, size, mode, flags, keepPartial: false, out int used)
            : Extract(fragments, size, mode, flags, keepPartial: false, out used);
        if (bytes < size && used == fragments.Length && used < PageLease.MaxVectors)
            bytes += ExtractMore(ref fragments, size - bytes, mode, flags, bytes, ref used);

        result = new ExtractResult(bytes, used, mode);
        return used;
    }

    private long ExtractMore(ref PageFragment[] fragments, long size, Mode mode, ExtractFlags flags, long before, ref int used)
    {
        long bytes = 0;
        try
        {
            while (bytes < size && used < PageLease.MaxVectors)
            {
                if (used == fragments.Length)
                {
                    Faults.At(FaultPoint.Allocate);
                    Array.Resize(ref fragments, Math.Min(used * 2, PageLease.MaxVectors));
                }

                long got = Extract(fragments.AsSpan(used), size - bytes, mode, flags, keepPartial: false, out int filled);
                if (got == 0)
                    break;

                bytes += got;
                used += filled;
            }
        }
        catch
        {
            PageFragments.Undo(fragments.AsSpan(0, used));
            Revert(before + bytes);
            throw;
        }

        return bytes;
    }

    /// <summary>Lists memory that does not move in an array that grows as it must. Takes nothing: when it fails, the iterator is where it was.</summary>
    internal int BorrowInto(ref IoVector[] vectors, long maxBytes, out long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxBytes);
        bytes = 0;
        long size = ExtractableBytes(maxBytes);
        if (size == 0)
            return 0;

        if (vectors.Length == 0)
            vectors = new IoVector[EstimateFragments(size, ExtractFlags.None)];

        while (true)
        {
            bytes = GatherRuns<IoVector>(vectors, size, out int used);
            if (bytes == size || used < vectors.Length || used == PageLease.MaxVectors)
                return used;

            // From the start again, which happens until the array is large enough once.
            Revert(bytes);
            bytes = 0;
            Faults.At(FaultPoint.Allocate);
            vectors = new IoVector[Math.Min(used * 2, PageLease.MaxVectors)];
        }
    }

    /// <summary>Entries that are probably enough, so that the common case fills an array once.</summary>
    private readonly int EstimateFragments(long size, ExtractFlags flags)
    {
        Faults.At(FaultPoint.Allocate);
        if ((flags & ExtractFlags.PerPage) != 0)
            return (int)Math.Clamp(Pages.SpannedAnywhere(size), 1, PageLease.MaxVectors);

        return _layout switch
        {
            IterLayout.Single => 1,
            IterLayout.Queue or IterLayout.Sequence or IterLayout.Store => 16,
            _ => Math.Min(_end - _index, PageLease.MaxVectors),
        };
    }
}
