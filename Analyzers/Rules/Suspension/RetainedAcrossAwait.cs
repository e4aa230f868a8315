using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.Suspension;

/// <summary>BUF1201: an iterator over its caller's memory is used after the method has left the caller's stack.</summary>
internal sealed class RetainedAcrossAwait : Rule
{
    private const string Title = "User-backed iterator retained across an await";

    private static readonly DiagnosticDescriptor Certain = new(
        RuleIds.RetainedAcrossAwait,
        Title,
        "'{0}' describes its caller's memory and is used after the {1} at line {2}, when that memory may have been moved or reused. Convert it before the first {1} (ExtractToBvec).",
        RuleCategories.Suspension,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.RetainedAcrossAwait));

    private static readonly DiagnosticDescriptor Possible = new(
        RuleIds.RetainedAcrossAwait,
        Title,
        "'{0}' describes its caller's memory and can be used after the {1} at line {2}, when that memory may have been moved or reused. Convert it before the first {1} (ExtractToBvec).",
        RuleCategories.Suspension,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.RetainedAcrossAwait));

    private static readonly DiagnosticDescriptor CertainlyLater = new(
        RuleIds.RetainedAcrossAwait,
        Title,
        "'{0}' describes its caller's memory and is used in the body of an iterator, which runs only when that is enumerated: the memory may have been moved or reused by then. Convert it before the iterator is called (ExtractToBvec).",
        RuleCategories.Suspension,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.RetainedAcrossAwait));

    private static readonly DiagnosticDescriptor PossiblyLater = new(
        RuleIds.RetainedAcrossAwait,
        Title,
        "'{0}' describes its caller's memory and can be used in the body of an iterator, which runs only when that is enumerated: the memory may have been moved or reused by then. Convert it before the iterator is called (ExtractToBvec).",
        RuleCategories.Suspension,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.RetainedAcrossAwait));

    public static readonly Wording Words = new(Certain, Possible);

    /// <summary>The words for what the caller gave to a body that begins after the call.</summary>
    public static readonly Wording WordsOfLater = new(CertainlyLater, PossiblyLater);

    public override FactKind[] Reads => [FactKind.Use];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact is not { Kind: FactKind.Use, Target: >= 0 })
        {
            return;
        }

        foreach (Sighting sighting in findings.See(path => path.RefsOf(fact.Target).Where(r => findings.Body.Resources[r.Resource].Kind.EndsAtSuspension), before, static (_, hold) => hold.ChangedAt is not null && (hold.Holding & Holding.Stale) != 0 && (hold.Holding & Holding.UserBacked) == 0))
        {
            IOperation? suspension = sighting.Hold.ChangedAt;
            Location? suspended = suspension?.Syntax.GetLocation();
            findings.Report(
                Words, sighting.Confidence, (sighting.Resource.Id, suspension?.Syntax), fact, fact.Operation.Syntax.GetLocation(), [Spots.Origin(sighting.Resource), suspended], null,
                findings.Body.Places.NameOf(fact.Target) ?? sighting.Resource.Name ?? "iterator", suspension is IReturnOperation ? "yield" : "await", Spots.Line(suspended));
        }
    }
}
