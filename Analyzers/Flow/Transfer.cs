using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Flow;

/// <summary>What each fact does to the state of a path.</summary>
internal sealed class Transfer(Body body, IContractSource contracts, ISelfCalls? selfCalls = null)
{
    private readonly Refinement _refinement = new(body, contracts);

    /// <summary>Applies a fact to one path. A path splits where an acquisition can have more than one outcome.</summary>
    public void Apply(Fact fact, PathState path, Action<PathState> next)
    {
        switch (fact.Kind)
        {
            case FactKind.Assign when fact.IsOfEveryName:
                next(ClearEveryName(fact, path));
                break;
            case FactKind.Assign:
                next(Assign(fact, path));
                break;
            case FactKind.Acquire:
                Acquire(fact, path, next);
                break;
            case FactKind.Release:
                next(Release(fact, path));
                break;
            case FactKind.View:
                next(View(fact, path));
                break;
            case FactKind.Lend:
                next(Lend(fact, path));
                break;
            case FactKind.Complete:
                next(Complete(fact, path));
                break;
            case FactKind.Reopen:
                next(Reopen(fact, path));
                break;
            case FactKind.Suspend:
                next(End(path, fact.Operation));
                break;
            case FactKind.Escape:
                next(Escape(fact, path));
                break;
            case FactKind.Keep when fact.Receiver >= 0:
                next(Keep(fact, path, isOthers: body.Outlives(fact.Receiver) || body.Places[fact.Receiver].Kind == PlaceKind.Parameter));
                break;
            case FactKind.Take:
                next(Take(fact, path));
                break;
            case FactKind.CallSelf when selfCalls is not null:
                selfCalls.Apply(fact, Attempts.ForgetThose(path, body), next);
                break;
            case FactKind.CallSelf:
                next(Attempts.ForgetThose(path, body));
                break;
            case FactKind.Advance:
                next(Attempts.Advance(fact, path, fact.IsHavoc ? Assign(fact, path) : ForgetMembers(path, fact.Target), body));
                break;
            case FactKind.Inspect:
                next(Attempts.Look(fact, path, body));
                break;
            case FactKind.Entry:
                next(Entries.Change(fact, path, body));
                break;
            case FactKind.Replace:
                Replace(fact, path, next);
                break;
            case FactKind.Outcome:
                next(Attempts.Tell(fact, path, body));
                break;
            default:
                next(path);
                break;
        }
    }

    /// <summary>The path on which a condition has the given outcome, or null when the path excludes it.</summary>
    public PathState? Assume(PathState path, Expression? condition, bool outcome) =>
        condition is null ? path : _refinement.Assume(path, condition, outcome);

    /// <summary>What every body starts with.</summary>
    public PathState Entry()
    {
        PathState path = PathState.Empty;
        foreach ((int place, Resource resource, ParameterContract contract) in body.Entry)
        {
            // Where the caller's memory goes is of interest to who asks for it, and no way to release anything.
            path = path.WithRefs(place, RefSet.Of(resource.Id, resource.Kind == ResourceKind.Borrowed ? RefRole.Account : RefRole.Owner))
                .WithHold(resource.Id, new Hold(contract.Entry, contract.Direction, RefSet.Empty, null));
        }

        return body.BeginsLater ? End(path, null) : path;
    }

    private PathState Assign(Fact fact, PathState path)
    {
        RefSet refs = path.RefsOf(fact.Source);
        if (fact.IsHavoc)
        {
            // A callee may have advanced an iterator, or have put another value in its place; only what ends with the call is sure to be the same, and what
            // can only be cut down stays a part of what it was.
            refs = path.RefsOf(fact.Target).Where(r => body.Resources[r.Resource].Kind is { EndsAtSuspension: true } or { IsTakenBackUnnamed: true });
        }

        Known known = _refinement.Evaluate(path, fact.Value);
        Expression? definition = fact.Value is Expression.Constant ? null : fact.Value;
        path = Forget(MarkLost(fact, path, refs), fact.Target).WithRefs(fact.Target, refs);
        if (body.Places[fact.Target].IsShared)
        {
            return path;
        }

        if (!known.IsAnything)
        {
            path = path with { Known = path.Known.Set(fact.Target, known) };
        }

        if (definition is not null)
        {
            path = path with { Definitions = path.Definitions.Set(fact.Target, definition) };
        }

        return fact.Source >= 0 ? CopyMembers(path, fact.Source, fact.Target)
            : fact.Value is Expression.Constant { Value: null } ? ClearMembers(path, fact.Target)
            : path;
    }

