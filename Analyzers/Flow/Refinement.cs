using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Flow;

/// <summary>What the outcome of a condition tells of a path, and whether the path allows it.</summary>
internal sealed class Refinement(Body body, IContractSource contracts)
{
    /// <summary>How far a chain of definitions is followed: a copy of a copy of a comparison.</summary>
    public const int MaxDepth = 8;

    public PathState? Assume(PathState path, Expression condition, bool outcome) => Assume(path, condition, outcome, 0);

    /// <summary>What a path knows of the value of an expression.</summary>
    public Known Evaluate(PathState path, Expression? value)
    {
        switch (value)
        {
            case Expression.Constant constant:
                return Known.Of(constant.Value);
            case Expression.Of of:
                return path.KnownOf(of.Place);
            case Expression.Not or Expression.Compare or Expression.And:
                bool canHold = Assume(path, value, true, 0) is not null;
                bool canFail = Assume(path, value, false, 0) is not null;
                return canHold == canFail ? new Known(Classes.Zero | Classes.Positive) : Known.Of(canHold);
            default:
                return Known.Anything;
        }
    }

    private PathState? Assume(PathState path, Expression condition, bool outcome, int depth)
    {
        if (depth > MaxDepth)
        {
            return path;
        }

        switch (condition)
        {
            case Expression.Constant constant:
                return constant.Value is not bool value || value == outcome ? path : null;
            case Expression.Not not:
                return Assume(path, not.Operand, !outcome, depth + 1);
            case Expression.Anything:
                return path;
            case Expression.And conjunction when outcome:
                return IsRefuted(path, conjunction) ? null : Assume(path, conjunction.Left, true, depth + 1) is { } first ? Assume(first, conjunction.Right, true, depth + 1) : null;
            case Expression.And conjunction:
                // One of the two fails; which one is told only where the other is sure to hold. That not both hold is known all the same.
                return Assume(path, conjunction.Left, false, depth + 1) is not { } leftFails ? Assume(path, conjunction.Right, false, depth + 1)
                    : Assume(path, conjunction.Right, false, depth + 1) is null ? leftFails
                    : conjunction.IsAsked ? Remember(path, Original(path, conjunction), false)
                    : path;
            case Expression.Of of:
                return Narrow(path, of.Place, outcome ? Classes.Positive : Classes.Zero, outcome, depth);
            case Expression.Inspected inspected:
                return Inspect(path, inspected, outcome);
            case Expression.Compare { Relation: Relation.Equal, Right: Expression.Constant constant } equal:
                return AssumeEqual(path, equal.Left, constant.Value, outcome, depth);
            case Expression.Compare { Relation: Relation.Equal, Left: Expression.Of left, Right: Expression.Of right } when AreSame(path, left.Place, right.Place) is { } same:
                return same == outcome ? path : null;
            case Expression.Compare { Relation: Relation.Equal, Left: Expression.Of one, Right: Expression.Of other } when (path.KnownOf(one.Place).Classes & path.KnownOf(other.Place).Classes) == Classes.None:
                return outcome ? null : path;
            case Expression.Compare { Relation: Relation.Equal, Left: Expression.Of one, Right: Expression.Of other } when IsFirst(path, one.Place) || IsFirst(path, other.Place):
                return outcome ? Complete(path, IsFirst(path, one.Place) ? other.Place : one.Place) : path;
            case Expression.Compare { Right: Expression.Constant bound } compare:
                return AssumeSide(path, compare, compare.Left, Side(compare.Relation, bound.Value, isLeft: false, outcome), outcome, depth);
            case Expression.Compare { Left: Expression.Constant bound } compare:
                return AssumeSide(path, compare, compare.Right, Side(compare.Relation, bound.Value, isLeft: true, outcome), outcome, depth);
            default:
                return Remember(path, condition, outcome);
        }
    }

    /// <summary>Whether the place has one of several operations that is known to be over, whichever it is.</summary>
    private static bool IsFirst(PathState path, int place)
    {
        for (int depth = 0; depth < MaxDepth && path.Definitions.TryGet(place, out Expression definition); depth++)
        {
            if (definition is not Expression.Of of)
            {
                return definition is Expression.Winner;
            }

            place = of.Place;
        }

        return false;
    }

    /// <summary>Whether it is known that not both of them hold.</summary>
    private bool IsRefuted(PathState path, Expression.And conjunction) =>
        conjunction.IsAsked && path.Truths.TryGet(body.Expressions.Number(Original(path, conjunction)), out BoxedBool known) && !known.Value;

