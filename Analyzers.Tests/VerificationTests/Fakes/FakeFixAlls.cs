using Microsoft.CodeAnalysis.CodeFixes;

namespace BufferLifetime.Analyzers.Tests.VerificationTests.Fakes;

internal sealed class NoFixAllFix : GoodNameFix
{
    public override FixAllProvider? GetFixAllProvider() => null;
}

internal sealed class FirstDocumentOnlyFix : GoodNameFix
{
    public override FixAllProvider GetFixAllProvider() =>
        new TextFixAll((document, context) => document == context.Project.Solution.Projects.First().Documents.First());
}

internal sealed class OneProjectOnlyFix : GoodNameFix
{
    public override FixAllProvider GetFixAllProvider() =>
        new TextFixAll((document, context) =>
            context.Scope == FixAllScope.Document ? document == context.Document : document.Project == context.Project);
}

internal sealed class WholeSolutionFix : GoodNameFix
{
    public override FixAllProvider GetFixAllProvider() => new TextFixAll((_, _) => true);
}

internal sealed class DocumentScopeOnlyFix : GoodNameFix
{
    public override FixAllProvider GetFixAllProvider() =>
        new TextFixAll((document, context) => document == context.Document, [FixAllScope.Document]);
}

/// <summary>Leaves a comment when it fixes all.</summary>
internal sealed class BatchCommentFix : GoodNameFix
{
    public override FixAllProvider GetFixAllProvider() =>
        new TextFixAll((document, context) => context.Scope != FixAllScope.Document || document == context.Document, suffix: " // all");
}
