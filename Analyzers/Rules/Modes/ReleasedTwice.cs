using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Rules.Shared;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Rules.Modes;

/// <summary>BUF1003: pages are released that were released before.</summary>
internal sealed class ReleasedTwice() : DoubleReleaseRule(Words)
{
    private const string Title = "Pages are released twice";

    private static readonly DiagnosticDescriptor Certain = new(
        RuleIds.ReleasedTwice,
        Title,
        "'{0}' is released again: it was released at line {1}, and what it held may be somebody else's by now. Remove one of the two.",
        RuleCategories.Modes,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.ReleasedTwice));

    private static readonly DiagnosticDescriptor Possible = new(
        RuleIds.ReleasedTwice,
        Title,
        "'{0}' can be released again: on some path it was released at line {1}, and what it held may be somebody else's by now. Release it once.",
        RuleCategories.Modes,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.ReleasedTwice));

    public static readonly Wording Words = new(Certain, Possible);

    protected override bool Concerns(Resource resource) =>
        resource.Kind.HasMode;
}
