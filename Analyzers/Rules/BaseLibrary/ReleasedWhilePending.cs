using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Rules.Shared;
using BufferLifetime.Analyzers.Rules.Suspension;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>BUF2007: a buffer is returned, disposed or freed while an operation over it is pending.</summary>
internal sealed class ReleasedWhilePending() : PendingReleaseRule(Words)
{
    private const string Title = "Buffer released while an operation on it is pending";

    private static readonly DiagnosticDescriptor Certain = new(
        RuleIds.ReleasedWhilePending,
        Title,
        "'{0}' is released while the {1} started at line {2} may still use it: the next owner's data will be overwritten. Await the operation before releasing the buffer.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.ReleasedWhilePending));

    private static readonly DiagnosticDescriptor Possible = new(
        RuleIds.ReleasedWhilePending,
        Title,
        "'{0}' can be released while the {1} started at line {2} may still use it: the next owner's data will be overwritten. Await the operation before releasing the buffer.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.ReleasedWhilePending));

    public static readonly Wording Words = new(Certain, Possible);

    protected override bool Concerns(Resource resource) =>
        !resource.Kind.HasMode && resource.Kind != ResourceKind.Import && resource.Kind != ResourceKind.PipeRead && resource.Kind != ResourceKind.PipeWrite && resource.Kind != ResourceKind.Folio;

    // The creator of an iterator lets go of what that describes (BUF1204).
    protected override bool ConcernsThroughIterator(Resource resource) => Concerns(resource) && !BackingUsedAfterRelease.IsBacking(resource);
}