    /// <summary>An object has cleared the field that had something: it is the same object, and the same field, by each of its names.</summary>
    private PathState ClearEveryName(Fact fact, PathState path)
    {
        RefSet had = path.RefsOf(fact.Target);
        PathState cleared = Assign(fact, path);
        for (int place = 0; had.Count > 0 && place < body.Places.Count; place++)
        {
            if (body.Places[place].IsInner && SymbolEqualityComparer.Default.Equals(body.Places[place].Symbol, body.Places[fact.Target].Symbol) && path.RefsOf(place).Equals(had) && MayBeOne(path, body.Places[place].Parent, body.Places[fact.Target].Parent))
            {
                cleared = WithKnown(Forget(cleared, place), place, new Known(Classes.Null | Classes.Zero));
            }
        }

        return cleared;
    }

    /// <summary>Whether two places may have the same object: not where the body has made two.</summary>
    private static bool MayBeOne(PathState path, int one, int other) =>
        !(path.KnownOf(one).Constant is MadeObject made && path.KnownOf(other).Constant is MadeObject another && made != another);

    /// <summary>The members of a default value are all null or zero.</summary>
    private PathState ClearMembers(PathState path, int place)
    {
        foreach (int member in body.Places[place].Members)
        {
            path = ClearMembers(WithKnown(path, member, new Known(Classes.Null | Classes.Zero)), member);
        }

        return path;
    }

    /// <summary>What a field alone held is lost when the field is overwritten; where, is remembered.</summary>
    private PathState MarkLost(Fact fact, PathState path, RefSet written)
    {
        RefSet refs = path.RefsOf(fact.Target);
        for (int i = 0; i < refs.Count; i++)
        {
            int resource = refs[i].Resource;
            if (refs[i].Kind < RefRole.Account && body.Resources[resource].Original is not null && !written.Refers(resource) && (refs[i].Kind < RefRole.View || path.HoldOf(resource).LostFrom < 0)
                && (path.HoldOf(resource).Holding & Holding.AnyHeld) != 0 && path.IsReferredToOnlyBy(resource, fact.Target))
            {
                path = path.WithHold(resource, path.HoldOf(resource) with { ChangedAt = fact.Operation, LostFrom = fact.Target });
            }
        }

        return path;
    }

    /// <summary>A copied struct brings its members along.</summary>
    private PathState CopyMembers(PathState path, int source, int target)
    {
        foreach (int member in body.Places[source].Members)
        {
            int counterpart = body.Places.FindMember(target, body.Places[member].Symbol!);
            if (counterpart < 0 || counterpart == member)
            {
                continue;
            }

            path = path.WithRefs(counterpart, path.RefsOf(member));
            if (path.Known.TryGet(member, out Known known))
            {
                path = path with { Known = path.Known.Set(counterpart, known) };
            }

            path = CopyMembers(path, member, counterpart);
        }

        return path;
    }

    /// <summary>The place gets a new value: all that was known of the old one, and of what was computed from it, is gone.</summary>
    private PathState Forget(PathState path, int place)
    {
        path = path with
        {
            Refs = path.Refs.Remove(place),
            Known = path.Known.Remove(place),
            Definitions = body.Expressions.WithoutDefinedFrom(path.Definitions.Remove(place), place),
            Truths = body.Expressions.WithoutConditionsOn(path.Truths, place),
        };

        return ForgetMembers(Entries.Forget(path, place, body), place);
    }

    private PathState ForgetMembers(PathState path, int place)
    {
        foreach (int member in body.Places[place].Members)
        {
            path = Forget(path, member);
        }

        return path;
    }

