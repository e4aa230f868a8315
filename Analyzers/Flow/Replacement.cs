using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace BufferLifetime.Analyzers.Flow;

/// <summary>What a callee leaves behind a reference that it was given, or in a variable that it captures.</summary>
internal enum Left
{
    /// <summary>What was there.</summary>
    Same,

    Nothing,

    /// <summary>Something that the callee made, and that is the caller's from then on.</summary>
    Fresh,
}

/// <summary>One way in which a call can end.</summary>
/// <param name="Releases">Whether what was there has been given back.</param>
/// <param name="Left">What is there now.</param>
internal readonly record struct Ending(bool Releases, Left Left);

/// <summary>What a callee does with what stands behind a reference, or in a variable that it captures.</summary>
/// <param name="WhenThere">The ways in which a call can end that found something there.</param>
/// <param name="WhenNothing">Those that found nothing.</param>
/// <param name="Release">How it is given back; null where it never is.</param>
/// <param name="Fresh">What is made in its place; null where nothing is.</param>
/// <param name="IsUsed">Whether it is used in any case.</param>
internal sealed record Replacement(IReadOnlyCollection<Ending> WhenThere, IReadOnlyCollection<Ending> WhenNothing, Effect.Release? Release, Effect.Acquire? Fresh, bool IsUsed)
{
    public bool AlwaysReleases => WhenThere.All(static ending => ending.Releases);

    public bool AlwaysLeaves(Left left) => WhenThere.Concat(WhenNothing).All(ending => ending.Left == left);

    /// <summary>Whether nothing is changed: what is there is used, or only seen.</summary>
    public bool OnlyUses => Release is null && Fresh is null && WhenThere.All(static ending => ending.Left == Left.Same);
}

/// <summary>Reads off a body what it does with what is in one of its places when it begins.</summary>
internal sealed class ReplacementReader(Body body, Resource given, int place, bool isAsync) : IFlowReader
{
    private readonly HashSet<Ending> _whenThere = [];
    private readonly HashSet<Ending> _whenNothing = [];
    private readonly List<Effect.Release> _releases = [];
    private Resource? _fresh;
    private Holding _held;
    private bool _isUnclear;
    private bool _isUsed;

    public void OnFact(Fact fact, PathSet before)
    {
        _isUnclear |= before.IsMerged || (fact.Kind == FactKind.Suspend && !isAsync);
        foreach (PathState path in before.Paths)
        {
            switch (fact)
            {
                case { Kind: FactKind.Release, Effect: Effect.Release release } when Transfer.Released(fact, path, body).Refers(given.Id):
                    _isUnclear |= path.HoldOf(given.Id).Holding == Holding.Released;
                    _releases.Add(release);
                    break;
                case { Kind: FactKind.Use, Target: >= 0 } when IsFirst(fact):
                    _isUsed |= Leads(path, fact.Target, RefRole.Account);
                    break;
                case { Kind: FactKind.Escape } when fact.Target != place:
                    _isUnclear |= Leads(path, fact.Target, RefRole.Account);
                    break;
                case { Kind: FactKind.Lend } when !isAsync || fact.IsSignalled || fact.MayTake:
                    _isUnclear |= Leads(path, fact.Source, RefRole.Account);
                    break;
            }
        }
    }

    public void OnExit(ExitKind exit, IOperation? returned, BasicBlock from, PathSet atExit)
    {
        if (exit != ExitKind.Return)
        {
            return;
        }

        foreach (PathState path in atExit.Paths)
        {
            Holding found = path.HoldOf(given.Id).Holding;
            bool isReleased = found == Holding.Released;
            _isUnclear |= !isReleased && (found & ~(Holding.Held | Holding.NotAcquired)) != 0;
            _isUnclear |= IsElsewhere(path, given.Id);
            path.ForEachPending((_, loan) => _isUnclear |= loan.Holds.Refers(given.Id) || (_fresh is not null && loan.Holds.Refers(_fresh.Id)));
            if (LeftOn(path) is not { } left)
            {
                _isUnclear = true;
                continue;
            }

            if (isReleased || (found & Holding.Held) != 0)
            {
                _whenThere.Add(new Ending(isReleased, left));
            }

            if (!isReleased && (found & Holding.NotAcquired) != 0)
            {
                _whenNothing.Add(new Ending(false, left == Left.Same ? Left.Nothing : left));
            }
        }
    }

    public Replacement? Conclude()
    {
        if (_isUnclear || _whenThere.Count == 0)
        {
            return null;
        }

        Effect.Release? common = null;
        foreach (Effect.Release release in _releases)
        {
            common = common is null ? release : common with { Accepts = common.Accepts | release.Accepts, Repeatable = common.Repeatable && release.Repeatable };
        }

        return new Replacement([.. _whenThere], [.. _whenNothing], common, _fresh is null ? null : new Effect.Acquire(Slot.Result, _fresh.Kind, _held, Tag: _fresh.Kind.IsItsAddress ? _fresh.Acquisition!.Tag : null), _isUsed);
    }

    private bool IsFirst(Fact fact) => body.Flow.Blocks.Length > 1 && body.FactsOf(body.Flow.Blocks[1]).Contains(fact);

    private bool Leads(PathState path, int from, RefRole below) => path.RefsOf(from).Where(r => r.Kind < below).Refers(given.Id);

    private Left? LeftOn(PathState path)
    {
        RefSet refs = path.RefsOf(place).Where(static r => r.Kind < RefRole.Account);
        if (refs.Count == 0)
        {
            return (path.KnownOf(place).Classes & ~(Classes.Null | Classes.Zero)) == 0 ? Left.Nothing : null;
        }

        if (refs.Count > 1 || refs[0].Kind != RefRole.Owner)
        {
            return null;
        }

        if (refs[0].Resource == given.Id)
        {
            return Left.Same;
        }

        Resource made = body.Resources[refs[0].Resource];
        Holding held = path.HoldOf(made.Id).Holding;
        if (made is not { Original: null, Parameter: null, Acquisition: not null } || !made.Kind.IsGivenWhole || (held & Holding.AnyHeld) == 0 || (held & ~Holding.AnyHeld) != 0
            || path.HoldOf(made.Id).MayBeTaken || IsElsewhere(path, made.Id) || (_fresh is not null && (_fresh.Kind != made.Kind || _fresh.Acquisition!.Tag != made.Acquisition.Tag)))
        {
            return null;
        }

        _fresh = made;
        _held |= held;
        return Left.Fresh;
    }

    /// <summary>Whether somebody else has it when the body is left, or a part of it.</summary>
    private bool IsElsewhere(PathState path, int resource)
    {
        bool elsewhere = false;
        path.Refs.ForEach((other, refs) => elsewhere |= other != place && body.StorageOutlives(other) && refs.Where(static r => r.Kind < RefRole.Account).Refers(resource));
        return elsewhere;
    }
}
