using static BufferLifetime.Tests.KernelTables;

namespace BufferLifetime.Tests;

/// <summary>The kernel's copy and extraction tests for kvec and bvec.</summary>
public sealed class KernelKvecBvecTests : BalancedTest
{
    private readonly KernelBuffer _buffer;

    public KernelKvecBvecTests() => _buffer = Own(new KernelBuffer());

    [Fact]
    public void Copy_to_kvec_writes_the_ranges_of_the_table_and_nothing_else()
    {
        IovIter iter = IovIter.Kvec(_buffer.VectorsOfK(), TransferDirection.Destination);
        Assert.Equal(TotalK, iter.Count);

        Assert.Equal(TotalK, iter.CopyTo(PatternBytes(BufferSize).AsSpan(0, TotalK)));

        Assert.Equal(0, iter.Count);
        Assert.Equal(ImageOfCopyTo(K), _buffer.Bytes);
    }

    [Fact]
    public void Copy_from_kvec_reads_the_ranges_of_the_table_and_nothing_else()
    {
        _buffer.Fill();
        IovIter iter = IovIter.Kvec(_buffer.VectorsOfK(), TransferDirection.Source);
        var scratch = new byte[BufferSize];

        Assert.Equal(TotalK, iter.CopyFrom(scratch.AsSpan(0, TotalK)));

        Assert.Equal(0, iter.Count);
        Assert.Equal(ImageOfCopyFrom(K), scratch);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Copy_to_bvec_writes_the_ranges_of_the_table_and_nothing_else(bool merged)
    {
        IovIter iter = IovIter.Bvec(_buffer.EntriesOfB(merged), TransferDirection.Destination);
        Assert.Equal(TotalB, iter.Count);

        Assert.Equal(TotalB, iter.CopyTo(PatternBytes(BufferSize).AsSpan(0, TotalB)));

        Assert.Equal(0, iter.Count);
        Assert.Equal(ImageOfCopyTo(BytesOfB), _buffer.BytesByPage);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Copy_from_bvec_reads_the_ranges_of_the_table_and_nothing_else(bool merged)
    {
        _buffer.FillByPage();
        IovIter iter = IovIter.Bvec(_buffer.EntriesOfB(merged), TransferDirection.Source);
        var scratch = new byte[BufferSize];

        Assert.Equal(TotalB, iter.CopyFrom(scratch.AsSpan(0, TotalB)));

        Assert.Equal(0, iter.Count);
        Assert.Equal(ImageOfCopyFrom(BytesOfB), scratch);
    }

    [Fact]
    public void Extract_pages_of_kvec_makes_the_computed_calls()
    {
        IovIter iter = IovIter.Kvec(_buffer.VectorsOfK(), TransferDirection.Source);
        long left = TotalK;
        foreach ((int page, int offset, int pages, int bytes) in CallsOfK())
        {
            left -= bytes;
            ExtractEight(ref iter, bytes, left, offset, [.. Enumerable.Range(page, pages).Select(i => _buffer.Address + (i * PageSize))]);
        }

        AssertEnd(ref iter);
        Assert.Equal(0, left);
        Assert.Equal(34, CallsOfK().Count());
        Assert.Equal(247, CallsOfK().Sum(call => call.Pages));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Extract_pages_of_bvec_makes_the_computed_calls_whether_entries_were_merged_or_not(bool merged)
    {
        IovIter iter = IovIter.Bvec(_buffer.EntriesOfB(merged), TransferDirection.Source);
        long left = TotalB;
        (int Offset, int[] Pages, int Bytes)[] calls =
        [
            (0x27, [1], 0x86c),
            (0x193, [2], 0x601),
            (0, [3, 4, 5, 6], 0x3ffb),
            (0xffd, [6], 1),
        ];
        foreach ((int offset, int[] pages, int bytes) in calls)
        {
            left -= bytes;
            ExtractEight(ref iter, bytes, left, offset, [.. pages.Select(page => _buffer.Pages[page].Address)]);
        }

        AssertEnd(ref iter);
    }

    private static void ExtractEight(ref IovIter iter, int bytes, long left, int offset, nint[] pages)
    {
        var list = new PageFragment[8];
        int got = iter.ExtractPages(list, 100 * 1024, ExtractFlags.PerPage, out int offset0);

        Assert.Equal(bytes, got);
        Assert.Equal(left, iter.Count);
        Assert.Equal(offset, offset0);
        Assert.Equal(pages, list.Where(entry => !entry.IsEmpty).Select(entry => entry.Address));
        Assert.Equal(bytes, list.Sum(entry => entry.Length));
    }

    private static void AssertEnd(ref IovIter iter)
    {
        Assert.Equal(0, iter.Count);
        Assert.Equal(0, iter.ExtractPages(new PageFragment[8], 100 * 1024, ExtractFlags.PerPage, out int offset0));
        Assert.Equal(0, offset0);
    }
}
