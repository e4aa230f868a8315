using System.Globalization;
using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Protocols;
using BufferLifetime.Analyzers.Rules;
using BufferLifetime.Analyzers.Rules.BaseLibrary;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers;

/// <summary>
/// The bodies of one type, gathered as the compiler meets them and analysed together when it has met the last: a field that owns
/// something is everybody's concern. A type none of whose bodies opens the gate costs nothing more.
/// </summary>
internal sealed class TypeAnalysis(ProtocolTable protocols, Relevance relevance, SourceTypes others)
{
    private readonly List<TypeBody> _all = [];
    private readonly List<TypeBody> _opened = [];
    private readonly HashSet<IOperation> _seen = [];
    private readonly Dictionary<ISymbol, TypeBody> _byOwner = new(SymbolEqualityComparer.Default);
    private OwnCallees? _callees;

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

            bool opens = relevance.Concerns(root) && Gate.Opens(root, context.OwningSymbol, protocols, method => IsOthers(method, context) && others.Makes(method.OriginalDefinition, context.CancellationToken), method => IsOthers(method, context) && others.Takes(method.OriginalDefinition, context.CancellationToken));
            ControlFlowGraph? graph = opens ? context.GetControlFlowGraph(block) : null;
            lock (_all)
            {
                if (_seen.Add(root))
                {
                    (ISymbol owner, CancellationToken cancellation) = (context.OwningSymbol, context.CancellationToken);
                    TypeBody body = new(root, owner, () => graph ?? GraphOf(root), made => Body.Create(made, owner, protocols, cancellation, _callees));
                    _all.Add(body);
                    if (graph is not null)
                    {
                        _opened.Add(body);
                    }
                }
            }
        }
    }

    public void Finish(SymbolAnalysisContext context)
    {
        // Bodies are met concurrently; the source order makes the result the same in every run.
        _all.Sort(InSourceOrder);
        _opened.Sort(InSourceOrder);
        var type = (INamedTypeSymbol)context.Symbol;
        if (ReadByFinalizer.Concerns(type))
        {
            Report(ReadByFinalizer.In(_all), context);
        }

        Report(StructNotCleared.In(_all, relevance.IsOwner, others, protocols, context.CancellationToken), context);
        Report(StructNotCleared.InLife(type, _all, relevance.IsOwner, others, protocols, context.CancellationToken), context);
        Report(OwnerReplaced.In(type, relevance.IsOwner, others, context.CancellationToken), context);

        if (_opened.Count == 0)
        {
            return;
        }

        foreach (TypeBody body in _all)
        {
            if (!_byOwner.ContainsKey(body.Owner))
            {
                _byOwner.Add(body.Owner, body);
            }
        }

        _callees = new OwnCallees(method => _byOwner.TryGetValue(method, out TypeBody? body) ? body.Graph : null, protocols, others, SourceTypes.MaxDepth, context.CancellationToken);
        OpenCallers();
        Report(FreedUnderOverlapped.In(_all, _opened), context);
        Report(OwnedByTwo.In(_all, protocols), context);
        HashSet<ISymbol> together = new(SymbolEqualityComparer.Default);
        HashSet<(string Id, Location Location, string Words)> told = [];
        foreach (TypeUnit unit in TypeUnit.Of(_all, _opened, protocols, context.CancellationToken))
        {
            AnalyzeTogether(unit, together, told, context);
        }

        foreach (TypeBody opened in _opened)
        {
            Body body = opened.Body!;
            if (!together.Contains(opened.Owner))
            {
                var reader = new RuleReader(body);
                BodyFlow.Run(body, protocols, reader, context.CancellationToken);
                Report(reader.Finish(), context);
            }

            AnalyzeNested(body, context);
        }
    }

    /// <summary>Whether a method is a member of another type of the compilation that may own something.</summary>
    private bool IsOthers(IMethodSymbol method, OperationBlockAnalysisContext context) =>
        method is { ContainingType: { DeclaringSyntaxReferences.IsEmpty: false } type } && relevance.IsOwner(type) && !SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, context.OwningSymbol.ContainingType?.OriginalDefinition);

    /// <summary>What calls a method that makes something for it is worth a look, too, though it names no API itself.</summary>
    private void OpenCallers()
    {
        HashSet<ISymbol> givers = new(SymbolEqualityComparer.Default);
        for (int before = -1; before != givers.Count;)
        {
            before = givers.Count;
            givers.UnionWith(_opened.Select(static body => body.Owner).OfType<IMethodSymbol>().Where(OwnCallees.MayGive));
            HashSet<TypeBody> opened = [.. _opened];
            HashSet<string> names = new(givers.Select(static giver => giver.Name), StringComparer.Ordinal);
            foreach (TypeBody body in givers.Count == before ? [] : _all)
            {
                if (!opened.Contains(body) && body.Root.Syntax.DescendantTokens().Any(token => names.Contains(token.ValueText)) && Gate.Calls(body.Root, givers) && body.Body is not null)
                {
                    _opened.Add(body);
                }
            }
        }

        _opened.Sort(InSourceOrder);
    }

    private static int InSourceOrder(TypeBody a, TypeBody b)
    {
        int file = string.CompareOrdinal(a.Root.Syntax.SyntaxTree.FilePath, b.Root.Syntax.SyntaxTree.FilePath);
        return file != 0 ? file : a.Root.Syntax.SpanStart.CompareTo(b.Root.Syntax.SpanStart);
    }

    private static void AnalyzeTogether(TypeUnit unit, HashSet<ISymbol> together, HashSet<(string Id, Location Location, string Words)> told, SymbolAnalysisContext context)
    {
        TypeRecord record = new();
        foreach (TypeMember member in unit.Members)
        {
            if (member is { OnlyCalls: true, HasNothingToTell: true })
            {
                continue;
            }

            var reader = new RuleReader(member.Body, member, unit.Flow, record);
            unit.Flow.Read(member, reader);
            Report(reader.Finish().Where(IsNews), context);
            together.Add(member.Symbol);
        }

        Report(FieldRules.Check(new TypeView(unit.Flow, record), unit.Members, unit.Bodies).Where(IsNews), context);

        // What has nothing to do with the fields is found once for each group of them.
        bool IsNews(Diagnostic diagnostic) => told.Add((diagnostic.Id, diagnostic.Location, diagnostic.GetMessage(CultureInfo.InvariantCulture)));
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

    /// <summary>The graph of a complete body; null for what has none.</summary>
    public static ControlFlowGraph? GraphOf(IOperation root) => root switch
    {
        IMethodBodyOperation method => ControlFlowGraph.Create(method),
        IConstructorBodyOperation constructor => ControlFlowGraph.Create(constructor),
        IBlockOperation block => ControlFlowGraph.Create(block),
        IFieldInitializerOperation field => ControlFlowGraph.Create(field),
        IPropertyInitializerOperation property => ControlFlowGraph.Create(property),
        _ => null,
    };
}