    private void Acquire(Fact fact, PathState path, Action<PathState> next)
    {
        var acquire = (Effect.Acquire)fact.Effect!;
        if (acquire.IsKnownOnly)
        {
            next(IsKnown(path, fact.Target) ? path : Name(fact, path).WithHold(fact.Resource, new Hold(acquire.Mode)));
            return;
        }

        path = GiveUpOlderInstance(fact, path);
        if (acquire.Mode != Holding.Nothing || acquire.ModeFrom is null)
        {
            Holding held = acquire.Mode == Holding.Nothing ? Holding.Held : acquire.Mode;
            foreach (Holding one in (held & Holding.HeldNone) != 0 && held != Holding.HeldNone ? [Holding.HeldNone, held & ~Holding.HeldNone] : new[] { held })
            {
                Settle(fact, acquire, path, one, next);
            }

            return;
        }

        // The iterator decides: what its caller may move is pinned (or referenced, where that was asked for a source), what is stable is not taken at all.
        RefSet iterators = Iterators(path, fact.Source);
        int iterator = iterators.Count == 1 ? iterators[0].Resource : -1;
        Hold of = iterator >= 0 ? path.HoldOf(iterator) : new Hold(Holding.UserBacked | Holding.Stable);
        Holding movable = of.Holding & Holding.Pinnable;
        Holding stable = of.Holding & Holding.Stable;
        if ((movable | stable) == 0)
        {
            movable = Holding.UserBacked;
            stable = Holding.Stable;
        }

        if (movable != 0)
        {
            PathState pinned = iterator >= 0 ? path.WithHold(iterator, of with { Holding = movable }) : path;
            Holding asked = fact.Flags is null ? Holding.HeldPin
                : _refinement.Evaluate(path, fact.Flags) is not { Constant: { } flags } ? Holding.HeldGet | Holding.HeldPin
                : contracts.AsksForReferences(flags) ? Holding.HeldGet
                : Holding.HeldPin;

            // What is written to, and what is nobody's but its creator's, is pinned, whatever was asked for.
            Holding taken = of.Direction == Flowing.Destination || movable == Holding.Movable ? Holding.HeldPin
                : of.Direction == Flowing.Source && (movable & Holding.Movable) == 0 ? asked
                : asked | Holding.HeldPin;
            Settle(fact, acquire, pinned, taken, next);
        }

        if (stable != 0)
        {
            Settle(fact, acquire, iterator >= 0 ? path.WithHold(iterator, of with { Holding = stable }) : path, Holding.HeldNone, next);
        }
    }

    /// <summary>What is followed from here on is followed by every name that it had before.</summary>
    private PathState Name(Fact fact, PathState path)
    {
        foreach ((int place, Extent covered) in Aliases.Of(body, path, fact.Target))
        {
            path = covered == Extent.All && !IsKnown(path, place) ? path.WithRefs(place, path.RefsOf(place).Union(RefSet.Of(fact.Resource, RefRole.Owner))) : path;
        }

        return path;
    }

    private static bool IsKnown(PathState path, int place) => path.RefsOf(place).Where(static r => r.Kind < RefRole.Account).Count > 0;

    private RefSet Iterators(PathState path, int place) =>
        path.RefsOf(place).Where(r => body.Resources[r.Resource].Kind == ResourceKind.Iterator);

    /// <summary>Which way the bytes of something flow that was made from what <paramref name="place"/> refers to.</summary>
    private Flowing DirectionOf(PathState path, int place)
    {
        RefSet refs = Iterators(path, place) is { Count: > 0 } iterators ? iterators : path.RefsOf(place);
        return refs.Count == 1 ? path.HoldOf(refs[0].Resource).Direction : Flowing.Unknown;
    }

    /// <summary>
    /// The site may have run before. If the older instance is still owed a release and something else than the target refers to it, both are
    /// one resource to the flow: it is no longer judged.
    /// </summary>
    private PathState GiveUpOlderInstance(Fact fact, PathState path)
    {
        Hold older = path.HoldOf(fact.Resource);
        if ((older.Holding & (Holding.AnyHeld | Holding.HeldNone | Holding.HandedOn | Holding.Several)) == 0)
        {
            return path;
        }

        return !Aliases.LosesOlder(fact, path, body) ? path.WithHold(fact.Resource, new Hold(Holding.HandedOn | Holding.Several))
            : (older.Holding & Holding.Several) != 0 ? path.WithoutHold(fact.Resource)
            : path;
    }

