using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Rules.Direction;

/// <summary>BUF1102: a call of the legacy page getters, or a delegate of one; of the legacy putters where what they put came from elsewhere.</summary>
internal sealed class LegacyCall : Rule
{
    private static readonly DiagnosticDescriptor Descriptor = new(
        RuleIds.LegacyCall,
        "Legacy get-pages call",
        "'{0}' is the legacy page API: {1}. {2}.",
        RuleCategories.Direction,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.LegacyCall));

    public static readonly Wording Words = new(Descriptor, Descriptor);

    public override FactKind[] Reads => [FactKind.Acquire, FactKind.Release, FactKind.Delegate];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact is { Kind: FactKind.Acquire or FactKind.Delegate, Effect: Effect.Acquire { Tag: Tags.Legacy } })
        {
            Report(fact, findings, "it holds pages by reference, which does not keep their bytes in place", "Extract with a pin (ExtractPages)");
        }
        else if (fact is { Kind: FactKind.Release or FactKind.Delegate, Effect: Effect.Release { Tag: Tags.Legacy } } && IsOfUnknownOrigin(fact, before))
        {
            Report(fact, findings, "it gives back references, whatever the pages are held by", "Use Release, which follows the mode");
        }
    }

    private static bool IsOfUnknownOrigin(Fact fact, PathSet before)
    {
        foreach (PathState path in before.Paths)
        {
            if (path.RefsOf(fact.Target).Count > 0)
            {
                return false;
            }
        }

        return before.Paths.Count > 0;
    }

    private static void Report(Fact fact, Findings findings, string why, string cure) =>
        findings.Report(Words, Confidence.Certain, fact.Operation.Syntax, null, Spots.OfCall(fact.Operation), [], null, fact.Member!.Name, why, cure);
}
