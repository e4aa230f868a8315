namespace BufferLifetime.Tests;

public sealed class WalkTests : BalancedTest
{
    public static TheoryData<string> Kinds => [.. IterSamples.Names];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Finding_pages_reaches_all_bytes_and_moves_nothing(string kind)
    {
        using var sample = new IterSamples(kind, TransferDirection.Source);
        IovIter iter = sample.Iter;
        iter.Advance(4);
        var bytes = new List<byte>();
        foreach (FoundRun run in iter.FindPages(60))
        {
            Assert.Equal(sample.Iter.ExtractWillPin ? 1 : 0, PinsHeld);
            bytes.AddRange(run.Span);
        }

        AssertNothingHeld();
        Assert.Equal(sample.Content[4..64], bytes);
        Assert.Equal(sample.Length - 4, iter.Count);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Leaving_a_walk_early_gives_the_step_back(string kind)
    {
        using var sample = new IterSamples(kind, TransferDirection.Source);
        foreach (FoundRun run in sample.Iter.FindPages())
        {
            if (run.Length > 0)
                break;
        }

        AssertNothingHeld();
        Assert.Throws<InvalidCastException>(() =>
        {
            foreach (FoundRun run in sample.Iter.FindPages())
                throw new InvalidCastException();
        });
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Calling_back_for_each_run_advances_over_what_was_done(string kind)
    {
        using var sample = new IterSamples(kind, TransferDirection.Source);
        IovIter iter = sample.Iter;
        var bytes = new List<byte>();
        long done = iter.ForEachPage(50, bytes, (list, run) =>
        {
            list.AddRange(run.Span);
            return run.Length;
        });
        Assert.Equal(50, done);
        Assert.Equal(sample.Content[..50], bytes);
        Assert.Equal(sample.Length - 50, iter.Count);

        Assert.Equal(1, iter.ForEachPage(long.MaxValue, 0, (_, _) => 1));
        Assert.Equal(sample.Length - 51, iter.Count);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_callback_that_throws_loses_nothing(string kind)
    {
        using var sample = new IterSamples(kind, TransferDirection.Source);
        IovIter iter = sample.Iter;
        int calls = 0;
        Assert.Throws<TimeoutException>(() => iter.ForEachPage(long.MaxValue, 0, (_, _) => ++calls == 1 ? 2 : throw new TimeoutException()) == 2
            ? iter.ForEachPage(long.MaxValue, 0, (_, _) => throw new TimeoutException())
            : 0);
        AssertNothingHeld();
        Assert.Equal(sample.Content[2..], sample.Read(ref iter));
    }

    [Fact]
    public void A_callback_that_claims_more_than_it_was_given_is_refused()
    {
        IovIter iter = IovIter.Ubuf(new byte[10]);
        Assert.Throws<InvalidOperationException>(() => iter.ForEachPage(10, 0, (_, run) => run.Length + 1));
        Assert.Throws<InvalidOperationException>(() => iter.ForEachPage(10, 0, (_, _) => -1));
        Assert.Equal(10, iter.Count);
    }

    [Fact]
    public void Walks_check_their_arguments()
    {
        IovIter iter = IovIter.Ubuf(new byte[10]);
        IovIter discard = IovIter.Discard(10);
        Assert.Throws<ArgumentException>("flags", () => iter.FindPages(1, ExtractFlags.PerPage));
        Assert.Throws<ArgumentOutOfRangeException>("maxBytes", () => iter.FindPages(-1));
        Assert.Throws<NotSupportedException>(() => discard.FindPages());
        Assert.Throws<NotSupportedException>(() => discard.ForEachPage(1, 0, (_, _) => 0));
    }
}
