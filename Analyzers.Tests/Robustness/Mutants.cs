using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace BufferLifetime.Analyzers.Tests.Robustness;

/// <summary>The ways in which a source is damaged: what a person who is typing leaves behind between two keystrokes.</summary>
internal static class Mutants
{
    /// <summary>The source without each of its statements.</summary>
    public static IEnumerable<string> WithoutEachStatement(string source)
    {
        SyntaxNode root = CSharpSyntaxTree.ParseText(source).GetRoot();
        foreach (StatementSyntax statement in root.DescendantNodes().OfType<StatementSyntax>())
            yield return source.Remove(statement.SpanStart, statement.Span.Length);
    }

    /// <summary>The source without each of its tokens.</summary>
    public static IEnumerable<string> WithoutEachToken(string source)
    {
        SyntaxNode root = CSharpSyntaxTree.ParseText(source).GetRoot();
        foreach (SyntaxToken token in root.DescendantTokens())
        {
            if (token.Span.Length > 0)
                yield return source.Remove(token.SpanStart, token.Span.Length);
        }
    }

    /// <summary>The source that ends at each of its statements, as in a file that is being written.</summary>
    public static IEnumerable<string> CutAtEachStatement(string source)
    {
        SyntaxNode root = CSharpSyntaxTree.ParseText(source).GetRoot();
        foreach (StatementSyntax statement in root.DescendantNodes().OfType<StatementSyntax>())
            yield return source[..(statement.SpanStart + (statement.Span.Length / 2))];
    }

    /// <summary>The source with two of its statements in each other's place, and with two of its tokens: <paramref name="count"/> of each.</summary>
    public static IEnumerable<string> WithPairsSwapped(string source, int count, int seed)
    {
        Random random = new(seed);
        SyntaxNode root = CSharpSyntaxTree.ParseText(source).GetRoot();
        TextSpan[] statements = [.. root.DescendantNodes().OfType<StatementSyntax>().Select(statement => statement.Span)];
        TextSpan[] tokens = [.. root.DescendantTokens().Select(token => token.Span).Where(span => span.Length > 0)];
        foreach (TextSpan[] spans in new[] { statements, tokens })
        {
            for (int i = 0; i < count && spans.Length > 1; i++)
            {
                TextSpan a = spans[random.Next(spans.Length)], b = spans[random.Next(spans.Length)];
                if (a.End > b.Start)
                    (a, b) = (b, a);
                if (a.End <= b.Start)
                    yield return source[..a.Start] + source[b.Start..b.End] + source[a.End..b.Start] + source[a.Start..a.End] + source[b.End..];
            }
        }
    }
}