    private void Settle(Fact fact, Effect.Acquire acquire, PathState path, Holding held, Action<PathState> next)
    {
        bool wasGivenUp = (path.HoldOf(fact.Resource).Holding & Holding.Several) != 0 || (fact.Fills && Aliases.Of(body, path, fact.Target).Count >= Aliases.MaxNames);
        Flowing direction = acquire.Direction != Flowing.Unknown ? acquire.Direction
            : fact.Direction is not null ? contracts.DirectionOf(_refinement.Evaluate(path, fact.Direction).Constant)
            : acquire.ModeFrom is not null ? DirectionOf(path, fact.Source)
            : acquire.Kind == ResourceKind.Iterator ? DirectionOf(path, fact.Receiver)
            : Flowing.Unknown;
        RefSet from = acquire.Kind.HasMode ? Iterators(path, fact.Receiver).As(RefRole.Account) : RefSet.Empty;
        Hold hold = new(wasGivenUp ? Holding.HandedOn | Holding.Several : held, direction, from, null);
        PathState acquired = Bind(fact, path).WithHold(fact.Resource, hold);
        if (acquire.When == Success.Always)
        {
            next(WithKnown(acquired, fact.Target, new Known(Classes.NotNull)));
            return;
        }

        bool isAddress = acquire.Kind.IsItsAddress;
        next(acquire.When == Success.ResultTells ? isAddress ? WithKnown(acquired, fact.Target, new Known(Classes.Positive | Classes.Negative)) : acquired : WithKnown(acquired, fact.ResultPlace, new Known(Classes.Positive)));
        PathState failed = Bind(fact, path).WithHold(fact.Resource, hold with { Holding = Holding.NotAcquired });
        next(acquire.When switch
        {
            Success.ResultPositive => WithKnown(failed, fact.ResultPlace, new Known(Classes.Zero | Classes.Negative)),
            Success.ArgumentSet or Success.ResultSet => WithKnown(failed, fact.ResultPlace, new Known(Classes.Null)),
            Success.ResultTrue or Success.ArgumentTrue => WithKnown(failed, fact.ResultPlace, new Known(Classes.Zero, false)),
            Success.ResultTells when isAddress => WithKnown(failed, fact.Target, new Known(Classes.Null | Classes.Zero)),
            _ => failed,
        });
    }

    private PathState Bind(Fact fact, PathState path)
    {
        path = fact.Fills || fact.Effect is Effect.Acquire { Target.Kind: SlotKind.Receiver } ? Fill(fact, path) : Forget(path, fact.Target).WithRefs(fact.Target, RefSet.Of(fact.Resource, RefRole.Owner));
        if (fact.Keeper >= 0)
        {
            path = path.WithRefs(fact.Keeper, RefSet.Of(fact.Resource, RefRole.Keeper));
        }

        return fact.ResultPlace >= 0 && fact.ResultPlace != fact.Target
            ? Forget(path, fact.ResultPlace).WithRefs(fact.ResultPlace, RefSet.Of(fact.Resource, RefRole.Account))
            : path;
    }

    /// <summary>Every name of the storage refers to what is put in it, and to what it had before where that is not overwritten.</summary>
    private PathState Fill(Fact fact, PathState path)
    {
        foreach ((int place, Extent filled) in Aliases.Of(body, path, fact.Target))
        {
            RefSet kept = path.RefsOf(place).Where(r => !body.Resources[r.Resource].Kind.IsMadeOfPieces || (filled != Extent.All && r.Resource != fact.Resource));
            path = path.WithRefs(place, kept.Union(RefSet.Of(fact.Resource, RefRole.Owner)));
        }

        return path;
    }

    private static PathState WithKnown(PathState path, int place, Known known) =>
        place < 0 ? path : path with { Known = path.Known.Set(place, known) };

