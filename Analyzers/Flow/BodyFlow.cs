using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace BufferLifetime.Analyzers.Flow;

/// <summary>Reads the result of a flow: each fact with what was known before it, and each way out.</summary>
internal interface IFlowReader
{
    void OnFact(Fact fact, PathSet before);

    /// <param name="exit">How control leaves.</param>
    /// <param name="returned">The value returned or thrown, if there is one.</param>
    /// <param name="from">The block that left, before any finally region.</param>
    /// <param name="atExit">What is known when the body is left.</param>
    void OnExit(ExitKind exit, IOperation? returned, BasicBlock from, PathSet atExit);
}

/// <summary>
/// The forward flow over one body: a worklist in reverse post-order, to the fixpoint; then one more pass that shows every fact to a reader.
/// </summary>
internal sealed class BodyFlow
{
    private readonly Body _body;
    private readonly BodyGraph _graph;
    private readonly Transfer _transfer;
    private readonly Liveness _liveness;
    private readonly IReadOnlyList<PathState>? _entry;
    private readonly ReleaseLoops _loops;
    private readonly PathSet?[] _entries;

    private BodyFlow(Body body, IContractSource contracts, ISelfCalls? selfCalls, IReadOnlyList<PathState>? entry)
    {
        _body = body;
        _graph = body.Graph;
        _transfer = new Transfer(body, contracts, selfCalls);
        _liveness = body.Liveness;
        _entry = entry;
        _loops = new ReleaseLoops(_graph, body);
        _entries = new PathSet?[_graph.Nodes.Count];
    }

    /// <summary>Runs the flow of a body from <paramref name="entry"/>, or from what its parameters bring where that is null.</summary>
    public static void Run(
        Body body, IContractSource contracts, IFlowReader reader, CancellationToken cancellation, ISelfCalls? selfCalls = null, IReadOnlyList<PathState>? entry = null)
    {
        var flow = new BodyFlow(body, contracts, selfCalls, entry);
        flow.Solve(cancellation);
        flow.Read(reader, cancellation);
    }

    private void Solve(CancellationToken cancellation)
    {
        do
        {
            // What a loop releases is found on the way; what went past the loop before that was known is wrong.
            Array.Clear(_entries, 0, _entries.Length);
            Propagate(cancellation);
        }
        while (_loops.HasLearnt());
    }

    private void Propagate(CancellationToken cancellation)
    {
        var entry = new PathSet(place => _body.Places[place].Kind is PlaceKind.Local or PlaceKind.Parameter, _entry is { Count: > 1 } ? PathSet.MaxPathsOfMember : PathSet.MaxPaths);
        foreach (PathState path in _entry ?? [_transfer.Entry()])
        {
            entry.Add(path);
        }

        _entries[_graph.Entry.Order] = entry;
        var pending = new OrderedQueue(_graph.Nodes.Count);
        pending.Add(_graph.Entry.Order);
        while (pending.TryTake(out int order))
        {
            cancellation.ThrowIfCancellationRequested();
            Node node = _graph.Nodes[order];
            PathSet paths = Through(node, (target, path) => Join(node, target, path, pending), null);
            foreach (Edge edge in node.Edges)
            {
                if (edge.Target is { } target)
                {
                    Join(node, target, Along(node, edge, paths), pending);
                }
            }
        }
    }

    private void Read(IFlowReader reader, CancellationToken cancellation)
    {
        foreach (Node node in _graph.Nodes)
        {
            cancellation.ThrowIfCancellationRequested();
            if (_entries[node.Order] is null)
            {
                continue;
            }

            PathSet paths = Through(node, null, reader);
            foreach (Edge edge in node.Edges)
            {
                if (edge.Exit != ExitKind.None)
                {
                    PathSet leaving = Along(node, edge, paths);
                    if (leaving.Paths.Count > 0)
                    {
                        reader.OnExit(edge.Exit, ReturnedFrom(edge), edge.ExitFrom, leaving);
                    }
                }
            }
        }
    }

    private static IOperation? ReturnedFrom(Edge edge) =>
        edge.ExitFrom.ConditionalSuccessor is null ? edge.ExitFrom.BranchValue : null;

