using System.Runtime.InteropServices;

namespace BufferLifetime.Tests;

public sealed class InspectionTests : BalancedTest
{
    [Fact]
    public void The_single_segment_count_is_what_is_contiguous_at_the_position()
    {
        using Folio folio = Folio.Native(8192);
        IovIter iter = IovIter.Iovec([default, new byte[10], default, new byte[20]], TransferDirection.Source);
        Assert.Equal(10, iter.SingleSegmentCount);
        iter.Advance(4);
        Assert.Equal(6, iter.SingleSegmentCount);
        iter.Truncate(3);
        Assert.Equal(3, iter.SingleSegmentCount);

        var queue = new FolioQueueSegment();
        queue.Append(folio);
        IovIter chain = IovIter.FolioQueue(queue, TransferDirection.Source);
        chain.Advance(5000);
        Assert.Equal(3192, chain.SingleSegmentCount);
    }

    [Fact]
    public void Alignment_is_the_bitwise_or_of_addresses_and_lengths()
    {
        using Folio folio = Folio.Native(8192);
        IovIter iter = IovIter.Bvec([new BvecEntry(folio, 512, 1024), new BvecEntry(folio, 3, 0), new BvecEntry(folio, 4096, 4096)], TransferDirection.Source);
        Assert.Equal((nuint)512, iter.Alignment & 1023);
        iter.Advance(2);
        Assert.Equal((nuint)2, iter.Alignment & 3);
        iter.Advance(10_000);
        Assert.Equal((nuint)0, iter.Alignment);

        IovIter store = IovIter.Xarray(new FolioXarray(), 0x1000, 0x20, TransferDirection.Source);
        Assert.Equal((nuint)0x1020, store.Alignment);
    }

    [Fact]
    public void Alignment_of_pinned_heap_memory_matches_its_address()
    {
        byte[] array = GC.AllocateUninitializedArray<byte>(100, pinned: true);
        nint address = Marshal.UnsafeAddrOfPinnedArrayElement(array, 0);
        Assert.Equal((nuint)address | 100, IovIter.Ubuf(array).Alignment);
        Assert.Equal((nuint)0, IovIter.Ubuf(default).Alignment);
    }

    [Fact]
    public void Gap_alignment_looks_at_inner_boundaries_only()
    {
        byte[] array = GC.AllocateUninitializedArray<byte>(8192, pinned: true);
        nint address = Marshal.UnsafeAddrOfPinnedArrayElement(array, 0);
        int start = (int)(4096 - (address % 4096)) % 4096;
        IovIter aligned = IovIter.Iovec([array.AsMemory(start + 1024 - 7, 7), array.AsMemory(start, 512), array.AsMemory(start + 2048, 3)], TransferDirection.Source);
        Assert.Equal((nuint)512, aligned.GapAlignment & 1023);
        Assert.Equal((nuint)0, IovIter.Ubuf(array).GapAlignment);
        Assert.Equal(nuint.MaxValue, IovIter.Kvec(Array.Empty<IoVector>(), TransferDirection.Source).GapAlignment);
    }

    [Fact]
    public void Page_counts_of_stable_memory_are_exact_and_never_exceed_the_limit()
    {
        using Folio folio = Folio.Native(4 * 4096);
        BvecEntry[] entries = [new(folio, 4095, 2), new(folio, 0, 0), new(folio, 8192, 4096)];
        Assert.Equal(3, IovIter.Bvec(entries, TransferDirection.Source).PageCount(100));
        Assert.Equal(2, IovIter.Bvec(entries, TransferDirection.Source).PageCount(2));
        Assert.Equal(0, IovIter.Bvec(entries, TransferDirection.Source).PageCount(0));
        Assert.Equal(0, IovIter.Discard(10_000).PageCount(5));
        Assert.Equal(2, IovIter.Xarray(new FolioXarray(), 4095, 2, TransferDirection.Source).PageCount(5));
        Assert.Throws<ArgumentOutOfRangeException>(() => IovIter.Discard(1).PageCount(-1));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(4096, 2)]
    [InlineData(4097, 2)]
    [InlineData(4098, 3)]
    public void Page_counts_of_movable_memory_hold_wherever_it_is_moved(int length, int pages) =>
        Assert.Equal(pages, IovIter.Ubuf(new byte[length]).PageCount(100));

    [Theory]
    [MemberData(nameof(PositionTests.Kinds), MemberType = typeof(PositionTests))]
    public void The_page_count_is_enough_entries_for_page_arrays(string kind)
    {
        using var sample = new IterSamples(kind, TransferDirection.Source);
        IovIter iter = sample.Iter;
        int bound = iter.PageCount(int.MaxValue), pages = 0;
        while (iter.Count > 0)
        {
            var list = new PageFragment[8];
            ExtractResult result = iter.ExtractPages(list, long.MaxValue, ExtractFlags.PerPage);
            pages += result.Fragments;
            PageFragments.Release(list);
        }

        Assert.InRange(pages, 1, bound);
    }

    [Fact]
    public void User_backed_kinds_are_the_two_that_describe_their_callers_memory()
    {
        foreach (string kind in IterSamples.Names)
        {
            using var sample = new IterSamples(kind, TransferDirection.Source);
            Assert.Equal(kind is "Ubuf" or "Iovec" or "ReadOnlyIovec", sample.Iter.IsUserBacked);
        }
    }
}
