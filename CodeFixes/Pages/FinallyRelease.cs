using BufferLifetime.CodeFixes.Repairs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace BufferLifetime.CodeFixes.Pages;

/// <summary>Pages of one acquisition that are released in the <c>finally</c> of a <c>try</c> around all that is done with them.</summary>
internal sealed class FinallyRelease
{
    private readonly HeldRegion _region;
    private readonly StatementSyntax _release;
    private readonly SyntaxTrivia _lineEnd;

    private FinallyRelease(HeldRegion region, IReadOnlyList<StatementSyntax> released, StatementSyntax release, SyntaxTrivia lineEnd)
    {
        _region = region;
        Released = released;
        _release = release;
        _lineEnd = lineEnd;
    }

    /// <summary>The statements that release the pages as it is.</summary>
    public IReadOnlyList<StatementSyntax> Released { get; }

    /// <summary>The nodes that must be tracked until <see cref="Apply"/>.</summary>
    public IEnumerable<SyntaxNode> Tracked => _region.Statements.Concat(Released);

    /// <summary>How to release the pages of an acquisition in a <c>finally</c>, or null where that may release too much, too late or twice.</summary>
    public static FinallyRelease? Of(Acquisition acquisition, PageUses uses, SemanticModel model)
    {
        // Pages of a parameter or a field are also somebody else's; those of a variable filled twice have no single region.
        if (uses.Owner is not ILocalSymbol
            || uses.IsCaptured
            || uses.Any(PageUseKind.HandedOn)
            || uses.Of(PageUseKind.Fill).Count() > 1
            || HeldRegion.Of(acquisition, uses, model) is not { } region
            || uses.Of(PageUseKind.Replaced).Any(use => region.Statements.Any(statement => statement.Span.Contains(use.Node.Span))))
        {
            return null;
        }

        if (uses.All.Any(use => use.Kind is PageUseKind.Value or PageUseKind.Address or PageUseKind.Passed
            && (PendingCall.Holds(use.Node, model) || !region.Statements.Any(statement => statement.Span.Contains(use.Node.Span)))))
        {
            return null;
        }

        List<StatementSyntax> released = [];
        foreach (PageUse use in uses.Of(PageUseKind.Release))
        {
            // A release in a handler is part of a structure that somebody thought about: it stays.
            if (ReleaseStatement.Of(use.Node) is not { } statement
                || !region.Statements.Any(part => part.Span.Contains(statement.Span))
                || IsInHandler(statement, region.List.Owner))
            {
                return null;
            }

            if (!released.Contains(statement))
            {
                released.Add(statement);
            }
        }

        if (uses.Any(PageUseKind.Passed) && !WaysOut.AreAllReleased(region, released)
            || region.Statements.All(released.Contains))
        {
            return null;
        }

        string type = PageApi.NameOf(PageApi.Fragments, model, acquisition.Call);
        StatementSyntax release = SyntaxFactory.ParseStatement($"{type}.Release({Identifier(uses.Owner.Name)});");
        return new FinallyRelease(region, released, release, Formatting.LineEnd(model.SyntaxTree.GetRoot()));
    }

    /// <summary>Removes the releases from a tree in which the nodes are tracked, and puts the region into the <c>try</c>.</summary>
    public SyntaxNode Apply(SyntaxNode root)
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

    private static bool IsInHandler(SyntaxNode node, SyntaxNode region)
    {
        for (SyntaxNode? outer = node; outer is not null && outer != region; outer = outer.Parent)
        {
            if (outer is CatchClauseSyntax or FinallyClauseSyntax)
            {
                return true;
            }
        }

        return false;
    }

    private static string Identifier(string name) =>
        SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "@" + name;
}
