namespace BufferLifetime;

/// <summary>
/// A buffer that is prepared once and used by many requests: counted by the slots, the lender and the requests that use it. The last of them releases it,
/// exactly once.
/// </summary>
internal sealed class BufferRecord
{
    private readonly BvecEntry[] _entries;
    private readonly PageFragment[] _holds;
    private readonly Action<object?>? _released;
    private readonly object? _state;
    private readonly TransferDirection? _only;
    private int _references = 1;

    internal BufferRecord(BvecEntry[] entries, PageFragment[] holds, TransferDirection? only, Action<object?>? released, object? state)
    {
        _entries = entries;
        _holds = holds;
        _only = only;
        _released = released;
        _state = state;
        foreach (ref readonly BvecEntry entry in entries.AsSpan())
            Length = checked(Length + entry.Length);
    }

    internal long Length { get; }

    /// <summary>The buffer as one vector, for kinds of registration that know no other.</summary>
    internal IoVector Vector => _entries.Length == 1
        ? new IoVector(_entries[0].Address, (nuint)_entries[0].Length)
        : throw new NotSupportedException($"A buffer of {_entries.Length} fragments is not one vector.");

    /// <summary>Takes a reference, unless the last one is gone.</summary>
    internal bool TryGet()
    {
        int seen = Volatile.Read(ref _references);
        while (seen != 0)
        {
            int was = Interlocked.CompareExchange(ref _references, seen + 1, seen);
            if (was == seen)
                return true;

            seen = was;
        }

        return false;
    }

    internal void Put()
    {
        if (Interlocked.Decrement(ref _references) != 0)
            return;

        // A buffer has one or the other: fragments that were extracted for it, or folios of its own.
        try
        {
            PageFragments.Release(_holds);
            FolioPins.Release(_entries);
        }
        finally
        {
            _released?.Invoke(_state);
        }
    }

    /// <summary>Checks an import in the order that matters: range, without overflow; then direction; then whether it is empty.</summary>
    internal IovIter Import(long offset, long length, TransferDirection direction)
    {
        CheckRange(offset, length);
        if (length > IovIter.MaxTransferBytes)
            throw TooLong(length, nameof(length));

        CheckDirection(direction);

        // An empty import never looks at the entries: at exactly the end there is none to look at.
        return length == 0 ? IovIter.BvecOf([], 0, 0, direction) : IovIter.BvecWindow(_entries, offset, length, direction);
    }

    /// <summary>Checks and lists several ranges.</summary>
    internal IovIter Import(ReadOnlySpan<BufferRange> ranges, TransferDirection direction)
    {
        long bytes = 0;
        foreach (BufferRange range in ranges)
        {
            CheckRange(range.Offset, range.Length);
            if (range.Length == 0)
                throw new ArgumentOutOfRangeException(nameof(ranges), range, "A range of a vectored import is empty.");

            // Both are less than a buffer's length, so this cannot overflow before it is refused.
            bytes += range.Length;
            if (bytes > IovIter.MaxTransferBytes)
                throw TooLong(bytes, nameof(ranges));
        }

        CheckDirection(direction);
        Faults.At(FaultPoint.Allocate);
        var entries = new List<BvecEntry>(ranges.Length);
        foreach (BufferRange range in ranges)
            ListRange(range, entries);

        return IovIter.BvecOf([.. entries], entries.Count, bytes, direction);
    }

    private static ArgumentOutOfRangeException TooLong(long length, string parameter) =>
        new(parameter, length, $"One transfer covers at most {IovIter.MaxTransferBytes} bytes.");

    private void CheckRange(long offset, long length)
    {
        if (offset < 0 || offset > Length)
            throw new ArgumentOutOfRangeException(nameof(offset), offset, $"The buffer has {Length} bytes.");
        if (length < 0 || length > Length - offset)
            throw new ArgumentOutOfRangeException(nameof(length), length, $"The buffer has {Length} bytes, {Length - offset} from {offset} on.");
    }

    private void CheckDirection(TransferDirection direction)
    {
        if (direction > TransferDirection.Source)
            throw new ArgumentOutOfRangeException(nameof(direction), direction, "Bytes flow to a Destination or out of a Source.");
        if (_only is { } only && only != direction)
            throw new TransferDirectionException($"The buffer was lent as a {only} only and cannot be a {direction}.");
    }

    private void ListRange(BufferRange range, List<BvecEntry> entries)
    {
        long skip = range.Offset, left = range.Length;
        foreach (ref readonly BvecEntry entry in _entries.AsSpan())
        {
            if (left == 0)
                break;

            if (skip < entry.Length)
            {
                BvecEntry part = entry.Within(skip, Math.Min(entry.Length - skip, left));
                entries.Add(part);
                left -= part.Length;
            }

            skip = Math.Max(0, skip - entry.Length);
        }
    }
}
