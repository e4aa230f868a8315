using System.Runtime.InteropServices;

namespace BufferLifetime.Tests;

/// <summary>The page-array convention: entries are page frames by address, the first used from an offset, the last in part.</summary>
public sealed class PageArrayTests : BalancedTest
{
    [Theory]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(10_000)]
    [InlineData(100_000)]
    public void Pages_of_user_memory_add_up_to_its_bytes_under_one_pin(int length)
    {
        var array = new byte[length];
        IovIter iter = IovIter.Ubuf(array, TransferDirection.Destination);
        var pages = new PageFragment[64];

        int bytes = iter.ExtractPages(pages, long.MaxValue, ExtractFlags.PerPage, out int offset0);

        Assert.Equal(length, bytes);
        Assert.Equal(1, PinsHeld);
        Assert.Equal(length, BytesPinned);
        int count = (offset0 + bytes + 4095) / 4096;
        Assert.Equal(count, pages.Count(page => !page.IsEmpty));
        nint first = Marshal.UnsafeAddrOfPinnedArrayElement(array, 0);
        Assert.Equal(first, pages[0].Address + offset0);
        Assert.All(pages[..count], page => Assert.Equal(0, page.Address % 4096));
        Assert.All(pages[..count], page => Assert.InRange(page.Offset + page.Length, 1, 4096));
        Assert.Equal(length, pages.Sum(page => page.Length));
        PageFragments.Unpin(pages);
    }

    [Fact]
    public void Too_few_entries_cover_as_much_as_they_can_and_the_next_call_goes_on_at_a_page_boundary()
    {
        var array = GC.AllocateUninitializedArray<byte>(50_000, pinned: true);
        IovIter iter = IovIter.Ubuf(array, TransferDirection.Source);
        var pages = new PageFragment[3];
        int start = (int)(Marshal.UnsafeAddrOfPinnedArrayElement(array, 0) % 4096);

        int bytes = iter.ExtractPages(pages, long.MaxValue, ExtractFlags.PerPage, out int offset0);

        Assert.Equal(start, offset0);
        Assert.Equal((3 * 4096) - start, bytes);
        Assert.Equal(bytes, BytesPinned);
        PageFragments.Release(pages);

        bytes = iter.ExtractPages(pages, 5000, ExtractFlags.PerPage, out offset0);
        Assert.Equal(5000, bytes);
        Assert.Equal(0, offset0);
        Assert.Equal([4096, 904], pages[..2].Select(page => page.Length));
        PageFragments.Release(pages.AsSpan(0, 2));
    }

    [Fact]
    public void A_call_covers_one_segment_of_user_memory_since_it_never_spans_a_hole()
    {
        IovIter iter = IovIter.Iovec([new byte[100], default, new byte[200]], TransferDirection.Destination);
        var pages = new PageFragment[8];
        Assert.Equal(100, iter.ExtractPages(pages, 1000, ExtractFlags.PerPage, out _));
        PageFragments.Release(pages);
        Array.Clear(pages);
        Assert.Equal(200, iter.ExtractPages(pages, 1000, ExtractFlags.PerPage, out _));
        PageFragments.Release(pages);
    }

    [Fact]
    public void The_pages_of_a_run_are_released_one_by_one_and_each_only_once()
    {
        IovIter iter = IovIter.Ubuf(new byte[20_000], TransferDirection.Destination);
        var pages = new PageFragment[8];
        int bytes = iter.ExtractPages(pages, 20_000, ExtractFlags.PerPage, out int offset0);
        int count = (offset0 + bytes + 4095) / 4096;

        pages[0].Unpin();
        Assert.Throws<AlreadyReleasedException>(pages[0].Unpin);
        Assert.Equal(1, PinsHeld);
        PageFragments.Release(pages.AsSpan(1, count - 2));
        Assert.Equal(1, PinsHeld);
        pages[count - 1].Release();
        AssertNothingHeld();
    }

    [Fact]
    public void Low_level_extraction_per_page_lists_pages_of_several_segments()
    {
        IovIter iter = IovIter.Iovec([new byte[5000], new byte[100]], TransferDirection.Source);
        var pages = new PageFragment[8];
        ExtractResult result = iter.ExtractPages(pages, 10_000, ExtractFlags.PerPage);
        Assert.Equal(5100, result.Bytes);
        Assert.Equal(2, PinsHeld);
        Assert.Equal(5100, pages[..result.Fragments].Sum(page => page.Length));
        Assert.All(pages[..result.Fragments], page => Assert.Equal(0, page.Address % 4096));
        PageFragments.Unpin(pages);
    }

    [Fact]
    public void Two_empty_leading_bvecs_are_not_taken_for_the_end()
    {
        using Folio folio = Folio.Native(8192);
        BvecEntry[] entries = [new(folio, 0, 0), new(folio, 5, 0), new(folio, 10, 0), new(folio, 0, 8192)];
        IovIter iter = IovIter.Bvec(entries, TransferDirection.Source);
        var pages = new PageFragment[8];
        Assert.Equal(8192, iter.ExtractPages(pages, long.MaxValue, ExtractFlags.PerPage, out int offset0));
        Assert.Equal(0, offset0);
    }

    [Fact]
    public void Bvec_entries_that_meet_inside_a_page_are_separate_calls()
    {
        using Folio folio = Folio.Native(3 * 4096);
        BvecEntry[] entries = [new(folio, 0, 4096), new(folio, 4096, 100), new(folio, 8192, 100), new(folio, 50, 10)];
        IovIter iter = IovIter.Bvec(entries, TransferDirection.Source);
        var pages = new PageFragment[8];
        Assert.Equal(4196, iter.ExtractPages(pages, long.MaxValue, ExtractFlags.PerPage, out int offset0));
        Assert.Equal(0, offset0);
        Assert.Equal(100, iter.ExtractPages(pages, long.MaxValue, ExtractFlags.PerPage, out offset0));
        Assert.Equal(0, offset0);
        Assert.Equal(10, iter.ExtractPages(pages, long.MaxValue, ExtractFlags.PerPage, out offset0));
        Assert.Equal(50, offset0);
    }

    [Fact]
    public void A_bvec_entry_that_starts_inside_a_page_begins_a_call_of_its_own()
    {
        using Folio folio = Folio.Native(3 * 4096);
        IovIter iter = IovIter.Bvec([new(folio, 0, 4096), new(folio, 4096 + 50, 10)], TransferDirection.Source);
        var pages = new PageFragment[8];
        Assert.Equal(4096, iter.ExtractPages(pages, long.MaxValue, ExtractFlags.PerPage, out int offset0));
        Assert.Equal(0, offset0);
        Assert.Equal(10, iter.ExtractPages(pages, long.MaxValue, ExtractFlags.PerPage, out offset0));
        Assert.Equal(50, offset0);
    }

    [Fact]
    public void Compound_folios_are_one_fragment_outside_the_page_array()
    {
        using Folio folio = Folio.Native(64 * 4096);
        IovIter iter = IovIter.Bvec([new(folio, 100, 32 * 4096), new(folio, 100 + (32 * 4096), 5000)], TransferDirection.Source);
        var fragments = new PageFragment[4];
        Assert.Equal(new ExtractResult((32 * 4096) + 5000, 1, ExtractMode.None), iter.ExtractPages(fragments, long.MaxValue));
        Assert.Equal(folio.Address + 100, fragments[0].Address);
    }
}
