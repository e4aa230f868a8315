using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Rules.Shared;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>BUF2008: a rented array is not returned on a way out.</summary>
internal sealed class RentalNotReturned() : LeakRule(Words)
{
    private const string Title = "Rented buffer not returned on every path";

    private static readonly DiagnosticDescriptor Certain = new(
        RuleIds.RentalNotReturned,
        Title,
        "'{0}' is never returned to its pool. Return it in a 'finally'.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.RentalNotReturned));

    private static readonly DiagnosticDescriptor Possible = new(
        RuleIds.RentalNotReturned,
        Title,
        "'{0}', rented at line {1}, is not returned when {2}. Return it in a 'finally'.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.RentalNotReturned));

    public static readonly Wording Words = new(Certain, Possible);

    protected override bool ToldWhereTaken => true;

    protected override bool CountsThrows => false;

    protected override bool Concerns(Resource resource) =>
        resource.Kind == ResourceKind.Rental;
}
