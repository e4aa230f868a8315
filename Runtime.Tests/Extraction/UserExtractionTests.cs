namespace BufferLifetime.Tests;

public sealed class UserExtractionTests : BalancedTest
{
    [Fact]
    public void Each_contiguous_run_of_user_memory_is_one_pinned_fragment()
    {
        var first = new byte[10_000];
        var second = new byte[5];
        IovIter iter = IovIter.Iovec([first.AsMemory(3), default, second], TransferDirection.Destination);
        var fragments = new PageFragment[4];

        ExtractResult result = iter.ExtractPages(fragments, long.MaxValue);

        Assert.Equal(new ExtractResult(9_997 + 5, 2, ExtractMode.Pin), result);
        Assert.Equal(0, iter.Count);
        Assert.Equal([9_997, 5], fragments[..2].Select(fragment => fragment.Length));
        Assert.Equal(2, PinsHeld);
        Assert.Equal(10_002, BytesPinned);
        Native.Write(fragments[0].Address, 42);
        Native.Write(fragments[1].Address + 4, 43);
        Assert.Equal(42, first[3]);
        Assert.Equal(43, second[4]);
        PageFragments.Unpin(fragments);
        AssertNothingHeld();
    }

    [Fact]
    public void Pinned_memory_stays_where_it_is_while_the_heap_is_compacted()
    {
        Memory<byte>[] segments = MakeScattered(200);
        IovIter iter = IovIter.Iovec(segments, TransferDirection.Destination);
        using PageLease lease = iter.ExtractPages();
        for (int round = 0; round < 5; round++)
        {
            GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
            foreach (IoVector vector in lease.IoVectors)
                Native.Span(vector).Fill((byte)(round + 1));

            Assert.All(segments, segment => Assert.Equal(-1, segment.Span.IndexOfAnyExcept((byte)(round + 1))));
        }
    }

    [Fact]
    public void Slices_of_one_array_that_touch_are_one_fragment_under_one_pin()
    {
        var array = new byte[300];
        Memory<byte>[] slices = [array.AsMemory(0, 100), array.AsMemory(100, 100), array.AsMemory(201, 99)];
        IovIter iter = IovIter.Iovec(slices, TransferDirection.Source);
        using PageLease lease = iter.ExtractPages();

        Assert.Equal([200, 99], lease.Fragments.ToArray().Select(fragment => fragment.Length));
        Assert.Equal(2, PinsHeld);
        Assert.Equal(299, BytesPinned);
        Assert.Equal(200, lease.Fragments[0].Memory.Length);
    }

    [Fact]
    public void Slices_of_managed_memory_that_touch_are_one_fragment_under_one_pin()
    {
        using var manager = new CountingManager(300);
        Memory<byte> memory = manager.Memory;
        IovIter iter = IovIter.Iovec([memory[..100], memory[100..150]], TransferDirection.Source);
        using PageLease lease = iter.ExtractPages();

        Assert.Equal(1, lease.Fragments.Length);
        Assert.Equal(1, manager.Pins);
        Assert.Equal(150, lease.Fragments[0].Memory.Length);
        lease.Release();
        Assert.Equal(0, manager.Pins);
    }

    [Fact]
    public void Partial_success_is_continued_by_the_next_call()
    {
        Memory<byte>[] segments = [new byte[10], new byte[20], new byte[30]];
        IovIter iter = IovIter.Iovec(segments, TransferDirection.Source);
        Span<PageFragment> fragments = stackalloc PageFragment[2];

        Assert.Equal(new ExtractResult(15, 2, ExtractMode.Pin), iter.ExtractPages(fragments, 15));
        PageFragments.Release(fragments);
        Assert.Equal(new ExtractResult(45, 2, ExtractMode.Pin), iter.ExtractPages(fragments, 1000));
        PageFragments.Release(fragments);
        Assert.Equal(new ExtractResult(0, 0, ExtractMode.Pin), iter.ExtractPages(fragments, 1000));
    }

    [Fact]
    public void No_entries_or_no_bytes_asked_for_is_zero_and_moves_nothing()
    {
        IovIter iter = IovIter.Ubuf(new byte[10], TransferDirection.Source);
        Assert.Equal(0, iter.ExtractPages([], 10).Bytes);
        Assert.Equal(0, iter.ExtractPages(new PageFragment[1], 0).Bytes);
        Assert.Equal(0, iter.ExtractPages([], 10, ExtractFlags.PerPage, out int offset0));
        Assert.Equal(0, offset0);
        Assert.Equal(10, iter.Count);
    }

    [Fact]
    public void Several_leading_empty_segments_are_passed_over()
    {
        IovIter iter = IovIter.Iovec([default, Array.Empty<byte>(), default, new byte[7]], TransferDirection.Source);
        var fragments = new PageFragment[1];
        Assert.Equal(7, iter.ExtractPages(fragments, 100, ExtractFlags.PerPage, out _));
        PageFragments.Unpin(fragments);
    }

    [Fact]
    public void Sources_are_held_by_reference_when_the_three_way_policy_is_asked_for()
    {
        var array = new byte[100];
        IovIter source = IovIter.Ubuf(array.AsMemory(10));
        Assert.Equal(ExtractMode.Get, source.ExtractMode(ExtractFlags.GetForSource));
        var fragments = new PageFragment[1];

        ExtractResult result = source.ExtractPages(fragments, 50, ExtractFlags.GetForSource);

        Assert.Equal(ExtractMode.Get, result.Mode);
        Assert.Equal(1, ReferencesHeld);
        Assert.Equal(0, PinsHeld);
        Assert.Throws<InvalidOperationException>(() => fragments[0].Address);
        Assert.True(fragments[0].Memory.Equals(array.AsMemory(10, 50)));
        fragments[0].Put();
    }

