using System.Text;
using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Engine;

/// <summary>The graph with its finally regions repeated, its handlers, and its bound.</summary>
public sealed class BodyGraphTests
{
    [Fact]
    public void Body_without_protected_regions_is_its_blocks()
    {
        Flows flows = Flows.Of("""
            static int M(int n)
            {
                int total = 0;
                for (int i = 0; i < n; i++)
                    total += i;
                return total;
            }
            """);
        BodyGraph graph = BodyGraph.Create(flows.Graph);

        Assert.Equal(flows.Graph.Blocks.Count(block => block.IsReachable && block.Kind != BasicBlockKind.Exit), graph.Nodes.Count);
        Assert.All(graph.Nodes, node => Assert.Empty(node.Handlers));
        Assert.Equal([ExitKind.Return], Exits(graph));
    }

    [Fact]
    public void Nodes_are_numbered_in_the_order_of_their_list_and_start_at_the_entry()
    {
        BodyGraph graph = BodyGraph.Create(Flows.Of("""
            static int M(int n)
            {
                while (n > 0)
                {
                    if (Chance()) n--;
                    n--;
                }
                return n;
            }
            """).Graph);

        Assert.Same(graph.Entry, graph.Nodes[0]);
        Assert.Equal(Enumerable.Range(0, graph.Nodes.Count), graph.Nodes.Select(node => node.Order));
        // Only a loop's way back leads to an earlier node.
        Assert.Single(graph.Nodes, node => node.Edges.Exists(edge => edge.Target is { } target && target.Order <= node.Order));
    }

    [Fact]
    public void Finally_is_repeated_for_each_way_into_it()
    {
        BodyGraph graph = BodyGraph.Create(Flows.Of("""
            static int M(int n)
            {
                try
                {
                    if (n == 1) return 1;
                    if (n == 2) throw new IOException();
                    n++;
                }
                finally
                {
                    Chance();
                }
                return n;
            }
            """).Graph);

        // The return, the throw, the end of the try, and the failure of a call: four passes, four copies of its first block.
        Assert.Equal(4, graph.Nodes.Where(node => node.Pass is not null).Select(node => node.Pass).Distinct().Count());
        Assert.Equal([ExitKind.Return, ExitKind.Return, ExitKind.Throw, ExitKind.Failure], Exits(graph).Order());
    }

    [Fact]
    public void Return_through_two_finally_regions_passes_both()
    {
        BodyGraph graph = BodyGraph.Create(Flows.Of("""
            static int M()
            {
                try
                {
                    try { return 1; }
                    finally { Environment.Exit(1); }
                }
                finally { Environment.Exit(2); }
            }
            """).Graph);
        Node returning = graph.Nodes.Single(node => node.Pass is null && node.Edges.Exists(edge => edge.Target?.Pass is not null && edge.Target.Pass.Continuations.Exists(next => next.Exit == ExitKind.Return)));
        Node inner = Assert.Single(returning.Edges).Target!;
        Node outer = Assert.Single(inner.Edges, edge => edge.Target is not null).Target!;
        Edge exit = Assert.Single(outer.Edges);

        Assert.Null(exit.Target);
        Assert.Equal(ExitKind.Return, exit.Exit);
        Assert.Equal(returning.Block, exit.ExitFrom);
    }

    [Fact]
    public void Catch_all_stops_an_exception_and_another_does_not()
    {
        ExitKind[] caught = Exits(BodyGraph.Create(Flows.Of("""
            static void M()
            {
                try { throw new IOException(); }
                catch (Exception) { }
            }
            """).Graph));
        ExitKind[] passed = Exits(BodyGraph.Create(Flows.Of("""
            static void M()
            {
                try { throw new IOException(); }
                catch (ArgumentException) { }
            }
            """).Graph));
        ExitKind[] filtered = Exits(BodyGraph.Create(Flows.Of("""
            static void M()
            {
                try { throw new IOException(); }
                catch (Exception e) when (e.HResult == 3) { }
            }
            """).Graph));

        Assert.DoesNotContain(ExitKind.Throw, caught);
        Assert.Contains(ExitKind.Throw, passed);
        Assert.Contains(ExitKind.Throw, filtered);
    }

