using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace BufferLifetime;

/// <summary>
/// Describes scattered memory once and walks over it: a kind, a direction, the bytes that are left and a position. Never owns
/// memory and never allocates to advance. A copy is a saved position.
/// </summary>
/// <remarks>
/// The kernel's <c>struct iov_iter</c>. An iterator belongs to one thread at a time. Its creator keeps the memory, and the array or chain
/// that describes it, alive and unchanged until the last use of the bytes; user-backed iterators
/// (<see cref="IsUserBacked"/>) are valid only inside the synchronous call that received them. The default value is an empty destination.
/// </remarks>
[SuppressMessage("Performance", "CA1815:Override equals and operator equals on value types", Justification = "A position is not a value to compare.")]
public partial struct IovIter
{
    /// <summary>Bytes in a page frame.</summary>
    public const int PageSize = 4096;

    /// <summary>The most bytes that one transfer covers: the kernel's <c>MAX_RW_COUNT</c>, the last page boundary below 2 GiB.</summary>
    public const long MaxTransferBytes = 0x7ffff000;

    // The fields come to one cache line, and none is a struct: iterators are copied a lot.
    // What describes the memory: an array of segments, the first element of a chain, a store; or a single block's array or manager.
    private object? _source;

    // The element of a chain that the position is in.
    private object? _cursor;
    private long _count;

    // Consumed bytes of the current segment; of everything, in layouts without segments.
    private long _offset;

    // Bytes between the start and the position. The kernel cannot tell an over-revert, having no such field.
    private long _consumed;

    // Bytes that Truncate took away and Reexpand may give back.
    private long _withheld;

    // The window of an array of segments, or of a single block; in a sequence, the bytes of its first segment that it leaves out.
    private int _index;
    private int _end;
    private int _thread;
    private IterLayout _layout;
    private IterKind _kind;
    private TransferDirection _direction;

    /// <summary>What the iterator walks over.</summary>
    public readonly IterKind Kind => _kind;

    /// <summary>Which way the bytes flow.</summary>
    public readonly TransferDirection Direction => _direction;

    /// <summary>Bytes left. May be less than what the segments hold, after <see cref="Truncate"/>.</summary>
    public readonly long Count => _count;

    /// <summary>Whether no bytes are left.</summary>
    public readonly bool IsEmpty => _count == 0;

    /// <summary>
    /// Whether the memory belongs to the iterator's caller, who may move, reuse or free it when the call that received the
    /// iterator returns or suspends. Convert with <see cref="ExtractToBvec"/> before the first await.
    /// </summary>
    public readonly bool IsUserBacked => _kind is IterKind.Ubuf or IterKind.Iovec;

    /// <summary>Whether an extraction from this iterator takes pins, which have to be given back.</summary>
    /// <remarks>
    /// The kernel's <c>iov_iter_extract_will_pin</c>; ask the iterator that is extracted from, never its conversion. Deviation: true also
    /// for chains of managed memory (<see cref="IterKind.Pipe"/>, and <see cref="IterKind.FolioQueue"/> made of a sequence), whose creator
    /// keeps them alive and cannot keep them in place.
    /// </remarks>
    public readonly bool ExtractWillPin => _layout <= IterLayout.ReadOnlySegments || _layout == IterLayout.Sequence;

    /// <summary>What an extraction with these flags takes from this iterator.</summary>
    /// <param name="flags">The flags of the extraction.</param>
    /// <returns>
    /// <see cref="BufferLifetime.ExtractMode.Pin"/> for memory that the garbage collector can move,
    /// <see cref="BufferLifetime.ExtractMode.None"/> for memory that it cannot; with <see cref="ExtractFlags.GetForSource"/>,
    /// <see cref="BufferLifetime.ExtractMode.Get"/> for user-backed sources.
    /// </returns>
    public readonly ExtractMode ExtractMode(ExtractFlags flags = ExtractFlags.None)
    {
        if (!ExtractWillPin)
            return BufferLifetime.ExtractMode.None;

        bool get = (flags & ExtractFlags.GetForSource) != 0 && IsUserBacked && _direction == TransferDirection.Source;
        return get ? BufferLifetime.ExtractMode.Get : BufferLifetime.ExtractMode.Pin;
    }

    /// <inheritdoc/>
    public override readonly string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{_kind} {_direction} iterator, {_count} bytes left");

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void CheckThread()
    {
        if (_thread != 0 && _thread != Environment.CurrentManagedThreadId)
            ThrowWrongThread();
    }

    [DoesNotReturn]
    private readonly void ThrowWrongThread() =>
        throw new InvalidOperationException(
            $"A {_kind} iterator that was made on thread {_thread} is used on thread {Environment.CurrentManagedThreadId}: it describes its caller's memory, "
            + "which may have been moved or reused since that call suspended. Convert it before the first await (ExtractToBvec).");
}
