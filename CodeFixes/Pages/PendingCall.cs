using BufferLifetime.Analyzers.Symbols;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.CodeFixes.Pages;

/// <summary>Calls that start an operation nobody waits for before the scope is left: what they are given must outlive the scope.</summary>
internal static class PendingCall
{
    /// <summary>Whether a node is part of what such a call is given.</summary>
    public static bool Holds(SyntaxNode given, SemanticModel model)
    {
        for (SyntaxNode? node = given; node is not (null or StatementSyntax or ArrowExpressionClauseSyntax or AnonymousFunctionExpressionSyntax); node = node.Parent)
        {
            // Awaited here, or kept in a variable to be awaited later.
            if (node is AwaitExpressionSyntax or EqualsValueClauseSyntax)
            {
                return false;
            }

            if (node is InvocationExpressionSyntax call
                && IsTask(model.GetTypeInfo(call).Type)
                && call.Parent is ReturnStatementSyntax or ExpressionStatementSyntax or ArrowExpressionClauseSyntax or AssignmentExpressionSyntax or LambdaExpressionSyntax)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsTask(ITypeSymbol? type) =>
        MetadataNames.Of(type) is "System.Threading.Tasks.Task" or "System.Threading.Tasks.Task`1"
            or "System.Threading.Tasks.ValueTask" or "System.Threading.Tasks.ValueTask`1";
}
