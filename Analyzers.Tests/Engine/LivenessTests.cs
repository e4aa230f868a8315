using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Engine;

/// <summary>What is dropped of a path because nothing asks for it any more, and what is kept.</summary>
public sealed class LivenessTests
{
    [Fact]
    public void Local_that_is_not_read_again_is_dropped()
    {
        (Flows flows, PathState path) = AtTheBranch("""
            static int M(IovIter iter, int live, int dead)
            {
                if (dead > 1)
                    return live;
                return live + 1;
            }
            """, "live", "dead");

        Assert.True(path.Known.TryGet(flows.PlaceOf("live"), out _));
        Assert.False(path.Known.TryGet(flows.PlaceOf("dead"), out _));
    }

    [Fact]
    public void Local_that_is_written_before_it_is_read_is_dropped()
    {
        (Flows flows, PathState path) = AtTheBranch("""
            static int M(IovIter iter, int flag, int written)
            {
                if (flag > 1)
                {
                    written = 3;
                    return written;
                }

                written = 4;
                return written;
            }
            """, "flag", "written");

        Assert.False(path.Known.TryGet(flows.PlaceOf("written"), out _));
    }

    [Fact]
    public void Local_that_the_next_round_of_a_loop_reads_is_kept()
    {
        (Flows flows, PathState path) = AtTheBranch("""
            static int M(IovIter iter, int flag, int next)
            {
                while (Chance())
                {
                    if (flag > 1)
                        continue;
                    flag = next;
                }

                return 0;
            }
            """, "flag", "next");

        Assert.True(path.Known.TryGet(flows.PlaceOf("next"), out _));
    }

    [Fact]
    public void Local_that_a_handler_reads_is_kept_through_its_try()
    {
        Flows flows = Flows.Of("""
            static int M(IovIter iter, int inHandler)
            {
                try
                {
                    if (Chance())
                        Chance();
                    inHandler = 3;
                    Chance();
                }
                catch (IOException)
                {
                    return inHandler;
                }

                return 0;
            }
            """);
        int place = flows.PlaceOf("inHandler");
        BodyGraph graph = BodyGraph.Create(flows.Graph);
        Node guarded = graph.Nodes.First(node => node.Handlers.Count > 0);

        PathState path = Trim(flows, graph, guarded.Block, PathState.Empty with { Known = IntMap<Known>.Empty.Set(place, Known.Of(1)) });

        Assert.True(path.Known.TryGet(place, out _));
    }

    [Fact]
    public void Local_that_finally_reads_is_kept_across_the_return()
    {
        Flows flows = Flows.Of("""
            static int M(IovIter iter, bool done)
            {
                try
                {
                    if (Chance())
                        return 1;
                    return 2;
                }
                finally
                {
                    if (done)
                        Chance();
                }
            }
            """);
        int place = flows.PlaceOf("done");
        BodyGraph graph = BodyGraph.Create(flows.Graph);

        Assert.All(graph.Nodes.Where(node => node.Handlers.Count > 0), node =>
            Assert.True(Trim(flows, graph, node.Block, PathState.Empty with { Known = IntMap<Known>.Empty.Set(place, Known.Of(true)) }).Known.TryGet(place, out _)));
    }

    [Theory]
    [InlineData("static int M(IovIter iter, ref int kept) { if (Chance()) return 1; kept = 2; return 2; }")]
    [InlineData("static int M(IovIter iter, int kept) { Action write = () => kept++; if (Chance()) return 1; write(); return 2; }")]
    [InlineData("static int M(IovIter iter, int kept) { if (Chance()) return 1; Write(); return 2; void Write() => kept++; }")]
    public void Place_that_others_see_is_always_kept(string method)
    {
        Flows flows = Flows.Of(method);
        int place = flows.PlaceOf("kept");
        BodyGraph graph = BodyGraph.Create(flows.Graph);

        Assert.All(graph.Nodes, node =>
            Assert.True(Trim(flows, graph, node.Block, PathState.Empty with { Known = IntMap<Known>.Empty.Set(place, Known.Of(1)) }).Known.TryGet(place, out _)));
    }

    [Fact]
    public void Resource_that_is_owed_is_kept_without_anything_that_refers_to_it()
    {
        Flows flows = Flows.Of("""
            static int M(IovIter iter)
            {
                PageLease lease = iter.ExtractPages();
                lease = new();
                if (Chance())
                    return 1;
                return 2;
            }
            """);
        Resource taken = flows.Body.Resources.Single(resource => resource.Kind == ResourceKind.Lease);
        BodyGraph graph = BodyGraph.Create(flows.Graph);
        BasicBlock last = flows.Graph.Blocks[^2];

        Assert.Equal(Holding.HeldPin, Trim(flows, graph, last, PathState.Empty.WithHold(taken.Id, new Hold(Holding.HeldPin))).HoldOf(taken.Id).Holding);
        Assert.False(Trim(flows, graph, last, PathState.Empty.WithHold(taken.Id, new Hold(Holding.Released))).Holds.TryGet(taken.Id, out _));
    }

