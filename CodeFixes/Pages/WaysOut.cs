using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.CodeFixes.Pages;

/// <summary>
/// The ways out of a region: its end, and every jump out of it. Where a call may have taken the pages over, a way out without a
/// release may be the one on which it did.
/// </summary>
internal static class WaysOut
{
    public static bool AreAllReleased(HeldRegion region, IReadOnlyList<StatementSyntax> released)
    {
        bool isReleased = false;
        foreach (StatementSyntax statement in region.Statements)
        {
            isReleased |= released.Contains(statement);
            foreach (SyntaxNode node in statement.DescendantNodesAndSelf(static n => n is not (LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax)))
            {
                if (!isReleased && JumpsOutOf(statement, node) && !FollowsOneOf(released, node))
                {
                    return false;
                }
            }
        }

        return isReleased;
    }

    private static bool JumpsOutOf(StatementSyntax statement, SyntaxNode node) => node switch
    {
        ReturnStatementSyntax or GotoStatementSyntax => true,
        BreakStatementSyntax or ContinueStatementSyntax =>
            node.FirstAncestorOrSelf<StatementSyntax>(IsLeftByJumps) is not { } left || !statement.Span.Contains(left.Span),
        _ => false,
    };

    private static bool IsLeftByJumps(StatementSyntax statement) =>
        statement is ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax or CommonForEachStatementSyntax or SwitchStatementSyntax;

    private static bool FollowsOneOf(IReadOnlyList<StatementSyntax> released, SyntaxNode jump) =>
        StatementList.Holding(jump) is { } list
        && list.Statements.Any(statement => statement.SpanStart < jump.SpanStart && released.Contains(statement));
}
