using BufferLifetime.CodeFixes.Pages;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace BufferLifetime.CodeFixes.Suspension;

/// <summary>The body of the innermost function around a node: a block, or an expression that can become one.</summary>
internal sealed class FunctionBody
{
    private readonly SyntaxNode _function;

    private FunctionBody(SyntaxNode function, SyntaxNode node)
    {
        _function = function;
        Node = node;
    }

    public SyntaxNode Node { get; }

    public IEnumerable<SyntaxNode> Tracked => [_function, Node];

    public static FunctionBody? Around(SyntaxNode node)
    {
        if (PageUses.FunctionOf(node) is not { } function)
        {
            return new FunctionBody(node.SyntaxTree.GetRoot(), node.SyntaxTree.GetRoot());
        }

        SyntaxNode? body = function switch
        {
            BaseMethodDeclarationSyntax method => (SyntaxNode?)method.Body ?? method.ExpressionBody,
            LocalFunctionStatementSyntax local => (SyntaxNode?)local.Body ?? local.ExpressionBody,
            AccessorDeclarationSyntax accessor => accessor.Body,
            AnonymousFunctionExpressionSyntax anonymous => anonymous.Body,
            _ => null,
        };
        return body is null || !body.Span.Contains(node.Span) ? null : new FunctionBody(function, body);
    }

    public bool IsAround(SyntaxNode node) => (PageUses.FunctionOf(node) ?? node.SyntaxTree.GetRoot()) == _function;

    /// <summary>Whether a parameter is the function's own.</summary>
    public bool IsOf(IParameterSymbol parameter, SemanticModel model) =>
        SymbolEqualityComparer.Default.Equals(parameter.ContainingSymbol, SymbolOf(_function, model));

    /// <summary>The tree with statements before all others of the body.</summary>
    public SyntaxNode WithFirst(SyntaxNode root, IReadOnlyList<StatementSyntax> first, SemanticModel model, SyntaxTrivia lineEnd)
    {
        SyntaxNode function = root.GetCurrentNode(_function)!;
        switch (root.GetCurrentNode(Node))
        {
            case BlockSyntax block:
                // What stands before the first statement, a comment on the whole perhaps, goes on standing before it.
                return root.ReplaceNode(block, block.WithStatements(block.Statements.InsertRange(0, first)));

            case ArrowExpressionClauseSyntax arrow:
                BlockSyntax body = Block(arrow.Expression, first, model, lineEnd).WithTrailingTrivia(function.GetTrailingTrivia());
                SyntaxNode changed = function switch
                {
                    MethodDeclarationSyntax method => method.WithExpressionBody(null).WithSemicolonToken(default).WithBody(body),
                    LocalFunctionStatementSyntax local => local.WithExpressionBody(null).WithSemicolonToken(default).WithBody(body),
                    _ => function,
                };
                return root.ReplaceNode(function, changed.WithAdditionalAnnotations(Formatter.Annotation));

            case ExpressionSyntax expression when function is AnonymousFunctionExpressionSyntax anonymous:
                AnonymousFunctionExpressionSyntax longer = anonymous.WithBody(Block(expression, first, model, lineEnd));
                return root.ReplaceNode(function, longer.WithAdditionalAnnotations(Formatter.Annotation));

            default:
                return root;
        }
    }

    private static ISymbol? SymbolOf(SyntaxNode function, SemanticModel model) =>
        function is AnonymousFunctionExpressionSyntax ? model.GetSymbolInfo(function).Symbol : model.GetDeclaredSymbol(function);

    private BlockSyntax Block(ExpressionSyntax expression, IReadOnlyList<StatementSyntax> first, SemanticModel model, SyntaxTrivia lineEnd)
    {
        var method = (IMethodSymbol?)SymbolOf(_function, model);
        bool returns = method is { ReturnsVoid: false } and not { IsAsync: true, ReturnType: INamedTypeSymbol { Arity: 0 } };
        ExpressionSyntax value = expression.WithoutTrivia();
        StatementSyntax last = returns
            ? SyntaxFactory.ReturnStatement(value.WithLeadingTrivia(SyntaxFactory.Space))
            : SyntaxFactory.ExpressionStatement(value);
        last = last.WithLeadingTrivia(expression.GetLeadingTrivia());
        return SyntaxFactory.Block((IEnumerable<StatementSyntax>)[.. first, last.WithTrailingTrivia(lineEnd)]);
    }
}
