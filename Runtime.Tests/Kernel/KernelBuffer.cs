namespace BufferLifetime.Tests;

/// <summary>
/// The kernel tests' buffer: pages that follow each other in the buffer and, for kinds that see pages, mostly do not in memory. As in the
/// kernel, the first quarter of the pages has changed places with the third.
/// </summary>
internal sealed class KernelBuffer : IDisposable
{
    private readonly Folio _block;
    private readonly Folio[] _pages;

    internal KernelBuffer(int size = KernelTables.BufferSize)
    {
        _block = Folio.Native(size);
        int count = size / KernelTables.PageSize;
        var order = Enumerable.Range(0, count).ToArray();
        for (int i = 0; i < count / 4; i++)
            (order[i], order[i + (count / 2)]) = (order[i + (count / 2)], order[i]);

        _pages = [.. order.Select(frame => Folio.Adopt(_block.Address + (frame * KernelTables.PageSize), KernelTables.PageSize))];
        PageOrder = order;
    }

    internal int Size => (int)_block.Length;

    internal int[] PageOrder { get; }

    /// <summary>The buffer as one block, for kinds that see addresses.</summary>
    internal nint Address => _block.Address;

    /// <summary>The buffer as a caller's memory, which starts at a page boundary as a mapping does.</summary>
    internal Memory<byte> Memory => _block.Memory;

    /// <summary>The buffer page by page, for kinds that see folios.</summary>
    internal IReadOnlyList<Folio> Pages => _pages;

    internal Span<byte> Bytes => _block.AsSpan(0, Size);

    /// <summary>The buffer's bytes in the order of its pages.</summary>
    internal byte[] BytesByPage
    {
        get
        {
            var bytes = new byte[Size];
            for (int i = 0; i < _pages.Length; i++)
                _pages[i].AsSpan(0, KernelTables.PageSize).CopyTo(bytes.AsSpan(i * KernelTables.PageSize));

            return bytes;
        }
    }

    internal void Fill() => KernelTables.PatternBytes(Size).CopyTo(Bytes);

    internal void FillByPage()
    {
        byte[] pattern = KernelTables.PatternBytes(Size);
        for (int i = 0; i < _pages.Length; i++)
            pattern.AsSpan(i * KernelTables.PageSize, KernelTables.PageSize).CopyTo(_pages[i].AsSpan(0, KernelTables.PageSize));
    }

    internal IoVector[] VectorsOfK() =>
        [.. KernelTables.K.Select(range => new IoVector(Address + range.From, range.To - range.From))];

    /// <summary>Table B, with neighbouring whole pages merged into one entry where they are neighbours in memory, or not.</summary>
    internal BvecEntry[] EntriesOfB(bool merged)
    {
        var entries = new List<BvecEntry>();
        foreach ((int page, int from, int to) in KernelTables.B)
        {
            nint address = _pages[page].Address + from;
            if (merged && from == 0 && entries.Count > 0 && entries[^1].Address + (nint)entries[^1].Length == address)
            {
                BvecEntry last = entries[^1];
                entries[^1] = new BvecEntry(_block, last.Address - _block.Address, last.Length + (to - from));
            }
            else
            {
                entries.Add(merged ? new BvecEntry(_block, address - _block.Address, to - from) : new BvecEntry(_pages[page], from, to - from));
            }
        }

        return [.. entries];
    }

    /// <summary>The whole buffer, with neighbours in memory merged: four runs, none of which joins the next.</summary>
    internal BvecEntry[] MergedEntries()
    {
        var entries = new List<BvecEntry>();
        foreach (Folio page in _pages)
        {
            if (entries.Count > 0 && entries[^1].Address + (nint)entries[^1].Length == page.Address)
                entries[^1] = new BvecEntry(_block, entries[^1].Address - _block.Address, entries[^1].Length + page.Length);
            else
                entries.Add(new BvecEntry(_block, page.Address - _block.Address, page.Length));
        }

        return [.. entries];
    }

    internal FolioQueueSegment InQueue(int capacity)
    {
        var first = new FolioQueueSegment(capacity);
        FolioQueueSegment last = first;
        foreach (Folio page in _pages)
            last = last.Append(page);

        return first;
    }

    internal FolioXarray InXarray()
    {
        var store = new FolioXarray();
        for (int i = 0; i < _pages.Length; i++)
            store.Store(i, _pages[i]);

        return store;
    }

    public void Dispose()
    {
        foreach (Folio page in _pages)
            page.Dispose();

        _block.Dispose();
    }
}
