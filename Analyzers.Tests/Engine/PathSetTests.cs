using BufferLifetime.Analyzers.Flow;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Engine;

/// <summary>Which ways through a body are kept apart, which become one, and what is left when there are too many.</summary>
public sealed class PathSetTests
{
    [Fact]
    public void Ways_with_the_same_holdings_become_one_and_keep_what_both_know()
    {
        PathState held = PathState.Empty.WithHold(0, new Hold(Holding.HeldPin));
        PathSet paths = new();
        paths.Add(held with { Known = IntMap<Known>.Empty.Set(1, Known.Of(3)).Set(2, Known.Of(true)) });
        paths.Add(held with { Known = IntMap<Known>.Empty.Set(1, Known.Of(4)) });

        PathState one = Assert.Single(paths.Paths);
        Assert.Equal(new Known(Classes.Positive), one.KnownOf(1));
        Assert.True(one.KnownOf(2).IsAnything);
        Assert.False(paths.IsMerged);
    }

    [Fact]
    public void Ways_with_other_holdings_are_kept_apart()
    {
        PathSet paths = new();
        paths.Add(PathState.Empty.WithHold(0, new Hold(Holding.HeldPin)));
        paths.Add(PathState.Empty.WithHold(0, new Hold(Holding.Released)));
        paths.Add(PathState.Empty.WithHold(0, new Hold(Holding.HeldPin)).WithHold(1, new Hold(Holding.HeldPin)));

        Assert.Equal(3, paths.Paths.Count);
    }

    [Fact]
    public void Adding_what_is_known_already_changes_nothing()
    {
        PathState held = PathState.Empty.WithHold(0, new Hold(Holding.HeldPin)).WithRefs(4, RefSet.Of(0, RefRole.Owner));
        PathSet paths = new();

        Assert.True(paths.Add(held));
        Assert.False(paths.Add(held));
        Assert.False(paths.Add(PathState.Empty.WithRefs(4, RefSet.Of(0, RefRole.Owner)).WithHold(0, new Hold(Holding.HeldPin))));
    }

    [Fact]
    public void Past_the_bound_all_ways_become_one()
    {
        PathSet paths = new();
        for (int resource = 0; resource <= PathSet.MaxPaths; resource++)
            paths.Add(PathState.Empty.WithHold(100, new Hold(Holding.HeldPin)).WithHold(resource, new Hold(Holding.HeldGet)));

        PathState one = Assert.Single(paths.Paths);
        Assert.True(paths.IsMerged);
        // What is so on every way is still sure; what is so on one of them is only possible.
        Assert.Equal(Holding.HeldPin, one.HoldOf(100).Holding);
        Assert.Equal(Holding.HeldGet | Holding.NotAcquired, one.HoldOf(3).Holding);
    }

    [Fact]
    public void Bound_itself_is_not_past_it()
    {
        PathSet paths = new();
        for (int resource = 0; resource < PathSet.MaxPaths; resource++)
            paths.Add(PathState.Empty.WithHold(resource, new Hold(Holding.HeldGet)));

        Assert.Equal(PathSet.MaxPaths, paths.Paths.Count);
        Assert.False(paths.IsMerged);
    }

    [Theory]
    [InlineData(PathSet.MaxPathsOfMember, false)]
    [InlineData(PathSet.MaxPathsOfMember + 1, true)]
    public void Ways_of_a_member_that_is_entered_in_several_states_have_a_bound_of_their_own(int ways, bool isMerged)
    {
        PathSet paths = new(limit: PathSet.MaxPathsOfMember);
        for (int resource = 0; resource < ways; resource++)
            paths.Add(PathState.Empty.WithHold(resource, new Hold(Holding.HeldGet)));

        Assert.Equal(isMerged, paths.IsMerged);
        Assert.Equal(isMerged ? 1 : ways, paths.EmptyLike() is var next && next.AddAll(paths) ? next.Paths.Count : 0);
    }

