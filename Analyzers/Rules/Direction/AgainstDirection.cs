using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Rules.Direction;

/// <summary>BUF1103: bytes are written to a source or read from a destination.</summary>
internal sealed class AgainstDirection : Rule
{
    private const string Title = "Buffer used against its direction";

    private static readonly DiagnosticDescriptor Certain = new(
        RuleIds.AgainstDirection,
        Title,
        "'{0}' is a {1}, but {2}: {3}. {4}.",
        RuleCategories.Direction,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.AgainstDirection));

    private static readonly DiagnosticDescriptor Possible = new(
        RuleIds.AgainstDirection,
        Title,
        "'{0}' is on some path a {1}, but {2}: {3}. {4}.",
        RuleCategories.Direction,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.AgainstDirection));

    public static readonly Wording Words = new(Certain, Possible);

    public override FactKind[] Reads => [FactKind.Demand, FactKind.Use];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact is { Kind: FactKind.Demand, Effect: Effect.Demand { Direction: not Flowing.Unknown and var demanded } })
        {
            OnDemand(fact, demanded, before, findings);
        }
        else if (fact is { Kind: FactKind.Use, Writes: true, Target: >= 0 })
        {
            OnWrite(fact, before, findings);
        }
    }

    private static void OnDemand(Fact fact, Flowing demanded, PathSet before, Findings findings)
    {
        foreach (Sighting sighting in findings.See(
            path => path.RefsOf(fact.Target).Where(r => IsDirected(findings.Body.Resources[r.Resource].Kind)), before, (_, hold) => hold.Direction != Flowing.Unknown && hold.Direction != demanded))
        {
            string name = findings.Body.Places.NameOf(fact.Target) ?? sighting.Resource.Name ?? "iterator";
            bool isSource = sighting.Hold.Direction == Flowing.Source;
            findings.Report(
                Words, sighting.Confidence, (fact.Operation.Syntax, sighting.Resource.Id), fact, Spots.OfCall(fact.Operation), [Spots.Origin(sighting.Resource)], null,
                name, isSource ? "source" : "destination", $"{fact.Member!.Name} {(isSource ? "writes to it" : "reads from it")}",
                isSource ? "its memory is somebody else's data" : "its memory does not hold any data yet", "Make the iterator with the other direction, or copy the other way");
        }
    }

    private static void OnWrite(Fact fact, PathSet before, Findings findings)
    {
        foreach (Sighting sighting in findings.See(
            path => Transfer.Written(fact, path, findings.Body), before, static (resource, hold) => resource.Kind.HasMode && hold.Direction == Flowing.Source && hold.Holding is Holding.HeldPin or Holding.HeldNone))
        {
            findings.Report(
                Words, sighting.Confidence, (fact.Operation.Syntax, sighting.Resource.Id), fact, fact.Operation.Syntax.GetLocation(), [Spots.Origin(sighting.Resource)], null,
                sighting.Resource.Name ?? "pages", "source", "bytes are written through it here",
                "its memory is somebody else's data", "Write to a copy, or extract from a destination");
        }
    }

    private static bool IsDirected(ResourceKind kind) => kind == ResourceKind.Iterator || kind == ResourceKind.Lender;
}
