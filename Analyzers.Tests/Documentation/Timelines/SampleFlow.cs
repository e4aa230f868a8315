using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Protocols;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace BufferLifetime.Analyzers.Tests.Documentation.Timelines;

/// <summary>The bodies of a sample as the analyzer sees them: alone, or with the members of their type where a field owns something.</summary>
internal sealed class SampleFlow
{
    private readonly ProtocolTable _protocols;
    private readonly List<Body> _bodies = [];

    private SampleFlow(Compilation compilation, SyntaxTree tree)
    {
        _protocols = new ProtocolTable(compilation, [], CancellationToken.None);
        SemanticModel model = compilation.GetSemanticModel(tree);
        foreach (SyntaxNode node in tree.GetRoot().DescendantNodes().Where(IsBody))
        {
            SyntaxNode declaration = node is ArrowExpressionClauseSyntax or EqualsValueClauseSyntax ? node.Parent! : node;
            ISymbol symbol = model.GetDeclaredSymbol(declaration)!;
            if (ControlFlowGraph.Create(node, model) is { } graph)
                _bodies.Add(Body.Create(graph, symbol is IPropertySymbol property ? property.GetMethod! : symbol, _protocols, CancellationToken.None));
        }
    }

    public static SampleFlow Of(Compilation compilation) => new(compilation, compilation.SyntaxTrees.First());

    private static bool IsBody(SyntaxNode node) => node is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax
        or ArrowExpressionClauseSyntax { Parent: PropertyDeclarationSyntax } or EqualsValueClauseSyntax { Parent.Parent.Parent: FieldDeclarationSyntax };

    /// <summary>The name of the method that a place outside of the body lies in.</summary>
    public static string? MethodAt(Location location) =>
        location.SourceTree!.GetRoot().FindNode(location.SourceSpan).FirstAncestorOrSelf<BaseMethodDeclarationSyntax>() switch
        {
            MethodDeclarationSyntax method => method.Identifier.ValueText,
            ConstructorDeclarationSyntax constructor => constructor.Identifier.ValueText,
            _ => null,
        };

    /// <summary>The parameter that a place names, as it is declared.</summary>
    public static string? ParameterAt(Location location) => (location.SourceTree!.GetRoot().FindNode(location.SourceSpan) as ParameterSyntax)?.ToString();

    /// <summary>The path through the body around the report that meets every place which the report names, and leaves the body.</summary>
    public (Body Body, IReadOnlyList<Step> Steps) PathTo(Diagnostic report)
    {
        Body outer = _bodies.Single(body => body.Flow.OriginalOperation.Syntax.Span.Contains(report.Location.SourceSpan));
        Body inner = Innermost(outer, report.Location);
        PathFinder? found = null;
        var reader = new FirstFact(entry => found ??= PathFinder.Find(inner, _protocols, entry.Calls, entry.States, report));
        if (ReferenceEquals(inner, outer) && TypeOf(outer) is var (flow, member))
        {
            reader.Calls = flow;
            flow.Read(member, reader);
        }
        else
        {
            BodyFlow.Run(inner, _protocols, reader, CancellationToken.None);
        }

        return (inner, found?.Steps ?? throw new InvalidOperationException($"No path leads to what {report} names."));
    }

    private Body Innermost(Body body, Location location)
    {
        foreach (NestedFunction nested in body.Nested)
        {
            Body inside = nested.BodyUnder(_protocols, CancellationToken.None);
            if (inside.Flow.OriginalOperation.Syntax.Span.Contains(location.SourceSpan))
                return Innermost(inside, location);
        }

        return body;
    }

    private (TypeFlow Flow, TypeMember Member)? TypeOf(Body body)
    {
        List<TypeBody> siblings = [.. _bodies.Where(other => SymbolEqualityComparer.Default.Equals(other.Owner.ContainingType, body.Owner.ContainingType))
            .Select(static other => new TypeBody(other.Flow.OriginalOperation, other.Owner, () => other.Flow, _ => other))];
        return TypeUnit.Of(siblings, siblings, _protocols, CancellationToken.None) is [var unit, ..] && unit.Members.FirstOrDefault(other => other.Body == body) is { } member
            ? (unit.Flow, member)
            : null;
    }

    /// <summary>Looks in while the flow of the body is being read: at what is known where it begins.</summary>
    private sealed class FirstFact(Action<(ISelfCalls? Calls, IReadOnlyList<PathState> States)> look) : IFlowReader
    {
        private bool _hasLooked;

        public ISelfCalls? Calls { get; set; }

        public void OnFact(Fact fact, PathSet before) => Look(before);

        public void OnExit(ExitKind exit, IOperation? returned, BasicBlock from, PathSet atExit) => Look(atExit);

        private void Look(PathSet paths)
        {
            if (!_hasLooked)
            {
                _hasLooked = true;
                look((Calls, paths.Paths));
            }
        }
    }
}