    [Fact]
    public void Destinations_are_pinned_and_stable_memory_is_borrowed_under_the_three_way_policy()
    {
        using Folio folio = Folio.Native(10);
        Assert.Equal(ExtractMode.Pin, IovIter.Ubuf(new byte[1], TransferDirection.Destination).ExtractMode(ExtractFlags.GetForSource));
        Assert.Equal(ExtractMode.None, IovIter.Bvec([new BvecEntry(folio)], TransferDirection.Source).ExtractMode(ExtractFlags.GetForSource));
    }

    [Theory]
    [InlineData(TransferDirection.Source)]
    [InlineData(TransferDirection.Destination)]
    public void Whether_extraction_pins_depends_on_the_kind_and_not_on_the_direction(TransferDirection direction)
    {
        Assert.True(IovIter.Ubuf(new byte[1], direction).ExtractWillPin);
        Assert.True(IovIter.Iovec(new Memory<byte>[1], direction).ExtractWillPin);
        Assert.False(IovIter.Kvec(Array.Empty<IoVector>(), direction).ExtractWillPin);
        Assert.False(IovIter.Bvec(Array.Empty<BvecEntry>(), direction).ExtractWillPin);
        Assert.False(IovIter.Discard(1).ExtractWillPin);
    }

    [Fact]
    public void A_pin_that_fails_halfway_holds_nothing_and_leaves_the_iterator_where_it_was()
    {
        using var refusing = new CountingManager(10) { Refusal = new IOException("device gone") };
        using var willing = new CountingManager(10);
        IovIter iter = IovIter.Iovec([new byte[10], willing.Memory, refusing.Memory, new byte[10]], TransferDirection.Source);
        iter.Advance(3);
        var fragments = new PageFragment[4];

        Assert.Throws<IOException>(() => iter.ExtractPages(fragments, 100));

        AssertNothingHeld();
        Assert.Equal(0, willing.Pins);
        Assert.Equal(37, iter.Count);
        Assert.All(fragments, fragment => Assert.True(fragment.IsEmpty));
        Assert.Throws<IOException>(() => iter.ExtractPages(100));
        Assert.Equal(37, iter.Count);
    }

    [Fact]
    public void Managed_memory_is_pinned_through_its_owner_and_unpinned_once()
    {
        using var manager = new CountingManager(9000);
        IovIter iter = IovIter.Ubuf(manager.Memory[100..], TransferDirection.Destination);
        var pages = new PageFragment[8];

        int bytes = iter.ExtractPages(pages, long.MaxValue, ExtractFlags.PerPage, out int offset0);

        Assert.Equal(8900, bytes);
        Assert.Equal(1, manager.Pins);
        int count = (offset0 + bytes + IovIter.PageSize - 1) / IovIter.PageSize;
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(1, manager.Pins);
            pages[i].Unpin();
        }

        Assert.Equal(0, manager.Pins);
    }

    [Fact]
    public void Discarding_iterators_have_nothing_to_extract()
    {
        IovIter iter = IovIter.Discard(10);
        Assert.Throws<NotSupportedException>(() => iter.ExtractPages(new PageFragment[1], 10));
        Assert.Throws<NotSupportedException>(() => iter.ExtractPages(new PageFragment[1], 10, ExtractFlags.PerPage, out _));
        Assert.Throws<NotSupportedException>(() => iter.ExtractPages());
        Assert.Throws<NotSupportedException>(() => iter.ExtractToBvec());
        Assert.Equal(10, iter.Count);
    }

    [Fact]
    public void Wrong_arguments_are_named_before_anything_is_taken()
    {
        IovIter iter = IovIter.Ubuf(new byte[10], TransferDirection.Source);
        IovIter stable = IovIter.Kvec(Array.Empty<IoVector>(), TransferDirection.Source);
        Assert.Throws<ArgumentOutOfRangeException>("maxBytes", () => iter.ExtractPages(new PageFragment[1], -1));
        Assert.Throws<ArgumentOutOfRangeException>("flags", () => iter.ExtractPages(new PageFragment[1], 1, (ExtractFlags)64));
        Assert.Throws<ArgumentException>("flags", () => iter.ExtractPages(new PageFragment[1], 1, ExtractFlags.None, out _));
        Assert.Throws<ArgumentException>("flags", () => stable.ExtractPages(new PageFragment[1], 1, ExtractFlags.AllowPeerMemory));
        Assert.Equal(10, iter.Count);
    }

    [Fact]
    public void Steady_state_extraction_and_release_allocate_nothing()
    {
        using var noChecks = new CheckedScope(enabled: false);
        Memory<byte>[] segments = MakeScattered(64);
        var lease = new PageLease();
        ExtractBothWays(segments, lease);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            ExtractBothWays(segments, lease);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void ExtractBothWays(Memory<byte>[] segments, PageLease lease)
    {
        Span<PageFragment> fragments = stackalloc PageFragment[64];
        IovIter iter = IovIter.Iovec(segments, TransferDirection.Destination);
        ExtractResult result = iter.ExtractPages(fragments, long.MaxValue);
        PageFragments.Release(fragments[..result.Fragments]);

        iter = IovIter.Iovec(segments, TransferDirection.Destination);
        lease.Refill(ref iter);
        _ = lease.IoVectors.Length;
        lease.Dispose();
    }

    private static Memory<byte>[] MakeScattered(int count)
    {
        var segments = new Memory<byte>[count];
        for (int i = 0; i < count; i++)
        {
            _ = new byte[1000];
            segments[i] = new byte[64 + i];
        }

        return segments;
    }
}
