using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Rules.Shared;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>BUF2009: a read result's buffer is used after the reader was advanced.</summary>
internal sealed class UsedAfterAdvance() : UseAfterReleaseRule(Words)
{
    private const string Title = "Pipe buffer used after AdvanceTo";

    private static readonly DiagnosticDescriptor Certain = new(
        RuleIds.UsedAfterAdvance,
        Title,
        "'{0}' is used after the pipe was advanced at line {2}: its memory may be somebody else's by now. Use it before, or take it anew.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.UsedAfterAdvance));

    private static readonly DiagnosticDescriptor Possible = new(
        RuleIds.UsedAfterAdvance,
        Title,
        "'{0}' can be used after the pipe was advanced at line {2}: its memory may be somebody else's by now. Use it before, or take it anew.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.UsedAfterAdvance));

    private static readonly DiagnosticDescriptor Left = new(
        RuleIds.UsedAfterAdvance,
        Title,
        "'{0}' is {1}, but the pipe is advanced at line {2}: whoever reads it there finds other bytes by then. Copy what is kept.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.UsedAfterAdvance));

    private static readonly DiagnosticDescriptor ReadAgain = new(
        RuleIds.UsedAfterAdvance,
        Title,
        "'{0}' is read again, and was not advanced past what it gave at line {1}: it gives the same bytes once more, or throws. Call 'AdvanceTo' after each read.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.UsedAfterAdvance));

    public static readonly Wording Words = new(Certain, Possible);

    /// <summary>For a reader that still waits to be advanced.</summary>
    public static readonly Wording ReadAgainWords = new(ReadAgain, ReadAgain);

    /// <summary>For who was left with it.</summary>
    public static readonly Wording LeftWords = new(Left, Left);

    protected override bool Concerns(Resource resource) =>
        resource.Kind == ResourceKind.PipeRead || resource.Kind == ResourceKind.PipeWrite;
}