    private PathState Release(Fact fact, PathState path)
    {
        RefSet refs = Released(fact, path, body);
        for (int i = 0; i < refs.Count; i++)
        {
            Hold hold = path.HoldOf(refs[i].Resource);
            if ((hold.Holding & Holding.Several) != 0)
            {
                continue;
            }

            // One of several, or one of many: which is not known, so that nothing later is judged by it.
            bool isKept = body.Resources[refs[i].Resource].Kind.IsCounted && (hold.Holding & Holding.HandedOn) != 0;
            bool isSure = refs.Count == 1 && !isKept && refs[i].Kind is <= RefRole.Part or RefRole.Keeper;
            Holding after = !isSure ? Holding.HandedOn : Holding.Released;
            path = path.WithHold(refs[i].Resource, hold with { Holding = after, ChangedAt = fact.Operation, ClearedIn = body.ClearedBy(fact) });
        }

        // What is released by way of what it was put in may be it: of that, nothing more is known.
        RefSet contained = Contained(fact, path, body);
        for (int i = 0; i < contained.Count; i++)
        {
            Hold hold = path.HoldOf(contained[i].Resource);
            path = (hold.Holding & Holding.AnyHeld) != 0 ? path.WithHold(contained[i].Resource, hold with { Holding = Holding.HandedOn }) : path;
        }

        // A block that is given back by another address than its own: whether that is the right one is the rules' to say, and it is nobody's any more.
        RefSet moved = Moved(fact, path, body);
        for (int i = 0; i < moved.Count; i++)
        {
            Hold hold = path.HoldOf(moved[i].Resource);
            path = (hold.Holding & Holding.AnyHeld) != 0 ? path.WithHold(moved[i].Resource, hold with { Holding = Holding.HandedOn }) : path;
        }

        return fact.Effect is Effect.Release { Kept: not null }
            ? path.WithRefs(fact.Target, path.RefsOf(fact.Target).Where(static r => r.Kind != RefRole.Keeper))
            : path;
    }

    /// <summary>What was put into something, and is perhaps what is released of it.</summary>
    public static RefSet Contained(Fact release, PathState path, Body body) => release.Effect is Effect.Release { Kept: null }
        ? path.RefsOf(release.Target).Where(r => r.Kind == RefRole.Container && !body.Resources[r.Resource].Kind.HasMode && body.Resources[r.Resource].Kind != ResourceKind.Loan)
        : RefSet.Empty;

    /// <summary>What is released by an address that was computed from its own.</summary>
    public static RefSet Moved(Fact release, PathState path, Body body) => release is { Kind: FactKind.Release, Effect: Effect.Release { Kept: null, OfPieces: false } }
        ? path.RefsOf(release.Target).Where(r => r.Kind == RefRole.View && body.Resources[r.Resource].Kind.IsItsAddress)
        : RefSet.Empty;

    /// <summary>The resources that a release means.</summary>
    public static RefSet Released(Fact fact, PathState path, Body body) => fact.Effect switch
    {
        Effect.Release { Kept: not null } => path.RefsOf(fact.Target).Where(static r => r.Kind == RefRole.Keeper),
        Effect.Release { OfPieces: true, Accepts: var accepted } => path.RefsOf(fact.Target).Where(r =>
            r.Kind <= RefRole.View && (body.Resources[r.Resource].Kind.HasMode || (accepted & Holding.Held) != 0)),

        // An array that is given back says nothing of the pieces that were put in it.
        _ => path.RefsOf(fact.Target).Where(r => r.Kind <= RefRole.Element && body.Resources[r.Resource].Kind is { IsMadeOfPieces: false } kind && !(kind.OutlastsDisposal && fact.Effect is Effect.Release { Repeatable: true })),
    };

    /// <summary>The resources whose bytes a write through the target changes: not those whose pieces are put elsewhere in an array of pieces.</summary>
    public static RefSet Written(Fact fact, PathState path, Body body) =>
        path.RefsOf(fact.Target).Where(r => r.Kind == RefRole.View || (r.Kind < RefRole.View && !body.Resources[r.Resource].Kind.IsMadeOfPieces));

