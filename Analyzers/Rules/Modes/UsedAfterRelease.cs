using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Rules.Shared;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Rules.Modes;

/// <summary>BUF1004: pages, an address in them or a view of them is used after their release.</summary>
internal sealed class UsedAfterRelease() : UseAfterReleaseRule(Words)
{
    private const string Title = "Pages are used after release";

    private static readonly DiagnosticDescriptor Certain = new(
        RuleIds.UsedAfterRelease,
        Title,
        "'{0}' is used after '{1}' was released at line {2}: its memory may have been moved or reused. Release it after the last use.",
        RuleCategories.Modes,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.UsedAfterRelease));

    private static readonly DiagnosticDescriptor Possible = new(
        RuleIds.UsedAfterRelease,
        Title,
        "'{0}' can be used after '{1}' was released at line {2}: its memory may have been moved or reused. Release it after the last use.",
        RuleCategories.Modes,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.UsedAfterRelease));

    public static readonly Wording Words = new(Certain, Possible);

    protected override bool Concerns(Resource resource) =>
        resource.Kind.HasMode;
}
