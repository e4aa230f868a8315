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
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
    }

    internal static string[] Names => ["Ubuf", "Iovec", "ReadOnlyIovec", "Kvec", "Bvec"];

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

    private BvecEntry Entry(int start, int length)
    {
        Folio folio = Folio.Native(length + 6);
        _owned.Add(folio);
        Content.AsSpan(start, length).CopyTo(folio.AsSpan(3, length));
        return new BvecEntry(folio, 3, length);
    }
}
