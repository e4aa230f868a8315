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
        SymbolEqualityComparer.Default.Equals(
            parameter.ContainingSymbol,
            _function is AnonymousFunctionExpressionSyntax ? model.GetSymbolInfo(_function).Symbol : model.GetDeclaredSymbol(_function));

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
                BlockSyntax body = Block(arrow.Expression, first, model, lineEnd);
                SyntaxNode changed = function switch
                {
                    MethodDeclarationSyntax method => method.WithExpressionBody(null).WithSemicolonToken(default).WithBody(body.WithTrailingTrivia(method.GetTrailingTrivia())),
                    LocalFunctionStatementSyntax local => local.WithExpressionBody(null).WithSemicolonToken(default).WithBody(body.WithTrailingTrivia(local.GetTrailingTrivia())),
                    _ => function,
                };
                return root.ReplaceNode(function, changed.WithAdditionalAnnotations(Formatter.Annotation));

            case ExpressionSyntax expression when function is AnonymousFunctionExpressionSyntax anonymous:
                return root.ReplaceNode(function, anonymous.WithBody(Block(expression, first, model, lineEnd)).WithAdditionalAnnotations(Formatter.Annotation));

            default:
                return root;
        }
    }

    private BlockSyntax Block(ExpressionSyntax expression, IReadOnlyList<StatementSyntax> first, SemanticModel model, SyntaxTrivia lineEnd)
    {
        var method = (IMethodSymbol?)(_function is AnonymousFunctionExpressionSyntax ? model.GetSymbolInfo(_function).Symbol : model.GetDeclaredSymbol(_function));
        bool returns = method is { ReturnsVoid: false } and not { IsAsync: true, ReturnType: INamedTypeSymbol { Arity: 0 } };
        ExpressionSyntax value = expression.WithoutTrivia();
        StatementSyntax last = returns
            ? SyntaxFactory.ReturnStatement(SyntaxFactory.Token(SyntaxKind.ReturnKeyword).WithTrailingTrivia(SyntaxFactory.Space), value, SyntaxFactory.Token(SyntaxKind.SemicolonToken))
            : SyntaxFactory.ExpressionStatement(value);
        return SyntaxFactory.Block((IEnumerable<StatementSyntax>)[.. first, last.WithTrailingTrivia(lineEnd)]);
    }
}
