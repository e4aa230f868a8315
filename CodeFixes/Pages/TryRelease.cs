using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.CodeFixes.Pages;

/// <summary>Something that the <c>finally</c> of a <c>try</c> around all its uses releases.</summary>
internal abstract class TryRelease(IReadOnlyList<StatementSyntax> released, SyntaxTrivia lineEnd)
{
    /// <summary>The statements that release it as it is.</summary>
    public IReadOnlyList<StatementSyntax> Released { get; } = released;

    /// <summary>The nodes that must be tracked until <see cref="Apply"/>.</summary>
    public abstract IEnumerable<SyntaxNode> Tracked { get; }

    /// <summary>A tree in which the nodes are tracked, with the <c>try</c> and its release and no other.</summary>
    public abstract SyntaxNode Apply(SyntaxNode root);

    /// <summary>A tree in which the nodes are tracked, without the releases.</summary>
    public SyntaxNode WithoutReleases(SyntaxNode root) =>
        Released.Aggregate(root, (changed, statement) => Layout.Remove(changed, changed.GetCurrentNode(statement)!, lineEnd));
}
