using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace BufferLifetime.Analyzers.Flow;

/// <summary>What a callee does with what it is given: gives it back, or, with no <paramref name="Release"/>, only uses it.</summary>
/// <param name="Release">How it is given back.</param>
/// <param name="Returned">How what the call results in refers to it; null where it does not.</param>
internal sealed record Given(Effect.Release? Release, RefRole? Returned = null);

/// <summary>
/// What the methods and local functions of a type do with their parameters, inferred from their own bodies and asked at their calls. Only what
/// is so on every way through a body counts; a callee that may be overridden, that runs later, or that hands on what it is given says nothing.
/// What methods of other types do is asked of <paramref name="others"/>.
/// </summary>
/// <param name="graphOf">The graph of a method of the type; null for any other.</param>
/// <param name="contracts">What calls mean.</param>
/// <param name="others">Who knows the methods of other types; null where nobody does.</param>
/// <param name="depth">How many more types may be gone through from call to call.</param>
/// <param name="cancellation">Ends the work.</param>
internal sealed partial class OwnCallees(Func<ISymbol, ControlFlowGraph?> graphOf, IContractSource contracts, SourceTypes? others, int depth, CancellationToken cancellation)
{
    /// <summary>How deep calls in callees are followed.</summary>
    public const int MaxDepth = 4;

    /// <summary>How many blocks a callee may have to be looked into.</summary>
    public const int MaxBlocks = 200;

    private readonly Dictionary<ISymbol, Given?> _known = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ISymbol, Effect.Acquire?> _gifts = new(SymbolEqualityComparer.Default);
    private int _depth;

    /// <param name="called">The method that is called.</param>
    /// <param name="ordinal">Which of its parameters is asked about.</param>
    /// <param name="local">The local function that is called, if one is.</param>
    public Given? Ask(IMethodSymbol called, int ordinal, NestedFunction? local)
    {
        IMethodSymbol method = called.OriginalDefinition;
        IParameterSymbol parameter = method.Parameters[ordinal];
        if (!CanBeAsked(method, parameter))
        {
            return null;
        }

        if (local is null && IsElsewhere(method))
        {
            return others!.Ask(method, parameter, depth, cancellation);
        }

        if (!_known.TryGetValue(parameter, out Given? given) && _depth < MaxDepth)
        {
            // While it is being found out, nothing is said of it: a method that calls itself.
            _known[parameter] = null;
            _depth++;
            given = Infer(method, parameter, local, ResourceKind.Given);
            if (given is null && parameter.Type is IArrayTypeSymbol or { IsRefLikeType: true })
            {
                // Not the storage, but the pieces that were put in it.
                given = Infer(method, parameter, local, ResourceKind.GivenPieces) is { Release: not null } pieces ? pieces : null;
            }

            _depth--;
            _known[parameter] = given;
        }

        return given;
    }

    /// <summary>What the caller of a method gets from it and has to release: by its result, which is there when an async method has been awaited.</summary>
    public Effect.Acquire? AskResult(IMethodSymbol called, NestedFunction? local) => AskGift(called.OriginalDefinition, called.OriginalDefinition, local);

    /// <summary>As <see cref="AskResult"/>, by an <c>out</c> parameter.</summary>
    public Effect.Acquire? AskOut(IMethodSymbol called, int ordinal, NestedFunction? local) => AskGift(called.OriginalDefinition, called.OriginalDefinition.Parameters[ordinal], local);

    /// <summary>What a method of another type does with what its instance has in a field; null where that is not clear.</summary>
    public FieldFate? AskField(IMethodSymbol method, ISymbol field) => others?.AskField(method.OriginalDefinition, field, depth, cancellation);

    /// <summary>What a constructor of another type leaves in the fields of what it makes; null where that is nothing, or not clear.</summary>
    public Made? AskMade(IMethodSymbol constructor) => IsElsewhere(constructor.OriginalDefinition) || constructor is { IsImplicitlyDeclared: true, ContainingType.DeclaringSyntaxReferences.IsEmpty: false } ? others?.AskMade(constructor.OriginalDefinition, depth, cancellation) : null;

