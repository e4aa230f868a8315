using BufferLifetime.Analyzers.Flow;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Engine;

/// <summary>What the outcome of a condition tells, and which outcomes a path excludes.</summary>
public sealed class RefinementTests
{
    private readonly Flows _flows = Flows.Of("""
        static void M(IovIter iter, int n, bool a, bool b, string s)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            ExtractResult taken = iter.ExtractPages(pages, 100);
            int copy = n; bool not = !a; bool positive = n > 0; s ??= "";
            if (copy > 0 || not || positive || b || s.Length > 0) PageFragments.Release(pages);
        }
        """);

    [Theory]
    [InlineData(Relation.Equal, 0, true, Classes.Zero)]
    [InlineData(Relation.Equal, 0, false, Classes.Null | Classes.Negative | Classes.Positive)]
    [InlineData(Relation.Equal, 5, true, Classes.Positive)]
    [InlineData(Relation.Equal, 5, false, Classes.All)]
    [InlineData(Relation.Equal, -5, true, Classes.Negative)]
    [InlineData(Relation.Less, 0, true, Classes.Negative)]
    [InlineData(Relation.Less, 0, false, Classes.Zero | Classes.Positive)]
    [InlineData(Relation.LessOrEqual, 0, true, Classes.Zero | Classes.Negative)]
    [InlineData(Relation.LessOrEqual, 0, false, Classes.Positive)]
    [InlineData(Relation.Less, 1, true, Classes.Zero | Classes.Negative)]
    [InlineData(Relation.Less, 1, false, Classes.Positive)]
    [InlineData(Relation.Less, 2, false, Classes.Positive)]
    [InlineData(Relation.LessOrEqual, -1, true, Classes.Negative)]
    [InlineData(Relation.LessOrEqual, -1, false, Classes.Zero | Classes.Positive)]
    [InlineData(Relation.LessOrEqual, -5, true, Classes.Negative)]
    public void Comparison_with_a_constant_leaves_the_signs_that_it_allows(object relation, int bound, bool outcome, object expected)
    {
        Expression condition = new Expression.Compare((Relation)relation, Of("n"), new Expression.Constant(bound));

        PathState path = Assume(PathState.Empty, condition, outcome)!;

        // A comparison says nothing about null; a number is none.
        Assert.Equal((Classes)expected & Classes.NotNull, Known("n", path).Classes & Classes.NotNull);
    }

