namespace BufferLifetime.Tests;

public sealed class PositionTests : BalancedTest
{
    public static TheoryData<string> Kinds => [.. IterSamples.Names];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Reverting_by_what_was_consumed_comes_back_to_the_same_bytes(string kind)
    {
        using var sample = new IterSamples(kind, TransferDirection.Source);
        for (int step = 0; step <= sample.Length; step += 7)
        {
            IovIter iter = sample.Iter;
            iter.Advance(step);
            Assert.Equal(sample.Length - step, iter.Count);
            for (int back = 0; back <= step; back += 5)
            {
                IovIter reverted = iter;
                reverted.Revert(back);
                Assert.Equal(sample.Length - step + back, reverted.Count);
                Assert.Equal(sample.Content[(step - back)..], sample.Read(ref reverted));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Reverting_by_more_than_was_consumed_throws_and_changes_nothing(string kind)
    {
        using var sample = new IterSamples(kind, TransferDirection.Source);
        IovIter iter = sample.Iter;
        Assert.Throws<ArgumentOutOfRangeException>("bytes", () => iter.Revert(1));
        iter.Advance(20);
        iter.Revert(5);
        Assert.Throws<ArgumentOutOfRangeException>("bytes", () => iter.Revert(16));
        Assert.Throws<ArgumentOutOfRangeException>("bytes", () => iter.Revert(-1));
        Assert.Equal(sample.Length - 15, iter.Count);
        iter.Revert(15);
        Assert.Equal(sample.Content, sample.Read(ref iter));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Advancing_past_the_end_stops_there(string kind)
    {
        using var sample = new IterSamples(kind, TransferDirection.Source);
        IovIter iter = sample.Iter;
        iter.Advance(long.MaxValue);
        Assert.Equal(0, iter.Count);
        Assert.True(iter.IsEmpty);
        iter.Advance(1);
        iter.Revert(sample.Length);
        Assert.Equal(sample.Content, sample.Read(ref iter));
        Assert.Throws<ArgumentOutOfRangeException>("bytes", () => iter.Advance(-1));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Restoring_undoes_truncation_and_consumption(string kind)
    {
        using var sample = new IterSamples(kind, TransferDirection.Source);
        IovIter iter = sample.Iter;
        iter.Advance(11);
        IovIterState state = iter.SaveState();
        Assert.Equal((sample.Length - 11, iter.Kind), (state.Count, state.Kind));

        iter.Truncate(30);
        Assert.Equal(sample.Content[11..41], sample.Read(ref iter));
        iter.Restore(state);

        Assert.Equal(sample.Content[11..], sample.Read(ref iter));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_state_of_another_iterator_is_refused(string kind)
    {
        using var sample = new IterSamples(kind, TransferDirection.Source);
        using var other = new IterSamples(kind, TransferDirection.Source, extra: 3);
        IovIter iter = sample.Iter;
        IovIterState state = other.Iter.SaveState();
        Assert.Throws<ArgumentException>("state", () => iter.Restore(state));
        Assert.Equal(sample.Content, sample.Read(ref iter));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_copy_is_a_saved_position(string kind)
    {
        using var sample = new IterSamples(kind, TransferDirection.Source);
        IovIter iter = sample.Iter;
        iter.Advance(10);
        IovIter copy = iter;
        iter.Advance(10);
        Assert.Equal(sample.Content[10..], sample.Read(ref copy));
        Assert.Equal(sample.Content[20..], sample.Read(ref iter));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_duplicate_starts_where_its_original_was(string kind)
    {
        using var sample = new IterSamples(kind, TransferDirection.Source);
        IovIter iter = sample.Iter;
        iter.Advance(30);
        IovIter duplicate = iter.Duplicate();
        iter.Advance(10);
        Assert.Throws<ArgumentOutOfRangeException>(() => duplicate.Revert(1));
        duplicate.Advance(25);
        duplicate.Revert(25);
        Assert.Equal(sample.Content[30..], sample.Read(ref duplicate));
        duplicate.Revert(duplicate.Duplicate().Count + 40);
        Assert.Equal(sample.Content[^40..], sample.Read(ref duplicate));
        Assert.Equal(sample.Content[40..], sample.Read(ref iter));
    }

    [Fact]
    public void A_state_of_another_part_of_the_same_memory_is_refused()
    {
        var array = new byte[20];
        var store = new FolioXarray();
        IovIter first = IovIter.Ubuf(array.AsMemory(0, 10), TransferDirection.Source);
        IovIter second = IovIter.Ubuf(array.AsMemory(10, 10), TransferDirection.Source);
        Assert.Throws<ArgumentException>("state", () => second.Restore(first.SaveState()));
        IovIter low = IovIter.Xarray(store, 0, 10, TransferDirection.Source);
        IovIter high = IovIter.Xarray(store, 10, 10, TransferDirection.Source);
        Assert.Throws<ArgumentException>("state", () => high.Restore(low.SaveState()));
        high.Advance(5);
        IovIterState state = high.SaveState();
        high.Advance(5);
        high.Restore(state);
        Assert.Equal(5, high.Count);
    }

    [Theory]
    [InlineData("Iovec")]
    [InlineData("Kvec")]
    [InlineData("Bvec")]
    [InlineData("FolioQueue")]
    [InlineData("Pipe")]
    public void A_state_of_another_window_of_the_same_segments_is_refused(string kind)
    {
        using Folio folio = Folio.Native(40);
        BvecEntry[] entries = [new(folio, 0, 10), new(folio, 10, 0), new(folio, 10, 10), new(folio, 20, 10), new(folio, 30, 10)];
        var chain = new FolioQueueSegment(2);
        FolioQueueSegment last = chain;
        foreach (BvecEntry entry in entries)
            last = last.Append(entry);
        Memory<byte>[] segments = [.. entries.Select(entry => folio.Slice(entry.Address - folio.Address, (int)entry.Length))];
        IoVector[] vectors = [.. entries.Select(entry => new IoVector(entry.Address, (nuint)entry.Length))];
        var sequence = Sequence.Of([.. segments.Select(segment => (ReadOnlyMemory<byte>)segment)]);
        IovIter Window(int first, int count) => kind switch
        {
            "Iovec" => IovIter.Iovec(segments.AsMemory(first, count), TransferDirection.Source),
            "Kvec" => IovIter.Kvec(vectors.AsMemory(first, count), TransferDirection.Source),
            "Bvec" => IovIter.Bvec(entries.AsMemory(first, count), TransferDirection.Source),
            "FolioQueue" => IovIter.FolioQueue(chain, first, 0, 20, TransferDirection.Source),
            _ => IovIter.Pipe(sequence.Slice(first * 5, 20)),
        };

        // Each is twenty bytes long, whatever it shares with the other.
        for (int moved = 0; moved <= 20; moved += 5)
        {
            IovIter low = Window(0, 3), high = Window(2, 2);
            low.Advance(moved);
            IovIterState state = low.SaveState();
            Assert.Throws<ArgumentException>("state", () => high.Restore(state));
            high.Advance(20 - moved);
            Assert.Throws<ArgumentException>("state", () => high.Restore(state));
            Assert.Equal(moved, high.Count);
            low.Advance(20);
            low.Restore(state);
            Assert.Equal(20 - moved, low.Count);
            low = Window(0, 3);
            low.Restore(state);
            Assert.Equal(20 - moved, low.Count);
        }
    }

    [Fact]
    public void A_state_of_an_import_is_refused_by_an_import_of_another_range()
    {
        using var table = new RegisteredBufferTable(1);
        table.Register(0, new byte[100]);
        using RegisteredImport first = table.Import(0, 0, 10, TransferDirection.Source);
        using RegisteredImport second = table.Import(0, 50, 10, TransferDirection.Source);
        IovIter iter = second.Iter;
        Assert.Throws<ArgumentException>("state", () => iter.Restore(first.Iter.SaveState()));
        IovIterState state = iter.SaveState();
        iter.Advance(10);
        iter.Restore(state);
        Assert.Equal(10, iter.Count);
    }

    [Fact]
    public void A_duplicate_has_a_segment_array_of_its_own()
    {
        Memory<byte>[] segments = [new byte[] { 1 }, new byte[] { 2 }];
        IovIter iter = IovIter.Iovec(segments, TransferDirection.Source);
        IovIter duplicate = iter.Duplicate();
        Array.Clear(segments);
        var bytes = new byte[2];
        Assert.Equal(2, duplicate.CopyFrom(bytes));
        Assert.Equal([1, 2], bytes);
        Assert.Throws<ArgumentException>(() => duplicate.Restore(iter.SaveState()));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Truncation_only_shrinks_and_expansion_only_undoes_it(string kind)
    {
        using var sample = new IterSamples(kind, TransferDirection.Source);
        IovIter iter = sample.Iter;
        iter.Truncate(sample.Length + 1);
        Assert.Equal(sample.Length, iter.Count);
        Assert.Throws<ArgumentOutOfRangeException>("count", () => iter.Reexpand(sample.Length + 1));
        Assert.Throws<ArgumentOutOfRangeException>("count", () => iter.Reexpand(-1));
        Assert.Throws<ArgumentOutOfRangeException>("count", () => iter.Truncate(-1));

        iter.Truncate(0);
        Assert.True(iter.IsEmpty);
        iter.Reexpand(20);
        Assert.Equal(sample.Content[..20], sample.Read(ref iter));
        Assert.Throws<ArgumentOutOfRangeException>("count", () => iter.Reexpand(sample.Length - 19));
        iter.Reexpand(sample.Length - 20);
        Assert.Equal(sample.Content[20..], sample.Read(ref iter));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Extracting_and_reverting_is_a_round_trip(string kind)
    {
        using var sample = new IterSamples(kind, TransferDirection.Source);
        IovIter iter = sample.Iter;
        iter.Advance(5);
        while (iter.Count > 0)
        {
            IovIter before = iter;
            using PageLease lease = iter.ExtractPages(17);
            IovIter reverted = iter;
            reverted.Revert(lease.Bytes);
            Assert.Equal(before.Count, reverted.Count);
            Assert.Equal(sample.Read(ref before), sample.Read(ref reverted));
        }
    }

    [Fact]
    public void The_default_iterator_is_an_empty_destination()
    {
        IovIter iter = default;
        Assert.Equal((IterKind.Ubuf, TransferDirection.Destination, 0L), (iter.Kind, iter.Direction, iter.Count));
        iter.Advance(5);
        Assert.Equal(0, iter.ExtractPages(new PageFragment[1], 5).Bytes);
        Assert.Equal(0, iter.CopyTo([1]));
    }

    [Fact]
    public void Discarding_iterators_only_count()
    {
        IovIter iter = IovIter.Discard(100);
        Assert.Equal(2, iter.CopyTo([1, 2]));
        Assert.Equal(8, iter.Zero(8));
        Assert.Equal(90, iter.Count);
        iter.Revert(10);
        Assert.Throws<ArgumentOutOfRangeException>(() => iter.Revert(1));
        IovIterState state = iter.SaveState();
        iter.Advance(70);
        Assert.Equal(30, iter.Count);
        iter.Restore(state);
        Assert.Equal(100, iter.Count);
        Assert.Equal((100L, 0, (nuint)0), (iter.SingleSegmentCount, iter.PageCount(10), iter.Alignment));
        Assert.Throws<ArgumentOutOfRangeException>(() => IovIter.Discard(-1));
    }
}
