using System.Runtime.InteropServices;

namespace BufferLifetime;

public partial struct IovIter
{
    /// <summary>An iterator over one block of the caller's memory.</summary>
    /// <param name="buffer">The block; what passes <see cref="MaxTransferBytes"/> is left out, as the kernel's <c>import_ubuf</c> does.</param>
    /// <param name="direction">Which way the bytes flow.</param>
    /// <returns>The iterator, valid inside the synchronous call that made it.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="direction"/> is no direction.</exception>
    public static IovIter Ubuf(Memory<byte> buffer, TransferDirection direction)
    {
        CheckDirection(direction);
        return new IovIter
        {
            _kind = IterKind.Ubuf,
            _layout = IterLayout.Single,
            _direction = direction,
            _memory = buffer,
            _count = Math.Min(buffer.Length, MaxTransferBytes),
            _thread = CurrentThreadIfChecked(),
        };
    }

    /// <summary>A source over one block of the caller's memory.</summary>
    /// <param name="buffer">The block; what passes <see cref="MaxTransferBytes"/> is left out.</param>
    /// <returns>The iterator, valid inside the synchronous call that made it.</returns>
    public static IovIter Ubuf(ReadOnlyMemory<byte> buffer) => Ubuf(MemoryMarshal.AsMemory(buffer), TransferDirection.Source);

    /// <summary>An iterator over several blocks of the caller's memory.</summary>
    /// <param name="segments">The blocks, empty ones among them or not; the array is borrowed, not copied.</param>
    /// <param name="direction">Which way the bytes flow.</param>
    /// <returns>
    /// The iterator, valid inside the synchronous call that made it. Bytes past <see cref="MaxTransferBytes"/> are left out, as the kernel's
    /// <c>import_iovec</c> does; the number of segments is not limited, since a system call's limit is met where a lease is made.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="direction"/> is no direction.</exception>
    public static IovIter Iovec(Memory<byte>[] segments, TransferDirection direction)
    {
        ArgumentNullException.ThrowIfNull(segments);
        return Iovec(segments, 0, segments.Length, direction);
    }

    /// <inheritdoc cref="Iovec(Memory{byte}[], TransferDirection)"/>
    /// <remarks>Segments that are not an array's are copied once, here.</remarks>
    public static IovIter Iovec(ReadOnlyMemory<Memory<byte>> segments, TransferDirection direction)
    {
        ArraySegment<Memory<byte>> array = ArrayOf(segments);
        return Iovec(array.Array!, array.Offset, array.Count, direction);
    }

    /// <summary>A source over several blocks of the caller's memory.</summary>
    /// <param name="segments">The blocks, empty ones among them or not; the array is borrowed, not copied.</param>
    /// <returns>The iterator, valid inside the synchronous call that made it. Bytes past <see cref="MaxTransferBytes"/> are left out.</returns>
    public static IovIter Iovec(ReadOnlyMemory<byte>[] segments)
    {
        ArgumentNullException.ThrowIfNull(segments);
        return Iovec(segments, 0, segments.Length);
    }

    /// <inheritdoc cref="Iovec(ReadOnlyMemory{byte}[])"/>
    /// <remarks>Segments that are not an array's are copied once, here.</remarks>
    public static IovIter Iovec(ReadOnlyMemory<ReadOnlyMemory<byte>> segments)
    {
        ArraySegment<ReadOnlyMemory<byte>> array = ArrayOf(segments);
        return Iovec(array.Array!, array.Offset, array.Count);
    }

