using System.Buffers;

namespace BufferLifetime.Tests;

/// <summary>An iterator of each kind over about the same scattered bytes, empty and tiny segments among them.</summary>
internal sealed class IterSamples : IDisposable
{
    private readonly List<IDisposable> _owned = [];
    private readonly TransferDirection _direction;

    internal IterSamples(string kind, TransferDirection direction, int extra = 0)
    {
        _direction = direction;
        int[] lengths = [0, 0, 5, 1, 0, 40, 0, 0, 33 + extra, 2, 0];
        Content = [.. Enumerable.Range(0, lengths.Sum()).Select(i => (byte)(i + 1))];
        Iter = kind switch
        {
            "Ubuf" => IovIter.Ubuf(Memory(0, Content.Length), direction),
            "Iovec" => IovIter.Iovec(Split(lengths, Memory), direction),
            "ReadOnlyIovec" => IovIter.Iovec(Split(lengths, (start, length) => (ReadOnlyMemory<byte>)Memory(start, length))),
            "Kvec" => IovIter.Kvec(Split(lengths, (start, length) => new IoVector(Entry(start, length).Address, length)), direction),
            "Bvec" => IovIter.Bvec(Split(lengths, Entry), direction),
            "FolioQueue" => IovIter.FolioQueue(Chain(Split(lengths, Entry)), direction),
            "FolioSequence" => IovIter.FolioQueue(Sequence.Of(Split(lengths, (start, length) => (ReadOnlyMemory<byte>)Memory(start, length)))),
            "Xarray" => IovIter.Xarray(Store(), Pages.Size - 30, Content.Length, direction),
            "Pipe" => IovIter.Pipe(Sequence.Of(Split(lengths, (start, length) => (ReadOnlyMemory<byte>)Memory(start, length)))),
            "PipeOfOne" => IovIter.Pipe(new ReadOnlySequence<byte>(Memory(0, Content.Length))),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
    }

    internal static string[] Names => ["Ubuf", "Iovec", "ReadOnlyIovec", "Kvec", "Bvec", "FolioQueue", "FolioSequence", "Xarray", "Pipe", "PipeOfOne"];

    /// <summary>Those that can be written to.</summary>
    internal static string[] DestinationNames => ["Ubuf", "Iovec", "Kvec", "Bvec", "FolioQueue", "Xarray"];

    internal IovIter Iter { get; }

    internal byte[] Content { get; }

    internal int Length => Content.Length;

    internal byte[] Read(ref IovIter iter)
    {
        Assert.Equal(TransferDirection.Source, _direction);
        var bytes = new byte[iter.Count];
        Assert.Equal(bytes.Length, iter.CopyFrom(bytes));
        return bytes;
    }

    public void Dispose()
    {
        foreach (IDisposable owned in _owned)
            owned.Dispose();
    }

    private static T[] Split<T>(int[] lengths, Func<int, int, T> make)
    {
        int start = 0;
        return
        [
            .. lengths.Select(length =>
            {
                T item = make(start, length);
                start += length;
                return item;
            }),
        ];
    }

    private Memory<byte> Memory(int start, int length)
    {
        var array = new byte[length + 6];
        Content.AsSpan(start, length).CopyTo(array.AsSpan(3));
        return array.AsMemory(3, length);
    }

    private static FolioQueueSegment Chain(BvecEntry[] entries)
    {
        var first = new FolioQueueSegment(3);
        FolioQueueSegment last = first;
        foreach (BvecEntry entry in entries)
            last = last.Append(entry);

        return first;
    }

    // The bytes lie across the boundary of two pages that are neighbours in the store only.
    private FolioXarray Store()
    {
        Folio first = Folio.Native(Pages.Size), gap = Folio.Native(Pages.Size), second = Folio.Native(Pages.Size);
        _owned.AddRange([first, gap, second]);
        Content.AsSpan(0, 30).CopyTo(first.AsSpan(Pages.Size - 30, 30));
        Content.AsSpan(30).CopyTo(second.AsSpan(0, Content.Length - 30));
        var store = new FolioXarray();
        store.Store(0, first);
        store.Store(1, second);
        return store;
    }

    private BvecEntry Entry(int start, int length)
    {
        Folio folio = Folio.Native(length + 6);
        _owned.Add(folio);
        Content.AsSpan(start, length).CopyTo(folio.AsSpan(3, length));
        return new BvecEntry(folio, 3, length);
    }
}
