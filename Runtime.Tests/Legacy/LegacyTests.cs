namespace BufferLifetime.Tests;

public sealed class LegacyTests : BalancedTest
{
    [Fact]
    public void Get_pages_takes_one_reference_for_each_page_and_put_pages_gives_them_back()
    {
        var array = new byte[20_000];
        IovIter iter = IovIter.Ubuf(array, TransferDirection.Destination);
        var pages = new PageFragment[8];

        int bytes = iter.GetPages(pages, 20_000, out int offset0);

        Assert.Equal(20_000, bytes);
        Assert.Equal(0, iter.Count);
        int count = (offset0 + bytes + 4095) / 4096;
        Assert.Equal(count, ReferencesHeld);
        Assert.Equal(0, PinsHeld);
        Assert.Equal(array.Length, pages.Sum(page => page.Length));
        Assert.Throws<InvalidOperationException>(() => pages[0].Address);
        Assert.NotEqual(0, pages[0].DangerousAddress);
        Assert.True(pages[1].Memory.Equals(array.AsMemory(4096 - offset0, 4096)));
        PageFragments.PutPages(pages);
        AssertNothingHeld();
    }

    [Fact]
    public void The_page_array_form_of_extraction_is_its_equal_with_a_pin()
    {
        var array = GC.AllocateUninitializedArray<byte>(30_000, pinned: true);
        Memory<byte>[] parts = [array.AsMemory(5, 9000), array.AsMemory(10_000, 8192)];
        IovIter old = IovIter.Iovec(parts, TransferDirection.Destination);
        IovIter repaired = old;
        var got = new PageFragment[4];
        var extracted = new PageFragment[4];
        for (int bytes = -1; bytes != 0;)
        {
            bytes = old.GetPages(got, 256 * 1024, out int offsetGot);
            Assert.Equal(bytes, repaired.ExtractPages(extracted, 256 * 1024, ExtractFlags.PerPage, out int offsetExtracted));
            Assert.Equal(offsetGot, offsetExtracted);
            int count = (offsetGot + bytes + 4095) / 4096;
            Assert.Equal(got[..count].Select(page => page.DangerousAddress), extracted[..count].Select(page => page.Address));
            PageFragments.Put(got.AsSpan(0, count));
            PageFragments.Release(extracted.AsSpan(0, count));
        }
    }

    [Fact]
    public void Get_pages_of_folios_takes_their_references()
    {
        using Folio folio = Folio.Native(10_000);
        IovIter iter = IovIter.Bvec([new BvecEntry(folio, 100, 9000)], TransferDirection.Source);
        var pages = new PageFragment[8];
        Assert.Equal(9000, iter.GetPages(pages, long.MaxValue, out int offset0));
        Assert.Equal(100, offset0);
        Assert.Equal(3, folio.ReferenceCount);
        Assert.Equal(3, ReferencesHeld);
        folio.Dispose();
        Assert.False(folio.IsReleased);
        Assert.Equal(4096, pages[1].Memory.Length);
        PageFragments.PutPages(pages);
        Assert.True(folio.IsReleased);
    }

    [Fact]
    public void Get_pages_alloc_allocates_as_many_entries_as_it_fills()
    {
        IovIter iter = IovIter.Ubuf(new byte[20_000], TransferDirection.Destination);
        int bytes = iter.GetPagesAlloc(out PageFragment[] pages, long.MaxValue, out int offset0);
        Assert.Equal(20_000, bytes);
        Assert.Equal((offset0 + bytes + 4095) / 4096, pages.Length);
        PageFragments.PutPages(pages);

        Assert.Equal(0, iter.GetPagesAlloc(out pages, long.MaxValue, out offset0));
        Assert.Empty(pages);
        Assert.Equal(0, offset0);
    }

    [Fact]
    public void Kinds_without_pages_to_refer_to_are_refused()
    {
        using Folio folio = Folio.Native(100);
        IovIter kvec = IovIter.Kvec([new IoVector(folio.Address, 100)], TransferDirection.Source);
        IovIter discard = IovIter.Discard(100);
        Assert.Throws<NotSupportedException>(() => kvec.GetPages(new PageFragment[1], 100, out _));
        Assert.Throws<NotSupportedException>(() => kvec.GetPagesAlloc(out _, 100, out _));
        Assert.Throws<NotSupportedException>(() => discard.GetPages(new PageFragment[1], 100, out _));
        Assert.Equal(0, kvec.GetPages([], 0, out int offset0));
        Assert.Equal(0, offset0);
        Assert.Equal(100, kvec.Count);
    }

    [Fact]
    public void A_failure_at_any_reference_or_allocation_holds_nothing()
    {
        using Folio folio = Folio.Native(10_000);
        IovIter[] iters =
        [
            IovIter.Ubuf(new byte[20_000], TransferDirection.Destination),
            IovIter.Bvec([new BvecEntry(folio, 0, 5000), new BvecEntry(folio, 5000, 5000)], TransferDirection.Source),
        ];
        foreach (IovIter iter in iters)
        {
            int failures = FaultSweep.Over(() =>
            {
                IovIter copy = iter;
                try
                {
                    copy.GetPagesAlloc(out PageFragment[] pages, long.MaxValue, out _);
                    PageFragments.PutPages(pages);
                }
                catch (InjectedFaultException)
                {
                    Assert.Equal(iter.Count, copy.Count);
                    AssertNothingHeld();
                    throw;
                }
            });
            Assert.InRange(failures, 3, 20);
        }
    }
}
