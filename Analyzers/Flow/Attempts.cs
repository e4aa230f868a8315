using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Flow;

/// <summary>
/// The operations of a body that use up a part of an iterator, and what a path knows of how they went. Where an iterator stands is a member of
/// the variable that holds it: it is copied with the variable, and forgotten when that is assigned anew or moved by hand.
/// </summary>
internal sealed class Attempts
{
    /// <summary>It ended with an exception.</summary>
    public const Holding Threw = Holding.Stale;

    /// <summary>A condition on its result held.</summary>
    public const Holding ToldByTrue = Holding.UserBacked;

    /// <summary>A condition on its result did not hold.</summary>
    public const Holding ToldByFalse = Holding.Stable;

    public const Holding MayHaveFailed = Threw | ToldByTrue | ToldByFalse;

    /// <summary>The code has asked since how much is left.</summary>
    public const Holding LookedAt = Holding.HandedOn;

    private readonly List<(int Attempt, int Position)> _all = [];
    private readonly Dictionary<int, int> _positions = [];
    private readonly Dictionary<int, int> _byPages = [];
    private readonly HashSet<int> _byCallees = [];

    public bool IsEmpty => _all.Count == 0;

    public void Add(int attempt, int position, int iterator, int pages, bool isByCallee)
    {
        if (isByCallee)
        {
            _byCallees.Add(attempt);
        }

        _all.Add((attempt, position));
        _positions[iterator] = position;
        if (pages >= 0)
        {
            _byPages[pages] = attempt;
        }
    }

    /// <summary>The place that says where the iterator in <paramref name="iterator"/> stands, or -1.</summary>
    public int PositionOf(int iterator) => _positions.TryGetValue(iterator, out int position) ? position : -1;

    /// <summary>Whether how much is taken is the affair of a callee, which the iterator is lent to, and not of this body.</summary>
    public bool IsByCallee(int attempt) => _byCallees.Contains(attempt);

    /// <summary>The iterator has moved, unless nothing was extracted.</summary>
    public static PathState Advance(Fact fact, PathState before, PathState moved, Body body)
    {
        int position = body.Attempts.PositionOf(fact.Target);
        if (fact.Attempt < 0 || position < 0 || body.Places[fact.Target].IsShared)
        {
            return moved;
        }

        return fact.Resource >= 0 && before.HoldOf(fact.Resource).Holding == Holding.NotAcquired
            ? moved.WithRefs(position, before.RefsOf(position))
            : moved.WithRefs(position, RefSet.Of(fact.Attempt, RefRole.Account)).WithoutHold(fact.Attempt);
    }

    /// <summary>The code asks the iterator where it stands: what it does then, it does knowingly.</summary>
    public static PathState Look(Fact fact, PathState path, Body body)
    {
        RefSet attempts = path.RefsOf(body.Attempts.PositionOf(fact.Target));
        for (int i = 0; i < attempts.Count; i++)
        {
            Hold hold = path.HoldOf(attempts[i].Resource);
            path = (hold.Holding & MayHaveFailed) == 0 ? path : path.WithHold(attempts[i].Resource, hold with { Holding = hold.Holding | LookedAt });
        }

        return path;
    }

    /// <summary>The result of a call tells of the attempts that its argument belongs to: as the iterator, or as pages that were extracted from it.</summary>
    public static PathState Tell(Fact fact, PathState path, Body body)
    {
        RefSet told = path.RefsOf(body.Attempts.PositionOf(fact.Source));
        RefSet given = path.RefsOf(fact.Source);
        for (int i = 0; i < given.Count; i++)
        {
            told = body.Attempts._byPages.TryGetValue(given[i].Resource, out int attempt) ? told.Union(RefSet.Of(attempt, RefRole.Account)) : told;
        }

        return told.Count == 0 ? path : path.WithRefs(fact.Target, path.RefsOf(fact.Target).Union(told));
    }

    /// <summary>What an exception takes to a handler: the attempts before it have failed.</summary>
    public static PathSet Fail(PathSet paths, IOperation at, Body body)
    {
        if (body.Attempts.IsEmpty)
        {
            return paths;
        }

        PathSet failed = paths.EmptyLike();
        foreach (PathState path in paths.Paths)
        {
            PathState after = path;
            foreach ((int attempt, int position) in body.Attempts._all)
            {
                after = path.RefsOf(position).Refers(attempt) ? Mark(after, attempt, Threw, at) : after;
            }

            failed.Add(after);
        }

        return failed;
    }

    /// <summary>A condition on the result of an attempt may say that it failed; whether it does, only its words tell.</summary>
    public static PathState Judge(PathState path, Expression? condition, bool outcome, IOperation? at, Body body)
    {
        if (condition is null || at is null || body.Attempts.IsEmpty)
        {
            return path;
        }

        PathState after = path;
        condition.CollectPlaces(place =>
        {
            RefSet told = path.RefsOf(place).Where(r => r.Kind == RefRole.Account && body.Resources[r.Resource].Kind == ResourceKind.Attempt);
            bool maySayFailure = told.Count > 0 && (IsEquality(condition) || (path.KnownOf(place).Classes & Classes.Positive) == 0);
            for (int i = 0; maySayFailure && i < told.Count; i++)
            {
                after = Mark(after, told[i].Resource, outcome ? ToldByTrue : ToldByFalse, at);
            }
        });
        return after;
    }

    /// <summary>A call of a method of the same instance may have put the iterators of its fields anywhere.</summary>
    public static PathState ForgetThose(PathState path, Body body)
    {
        foreach ((_, int position) in body.Attempts._all)
        {
            path = body.Places.IsOfThis(position) ? path.WithRefs(position, RefSet.Empty) : path;
        }

        return path;
    }

    private static bool IsEquality(Expression condition) => condition switch
    {
        Expression.Not not => IsEquality(not.Operand),
        Expression.Compare compare => compare.Relation == Relation.Equal,
        _ => false,
    };

    private static PathState Mark(PathState path, int attempt, Holding how, IOperation at) =>
        path.WithHold(attempt, new Hold(how, Flowing.Unknown, RefSet.Empty, at));
}
