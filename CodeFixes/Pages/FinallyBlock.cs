using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace BufferLifetime.CodeFixes.Pages;

/// <summary>A <c>try</c> around all that is done with something, and its release in the <c>finally</c>.</summary>
internal sealed class FinallyBlock : TryRelease
{
    private readonly HeldRegion _region;
    private readonly StatementSyntax _release;
    private readonly SyntaxTrivia _lineEnd;

    public FinallyBlock(HeldRegion region, IReadOnlyList<StatementSyntax> released, StatementSyntax release, SyntaxTrivia lineEnd)
        : base(released, lineEnd)
    {
        _region = region;
        _release = release;
        _lineEnd = lineEnd;
    }

    public override IEnumerable<SyntaxNode> Tracked => _region.Statements.Concat(Released);

    /// <summary>Removes the releases from a tree in which the nodes are tracked, and puts the region into the <c>try</c>.</summary>
    public override SyntaxNode Apply(SyntaxNode root)
    {
        StatementSyntax[] kept = [.. _region.Statements.Where(statement => !Released.Contains(statement))];
        List<SyntaxTrivia> comments = [];
        foreach (StatementSyntax released in Released)
        {
            comments.AddRange(Layout.CommentLines(released, _lineEnd));
            root = Layout.Remove(root, root.GetCurrentNode(released)!, _lineEnd);
        }

        StatementSyntax first = root.GetCurrentNode(kept[0])!;
        StatementList list = StatementList.Holding(first)!.Value;
        int start = list.IndexOf(first), end = list.IndexOf(root.GetCurrentNode(kept[kept.Length - 1])!);
        List<StatementSyntax> statements = [.. list.Statements];
        if (end + 1 < statements.Count)
        {
            statements[end + 1] = Layout.WithBlankLine(statements[end + 1], _lineEnd);
        }

        TryStatementSyntax block = Wrap(statements.GetRange(start, end - start + 1), comments);
        statements.RemoveRange(start, end - start + 1);
        statements.Insert(start, block);
        return root.ReplaceNode(list.Owner, list.With(statements));
    }

    private TryStatementSyntax Wrap(List<StatementSyntax> statements, List<SyntaxTrivia> comments)
    {
        IEnumerable<SyntaxTrivia> blankLines = Layout.LeadingBlankLines(statements[0]);
        statements[0] = Layout.WithoutBlankLines(statements[0]);
        SyntaxToken open = SyntaxFactory.Token(SyntaxKind.OpenBraceToken).WithTrailingTrivia(_lineEnd), close = SyntaxFactory.Token(SyntaxKind.CloseBraceToken);
        BlockSyntax release = SyntaxFactory.Block(open, SyntaxFactory.List([_release.WithLeadingTrivia(comments)]), close);
        return SyntaxFactory.TryStatement(SyntaxFactory.Block(open, SyntaxFactory.List(statements), close), default, SyntaxFactory.FinallyClause(release))
            .WithLeadingTrivia(blankLines)
            .WithTrailingTrivia(_lineEnd)
            .WithAdditionalAnnotations(Formatter.Annotation);
    }
}