    /// <summary>What an instance of another type takes over by a call of one of its methods; null for nothing.</summary>
    public Taken? AskTaken(IMethodSymbol method, int ordinal) =>
        IsElsewhere(method.OriginalDefinition) ? others!.AskTaken(method.OriginalDefinition, method.OriginalDefinition.Parameters[ordinal], depth, cancellation) : null;

    /// <summary>What an instance of another type has, from a call of one of its methods on, of what that was given; null for nothing.</summary>
    public Kept? AskKept(IMethodSymbol method, int ordinal) =>
        IsElsewhere(method.OriginalDefinition) ? others!.AskKept(method.OriginalDefinition, method.OriginalDefinition.Parameters[ordinal], depth, cancellation) : null;

    /// <summary>The fields of another type whose content is given back when an instance is ended.</summary>
    public IReadOnlyList<ISymbol> OwnedBy(INamedTypeSymbol type) => others?.OwnedBy(type.OriginalDefinition, depth, cancellation) ?? [];

    /// <summary>Whether a method could make something for its caller, as far as its signature tells.</summary>
    public static bool MayGive(IMethodSymbol method) => CanBeGiven(ResultOf(method)) || method.Parameters.Any(static parameter => parameter.RefKind is RefKind.Out or RefKind.Ref && CanBeGiven(parameter.Type));

    private Effect.Acquire? AskGift(IMethodSymbol method, ISymbol by, NestedFunction? local)
    {
        if (!IsSure(method) || !CanBeGiven(by is IParameterSymbol { Type: var type } ? type : ResultOf(method)) || contracts.Find(method) is not null)
        {
            return null;
        }

        if (local is null && IsElsewhere(method))
        {
            return others!.AskGift(method, by as IParameterSymbol, depth, cancellation);
        }

        if (!_gifts.TryGetValue(by, out Effect.Acquire? gift) && _depth < MaxDepth)
        {
            _gifts[by] = null;
            _depth++;
            gift = InferGift(method, by as IParameterSymbol, local);
            _depth--;
            _gifts[by] = gift;
        }

        return gift;
    }

    private Effect.Acquire? InferGift(IMethodSymbol method, IParameterSymbol? parameter, NestedFunction? local)
    {
        if ((local?.Graph ?? graphOf(method)) is not { } graph || graph.Blocks.Length > MaxBlocks)
        {
            return null;
        }

        Body body = Body.Create(graph, method, contracts, cancellation, this);
        if (body.BeginsLater || !body.Resources.Any(static resource => resource.Kind.IsGivenWhole))
        {
            return null;
        }

        var reader = new GiftReader(body, parameter is null ? -1 : body.Places.Of(parameter, PlaceKind.Parameter));
        BodyFlow.Run(body, contracts, reader, cancellation);
        return reader.Conclude(method, parameter is null ? Slot.Result : Slot.Argument(parameter.Ordinal));
    }

    /// <summary>What a call results in, once it has been awaited where that is called for.</summary>
    private static ITypeSymbol ResultOf(IMethodSymbol method) =>
        method is { IsAsync: true, ReturnType: INamedTypeSymbol { TypeArguments: { Length: 1 } awaited } } ? awaited[0] : method.ReturnType;

    private static bool CanBeGiven(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol or IPointerTypeSymbol or { SpecialType: SpecialType.System_IntPtr or SpecialType.System_UIntPtr } => true,
        { TypeKind: TypeKind.Struct, Name: "GCHandle" or "MemoryHandle" } => true,
        { Name: "IDisposable" or "IAsyncDisposable" } => true,
        { SpecialType: SpecialType.None, TypeKind: TypeKind.Class or TypeKind.Interface } => type.AllInterfaces.Any(static implemented => implemented.Name is "IDisposable" or "IAsyncDisposable"),
        _ => false,
    };