    [Fact]
    public void What_was_merged_stays_merged_downstream()
    {
        PathSet merged = new();
        for (int resource = 0; resource <= PathSet.MaxPaths; resource++)
            merged.Add(PathState.Empty.WithHold(resource, new Hold(Holding.HeldGet)));
        PathSet next = merged.EmptyLike();
        next.Add(PathState.Empty.WithHold(0, new Hold(Holding.HeldPin)));
        next.Add(PathState.Empty.WithHold(0, new Hold(Holding.Released)));

        Assert.True(next.IsMerged);
        Assert.Equal(Holding.HeldPin | Holding.Released, Assert.Single(next.Paths).HoldOf(0).Holding);

        PathSet other = new();
        other.Add(PathState.Empty);
        other.Add(PathState.Empty.WithHold(1, new Hold(Holding.HeldPin)));
        Assert.True(other.AddAll(merged));
        Assert.Single(other.Paths);
        Assert.False(other.AddAll(merged));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Adding_in_any_order_ends_with_the_same_holdings_and_only_ever_grows(int seed)
    {
        Random random = new(seed);
        Holding[] holdings = [Holding.HeldPin, Holding.HeldGet, Holding.Released, Holding.HandedOn, Holding.NotAcquired, Holding.HeldNone];
        PathState[] paths = [.. Enumerable.Range(0, 60).Select(_ =>
        {
            PathState path = PathState.Empty;
            for (int i = 0; i < 3; i++)
                path = path.WithHold(random.Next(3), new Hold(holdings[random.Next(holdings.Length)]));
            return path;
        })];

        PathSet set = new();
        foreach (PathState path in paths)
            set.Add(path);
        // Nothing that was added changes anything when it comes again: the flow over a loop ends.
        Assert.All(paths, path => Assert.False(set.Add(path)));

        PathSet shuffled = new();
        foreach (PathState path in paths.OrderBy(_ => random.Next()))
            shuffled.Add(path);
        Assert.Equal(set.IsMerged, shuffled.IsMerged);
        Assert.Equal(Describe(set), Describe(shuffled));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Signature_is_that_of_the_holdings_however_they_came_about(int seed)
    {
        Random random = new(seed);
        for (int round = 0; round < 200; round++)
        {
            PathState path = PathState.Empty;
            for (int i = 0; i < 10; i++)
            {
                int resource = random.Next(4);
                path = random.Next(4) == 0 ? path.WithoutHold(resource) : path.WithHold(resource, new Hold((Holding)(1 << random.Next(10)), (Flowing)random.Next(3), RefSet.Empty, null));
            }

            PathState again = PathState.Empty;
            path.Holds.ForEach((resource, hold) => again = again.WithHold(resource, hold));
            Assert.Equal(again.Signature, path.Signature);
            Assert.True(PathState.SameHoldings(path, again));
            PathState merged = PathState.Merge(path, PathState.Empty.WithHold(random.Next(4), new Hold(Holding.HeldPin)));
            PathState rebuilt = PathState.Empty;
            merged.Holds.ForEach((resource, hold) => rebuilt = rebuilt.WithHold(resource, hold));
            Assert.Equal(rebuilt.Signature, merged.Signature);
        }
    }

    [Fact]
    public void Refs_of_both_ways_are_kept_with_the_stronger_role()
    {
        RefSet a = RefSet.Of(1, RefRole.View).Union(RefSet.Of(3, RefRole.Owner));
        RefSet b = RefSet.Of(3, RefRole.Element).Union(RefSet.Of(2, RefRole.Container));

        RefSet union = a.Union(b);

        Assert.Equal([(1, RefRole.View), (2, RefRole.Container), (3, RefRole.Owner)], Enumerable.Range(0, union.Count).Select(i => (union[i].Resource, union[i].Kind)));
        Assert.Equal(union, b.Union(a));
        Assert.Equal(union, union.Union(a));
        Assert.True(union.Refers(2));
        Assert.False(union.Refers(4));
        Assert.Same(RefSet.Empty, union.Where(_ => false));
        Assert.All(Enumerable.Range(0, 3), i => Assert.True(union.As(RefRole.View)[i].Kind >= RefRole.View));
    }

    private static string Describe(PathSet set) =>
        string.Join('\n', set.Paths.Select(path =>
        {
            List<string> holds = [];
            path.Holds.ForEach((resource, hold) => holds.Add($"{resource}={hold.Holding}"));
            return string.Join(' ', holds);
        }).Order(StringComparer.Ordinal));
}
