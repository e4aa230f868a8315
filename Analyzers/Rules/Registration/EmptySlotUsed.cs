using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.Registration;

/// <summary>BUF1302: a slot of a table is imported from, or emptied once more, after its buffer was unregistered.</summary>
internal sealed class EmptySlotUsed : Rule
{
    public override FactKind[] Reads => [FactKind.Entry];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact is not { Kind: FactKind.Entry, Effect: Effect.Entry { Change: EntryChange.Used } })
        {
            return;
        }

        foreach (Sighting sighting in findings.See(path => path.RefsOf(fact.Target), before, static (_, hold) => hold.Holding == Holding.Released))
        {
            if (sighting.Hold.ChangedAt is { } emptied && !MayBeFilledBetween(emptied, fact.Operation, findings.Body))
            {
                Location at = Spots.OfCall(emptied);
                findings.Report(
                    UsedAfterUnregistration.WordsOfSlot, sighting.Confidence, fact.Operation.Syntax, fact, Spots.OfCall(fact.Operation), [at], null,
                    sighting.Resource.Name ?? "slot", fact.Member?.Name ?? "call", Spots.Line(at));
            }
        }
    }

    /// <summary>
    /// Whether something runs in between that nobody says anything of, or another may run: either could put a buffer in the slot again. In a later
    /// round of a loop everything in it has run.
    /// </summary>
    private static bool MayBeFilledBetween(IOperation emptied, IOperation used, Body body)
    {
        if (used.Syntax.SpanStart < emptied.Syntax.Span.End)
        {
            return true;
        }

        foreach (BasicBlock block in body.Flow.Blocks)
        {
            foreach (IOperation operation in block.OperationsAndCondition())
            {
                foreach (IOperation inner in operation.DescendantsAndSelf())
                {
                    bool isBetween = inner.Syntax.SpanStart >= emptied.Syntax.Span.End && inner.Syntax.Span.End <= used.Syntax.SpanStart;
                    if (isBetween && inner is IAwaitOperation or IReturnOperation or IInvocationOperation && !(inner is IInvocationOperation call && IsKnown(call.TargetMethod, body)))
                    {
                        return true;
                    }
                }
            }
        }

        return false;
    }

    private static bool IsKnown(IMethodSymbol method, Body body)
    {
        INamespaceSymbol space = method.ContainingNamespace;
        while (space is { IsGlobalNamespace: false, ContainingNamespace.IsGlobalNamespace: false })
        {
            space = space.ContainingNamespace;
        }

        return (space is { Name: "System" } && method.MethodKind != MethodKind.DelegateInvoke) || body.Knows(method);
    }
}
