using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Rules.Direction;

/// <summary>BUF1104: an extraction that the kind of iterator does not allow, and that throws when it is reached.</summary>
internal sealed class UnsupportedExtraction : Rule
{
    private const string Title = "Unsupported extraction";

    private static readonly DiagnosticDescriptor Certain = new(
        RuleIds.UnsupportedExtraction,
        Title,
        "'{0}' {1}: {2} throws. {3}.",
        RuleCategories.Direction,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.UnsupportedExtraction));

    private static readonly DiagnosticDescriptor Possible = new(
        RuleIds.UnsupportedExtraction,
        Title,
        "'{0}' on some path {1}: {2} throws. {3}.",
        RuleCategories.Direction,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.UnsupportedExtraction));

    public static readonly Wording Words = new(Certain, Possible);

    public override FactKind[] Reads => [FactKind.Acquire, FactKind.Demand];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact is { Kind: FactKind.Acquire, Effect: Effect.Acquire { Kind.HasMode: true } })
        {
            Report(fact, fact.Receiver, before, findings, IsWithoutMemory, "takes bytes and keeps none, so that it has no memory to extract", "Copy to it, or extract from an iterator over memory");
        }
        else if (fact is { Kind: FactKind.Demand, Effect: Effect.Demand { Backing: Holding.UserBacked } })
        {
            Report(fact, fact.Target, before, findings, IsStable, "does not describe its caller's memory, the only place where device memory is met", "Leave AllowPeerMemory out");
        }
        else if (fact is { Kind: FactKind.Demand, Effect: Effect.Demand { Backing: Holding.Stable } })
        {
            Report(fact, fact.Target, before, findings, IsUserBacked, "describes its caller's memory, which can move while a device uses it", "Convert it first (ExtractToBvec)");
            Report(fact, fact.Target, before, findings, IsMovable, "describes memory that nobody keeps in place, which can move while a device uses it", "Convert it first (ExtractToBvec)");
            Report(fact, fact.Target, before, findings, IsWithoutMemory, "takes bytes and keeps none, so that it has no memory to extract", "Copy to it, or extract from an iterator over memory");
        }
    }

    private static bool IsWithoutMemory(Resource resource, Hold hold) => resource.Acquisition?.Tag == Tags.Discards;

    private static bool IsStable(Resource resource, Hold hold) => (hold.Holding & Holding.NotUsers) != 0 && (hold.Holding & ~Holding.NotUsers) == 0;

    private static bool IsUserBacked(Resource resource, Hold hold) => (hold.Holding & Holding.UsersOwn) != 0 && (hold.Holding & ~Holding.UsersOwn) == 0;

    private static bool IsMovable(Resource resource, Hold hold) => hold.Holding == Holding.Movable;

    private static void Report(Fact fact, int iterator, PathSet before, Findings findings, Func<Resource, Hold, bool> isBad, string what, string cure)
    {
        foreach (Sighting sighting in findings.See(
            path => path.RefsOf(iterator).Where(r => findings.Body.Resources[r.Resource].Kind == ResourceKind.Iterator), before, isBad))
        {
            // The first thing that is wrong with a call is told.
            findings.Report(
                Words, sighting.Confidence, fact.Operation.Syntax, fact, Spots.OfCall(fact.Operation), [Spots.Origin(sighting.Resource)], null,
                findings.Body.Places.NameOf(iterator) ?? sighting.Resource.Name ?? "iterator", what, fact.Member!.Name, cure);
        }
    }
}
