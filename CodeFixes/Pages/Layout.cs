using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.CodeFixes.Pages;

/// <summary>Blank lines, comments and line ends around statements that are moved, made or removed.</summary>
internal static class Layout
{
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

    public static bool StartsWithBlankLine(SyntaxNode node) => BlankLines(node.GetLeadingTrivia()) > 0;

    public static T WithoutBlankLines<T>(T node)
        where T : SyntaxNode
    {
        SyntaxTriviaList leading = node.GetLeadingTrivia();
        return node.WithLeadingTrivia(leading.Skip(BlankLines(leading)));
    }

    public static T WithBlankLine<T>(T node, SyntaxTrivia lineEnd)
        where T : SyntaxNode =>
        StartsWithBlankLine(node) ? node : node.WithLeadingTrivia(node.GetLeadingTrivia().Insert(0, lineEnd));

    /// <summary>The blank lines, with all that stands on them, that a node starts with.</summary>
    public static IEnumerable<SyntaxTrivia> LeadingBlankLines(SyntaxNode node)
    {
        SyntaxTriviaList leading = node.GetLeadingTrivia();
        return leading.Take(BlankLines(leading));
    }

    /// <summary>The comments before a node and behind it.</summary>
    public static IEnumerable<SyntaxTrivia> Comments(SyntaxNode node) =>
        node.GetLeadingTrivia().Concat(node.GetTrailingTrivia()).Where(IsComment);

    /// <summary>Removes a statement, and leaves the blank line before it to the next.</summary>
    public static SyntaxNode Remove(SyntaxNode root, StatementSyntax statement, SyntaxTrivia lineEnd)
    {
        StatementList list = StatementList.Holding(statement)!.Value;
        List<StatementSyntax> statements = [.. list.Statements];
        int index = list.IndexOf(statement);
        if (index + 1 < statements.Count)
        {
            statements[index + 1] = index == 0 ? WithoutBlankLines(statements[index + 1])
                : StartsWithBlankLine(statement) ? WithBlankLine(statements[index + 1], lineEnd)
                : statements[index + 1];
        }

        statements.RemoveAt(index);
        return root.ReplaceNode(list.Owner, list.With(statements));
    }

    private static bool IsComment(SyntaxTrivia trivia) =>
        trivia.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia;

    /// <summary>How many trivia of a list belong to the blank lines that it starts with.</summary>
    private static int BlankLines(SyntaxTriviaList trivia)
    {
        int blank = 0;
        for (int i = 0; i < trivia.Count; i++)
        {
            if (trivia[i].IsKind(SyntaxKind.EndOfLineTrivia))
            {
                blank = i + 1;
            }
            else if (!trivia[i].IsKind(SyntaxKind.WhitespaceTrivia))
            {
                break;
            }
        }

        return blank;
    }
}
