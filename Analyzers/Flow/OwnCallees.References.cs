using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Flow;

/// <content>What stands behind a reference that a callee is given, or in a variable that it captures.</content>
internal sealed partial class OwnCallees
{
    private readonly Dictionary<(ISymbol Method, ISymbol Variable), Replacement?> _replacements = [];
    private readonly Dictionary<(ISymbol Function, ISymbol Variable), bool> _later = [];

    /// <summary>What a callee does with what it is given in a <c>ref</c> parameter.</summary>
    public Replacement? AskReference(IMethodSymbol called, int ordinal, NestedFunction? local) =>
        called.OriginalDefinition.Parameters[ordinal] is { RefKind: RefKind.Ref } parameter && contracts.FindParameter(parameter) is null ? AskReplacement(called.OriginalDefinition, parameter, local) : null;

    /// <summary>What a local function does, when it is called, with what it captures.</summary>
    public Replacement? AskCaptured(NestedFunction local, ISymbol variable) => AskReplacement(local.Symbol.OriginalDefinition, variable, local);

    private Replacement? AskReplacement(IMethodSymbol method, ISymbol variable, NestedFunction? local)
    {
        ITypeSymbol? type = (variable as IParameterSymbol)?.Type ?? (variable as ILocalSymbol)?.Type;
        if (type is null || !IsSure(method) || !CanOwn(type) || contracts.Find(method) is not null)
        {
            return null;
        }

        if (!_replacements.TryGetValue((method, variable), out Replacement? known) && _depth < MaxDepth)
        {
            _replacements[(method, variable)] = null;
            _depth++;
            known = InferReplacement(method, variable, local);
            _depth--;
            _replacements[(method, variable)] = known;
        }

        return known;
    }

    private Replacement? InferReplacement(IMethodSymbol method, ISymbol variable, NestedFunction? local)
    {
        if ((local?.Graph ?? graphOf(method)) is not { } graph || graph.Blocks.Length > MaxBlocks || CallsOuterFunction(graph, local))
        {
            return null;
        }

        Body body = Body.Create(graph, method, contracts, cancellation, this, followsReferences: true);
        if (body.BeginsLater)
        {
            return null;
        }

        int place = body.Places.Of(variable, variable is ILocalSymbol ? PlaceKind.Local : PlaceKind.Parameter);
        if (body.Places[place].IsShared)
        {
            return null;
        }

        Resource resource = body.Give(variable, ResourceKind.Given);
        var reader = new ReplacementReader(body, resource, place, method.IsAsync);
        PathState entry = new Transfer(body, contracts).Entry()
            .WithRefs(place, RefSet.Of(resource.Id, RefRole.Owner))
            .WithHold(resource.Id, new Hold(Holding.Held | Holding.NotAcquired));
        BodyFlow.Run(body, contracts, reader, cancellation, entry: [entry]);
        return reader.Conclude();
    }

    /// <summary>
    /// Whether a lambda or local function, when its call has returned, may still do something with what it captures: after an <c>await</c>, or by an operation that
    /// it has started.
    /// </summary>
    public bool UsesLater(NestedFunction function, ISymbol variable)
    {
        if (!_later.TryGetValue((function.Symbol, variable), out bool known))
        {
            _later[(function.Symbol, variable)] = known = FindLaterUse(function, variable);
        }

        return known;
    }

    private bool FindLaterUse(NestedFunction function, ISymbol variable)
    {
        ITypeSymbol? type = (variable as IParameterSymbol)?.Type ?? (variable as ILocalSymbol)?.Type;
        if (type is null || !CanOwn(type) || function.Graph.Blocks.Length > MaxBlocks)
        {
            return false;
        }

        Body body = Body.Create(function.Graph, function.Symbol, contracts, cancellation);
        int place = body.Places.Of(variable, variable is ILocalSymbol ? PlaceKind.Local : PlaceKind.Parameter);
        Resource given = body.Give(variable, ResourceKind.Given);
        Resource clock = body.Give(variable, ResourceKind.Iterator);
        var reader = new LaterUseReader(given.Id, clock.Id, function.Symbol.IsAsync);
        PathState entry = new Transfer(body, contracts).Entry()
            .WithRefs(place, RefSet.Of(given.Id, RefRole.Owner))
            .WithHold(given.Id, new Hold(Holding.Held))
            .WithHold(clock.Id, new Hold(Holding.UserBacked));
        BodyFlow.Run(body, contracts, reader, cancellation, entry: [entry]);
        return reader.IsFound;
    }

    private sealed class LaterUseReader(int given, int clock, bool isAsync) : IFlowReader
    {
        public bool IsFound { get; private set; }

        public void OnFact(Fact fact, PathSet before)
        {
            foreach (PathState path in before.Paths)
            {
                bool isLater = path.HoldOf(clock).Holding == Holding.Stale;
                IsFound |= isLater && fact.Kind is FactKind.Use or FactKind.Release && path.RefsOf(fact.Target).Where(static r => r.Kind < RefRole.Account).Refers(given);
                IsFound |= isLater && fact.Kind == FactKind.Lend && path.RefsOf(fact.Source).Where(static r => r.Kind < RefRole.Account).Refers(given);
                if (fact is { Kind: FactKind.Complete, Operation: IAwaitOperation })
                {
                    // The wait for it is where control may go back to the caller.
                    FindPending(path);
                }
            }
        }

        public void OnExit(ExitKind exit, IOperation? returned, BasicBlock from, PathSet atExit)
        {
            foreach (PathState path in exit == ExitKind.Return && !isAsync ? atExit.Paths : [])
            {
                FindPending(path);
            }
        }

        private void FindPending(PathState path) => path.ForEachPending((_, loan) => IsFound |= loan.Holds.Refers(given));
    }

    /// <summary>Whether a local function calls one beside it, which may capture what this one does not name.</summary>
    private static bool CallsOuterFunction(ControlFlowGraph graph, NestedFunction? local) =>
        local is not null && local.Calls.Any(called => !graph.LocalFunctions.Contains(called, SymbolEqualityComparer.Default));
}