    /// <summary>Whether the method is one of another type whose body can be read.</summary>
    private bool IsElsewhere(IMethodSymbol method) =>
        others is not null && !method.DeclaringSyntaxReferences.IsEmpty && method.MethodKind != MethodKind.LocalFunction && graphOf(method) is null;

    /// <summary>Whether the call runs the body that is found, and no other in its place.</summary>
    public static bool IsSure(IMethodSymbol method) =>
        method is { MethodKind: MethodKind.Ordinary or MethodKind.LocalFunction or MethodKind.Constructor or MethodKind.PropertyGet or MethodKind.ExplicitInterfaceImplementation, IsAbstract: false, IsExtern: false }
        && (method is { IsVirtual: false, IsOverride: false } || method.IsSealed || method.ContainingType is { IsSealed: true });

    private bool CanBeAsked(IMethodSymbol method, IParameterSymbol parameter) =>
        IsSure(method) && parameter is { RefKind: RefKind.None, IsParams: false } && CanOwn(parameter.Type) && IsCallersOwn(parameter) && contracts.Find(method) is null;

    /// <summary>Whether the parameter brings what its caller gives it and nothing else; memory that stays the caller's is nothing else.</summary>
    private bool IsCallersOwn(IParameterSymbol parameter) => contracts.FindParameter(parameter) is not { Kind: var kind } || kind == ResourceKind.Borrowed;

    /// <summary>Whether a value of the type can be what is to be given back.</summary>
    public static bool CanOwn(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol or IPointerTypeSymbol or { SpecialType: SpecialType.System_IntPtr or SpecialType.System_UIntPtr } => true,
        { TypeKind: TypeKind.Struct, SpecialType: SpecialType.None } => FactBuilder.CanCarry(type),
        { Name: "IDisposable" or "IAsyncDisposable" } => true,
        { TypeKind: TypeKind.Class or TypeKind.Interface } => type.AllInterfaces.Any(static implemented => implemented.Name is "IDisposable" or "IAsyncDisposable"),
        _ => false,
    };

    private Given? Infer(IMethodSymbol method, IParameterSymbol parameter, NestedFunction? local, ResourceKind kind)
    {
        if ((local?.Graph ?? graphOf(method)) is not { } graph || graph.Blocks.Length > MaxBlocks)
        {
            return null;
        }

        Body body = Body.Create(graph, method, contracts, cancellation, this, isAsked: true);
        Resource resource = body.Give(parameter, kind);
        int place = body.Places.Of(parameter, PlaceKind.Parameter);
        var reader = new Reader(body, resource, place, method);
        PathState entry = new Transfer(body, contracts).Entry()
            .WithRefs(place, RefSet.Of(resource.Id, RefRole.Owner))
            .WithHold(resource.Id, new Hold(Holding.Held | Holding.NotAcquired));
        BodyFlow.Run(body, contracts, reader, cancellation, entry: [entry]);
        return reader.Conclude();
    }

    private sealed class Reader(Body body, Resource given, int place, IMethodSymbol method) : IFlowReader
    {
        private readonly List<Effect.Release> _releases = [];
        private readonly Return _return = new(body);
        private bool _isUnclear;
        private Holding _left;

