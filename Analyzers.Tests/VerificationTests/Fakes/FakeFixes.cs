using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Text;

namespace BufferLifetime.Analyzers.Tests.VerificationTests.Fakes;

internal class GoodNameFix : RenameFix
{
    protected override SyntaxToken NewName(SyntaxToken name) =>
        SyntaxFactory.Identifier(name.ValueText.Replace("bad", "good", StringComparison.Ordinal));
}

/// <summary>Forgets how the file is encoded.</summary>
internal sealed class EncodingFix : GoodNameFix
{
    protected override Document Rename(Document document, SyntaxNode root, SyntaxToken name) =>
        document.WithText(SourceText.From(root.ToFullString().Replace("bad", "good", StringComparison.Ordinal), Encoding.Unicode));
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
        document.WithText(SourceText.From(root.ToFullString() + "// Renamed.\n", Encoding.UTF8));
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

/// <summary>Renames, and puts in a null that the compiler then warns of.</summary>
internal sealed class WarningFix : GoodNameFix
{
    protected override Document Rename(Document document, SyntaxNode root, SyntaxToken name) =>
        document.WithText(
            SourceText.From(root.ToFullString().Replace("bad = \"\"", "good = null", StringComparison.Ordinal), Encoding.UTF8));
}

/// <summary>Offers two actions, and a third in a submenu.</summary>
internal sealed class ThreeActionsFix : GoodNameFix
{
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode root = (await context.Document.GetSyntaxRootAsync(context.CancellationToken))!;
        SyntaxToken name = root.FindToken(context.Span.Start);
        context.RegisterCodeFix(To("first"), context.Diagnostics);
        context.RegisterCodeFix(To("second"), context.Diagnostics);
        context.RegisterCodeFix(CodeAction.Create("More", [To("third")], isInlinable: false), context.Diagnostics);

        CodeAction To(string newName)
        {
            SyntaxNode renamed = root.ReplaceToken(name, SyntaxFactory.Identifier(newName).WithTriviaFrom(name));
            return CodeAction.Create(newName, _ => Task.FromResult(context.Document.WithSyntaxRoot(renamed)), newName);
        }
    }
}

/// <summary>Puts the next member on a line of its own and leaves the line's end to the formatter.</summary>
internal sealed class FormattingFix : GoodNameFix
{
    protected override Document Rename(Document document, SyntaxNode root, SyntaxToken name)
    {
        SyntaxNode member = name.Parent!.FirstAncestorOrSelf<MemberDeclarationSyntax>()!;
        SyntaxNode renamed = member.ReplaceToken(name, NewName(name))
            .WithTrailingTrivia(SyntaxFactory.ElasticCarriageReturnLineFeed)
            .WithAdditionalAnnotations(Formatter.Annotation);
        return document.WithSyntaxRoot(root.ReplaceNode(member, renamed));
    }
}
