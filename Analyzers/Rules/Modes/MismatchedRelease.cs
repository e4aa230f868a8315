using System.Collections.Immutable;
using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Rules.Modes;

/// <summary>BUF1001: pages taken in one mode are released in another.</summary>
internal sealed class MismatchedRelease : Rule
{
    private const string Title = "Release does not match the extraction mode";

    private static readonly DiagnosticDescriptor Certain = new(
        RuleIds.MismatchedRelease,
        Title,
        "'{0}' was extracted {1} at line {2} but is released with {3}: {4}. {5}.",
        RuleCategories.Modes,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.MismatchedRelease));

    private static readonly DiagnosticDescriptor Possible = new(
        RuleIds.MismatchedRelease,
        Title,
        "'{0}', extracted at line {2}, is on some path extracted {1} but released with {3}: {4}. {5}.",
        RuleCategories.Modes,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.MismatchedRelease));

    public static readonly Wording Words = new(Certain, Possible);

    public override FactKind[] Reads => [FactKind.Release];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact is not { Kind: FactKind.Release, Effect: Effect.Release release })
        {
            return;
        }

        foreach (Sighting sighting in findings.See(path => Transfer.Released(fact, path, findings.Body), before, (resource, hold) => Mismatches(resource, hold, release)))
        {
            (string how, string harm, string cure, string verb) = Describe(sighting.Hold.Holding);
            Location? origin = Spots.Origin(sighting.Resource);
            findings.Report(
                Words, sighting.Confidence, (fact.Operation.Syntax, sighting.Resource.Id), fact, Spots.OfCall(fact.Operation), [origin],
                ImmutableDictionary<string, string?>.Empty.Add(DiagnosticProperties.Verb, verb),
                sighting.Resource.Name ?? "pages", how, Spots.Line(origin), fact.Member!.Name, harm, cure);
        }
    }

    private static bool Mismatches(Resource resource, Hold hold, Effect.Release release)
    {
        Holding wrong = Holding.AnyMode & ~release.Accepts;
        return resource.Kind.HasMode && (hold.Holding & wrong) != 0 && (hold.Holding & ~(wrong | Holding.NotAcquired)) == 0;
    }

    private static (string How, string Harm, string Cure, string Verb) Describe(Holding holding) => holding switch
    {
        Holding.HeldPin => ("by pin", "the memory stays pinned", "Use Unpin, or Release, which follows the mode", "Unpin"),
        Holding.HeldGet => ("by reference", "a pin that was never taken is given back", "Use Put, or Release, which follows the mode", "Put"),
        Holding.HeldNone => ("in mode None", "nothing was taken, so that somebody else's hold on the memory is given back", "Use Release, which follows the mode", "Release"),
        _ => ("in another mode", "the hold on the memory is not given back the way it was taken", "Use Release, which follows the mode", "Release"),
    };
}
