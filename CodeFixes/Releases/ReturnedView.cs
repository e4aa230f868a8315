using BufferLifetime.CodeFixes.Pages;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.CodeFixes.Releases;

/// <summary>Values that leave the scope in which something is held, and show it after its release.</summary>
internal static class ReturnedView
{
    /// <summary>Whether a statement returns, made of one of the names, anything but a plain value.</summary>
    public static bool LeavesFrom(IEnumerable<StatementSyntax> statements, IReadOnlyList<IdentifierNameSyntax> names, SemanticModel model)
    {
        SyntaxNode? function = names.Count == 0 ? null : PageUses.FunctionOf(names[0]);
        return statements.SelectMany(static statement => statement.DescendantNodesAndSelf()).Any(node =>
            node is ReturnStatementSyntax { Expression: { } } or YieldStatementSyntax { Expression: { } }
            && PageUses.FunctionOf(node) == function
            && ExpressionOf(node) is { } value
            && names.Any(name => value.Span.Contains(name.Span))
            && !IsPlain(model.GetTypeInfo(value).ConvertedType));
    }

    private static ExpressionSyntax? ExpressionOf(SyntaxNode node) => node switch
    {
        ReturnStatementSyntax returned => returned.Expression,
        YieldStatementSyntax yielded => yielded.Expression,
        _ => null,
    };

    private static bool IsPlain(ITypeSymbol? type) =>
        type is { TypeKind: TypeKind.Enum }
        || type?.SpecialType is (>= SpecialType.System_Boolean and <= SpecialType.System_String) or SpecialType.System_DateTime;
}
