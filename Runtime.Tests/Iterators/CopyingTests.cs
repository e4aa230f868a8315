namespace BufferLifetime.Tests;

public sealed class CopyingTests : BalancedTest
{
    public static TheoryData<string> Kinds => [.. IterSamples.Names];

    public static TheoryData<string> Destinations => [.. IterSamples.DestinationNames];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Copying_out_in_small_steps_reads_the_bytes_in_order(string kind)
    {
        using var sample = new IterSamples(kind, TransferDirection.Source);
        IovIter iter = sample.Iter;
        var bytes = new List<byte>();
        Span<byte> step = stackalloc byte[7];
        for (int copied; (copied = iter.CopyFrom(step)) > 0;)
            bytes.AddRange(step[..copied]);

        Assert.Equal(sample.Content, bytes);
        Assert.Equal(0, iter.Count);
    }

    [Theory]
    [MemberData(nameof(Destinations))]
    public void Copying_in_and_zeroing_reach_exactly_the_bytes_they_say(string kind)
    {
        using var sample = new IterSamples(kind, TransferDirection.Destination);
        IovIter iter = sample.Iter;
        byte[] source = [.. Enumerable.Range(100, 30).Select(i => (byte)i)];
        Assert.Equal(30, iter.CopyTo(source));
        Assert.Equal(20, iter.Zero(20));
        Assert.Equal(sample.Length - 50, iter.Count);

        iter.Revert(50);
        byte[] now = new byte[sample.Length];
        int next = 0;
        foreach (FoundRun run in iter.FindPages())
        {
            run.Span.CopyTo(now.AsSpan(next));
            next += run.Length;
        }

        Assert.Equal([.. source, .. new byte[20], .. sample.Content[50..]], now);
    }

    [Theory]
    [MemberData(nameof(Destinations))]
    public void Copying_more_than_there_is_room_for_is_short_and_all_or_nothing_moves_nothing(string kind)
    {
        using var sample = new IterSamples(kind, TransferDirection.Destination);
        IovIter iter = sample.Iter;
        var source = new byte[sample.Length + 1];
        Assert.False(iter.CopyToExactly(source));
        Assert.Equal(sample.Length, iter.Count);
        Assert.True(iter.CopyToExactly(source.AsSpan(1, 10)));
        Assert.Equal(sample.Length - 10, iter.Count);
        Assert.Equal(sample.Length - 10, iter.CopyTo(source));
        Assert.Equal(0, iter.CopyTo(source));
        Assert.Equal(0, iter.Zero(5));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Filling_more_than_there_is_moves_nothing(string kind)
    {
        using var sample = new IterSamples(kind, TransferDirection.Source);
        IovIter iter = sample.Iter;
        Assert.False(iter.CopyFromExactly(new byte[sample.Length + 1]));
        Assert.Equal(sample.Length, iter.Count);
        var bytes = new byte[sample.Length];
        Assert.True(iter.CopyFromExactly(bytes));
        Assert.Equal(sample.Content, bytes);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Copying_against_the_direction_throws_and_moves_nothing(string kind)
    {
        using var sample = new IterSamples(kind, TransferDirection.Source);
        IovIter iter = sample.Iter;
        Assert.Throws<TransferDirectionException>(() => iter.CopyTo([1]));
        Assert.Throws<TransferDirectionException>(() => iter.CopyToExactly([1]));
        Assert.Throws<TransferDirectionException>(() => iter.Zero(1));
        Assert.Equal(sample.Length, iter.Count);
        if (!IterSamples.DestinationNames.Contains(kind))
            return;

        using var destination = new IterSamples(kind, TransferDirection.Destination);
        IovIter into = destination.Iter;
        Assert.Throws<TransferDirectionException>(() => into.CopyFrom(new byte[1]));
        Assert.Throws<TransferDirectionException>(() => into.CopyFromExactly(new byte[1]));
        Assert.Equal(destination.Length, into.Count);
    }

    [Fact]
    public void A_hole_of_a_sparse_store_makes_a_copy_short()
    {
        using Folio folio = Folio.Native(8192);
        var store = new FolioXarray();
        store.Store(3, folio);
        IovIter iter = IovIter.Xarray(store, (3 * 4096) + 100, 20_000, TransferDirection.Destination);
        Assert.Equal(8092, iter.CopyTo(new byte[20_000]));
        Assert.Equal(0, iter.CopyTo(new byte[1]));
        Assert.Equal(0, iter.Zero(1));
        Assert.False(iter.CopyToExactly(new byte[1]));
        Assert.Equal(20_000 - 8092, iter.Count);
    }

    [Fact]
    public void Memory_that_was_released_is_refused()
    {
        Folio folio = Folio.Native(100);
        IovIter iter = IovIter.Bvec([new BvecEntry(folio)], TransferDirection.Source);
        folio.Dispose();
        Assert.Throws<ObjectDisposedException>(() => iter.CopyFrom(new byte[1]));
        Assert.Throws<ObjectDisposedException>(() => iter.ExtractPages(new PageFragment[1], 1));
        Assert.Throws<ObjectDisposedException>(() => iter.ExtractPages(new PageFragment[1], 1, ExtractFlags.PerPage, out _));
        Assert.Throws<ObjectDisposedException>(() => iter.ExtractToBvec());
        Assert.Throws<ObjectDisposedException>(() => iter.GetPages(new PageFragment[1], 1, out _));
        Assert.Equal(100, iter.Count);
    }
}
