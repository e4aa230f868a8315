namespace BufferLifetime.Tests;

/// <summary>Leases over memory that does not move: nothing is held, so vectors are listed straight and fragments only when they are asked for.</summary>
public sealed class BorrowedLeaseTests : BalancedTest
{
    private const int Entries = 40;

    [Fact]
    public void Every_list_of_a_lease_describes_the_same_bytes()
    {
        using Folio folio = Folio.Native(Entries * 16);
        foreach (IovIter iter in Iterators(folio))
        {
            IovIter walk = iter;
            walk.Advance(3);
            using PageLease lease = walk.ExtractPages(8 * 20);
            Assert.Equal(8 * 20, lease.Bytes);
            Assert.Equal(ExtractMode.None, lease.Mode);
            Assert.Equal(lease.Fragments.Length, lease.IoVectors.Length);
            Assert.Equal(lease.Fragments.Length, lease.WsaBuffers.Length);
            for (int i = 0; i < lease.Fragments.Length; i++)
            {
                Assert.Equal(lease.IoVectors[i], lease.Fragments[i].ToIoVector());
                Assert.Equal(new WsaBuffer((uint)lease.IoVectors[i].Length, lease.IoVectors[i].Base), lease.WsaBuffers[i]);
            }
        }
    }

    [Fact]
    public void A_lease_grows_and_a_failure_to_grow_moves_nothing()
    {
        using Folio folio = Folio.Native(Entries * 16);
        foreach (IovIter iter in Iterators(folio))
        {
            int steps = FaultSweep.Over(() =>
            {
                IovIter one = iter, all = iter;
                var lease = new PageLease();
                try
                {
                    lease.Refill(ref one, 1);
                    lease.Refill(ref all);
                    Assert.Equal(Entries, lease.IoVectors.Length);
                    Assert.Equal(0, all.Count);
                }
                catch (InjectedFaultException)
                {
                    Assert.Equal(iter.Count, all.Count);
                    Assert.True(lease.IsEmpty);
                    Assert.Equal(0, lease.IoVectors.Length);
                    throw;
                }
            });
            Assert.True(steps >= 1, $"{iter}: {steps}");
        }
    }

    [Fact]
    public void A_released_folio_is_refused_and_leaves_lease_and_iterator_empty_handed()
    {
        Folio folio = Folio.Native(100);
        IovIter iter = IovIter.Bvec([new BvecEntry(folio)], TransferDirection.Source), before = iter;
        var lease = new PageLease();
        Assert.Equal(100, lease.Refill(ref iter));
        folio.Dispose();
        Assert.Throws<ObjectDisposedException>(() =>
        {
            IovIter again = before;
            try
            {
                lease.Refill(ref again);
            }
            finally
            {
                Assert.Equal(100, again.Count);
            }
        });
        Assert.True(lease.IsEmpty);
        Assert.Equal(0, lease.IoVectors.Length);
    }

    [Fact]
    public void One_entry_is_taken_in_parts_and_up_to_the_most_that_a_transfer_covers()
    {
        var lease = new PageLease();
        IovIter iter = IovIter.Kvec([default, new IoVector(4096, (nuint)(IovIter.MaxTransferBytes + 10)), default], TransferDirection.Source);
        Assert.Equal(6, lease.Refill(ref iter, 6));
        Assert.Equal(new IoVector(4096, 6), lease.IoVectors[0]);
        Assert.Equal(IovIter.MaxTransferBytes, lease.Refill(ref iter));
        Assert.Equal(4102, lease.IoVectors[0].Base);
        Assert.Equal(4, lease.Refill(ref iter));
        Assert.Equal(0, lease.Refill(ref iter));
        Assert.Throws<ArgumentOutOfRangeException>(() => lease.Refill(ref iter, -1));
        iter.Revert(4);
        Assert.Equal(4, iter.SingleSegmentCount);
        lease.Dispose();
        Assert.Throws<AlreadyReleasedException>(() => lease.IoVectors.Length);
    }

    [Fact]
    public void A_lease_serves_what_is_held_and_what_is_borrowed_in_turn_without_allocating()
    {
        using Folio folio = Folio.Native(Entries * 16);
        Memory<byte>[] segments = [new byte[10], new byte[20]];
        IoVector[] vectors = [.. Enumerable.Range(0, Entries).Select(i => new IoVector(folio.Address + (16 * i), 8))];
        var lease = new PageLease();
        long before = 0;
        for (int round = 0; round < 50; round++)
        {
            if (round == 10)
                before = GC.GetAllocatedBytesForCurrentThread();

            var borrowed = IovIter.Kvec(vectors, TransferDirection.Source);
            bool all = lease.Refill(ref borrowed) == 8 * Entries && lease.IoVectors.Length == Entries && lease.Fragments.Length == Entries;
            var held = IovIter.Iovec(segments, TransferDirection.Source);
            all &= lease.Refill(ref held) == 30 && lease.IoVectors.Length == 2 && lease.Mode == ExtractMode.Pin;
            if (!all)
                Assert.Fail("The lease does not cover what it was filled with.");
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        lease.Dispose();
    }

    // As many runs as entries: eight of every sixteen bytes.
    private static IovIter[] Iterators(Folio folio)
    {
        BvecEntry[] entries = [.. Enumerable.Range(0, Entries).Select(i => new BvecEntry(folio, 16 * i, 8))];
        var chain = new FolioQueueSegment(7);
        FolioQueueSegment end = chain;
        foreach (BvecEntry entry in entries)
            end = end.Append(entry);

        return
        [
            IovIter.Kvec([.. entries.Select(entry => new IoVector(entry.Address, (int)entry.Length))], TransferDirection.Source),
            IovIter.Bvec(entries, TransferDirection.Source),
            IovIter.FolioQueue(chain, TransferDirection.Source),
        ];
    }
}
