using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Protocols;
using BufferLifetime.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Engine;

/// <summary>The parts of the engine, made from a piece of source whose method <c>M</c> is looked at.</summary>
internal sealed class Flows
{
    private static readonly AnalyzerHarness Harness = new();

    private Flows(ControlFlowGraph graph, ISymbol owner)
    {
        Contracts = new ProtocolTable();
        Graph = graph;
        Body = Body.Create(graph, owner, Contracts, CancellationToken.None);
    }

    public ProtocolTable Contracts { get; }

    public ControlFlowGraph Graph { get; }

    public Body Body { get; }

    /// <summary>The flow of the method <c>M</c> among some members of a class.</summary>
    public static Flows Of(string members)
    {
        Compilation compilation = Harness.Compile($$"""
            using System;
            using System.IO;
            using System.Threading.Tasks;
            using BufferLifetime;

            class C
            {
                static bool Chance() => Environment.TickCount > 0;

                {{members}}
            }
            """);
        Assert.Empty(compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        SyntaxTree tree = compilation.SyntaxTrees.Single();
        MethodDeclarationSyntax method = tree.GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>().Single(method => method.Identifier.Text == "M");
        SemanticModel model = compilation.GetSemanticModel(tree);
        return new Flows(ControlFlowGraph.Create(method, model)!, model.GetDeclaredSymbol(method)!);
    }

    public PathSetReader Run()
    {
        PathSetReader reader = new();
        BodyFlow.Run(Body, Contracts, reader, CancellationToken.None);
        return reader;
    }

    /// <summary>The place of a local or parameter, by its name.</summary>
    public int PlaceOf(string name) => Enumerable.Range(0, Body.Places.Count).First(place => Body.Places.NameOf(place) == name);

    public IEnumerable<Fact> Facts => Graph.Blocks.SelectMany(Body.FactsOf);
}

/// <summary>Remembers what a flow showed.</summary>
internal sealed class PathSetReader : IFlowReader
{
    public List<(Fact Fact, PathSet Before)> Facts { get; } = [];

    public List<(ExitKind Kind, IOperation? Returned, PathSet Paths)> Exits { get; } = [];

    public void OnFact(Fact fact, PathSet before) => Facts.Add((fact, before));

    public void OnExit(ExitKind exit, IOperation? returned, BasicBlock from, PathSet atExit) => Exits.Add((exit, returned, atExit));
}
