using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>A release that a count decides: who takes the last hold away releases, and whoever counts has no other call to fear.</summary>
internal static class ReferenceCount
{
    /// <summary>Whether a count that is changed in the same member decides whether control reaches this place.</summary>
    public static bool Governs(SyntaxNode place)
    {
        if (MemberSyntax.MemberOf(place) is not { } member)
        {
            return false;
        }

        for (SyntaxNode node = place; node != member && node.Parent is { } parent; node = parent)
        {
            ExpressionSyntax? condition = parent switch
            {
                IfStatementSyntax choice when node != choice.Condition => choice.Condition,
                ConditionalExpressionSyntax choice when node != choice.Condition => choice.Condition,
                _ => null,
            };
            if (Counts(condition, member))
            {
                return true;
            }

            // What stands before, in the same block, and leaves where others still hold it.
            foreach (SyntaxNode before in parent is BlockSyntax block ? block.Statements.TakeWhile(statement => statement != node) : [])
            {
                if (before is IfStatementSyntax { Else: null } leaving && MemberSyntax.Leaves(leaving.Statement) && Counts(leaving.Condition, member))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool Counts(SyntaxNode? condition, MemberDeclarationSyntax member)
    {
        foreach (SyntaxNode node in condition?.DescendantNodesAndSelf() ?? [])
        {
            if (IsStep(node) || (node is IdentifierNameSyntax name && IsStepOf(name.Identifier.ValueText, member)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a local is given what a step of a count makes.</summary>
    private static bool IsStepOf(string local, MemberDeclarationSyntax member) =>
        member.DescendantNodes().Any(node => node switch
        {
            VariableDeclaratorSyntax { Initializer.Value: var value } declarator when declarator.Identifier.ValueText == local => IsStep(value),
            AssignmentExpressionSyntax assignment when MemberSyntax.NameOf(assignment.Left) == local => IsStep(assignment.Right),
            _ => false,
        });

    private static bool IsStep(SyntaxNode node) => node switch
    {
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Decrement" or "Add" }, ArgumentList.Arguments: { Count: > 0 } arguments } =>
            arguments[0].RefKindKeyword.IsKind(SyntaxKind.RefKeyword),
        PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PreDecrementExpression } => true,
        PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PostDecrementExpression } => true,
        _ => false,
    };
}
