using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>BUF2009: a pipe is read again before it was advanced past what it gave last.</summary>
internal sealed class ReadWithoutAdvance : Rule
{
    private readonly List<(Fact Read, Resource Unadvanced, Confidence Confidence)> _again = [];
    private readonly HashSet<int> _elsewhere = [];
    private bool _callsOwn;

    public override FactKind[] Reads => [FactKind.CallSelf, FactKind.Acquire, FactKind.Escape, FactKind.Keep, FactKind.Use];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        _callsOwn |= fact.Kind == FactKind.CallSelf;
        if (fact.Target >= 0 && MayAdvance(fact))
        {
            _elsewhere.Add(fact.Target);
        }

        if (fact is not { Kind: FactKind.Acquire, Keeper: >= 0 } || findings.Body.Resources[fact.Resource].Kind != ResourceKind.PipeRead)
        {
            return;
        }

        foreach (Sighting sighting in findings.See(path => path.RefsOf(fact.Keeper).Where(static r => r.Kind == RefRole.Keeper), before, static (resource, hold) =>
            resource is { Original: null } && resource.Kind == ResourceKind.PipeRead && (hold.Holding & Holding.AnyHeld) != 0 && (hold.Holding & ~Holding.AnyHeld) == 0))
        {
            _again.Add((fact, sighting.Resource, sighting.Confidence));
        }
    }

    public override void OnEnd(Findings findings)
    {
        foreach ((Fact read, Resource unadvanced, Confidence confidence) in _again)
        {
            Place keeper = findings.Body.Places[read.Keeper];
            bool isOwnVariable = keeper.Kind is PlaceKind.Local or PlaceKind.Parameter || (keeper.Kind == PlaceKind.Member && !_callsOwn);
            if (!isOwnVariable || _elsewhere.Contains(read.Keeper) || HasOtherNames(read.Keeper, findings.Body) || findings.Body.Nested.Count > 0)
            {
                continue;
            }

            Location first = Spots.OfCall(unadvanced.Origin);
            Location again = Spots.OfCall(read.Operation);
            findings.Report(
                UsedAfterAdvance.ReadAgainWords, confidence, read.Operation.Syntax, null, again == first ? RoundOf(read.Operation) ?? again : again, [first], null,
                findings.Body.Places.NameOf(read.Keeper) ?? "reader", Spots.Line(first));
        }
    }

    /// <summary>Whether the reader has another name by which it is advanced.</summary>
    private static bool HasOtherNames(int reader, Body body) =>
        body.Facts.Any(fact => fact.Kind == FactKind.Assign && fact.Source >= 0 && (fact.Source == reader || (fact.Target == reader && body.Facts.Any(other => other.Kind == FactKind.Release && other.Target == fact.Source))));

    /// <summary>Whether the reader is given to somebody who could advance it.</summary>
    private static bool MayAdvance(Fact fact) => fact.Kind switch
    {
        FactKind.Escape or FactKind.Keep => true,
        FactKind.Use => ArgumentOf(fact.Operation) is not null,
        _ => false,
    };

    private static IArgumentOperation? ArgumentOf(IOperation operation)
    {
        IOperation? outer = operation.Parent;
        while (outer is IConversionOperation)
        {
            outer = outer.Parent;
        }

        return outer as IArgumentOperation;
    }

    /// <summary>The statement that begins the next round of the loop around a read, with no other statement between the read and it that advances.</summary>
    private static Location? RoundOf(IOperation read)
    {
        StatementSyntax? statement = read.Syntax.FirstAncestorOrSelf<StatementSyntax>();
        foreach (SyntaxNode node in statement?.Parent?.DescendantNodes() ?? [])
        {
            if (node is ContinueStatementSyntax && node.SpanStart > statement!.Span.End && !node.Ancestors().TakeWhile(outer => outer != statement.Parent).Any(outer =>
                outer.Parent is BlockSyntax block && block.Statements.Any(earlier => earlier.SpanStart < node.SpanStart && earlier.SpanStart > statement.SpanStart && earlier != outer && MemberSyntax.Mentions(earlier, "AdvanceTo"))) && !(node.Parent is BlockSyntax own && own.Statements.Any(static earlier => MemberSyntax.Mentions(earlier, "AdvanceTo"))))
            {
                return node.GetLocation();
            }
        }

        return null;
    }
}
