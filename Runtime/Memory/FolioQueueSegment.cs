using System.Diagnostics.CodeAnalysis;

namespace BufferLifetime;

/// <summary>One element of a chain of folio fragments, linked both ways: what a <see cref="IterKind.FolioQueue"/> iterator walks over.</summary>
/// <remarks>
/// The kernel's <c>struct folio_queue</c>. One thread appends; an iterator may already be walking. Holds nothing: whoever builds the chain
/// keeps the folios alive until the last use of the bytes.
/// </remarks>
[SuppressMessage("Naming", "CA1711:Identifiers should not have incorrect suffix", Justification = "A segment of a queue.")]
public sealed class FolioQueueSegment
{
    /// <summary>Slots of an element unless said otherwise.</summary>
    public const int DefaultCapacity = 31;

    private readonly BvecEntry[] _slots;
    private volatile int _count;
    private volatile FolioQueueSegment? _next;

    /// <summary>Makes an element with <see cref="DefaultCapacity"/> slots.</summary>
    public FolioQueueSegment()
        : this(DefaultCapacity)
    {
    }

    /// <summary>Makes an element.</summary>
    /// <param name="capacity">Slots, at least one.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is not positive.</exception>
    public FolioQueueSegment(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        _slots = new BvecEntry[capacity];
    }

    /// <summary>Slots in use.</summary>
    public int Count => _count;

    /// <summary>Whether every slot is in use.</summary>
    public bool IsFull => _count == _slots.Length;

    /// <summary>The element after this one, if there is one yet.</summary>
    public FolioQueueSegment? Next => _next;

    /// <summary>The element before this one, if there is one.</summary>
    public FolioQueueSegment? Previous { get; private set; }

    /// <summary>What a slot holds.</summary>
    /// <param name="slot">The slot, from zero.</param>
    /// <exception cref="ArgumentOutOfRangeException">The slot is not in use.</exception>
    public BvecEntry this[int slot]
    {
        get
        {
            if ((uint)slot >= (uint)_count)
                throw new ArgumentOutOfRangeException(nameof(slot), slot, $"{_count} slots are in use.");

            return _slots[slot];
        }
    }

    /// <summary>Puts a fragment in the next slot; when there is none, into a new element behind this one.</summary>
    /// <param name="entry">The fragment.</param>
    /// <returns>The element that the fragment went to: append the next one there.</returns>
    /// <exception cref="InvalidOperationException">Another element follows this one already.</exception>
    public FolioQueueSegment Append(BvecEntry entry)
    {
        if (_next is not null)
            throw new InvalidOperationException("Fragments are appended at the end of a chain: another element follows this one.");

        if (!IsFull)
        {
            _slots[_count] = entry;
            _count++;
            return this;
        }

        var next = new FolioQueueSegment(_slots.Length) { Previous = this };
        next.Append(entry);
        _next = next;
        return next;
    }

    /// <summary>Puts a whole folio in the next slot; when there is none, into a new element behind this one.</summary>
    /// <param name="folio">The folio.</param>
    /// <returns>The element that the folio went to: append the next one there.</returns>
    /// <exception cref="InvalidOperationException">Another element follows this one already.</exception>
    /// <exception cref="ObjectDisposedException">The folio's last hold was released.</exception>
    public FolioQueueSegment Append(Folio folio) => Append(new BvecEntry(folio));
}
