using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace BufferLifetime.Analyzers.Flow;

/// <summary>What a callee does with what it is given: gives it back, or, with no <paramref name="Release"/>, only uses it.</summary>
internal sealed record Given(Effect.Release? Release);

/// <summary>
/// What the methods and local functions of a type do with their parameters, inferred from their own bodies and asked at their calls. Only what
/// is so on every way through a body counts; a callee that may be overridden, that runs later, or that hands on what it is given says nothing.
/// Methods of other types are not looked into: their bodies arrive in an order that differs from run to run.
/// </summary>
internal sealed partial class OwnCallees(Func<ISymbol, ControlFlowGraph?> graphOf, IContractSource contracts, CancellationToken cancellation)
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

        if (!_known.TryGetValue(parameter, out Given? given) && _depth < MaxDepth)
        {
            // While it is being found out, nothing is said of it: a method that calls itself.
            _known[parameter] = null;
            _depth++;
            given = Infer(method, parameter, local, ResourceKind.Given);
            if (given is null && parameter.Type is IArrayTypeSymbol or { IsRefLikeType: true })
            {
                // Not the storage, but the pieces that were put in it.
                given = Infer(method, parameter, local, ResourceKind.GivenPieces);
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

    /// <summary>Whether a method could make something for its caller, as far as its signature tells.</summary>
    public static bool MayGive(IMethodSymbol method) => CanBeGiven(ResultOf(method)) || method.Parameters.Any(static parameter => parameter.RefKind is RefKind.Out or RefKind.Ref && CanBeGiven(parameter.Type));

    private Effect.Acquire? AskGift(IMethodSymbol method, ISymbol by, NestedFunction? local)
    {
        if (!IsSure(method) || !CanBeGiven(by is IParameterSymbol { Type: var type } ? type : ResultOf(method)) || contracts.Find(method) is not null)
        {
            return null;
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
        IArrayTypeSymbol => true,
        { Name: "IDisposable" or "IAsyncDisposable" } => true,
        { SpecialType: SpecialType.None, TypeKind: TypeKind.Class or TypeKind.Interface } => type.AllInterfaces.Any(static implemented => implemented.Name is "IDisposable" or "IAsyncDisposable"),
        _ => false,
    };

    /// <summary>Whether the call runs the body that is found, and no other in its place.</summary>
    private static bool IsSure(IMethodSymbol method) =>
        method is { MethodKind: MethodKind.Ordinary or MethodKind.LocalFunction, IsVirtual: false, IsOverride: false, IsAbstract: false, IsExtern: false };

    private bool CanBeAsked(IMethodSymbol method, IParameterSymbol parameter) =>
        IsSure(method) && parameter is { RefKind: RefKind.None, IsParams: false } && CanOwn(parameter.Type) && contracts.FindParameter(parameter) is null && contracts.Find(method) is null;

    /// <summary>Whether a value of the type can be what is to be given back.</summary>
    private static bool CanOwn(ITypeSymbol type) => type switch
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

        Body body = Body.Create(graph, method, contracts, cancellation, this);
        Resource resource = body.Give(parameter, kind);
        int place = body.Places.Of(parameter, PlaceKind.Parameter);
        var reader = new Reader(body, resource, place, method.IsAsync);
        PathState entry = new Transfer(body, contracts).Entry()
            .WithRefs(place, RefSet.Of(resource.Id, RefRole.Owner))
            .WithHold(resource.Id, new Hold(Holding.Held | Holding.NotAcquired));
        BodyFlow.Run(body, contracts, reader, cancellation, entry: [entry]);
        return reader.Conclude();
    }

    private sealed class Reader(Body body, Resource given, int place, bool isAsync) : IFlowReader
    {
        private readonly List<Effect.Release> _releases = [];
        private bool _isUnclear;
        private Holding _left;

        public void OnFact(Fact fact, PathSet before)
        {
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

            foreach (PathState path in atExit.Paths)
            {
                _left |= path.HoldOf(given.Id).Holding;
                path.ForEachPending((_, loan) => _isUnclear |= loan.Holds.Refers(given.Id));
                path.Refs.ForEach((kept, refs) => _isUnclear |= body.Outlives(kept) && refs.Where(static r => r.Kind < RefRole.View).Refers(given.Id));
            }
        }

        public Given? Conclude()
        {
            Holding left = _left & ~Holding.NotAcquired;
            return _isUnclear ? null
                : left == Holding.Released && _releases.Count > 0 ? new Given(Common())
                : left == Holding.Held && _releases.Count == 0 ? new Given(Release: null)
                : null;
        }

        private Effect.Release Common()
        {
            Effect.Release common = _releases[0];
            foreach (Effect.Release other in _releases)
            {
                common = common with { Accepts = common.Accepts | other.Accepts, Repeatable = common.Repeatable && other.Repeatable };
            }

            return common;
        }
    }
}
