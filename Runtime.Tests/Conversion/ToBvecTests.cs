namespace BufferLifetime.Tests;

public sealed class ToBvecTests : BalancedTest
{
    [Fact]
    public async Task The_new_iterator_describes_the_same_bytes_across_an_await_and_a_compaction()
    {
        byte[] first = [1, 2, 3], second = [4, 5];
        IovIter iter = IovIter.Iovec([first, second], TransferDirection.Source);
        iter.Advance(1);
        using ExtractedIter kept = iter.ExtractToBvec();
        Assert.Equal(0, iter.Count);
        Assert.Equal(ExtractMode.Pin, kept.Mode);
        Assert.Equal(4, kept.Bytes);

        await Task.Yield();
        GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);

        IovIter bvec = kept.Iter;
        Assert.Equal((IterKind.Bvec, TransferDirection.Source, 4L), (bvec.Kind, bvec.Direction, bvec.Count));
        var bytes = new byte[4];
        Assert.Equal(4, bvec.CopyFrom(bytes));
        Assert.Equal([2, 3, 4, 5], bytes);
    }

    [Fact]
    public void Extracting_from_the_new_iterator_pins_nothing_more()
    {
        IovIter iter = IovIter.Iovec([new byte[100], new byte[100]], TransferDirection.Destination);
        using ExtractedIter kept = iter.ExtractToBvec(150);
        Assert.Equal(50, iter.Count);
        Assert.Equal(2, PinsTaken);

        IovIter bvec = kept.Iter;
        Assert.False(bvec.ExtractWillPin);
        using PageLease lease = bvec.ExtractPages();

        Assert.Equal(ExtractMode.None, lease.Mode);
        Assert.Equal(150, lease.Bytes);
        Assert.Equal(2, PinsTaken);
    }

    [Fact]
    public void The_owner_releases_once_and_refuses_its_iterator_afterwards()
    {
        IovIter iter = IovIter.Ubuf(new byte[100], TransferDirection.Destination);
        ExtractedIter kept = iter.ExtractToBvec();
        Assert.Equal(1, PinsHeld);
        kept.Dispose();
        kept.Dispose();
        Assert.Equal(0, PinsHeld);
        Assert.Throws<AlreadyReleasedException>(() => kept.Iter);
    }

    [Fact]
    public void Stable_iterators_are_borrowed_and_keep_their_folios()
    {
        using Folio folio = Folio.Native(100);
        IovIter iter = IovIter.Bvec([new BvecEntry(folio, 10, 50)], TransferDirection.Source);
        using ExtractedIter kept = iter.ExtractToBvec(20);
        Assert.Equal(ExtractMode.None, kept.Mode);
        Assert.Equal(30, iter.Count);
        Assert.Equal(0, PinsTaken);
        IovIter bvec = kept.Iter;
        var pages = new PageFragment[1];
        Assert.Equal(20, bvec.GetPages(pages, 100, out _));
        Assert.Equal(1, folio.ReferenceCount);
        pages[0].Put();
    }

    [Fact]
    public void A_later_pin_that_fails_makes_the_conversion_shorter()
    {
        using var refusing = new CountingManager(10) { Refusal = new IOException("device gone") };
        IovIter iter = IovIter.Iovec([new byte[10], refusing.Memory, new byte[10]], TransferDirection.Source);
        using (ExtractedIter kept = iter.ExtractToBvec())
        {
            Assert.Equal(10, kept.Bytes);
            Assert.Equal(20, iter.Count);
            Assert.Equal(1, PinsHeld);
        }

        Assert.Throws<IOException>(() => iter.ExtractToBvec());
        Assert.Equal(20, iter.Count);
    }

    [Fact]
    public void Running_out_of_memory_anywhere_releases_everything()
    {
        Memory<byte>[] segments = [.. Enumerable.Range(0, 5).Select(i => new Memory<byte>(new byte[10]))];
        IovIter iter = IovIter.Iovec(segments, TransferDirection.Source);
        int steps = FaultSweep.Over(
            () =>
            {
                IovIter copy = iter;
                try
                {
                    copy.ExtractToBvec().Dispose();
                }
                catch (OutOfMemoryException)
                {
                    Assert.Equal(50, copy.Count);
                    AssertNothingHeld();
                }
            },
            _ => new InsufficientMemoryException());
        Assert.Equal(7, steps);
    }

    [Fact]
    public void Running_out_of_memory_in_a_later_round_releases_the_earlier_ones()
    {
        IovIter iter = IovIter.Pipe(Sequence.Of([.. Enumerable.Range(0, 40).Select(_ => (ReadOnlyMemory<byte>)new byte[3])]));
        int steps = FaultSweep.Over(
            () =>
            {
                IovIter copy = iter;
                try
                {
                    using ExtractedIter kept = copy.ExtractToBvec();
                    Assert.Equal(120, kept.Bytes);
                }
                catch (OutOfMemoryException)
                {
                    Assert.Equal(120, copy.Count);
                    AssertNothingHeld();
                }
            },
            _ => new InsufficientMemoryException());
        Assert.Equal(40 + 4, steps);
    }

    [Fact]
    public void A_failure_at_any_step_holds_nothing_more_than_the_shorter_conversion()
    {
        Memory<byte>[] segments = [.. Enumerable.Range(0, 5).Select(i => new Memory<byte>(new byte[10]))];
        IovIter iter = IovIter.Iovec(segments, TransferDirection.Source);
        FaultSweep.Over(() =>
        {
            IovIter copy = iter;
            try
            {
                using ExtractedIter kept = copy.ExtractToBvec();
                Assert.Equal(50, copy.Count + kept.Bytes);
            }
            catch (InjectedFaultException)
            {
                Assert.Equal(50, copy.Count);
            }

            AssertNothingHeld();
        });
    }

    [Fact]
    public void Flags_that_the_conversion_has_no_use_for_are_refused()
    {
        IovIter iter = IovIter.Ubuf(new byte[10]);
        Assert.Throws<ArgumentException>("flags", () => iter.ExtractToBvec(10, ExtractFlags.GetForSource));
        Assert.Throws<ArgumentException>("flags", () => iter.ExtractToBvec(10, ExtractFlags.PerPage));
    }

    [Fact]
    public void Nothing_left_converts_to_an_empty_iterator()
    {
        IovIter iter = IovIter.Ubuf(default);
        using ExtractedIter kept = iter.ExtractToBvec();
        Assert.Equal(0, kept.Bytes);
        Assert.Equal(0, kept.Iter.Count);
    }
}