    [Theory]
    [InlineData(Relation.Less, 0, true, Classes.Positive)]
    [InlineData(Relation.Less, 0, false, Classes.Zero | Classes.Negative)]
    [InlineData(Relation.LessOrEqual, 0, true, Classes.Zero | Classes.Positive)]
    [InlineData(Relation.LessOrEqual, 1, true, Classes.Positive)]
    [InlineData(Relation.LessOrEqual, 1, false, Classes.Zero | Classes.Negative)]
    [InlineData(Relation.Less, -1, true, Classes.Zero | Classes.Positive)]
    [InlineData(Relation.Less, -1, false, Classes.Negative)]
    public void Constant_on_the_left_is_turned_round(object relation, int bound, bool outcome, object expected)
    {
        Expression condition = new Expression.Compare((Relation)relation, new Expression.Constant(bound), Of("n"));

        Assert.Equal((Classes)expected, Known("n", Assume(PathState.Empty, condition, outcome)!).Classes & Classes.NotNull);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void No_outcome_that_a_value_gives_is_ever_excluded(int seed)
    {
        Random random = new(seed);
        for (int round = 0; round < 500; round++)
        {
            int value = random.Next(-3, 4);
            PathState? path = PathState.Empty;
            for (int step = 0; step < 6; step++)
            {
                int bound = random.Next(-3, 4);
                Relation relation = (Relation)random.Next(3);
                bool left = random.Next(2) == 0;
                Expression constant = new Expression.Constant(bound);
                Expression condition = left ? new Expression.Compare(relation, Of("n"), constant) : new Expression.Compare(relation, relation == Relation.Equal ? Of("n") : constant, relation == Relation.Equal ? constant : Of("n"));
                bool outcome = relation switch
                {
                    Relation.Equal => value == bound,
                    Relation.Less => left ? value < bound : bound < value,
                    _ => left ? value <= bound : bound <= value,
                };
                if (random.Next(2) == 0)
                {
                    condition = new Expression.Not(condition);
                    outcome = !outcome;
                }

                path = Assume(path, condition, outcome);
                Assert.NotNull(path);
                Assert.NotEqual(Classes.None, Known("n", path).Classes & Flow.Known.ClassOf(value));
            }
        }
    }

    [Fact]
    public void Opposite_outcomes_of_one_condition_exclude_each_other()
    {
        Expression condition = new Expression.Compare(Relation.Less, Of("n"), new Expression.Constant(4096));
        PathState path = Assume(PathState.Empty, condition, true)!;

        Assert.NotNull(Assume(path, condition, true));
        Assert.Null(Assume(path, condition, false));
        Assert.Null(Assume(path, new Expression.Not(condition), true));
    }

    [Fact]
    public void Equal_to_one_constant_is_not_equal_to_another()
    {
        PathState path = Assume(PathState.Empty, Equal("n", 3), true)!;

        Assert.Null(Assume(path, Equal("n", 4), true));
        Assert.NotNull(Assume(path, Equal("n", 4), false));
        Assert.Null(Assume(path, Equal("n", 3), false));
        Assert.Null(Assume(path, Equal("n", null), true));
    }

    [Fact]
    public void Null_and_not_null_exclude_each_other()
    {
        PathState isNull = Assume(PathState.Empty, Equal("s", null), true)!;
        PathState isNot = Assume(PathState.Empty, Equal("s", null), false)!;

        Assert.Equal(Classes.Null, Known("s", isNull).Classes);
        Assert.Equal(Classes.NotNull, Known("s", isNot).Classes);
        Assert.Null(Assume(isNull, Equal("s", null), false));
        Assert.Null(Assume(isNot, Equal("s", null), true));
    }

    [Fact]
    public void Flag_and_its_negation_exclude_each_other()
    {
        PathState path = Assume(PathState.Empty, Of("a"), true)!;

        Assert.Null(Assume(path, Of("a"), false));
        Assert.Null(Assume(path, new Expression.Not(Of("a")), true));
        Assert.NotNull(Assume(path, Of("b"), false));
        Assert.NotNull(Assume(path, Equal("a", true), true));
        Assert.Null(Assume(path, Equal("a", true), false));
        Assert.Null(Assume(path, Equal("a", false), true));
    }

    [Fact]
    public void Definitions_are_followed_to_what_they_were_made_of()
    {
        PathState path = PathState.Empty with
        {
            Definitions = IntMap<Expression>.Empty
                .Set(Place("copy"), Of("n"))
                .Set(Place("not"), new Expression.Not(Of("a")))
                .Set(Place("positive"), new Expression.Compare(Relation.Less, new Expression.Constant(0), Of("n"))),
        };

        Assert.Equal(Classes.Positive, Known("n", Assume(path, Of("positive"), true)!).Classes & Classes.NotNull);
        Assert.Equal(Classes.Zero | Classes.Negative, Known("n", Assume(path, Of("positive"), false)!).Classes & Classes.NotNull);
        Assert.Equal(Classes.Zero, Known("a", Assume(path, Of("not"), true)!).Classes & (Classes.Zero | Classes.Positive));
        Assert.Equal(Classes.Negative, Known("n", Assume(path, new Expression.Compare(Relation.Less, Of("copy"), new Expression.Constant(0)), true)!).Classes & Classes.NotNull);
        PathState positive = Assume(path, new Expression.Compare(Relation.Less, new Expression.Constant(0), Of("n")), true)!;
        Assert.Null(Assume(positive, Of("positive"), false));
    }

    [Fact]
    public void Endless_chain_of_definitions_is_given_up()
    {
        PathState path = PathState.Empty with
        {
            Definitions = IntMap<Expression>.Empty.Set(Place("copy"), Of("n")).Set(Place("n"), Of("copy")),
        };

        Assert.NotNull(Assume(path, new Expression.Compare(Relation.Less, Of("copy"), new Expression.Constant(0)), true));
    }

    [Theory]
    [InlineData(Holding.HeldPin, true, Holding.HeldPin)]
    [InlineData(Holding.HeldPin | Holding.NotAcquired, true, Holding.HeldPin)]
    [InlineData(Holding.HeldPin | Holding.NotAcquired, false, Holding.NotAcquired)]
    [InlineData(Holding.NotAcquired, true, Holding.Nothing)]
    [InlineData(Holding.HeldPin, false, Holding.Nothing)]
    public void Amount_tells_whether_anything_was_taken(object held, bool positive, object left)
    {
        Resource pages = _flows.Body.Resources.Single(resource => resource.Kind == ResourceKind.Pages);
        PathState path = PathState.Empty.WithRefs(Place("taken"), RefSet.Of(pages.Id, RefRole.Account)).WithHold(pages.Id, new Hold((Holding)held));
        Expression amount = new Expression.Compare(Relation.Less, new Expression.Constant(0L), new Expression.Inspected(Place("taken"), Inspection.Amount));

        PathState? told = Assume(path, amount, positive);

        Assert.Equal((Holding)left, told is null ? Holding.Nothing : told.HoldOf(pages.Id).Holding);
    }

    [Theory]
    [InlineData(Holding.UserBacked | Holding.Stable, true, Holding.UserBacked)]
    [InlineData(Holding.UserBacked | Holding.Stable, false, Holding.Stable)]
    [InlineData(Holding.Stale, true, Holding.Stale)]
    [InlineData(Holding.Stale, false, Holding.Nothing)]
    [InlineData(Holding.Stable, true, Holding.Nothing)]
    public void Iterator_asked_whose_memory_it_describes_is_that_or_the_path_is_excluded(object held, bool user, object left)
    {
        Resource iter = _flows.Body.Resources.Single(resource => resource.Kind == ResourceKind.Iterator);
        PathState path = PathState.Empty.WithRefs(Place("iter"), RefSet.Of(iter.Id, RefRole.Owner)).WithHold(iter.Id, new Hold((Holding)held));

        PathState? told = Assume(path, new Expression.Inspected(Place("iter"), Inspection.IsUserBacked), user);

        Assert.Equal((Holding)left, told is null ? Holding.Nothing : told.HoldOf(iter.Id).Holding);
    }

    [Fact]
    public void Constant_condition_excludes_its_opposite()
    {
        Assert.NotNull(Assume(PathState.Empty, new Expression.Constant(true), true));
        Assert.Null(Assume(PathState.Empty, new Expression.Constant(true), false));
        Assert.Null(Assume(PathState.Empty, new Expression.Constant(false), true));
        Assert.Same(PathState.Empty, Assume(PathState.Empty, null, true));
    }

    private PathState? Assume(PathState path, Expression? condition, bool outcome) =>
        new Transfer(_flows.Body, _flows.Contracts, null).Assume(path, condition, outcome);

    private int Place(string name) => _flows.PlaceOf(name);

    private Expression.Of Of(string name) => new(Place(name));

    private Expression.Compare Equal(string name, object? constant) => new(Relation.Equal, Of(name), new Expression.Constant(constant));

    private Known Known(string name, PathState path) => path.KnownOf(Place(name));
}
