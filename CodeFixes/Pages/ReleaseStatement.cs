using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.CodeFixes.Pages;

/// <summary>The statement that does nothing but release: the call, a loop over the call, a condition of either.</summary>
internal static class ReleaseStatement
{
    /// <summary>The statement that can be removed together with a releasing call, or null where the call is part of something else.</summary>
    public static StatementSyntax? Of(SyntaxNode call)
    {
        if (call.Parent is not ExpressionStatementSyntax { ContainsDirectives: false } alone)
        {
            return null;
        }

        StatementSyntax statement = alone;
        while (true)
        {
            SyntaxNode? owner = statement.Parent is BlockSyntax { Statements.Count: 1, Parent: StatementSyntax outer } ? outer : statement.Parent;
            if (owner is StatementSyntax { ContainsDirectives: false } carrier && DoesNothingElse(carrier))
            {
                statement = carrier;
            }
            else
            {
                return StatementList.Holding(statement) is null ? null : statement;
            }
        }
    }

    /// <summary>Whether a statement does nothing but decide how often what it holds is done.</summary>
    private static bool DoesNothingElse(StatementSyntax statement) => statement switch
    {
        IfStatementSyntax { Else: null } branch => IsPure(branch.Condition),
        ForEachStatementSyntax loop => IsPure(loop.Expression),
        ForStatementSyntax { Declaration: { } declaration, Condition: { } condition } loop =>
            declaration.Variables.All(variable => variable.Initializer is { } initializer && IsPure(initializer.Value))
            && loop.Initializers.Count == 0
            && IsPure(condition)
            && loop.Incrementors.All(incrementor => Counts(incrementor, declaration)),
        _ => false,
    };

    private static bool Counts(ExpressionSyntax incrementor, VariableDeclarationSyntax declaration)
    {
        ExpressionSyntax? counter = incrementor switch
        {
            PostfixUnaryExpressionSyntax postfix => postfix.Operand,
            PrefixUnaryExpressionSyntax prefix => prefix.Operand,
            AssignmentExpressionSyntax assignment when IsPure(assignment.Right) => assignment.Left,
            _ => null,
        };
        return counter is IdentifierNameSyntax name && declaration.Variables.Any(variable => variable.Identifier.ValueText == name.Identifier.ValueText);
    }

    private static bool IsPure(ExpressionSyntax expression) =>
        !expression.DescendantNodesAndSelf().Any(static node =>
            node is InvocationExpressionSyntax or AssignmentExpressionSyntax or BaseObjectCreationExpressionSyntax or AwaitExpressionSyntax or DeclarationExpressionSyntax
            || node.Kind() is SyntaxKind.PreIncrementExpression or SyntaxKind.PreDecrementExpression
                or SyntaxKind.PostIncrementExpression or SyntaxKind.PostDecrementExpression);
}
