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

    /// <summary>
    /// The source without each of its tokens, as <see cref="WithoutEachToken"/>, but of many members at once: one token is missing in each of them. Far fewer copies of a
    /// large source are to be looked at that way.
    /// </summary>
    public static IEnumerable<string> WithoutTokensOfMembers(string source)
    {
        foreach (IReadOnlyList<TextSpan> together in TokensTogether(source))
        {
            string damaged = source;
            foreach (TextSpan span in together.OrderByDescending(static span => span.Start))
                damaged = damaged.Remove(span.Start, span.Length);
            yield return damaged;
        }
    }

    /// <summary>
    /// The tokens of a source, each once, so that those can be missing together that have nothing to do with each other: tokens in the bodies of several members, without
    /// which a body still ends where it ended. What others are called by, and what would make two members one, is missing alone.
    /// </summary>
    public static IEnumerable<IReadOnlyList<TextSpan>> TokensTogether(string source)
    {
        SyntaxNode root = CSharpSyntaxTree.ParseText(source).GetRoot();
        List<List<TextSpan>> together = [];
        Dictionary<MemberDeclarationSyntax, int> damaged = [];
        foreach (SyntaxToken token in root.DescendantTokens())
        {
            if (token.Span.Length == 0)
                continue;
            if (MemberOf(token) is not { } member || !StaysInside(member, token))
            {
                yield return [token.Span];
                continue;
            }

            damaged.TryGetValue(member, out int before);
            damaged[member] = before + 1;
            if (before == together.Count)
                together.Add([]);
            together[before].Add(token.Span);
        }

        foreach (List<TextSpan> tokens in together)
            yield return tokens;
    }

    /// <summary>The member in whose body the token stands; null for one that stands in no body.</summary>
    public static MemberDeclarationSyntax? MemberOf(SyntaxToken token)
    {
        bool isInBody = false;
        foreach (SyntaxNode around in token.Parent!.AncestorsAndSelf())
        {
            if (around is MemberDeclarationSyntax { Parent: TypeDeclarationSyntax } and not BaseTypeDeclarationSyntax)
                return isInBody ? (MemberDeclarationSyntax)around : null;
            isInBody |= around is BlockSyntax or ArrowExpressionClauseSyntax;
        }

        return null;
    }

    private static bool StaysInside(MemberDeclarationSyntax member, SyntaxToken token)
    {
        const string After = "} class After { }";
        string type = "class Around {" + member.ToFullString().Remove(token.SpanStart - member.FullSpan.Start, token.Span.Length) + After;
        return ((CompilationUnitSyntax)CSharpSyntaxTree.ParseText(type).GetRoot()).Members is [ClassDeclarationSyntax { Members.Count: 1 } around, ClassDeclarationSyntax]
            && around.CloseBraceToken.SpanStart == type.Length - After.Length;
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
