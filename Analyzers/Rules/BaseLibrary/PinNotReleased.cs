using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Rules.Shared;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>BUF2001: a pin, a handle or a native block is not released on a way out.</summary>
internal sealed class PinNotReleased() : LeakRule(Words)
{
    private const string Title = "Pin not released on every path";

    private static readonly DiagnosticDescriptor Certain = new(
        RuleIds.PinNotReleased,
        Title,
        "'{0}' is never released: the object behind it cannot be moved or collected any more. Release it in a 'finally', or hold it with 'using'.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.PinNotReleased));

    private static readonly DiagnosticDescriptor Possible = new(
        RuleIds.PinNotReleased,
        Title,
        "'{0}', taken at line {1}, is not released when {2}: the object behind it cannot be moved or collected any more. Release it in a 'finally', or hold it with 'using'.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.PinNotReleased));

    public static readonly Wording Words = new(Certain, Possible);

    protected override bool ToldWhereTaken => true;

    protected override bool Concerns(Resource resource) =>
        resource.Kind.IsHandle;
}
