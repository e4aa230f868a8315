using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Flow;

/// <summary>A lambda or local function: a body of its own that shares what it captures.</summary>
internal sealed class NestedFunction(IMethodSymbol symbol, Func<ControlFlowGraph> graph)
{
    private readonly Lazy<ControlFlowGraph> _graph = new(graph, LazyThreadSafetyMode.None);
    private Body? _body;

    public IMethodSymbol Symbol { get; } = symbol;

    public ControlFlowGraph Graph => _graph.Value;

    /// <summary>Who says what the methods do that the function calls; null where nobody does.</summary>
    public OwnCallees? Callees { get; init; }

    /// <summary>The facts of the function, gathered once for all who ask.</summary>
    public Body BodyUnder(IContractSource contracts, CancellationToken cancellation) => _body ??= Body.Create(Graph, Symbol, contracts, cancellation, Callees);

    /// <summary>The local functions that are called, or become delegates, in the function or inside it.</summary>
    public IEnumerable<IMethodSymbol> Calls => CalledIn(Graph);

    private static IEnumerable<IMethodSymbol> CalledIn(ControlFlowGraph graph)
    {
        foreach (BasicBlock block in graph.Blocks)
        {
            foreach (IOperation inner in block.OperationsAndCondition().SelectMany(static operation => operation.DescendantsAndSelf()))
            {
                if (inner is IInvocationOperation { TargetMethod: { MethodKind: MethodKind.LocalFunction } called })
                {
                    yield return called.OriginalDefinition;
                }
                else if (inner is IMethodReferenceOperation { Method: { MethodKind: MethodKind.LocalFunction } referred })
                {
                    yield return referred.OriginalDefinition;
                }
            }
        }

        foreach (NestedFunction nested in In(graph))
        {
            foreach (IMethodSymbol called in nested.Calls)
            {
                yield return called;
            }
        }
    }

    /// <summary>Whether a call of the function only makes what runs its body when it is enumerated.</summary>
    public static bool IsIterator(IMethodSymbol function) =>
        !function.DeclaringSyntaxReferences.IsEmpty
        && function.DeclaringSyntaxReferences[0].GetSyntax() is LocalFunctionStatementSyntax { Body: { } body }
        && body.DescendantNodes(static node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)).Any(static node => node is YieldStatementSyntax);

    public static IReadOnlyList<NestedFunction> In(ControlFlowGraph graph, OwnCallees? callees = null)
    {
        List<NestedFunction> nested = [];
        foreach (IMethodSymbol local in graph.LocalFunctions)
        {
            nested.Add(new NestedFunction(local, () => graph.GetLocalFunctionControlFlowGraphInScope(local)) { Callees = callees });
        }

        foreach (BasicBlock block in graph.Blocks)
        {
            foreach (IOperation operation in block.OperationsAndCondition())
            {
                foreach (IOperation inner in operation.DescendantsAndSelf())
                {
                    if (inner is IFlowAnonymousFunctionOperation lambda)
                    {
                        nested.Add(new NestedFunction(lambda.Symbol, () => graph.GetAnonymousFunctionControlFlowGraphInScope(lambda)) { Callees = callees });
                    }
                }
            }
        }

        return nested;
    }
}

/// <summary>A local or parameter of an enclosing body that a nested function uses.</summary>
internal readonly record struct Captured(ISymbol Symbol, bool IsWritten, bool MayRelease)
{
    /// <summary>What the functions, and those inside them, capture.</summary>
    public static IReadOnlyList<Captured> By(IReadOnlyList<NestedFunction> functions, IContractSource contracts)
    {
        Dictionary<ISymbol, Captured> found = new(SymbolEqualityComparer.Default);
        foreach (NestedFunction function in functions)
        {
            Collect(function, contracts, found);
        }

        List<Captured> captured = [];
        foreach (Captured capture in found.Values)
        {
            if (!functions.Any(function => IsInside(capture.Symbol, function.Symbol)))
            {
                captured.Add(capture);
            }
        }

        return captured;
    }

    private static void Collect(NestedFunction function, IContractSource contracts, Dictionary<ISymbol, Captured> found)
    {
        foreach (BasicBlock block in function.Graph.Blocks)
        {
            foreach (IOperation operation in block.OperationsAndCondition())
            {
                foreach (IOperation inner in operation.DescendantsAndSelf())
                {
                    ISymbol? symbol = inner switch
                    {
                        ILocalReferenceOperation local => local.Local,
                        IParameterReferenceOperation parameter => parameter.Parameter,
                        _ => null,
                    };
                    if (symbol is not null)
                    {
                        found.TryGetValue(symbol, out Captured before);
                        found[symbol] = new Captured(symbol, before.IsWritten || IsWrite(inner), before.MayRelease || ReleasesOrKeeps(inner, contracts));
                    }
                }
            }
        }

        foreach (NestedFunction nested in NestedFunction.In(function.Graph))
        {
            Collect(nested, contracts, found);
        }
    }

    private static bool IsInside(ISymbol symbol, IMethodSymbol function)
    {
        for (ISymbol? container = symbol.ContainingSymbol; container is IMethodSymbol; container = container.ContainingSymbol)
        {
            if (SymbolEqualityComparer.Default.Equals(container, function))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsWrite(IOperation reference) => reference.Parent switch
    {
        IAssignmentOperation assignment => assignment.Target == reference,
        IIncrementOrDecrementOperation => true,
        IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } => true,
        _ => false,
    };

    private static bool ReleasesOrKeeps(IOperation reference, IContractSource contracts)
    {
        IOperation value = reference;
        while (value.Parent is IConversionOperation or IParenthesizedOperation or IArrayElementReferenceOperation or IImplicitIndexerReferenceOperation)
        {
            value = value.Parent;
        }

        switch (value.Parent)
        {
            case IInvocationOperation invocation when invocation.Instance == value:
                return contracts.Find(invocation.TargetMethod.OriginalDefinition) is { } received && received.Releases(Slot.Receiver);
            case IArgumentOperation { Parameter: { } parameter, Parent: IInvocationOperation invocation }:
                return contracts.Find(invocation.TargetMethod.OriginalDefinition) is { } contract
                    ? contract.Releases(Slot.Argument(parameter.Ordinal))
                    : contracts.MayKeep(invocation.TargetMethod, parameter);
            case IArgumentOperation { Parameter: { } parameter, Parent: IObjectCreationOperation { Constructor: { } constructor } }:
                return contracts.MayKeep(constructor, parameter);
            // Under another name, which a 'using' may hold, it may be released as well.
            case ISimpleAssignmentOperation assignment:
                return assignment.Value == value;
            case IFlowCaptureOperation or IReturnOperation:
                return true;
            default:
                return false;
        }
    }
}
