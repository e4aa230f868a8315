using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Rules.Shared;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Rules.Modes;

/// <summary>BUF1002: a way out of the body on which extracted pages are neither released nor handed on.</summary>
internal sealed class NotReleased() : LeakRule(Words)
{
    private const string Title = "Extracted pages are not released on every path";

    private static readonly DiagnosticDescriptor Certain = new(
        RuleIds.NotReleased,
        Title,
        "'{0}' is never released: its memory stays held after the method is left. Release it, or hold it with 'using'.",
        RuleCategories.Modes,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.NotReleased));

    private static readonly DiagnosticDescriptor Possible = new(
        RuleIds.NotReleased,
        Title,
        "'{0}', taken at line {1}, is not released when {2}. Release it in a 'finally', or hold it with 'using'.",
        RuleCategories.Modes,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.NotReleased));

    public static readonly Wording Words = new(Certain, Possible);

    protected override bool Concerns(Resource resource) =>
        resource.Kind.HasMode;
}