    /// <summary>What holds after the facts of a node; on the way, what an exception takes to each handler.</summary>
    private PathSet Through(Node node, Action<Node, PathSet>? toHandler, IFlowReader? reader)
    {
        PathSet paths = new(_entries[node.Order]!);
        foreach (Fact fact in _body.FactsOf(node.Block))
        {
            if (fact.MayThrow && toHandler is not null)
            {
                Fail(node, fact, paths, toHandler);
            }

            if (fact.Kind is FactKind.Release or FactKind.Escape or FactKind.Complete && reader is null)
            {
                _loops.NoteReleases(node, fact, paths);
            }

            reader?.OnFact(fact, paths);
            if (fact.Kind == FactKind.Use)
            {
                continue;
            }

            PathSet next = paths.EmptyLike();
            foreach (PathState path in paths.Paths)
            {
                _transfer.Apply(fact, path, after => next.Add(after));
            }

            paths = next;
        }

        return paths;
    }

    private void Fail(Node node, Fact fact, PathSet paths, Action<Node, PathSet> toHandler)
    {
        PathSet? failed = null;
        foreach (Node handler in node.Handlers)
        {
            if (fact.Failure.Reaches(handler.Block, out bool stops))
            {
                toHandler(handler, failed ??= Attempts.Fail(paths, fact.Operation, _body));
            }

            if (stops)
            {
                return;
            }
        }
    }

    private PathSet Along(Node node, Edge edge, PathSet paths)
    {
        Expression? condition = edge.IsConditional ? _body.ConditionOf(node.Block) : null;
        PathSet taken = paths.EmptyLike();
        foreach (PathState path in paths.Paths)
        {
            if (_transfer.Assume(path, condition, edge.WhenTrue) is { } possible)
            {
                taken.Add(Attempts.Judge(_loops.Leave(node, edge, possible), condition, edge.WhenTrue, node.Block.BranchValue, _body));
            }
        }

        return taken;
    }

    private void Join(Node from, Node to, PathSet paths, OrderedQueue pending)
    {
        if (paths.Paths.Count == 0)
        {
            return;
        }

        PathSet arriving = paths.EmptyLike();
        bool isRetreat = to.Order <= from.Order;
        foreach (PathState path in paths.Paths)
        {
            arriving.Add(_liveness.Trim(to, isRetreat ? WithoutFields(path) : path));
        }

        PathSet? entry = _entries[to.Order];
        if (entry is null)
        {
            _entries[to.Order] = arriving;
            pending.Add(to.Order);
        }
        else if (entry.AddAll(arriving))
        {
            pending.Add(to.Order);
        }
    }

    /// <summary>
    /// Another round of a loop: what was known of a field that anybody may have written since is not known any more. What has something that is followed
    /// still has it: to forget only that it is there would be to say that it may be lost.
    /// </summary>
    private PathState WithoutFields(PathState path)
    {
        foreach (int place in _body.Places.Mutable)
        {
            RefSet refs = path.RefsOf(place);
            if (refs.Count == 1 && refs[0].Kind == RefRole.Owner && path.HoldOf(refs[0].Resource).Holding is var holding && (holding & Holding.AnyHeld) != 0 && (holding & ~Holding.AnyHeld) == 0)
            {
                continue;
            }

            path = path with
            {
                Known = path.Known.Remove(place),
                Definitions = path.Definitions.Remove(place),
                Truths = _body.Expressions.WithoutConditionsOn(path.Truths, place),
            };
        }

        return path;
    }

    /// <summary>Node numbers in ascending order, each at most once.</summary>
    private sealed class OrderedQueue(int count)
    {
        private readonly bool[] _waiting = new bool[count];
        private readonly SortedSet<int> _order = [];

        public void Add(int order)
        {
            if (!_waiting[order])
            {
                _waiting[order] = true;
                _order.Add(order);
            }
        }

        public bool TryTake(out int order)
        {
            if (_order.Count == 0)
            {
                order = -1;
                return false;
            }

            order = _order.Min;
            _order.Remove(order);
            _waiting[order] = false;
            return true;
        }
    }
}
