using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Rules.Direction;

/// <summary>BUF1101: pages held by reference only are the target of a transfer, or are written through.</summary>
internal sealed class GetPagesWritten : Rule
{
    private const string Title = "GET pages written to";

    private static readonly DiagnosticDescriptor Certain = new(
        RuleIds.GetPagesWritten,
        Title,
        "'{0}' is held by reference only, but {1}: the garbage collector may move the buffer while it is written. Extract with a pin (ExtractPages).",
        RuleCategories.Direction,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.GetPagesWritten));

    private static readonly DiagnosticDescriptor Possible = new(
        RuleIds.GetPagesWritten,
        Title,
        "'{0}' is on some path held by reference only, but {1}: the garbage collector may move the buffer while it is written. Extract with a pin (ExtractPages).",
        RuleCategories.Direction,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.GetPagesWritten));

    public static readonly Wording Words = new(Certain, Possible);

    public override FactKind[] Reads => [FactKind.Acquire, FactKind.Use];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact is { Kind: FactKind.Acquire, Effect: Effect.Acquire { Mode: Holding.HeldGet } })
        {
            OnGet(fact, before, findings);
        }
        else if (fact is { Kind: FactKind.Use, Writes: true, Target: >= 0 })
        {
            foreach (Sighting sighting in findings.See(path => Transfer.Written(fact, path, findings.Body), before, static (resource, hold) => resource.Kind.HasMode && hold.Holding == Holding.HeldGet))
            {
                findings.Report(
                    Words, sighting.Confidence, (fact.Operation.Syntax, sighting.Resource.Id), fact, fact.Operation.Syntax.GetLocation(), [Spots.Origin(sighting.Resource)], null,
                    sighting.Resource.Name ?? "pages", "bytes are written through it here");
            }
        }
    }

    private static void OnGet(Fact fact, PathSet before, Findings findings)
    {
        Resource pages = findings.Body.Resources[fact.Resource];
        foreach (Sighting sighting in findings.See(path => path.RefsOf(fact.Receiver).Where(r => findings.Body.Resources[r.Resource].Kind == ResourceKind.Iterator), before, static (_, hold) => hold.Direction == Flowing.Destination))
        {
            findings.Report(
                Words, sighting.Confidence, fact.Operation.Syntax, fact, Spots.OfCall(fact.Operation), [Spots.Origin(sighting.Resource)], null,
                pages.Name ?? "pages", "the transfer is into memory");
        }
    }
}
