using BufferLifetime.Analyzers.Rules;
using BufferLifetime.CodeFixes.Pages;
using BufferLifetime.CodeFixes.Repairs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace BufferLifetime.CodeFixes.Releases;

/// <summary>
/// One of two releases of the same thing is removed: the second, or the first where the second is done in any case, and what was
/// released is used in between, or the scope is left through the second.
/// </summary>
internal sealed class RemovedRelease() : Repair(ReleasedTwiceFix.RemoveKey)
{
    public override IEnumerable<Proposal> Propose(Report report, SemanticModel model, CancellationToken cancellationToken)
    {
        if (!report.Properties.TryGetValue(DiagnosticProperties.Released, out string? how)
            || how != DiagnosticProperties.Twice
            || Acquisition.CallAt(report.Origin) is not { } first)
        {
            yield break;
        }

        // Where every way to the second passes the first, the second is superfluous; where every way on from the first reaches the second, the first is.
        InvocationExpressionSyntax? second = Acquisition.CallAt(report.Spot);
        if (second is not null && IsCutByDirective(first, second))
        {
            yield break;
        }

        bool followsAlways = second is null || IsInFinally(second) || Follows(second, first);
        Proposal? withoutFirst = followsAlways ? Without(first, second, "first", model) : null;
        Proposal? withoutSecond = second is not null && report.IsCertain ? Without(second, first, "second", model) : null;
        bool keepsSecond = second is null || IsInFinally(second) || IsUsedBetween(first, second, model);
        foreach (Proposal? proposal in keepsSecond ? new[] { withoutFirst, withoutSecond } : new[] { withoutSecond, withoutFirst })
        {
            if (proposal is not null)
            {
                yield return proposal;
            }
        }
    }

    private static Proposal? Without(InvocationExpressionSyntax call, InvocationExpressionSyntax? other, string which, SemanticModel model)
    {
        SyntaxNode root = model.SyntaxTree.GetRoot();
        return call == other || ReleaseStatement.Of(call) is not { } statement || (other is not null && statement.Span.Contains(other.Span))
            ? null
            : new Proposal($"Remove the {which} release", Layout.Remove(root, statement, Formatting.LineEnd(root)));
    }

    /// <summary>Whether a release stands by itself behind another, in the same list of statements or in one around it.</summary>
    private static bool Follows(InvocationExpressionSyntax second, InvocationExpressionSyntax first) =>
        second.Parent is ExpressionStatementSyntax statement
        && StatementList.Holding(statement) is { } list
        && list.Statements.Take(list.IndexOf(statement)).Any(earlier => earlier.Span.Contains(first.Span));

    private static bool IsCutByDirective(InvocationExpressionSyntax first, InvocationExpressionSyntax second) =>
        first.SyntaxTree.GetRoot().DescendantTrivia(TextSpan.FromBounds(Math.Min(first.SpanStart, second.SpanStart), Math.Max(first.Span.End, second.Span.End)))
            .Any(static trivia => trivia.IsDirective && !trivia.IsKind(SyntaxKind.PragmaWarningDirectiveTrivia));

    private static bool IsInFinally(SyntaxNode node) => node.FirstAncestorOrSelf<FinallyClauseSyntax>() is not null;

    /// <summary>Whether what the first of two calls in one list of statements releases is named between them.</summary>
    private static bool IsUsedBetween(InvocationExpressionSyntax first, InvocationExpressionSyntax second, SemanticModel model)
    {
        if (ReleaseStatement.Of(first) is not { } start
            || StatementList.Holding(start) is not { } list
            || list.Statements.FirstOrDefault(statement => statement.Span.Contains(second.Span)) is not { } end)
        {
            return false;
        }

        HashSet<ISymbol> released = new(SymbolEqualityComparer.Default);
        foreach (IdentifierNameSyntax name in first.DescendantNodes().OfType<IdentifierNameSyntax>())
        {
            if (model.GetSymbolInfo(name).Symbol is { Kind: SymbolKind.Local or SymbolKind.Parameter } variable)
            {
                released.Add(variable);
            }
        }

        return list.Statements.Skip(list.IndexOf(start) + 1).Take(list.IndexOf(end) - list.IndexOf(start) - 1).Any(statement =>
            statement.DescendantNodes().OfType<IdentifierNameSyntax>().Any(name => model.GetSymbolInfo(name).Symbol is { } used && released.Contains(used)));
    }
}
