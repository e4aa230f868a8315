using System.Buffers;

namespace BufferLifetime.Tests;

/// <summary>Foreign code that throws while something is released: the rest is released all the same, and then it is told.</summary>
public sealed class ForeignFailureTests : BalancedTest
{
    [Fact]
    public void An_owner_that_throws_on_release_does_not_keep_the_others_held()
    {
        using var willing = new CountingManager(10);
        using var bad = new BadManager(10);
        IovIter iter = IovIter.Iovec([new byte[5], bad.Memory, willing.Memory, new byte[5]], TransferDirection.Destination);
        var fragments = new PageFragment[4];
        iter.ExtractPages(fragments, long.MaxValue);
        Assert.Throws<TimeoutException>(() => PageFragments.Unpin(fragments));
        AssertNothingHeld();
        Assert.Equal(0, willing.Pins);

        iter.Revert(30);
        PageLease lease = iter.ExtractPages();
        Assert.Throws<TimeoutException>(lease.Release);
        Assert.Throws<AlreadyReleasedException>(lease.Release);
        AssertNothingHeld();

        IovIter one = IovIter.Ubuf(bad.Memory, TransferDirection.Destination);
        one.ExtractPages(fragments, 10);
        Assert.Throws<TimeoutException>(fragments[0].Release);
        Assert.Throws<AlreadyReleasedException>(fragments[0].Release);
    }

    [Fact]
    public void An_owner_that_throws_while_a_failed_extraction_is_undone_leaves_iterator_and_list_as_they_were()
    {
        using var bad = new BadManager(10);
        using var refusing = new CountingManager(10) { Refusal = new IOException("device gone") };
        IovIter iter = IovIter.Iovec([bad.Memory, new byte[5], refusing.Memory], TransferDirection.Destination);
        var list = new PageFragment[4];
        int used = 1;
        Action[] extractions =
        [
            () => iter.ExtractPages(list, long.MaxValue),
            () => iter.ExtractPages(list, long.MaxValue, ExtractFlags.PerPage),
            () => iter.ExtractPages(),
            () => iter.ExtractToScatterList(new IoVector[4], list, ref used),
        ];
        foreach (Action extraction in extractions)
        {
            Assert.NotNull(Record.Exception(extraction));
            Assert.Equal((25L, 1), (iter.Count, used));
            Assert.All(list, entry => Assert.True(entry.IsEmpty));
            AssertNothingHeld();
        }

        FaultSweep.Over(
            () =>
            {
                IovIter copy = iter;
                if (Record.Exception(() => copy.ExtractToBvec().Dispose()) is InsufficientMemoryException)
                    Assert.Equal(25, copy.Count);
            },
            _ => new InsufficientMemoryException());
    }

    [Fact]
    public void A_later_round_of_a_lease_that_fails_is_undone_whole_though_an_owner_throws()
    {
        using var bad = new BadManager(3);
        var parts = new ReadOnlyMemory<byte>[40];
        Array.Fill(parts, new byte[3]);
        parts[0] = bad.Memory;
        IovIter iter = IovIter.Pipe(Sequence.Of(parts));
        FaultSweep.Over(() =>
        {
            IovIter copy = iter;
            bool failed = false;
            try
            {
                PageLease lease = copy.ExtractPages();
                Assert.Throws<TimeoutException>(lease.Dispose);
            }
            catch (Exception thrown) when (thrown is TimeoutException or InjectedFaultException)
            {
                failed = true;
            }

            Assert.Equal(failed ? 120 : 0, copy.Count);
            AssertNothingHeld();
        });
    }

    [Fact]
    public async Task An_operation_whose_release_throws_ends_with_that_exception()
    {
        using var bad = new BadManager(10);
        var request = new IoRequest();
        IovIter iter = IovIter.Ubuf(bad.Memory, TransferDirection.Destination);
        Task<int> pending = request.Begin(ref iter).AsTask();
        request.Complete(10);
        await Assert.ThrowsAsync<TimeoutException>(() => pending);
        Assert.False(request.IsInFlight);
    }

    [Fact]
    public void A_callback_of_a_folio_that_throws_frees_it_nevertheless()
    {
        Folio folio = Folio.Native(100, _ => throw new TimeoutException());
        IovIter iter = IovIter.Ubuf(folio.Memory, TransferDirection.Destination);
        PageLease lease = iter.ExtractPages();
        folio.Dispose();
        Assert.Throws<TimeoutException>(lease.Dispose);
        Assert.True(folio.IsReleased);
    }

