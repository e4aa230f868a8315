using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Rules.Shared;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Rules.Registration;

/// <summary>BUF1302: a slot is used after its buffer was unregistered.</summary>
internal sealed class UsedAfterUnregistration() : UseAfterReleaseRule(Words)
{
    private const string Title = "Registered buffer used after unregistration";

    private static readonly DiagnosticDescriptor Certain = new(
        RuleIds.UsedAfterUnregistration,
        Title,
        "'{0}' is used after '{1}' was given back at line {2}: the buffer may be somebody else's by now. Give it back after the last use.",
        RuleCategories.Registration,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.UsedAfterUnregistration));

    private static readonly DiagnosticDescriptor Possible = new(
        RuleIds.UsedAfterUnregistration,
        Title,
        "'{0}' can be used after '{1}' was given back at line {2}: the buffer may be somebody else's by now. Give it back after the last use.",
        RuleCategories.Registration,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.UsedAfterUnregistration));

    private static readonly DiagnosticDescriptor CertainlyEmpty = new(
        RuleIds.UsedAfterUnregistration,
        Title,
        "{1} of '{0}' finds no buffer: it was unregistered at line {2}. Unregister after the last use, or register another buffer first.",
        RuleCategories.Registration,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.UsedAfterUnregistration));

    private static readonly DiagnosticDescriptor PossiblyEmpty = new(
        RuleIds.UsedAfterUnregistration,
        Title,
        "{1} of '{0}' finds on some path no buffer: it was unregistered at line {2}. Unregister after the last use, or register another buffer first.",
        RuleCategories.Registration,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.UsedAfterUnregistration));

    public static readonly Wording Words = new(Certain, Possible);

    /// <summary>The words for a slot that is empty.</summary>
    public static readonly Wording WordsOfSlot = new(CertainlyEmpty, PossiblyEmpty);

    protected override bool Concerns(Resource resource) =>
        resource.Kind == ResourceKind.Registration || resource.Kind == ResourceKind.Import;
}