    /// <summary>One path for each way in which the call can have ended, as far as it is known what it found.</summary>
    private void Replace(Fact fact, PathState path, Action<PathState> next)
    {
        RefSet refs = path.RefsOf(fact.Target).Where(static r => r.Kind < RefRole.Account);
        bool isOne = refs.Count == 1 && refs[0].Kind == RefRole.Owner;
        Hold? hold = isOne ? path.HoldOf(refs[0].Resource) : null;
        bool mayBeThere = hold is not null && hold.Holding != Holding.NotAcquired;
        bool mayBeNothing = hold is not null ? (hold.Holding & Holding.NotAcquired) != 0 : refs.Count == 0 && path.KnownOf(fact.Target).Classes == Classes.Null;
        if (!mayBeThere && !mayBeNothing)
        {
            next(Forget(path, fact.Target));
            return;
        }

        foreach (Ending ending in mayBeThere ? fact.Replacement!.WhenThere : [])
        {
            PathState ended = ending.Releases && hold!.Holding != Holding.Released ? path.WithHold(refs[0].Resource, hold with { Holding = (hold.Holding & (Holding.HandedOn | Holding.Several)) != 0 ? hold.Holding : Holding.Released, ChangedAt = fact.Operation })
                : hold!.Holding == Holding.Released ? path
                : path.WithHold(refs[0].Resource, hold with { Holding = hold.Holding & ~Holding.NotAcquired });
            Leave(ending.Left, ended);
        }

        foreach (Ending ending in mayBeNothing ? fact.Replacement!.WhenNothing : [])
        {
            Leave(ending.Left, isOne ? path.WithHold(refs[0].Resource, hold! with { Holding = Holding.NotAcquired }) : path);
        }

        void Leave(Left left, PathState ended)
        {
            switch (left)
            {
                case Left.Same:
                    next(ended);
                    break;
                case Left.Nothing:
                    next(WithKnown(Forget(ended, fact.Target), fact.Target, new Known(Classes.Null)));
                    break;
                case Left.Fresh:
                    Acquire(fact.Fresh!, ended, next);
                    break;
            }
        }
    }

    private PathState View(Fact fact, PathState path)
    {
        if (fact.Copies)
        {
            return Copy(fact, path);
        }

        RefSet refs = fact.Recovers ? path.RefsOf(fact.Source).AsOwner()
            : path.RefsOf(fact.Source).As(fact.Role, r => body.Resources[r.Resource].Kind.IsMadeOfPieces);
        if (fact.Accumulates)
        {
            return path.WithRefs(fact.Target, path.RefsOf(fact.Target).Union(refs));
        }

        path = Forget(path, fact.Target).WithRefs(fact.Target, refs);
        return fact.Value is null ? path : path with { Definitions = path.Definitions.Set(fact.Target, fact.Value) };
    }

    /// <summary>Pieces that are copied can be released through either copy; bytes that are copied are other bytes.</summary>
    private PathState Copy(Fact fact, PathState path)
    {
        RefSet pieces = path.RefsOf(fact.Source).Where(r => body.Resources[r.Resource].Kind.IsMadeOfPieces);
        if (pieces.Count == 0)
        {
            return path;
        }

        foreach ((int place, _) in Aliases.Of(body, path, fact.Target))
        {
            path = path.WithRefs(place, path.RefsOf(place).Union(pieces));
        }

        return path;
    }

    private PathState Lend(Fact fact, PathState path)
    {
        RefSet lent = path.RefsOf(fact.Source).Where(static r => r.Kind < RefRole.Account);
        if (fact.Receiver >= 0)
        {
            // Only what the delegate captures that is called.
            RefSet captured = path.RefsOf(fact.Receiver);
            lent = lent.Where(r => captured.Refers(r.Resource));
            if (lent.Count == 0)
            {
                return path;
            }
        }

        for (int i = 0; fact.MayTake && i < lent.Count; i++)
        {
            if (lent[i].Kind < RefRole.View && path.Holds.TryGet(lent[i].Resource, out Hold given))
            {
                path = path.WithHold(lent[i].Resource, given with { MayBeTaken = true });
            }
        }

        Hold before = path.HoldOf(fact.Resource);
        RefSet holds = (before.Holding & Holding.Held) != 0 && path.RefsOf(fact.Target).Refers(fact.Resource) ? before.Holds.Union(lent) : lent;
        if (fact.IsSignalled)
        {
            path = path.WithLoan(fact.Resource, new Hold(Holding.HandedOn, Flowing.Unknown, holds, null));
            foreach (int captured in body.Places[fact.Target].Captured)
            {
                path = path.WithRefs(captured, path.RefsOf(captured).Union(RefSet.Of(fact.Resource, RefRole.Keeper)));
            }

            return path;
        }

        // Who started an operation has a task of it: where that is null, none was started.
        return WithKnown(path, fact.Target, new Known(Classes.NotNull))
            .WithLoan(fact.Resource, new Hold(Holding.Held, fact.Moves != Flowing.Unknown ? fact.Moves : DirectionOf(path, lent), holds, null))
            .WithRefs(fact.Target, path.RefsOf(fact.Target).Union(RefSet.Of(fact.Resource, RefRole.Owner)));
    }