    [Fact]
    public void Memory_of_a_folio_can_be_pinned_by_anybody()
    {
        Folio folio = Folio.Native(100);
        MemoryHandle handle = folio.Memory[10..].Pin();
        Assert.Equal(1, folio.PinCount);
        folio.Dispose();
        Assert.False(folio.IsReleased);
        handle.Dispose();
        Assert.True(folio.IsReleased);
    }

    [Fact]
    public void Lists_of_segments_that_are_not_an_arrays_are_copied_once()
    {
        using Folio folio = Folio.Native(10);
        Memory<byte>[] segments = [new byte[1], new byte[2]];
        ReadOnlyMemory<byte>[] readOnly = [new byte[3]];
        using var list = new ListManager<Memory<byte>>(segments);
        using var readOnlyList = new ListManager<ReadOnlyMemory<byte>>(readOnly);
        using var vectors = new ListManager<IoVector>([new IoVector(folio.Address, 4)]);
        using var entries = new ListManager<BvecEntry>([new BvecEntry(folio, 0, 5)]);
        Assert.Equal(3, IovIter.Iovec(list.Memory, TransferDirection.Source).Count);
        Assert.Equal(3, IovIter.Iovec((ReadOnlyMemory<ReadOnlyMemory<byte>>)readOnlyList.Memory).Count);
        Assert.Equal(4, IovIter.Kvec(vectors.Memory, TransferDirection.Source).Count);
        Assert.Equal(5, IovIter.Bvec(entries.Memory, TransferDirection.Source).Count);
        Assert.Equal(0, IovIter.Kvec(ReadOnlyMemory<IoVector>.Empty, TransferDirection.Source).Count);
    }

    [Fact]
    public void Long_chains_are_converted_and_leased_whole()
    {
        using Folio folio = Folio.Native(100 * 64);
        var first = new FolioQueueSegment();
        FolioQueueSegment last = first;
        for (int i = 0; i < 100; i++)
            last = last.Append(new BvecEntry(folio, i * 64, 32));
        IovIter iter = IovIter.FolioQueue(first, TransferDirection.Source);
        using (ExtractedIter kept = iter.ExtractToBvec())
            Assert.Equal(3200, kept.Bytes);

        IovIter sequence = IovIter.Pipe(Sequence.Of([.. Enumerable.Range(0, 100).Select(_ => (ReadOnlyMemory<byte>)new byte[3])]));
        IovIter again = sequence;
        using (ExtractedIter kept = sequence.ExtractToBvec())
            Assert.Equal((300L, 100L), (kept.Bytes, PinsHeld));
        int steps = FaultSweep.Over(() =>
        {
            IovIter copy = again;
            try
            {
                copy.ExtractPages().Dispose();
            }
            catch (InjectedFaultException)
            {
                Assert.Equal(300, copy.Count);
                AssertNothingHeld();
                throw;
            }
        });
        Assert.InRange(steps, 100, 110);
    }

    [Fact]
    public void Holes_end_walks_and_lists()
    {
        using Folio folio = Folio.Native(4096);
        var store = new FolioXarray();
        store.Store(0, folio);
        IovIter iter = IovIter.Xarray(store, 0, 10_000, TransferDirection.Source);
        IovIter again = iter;
        Assert.Equal(4096, iter.ForEachPage(long.MaxValue, 0, (_, run) => run.Length));
        Assert.Equal(0, iter.ForEachPage(long.MaxValue, 0, (_, run) => run.Length));
        iter = again;
        int used = 0;
        Assert.Equal(4096, iter.ExtractToScatterList(new IoVector[4], new PageFragment[4], ref used));
        iter = again;
        Assert.Equal(4096, iter.ExtractToRdma(new RdmaElement[4], ref used, 1));
    }

    private sealed unsafe class BadManager : MemoryManager<byte>
    {
        private readonly byte[] _bytes;

        internal BadManager(int length) => _bytes = GC.AllocateArray<byte>(length, pinned: true);

        public override Span<byte> GetSpan() => _bytes;

        public override MemoryHandle Pin(int elementIndex = 0) =>
            new((void*)System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(_bytes, elementIndex), default, this);

        public override void Unpin() => throw new TimeoutException();

        protected override void Dispose(bool disposing)
        {
        }
    }

    private sealed class ListManager<T> : MemoryManager<T>
    {
        private readonly T[] _items;

        internal ListManager(T[] items) => _items = items;

        public override Span<T> GetSpan() => _items;

        public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin() => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
        }
    }
}
