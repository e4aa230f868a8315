using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.Analyzers.Rules.Shared;

/// <summary>Stretches of one storage, as the code writes them: <c>pages[..done]</c>, <c>pages.AsSpan(done)</c>.</summary>
internal static class Stretches
{
    /// <summary>Whether a release was of one stretch, and the operation is about another: what they have in common is not known.</summary>
    public static bool AreApart(IOperation operation, IOperation? release) =>
        release is not null && StretchIn(operation.Syntax) is { } used && StretchIn(release.Syntax) is { } released && used.ToString() != released.ToString();

    /// <summary>The stretch that a call is given, or that an expression is the storage of.</summary>
    private static ExpressionSyntax? StretchIn(SyntaxNode node)
    {
        switch (node)
        {
            case InvocationExpressionSyntax { ArgumentList.Arguments: { Count: > 0 } arguments } call:
                return AsStretch(arguments[0].Expression) ?? AsStretch(call);
            case ExpressionSyntax expression:
                for (SyntaxNode? outer = expression; outer is ExpressionSyntax part; outer = outer.Parent)
                {
                    if (AsStretch(part) is { } stretch)
                    {
                        return stretch;
                    }
                }

                return null;
            default:
                return null;
        }
    }

    private static ExpressionSyntax? AsStretch(ExpressionSyntax expression) => expression switch
    {
        ElementAccessExpressionSyntax { ArgumentList.Arguments: { Count: 1 } index } when index[0].Expression is RangeExpressionSyntax => expression,
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "AsSpan" or "Slice" or "AsMemory" }, ArgumentList.Arguments.Count: > 0 } => expression,
        _ => null,
    };
}
