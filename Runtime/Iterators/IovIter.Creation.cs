using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
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
        return OfSingle(IterKind.Ubuf, buffer, direction, CurrentThreadIfChecked());
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
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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
    /// <exception cref="OverflowException">The fragments are more bytes than a 64-bit number counts.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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
        return new IovIter(IterKind.Discard, IterLayout.Nothing, TransferDirection.Destination, null, 0, 0, count);
    }

    /// <summary>An iterator over entries that are known to be valid, none of them empty, and to add up to <paramref name="count"/>.</summary>
    internal static IovIter BvecOf(BvecEntry[] entries, int end, long count, TransferDirection direction) =>
        new(IterKind.Bvec, IterLayout.Bvecs, direction, entries, 0, end, count);

    /// <summary>An iterator over a range of entries, which is its start: it cannot be reverted out of the range nor expanded past it.</summary>
    internal static IovIter BvecWindow(BvecEntry[] entries, long offset, long length, TransferDirection direction) =>
        new(IterKind.Bvec, IterLayout.Bvecs, direction, entries, 0, entries.Length, length) { Position = offset };

    private long Position
    {
        init
        {
            _offset = value;
            Settle();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private IovIter(IterKind kind, IterLayout layout, TransferDirection direction, object? source, int start, int end, long count)
    {
        _kind = kind;
        _layout = layout;
        _direction = direction;
        _source = source;
        _index = start;
        _end = end;
        _count = count;
    }

    private static IovIter OfSingle(IterKind kind, Memory<byte> memory, TransferDirection direction, int thread)
    {
        object? source;
        int start;
        if (MemoryMarshal.TryGetArray((ReadOnlyMemory<byte>)memory, out ArraySegment<byte> array))
        {
            source = array.Array;
            start = array.Offset;
        }
        else
        {
            MemoryMarshal.TryGetMemoryManager<byte, MemoryManager<byte>>(memory, out MemoryManager<byte>? manager, out start, out _);
            source = manager;
        }

        return new IovIter(kind, IterLayout.Single, direction, source, start, start + memory.Length, Math.Min(memory.Length, MaxTransferBytes))
        {
            _thread = thread,
        };
    }

    private static IovIter Iovec(Memory<byte>[] segments, int start, int count, TransferDirection direction)
    {
        CheckDirection(direction);
        int end = start + count;
        long bytes = 0;
        for (int i = start; i < end; i++)
        {
            bytes += segments[i].Length;
            if (bytes == 0)
                start = i + 1;
        }

        return new IovIter(IterKind.Iovec, IterLayout.Segments, direction, segments, start, end, Math.Min(bytes, MaxTransferBytes))
        {
            _thread = CurrentThreadIfChecked(),
        };
    }

    private static IovIter Iovec(ReadOnlyMemory<byte>[] segments, int start, int count)
    {
        int end = start + count;
        long bytes = 0;
        for (int i = start; i < end; i++)
        {
            bytes += segments[i].Length;
            if (bytes == 0)
                start = i + 1;
        }

        return new IovIter(IterKind.Iovec, IterLayout.ReadOnlySegments, TransferDirection.Source, segments, start, end, Math.Min(bytes, MaxTransferBytes))
        {
            _thread = CurrentThreadIfChecked(),
        };
    }

    // Inlined, and set on top of one cleared block where a constructor would clear each field that it does not set: describing a few entries takes
    // no longer than copying what describes them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static IovIter Kvec(IoVector[] vectors, int start, int count, TransferDirection direction)
    {
        CheckDirection(direction);
        int end = start + count;
        long bytes = 0;
        for (int i = start; i < end; i++)
        {
            ref readonly IoVector vector = ref vectors[i];
            bytes += (long)vector.Length;
            if (((long)vector.Length | bytes) < 0 || (vector.Base == 0 && vector.Length != 0))
                ThrowInvalid(vectors, i);
            if (bytes == 0)
                start = i + 1;
        }

        return new IovIter
        {
            _kind = IterKind.Kvec,
            _layout = IterLayout.Vectors,
            _direction = direction,
            _source = vectors,
            _index = start,
            _end = end,
            _count = bytes,
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static IovIter Bvec(BvecEntry[] entries, int start, int count, TransferDirection direction)
    {
        CheckDirection(direction);
        int end = start + count;
        long bytes = 0;
        for (int i = start; i < end; i++)
        {
            ref readonly BvecEntry entry = ref entries[i];
            CheckWritable(entry.Folio, direction);
            bytes += entry.Length;
            if (bytes < 0)
                ThrowTooLong();
            if (bytes == 0)
                start = i + 1;
        }

        return new IovIter
        {
            _kind = IterKind.Bvec,
            _layout = IterLayout.Bvecs,
            _direction = direction,
            _source = entries,
            _index = start,
            _end = end,
            _count = bytes,
        };
    }

    [DoesNotReturn]
    private static void ThrowInvalid(IoVector[] vectors, int index) =>
        throw new ArgumentException(
            vectors[index].Base == 0 && vectors[index].Length != 0
                ? $"The vector {index} of {vectors[index].Length} bytes has no address."
                : $"The vector {index}, {vectors[index]}, is negative when seen as signed, or makes the sum so.",
            nameof(vectors));

    [DoesNotReturn]
    private static void ThrowTooLong() => throw new OverflowException("The entries describe more bytes than a 64-bit number counts.");

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CheckDirection(TransferDirection direction)
    {
        if (direction > TransferDirection.Source)
            ThrowNoDirection(direction);
    }

    [DoesNotReturn]
    private static void ThrowNoDirection(TransferDirection direction) =>
        throw new ArgumentOutOfRangeException(nameof(direction), direction, "Bytes flow to a Destination or out of a Source.");

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CheckWritable(Folio? folio, TransferDirection direction)
    {
        if (direction == TransferDirection.Destination && folio is { IsReadOnly: true })
            ThrowReadOnly(folio);
    }

    [DoesNotReturn]
    private static void ThrowReadOnly(Folio folio) =>
        throw new TransferDirectionException($"{folio} is read-only and cannot be the destination of a transfer.");

    private static int CurrentThreadIfChecked() => CheckedMode.IsEnabled ? Environment.CurrentManagedThreadId : 0;

    private static ArraySegment<T> ArrayOf<T>(ReadOnlyMemory<T> items) =>
        MemoryMarshal.TryGetArray(items, out ArraySegment<T> array) && array.Array is not null ? array : new ArraySegment<T>(items.ToArray());
}