    /// <summary>Which way an operation moves the bytes of what it was lent: the way of the iterators and pages among that, where they agree.</summary>
    private static Flowing DirectionOf(PathState path, RefSet lent)
    {
        Flowing direction = Flowing.Unknown;
        for (int i = 0; i < lent.Count; i++)
        {
            direction |= path.HoldOf(lent[i].Resource).Direction;
        }

        return direction is Flowing.Source or Flowing.Destination ? direction : Flowing.Unknown;
    }

    private PathState Complete(Fact fact, PathState path)
    {
        RefSet refs = path.RefsOf(fact.Source);
        for (int i = 0; i < refs.Count; i++)
        {
            if (body.Resources[refs[i].Resource].Kind == ResourceKind.Loan)
            {
                Hold hold = path.HoldOf(refs[i].Resource);
                path = path.WithLoan(refs[i].Resource, hold with { Holding = Holding.Released, Holds = RefSet.Empty, ChangedAt = fact.Operation });
            }
        }

        if (fact.Target < 0)
        {
            return path;
        }

        path = Forget(path, fact.Target).WithRefs(fact.Target, refs.Where(r => body.Resources[r.Resource].Kind != ResourceKind.Loan));
        return fact.Value is null ? path : path with { Definitions = path.Definitions.Set(fact.Target, fact.Value) };
    }

    /// <summary>What was collected was left to whoever waits for all of it. Who is done after the first has it back.</summary>
    private PathState Reopen(Fact fact, PathState path)
    {
        RefSet refs = path.RefsOf(fact.Source);
        for (int i = 0; i < refs.Count; i++)
        {
            Hold hold = path.HoldOf(refs[i].Resource);
            if (body.Resources[refs[i].Resource].Kind == ResourceKind.Loan && hold.Holding == Holding.HandedOn)
            {
                path = path.WithLoan(refs[i].Resource, hold with { Holding = Holding.Held });
            }
        }

        return path;
    }

    /// <summary>The call that brought what is valid only for its time is over; by a suspension, or before the body began.</summary>
    private PathState End(PathState path, Microsoft.CodeAnalysis.IOperation? suspension)
    {
        foreach (Resource resource in body.Suspendable)
        {
            if (path.Holds.TryGet(resource.Id, out Hold hold) && (hold.Holding & Holding.UserBacked) != 0)
            {
                path = path.WithHold(resource.Id, hold with { Holding = (hold.Holding & ~Holding.UserBacked) | Holding.Stale, ChangedAt = suspension });
            }
        }

        return path;
    }

    private PathState Escape(Fact fact, PathState path)
    {
        if (fact is { Departure: Departure.Returned, Operation: not Microsoft.CodeAnalysis.Operations.IReturnOperation })
        {
            path = Return(fact, path);
        }

        RefSet refs = HandedOn(fact, path, body);
        for (int i = 0; i < refs.Count; i++)
        {
            Resource resource = body.Resources[refs[i].Resource];
            Hold hold = path.HoldOf(resource.Id);

            // Where the instance has it too, native code or a caller that is given it only borrows it.
            bool isKept = fact.Departure is Departure.PassedToNative or Departure.Returned && body.IsKeptByInstance(path, resource.Id);
            if (!isKept && (hold.Holding & (Holding.AnyHeld | Holding.HeldNone)) != 0)
            {
                path = path.WithHold(resource.Id, hold with { Holding = (hold.Holding & ~(Holding.AnyHeld | Holding.HeldNone)) | Holding.HandedOn });
            }
        }

        return path;
    }

