namespace BufferLifetime.Tests;

/// <summary>What the kernel is known to do oddly and this library does not, in every kind: each quirk has its test.</summary>
public sealed class KernelQuirkTests : BalancedTest
{
    /// <summary>Two empty segments lead in each kind that has segments.</summary>
    public static TheoryData<string> Kinds => [.. IterSamples.Names];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void No_entries_is_zero_bytes_and_no_error(string kind)
    {
        using var sample = new IterSamples(kind, TransferDirection.Source);
        IovIter iter = sample.Iter;
        int used = 0;
        Assert.Equal(new ExtractResult(0, 0, iter.ExtractMode()), iter.ExtractPages([], 10));
        Assert.Equal(0, iter.ExtractPages([], 10, ExtractFlags.PerPage).Bytes);
        Assert.Equal(0, iter.ExtractPages([], 10, ExtractFlags.PerPage, out _));
        Assert.Equal(0, iter.ExtractToScatterList(Array.Empty<IoVector>(), [], ref used, 10));
        if (iter.Kind != IterKind.Kvec)
            Assert.Equal(0, iter.GetPages([], 10, out _));
        if (!iter.ExtractWillPin)
            Assert.Equal(0, iter.ExtractToRdma([], ref used, 1));

        Assert.Equal(sample.Content, sample.Read(ref iter));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void No_bytes_asked_for_is_zero_bytes_and_moves_nothing(string kind)
    {
        using var sample = new IterSamples(kind, TransferDirection.Source);
        IovIter iter = sample.Iter;
        var list = new PageFragment[4];
        int used = 0;
        Assert.Equal(0, iter.ExtractPages(list, 0).Bytes);
        Assert.Equal(0, iter.ExtractPages(list, 0, ExtractFlags.PerPage, out _));
        Assert.Equal(0, iter.ExtractToScatterList(new WsaBuffer[4], list, ref used, 0));
        Assert.True(iter.ExtractPages(0).IsEmpty);
        using (ExtractedIter kept = iter.ExtractToBvec(0))
            Assert.Equal(0, kept.Bytes);

        Assert.All(list, entry => Assert.True(entry.IsEmpty));
        Assert.Equal(sample.Content, sample.Read(ref iter));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Leading_empty_segments_are_never_taken_for_the_end(string kind)
    {
        foreach (int[] lengths in new int[][] { [0, 0, 0, 9, 0, 0, 3], [4, 0, 0, 0, 5] })
        {
            using var sample = new IterSamples(kind, TransferDirection.Source, lengths);
            IovIter iter = sample.Iter;
            var pages = new PageFragment[4];
            var bytes = new List<byte>();
            while (iter.Count > 0)
            {
                int got = iter.ExtractPages(pages, long.MaxValue, ExtractFlags.PerPage, out _);
                Assert.NotEqual(0, got);
                foreach (PageFragment page in pages)
                    bytes.AddRange(Native.Span(in page));

                PageFragments.Release(pages);
            }

            Assert.Equal(sample.Content, bytes);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_offset_of_an_empty_result_is_zero(string kind)
    {
        using var sample = new IterSamples(kind, TransferDirection.Source);
        IovIter iter = sample.Iter;
        int offset0 = int.MaxValue;
        iter.ExtractPages([], 10, ExtractFlags.PerPage, out offset0);
        Assert.Equal(0, offset0);
        offset0 = int.MaxValue;
        iter.ExtractPages(new PageFragment[1], 0, ExtractFlags.PerPage, out offset0);
        Assert.Equal(0, offset0);
        iter.Advance(sample.Length);
        offset0 = int.MaxValue;
        Assert.Equal(0, iter.ExtractPages(new PageFragment[1], 10, ExtractFlags.PerPage, out offset0));
        Assert.Equal(0, offset0);
        if (iter.Kind == IterKind.Kvec)
            return;

        offset0 = int.MaxValue;
        Assert.Equal(0, iter.GetPages(new PageFragment[1], 10, out offset0));
        Assert.Equal(0, offset0);
        offset0 = int.MaxValue;
        Assert.Equal(0, iter.GetPagesAlloc(out PageFragment[] none, 10, out offset0));
        Assert.Equal((0, 0), (none.Length, offset0));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Going_back_before_the_start_is_detected_whatever_was_consumed_how(string kind)
    {
        using var sample = new IterSamples(kind, TransferDirection.Source);
        IovIter iter = sample.Iter;
        using (PageLease lease = iter.ExtractPages(20))
            Assert.Throws<ArgumentOutOfRangeException>("bytes", () => iter.Revert(lease.Bytes + 1));

        iter.CopyFrom(new byte[3]);
        iter.Truncate(1);
        iter.Advance(1);
        Assert.Throws<ArgumentOutOfRangeException>("bytes", () => iter.Revert(25));
        Assert.Throws<ArgumentOutOfRangeException>("bytes", () => iter.Revert(long.MaxValue));
        iter.Revert(24);
        Assert.Throws<ArgumentOutOfRangeException>("bytes", () => iter.Revert(1));
        Assert.Equal(sample.Content[..24], sample.Read(ref iter));
    }

    [Fact]
    public void Going_back_before_the_start_of_a_discarding_iterator_is_detected()
    {
        IovIter iter = IovIter.Discard(10);
        iter.CopyTo(new byte[4]);
        Assert.Throws<ArgumentOutOfRangeException>("bytes", () => iter.Revert(5));
        iter.Revert(4);
        Assert.Equal(10, iter.Count);
    }
}
