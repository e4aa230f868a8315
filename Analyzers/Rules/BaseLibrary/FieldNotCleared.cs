using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>BUF2011: a call meets, in a field, what an earlier call released.</summary>
internal sealed class FieldNotCleared : Rule
{
    private const string Title = "Owning field not cleared on release";

    private static readonly DiagnosticDescriptor Certain = new(
        RuleIds.FieldNotCleared,
        Title,
        "'{0}' was already {1} at line {2} by an earlier call, and is {3} again here: {4}. Clear the field when it is {1}.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.FieldNotCleared));

    private static readonly DiagnosticDescriptor Possible = new(
        RuleIds.FieldNotCleared,
        Title,
        "'{0}' may already have been {1} at line {2} by an earlier call when it is {3} again here: {4}. Clear the field when it is {1}.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.FieldNotCleared));

    public static readonly Wording Words = new(Certain, Possible);

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        bool isRelease = fact is { Kind: FactKind.Release, Effect: Effect.Release { Repeatable: false } };
        if (!isRelease && fact is not { Kind: FactKind.Use, Target: >= 0 })
        {
            return;
        }

        foreach (Sighting sighting in findings.See(path => isRelease ? Transfer.Released(fact, path, findings.Body) : Used(fact, path), before, static (resource, hold) => hold.Holding == Holding.Dangling && resource.Original is not null))
        {
            Location? released = sighting.Hold.ChangedAt is { } earlier ? Spots.OfCall(earlier) : null;
            string name = findings.Body.Places.NameOf(fact.Target) ?? sighting.Resource.Name ?? sighting.Resource.Kind.Name;
            string verb = sighting.Resource.Kind == ResourceKind.Rental ? "returned" : "released";
            findings.Report(
                Words, sighting.Confidence, (sighting.Resource.Original, sighting.Hold.ChangedAt?.Syntax, isRelease), fact,
                isRelease ? Spots.OfCall(fact.Operation) : fact.Operation.Syntax.GetLocation(), [released, Spots.Origin(sighting.Resource)], null,
                name, verb, Spots.Line(released), isRelease ? verb : "used", isRelease ? "its next owner shares it with somebody" : "it may be somebody else's by now");
        }
    }

    private static RefSet Used(Fact fact, PathState path) => path.RefsOf(fact.Target).Where(static r => r.Kind < RefRole.Account);
}
