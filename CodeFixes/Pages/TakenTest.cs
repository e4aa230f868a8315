using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.CodeFixes.Pages;

internal enum Taken
{
    Unknown,
    Nothing,
    Something,
}

/// <summary>Reads conditions on the result of an acquisition: whether something was taken where they are true.</summary>
internal sealed class TakenTest(ExpressionSyntax? call, ISymbol? result, SemanticModel model)
{
    public Taken Read(ExpressionSyntax condition) => condition switch
    {
        ParenthesizedExpressionSyntax parenthesized => Read(parenthesized.Expression),
        PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression } not => Opposite(Read(not.Operand)),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalOrExpression } or =>
            Read(or.Left) == Taken.Nothing && Read(or.Right) == Taken.Nothing ? Taken.Nothing : Taken.Unknown,
        BinaryExpressionSyntax binary when IsAmount(binary.Left) => Read(binary.Kind(), binary.Right),
        BinaryExpressionSyntax binary when IsAmount(binary.Right) => Read(Mirrored(binary.Kind()), binary.Left),
        IsPatternExpressionSyntax pattern when IsAmount(pattern.Expression) => Read(pattern.Pattern),
        _ => Taken.Unknown,
    };

    /// <summary>Reads a condition on the variable that the result of an acquisition went to.</summary>
    public static Taken ReadOf(ISymbol result, ExpressionSyntax condition, SemanticModel model) => new TakenTest(null, result, model).Read(condition);

    private Taken Read(PatternSyntax pattern) => pattern switch
    {
        ParenthesizedPatternSyntax parenthesized => Read(parenthesized.Pattern),
        UnaryPatternSyntax not => Opposite(Read(not.Pattern)),
        ConstantPatternSyntax constant => Read(SyntaxKind.EqualsExpression, constant.Expression),
        RelationalPatternSyntax relational => Read(
            relational.OperatorToken.Kind() switch
            {
                SyntaxKind.LessThanToken => SyntaxKind.LessThanExpression,
                SyntaxKind.LessThanEqualsToken => SyntaxKind.LessThanOrEqualExpression,
                SyntaxKind.GreaterThanToken => SyntaxKind.GreaterThanExpression,
                _ => SyntaxKind.GreaterThanOrEqualExpression,
            },
            relational.Expression),
        _ => Taken.Unknown,
    };

    private Taken Read(SyntaxKind comparison, ExpressionSyntax bound) =>
        (comparison, model.GetConstantValue(bound).Value switch { int n => n, long n => n, _ => -1L }) switch
        {
            (SyntaxKind.LessThanOrEqualExpression or SyntaxKind.LessThanExpression or SyntaxKind.EqualsExpression, 0L) => Taken.Nothing,
            (SyntaxKind.LessThanExpression, 1L) => Taken.Nothing,
            (SyntaxKind.GreaterThanExpression or SyntaxKind.NotEqualsExpression, 0L) => Taken.Something,
            (SyntaxKind.GreaterThanOrEqualExpression, 1L) => Taken.Something,
            _ => Taken.Unknown,
        };

    /// <summary>Whether an expression says how much was taken: the call, the variable that it went to, or a count of either.</summary>
    private bool IsAmount(ExpressionSyntax expression) => expression switch
    {
        ParenthesizedExpressionSyntax parenthesized => IsAmount(parenthesized.Expression),
        AssignmentExpressionSyntax assignment => IsAmount(assignment.Right),
        MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Bytes" or "Fragments" } access => IsAmount(access.Expression),
        InvocationExpressionSyntax => expression == call,
        IdentifierNameSyntax => result is not null && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(expression).Symbol, result),
        _ => false,
    };

    private static Taken Opposite(Taken taken) => taken switch
    {
        Taken.Nothing => Taken.Something,
        Taken.Something => Taken.Nothing,
        _ => Taken.Unknown,
    };

    private static SyntaxKind Mirrored(SyntaxKind comparison) => comparison switch
    {
        SyntaxKind.LessThanExpression => SyntaxKind.GreaterThanExpression,
        SyntaxKind.LessThanOrEqualExpression => SyntaxKind.GreaterThanOrEqualExpression,
        SyntaxKind.GreaterThanExpression => SyntaxKind.LessThanExpression,
        SyntaxKind.GreaterThanOrEqualExpression => SyntaxKind.LessThanOrEqualExpression,
        _ => comparison,
    };
}