    /// <summary>The same question, asked of what is captured, not of the capture.</summary>
    private static Expression Original(PathState path, Expression question) => question switch
    {
        Expression.Of of => path.Definitions.TryGet(of.Place, out Expression definition) && definition is Expression.Of ? definition : of,
        Expression.Not not => new Expression.Not(Original(path, not.Operand)),
        Expression.And and => new Expression.And(Original(path, and.Left), Original(path, and.Right)),
        Expression.Compare compare => compare with { Left = Original(path, compare.Left), Right = Original(path, compare.Right) },
        _ => question,
    };

    /// <summary>Whether two places surely have the same object, or surely two; null where either may be.</summary>
    private bool? AreSame(PathState path, int left, int right)
    {
        RefSet ofLeft = path.RefsOf(left);
        RefSet ofRight = path.RefsOf(right);
        if (ofLeft.Count != 1 || ofRight.Count != 1 || ofLeft[0].Kind != RefRole.Owner || ofRight[0].Kind != RefRole.Owner || !IsOneObject(path, ofLeft[0].Resource) || !IsOneObject(path, ofRight[0].Resource))
        {
            return null;
        }

        return ofLeft[0].Resource == ofRight[0].Resource;
    }

    private bool IsOneObject(PathState path, int resource) =>
        body.Resources[resource].Kind.IsReference && (path.HoldOf(resource).Holding & (Holding.Several | Holding.NotAcquired)) == 0 && path.HoldOf(resource).Holding != Holding.Nothing;

    private PathState? AssumeEqual(PathState path, Expression left, object? constant, bool outcome, int depth)
    {
        if (left is Expression.Inspected { What: Inspection.Mode or Inspection.Direction or Inspection.Backing } inspected)
        {
            return Inspect(path, inspected, constant, outcome);
        }

        if (left is Expression.Inspected { What: Inspection.Amount or Inspection.LeaseAmount } amount)
        {
            // Zero, or not zero, or some amount: each says whether anything was acquired.
            return Known.ClassOf(constant) == Classes.Zero ? Inspect(path, amount, !outcome)
                : outcome ? Inspect(path, amount, outcome: true)
                : path;
        }

        if (left is Expression.Inspected flag && constant is bool truth)
        {
            return Inspect(path, flag, truth == outcome);
        }

        if (left is Expression.Not or Expression.Compare or Expression.And && constant is bool expected)
        {
            return Assume(path, left, expected == outcome, depth + 1);
        }

        if (left is not Expression.Of { Place: var place })
        {
            return Remember(path, new Expression.Compare(Relation.Equal, left, new Expression.Constant(constant)), outcome);
        }

        Known known = path.KnownOf(place);
        Classes of = Known.ClassOf(constant);
        if (outcome)
        {
            return known.Constant is not null && constant is not null && !known.Constant.Equals(constant) && known.Constant.GetType() == constant.GetType()
                ? null
                : Narrow(path, place, of, constant, depth);
        }

        if (known.Constant is not null && known.Constant.Equals(constant))
        {
            return null;
        }

        // Only classes with one member can be excluded by one value.
        if (constant is null or bool || of == Classes.Zero)
        {
            return Narrow(path, place, Classes.All & ~of, constant, depth, equal: false);
        }

        PathState? remembered = Remember(path, new Expression.Compare(Relation.Equal, left, new Expression.Constant(constant)), false);
        return remembered is null ? null : FollowDefinition(remembered, place, constant, equal: false, depth);
    }

    private PathState? AssumeSide(PathState path, Expression condition, Expression value, Classes allowed, bool outcome, int depth)
    {
        if (value is Expression.Inspected { What: Inspection.Amount or Inspection.LeaseAmount } amount)
        {
            return allowed == Classes.Positive ? Inspect(path, amount, outcome: true)
                : (allowed & Classes.Positive) == 0 ? Inspect(path, amount, outcome: false)
                : path;
        }

        if (value is Expression.Of { Place: var place })
        {
            PathState? narrowed = Narrow(path, place, allowed, null, depth, equal: false);
            if (narrowed is null || allowed != Classes.All)
            {
                return narrowed is null ? null : Remember(narrowed, condition, outcome);
            }
        }

        return Remember(path, condition, outcome);
    }

