using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.Modes;

/// <summary>BUF1006: what an extraction took is divided by, or counted back from, where it may be nothing.</summary>
internal sealed class CountMayBeZero : Rule
{
    public override FactKind[] Reads => [FactKind.Count];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact is not { Kind: FactKind.Count, Value: { } count, Operation: IBinaryOperation binary })
        {
            return;
        }

        foreach (PathState path in before.Paths)
        {
            RefSet extractions = ExtractionsCounted(count, path).Where(r => findings.Body.Resources[r.Resource].Kind.HasMode);
            if (extractions.Count == 1 && path.HoldOf(extractions[0].Resource).Holding == Holding.NotAcquired)
            {
                Resource pages = findings.Body.Resources[extractions[0].Resource];
                IOperation counted = binary.OperatorKind == BinaryOperatorKind.Subtract ? binary.LeftOperand : binary.RightOperand;
                findings.Report(
                    WrongCount.WordsOfZero, Confidence.Possible, (fact.Operation.Syntax, pages.Id), fact, binary.Syntax.GetLocation(), [Spots.Origin(pages)], null,
                    counted.Syntax.ToString(), pages.Name ?? "pages", Spots.Line(Spots.Origin(pages)), binary.OperatorKind == BinaryOperatorKind.Subtract ? "there is no last one" : "this divides by zero");
                return;
            }
        }
    }

    /// <summary>The extractions whose amount a value is.</summary>
    private static RefSet ExtractionsCounted(Expression count, PathState path) => count switch
    {
        Expression.Inspected { What: Inspection.Amount, Place: var place } => path.RefsOf(place),
        Expression.Of { Place: var place } when path.Definitions.TryGet(place, out Expression definition) && definition is Expression.Inspected { What: Inspection.Amount } amount => path.RefsOf(amount.Place),
        Expression.Of { Place: var place } => path.RefsOf(place).Where(static r => r.Kind == RefRole.Account),
        _ => RefSet.Empty,
    };
}
