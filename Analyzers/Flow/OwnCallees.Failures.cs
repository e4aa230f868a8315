using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Flow;

/// <content>Which callees throw of their own accord.</content>
internal sealed partial class OwnCallees
{
    /// <summary>What is thrown at who made a mistake in calling: right code never meets it.</summary>
    private static readonly string[] OfCaller = ["ArgumentException", "NotImplementedException", "NotSupportedException", "ObjectDisposedException", "UnreachableException"];

    private readonly Dictionary<ISymbol, bool> _throws = new(SymbolEqualityComparer.Default);

    /// <summary>Whether the body of a callee throws on some way through it, or calls one that does, and does not catch that itself: not where its caller is to blame.</summary>
    public bool Throws(IMethodSymbol called, NestedFunction? local)
    {
        IMethodSymbol method = called.OriginalDefinition;
        if (!IsSure(method))
        {
            return false;
        }

        if (local is null && IsElsewhere(method))
        {
            return others!.Throws(method, depth, cancellation);
        }

        if (!_throws.TryGetValue(method, out bool throws) && _depth < MaxDepth)
        {
            _throws[method] = false;
            _depth++;
            throws = (local?.Graph ?? graphOf(method)) is { } graph && graph.Blocks.Length <= MaxBlocks && graph.Blocks.Any(Throws);
            _depth--;
            _throws[method] = throws;
        }

        return throws;
    }

    private bool Throws(BasicBlock block)
    {
        if (!block.IsReachable || IsCaught(block.EnclosingRegion))
        {
            return false;
        }

        if ((block.FallThroughSuccessor is { Semantics: ControlFlowBranchSemantics.Throw } || block.ConditionalSuccessor is { Semantics: ControlFlowBranchSemantics.Throw }) && block.BranchValue is { } thrown && !BlamesCaller(thrown))
        {
            return true;
        }

        return block.OperationsAndCondition().SelectMany(static operation => operation.DescendantsAndSelf()).Any(operation => operation is IInvocationOperation { TargetMethod: { MethodKind: MethodKind.Ordinary } method } && !method.DeclaringSyntaxReferences.IsEmpty && Throws(method, null));
    }

    private static bool IsCaught(ControlFlowRegion? region)
    {
        for (; region is not null; region = region.EnclosingRegion)
        {
            if (region is { Kind: ControlFlowRegionKind.Try, EnclosingRegion.Kind: ControlFlowRegionKind.TryAndCatch })
            {
                return true;
            }
        }

        return false;
    }

    private static bool BlamesCaller(IOperation thrown)
    {
        while (thrown is IConversionOperation conversion)
        {
            thrown = conversion.Operand;
        }

        for (ITypeSymbol? type = thrown.Type; type is not null; type = type.BaseType)
        {
            if (Array.IndexOf(OfCaller, type.Name) >= 0)
            {
                return true;
            }
        }

        return false;
    }
}