    /// <summary>The signs that a value can have on the given side of a bound.</summary>
    private static Classes Side(Relation relation, object? bound, bool isLeft, bool outcome)
    {
        Classes of = Known.ClassOf(bound);
        if (of == Classes.Null || bound is null or bool)
        {
            return Classes.All;
        }

        // value < bound, value <= bound, or (isLeft) bound < value, bound <= value; a failed one is the opposite with the other strictness.
        bool below = isLeft != outcome;
        bool strict = (relation == Relation.Less) == outcome;
        bool isOne = bound is 1 or 1L or 1u or 1ul;
        bool isMinusOne = bound is -1 or -1L;
        if (below)
        {
            return of switch
            {
                Classes.Zero => strict ? Classes.Negative : Classes.Negative | Classes.Zero,
                Classes.Negative => Classes.Negative,
                _ => isOne && strict ? Classes.Negative | Classes.Zero : Classes.All,
            };
        }

        return of switch
        {
            Classes.Zero => strict ? Classes.Positive : Classes.Positive | Classes.Zero,
            Classes.Positive => Classes.Positive,
            _ => isMinusOne && strict ? Classes.Positive | Classes.Zero : Classes.All,
        };
    }

    /// <summary>The classes of the values that a place can have at all: what is neither true nor false is no truth value.</summary>
    private Classes Possible(int place) =>
        body.Places[place].Symbol is ILocalSymbol { Type.SpecialType: SpecialType.System_Boolean } or IParameterSymbol { Type.SpecialType: SpecialType.System_Boolean }
            ? Classes.Zero | Classes.Positive
            : Classes.All;

    private PathState? Narrow(PathState path, int place, Classes allowed, object? constant, int depth, bool equal = true)
    {
        Known known = path.KnownOf(place);
        Classes classes = known.Classes & allowed & Possible(place);
        if (classes == Classes.None)
        {
            return null;
        }

        if (!body.Places[place].IsShared)
        {
            path = path with { Known = path.Known.Set(place, new Known(classes, equal ? constant ?? known.Constant : known.Constant)) };
        }

        if (allowed is Classes.Null or Classes.NotNull || (allowed & Classes.Null) == 0 && constant is null && !equal && allowed != Classes.All)
        {
            path = TellWhetherNull(path, place, classes);
        }

        if ((classes & Classes.Positive) == 0)
        {
            path = TellThatEmpty(path, place);
        }

        return FollowDefinition(path, place, constant, equal, depth, allowed);
    }

    /// <summary>A null that stands where a resource would stand says that it was not acquired on this path.</summary>
    private static PathState TellWhetherNull(PathState path, int place, Classes classes)
    {
        RefSet refs = path.RefsOf(place);
        if (classes != Classes.Null || refs.Count != 1 || refs[0].Kind != RefRole.Owner)
        {
            return path;
        }

        Hold hold = path.HoldOf(refs[0].Resource);
        return (hold.Holding & Holding.NotAcquired) != 0 ? path.WithHold(refs[0].Resource, hold with { Holding = Holding.NotAcquired }) : path;
    }

    /// <summary>An array of no elements is nobody's to give back: there is nothing in it.</summary>
    private PathState TellThatEmpty(PathState path, int place)
    {
        if (body.Places[place] is not { Kind: PlaceKind.Member, Parent: >= 0 and var array, Symbol: IPropertySymbol { Name: "Length", ContainingType.SpecialType: SpecialType.System_Array } }
            || path.RefsOf(array) is not { Count: 1 } refs || refs[0].Kind != RefRole.Owner || body.Resources[refs[0].Resource].Kind != ResourceKind.Rental)
        {
            return path;
        }

        Hold hold = path.HoldOf(refs[0].Resource);
        return (hold.Holding & Holding.AnyHeld) != 0 ? path.WithHold(refs[0].Resource, hold with { Holding = Holding.NotAcquired }) : path;
    }

    private PathState? FollowDefinition(PathState path, int place, object? constant, bool equal, int depth, Classes allowed = Classes.All)
    {
        if (!path.Definitions.TryGet(place, out Expression definition))
        {
            return path;
        }

        switch (definition)
        {
            case Expression.Of of when depth < MaxDepth:
                return equal ? AssumeEqual(path, of, constant, true, depth + 1)
                    : allowed != Classes.All ? Narrow(path, of.Place, allowed, constant, depth + 1, equal: false)
                    : AssumeEqual(path, of, constant, false, depth + 1);
            case Expression.Inspected { What: Inspection.Mode or Inspection.Direction or Inspection.Backing } inspected when constant is not null:
                return Inspect(path, inspected, constant, equal);
            case Expression.Inspected { What: Inspection.Amount or Inspection.LeaseAmount } amount:
                return allowed == Classes.Positive ? Inspect(path, amount, outcome: true)
                    : (allowed & Classes.Positive) == 0 ? Inspect(path, amount, outcome: false)
                    : path;
            case Expression.Inspected inspected when (allowed & (Classes.Zero | Classes.Positive)) is Classes.Zero or Classes.Positive:
                return Inspect(path, inspected, (allowed & Classes.Positive) != 0);
            case Expression.Not or Expression.Compare or Expression.And when (allowed & (Classes.Zero | Classes.Positive)) is Classes.Zero or Classes.Positive:
                return Assume(path, definition, (allowed & Classes.Positive) != 0, depth + 1);
            default:
                return path;
        }
    }

