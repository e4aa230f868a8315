using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Rules.Shared;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>BUF2008: a rented buffer is not given back on a way out. The garbage collector takes an array; an owner it leaves to its pool's mercy.</summary>
internal static class RentalNotReturned
{
    private const string Title = "Rented buffer not returned on every path";

    private static readonly DiagnosticDescriptor ArrayNever = new(
        RuleIds.RentalNotReturned,
        Title,
        "'{0}' is never returned to its pool. Return it in a 'finally'.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        helpLinkUri: Rule.HelpFor(RuleIds.RentalNotReturned));

    private static readonly DiagnosticDescriptor ArrayMissed = new(
        RuleIds.RentalNotReturned,
        Title,
        "'{0}', rented at line {1}, is not returned when {2}. Return it in a 'finally'.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        helpLinkUri: Rule.HelpFor(RuleIds.RentalNotReturned));

    private static readonly DiagnosticDescriptor OwnerNever = new(
        RuleIds.RentalNotReturned,
        Title,
        "'{0}' is never disposed: its memory does not go back to the pool. Dispose it, or hold it with 'using'.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        helpLinkUri: Rule.HelpFor(RuleIds.RentalNotReturned));

    private static readonly DiagnosticDescriptor OwnerMissed = new(
        RuleIds.RentalNotReturned,
        Title,
        "'{0}', rented at line {1}, is not disposed when {2}. Hold it with 'using'.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        helpLinkUri: Rule.HelpFor(RuleIds.RentalNotReturned));

    public static readonly Wording ArrayWords = new(ArrayNever, ArrayMissed);

    public static readonly Wording OwnerWords = new(OwnerNever, OwnerMissed) { Severity = DiagnosticSeverity.Warning };

    public sealed class Arrays() : LeakRule(ArrayWords)
    {
        protected override bool ToldWhereTaken => true;

        protected override bool CountsThrows => false;

        protected override bool Concerns(Resource resource) => resource.Kind == ResourceKind.Rental;
    }

    public sealed class Owners() : LeakRule(OwnerWords)
    {
        protected override bool ToldWhereTaken => true;

        protected override bool Concerns(Resource resource) => resource.Kind == ResourceKind.Owner;
    }
}
