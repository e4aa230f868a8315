using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Options;

namespace BufferLifetime.CodeFixes.Repairs;

/// <summary>
/// Formats what a repair has annotated, with the line ends that the document has: those that a host would use by itself are those of
/// the system it runs on.
/// </summary>
internal static class Formatting
{
    public static async Task<Document> ApplyAsync(Document document, CancellationToken cancellationToken)
    {
        SyntaxNode? root = await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false);
        OptionSet options = await document.GetOptionsAsync(cancellationToken).ConfigureAwait(false);
        string lineEnd = LineEnd(root!).ToString();
        Document formatted = await Formatter.FormatAsync(
            document,
            Formatter.Annotation,
            lineEnd.Length == 0 ? options : options.WithChangedOption(FormattingOptions.NewLine, LanguageNames.CSharp, lineEnd),
            cancellationToken).ConfigureAwait(false);

        // The host formats once more, what is still annotated then.
        root = await formatted.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false);
        return formatted.WithSyntaxRoot(root!.ReplaceNodes(
            root!.GetAnnotatedNodes(Formatter.Annotation),
            static (_, node) => node.WithoutAnnotations(Formatter.Annotation)));
    }

    /// <summary>The line end that a document uses.</summary>
    public static SyntaxTrivia LineEnd(SyntaxNode root)
    {
        foreach (SyntaxTrivia trivia in root.DescendantTrivia())
        {
            if (trivia.IsKind(SyntaxKind.EndOfLineTrivia))
            {
                return trivia;
            }
        }

        return SyntaxFactory.ElasticLineFeed;
    }
}
