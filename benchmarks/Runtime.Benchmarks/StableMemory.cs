using System.Buffers;
using BenchmarkDotNet.Attributes;

namespace BufferLifetime.Benchmarks;

/// <summary>
/// Native memory, which does not move: list it as vectors. By hand it is pinned all the same, because a <see cref="Memory{T}"/> does not
/// tell. Target: at most a fifth of that, and nothing allocated.
/// </summary>
[MemoryDiagnoser]
public class StableMemory
{
    private readonly PageLease _lease = new();
    private readonly PageFragment[] _fragments = new PageFragment[64];
    private readonly IoVector[] _vectors = new IoVector[64];
    private Folio[] _folios = [];
    private Memory<byte>[] _segments = [];
    private BvecEntry[] _entries = [];
    private IoVector[] _kvec = [];
    private MemoryHandle[] _handles = [];

    [Params(1, 8, 64)]
    public int Segments { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        // Not neighbours, which would be one run.
        _folios = [.. Enumerable.Range(0, Segments).Select(_ => Folio.Native(8192))];
        _segments = [.. _folios.Select(folio => folio.Slice(0, 4096))];
        _entries = [.. _folios.Select(folio => new BvecEntry(folio, 0, 4096))];
        _kvec = [.. _folios.Select(folio => new IoVector(folio.Address, 4096))];
        _handles = new MemoryHandle[Segments];
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        foreach (Folio folio in _folios)
            folio.Dispose();
    }

    [Benchmark(Baseline = true, Description = "MemoryHandle[] beside iovec[]")]
    public nint ByHand() => HandWritten.ListAndRelease(_segments);

    [Benchmark(Description = "MemoryHandle[] beside iovec[], both kept")]
    public nint ByHandWithKeptArrays() => HandWritten.ListAndRelease(_segments, _handles, _vectors);

    [Benchmark(Description = "Kvec: ExtractPages into a span, release")]
    public nint KvecSpan()
    {
        var iter = IovIter.Kvec(_kvec, TransferDirection.Destination);
        return ListAndRelease(ref iter);
    }

    [Benchmark(Description = "Bvec: ExtractPages into a span, release")]
    public nint BvecSpan()
    {
        var iter = IovIter.Bvec(_entries, TransferDirection.Destination);
        return ListAndRelease(ref iter);
    }

    [Benchmark(Description = "Kvec: PageLease, filled again")]
    public nint KvecLease()
    {
        var iter = IovIter.Kvec(_kvec, TransferDirection.Destination);
        _lease.Refill(ref iter);
        nint address = _lease.IoVectors[^1].Base;
        _lease.Dispose();
        return address;
    }

    [Benchmark(Description = "Bvec: PageLease, filled again")]
    public nint BvecLease()
    {
        var iter = IovIter.Bvec(_entries, TransferDirection.Destination);
        _lease.Refill(ref iter);
        nint address = _lease.IoVectors[^1].Base;
        _lease.Dispose();
        return address;
    }

    private nint ListAndRelease(ref IovIter iter)
    {
        ExtractResult taken = iter.ExtractPages(_fragments, long.MaxValue);
        Span<PageFragment> pages = _fragments.AsSpan(0, taken.Fragments);
        for (int i = 0; i < pages.Length; i++)
            _vectors[i] = pages[i].ToIoVector();

        nint address = _vectors[pages.Length - 1].Base;
        PageFragments.Release(pages);
        return address;
    }
}