    /// <summary>A yes-or-no inspection has the given outcome.</summary>
    private PathState? Inspect(PathState path, Expression.Inspected inspected, bool outcome)
    {
        if (inspected.What == Inspection.Completed)
        {
            return outcome ? Complete(path, inspected.Place) : path;
        }

        if (inspected.What == Inspection.Signalled)
        {
            return Signal(path, inspected.Place, outcome);
        }

        if (Subject(path, inspected.Place) is not { } resource)
        {
            // What was never set, or was cleared by its release, holds nothing.
            bool isNothing = inspected.What == Inspection.IsHeld && path.RefsOf(inspected.Place).Count == 0 && path.KnownOf(inspected.Place) is { IsAnything: false, Classes: var classes } && (classes & ~(Classes.Null | Classes.Zero)) == 0;
            return outcome && isNothing ? null : path;
        }

        Hold hold = path.HoldOf(resource);
        return inspected.What switch
        {
            Inspection.IsUserBacked => Keep(path, resource, hold, outcome ? Holding.UsersOwn : Holding.NotUsers),
            Inspection.WillPin => Keep(path, resource, hold, outcome ? Holding.Pinnable : Holding.Stable),
            Inspection.IsHeld when IsReleasedByCopy(inspected.Place, resource, hold) => outcome ? path : null,
            Inspection.IsHeld => Keep(path, resource, hold, outcome ? ~Over : Over | Holding.HandedOn),
            Inspection.Amount => Keep(path, resource, hold, outcome ? ~Holding.NotAcquired : Holding.NotAcquired),
            Inspection.LeaseAmount when !outcome => path.WithHold(resource, hold with { Holding = Holding.NotAcquired }),
            Inspection.IsEmpty when outcome => path.WithHold(resource, hold with { Holding = Holding.NotAcquired }),
            _ => path,
        };
    }

    /// <summary>Whether a handle was released through another variable than the one asked, which still says that it is held.</summary>
    private bool IsReleasedByCopy(int place, int resource, Hold hold) =>
        body.Resources[resource].Kind.ClearsItsVariable && hold.Holding is Holding.Released or Holding.Dangling && body.Places[place].Symbol is { } variable
        && !hold.IsKnownTo(variable);

    /// <summary>The operations that a task stands for are over.</summary>
    private PathState Complete(PathState path, int place)
    {
        RefSet operations = path.RefsOf(place).Where(r => body.Resources[r.Resource].Kind == ResourceKind.Loan);
        for (int i = 0; i < operations.Count; i++)
        {
            path = path.WithLoan(operations[i].Resource, path.HoldOf(operations[i].Resource) with { Holding = Holding.Released, Holds = RefSet.Empty });
        }

        return path;
    }

    /// <summary>A wait for what a callback signals has ended: the operation is over, or it was given up and goes on.</summary>
    private static PathState Signal(PathState path, int place, bool outcome)
    {
        RefSet operations = path.RefsOf(place).Where(static r => r.Kind == RefRole.Keeper);
        for (int i = 0; i < operations.Count; i++)
        {
            Hold hold = path.HoldOf(operations[i].Resource);
            path = path.WithLoan(operations[i].Resource, hold with { Holding = outcome ? Holding.Released : Holding.Held });
        }

        return path;
    }

