using static BufferLifetime.Tests.KernelTables;

namespace BufferLifetime.Tests;

/// <summary>The kernel's conversions of each kind to a scatter list: nothing, one entry, up to a tail, the tail.</summary>
public sealed class KernelScatterListTests : BalancedTest
{
    private const int Size = 0x200000;
    private const int PageTotal = Size / PageSize;
    private const int Tail = 16 * PageSize;

    private readonly KernelBuffer _buffer;

    public KernelScatterListTests() => _buffer = Own(new KernelBuffer(Size));

    [Theory]
    [InlineData("kvec")]
    [InlineData("bvec")]
    [InlineData("folioq")]
    [InlineData("xarray")]
    [InlineData("ubuf")]
    public void Appending_step_by_step_lists_the_whole_buffer_once(string kind)
    {
        IovIter iter = Over(kind);

        // The kernel lists pages of all kinds but bvec, of which it lists entries.
        ExtractFlags flags = kind == "bvec" ? ExtractFlags.None : ExtractFlags.PerPage;
        var list = new IoVector[PageTotal];
        var holds = new PageFragment[PageTotal];
        int used = 0;

        Assert.Equal(0, iter.ExtractToScatterList(list.AsSpan(0, 0), holds.AsSpan(0, 0), ref used, Size, flags));
        Assert.Equal(0, used);

        long first = iter.ExtractToScatterList(list.AsSpan(0, 1), holds.AsSpan(0, 1), ref used, Size - Tail, flags);
        Assert.Equal(1, used);
        Assert.Equal(kind == "bvec" ? Size / 4 : PageSize, first);

        long second = iter.ExtractToScatterList(list, holds, ref used, Size - Tail - first, flags);
        Assert.Equal(Size - Tail, first + second);

        Assert.Equal(Tail, iter.ExtractToScatterList(list, holds, ref used, Tail, flags));
        Assert.Equal(0, iter.Count);

        Assert.Equal(kind == "bvec" ? 5 : PageTotal, used);
        Assert.Equal(PatternBytes(Size), Gather(list.AsSpan(0, used)));
        Assert.Equal(kind == "ubuf", PinsHeld > 0);
        PageFragments.Release(holds.AsSpan(0, used));
    }

    [Theory]
    [InlineData("kvec")]
    [InlineData("bvec")]
    [InlineData("folioq")]
    [InlineData("xarray")]
    [InlineData("ubuf")]
    public void Winsock_lists_hold_the_same_bytes(string kind)
    {
        IovIter iter = Over(kind);
        var list = new WsaBuffer[PageTotal];
        var holds = new PageFragment[PageTotal];
        int used = 0;
        Assert.Equal(Size, iter.ExtractToScatterList(list, holds, ref used));
        Assert.Equal(PatternBytes(Size), Gather([.. list[..used].Select(entry => new IoVector(entry.Base, entry.Length))]));
        PageFragments.Release(holds);
    }

    private static byte[] Gather(ReadOnlySpan<IoVector> list)
    {
        var bytes = new List<byte>();
        foreach (IoVector vector in list)
            bytes.AddRange(Native.Span(vector));

        return [.. bytes];
    }

    private IovIter Over(string kind)
    {
        if (kind is "kvec" or "ubuf")
            _buffer.Fill();
        else
            _buffer.FillByPage();

        return kind switch
        {
            "kvec" => IovIter.Kvec([new IoVector(_buffer.Address, Size)], TransferDirection.Source),
            "bvec" => IovIter.Bvec(_buffer.MergedEntries(), TransferDirection.Source),
            "folioq" => IovIter.FolioQueue(_buffer.InQueue(FolioQueueSegment.DefaultCapacity), TransferDirection.Source),
            "xarray" => IovIter.Xarray(_buffer.InXarray(), 0, Size, TransferDirection.Source),
            _ => IovIter.Ubuf(_buffer.Memory),
        };
    }
}
