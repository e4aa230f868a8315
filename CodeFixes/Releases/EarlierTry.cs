using BufferLifetime.CodeFixes.Pages;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace BufferLifetime.CodeFixes.Releases;

/// <summary>A <c>try</c> that releases in its <c>finally</c>, and begins too late: what stands before it moves into it.</summary>
internal sealed class EarlierTry : TryRelease
{
    private readonly TryStatementSyntax _try;
    private readonly IReadOnlyList<StatementSyntax> _before;
    private readonly SyntaxTrivia _lineEnd;

    private EarlierTry(TryStatementSyntax late, IReadOnlyList<StatementSyntax> before, IReadOnlyList<StatementSyntax> released, SyntaxTrivia lineEnd)
        : base(released, lineEnd)
    {
        _try = late;
        _before = before;
        _lineEnd = lineEnd;
    }

    public override IEnumerable<SyntaxNode> Tracked => [_try, .. _before, .. Released];

    /// <summary>
    /// The <c>try</c> at the end of a region, or null where there is none that releases: handlers would catch what they were not written for.
    /// </summary>
    public static EarlierTry? Of(HeldRegion region, IReadOnlyList<StatementSyntax> released, SyntaxTrivia lineEnd)
    {
        StatementSyntax[] statements = [.. region.Statements];
        return statements.Length > 1
            && statements[statements.Length - 1] is TryStatementSyntax { Catches.Count: 0, Finally: { } handler } late
            && released.Count > 0
            && released.All(statement => StatementList.Holding(statement)?.Owner == handler.Block)
                ? new EarlierTry(late, statements.Take(statements.Length - 1).ToArray(), released, lineEnd)
                : null;
    }

    public override SyntaxNode Apply(SyntaxNode root)
    {
        TryStatementSyntax late = root.GetCurrentNode(_try)!;
        StatementList list = StatementList.Holding(late)!.Value;
        StatementSyntax[] before = [.. _before.Select(statement => root.GetCurrentNode(statement)!)];
        IEnumerable<StatementSyntax> inside = late.Block.Statements.Select((statement, index) =>
            index == 0 && Layout.StartsWithBlankLine(late) ? Layout.WithBlankLine(statement, _lineEnd) : statement);
        TryStatementSyntax early = late
            .WithBlock(late.Block.WithStatements(SyntaxFactory.List([Layout.WithoutBlankLines(before[0]), .. before.Skip(1), .. inside])))
            .WithLeadingTrivia(Layout.LeadingBlankLines(before[0]).Concat(Comments(late)))
            .WithAdditionalAnnotations(Formatter.Annotation);
        int start = list.IndexOf(before[0]);
        List<StatementSyntax> statements = [.. list.Statements];
        statements.RemoveRange(start, before.Length + 1);
        statements.Insert(start, early);
        return root.ReplaceNode(list.Owner, list.With(statements));
    }

    private static SyntaxTriviaList Comments(TryStatementSyntax late) => Layout.WithoutBlankLines(late).GetLeadingTrivia();
}
