using BufferLifetime.CodeFixes.Repairs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.CodeFixes.Pages;

/// <summary>Pages of one acquisition that are released in the <c>finally</c> of a <c>try</c> around all that is done with them.</summary>
internal static class FinallyRelease
{
    /// <summary>How to release the pages of an acquisition in a <c>finally</c>, or null where that may release too much, too late or twice.</summary>
    public static FinallyBlock? Of(Acquisition acquisition, PageUses uses, SemanticModel model)
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
        StatementSyntax release = SyntaxFactory.ParseStatement($"{type}.Release({Names.Written(uses.Owner.Name)});");
        return new FinallyBlock(region, released, release, Formatting.LineEnd(model.SyntaxTree.GetRoot()));
    }

    /// <summary>Whether a release is already part of a structure that somebody thought about.</summary>
    public static bool IsInHandler(SyntaxNode node, SyntaxNode region)
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
}
