using System.Buffers;

namespace BufferLifetime.Tests;

/// <summary>An iterator of each kind over the same scattered bytes, empty and tiny segments among them.</summary>
internal sealed class IterSamples : IDisposable
{
    private static readonly int[] DefaultLengths = [0, 0, 5, 1, 0, 40, 0, 0, 33, 2, 0];

    private readonly List<IDisposable> _owned = [];
    private readonly TransferDirection _direction;
    private readonly byte[] _shared;
    private int _made;

    internal IterSamples(string kind, TransferDirection direction, int extra = 0)
        : this(kind, direction, [.. DefaultLengths, extra])
    {
    }

    internal IterSamples(string kind, TransferDirection direction, int[] lengths)
    {
        _direction = direction;
        Content = [.. Enumerable.Range(0, lengths.Sum()).Select(i => (byte)((i * 7) + (i >> 8) + 1))];
        _shared = [0, .. Content];
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

    /// <summary>The bytes left, whatever the direction.</summary>
    internal static byte[] Peek(IovIter iter)
    {
        var bytes = new byte[iter.Count];
        int next = 0;
        foreach (FoundRun run in iter.FindPages())
        {
            run.Span.CopyTo(bytes.AsSpan(next));
            next += run.Length;
        }

        Assert.Equal(bytes.Length, next);
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

    private static FolioQueueSegment Chain(BvecEntry[] entries)
    {
        var first = new FolioQueueSegment(3);
        FolioQueueSegment last = first;
        foreach (BvecEntry entry in entries)
            last = last.Append(entry);

        return first;
    }

    // By turns an array of its own, a slice that may touch its neighbours, a folio's memory and a foreign manager's.
    private Memory<byte> Memory(int start, int length)
    {
        switch (_made++ % 5)
        {
            case 0 or 1:
                return _shared.AsMemory(start + 1, length);
            case 2 when length > 0:
                var folio = Folio.Native(length);
                _owned.Add(folio);
                Content.AsSpan(start, length).CopyTo(folio.AsSpan(0, length));
                return folio.Memory;
            case 3:
                var manager = new CountingManager(length + 2);
                _owned.Add(manager);
                Content.AsSpan(start, length).CopyTo(manager.GetSpan()[1..]);
                return manager.Memory.Slice(1, length);
            default:
                var array = new byte[length + 6];
                Content.AsSpan(start, length).CopyTo(array.AsSpan(3));
                return array.AsMemory(3, length);
        }
    }

    // The bytes begin shortly before the end of a page. Folios of one and two pages are neighbours in the store and not in memory.
    private FolioXarray Store()
    {
        var store = new FolioXarray();
        int first = 0;
        for (int index = 0, pages = 1; index == 0 || (index * Pages.Size) - (Pages.Size - 30) < Content.Length; index += pages, pages = 3 - pages)
        {
            Folio folio = Folio.Native(pages * Pages.Size), gap = Folio.Native(Pages.Size);
            _owned.AddRange([folio, gap]);
            int skip = index == 0 ? Pages.Size - 30 : 0;
            int length = Math.Min((pages * Pages.Size) - skip, Content.Length - first);
            Content.AsSpan(first, length).CopyTo(folio.AsSpan(skip, length));
            first += length;
            store.Store(index, folio);
        }

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