    [Fact]
    public void Ways_that_differ_only_in_what_is_dead_become_one()
    {
        PathSetReader reader = Flows.Of("""
            static int M(IovIter iter, int n)
            {
                for (int i = 0; i < n; i++)
                {
                    PageLease lease = iter.ExtractPages(100);
                    if (i == 3)
                        lease.Dispose();
                    else
                        lease.Release();
                }

                return n;
            }
            """).Run();

        Assert.Single(Assert.Single(reader.Exits, exit => exit.Kind == ExitKind.Return).Paths.Paths);
    }

    [Theory]
    [InlineData("static int M(IovIter iter, int n) { if (n > 7) Chance(); if (Chance()) return 1; return 2; }", false)]
    [InlineData("static int M(IovIter iter, int n) { if (n > 7) Chance(); if (Chance()) return 1; if (n > 7) return 3; return 2; }", true)]
    [InlineData("static int M(IovIter iter, int n) { if (n > 7) Chance(); if (Chance()) return 1; if (iter.Count > 3 && n > 7) return 3; return 2; }", true)]
    [InlineData("static int M(IovIter iter, int n) { while (Chance()) { if (n > 7) Chance(); if (Chance()) return 1; } return 2; }", true)]
    [InlineData("static int M(IovIter iter, int n) { bool many = n > 7; if (n > 7) Chance(); if (Chance()) return 1; if (many) return 3; return 2; }", true)]
    public void Truth_is_carried_as_long_as_it_is_asked(string method, bool isKept)
    {
        Flows flows = Flows.Of(method);
        BodyGraph graph = BodyGraph.Create(flows.Graph);
        Expression[] conditions = [.. flows.Graph.Blocks.Select(flows.Body.ConditionOf).OfType<Expression.Compare>().Where(compare => compare.Reads(flows.PlaceOf("n")))];
        int asked = flows.Body.Expressions.Number(conditions[0]);
        BasicBlock after = flows.Graph.Blocks.First(block => block.BranchValue is { } value && value.Syntax.ToString().Contains("Chance", StringComparison.Ordinal) && block.Ordinal > 2);

        PathState path = Trim(flows, graph, after, PathState.Empty with { Truths = IntMap<BoxedBool>.Empty.Set(asked, BoxedBool.True) });

        Assert.Equal(isKept, path.Truths.TryGet(asked, out _));
    }

    [Theory]
    [InlineData("static int M(int n) { switch (n) { case 7: Chance(); break; } if (Chance()) return 1; return 2; }", false)]
    [InlineData("static int M(int n) { switch (n) { case 7: Chance(); break; } if (Chance()) return 1; if (n == 7) return 3; return 2; }", true)]
    [InlineData("static int M(int n) { switch (n) { case 7: Chance(); break; } if (Chance()) return 1; switch (n) { case 7: return 3; } return 2; }", true)]
    [InlineData("static int M(int n) { int copy = n; switch (n) { case 7: Chance(); break; } if (Chance()) return 1; if (copy == 7) return 3; return 2; }", true)]
    [InlineData("static int M(int n) { int copy = n, second = copy; if (n == 7) Chance(); if (Chance()) return 1; switch (second) { case 7: return 3; } return 2; }", true)]
    [InlineData("static int M(int n) { int copy = n; bool is7 = copy == 7; switch (n) { case 7: Chance(); break; } if (Chance()) return 1; if (is7) return 3; return 2; }", true)]
    public void Truth_that_a_copy_is_asked_for_is_carried_as_long_as_the_copy_is_asked(string method, bool isKept)
    {
        Flows flows = Flows.Of(method);
        BodyGraph graph = BodyGraph.Create(flows.Graph);
        int is7 = flows.Body.Expressions.Number(new Expression.Compare(Relation.Equal, new Expression.Of(flows.PlaceOf("n")), new Expression.Constant(7)));
        BasicBlock after = flows.Graph.Blocks.Last(block => block.BranchValue is { } value && value.Syntax.ToString().Contains("Chance", StringComparison.Ordinal));

        PathState path = Trim(flows, graph, after.FallThroughSuccessor!.Destination!, PathState.Empty with { Truths = IntMap<BoxedBool>.Empty.Set(is7, BoxedBool.True) });

        Assert.Equal(isKept, path.Truths.TryGet(is7, out _));
    }

    /// <summary>What is left of two known parameters after the first branch of the method.</summary>
    private static (Flows Flows, PathState Path) AtTheBranch(string method, string first, string second)
    {
        Flows flows = Flows.Of(method);
        BodyGraph graph = BodyGraph.Create(flows.Graph);
        BasicBlock branch = flows.Graph.Blocks.Last(block => block.ConditionalSuccessor is not null);
        PathState path = PathState.Empty with
        {
            Known = IntMap<Known>.Empty.Set(flows.PlaceOf(first), Known.Of(1)).Set(flows.PlaceOf(second), Known.Of(1)),
        };
        return (flows, Trim(flows, graph, branch.FallThroughSuccessor!.Destination!, path));
    }

    private static PathState Trim(Flows flows, BodyGraph graph, BasicBlock block, PathState path) => Liveness.Of(flows.Body, graph).Trim(graph.Nodes.First(node => node.Block == block), path);
}
