using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace BufferLifetime.Analyzers.Tests.VerificationTests.Fakes;

/// <summary>Gives the reported variable another name; derived fixes do it wrongly in one way each.</summary>
internal abstract class RenameFix : CodeFixProvider
{
    public override ImmutableArray<string> FixableDiagnosticIds =>
        [FakeRules.BadName.Id, FakeRules.AtTheEnd.Id];

    public override FixAllProvider? GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode root = (await context.Document.GetSyntaxRootAsync(context.CancellationToken))!;
        SyntaxToken name = root.FindToken(context.Span.Start);
        context.RegisterCodeFix(
            CodeAction.Create("Rename", _ => Task.FromResult(Rename(context.Document, root, name)), nameof(RenameFix)),
            context.Diagnostics);
    }

    protected virtual Document Rename(Document document, SyntaxNode root, SyntaxToken name) =>
        document.WithSyntaxRoot(root.ReplaceToken(name, NewName(name).WithTriviaFrom(name)));

    protected abstract SyntaxToken NewName(SyntaxToken name);
}
