using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace BufferLifetime.Analyzers.Tests.VerificationTests.Fakes;

internal class GoodNameFix : RenameFix
{
    protected override SyntaxToken NewName(SyntaxToken name) =>
        SyntaxFactory.Identifier(name.ValueText.Replace("bad", "good", StringComparison.Ordinal));
}

internal sealed class NoActionFix : GoodNameFix
{
    public override Task RegisterCodeFixesAsync(CodeFixContext context) => Task.CompletedTask;
}

internal sealed class NoChangeFix : GoodNameFix
{
    protected override Document Rename(Document document, SyntaxNode root, SyntaxToken name) => document;
}

/// <summary>Adds a line at the end and leaves what is reported as it is.</summary>
internal sealed class CommentingFix : GoodNameFix
{
    protected override Document Rename(Document document, SyntaxNode root, SyntaxToken name) =>
        document.WithText(SourceText.From(root.ToFullString() + "// Renamed.\n"));
}

/// <summary>Goes from bad1 to bad2 and back.</summary>
internal sealed class BackAndForthFix : GoodNameFix
{
    protected override SyntaxToken NewName(SyntaxToken name) => SyntaxFactory.Identifier(name.ValueText == "bad1" ? "bad2" : "bad1");
}

/// <summary>Makes the name longer for ever.</summary>
internal sealed class RunawayFix : GoodNameFix
{
    protected override SyntaxToken NewName(SyntaxToken name) => SyntaxFactory.Identifier(name.ValueText + "x");
}

/// <summary>Puts two declarators into one token: the text is right, the tree is not.</summary>
internal sealed class TwoInOneTokenFix : GoodNameFix
{
    protected override SyntaxToken NewName(SyntaxToken name) => SyntaxFactory.Identifier("good, other");
}

/// <summary>Names the variable like one that is there.</summary>
internal sealed class ClashingFix : GoodNameFix
{
    protected override SyntaxToken NewName(SyntaxToken name) => SyntaxFactory.Identifier("taken");
}

/// <summary>Renames, and casts a null that the compiler then warns of.</summary>
internal sealed class WarningFix : GoodNameFix
{
    protected override Document Rename(Document document, SyntaxNode root, SyntaxToken name) =>
        document.WithText(SourceText.From(root.ToFullString().Replace("string bad = \"\"", "string good = null", StringComparison.Ordinal)));
}

internal sealed class NoFixAllFix : GoodNameFix
{
    public override FixAllProvider? GetFixAllProvider() => null;
}

internal sealed class FirstDocumentOnlyFix : GoodNameFix
{
    public override FixAllProvider GetFixAllProvider() => new TextFixAll((document, context) => document == context.Project.Solution.Projects.First().Documents.First());
}

internal sealed class OneProjectOnlyFix : GoodNameFix
{
    public override FixAllProvider GetFixAllProvider() =>
        new TextFixAll((document, context) => context.Scope == FixAllScope.Document ? document == context.Document : document.Project == context.Project);
}

internal sealed class WholeSolutionFix : GoodNameFix
{
    public override FixAllProvider GetFixAllProvider() => new TextFixAll((_, _) => true);
}

internal sealed class DocumentScopeOnlyFix : GoodNameFix
{
    public override FixAllProvider GetFixAllProvider() =>
        new TextFixAll((document, context) => document == context.Document, FixAllScope.Document);
}

/// <summary>Offers two actions, and a third in a submenu.</summary>
internal sealed class ThreeActionsFix : GoodNameFix
{
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode root = (await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false))!;
        SyntaxToken name = root.FindToken(context.Span.Start);
        context.RegisterCodeFix(To("first"), context.Diagnostics);
        context.RegisterCodeFix(To("second"), context.Diagnostics);
        context.RegisterCodeFix(CodeAction.Create("More", [To("third")], isInlinable: false), context.Diagnostics);

        CodeAction To(string newName) => CodeAction.Create(
            newName,
            _ => Task.FromResult(context.Document.WithSyntaxRoot(root.ReplaceToken(name, SyntaxFactory.Identifier(newName).WithTriviaFrom(name)))),
            newName);
    }
}

/// <summary>Writes <c>good</c> for <c>bad</c> in the documents that it is told, whatever it is asked.</summary>
internal sealed class TextFixAll : FixAllProvider
{
    private readonly Func<Document, FixAllContext, bool> _includes;
    private readonly ImmutableArray<FixAllScope> _scopes;

    public TextFixAll(Func<Document, FixAllContext, bool> includes, params FixAllScope[] scopes)
    {
        _includes = includes;
        _scopes = scopes.Length > 0 ? [.. scopes] : [FixAllScope.Document, FixAllScope.Project, FixAllScope.Solution];
    }

    public override IEnumerable<FixAllScope> GetSupportedFixAllScopes() => _scopes;

    public override Task<CodeAction?> GetFixAsync(FixAllContext fixAllContext) =>
        Task.FromResult<CodeAction?>(CodeAction.Create("Rename all", cancellationToken => FixAsync(fixAllContext, cancellationToken), "all"));

    private async Task<Solution> FixAsync(FixAllContext context, CancellationToken cancellationToken)
    {
        Solution solution = context.Project.Solution;
        foreach (Document document in solution.Projects.SelectMany(project => project.Documents).Where(document => _includes(document, context)))
        {
            SourceText text = await document.GetTextAsync(cancellationToken).ConfigureAwait(false);
            string renamed = text.ToString().Replace("bad", "good", StringComparison.Ordinal);
            solution = solution.WithDocumentText(document.Id, SourceText.From(renamed, text.Encoding));
        }

        return solution;
    }
}