    /// <summary>An iterator over memory that does not move: native memory or arrays on the pinned heap.</summary>
    /// <param name="vectors">Addresses and lengths, borrowed; whoever makes the iterator keeps what they describe alive.</param>
    /// <param name="direction">Which way the bytes flow.</param>
    /// <returns>The iterator.</returns>
    /// <exception cref="ArgumentException">A length is negative when seen as signed, or a base is null and its length is not zero.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="direction"/> is no direction.</exception>
    public static IovIter Kvec(IoVector[] vectors, TransferDirection direction)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        return Kvec(vectors, 0, vectors.Length, direction);
    }

    /// <inheritdoc cref="Kvec(IoVector[], TransferDirection)"/>
    /// <remarks>Vectors that are not an array's are copied once, here.</remarks>
    public static IovIter Kvec(ReadOnlyMemory<IoVector> vectors, TransferDirection direction)
    {
        ArraySegment<IoVector> array = ArrayOf(vectors);
        return Kvec(array.Array!, array.Offset, array.Count, direction);
    }

    /// <summary>An iterator over fragments of folios.</summary>
    /// <param name="entries">The fragments, borrowed; whoever makes the iterator keeps their folios alive.</param>
    /// <param name="direction">Which way the bytes flow.</param>
    /// <returns>The iterator.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="direction"/> is no direction.</exception>
    /// <exception cref="TransferDirectionException">A folio is read-only and the iterator a destination.</exception>
    public static IovIter Bvec(BvecEntry[] entries, TransferDirection direction)
    {
        ArgumentNullException.ThrowIfNull(entries);
        return Bvec(entries, 0, entries.Length, direction);
    }

    /// <inheritdoc cref="Bvec(BvecEntry[], TransferDirection)"/>
    /// <remarks>Entries that are not an array's are copied once, here.</remarks>
    public static IovIter Bvec(ReadOnlyMemory<BvecEntry> entries, TransferDirection direction)
    {
        ArraySegment<BvecEntry> array = ArrayOf(entries);
        return Bvec(array.Array!, array.Offset, array.Count, direction);
    }

    /// <summary>A destination that swallows bytes.</summary>
    /// <param name="count">Bytes it takes.</param>
    /// <returns>The iterator.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    public static IovIter Discard(long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return new IovIter
        {
            _kind = IterKind.Discard,
            _layout = IterLayout.Nothing,
            _direction = TransferDirection.Destination,
            _count = count,
        };
    }

    /// <summary>An iterator over entries whose lengths are known to add up to <paramref name="count"/>.</summary>
    internal static IovIter BvecOf(BvecEntry[] entries, int end, long count, TransferDirection direction)
    {
        var iter = new IovIter
        {
            _kind = IterKind.Bvec,
            _layout = IterLayout.Bvecs,
            _direction = direction,
            _source = entries,
            _end = end,
            _count = count,
        };
        iter.Settle();
        return iter;
    }

    private static IovIter Iovec(Memory<byte>[] segments, int start, int count, TransferDirection direction)
    {
        CheckDirection(direction);
        long bytes = 0;
        foreach (ref readonly Memory<byte> segment in segments.AsSpan(start, count))
            bytes += segment.Length;

        return Iovec(segments, IterLayout.Segments, start, count, bytes, direction);
    }

    private static IovIter Iovec(ReadOnlyMemory<byte>[] segments, int start, int count)
    {
        long bytes = 0;
        foreach (ref readonly ReadOnlyMemory<byte> segment in segments.AsSpan(start, count))
            bytes += segment.Length;

        return Iovec(segments, IterLayout.ReadOnlySegments, start, count, bytes, TransferDirection.Source);
    }

    private static IovIter Iovec(object segments, IterLayout layout, int start, int count, long bytes, TransferDirection direction)
    {
        var iter = new IovIter
        {
            _kind = IterKind.Iovec,
            _layout = layout,
            _direction = direction,
            _source = segments,
            _index = start,
            _end = start + count,
            _count = Math.Min(bytes, MaxTransferBytes),
            _thread = CurrentThreadIfChecked(),
        };
        iter.Settle();
        return iter;
    }

    private static IovIter Kvec(IoVector[] vectors, int start, int count, TransferDirection direction)
    {
        CheckDirection(direction);
        ulong bytes = 0;
        foreach (ref readonly IoVector vector in vectors.AsSpan(start, count))
        {
            bytes += vector.Length;
            if ((nint)vector.Length < 0 || (long)bytes < 0)
                throw new ArgumentException($"The lengths of the vectors are negative when seen as signed: {vector}.", nameof(vectors));
            if (vector.Base == 0 && vector.Length != 0)
                throw new ArgumentException($"A vector of {vector.Length} bytes has no address.", nameof(vectors));
        }

        var iter = new IovIter
        {
            _kind = IterKind.Kvec,
            _layout = IterLayout.Vectors,
            _direction = direction,
            _source = vectors,
            _index = start,
            _end = start + count,
            _count = (long)bytes,
        };
        iter.Settle();
        return iter;
    }

    private static IovIter Bvec(BvecEntry[] entries, int start, int count, TransferDirection direction)
    {
        CheckDirection(direction);
        long bytes = 0;
        foreach (ref readonly BvecEntry entry in entries.AsSpan(start, count))
        {
            CheckWritable(entry.Folio, direction);
            bytes = checked(bytes + entry.Length);
        }

        IovIter iter = BvecOf(entries, start + count, bytes, direction);
        iter._index = start;
        iter.Settle();
        return iter;
    }

    private static void CheckDirection(TransferDirection direction)
    {
        if (direction > TransferDirection.Source)
            throw new ArgumentOutOfRangeException(nameof(direction), direction, "Bytes flow to a Destination or out of a Source.");
    }

    private static void CheckWritable(Folio? folio, TransferDirection direction)
    {
        if (direction == TransferDirection.Destination && folio is { IsReadOnly: true })
            throw new TransferDirectionException($"{folio} is read-only and cannot be the destination of a transfer.");
    }

    private static int CurrentThreadIfChecked() => CheckedMode.IsEnabled ? Environment.CurrentManagedThreadId : 0;

    private static ArraySegment<T> ArrayOf<T>(ReadOnlyMemory<T> items) =>
        MemoryMarshal.TryGetArray(items, out ArraySegment<T> array) && array.Array is not null ? array : new ArraySegment<T>(items.ToArray());
}
