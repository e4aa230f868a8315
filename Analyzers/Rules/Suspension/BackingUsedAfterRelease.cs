using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Rules.Shared;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Rules.Suspension;

/// <summary>BUF1204: what an iterator describes is let go of by its creator, and the iterator is used after that.</summary>
internal sealed class BackingUsedAfterRelease() : UseAfterReleaseRule(Words)
{
    private const string Title = "Backing memory released while an iterator over it is in use";

    private static readonly DiagnosticDescriptor Certain = new(
        RuleIds.BackingReleased,
        Title,
        "'{0}' is used after its creator let go of '{1}' at line {2}: nothing keeps the memory there any more. Release it after the last use.",
        RuleCategories.Suspension,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.BackingReleased));

    private static readonly DiagnosticDescriptor Possible = new(
        RuleIds.BackingReleased,
        Title,
        "'{0}' can be used after its creator let go of '{1}' at line {2}: nothing keeps the memory there any more. Release it after the last use.",
        RuleCategories.Suspension,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.BackingReleased));

    private static readonly DiagnosticDescriptor CertainlyPending = new(
        RuleIds.BackingReleased,
        Title,
        "'{0}' is let go of while the {1} started at line {2} may still use its memory. Await the operation first.",
        RuleCategories.Suspension,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.BackingReleased));

    private static readonly DiagnosticDescriptor PossiblyPending = new(
        RuleIds.BackingReleased,
        Title,
        "'{0}' can be let go of while the {1} started at line {2} may still use its memory. Await the operation first.",
        RuleCategories.Suspension,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.BackingReleased));

    public static readonly Wording Words = new(Certain, Possible);

    /// <summary>The words for a release that an operation does not live to see.</summary>
    public static readonly Wording WordsWhilePending = new(CertainlyPending, PossiblyPending);

    protected override bool Concerns(Resource resource) => resource.Kind == ResourceKind.Folio;

    protected override bool ConcernsThroughIterator(Resource resource) => IsBacking(resource);

    /// <summary>Whether its creator keeps memory there by it for an iterator: a folio, a pin, a block outside the managed heap. What is pooled has rules of its own.</summary>
    public static bool IsBacking(Resource resource) => resource.Kind == ResourceKind.Folio || resource.Kind == ResourceKind.Pin || resource.Kind == ResourceKind.Native;
}
