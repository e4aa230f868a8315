using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.CodeFixes.Pages;

/// <summary>Blank lines, comments and line ends around statements that are moved, made or removed.</summary>
internal static class Layout
{
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

    /// <summary>What stands before a node on its own line.</summary>
    public static IEnumerable<SyntaxTrivia> Indentation(SyntaxNode node) =>
        node.GetLeadingTrivia().Reverse().TakeWhile(static trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia));

    /// <summary>The comments before a node, in it and behind it, each with its indentation and on a line of its own.</summary>
    public static IEnumerable<SyntaxTrivia> CommentLines(SyntaxNode node, SyntaxTrivia lineEnd)
    {
        SyntaxTrivia previous = default;
        foreach (SyntaxTrivia trivia in node.DescendantTrivia())
        {
            if (trivia.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia)
            {
                if (previous.IsKind(SyntaxKind.WhitespaceTrivia))
                {
                    yield return previous;
                }

                yield return trivia;
                yield return lineEnd;
            }

            previous = trivia;
        }
    }

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
        if (statements.Count == 0 && list.Owner.Parent is ElseClauseSyntax otherwise)
        {
            var branch = (IfStatementSyntax)otherwise.Parent!;
            return root.ReplaceNode(branch, branch.WithElse(null).WithTrailingTrivia(otherwise.GetTrailingTrivia()));
        }

        return root.ReplaceNode(list.Owner, list.With(statements));
    }

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
