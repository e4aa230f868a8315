using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Rules.Shared;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>BUF2006: a rented buffer is returned that was returned before.</summary>
internal sealed class ReturnedTwice() : DoubleReleaseRule(Words)
{
    private const string Title = "Rented buffer returned twice";

    private static readonly DiagnosticDescriptor Certain = new(
        RuleIds.ReturnedTwice,
        Title,
        "'{0}' is returned again: it was returned at line {1}, so two renters will share it. Remove one of the two.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.ReturnedTwice));

    private static readonly DiagnosticDescriptor Possible = new(
        RuleIds.ReturnedTwice,
        Title,
        "'{0}' can be returned again: on some path it was returned at line {1}, so two renters will share it. Return it once.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.ReturnedTwice));

    private static readonly DiagnosticDescriptor CertainlyTaken = new(
        RuleIds.ReturnedTwice,
        Title,
        "'{0}' is given back here, but '{1}' took it over at line {2} and gives it back when it is disposed itself. Leave it to its new owner.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.ReturnedTwice));

    private static readonly DiagnosticDescriptor PossiblyTaken = new(
        RuleIds.ReturnedTwice,
        Title,
        "'{0}' is given back here, but on some path '{1}' took it over at line {2} and gives it back when it is disposed itself. Leave it to its new owner there.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.ReturnedTwice));

    private static readonly DiagnosticDescriptor Shared = new(
        RuleIds.ReturnedTwice,
        Title,
        "'{0}' is taken from '{1}', which keeps it: both objects own it now, and each gives it back when it is disposed. Set '{1}.{0}' to null when it is taken.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.ReturnedTwice));

    public static readonly Wording Words = new(Certain, Possible);

    /// <summary>For what two objects have in the same field.</summary>
    public static readonly Wording SharedWords = new(Shared, Shared);

    /// <summary>For what was given to another owner before.</summary>
    public static readonly Wording TakenWords = new(CertainlyTaken, PossiblyTaken);

    protected override bool Concerns(Resource resource) =>
        resource.Kind == ResourceKind.Rental || resource.Kind == ResourceKind.Owner;
}
