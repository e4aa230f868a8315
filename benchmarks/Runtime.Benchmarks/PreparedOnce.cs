using BenchmarkDotNet.Attributes;

namespace BufferLifetime.Benchmarks;

/// <summary>
/// Memory that is prepared once and used again and again: the first use pins, every later one must not. That none
/// is taken is checked before anything is measured.
/// </summary>
[MemoryDiagnoser]
public class PreparedOnce
{
    private readonly PageLease _lease = new();
    private Memory<byte>[] _segments = [];
    private RegisteredBufferTable? _table;
    private ExtractedIter? _converted;

    [Params(64)]
    public int Segments { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _segments = [.. Enumerable.Range(0, Segments).Select(_ => new byte[4096].AsMemory())];
        _table = new RegisteredBufferTable(1);
        _table.Register(0, new byte[Segments * 4096]);
        var iter = IovIter.Iovec(_segments, TransferDirection.Destination);
        _converted = iter.ExtractToBvec();

        long pins = BufferLifetimeCounters.Read().PinsAcquired;
        ConvertedAgain();
        Imported();
        if (BufferLifetimeCounters.Read().PinsAcquired != pins)
            throw new InvalidOperationException("Pins were taken for memory that is pinned already.");
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        _table!.Dispose();
        _converted!.Dispose();
    }

    [Benchmark(Baseline = true, Description = "Iovec: pin for each use")]
    public nint Pinned()
    {
        var iter = IovIter.Iovec(_segments, TransferDirection.Destination);
        _lease.Refill(ref iter);
        nint address = _lease.IoVectors[^1].Base;
        _lease.Dispose();
        return address;
    }

    [Benchmark(Description = "ExtractToBvec, release")]
    public long Converted()
    {
        var iter = IovIter.Iovec(_segments, TransferDirection.Destination);
        using ExtractedIter owner = iter.ExtractToBvec();
        return owner.Bytes;
    }

    [Benchmark(Description = "Second use of ExtractToBvec")]
    public nint ConvertedAgain()
    {
        IovIter iter = _converted!.Iter;
        _lease.Refill(ref iter);
        nint address = _lease.IoVectors[^1].Base;
        _lease.Dispose();
        return address;
    }

    [Benchmark(Description = "Import of a registered buffer")]
    public nint Imported()
    {
        using RegisteredImport import = _table!.Import(0, 4096, (Segments - 1) * 4096, TransferDirection.Destination);
        IovIter iter = import.Iter;
        _lease.Refill(ref iter);
        nint address = _lease.IoVectors[^1].Base;
        _lease.Dispose();
        return address;
    }
}
