using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Flow;

/// <summary>
/// Finds out what a body gives to its caller: something that it acquired itself, that nobody else has, and that is the caller's to release from
/// then on. Only where that is so on every way out, or where what is returned tells on which ways it is not.
/// </summary>
/// <param name="body">The body.</param>
/// <param name="into">The <c>out</c> parameter that is asked about; -1 for the result.</param>
internal sealed class GiftReader(Body body, int into) : IFlowReader
{
    private readonly Dictionary<int, Holding> _given = [];
    private readonly HashSet<IOperation> _returned = [];
    private bool _isUnclear;
    private bool _gives;
    private bool _givesNothing;
    private bool _contradictsResult;
    private bool _mayBeEmpty;

    public void OnFact(Fact fact, PathSet before)
    {
        _isUnclear |= before.IsMerged;
        if (into >= 0 || fact is not { Kind: FactKind.Escape, Departure: Departure.Returned })
        {
            return;
        }

        _returned.Add(fact.Operation);
        foreach (PathState path in before.Paths)
        {
            Note(fact.Target, path);
        }
    }

    public void OnExit(ExitKind exit, IOperation? returned, BasicBlock from, PathSet atExit)
    {
        if (exit != ExitKind.Return)
        {
            return;
        }

        if (into < 0)
        {
            bool isNull = IsNothing(returned);
            _givesNothing |= isNull;
            _isUnclear |= !isNull && (returned is null || !_returned.Contains(returned));
            return;
        }

        foreach (PathState path in atExit.Paths)
        {
            bool gives = Note(into, path);
            _contradictsResult |= returned is not { ConstantValue: { HasValue: true, Value: bool told } } || told != gives;
        }
    }

    /// <summary>What the caller of <paramref name="method"/> acquires by calling it, or null where that is not clear.</summary>
    /// <param name="method">The method.</param>
    /// <param name="target">Where in the call it is.</param>
    public Effect.Acquire? Conclude(IMethodSymbol method, Slot target)
    {
        if (_isUnclear || !_gives || (_givesNothing && into >= 0 && _contradictsResult))
        {
            return null;
        }

        ResourceKind? kind = null;
        Holding held = Holding.Nothing;
        int iterator = -1;
        List<string?> tags = [];
        foreach (KeyValuePair<int, Holding> given in _given)
        {
            Resource resource = body.Resources[given.Key];
            Fact? acquisition = body.Facts.FirstOrDefault(fact => fact.Kind == FactKind.Acquire && fact.Resource == given.Key);
            if (acquisition is null || (kind is not null && kind != resource.Kind))
            {
                return null;
            }

            int from = acquisition is { Effect: Effect.Acquire { ModeFrom: not null }, Flags: null or Expression.Constant { Value: 0 } } ? GivenIterator(acquisition.Source) : -1;
            iterator = kind is null || iterator == from ? from : -1;
            kind = resource.Kind;
            held |= given.Value;
            tags.Add(resource.Acquisition!.Tag);
        }

        // What heap a block comes from its caller has to know; where it can be of either, nobody does.
        if (kind!.IsItsAddress && tags.Distinct().Count() > 1)
        {
            return null;
        }

        Success when = _mayBeEmpty ? Success.ResultTells : !_givesNothing ? Success.Always : into >= 0 ? Success.ResultTrue : kind.IsItsAddress ? Success.ResultTells : Success.ResultSet;
        return iterator >= 0
            ? new Effect.Acquire(target, kind, Holding.Nothing, ModeFrom: Slot.Argument(iterator), When: when)
            : new Effect.Acquire(target, kind, held, When: when, Tag: kind.IsItsAddress ? tags[0] : null);
    }

    /// <summary>Whether what is returned is nothing: null, or the address that no block has.</summary>
    private static bool IsNothing(IOperation? returned) => returned switch
    {
        { ConstantValue: { HasValue: true, Value: var value } } => value is null or 0,
        IConversionOperation { Operand: var operand } => IsNothing(operand),
        IFieldReferenceOperation { Field: { IsStatic: true, Name: nameof(IntPtr.Zero), ContainingType.SpecialType: SpecialType.System_IntPtr or SpecialType.System_UIntPtr } } => true,
        IDefaultValueOperation { Type: IPointerTypeSymbol or { SpecialType: SpecialType.System_IntPtr or SpecialType.System_UIntPtr } } => true,
        _ => false,
    };

    /// <summary>Which parameter the iterator in the place is, as it was given.</summary>
    private int GivenIterator(int place) => place >= 0 && body.Places[place] is { Kind: PlaceKind.Parameter, Symbol: IParameterSymbol { RefKind: RefKind.None } parameter } && SymbolEqualityComparer.Default.Equals(parameter.ContainingSymbol, body.Owner) ? parameter.Ordinal : -1;

    /// <summary>Notes what the place has to give on a path; true if there is something.</summary>
    private bool Note(int place, PathState path)
    {
        RefSet refs = path.RefsOf(place);
        if (refs.Count == 1 && body.Resources[refs[0].Resource].Kind.IsMadeOfPieces && path.HoldOf(refs[0].Resource).Holding == Holding.NotAcquired)
        {
            // The storage is there, with nothing in it.
            _mayBeEmpty = true;
            return true;
        }

        if (refs.Count == 0 || (refs.Count == 1 && refs[0].Kind == RefRole.Owner && path.HoldOf(refs[0].Resource).Holding == Holding.NotAcquired))
        {
            // Nothing that is followed: nothing at all only where it is null, or, in a parameter, where the result says so.
            _givesNothing = true;
            _isUnclear |= into < 0 && (path.KnownOf(place).Classes & ~(Classes.Null | Classes.Zero)) != 0;
            return false;
        }

        Resource resource = body.Resources[refs[0].Resource];
        Holding held = path.HoldOf(resource.Id).Holding;
        bool isFresh = refs.Count == 1 && refs[0].Kind == RefRole.Owner && resource is { Original: null, Parameter: null, Acquisition: not null } && resource.Kind.IsGivenWhole
            && (held & (Holding.AnyHeld | Holding.HeldNone)) != 0 && (held & ~(Holding.AnyHeld | Holding.HeldNone)) == 0 && !path.HoldOf(resource.Id).MayBeTaken && !IsKept(path, resource.Id);
        _isUnclear |= !isFresh;
        _gives = true;
        _given[resource.Id] = (_given.TryGetValue(resource.Id, out Holding before) ? before : Holding.Nothing) | held;
        return true;
    }

    /// <summary>Whether somebody else has it, too.</summary>
    private bool IsKept(PathState path, int resource)
    {
        bool kept = false;
        path.Refs.ForEach((place, refs) => kept |= place != into && body.StorageOutlives(place) && refs.Where(static r => r.Kind < RefRole.Account).Refers(resource));
        return kept;
    }
}
