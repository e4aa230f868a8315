using BufferLifetime.CodeFixes.Releases;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.CodeFixes.Fields;

/// <summary>A call that releases what a field owns, in a place where other statements can stand instead of it.</summary>
/// <param name="Call">The call.</param>
/// <param name="Released">The field, as the call names it.</param>
/// <param name="Place">The statement, with the question whether there is anything to release, or the arrow body.</param>
/// <param name="IsGuarded">Whether that question is asked.</param>
internal sealed record FieldRelease(InvocationExpressionSyntax Call, ExpressionSyntax Released, SyntaxNode Place, bool IsGuarded)
{
    /// <summary>The field that a call releases, as the call names it.</summary>
    public static (IFieldSymbol Field, ExpressionSyntax Named)? FieldOf(InvocationExpressionSyntax call, SemanticModel model) =>
        ReleaseForm.ReleasedBy(call, model) is { } released && model.GetSymbolInfo(released).Symbol is IFieldSymbol field && IsOfThis(released)
            ? (field, released)
            : null;

    /// <summary>All releases of a field in its type, or null where one of them cannot be rewritten.</summary>
    public static IReadOnlyList<FieldRelease>? AllOf(IFieldSymbol field, SyntaxNode type, SemanticModel model)
    {
        List<FieldRelease> all = [];
        foreach (InvocationExpressionSyntax call in type.DescendantNodes().OfType<InvocationExpressionSyntax>())
        {
            if (FieldOf(call, model) is not var (released, named) || !SymbolEqualityComparer.Default.Equals(released, field))
            {
                continue;
            }

            if (Of(call, named, field, model) is not { } release)
            {
                return null;
            }

            all.Add(release);
        }

        return all;
    }

    private static FieldRelease? Of(InvocationExpressionSyntax call, ExpressionSyntax named, IFieldSymbol field, SemanticModel model)
    {
        switch (call.Parent)
        {
            case ArrowExpressionClauseSyntax { Parent: MethodDeclarationSyntax or LocalFunctionStatementSyntax } arrow
                when model.GetSymbolInfo(call).Symbol is IMethodSymbol { ReturnsVoid: true }:
                return new FieldRelease(call, named, arrow, IsGuarded: false);

            case ExpressionStatementSyntax { ContainsDirectives: false } statement:
                SyntaxNode outer = statement.Parent is BlockSyntax { Statements.Count: 1 } block ? block.Parent! : statement.Parent!;
                return outer is IfStatementSyntax { Else: null, ContainsDirectives: false } branch && AsksOnlyFor(field, branch.Condition, model)
                    ? new FieldRelease(call, named, branch, IsGuarded: true)
                    : new FieldRelease(call, named, statement, IsGuarded: false);

            default:
                return null;
        }
    }

    private static bool AsksOnlyFor(IFieldSymbol field, ExpressionSyntax condition, SemanticModel model) =>
        condition.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().All(name => model.GetSymbolInfo(name).Symbol switch
        {
            IFieldSymbol asked => SymbolEqualityComparer.Default.Equals(asked, field) || (asked is { IsStatic: true, Name: "Zero" }),
            IPropertySymbol { Name: "IsAllocated" } or ITypeSymbol => true,
            _ => false,
        });

    private static bool IsOfThis(ExpressionSyntax named) =>
        named is IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax or SimpleNameSyntax { Parent: MemberAccessExpressionSyntax } };
}