        public void OnFact(Fact fact, PathSet before)
        {
            bool isAsync = method.IsAsync;
            if (fact is { Kind: FactKind.Escape, Departure: Departure.Returned } && !isAsync && !body.BeginsLater)
            {
                _return.OnFact(fact, before, given);
                return;
            }

            // What is lent or handed on, or met only later, is nothing that the call has done when it returns.
            _isUnclear |= (fact.Kind == FactKind.Suspend && !isAsync) || before.IsMerged;
            foreach (PathState path in before.Paths)
            {
                switch (fact)
                {
                    case { Kind: FactKind.Release, Effect: Effect.Release release } when Transfer.Released(fact, path, body).Refers(given.Id):
                        _releases.Add(release);
                        break;
                    case { Kind: FactKind.Release } when path.RefsOf(fact.Target).Where(static r => r.Kind < RefRole.Account).Refers(given.Id):
                        // By another address than its own: what that is, only this method knows.
                        _isUnclear = true;
                        break;
                    case { Kind: FactKind.Escape }:
                        _isUnclear |= path.RefsOf(fact.Target).Where(static r => r.Kind < RefRole.Account).Refers(given.Id);
                        break;
                    case { Kind: FactKind.Lend } when !isAsync || fact.IsSignalled || fact.MayTake:
                        _isUnclear |= path.RefsOf(fact.Source).Where(static r => r.Kind < RefRole.Account).Refers(given.Id);
                        break;
                    case { Kind: FactKind.Assign } when fact.Target == place:
                        _isUnclear = true;
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

            _return.OnExit(returned);
            foreach (PathState path in atExit.Paths)
            {
                Holding left = path.HoldOf(given.Id).Holding;
                _left |= (left & ~Holding.NotAcquired) == Holding.HandedOn && _return.IsOfAll ? Holding.Held : left;
                path.ForEachPending((_, loan) => _isUnclear |= loan.Holds.Refers(given.Id));
                path.Refs.ForEach((kept, refs) => _isUnclear |= body.Outlives(kept) && refs.Where(static r => r.Kind < RefRole.View).Refers(given.Id));
            }
        }

        public Given? Conclude()
        {
            Holding left = _left & ~Holding.NotAcquired;
            return _isUnclear || _return.IsUnclear ? null
                : left == Holding.Released && _releases.Count > 0 && _return.Role is null ? new Given(Releases.Common(_releases))
                : left == Holding.Held && _releases.Count == 0 ? new Given(Release: null, _return.Role)
                : null;
        }
    }
}

/// <summary>What the releases of one thing on different ways have in common.</summary>
internal static class Releases
{
    public static Effect.Release Common(List<Effect.Release> releases)
    {
        Effect.Release common = releases[0];
        foreach (Effect.Release other in releases)
        {
            common = common with { Accepts = common.Accepts | other.Accepts, Repeatable = common.Repeatable && other.Repeatable };
        }

        return common;
    }
}

/// <summary>Whether what a body returns is, on every way, the same thing or something that is derived from it.</summary>
internal sealed class Return(Body body)
{
    private readonly HashSet<IOperation> _seen = [];
    private bool _isOfOther;

    /// <summary>How what is returned refers to it; null where nothing does.</summary>
    public RefRole? Role { get; private set; }

    /// <summary>Whether only some of what is returned refers to it.</summary>
    public bool IsUnclear => Role is not null && _isOfOther;

    public bool IsOfAll => Role is not null && !_isOfOther;

    public void OnFact(Fact fact, PathSet before, Resource followed)
    {
        _seen.Add(fact.Operation);
        foreach (PathState path in before.Paths)
        {
            RefSet refs = path.RefsOf(fact.Target).Where(static r => r.Kind < RefRole.Account);
            bool isSure = refs.Count == 1 && (path.HoldOf(followed.Id).Holding & ~Holding.NotAcquired) == Holding.Held && body.Places[fact.Target].Members.Count == 0;
            if (!refs.Refers(followed.Id) || !isSure)
            {
                _isOfOther = true;
                Role = refs.Refers(followed.Id) ? Role ?? refs[0].Kind : Role;
                continue;
            }

            Role = Role is { } known && known > refs[0].Kind ? known : refs[0].Kind;
        }
    }

    /// <param name="returned">What is returned; null where nothing is.</param>
    public void OnExit(IOperation? returned) => _isOfOther |= returned is not null && !_seen.Contains(returned);
}
