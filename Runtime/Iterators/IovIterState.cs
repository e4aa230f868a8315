using System.Diagnostics.CodeAnalysis;

namespace BufferLifetime;

/// <summary>A saved position of an <see cref="IovIter"/>.</summary>
[SuppressMessage("Performance", "CA1815:Override equals and operator equals on value types", Justification = "A saved position is only ever restored.")]
public readonly struct IovIterState
{
    internal IovIterState(object? source, object? cursor, long count, long offset, long consumed, long withheld, int index, IterKind kind)
    {
        Source = source;
        Cursor = cursor;
        Count = count;
        Offset = offset;
        Consumed = consumed;
        Withheld = withheld;
        Index = index;
        Kind = kind;
    }

    /// <summary>The kind of the iterator it was saved from.</summary>
    public IterKind Kind { get; }

    /// <summary>Bytes that were left.</summary>
    public long Count { get; }

    internal object? Source { get; }

    internal object? Cursor { get; }

    internal long Offset { get; }

    internal long Consumed { get; }

    internal long Withheld { get; }

    internal int Index { get; }
}
