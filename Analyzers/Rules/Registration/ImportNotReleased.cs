using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Rules.Shared;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Rules.Registration;

/// <summary>BUF1301: an import or a loan is neither released nor handed on.</summary>
internal sealed class ImportNotReleased() : LeakRule(Words)
{
    private const string Title = "Lent buffer not given back";

    private static readonly DiagnosticDescriptor Certain = new(
        RuleIds.ImportNotReleased,
        Title,
        "'{0}' is never given back: the buffer that it was lent from cannot be reused. Dispose it, or hold it with 'using'.",
        RuleCategories.Registration,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.ImportNotReleased));

    private static readonly DiagnosticDescriptor Possible = new(
        RuleIds.ImportNotReleased,
        Title,
        "'{0}', lent at line {1}, is not given back when {2}. Hold it with 'using'.",
        RuleCategories.Registration,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.ImportNotReleased));

    public static readonly Wording Words = new(Certain, Possible);

    protected override bool Concerns(Resource resource) =>
        resource.Kind == ResourceKind.Import;
}
