using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>The outcome of a code action, as it will be on disk: every changed document is parsed again from its text.</summary>
internal static class AppliedAction
{
    public static async Task<Solution> ApplyAsync(
        CodeAction action,
        Solution before,
        CodeActionValidationMode validation,
        CancellationToken cancel)
    {
        var operations = await action.GetOperationsAsync(cancel);
        if (operations.OfType<ApplyChangesOperation>().ToArray() is not [var applied])
            throw new VerificationException($"The action '{action.Title}' does not make exactly one change to the solution.");

        Solution after = applied.ChangedSolution;
        foreach (ProjectChanges project in after.GetChanges(before).GetProjectChanges())
        {
            foreach (DocumentId id in project.GetChangedDocuments().Concat(project.GetAddedDocuments()))
                after = await ReparseAsync(after, after.GetDocument(id)!, action.Title, validation, cancel);
        }

        return after;
    }

    private static async Task<Solution> ReparseAsync(
        Solution solution,
        Document document,
        string title,
        CodeActionValidationMode validation,
        CancellationToken cancel)
    {
        SourceText text = await document.GetTextAsync(cancel);
        SourceText written = SourceText.From(text.ToString(), text.Encoding, text.ChecksumAlgorithm);
        SyntaxNode made = (await document.GetSyntaxRootAsync(cancel))!;
        var parseOptions = (CSharpParseOptions)document.Project.ParseOptions!;
        SyntaxNode parsed = await CSharpSyntaxTree.ParseText(written, parseOptions, cancellationToken: cancel).GetRootAsync(cancel);
        bool same = validation switch
        {
            CodeActionValidationMode.None => true,
            // The parser makes some lists of one statement in another way than the factory does: they are the same nodes and tokens.
            CodeActionValidationMode.SemanticStructure => SyntaxFactory.AreEquivalent(made, parsed, topLevel: false) || FirstDifference(made, parsed) is null,
            _ => made.IsEquivalentTo(parsed),
        };
        if (!same)
        {
            throw new VerificationException(
                $"The action '{title}' made a tree for '{document.FilePath}' that its text does not parse to: " +
                $"{FirstDifference(made, parsed) ?? "they differ in trivia."}\n{text}");
        }

        return solution.WithDocumentText(document.Id, written);
    }

    private static string? FirstDifference(SyntaxNode made, SyntaxNode parsed)
    {
        SyntaxNodeOrToken[] all = [.. made.DescendantNodesAndTokensAndSelf()], expected = [.. parsed.DescendantNodesAndTokensAndSelf()];
        foreach ((SyntaxNodeOrToken ours, SyntaxNodeOrToken theirs) in all.Zip(expected))
        {
            if (!ours.IsKind(theirs.Kind()) || ours.Span != theirs.Span || (ours.IsToken && ours.ToString() != theirs.ToString()))
                return $"'{ours}' is {ours.Kind()}, and parses as {theirs.Kind()} '{theirs}'.";
        }

        return all.Length == expected.Length ? null : "they differ at the end.";
    }
}
