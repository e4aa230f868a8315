using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Rules.Shared;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>BUF2005: a rented buffer or a view of it is used after it was returned.</summary>
internal sealed class UsedAfterReturn() : UseAfterReleaseRule(Words)
{
    private const string Title = "Rented buffer used after it was returned";

    private static readonly DiagnosticDescriptor Certain = new(
        RuleIds.UsedAfterReturn,
        Title,
        "'{0}' is used after '{1}' was returned to the pool at line {2}: it may already be somebody else's. Return it after the last use.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.UsedAfterReturn));

    private static readonly DiagnosticDescriptor Possible = new(
        RuleIds.UsedAfterReturn,
        Title,
        "'{0}' can be used after '{1}' was returned to the pool at line {2}: it may already be somebody else's. Return it after the last use.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.UsedAfterReturn));

    private static readonly DiagnosticDescriptor CertainlyLeft = new(
        RuleIds.UsedAfterReturn,
        Title,
        "'{0}' is {1}, but '{2}' goes back to the pool at line {3}: whoever reads it there finds somebody else's data. Hand out a copy, or the buffer together with the duty to return it.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.UsedAfterReturn));

    private static readonly DiagnosticDescriptor PossiblyLeft = new(
        RuleIds.UsedAfterReturn,
        Title,
        "'{0}' is {1}, but on some path '{2}' goes back to the pool at line {3}: whoever reads it there finds somebody else's data. Hand out a copy, or the buffer together with the duty to return it.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.UsedAfterReturn));

    public static readonly Wording Words = new(Certain, Possible);

    /// <summary>For who is not seen to use it, but was left with it.</summary>
    public static readonly Wording LeftWords = new(CertainlyLeft, PossiblyLeft);

    protected override bool Concerns(Resource resource) =>
        resource.Kind == ResourceKind.Rental || resource.Kind == ResourceKind.Owner;
}
