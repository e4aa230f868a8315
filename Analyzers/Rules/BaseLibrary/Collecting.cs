using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>Which collections the locals of a body are put in. The text of the body is read once, when the first is asked for.</summary>
internal sealed class Collecting
{
    private readonly Dictionary<string, List<(SyntaxNode At, string? Collection)>> _put = new(StringComparer.Ordinal);
    private BlockSyntax? _body;

    /// <summary>The name of the collection that the result of a call is put in, at once or by way of a local.</summary>
    public string? CollectionOf(InvocationExpressionSyntax call) => PartOf(call).Parent switch
    {
        AssignmentExpressionSyntax { Left: ElementAccessExpressionSyntax { Expression: var array } } => MemberSyntax.NameOf(array),
        ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Add", Expression: var list } } } => MemberSyntax.NameOf(list),
        EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Identifier.ValueText: var local } } => PutIn(local, call),
        _ => null,
    };

    /// <summary>What is made around a value in the same expression.</summary>
    private static SyntaxNode PartOf(SyntaxNode value)
    {
        while (value.Parent is AssignmentExpressionSyntax { Parent: InitializerExpressionSyntax { Parent: BaseObjectCreationExpressionSyntax made } })
        {
            value = made;
        }

        while (value.Parent is ArgumentSyntax { Parent.Parent: BaseObjectCreationExpressionSyntax around })
        {
            value = around;
        }

        return value;
    }

    private string? PutIn(string local, InvocationExpressionSyntax call)
    {
        if (call.FirstAncestorOrSelf<BlockSyntax>() is not { } block)
        {
            return null;
        }

        Read(block.AncestorsAndSelf().OfType<BlockSyntax>().Last());
        foreach ((SyntaxNode at, string? collection) in _put.TryGetValue(local, out List<(SyntaxNode, string?)>? puts) ? puts : [])
        {
            if (block.Span.Contains(at.Span))
            {
                return collection;
            }
        }

        return null;
    }

    private void Read(BlockSyntax body)
    {
        if (body == _body)
        {
            return;
        }

        _body = body;
        _put.Clear();
        foreach (SyntaxNode node in body.DescendantNodes())
        {
            switch (node)
            {
                case AssignmentExpressionSyntax { Left: ElementAccessExpressionSyntax { Expression: var array }, Right: var value } when MemberSyntax.NameOf(value) is { } local:
                    Add(local, node, array);
                    break;
                case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Add", Expression: var list }, ArgumentList.Arguments: { Count: 1 } arguments } when MemberSyntax.NameOf(arguments[0].Expression) is { } local:
                    Add(local, node, list);
                    break;
            }
        }
    }

    private void Add(string local, SyntaxNode at, ExpressionSyntax collection)
    {
        if (!_put.TryGetValue(local, out List<(SyntaxNode, string?)>? puts))
        {
            _put.Add(local, puts = []);
        }

        puts.Add((at, MemberSyntax.NameOf(collection)));
    }
}
