using System.Buffers;
using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;

namespace BufferLifetime.Benchmarks;

/// <summary>
/// Arrays that the garbage collector may move: pin them, list them as vectors, release them. Targets: at most as long as by hand, at
/// most 1.5 times as long as a handle for each segment, and nothing allocated.
/// </summary>
[MemoryDiagnoser]
public class UserMemory
{
    private readonly PageLease _lease = new();
    private readonly PageFragment[] _fragments = new PageFragment[64];
    private readonly GCHandle[] _gcHandles = new GCHandle[64];
    private readonly IoVector[] _vectors = new IoVector[64];
    private byte[][] _arrays = [];
    private Memory<byte>[] _segments = [];
    private MemoryHandle[] _handles = [];

    [Params(1, 8, 64)]
    public int Segments { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _arrays = [.. Enumerable.Range(0, Segments).Select(_ => new byte[4096])];
        _segments = [.. _arrays.Select(array => array.AsMemory())];
        _handles = new MemoryHandle[Segments];
    }

    [Benchmark(Baseline = true, Description = "MemoryHandle[] beside iovec[]")]
    public nint ByHand() => HandWritten.ListAndRelease(_segments);

    [Benchmark(Description = "MemoryHandle[] beside iovec[], both kept")]
    public nint ByHandWithKeptArrays() => HandWritten.ListAndRelease(_segments, _handles, _vectors);

    [Benchmark(Description = "GCHandle for each segment")]
    public nint HandlePerSegment() => HandWritten.HandlePerSegment(_arrays, _gcHandles);

    [Benchmark(Description = "ExtractPages into a span, release")]
    public nint Span()
    {
        var iter = IovIter.Iovec(_segments, TransferDirection.Destination);
        ExtractResult taken = iter.ExtractPages(_fragments, long.MaxValue);
        Span<PageFragment> pages = _fragments.AsSpan(0, taken.Fragments);
        for (int i = 0; i < pages.Length; i++)
            _vectors[i] = pages[i].ToIoVector();

        nint address = _vectors[pages.Length - 1].Base;
        PageFragments.Release(pages);
        return address;
    }

    [Benchmark(Description = "PageLease, filled again")]
    public nint Lease()
    {
        var iter = IovIter.Iovec(_segments, TransferDirection.Destination);
        _lease.Refill(ref iter);
        nint address = _lease.IoVectors[^1].Base;
        _lease.Dispose();
        return address;
    }
}