    [Fact]
    public void Every_point_of_a_try_reaches_its_handlers()
    {
        Flows flows = Flows.Of("""
            static void M()
            {
                Chance();
                try { Chance(); Chance(); }
                catch (IOException) { Chance(); }
                catch (ArgumentException) { Chance(); }
            }
            """);
        BodyGraph graph = BodyGraph.Create(flows.Graph);

        Node guarded = Assert.Single(graph.Nodes, node => node.Handlers.Count > 0);
        Assert.Equal(2, guarded.Handlers.Count);
        Assert.Equal(2, guarded.Block.Operations.Length);
    }

    [Fact]
    public void Handler_of_an_inner_try_may_pass_an_exception_to_the_outer()
    {
        BodyGraph graph = BodyGraph.Create(Flows.Of("""
            static void M()
            {
                try
                {
                    try { Chance(); }
                    catch (IOException) { throw; }
                }
                catch (Exception) { Chance(); }
            }
            """).Graph);

        Node guarded = graph.Nodes.First(node => node.Handlers.Count == 2);
        Node inner = guarded.Handlers[0], outer = guarded.Handlers[1];
        Assert.Contains(outer, Reachable(inner));
        Assert.DoesNotContain(ExitKind.Throw, Exits(graph));
    }

    [Fact]
    public void Past_the_bound_ways_share_a_copy_and_every_exit_is_still_there()
    {
        Flows flows = Flows.Of(Nested(7));
        BodyGraph graph = BodyGraph.Create(flows.Graph);

        Assert.InRange(graph.Nodes.Count, flows.Graph.Blocks.Length, 12 * ((BodyGraph.MaxNodesPerBlock * flows.Graph.Blocks.Length) + 64));
        HashSet<int> returned = [.. graph.Nodes.SelectMany(node => node.Edges).Where(edge => edge.Exit == ExitKind.Return).Select(edge => edge.ExitFrom.Ordinal)];
        int returns = flows.Graph.Blocks.Count(block => block.IsReachable && block.FallThroughSuccessor?.Semantics == ControlFlowBranchSemantics.Return);
        Assert.Equal(returns, returned.Count);
        Assert.Contains(ExitKind.Throw, Exits(graph));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    public void Leak_behind_nested_finally_regions_is_found_at_any_depth(int depth)
    {
        PathSetReader reader = Flows.Of(Nested(depth)).Run();

        // The lease that is taken in the innermost try and never released leaves through every return after it.
        Assert.Contains(reader.Exits, exit => exit.Kind == ExitKind.Return && exit.Paths.Paths.Any(path => IsHeld(path)));
        Assert.Contains(reader.Exits, exit => exit.Kind == ExitKind.Throw && exit.Paths.Paths.Any(path => IsHeld(path)));

        static bool IsHeld(PathState path)
        {
            bool held = false;
            path.Holds.ForEach((_, hold) => held |= (hold.Holding & Holding.AnyHeld) != 0);
            return held;
        }
    }

    [Fact]
    public void Finally_that_never_ends_leads_nowhere()
    {
        PathSetReader reader = Flows.Of("""
            static int M(IovIter iter)
            {
                try { return 1; }
                finally { while (true) Chance(); }
            }
            """).Run();

        Assert.DoesNotContain(reader.Exits, exit => exit.Kind == ExitKind.Return);
    }

    private static string Nested(int depth)
    {
        StringBuilder source = new("static int M(IovIter iter, int n)\n{\n    PageLease lease;\n");
        for (int i = 0; i < depth; i++)
            source.Append("try {\n");
        source.Append("lease = iter.ExtractPages();\n");
        for (int i = 0; i < depth; i++)
            source.Append($"if (n == {i}) return {i};\nif (n == {i + 100}) throw new IOException();\n");
        for (int i = 0; i < depth; i++)
            source.Append($"}}\nfinally {{ if (Chance()) n += {i}; }}\n");
        return source.Append("return 0;\n}").ToString();
    }

    private static ExitKind[] Exits(BodyGraph graph) =>
        [.. graph.Nodes.SelectMany(node => node.Edges).Where(edge => edge.Exit != ExitKind.None).Select(edge => edge.Exit)];

    private static HashSet<Node> Reachable(Node from)
    {
        HashSet<Node> seen = [from];
        Stack<Node> pending = new(seen);
        while (pending.TryPop(out Node? node))
        {
            foreach (Node next in node.Edges.Where(edge => edge.Target is not null).Select(edge => edge.Target!).Concat(node.Handlers))
            {
                if (seen.Add(next))
                    pending.Push(next);
            }
        }

        return seen;
    }
}
