using System.Diagnostics.CodeAnalysis;
using Mode = BufferLifetime.ExtractMode;

namespace BufferLifetime;

/// <summary>
/// Walks the memory of an iterator, for <c>foreach</c>, without holding it: takes nothing on stable memory and pins memory that can move for the step only.
/// Does not move the iterator.
/// </summary>
[SuppressMessage("Performance", "CA1815:Override equals and operator equals on value types", Justification = "A walk is not a value.")]
public ref struct PageFinder
{
    private IovIter _iter;
    private PageFragment _step;
    private long _left;
    private readonly ExtractFlags _flags;

    internal PageFinder(scoped in IovIter iter, long maxBytes, ExtractFlags flags)
    {
        _iter = iter;
        _left = maxBytes;
        _flags = flags;
    }

    /// <summary>The bytes that the walk has come to.</summary>
    public readonly FoundRun Current => new(_step.FirstByte, _step.Length);

    /// <summary>The walk itself.</summary>
    /// <returns>This.</returns>
    public readonly PageFinder GetEnumerator() => this;

    /// <summary>Goes on to the next contiguous bytes.</summary>
    /// <returns>Whether there are any.</returns>
    /// <exception cref="PeerMemoryException">Device memory was met and not allowed for.</exception>
    /// <exception cref="TransferDirectionException">The iterator is a destination and reaches a read-only folio.</exception>
    /// <exception cref="ObjectDisposedException">The bytes are a folio's whose last hold was released.</exception>
    public bool MoveNext()
    {
        Dispose();
        ExtractResult found = _iter.ExtractPages(new Span<PageFragment>(ref _step), _left, _flags);
        _left -= found.Bytes;
        return found.Fragments != 0;
    }

    /// <summary>Ends the walk: what the last step took is given back.</summary>
    public void Dispose()
    {
        PageFragment step = _step;
        _step = default;
        if (step.Mode == Mode.Pin)
            step.Unpin();
    }
}
