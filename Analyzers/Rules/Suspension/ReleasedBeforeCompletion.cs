using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Rules.Shared;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Rules.Suspension;

/// <summary>BUF1203: pages are released while an operation over them is pending.</summary>
internal sealed class ReleasedBeforeCompletion() : PendingReleaseRule(Words)
{
    private const string Title = "Released before the operation completes";

    private static readonly DiagnosticDescriptor Certain = new(
        RuleIds.ReleasedBeforeCompletion,
        Title,
        "'{0}' is released while the {1} started at line {2} may still use its memory. Await the operation first.",
        RuleCategories.Suspension,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.ReleasedBeforeCompletion));

    private static readonly DiagnosticDescriptor Possible = new(
        RuleIds.ReleasedBeforeCompletion,
        Title,
        "'{0}' can be released while the {1} started at line {2} may still use its memory. Await the operation first.",
        RuleCategories.Suspension,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.ReleasedBeforeCompletion));

    public static readonly Wording Words = new(Certain, Possible);

    protected override bool Concerns(Resource resource) =>
        resource.Kind.HasMode || resource.Kind == ResourceKind.Import;
}
