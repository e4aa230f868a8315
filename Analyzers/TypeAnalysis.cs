using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Protocols;
using BufferLifetime.Analyzers.Rules;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers;

/// <summary>
/// The bodies of one type, gathered as the compiler meets them and analysed together when it has met the last: a field that owns
/// something is everybody's concern. A type none of whose bodies opens the gate costs nothing more.
/// </summary>
internal sealed class TypeAnalysis(ProtocolTable protocols, Relevance relevance)
{
    private readonly List<Root> _roots = [];
    private readonly HashSet<IOperation> _seen = [];

    public void Add(OperationBlockAnalysisContext context)
    {
        foreach (IOperation block in context.OperationBlocks)
        {
            IOperation root = block;
            while (root.Parent is { } parent)
            {
                root = parent;
            }

            if (root.Kind is OperationKind.Attribute)
            {
                continue;
            }

            Verdict verdict = relevance.Concerns(root) ? Gate.Judge(root, context.OwningSymbol, protocols) : Verdict.Passed;
            ControlFlowGraph? graph = verdict == Verdict.Open ? context.GetControlFlowGraph(block) : null;
            lock (_roots)
            {
                if (_seen.Add(root))
                {
                    _roots.Add(new Root(root, context.OwningSymbol, verdict, graph));
                }
            }
        }
    }

    public void Finish(SymbolAnalysisContext context)
    {
        // Bodies are met concurrently; the source order makes the result the same in every run.
        _roots.Sort(static (a, b) =>
        {
            int file = string.CompareOrdinal(a.Operation.Syntax.SyntaxTree.FilePath, b.Operation.Syntax.SyntaxTree.FilePath);
            return file != 0 ? file : a.Operation.Syntax.SpanStart.CompareTo(b.Operation.Syntax.SpanStart);
        });
        List<(Root Root, Body Body)> opened = [];
        foreach (Root root in _roots)
        {
            if (root.Graph is { } graph)
            {
                opened.Add((root, Body.Create(graph, root.Owner, protocols, context.CancellationToken)));
            }
        }

        if (opened.Count == 0)
        {
            return;
        }

        HashSet<ISymbol> together = new(SymbolEqualityComparer.Default);
        if (OwningFields.In(opened.ConvertAll(static o => o.Body)) is { Count: > 0 } owning && !_roots.Exists(static root => Gate.IsBroken(root.Operation, root.Verdict)))
        {
            AnalyzeTogether(opened, owning, together, context);
        }

        foreach ((Root root, Body body) in opened)
        {
            if (!together.Contains(root.Owner))
            {
                var reader = new RuleReader(body);
                BodyFlow.Run(body, protocols, reader, context.CancellationToken);
                Report(reader.Finish(), context);
            }

            AnalyzeNested(body, context);
        }
    }

    private void AnalyzeTogether(List<(Root Root, Body Body)> opened, List<ISymbol> owning, HashSet<ISymbol> together, SymbolAnalysisContext context)
    {
        List<TypeMember> members = [];
        int next = 0;
        foreach (Root root in _roots)
        {
            Body? known = next < opened.Count && opened[next].Root == root ? opened[next++].Body : null;
            if (!root.Owner.IsStatic && (known ?? MakeBody(root, context.CancellationToken)) is { } body)
            {
                members.Add(new TypeMember(root.Owner, body));
            }
        }

        List<ISymbol> fields = OwningFields.WithFlags(owning, members, opened.ConvertAll(static o => o.Body), protocols, context.CancellationToken);
        if (fields.Count == 0 || TypeFlow.Solve(members, fields, protocols, context.CancellationToken) is not { } flow)
        {
            return;
        }

        HashSet<Resource> settled = [];
        foreach (TypeMember member in members)
        {
            var reader = new RuleReader(member.Body, member, flow, settled);
            flow.Read(member, reader);
            Report(reader.Finish(), context);
            together.Add(member.Symbol);
        }

        Report(FieldRules.Check(new TypeView(flow, settled), members), context);
    }

    private void AnalyzeNested(Body body, SymbolAnalysisContext context)
    {
        foreach (NestedFunction nested in body.Nested)
        {
            Body inner = nested.BodyUnder(protocols, context.CancellationToken);
            var reader = new RuleReader(inner);
            BodyFlow.Run(inner, protocols, reader, context.CancellationToken);
            Report(reader.Finish(), context);
            AnalyzeNested(inner, context);
        }
    }

    private static void Report(IEnumerable<Diagnostic> diagnostics, SymbolAnalysisContext context)
    {
        foreach (Diagnostic diagnostic in diagnostics)
        {
            if (Preferences.Want(diagnostic, context.Options.AnalyzerConfigOptionsProvider))
            {
                context.ReportDiagnostic(diagnostic);
            }
        }
    }

    private Body? MakeBody(Root root, CancellationToken cancellation) =>
        GraphOf(root) is { } graph ? Body.Create(graph, root.Owner, protocols, cancellation) : null;

    private static ControlFlowGraph? GraphOf(Root root) => root.Graph ?? root.Operation switch
    {
        IMethodBodyOperation method => ControlFlowGraph.Create(method),
        IConstructorBodyOperation constructor => ControlFlowGraph.Create(constructor),
        IBlockOperation block => ControlFlowGraph.Create(block),
        IFieldInitializerOperation field => ControlFlowGraph.Create(field),
        IPropertyInitializerOperation property => ControlFlowGraph.Create(property),
        _ => null,
    };

    private sealed record Root(IOperation Operation, ISymbol Owner, Verdict Verdict, ControlFlowGraph? Graph);
}