    /// <summary>What the caller gets hold of: not what was read out of a buffer, nor what was only made from it.</summary>
    private PathState Return(Fact fact, PathState path)
    {
        RefSet led = WithMembers(fact.Target, path, body).Where(static r => r.Kind is RefRole.Owner or RefRole.Part or RefRole.View);
        for (int i = 0; i < led.Count; i++)
        {
            if (path.Holds.TryGet(led[i].Resource, out Hold hold) && hold.Holding != Holding.Released)
            {
                path = path.WithHold(led[i].Resource, hold with { ReturnedAs = fact.Operation });
            }
        }

        return path;
    }

    /// <summary>What is put into a collection is there for others; of one of the body's own, it matters for what is taken back without being named.</summary>
    private PathState Keep(Fact fact, PathState path, bool isOthers)
    {
        RefSet kept = path.RefsOf(fact.Target).Where(r => r.Kind is < RefRole.Account and not RefRole.Element && (isOthers || body.Resources[r.Resource].Kind.IsTakenBackUnnamed));
        for (int i = 0; i < kept.Count; i++)
        {
            if (path.Holds.TryGet(kept[i].Resource, out Hold hold))
            {
                path = path.WithHold(kept[i].Resource, hold with { KeptBy = fact.Operation });
            }
        }

        return path;
    }

    private static PathState Take(Fact fact, PathState path)
    {
        RefSet taken = path.RefsOf(fact.Target).Where(static r => r.Kind == RefRole.Owner);
        for (int i = 0; i < taken.Count; i++)
        {
            Hold hold = path.HoldOf(taken[i].Resource);
            path = hold.Holding == Holding.HandedOn ? path.WithHold(taken[i].Resource, hold with { TakenBy = fact.Operation }) : path;
        }

        return path;
    }

    /// <summary>The resources whose release an escape makes somebody else's concern.</summary>
    public static RefSet HandedOn(Fact fact, PathState path, Body body)
    {
        RefSet refs = WithMembers(fact.Target, path, body);

        // An iterator leads to bytes, not to the owner that it was made from.
        bool isIterator = refs.Where(r => body.Resources[r.Resource].Kind == ResourceKind.Iterator).Count > 0;
        return refs.Where(r => HandsOn(body.Resources[r.Resource], r.Kind, fact) && !(isIterator && r.Kind == RefRole.View && body.Resources[r.Resource].Kind.HasMode));
    }

    /// <summary>What a place refers to itself and through its members: a struct or tuple that leaves takes them along.</summary>
    public static RefSet WithMembers(int place, PathState path, Body body)
    {
        RefSet refs = path.RefsOf(place);
        if (place >= 0 && body.Places[place].Kind != PlaceKind.This)
        {
            foreach (int member in body.Places[place].Members)
            {
                refs = refs.Union(WithMembers(member, path, body));
            }
        }

        return refs;
    }

    private static bool HandsOn(Resource resource, RefRole kind, Fact fact)
    {
        if (resource.Kind == ResourceKind.Iterator || kind >= RefRole.Account)
        {
            return false;
        }

        if (fact.Departure == Departure.StoredInThis || (fact.Departure == Departure.StoredInParameter && kind < RefRole.View))
        {
            return false;
        }

        if (fact.Departure == Departure.PassedToNative)
        {
            return resource.Kind.IsCallbackState && kind == RefRole.Owner;
        }

        // A task that is returned is still pending when the finally regions around the return run.
        return resource.Kind == ResourceKind.Loan
            ? fact.Departure != Departure.Returned
            : kind < RefRole.View || fact.Departure is Departure.Captured or Departure.TakenOver
                || ((fact.LeadsToOwner || resource.Kind.IsItsAddress) && fact.Departure is Departure.Returned or Departure.Stored or Departure.StoredInParameter)
                || (fact.LeadsToOwner && fact.Departure == Departure.Passed);
    }
}