    /// <summary>An inspection has, or has not, the given value.</summary>
    private PathState? Inspect(PathState path, Expression.Inspected inspected, object? constant, bool equal)
    {
        if (inspected.Flags is not null)
        {
            return TellModeOfFlags(path, inspected, contracts.ModeOf(constant), equal);
        }

        if (Subject(path, inspected.Place) is not { } resource)
        {
            return path;
        }

        Hold hold = path.HoldOf(resource);
        if (inspected.What == Inspection.Direction)
        {
            Flowing said = contracts.DirectionOf(constant);
            Flowing direction = equal ? said : said == Flowing.Source ? Flowing.Destination : said == Flowing.Destination ? Flowing.Source : Flowing.Unknown;
            return direction == Flowing.Unknown ? path
                : hold.Direction == Flowing.Unknown ? path.WithHold(resource, hold with { Direction = direction })
                : hold.Direction == direction ? path
                : null;
        }

        if (inspected.What == Inspection.Backing)
        {
            return InspectBacking(path, inspected, constant, equal, resource);
        }

        Holding mode = contracts.ModeOf(constant);
        if (mode == Holding.Nothing)
        {
            return path;
        }

        if ((hold.Holding & Holding.AnyIterator) != 0)
        {
            // The mode that an iterator would be extracted in, if nothing else is asked for: none exactly when it is stable, else by pin.
            bool stable = (mode == Holding.HeldNone) == equal;
            return equal || mode is Holding.HeldNone or Holding.HeldPin ? Keep(path, resource, hold, stable ? Holding.Stable : Holding.Pinnable) : path;
        }

        return Keep(path, resource, hold, equal ? mode | OtherThanModes : ~mode, keepOthers: true);
    }

    /// <summary>What flags mean for an iterator is how everything is held that was extracted from it with the same flags.</summary>
    private PathState? TellModeOfFlags(PathState path, Expression.Inspected inspected, Holding mode, bool equal)
    {
        PathState? told = path;
        foreach (Resource resource in mode == Holding.Nothing ? [] : body.Resources)
        {
            if (told is not null && resource.AskedBy is { } asked && asked.Iterator == inspected.Place && asked.Flags.Equals(inspected.Flags))
            {
                told = Keep(told, resource.Id, told.HoldOf(resource.Id), equal ? mode | OtherThanModes : ~mode, keepOthers: true);
            }
        }

        return told;
    }

    /// <summary>One backing is said, or excluded: once all that are the caller's are excluded, the memory is not the caller's.</summary>
    private PathState? InspectBacking(PathState path, Expression.Inspected inspected, object? constant, bool equal, int resource)
    {
        bool isUsers = false;
        bool othersExcluded = true;
        foreach (object backing in contracts.UserBackings)
        {
            bool isThis = backing.Equals(constant);
            isUsers |= isThis;
            othersExcluded &= isThis || (path.Truths.TryGet(body.Expressions.Number(Is(inspected, backing)), out BoxedBool said) && !said.Value);
        }

        PathState? remembered = constant is null ? path : Remember(path, Is(inspected, constant), equal);
        if (remembered is null || (isUsers && !equal && !othersExcluded) || (!isUsers && !equal))
        {
            return remembered;
        }

        return Keep(remembered, resource, remembered.HoldOf(resource), isUsers && equal ? Holding.UsersOwn : Holding.NotUsers);
    }

    private static Expression.Compare Is(Expression.Inspected inspected, object constant) =>
        new(Relation.Equal, inspected, new Expression.Constant(constant));

    private const Holding OtherThanModes = Over | Holding.HandedOn;

    private const Holding Over = Holding.Released | Holding.Dangling | Holding.Gone | Holding.NotAcquired;

    private static PathState? Keep(PathState path, int resource, Hold hold, Holding allowed, bool keepOthers = false)
    {
        if (hold.Holding == Holding.Nothing)
        {
            return path;
        }

        Holding left = hold.Holding & allowed;
        if (left == Holding.Nothing)
        {
            return keepOthers && (hold.Holding & (Holding.AnyHeld | Holding.HeldNone)) == 0 ? path : null;
        }

        return left == hold.Holding ? path : path.WithHold(resource, hold with { Holding = left });
    }

    private static int? Subject(PathState path, int place)
    {
        RefSet refs = path.RefsOf(place).Where(static r => r.Kind is not (RefRole.View or RefRole.Container));
        return refs.Count == 1 ? refs[0].Resource : null;
    }

    private PathState? Remember(PathState path, Expression condition, bool outcome)
    {
        bool readsShared = false;
        condition.CollectPlaces(place => readsShared |= body.Places[place].IsShared || body.Places[place].Kind == PlaceKind.Temporary);
        if (readsShared)
        {
            return path;
        }

        int number = body.Expressions.Number(condition);
        return path.Truths.TryGet(number, out BoxedBool known)
            ? known.Value == outcome ? path : null
            : path with { Truths = path.Truths.Set(number, BoxedBool.Of(outcome)) };
    }
}
