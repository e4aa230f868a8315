using System.Collections.Immutable;
using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Protocols;
using BufferLifetime.Analyzers.Rules;
using BufferLifetime.Analyzers.Symbols;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace BufferLifetime.Analyzers;

/// <summary>
/// All rules behind one flow: the facts of a body are gathered and solved once, however many rules read them.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class BufferLifetimeAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = RuleCatalogue.Descriptors.Insert(0, UnreadableContract.Descriptor);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            if (KnownTypes.AreReferencedBy(start.Compilation))
            {
                var protocols = new ProtocolTable(start.Compilation, start.Options.AdditionalFiles, start.CancellationToken);
                start.RegisterOperationBlockAction(block => AnalyzeBlocks(block, protocols));
                start.RegisterAdditionalFileAction(file => UnreadableContract.Check(file, protocols));
            }
        });
    }

    private static void AnalyzeBlocks(OperationBlockAnalysisContext context, ProtocolTable protocols)
    {
        void Report(Diagnostic diagnostic)
        {
            if (Preferences.Want(diagnostic, context.Options.AnalyzerConfigOptionsProvider))
            {
                context.ReportDiagnostic(diagnostic);
            }
        }

        HashSet<IOperation> roots = [];
        foreach (IOperation block in context.OperationBlocks)
        {
            IOperation root = block;
            while (root.Parent is { } parent)
            {
                root = parent;
            }

            if (root.Kind != OperationKind.Attribute && Gate.Opens(root, context.OwningSymbol, protocols) && roots.Add(root))
            {
                Analyze(context.GetControlFlowGraph(block), context.OwningSymbol, protocols, Report, context.CancellationToken);
            }
        }
    }

    private static void Analyze(ControlFlowGraph graph, ISymbol owner, ProtocolTable protocols, Action<Diagnostic> report, CancellationToken cancellation)
    {
        Body body = Body.Create(graph, owner, protocols, cancellation);
        var reader = new RuleReader(body);
        BodyFlow.Run(body, protocols, reader, cancellation);
        foreach (Diagnostic diagnostic in reader.Finish())
        {
            report(diagnostic);
        }

        foreach (NestedFunction nested in body.Nested)
        {
            Analyze(nested.Graph, nested.Symbol, protocols, report, cancellation);
        }
    }

    /// <summary>Shows the flow of one body to every rule.</summary>
    private sealed class RuleReader(Body body) : IFlowReader
    {
        private readonly Rule[] _rules = RuleCatalogue.Create();
        private readonly Findings _findings = new(body);

        public void OnFact(Fact fact, PathSet before)
        {
            _findings.Meet(fact);
            foreach (Rule rule in _rules)
            {
                rule.OnFact(fact, before, _findings);
            }
        }

        public void OnExit(ExitKind exit, IOperation? returned, BasicBlock from, PathSet atExit)
        {
            var leaving = new Leaving(exit, returned, from, atExit);
            foreach (Rule rule in _rules)
            {
                rule.OnExit(leaving, _findings);
            }
        }

        public IEnumerable<Diagnostic> Finish()
        {
            foreach (Rule rule in _rules)
            {
                rule.OnEnd(_findings);
            }

            return _findings.ToDiagnostics();
        }
    }
}
