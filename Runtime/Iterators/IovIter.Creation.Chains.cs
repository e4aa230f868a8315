using System.Buffers;
using System.Runtime.InteropServices;
#if NET10_0_OR_GREATER
using System.IO.Pipelines;
#endif

namespace BufferLifetime;

public partial struct IovIter
{
    /// <summary>An iterator over all fragments that a chain holds now.</summary>
    /// <param name="first">The first element, borrowed; whoever makes the iterator keeps the folios alive.</param>
    /// <param name="direction">Which way the bytes flow.</param>
    /// <returns>The iterator.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="direction"/> is no direction.</exception>
    /// <exception cref="TransferDirectionException">A folio is read-only and the iterator a destination.</exception>
    /// <exception cref="OverflowException">The chain holds more bytes than a 64-bit number counts.</exception>
    public static IovIter FolioQueue(FolioQueueSegment first, TransferDirection direction)
    {
        ArgumentNullException.ThrowIfNull(first);
        CheckDirection(direction);
        return FolioQueue(first, 0, 0, BytesOfChain(first, direction), direction);
    }

    /// <summary>An iterator over a part of a chain.</summary>
    /// <param name="first">The element to start in, borrowed; whoever makes the iterator keeps the folios alive.</param>
    /// <param name="slot">The slot to start in.</param>
    /// <param name="offset">Bytes of that slot to leave out.</param>
    /// <param name="count">Bytes.</param>
    /// <param name="direction">Which way the bytes flow.</param>
    /// <returns>The iterator.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="direction"/> is no direction, or slot, offset and count are not inside what the chain holds now.
    /// </exception>
    /// <exception cref="TransferDirectionException">A folio is read-only and the iterator a destination.</exception>
    /// <exception cref="TransferDirectionException">A folio is read-only and the iterator a destination.</exception>
    /// <exception cref="OverflowException">The chain holds more bytes than a 64-bit number counts.</exception>
    /// <remarks>The kernel's <c>iov_iter_folio_queue</c>. Deviation: slot, offset and count are checked; the kernel trusts its caller.</remarks>
    public static IovIter FolioQueue(FolioQueueSegment first, int slot, long offset, long count, TransferDirection direction)
    {
        ArgumentNullException.ThrowIfNull(first);
        CheckDirection(direction);
        ArgumentOutOfRangeException.ThrowIfNegative(slot);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(slot, first.Count);
        long skipped = offset;
        for (int i = 0; i < slot; i++)
            skipped += first[i].Length;

        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, BytesOfChain(first, direction) - skipped);
        var iter = new IovIter(IterKind.FolioQueue, IterLayout.Queue, direction, first, slot, 0, count)
        {
            _cursor = first,
            _offset = offset,
        };
        iter.Settle();
        return iter;
    }

    /// <summary>A source over a sequence of memory.</summary>
    /// <param name="sequence">The memory; whoever makes the iterator keeps it alive and unchanged until the last use of the bytes.</param>
    /// <returns>
    /// The iterator. It may cross an await. Its memory may be moved by the garbage collector, so extracting from it pins
    /// (<see cref="ExtractWillPin"/>).
    /// </returns>
    public static IovIter FolioQueue(ReadOnlySequence<byte> sequence) => OfSequence(IterKind.FolioQueue, sequence);

    /// <summary>A source over what a pipe reader returned.</summary>
    /// <param name="buffer">The buffer of the read: borrowed until the reader is advanced, which must not be before the last use of the bytes.</param>
    /// <returns>
    /// The iterator. It may cross an await. Its memory may be moved by the garbage collector, so extracting from it pins
    /// (<see cref="ExtractWillPin"/>).
    /// </returns>
    public static IovIter Pipe(ReadOnlySequence<byte> buffer) => OfSequence(IterKind.Pipe, buffer);

#if NET10_0_OR_GREATER
    /// <summary>A source over what a pipe reader returned.</summary>
    /// <param name="result">The result of the read: borrowed until the reader is advanced, which must not be before the last use of the bytes.</param>
    /// <returns>The iterator. See <see cref="Pipe(ReadOnlySequence{byte})"/>.</returns>
    public static IovIter Pipe(ReadResult result) => OfSequence(IterKind.Pipe, result.Buffer);
#endif

    /// <summary>An iterator over a range of a sparse store.</summary>
    /// <param name="store">The store, borrowed; whoever makes the iterator keeps its folios stable.</param>
    /// <param name="start">The position of the first byte.</param>
    /// <param name="count">Bytes; there may be holes, at which copying and extraction stop.</param>
    /// <param name="direction">Which way the bytes flow.</param>
    /// <returns>The iterator.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="direction"/> is no direction, or start and count are not a range of positions.
    /// </exception>
    /// <remarks>The kernel's <c>iov_iter_xarray</c>.</remarks>
    public static IovIter Xarray(FolioXarray store, long start, long count, TransferDirection direction)
    {
        ArgumentNullException.ThrowIfNull(store);
        CheckDirection(direction);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, long.MaxValue - start);
        return new IovIter(IterKind.Xarray, IterLayout.Store, direction, store, 0, 0, count) { _offset = start };
    }

    private static IovIter OfSequence(IterKind kind, ReadOnlySequence<byte> sequence)
    {
        if (sequence.IsSingleSegment || sequence.Start.GetObject() is not ReadOnlySequenceSegment<byte> first)
        {
            return OfSingle(kind, MemoryMarshal.AsMemory(sequence.First), TransferDirection.Source, 0);
        }

        // The start's index counts from the first segment's start, which is where a revert has to count from too.
        int start = sequence.Start.GetInteger();
        var iter = new IovIter(kind, IterLayout.Sequence, TransferDirection.Source, first, start, 0, sequence.Length)
        {
            _cursor = first,
            _offset = start,
        };
        iter.Settle();
        return iter;
    }

    private static long BytesOfChain(FolioQueueSegment first, TransferDirection direction)
    {
        long bytes = 0;
        for (FolioQueueSegment? segment = first; segment is not null; segment = segment.Next)
        {
            for (int i = 0; i < segment.Count; i++)
            {
                CheckWritable(segment[i].Folio, direction);
                bytes = checked(bytes + segment[i].Length);
            }
        }

        return bytes;
    }
}
