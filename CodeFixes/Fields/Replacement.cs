using BufferLifetime.CodeFixes.Pages;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace BufferLifetime.CodeFixes.Fields;

/// <summary>Statements in the place of one statement, or of an arrow body.</summary>
internal static class Replacement
{
    /// <summary>The tree with the statements; what stands before and behind the place goes on standing there.</summary>
    public static SyntaxNode Of(SyntaxNode root, SyntaxNode place, IReadOnlyList<string> texts, SyntaxTrivia lineEnd)
    {
        List<StatementSyntax> statements = [.. texts.Select(text => Statement(text, lineEnd))];
        switch (place)
        {
            case ArrowExpressionClauseSyntax arrow:
                BlockSyntax body = Block(statements, lineEnd).WithTrailingTrivia(arrow.Parent!.GetTrailingTrivia());
                return root.ReplaceNode(arrow.Parent, arrow.Parent switch
                {
                    MethodDeclarationSyntax method => Bare(method.WithExpressionBody(null).WithSemicolonToken(default)).WithBody(body),
                    LocalFunctionStatementSyntax local => local.WithExpressionBody(null).WithSemicolonToken(default).WithBody(body),
                    SyntaxNode other => other,
                });

            case StatementSyntax statement when StatementList.Holding(statement) is { } list:
                statements[0] = statements[0].WithLeadingTrivia(statement.GetLeadingTrivia());
                statements[statements.Count - 1] = statements[statements.Count - 1].WithTrailingTrivia(statement.GetTrailingTrivia());
                List<StatementSyntax> all = [.. list.Statements];
                int index = list.IndexOf(statement);
                all.RemoveAt(index);
                all.InsertRange(index, statements);
                return root.ReplaceNode(list.Owner, list.With(all));

            case StatementSyntax statement when statements.Count == 1:
                return root.ReplaceNode(statement, statements[0].WithTriviaFrom(statement));

            case StatementSyntax statement:
                return root.ReplaceNode(statement, Block(statements, lineEnd).WithTrailingTrivia(statement.GetTrailingTrivia()));

            default:
                return root;
        }
    }

    private static MethodDeclarationSyntax Bare(MethodDeclarationSyntax method) =>
        method.WithParameterList(method.ParameterList.WithTrailingTrivia(SyntaxFactory.ElasticMarker));

    private static BlockSyntax Block(IEnumerable<StatementSyntax> statements, SyntaxTrivia lineEnd) =>
        SyntaxFactory.Block(
            SyntaxFactory.Token(SyntaxKind.OpenBraceToken).WithTrailingTrivia(lineEnd),
            SyntaxFactory.List(statements),
            SyntaxFactory.Token(SyntaxKind.CloseBraceToken)).WithAdditionalAnnotations(Formatter.Annotation);

    private static StatementSyntax Statement(string text, SyntaxTrivia lineEnd) =>
        SyntaxFactory.ParseStatement(text.Replace("\n", lineEnd.ToString().Length == 0 ? "\n" : lineEnd.ToString()))
            .WithTrailingTrivia(lineEnd)
            .WithAdditionalAnnotations(Formatter.Annotation);
}
