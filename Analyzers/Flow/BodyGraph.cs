using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Flow;

/// <summary>How control leaves a body.</summary>
internal enum ExitKind
{
    None,
    Return,

    /// <summary>A throw statement that no handler of the body is sure to catch.</summary>
    Throw,

    /// <summary>An exception from inside a call.</summary>
    Failure,
}

/// <summary>A branch of the expanded graph.</summary>
internal readonly record struct Edge(Node? Target, bool IsConditional, bool WhenTrue, ExitKind Exit, BasicBlock ExitFrom);

/// <summary>A basic block on one way through the finally regions around it.</summary>
internal sealed class Node(BasicBlock block, FinallyPass? pass)
{
    public BasicBlock Block { get; } = block;

    public FinallyPass? Pass { get; } = pass;

    public List<Edge> Edges { get; } = [];

    /// <summary>Where an exception at any point of the block goes.</summary>
    public List<Node> Handlers { get; } = [];

    /// <summary>Position in reverse post-order.</summary>
    public int Order { get; set; } = -1;
}

/// <summary>One way into a finally region and where it leads out again.</summary>
internal sealed class FinallyPass(ControlFlowRegion region, FinallyPass? outer)
{
    public ControlFlowRegion Region { get; } = region;

    public FinallyPass? Outer { get; } = outer;

    /// <summary>What follows the region: further finally regions and then a block or an exit.</summary>
    public List<Continuation> Continuations { get; } = [];

    public List<Node> Ends { get; } = [];
}

/// <summary>What follows a finally region: the rest of a branch, or the search for a handler outside <paramref name="After"/>.</summary>
internal sealed record Continuation(ControlFlowBranch? Branch, int NextRegion, ControlFlowRegion? After, ExitKind Exit, BasicBlock From, ITypeSymbol? Thrown = null);

/// <summary>
/// A control-flow graph with its finally regions repeated for each way into them, so that what a return left behind does not mix with
/// what an exception left behind. Past <see cref="MaxNodesPerBlock"/> the ways share one copy: less precise, never skipped.
/// </summary>
internal sealed class BodyGraph
{
    /// <summary>How many copies of a body's blocks may be made for its finally regions before they are shared.</summary>
    public const int MaxNodesPerBlock = 8;

    private readonly ControlFlowGraph _graph;
    private readonly Dictionary<(int, FinallyPass?), Node> _nodes = [];
    private readonly Dictionary<(ControlFlowRegion, FinallyPass?), FinallyPass> _shared = [];
    private readonly Dictionary<(ControlFlowRegion, FinallyPass?, Continuation), FinallyPass> _own = [];
    private readonly Queue<Node> _toExpand = new();
    private readonly List<FinallyPass> _passes = [];
    private bool _sharePasses;

    private BodyGraph(ControlFlowGraph graph)
    {
        _graph = graph;
        Entry = NodeOf(graph.Blocks[0], null);
        Explore();
        Nodes = Sort();
    }

    public Node Entry { get; }

    /// <summary>The reachable nodes in reverse post-order.</summary>
    public IReadOnlyList<Node> Nodes { get; }

    public static BodyGraph Create(ControlFlowGraph graph) => new(graph);

    private void Explore()
    {
        while (true)
        {
            while (_toExpand.Count > 0)
            {
                _sharePasses |= _nodes.Count > (MaxNodesPerBlock * _graph.Blocks.Length) + 64;
                Expand(_toExpand.Dequeue());
            }

            // A shared pass may have got further continuations after its end was met.
            bool linked = false;
            for (int i = 0; i < _passes.Count; i++)
            {
                linked |= Link(_passes[i]);
            }

            if (!linked)
            {
                return;
            }
        }
    }

    private bool Link(FinallyPass pass)
    {
        bool linked = false;
        foreach (Node end in pass.Ends)
        {
            for (int i = 0; i < pass.Continuations.Count; i++)
            {
                linked |= Continue(end, pass.Continuations[i], pass.Outer);
            }
        }

        return linked;
    }

    private void Expand(Node node)
    {
        BasicBlock block = node.Block;
        List<BasicBlock> handlers = HandlersOf(block.EnclosingRegion, null, out ControlFlowRegion? stopped);
        foreach (BasicBlock handler in handlers)
        {
            AddHandler(node, NodeOf(handler, PassFor(handler, node.Pass)));
        }

        if (stopped is { Kind: ControlFlowRegionKind.TryAndFinally } owner)
        {
            FinallyPass pass = PassInto(FinallyOf(owner), PassOutside(owner, node.Pass), new Continuation(null, 0, owner, ExitKind.Failure, block));
            AddHandler(node, NodeOf(_graph.Blocks[pass.Region.FirstBlockOrdinal], pass));
        }

        if (block.ConditionalSuccessor is { } conditional)
        {
            Follow(node, conditional, isConditional: true, whenTrue: block.ConditionKind == ControlFlowConditionKind.WhenTrue);
            if (block.FallThroughSuccessor is { } otherwise)
            {
                Follow(node, otherwise, isConditional: true, whenTrue: block.ConditionKind != ControlFlowConditionKind.WhenTrue);
            }
        }
        else if (block.FallThroughSuccessor is { } next)
        {
            Follow(node, next, isConditional: false, whenTrue: false);
        }
    }

    private void Follow(Node node, ControlFlowBranch branch, bool isConditional, bool whenTrue)
    {
        switch (branch.Semantics)
        {
            case ControlFlowBranchSemantics.Throw or ControlFlowBranchSemantics.Rethrow:
                Raise(node, node.Block.EnclosingRegion, node.Pass, ExitKind.Throw, node.Block, ThrownBy(node.Block), isConditional, whenTrue);
                break;
            case ControlFlowBranchSemantics.StructuredExceptionHandling:
                if (node.Pass is { } pass && node.Block.Ordinal >= pass.Region.FirstBlockOrdinal && node.Block.Ordinal <= pass.Region.LastBlockOrdinal
                    && EndsFinally(node.Block, pass.Region))
                {
                    pass.Ends.Add(node);
                    foreach (Continuation continuation in pass.Continuations.ToArray())
                    {
                        Continue(node, continuation, pass.Outer);
                    }
                }

                break;
            default:
                ExitKind exit = branch.Semantics == ControlFlowBranchSemantics.Return || branch.Destination?.Kind == BasicBlockKind.Exit ? ExitKind.Return : ExitKind.None;
                Enter(node, new Continuation(branch, 0, null, exit, node.Block), node.Pass, isConditional, whenTrue);
                break;
        }
    }

    /// <summary>Takes a branch from the point where <see cref="Continuation.NextRegion"/> of its finally regions are done.</summary>
    private bool Enter(Node node, Continuation continuation, FinallyPass? pass, bool isConditional, bool whenTrue)
    {
        ControlFlowBranch branch = continuation.Branch!;
        if (continuation.NextRegion < branch.FinallyRegions.Length)
        {
            ControlFlowRegion region = branch.FinallyRegions[continuation.NextRegion];
            FinallyPass into = PassInto(region, pass, continuation with { NextRegion = continuation.NextRegion + 1 });
            return AddEdge(node, new Edge(NodeOf(_graph.Blocks[region.FirstBlockOrdinal], into), isConditional, whenTrue, ExitKind.None, node.Block));
        }

        if (branch.Destination is not { } destination)
        {
            return false;
        }

        return destination.Kind == BasicBlockKind.Exit
            ? AddEdge(node, new Edge(null, isConditional, whenTrue, ExitKind.Return, continuation.From))
            : AddEdge(node, new Edge(NodeOf(destination, PassFor(destination, pass)), isConditional, whenTrue, ExitKind.None, node.Block));
    }

    private bool Continue(Node end, Continuation continuation, FinallyPass? outer) =>
        continuation.Branch is not null
            ? Enter(end, continuation, outer, isConditional: false, whenTrue: false)
            : Raise(end, continuation.After!.EnclosingRegion, outer, continuation.Exit, continuation.From, continuation.Thrown, isConditional: false, whenTrue: false);

    /// <summary>An exception that leaves <paramref name="region"/> or a point inside it: into each handler that may take it, or out of the body.</summary>
    private bool Raise(Node node, ControlFlowRegion? region, FinallyPass? pass, ExitKind exit, BasicBlock from, ITypeSymbol? thrown, bool isConditional, bool whenTrue)
    {
        bool added = false;
        List<BasicBlock> handlers = HandlersOf(region, thrown, out ControlFlowRegion? stopped);
        foreach (BasicBlock handler in handlers)
        {
            added |= AddEdge(node, new Edge(NodeOf(handler, PassFor(handler, pass)), isConditional, whenTrue, ExitKind.None, node.Block));
        }

        if (stopped is { Kind: ControlFlowRegionKind.TryAndFinally } owner)
        {
            FinallyPass into = PassInto(FinallyOf(owner), PassOutside(owner, pass), new Continuation(null, 0, owner, exit, from, thrown));
            added |= AddEdge(node, new Edge(NodeOf(_graph.Blocks[into.Region.FirstBlockOrdinal], into), isConditional, whenTrue, ExitKind.None, node.Block));
        }
        else if (stopped is null)
        {
            added |= AddEdge(node, new Edge(null, isConditional, whenTrue, exit, from));
        }

        return added;
    }

    /// <summary>
    /// The first blocks of the handlers that an exception inside <paramref name="region"/> can reach. <paramref name="stopped"/> is the
    /// try-finally that it meets first, the try-catch that is sure to catch it, or null when it can leave the body.
    /// </summary>
    private List<BasicBlock> HandlersOf(ControlFlowRegion? region, ITypeSymbol? thrown, out ControlFlowRegion? stopped)
    {
        List<BasicBlock> handlers = [];

        // Around the root of a lambda or local function are the regions of its enclosing body: what is thrown inside is not thrown there.
        for (; region is not null && region != _graph.Root; region = region.EnclosingRegion)
        {
            if (region.Kind != ControlFlowRegionKind.Try)
            {
                continue;
            }

            ControlFlowRegion owner = region.EnclosingRegion!;
            if (owner.Kind == ControlFlowRegionKind.TryAndFinally)
            {
                stopped = owner;
                return handlers;
            }

            bool catchesAll = false;
            foreach (ControlFlowRegion handler in owner.NestedRegions)
            {
                if (!catchesAll && handler.Kind is ControlFlowRegionKind.Catch or ControlFlowRegionKind.FilterAndHandler && Catches(handler.ExceptionType, thrown, out bool isSure))
                {
                    handlers.Add(_graph.Blocks[handler.FirstBlockOrdinal]);
                    catchesAll |= isSure && handler.Kind == ControlFlowRegionKind.Catch;
                }
            }

            if (catchesAll)
            {
                stopped = owner;
                return handlers;
            }
        }

        stopped = null;
        return handlers;
    }

    /// <summary>Whether a handler of <paramref name="caught"/> may take what is thrown, exactly <paramref name="thrown"/> where that is known.</summary>
    private static bool Catches(ITypeSymbol? caught, ITypeSymbol? thrown, out bool isSure)
    {
        isSure = caught is null or { SpecialType: SpecialType.System_Object } or { Name: "Exception", ContainingNamespace.Name: "System" };
        if (isSure || thrown is null)
        {
            return true;
        }

        for (ITypeSymbol? type = thrown; type is not null && !isSure; type = type.BaseType)
        {
            isSure = SymbolEqualityComparer.Default.Equals(type, caught);
        }

        return isSure || caught is { TypeKind: not TypeKind.Class };
    }

    /// <summary>The type of <c>throw new X()</c>; what any other throw statement throws can be of a derived type.</summary>
    private static ITypeSymbol? ThrownBy(BasicBlock block)
    {
        IOperation? thrown = block.BranchValue;
        while (thrown is IConversionOperation { OperatorMethod: null } conversion)
        {
            thrown = conversion.Operand;
        }

        return thrown is IObjectCreationOperation { Type: { TypeKind: TypeKind.Class } type } ? type : null;
    }

    private static ControlFlowRegion FinallyOf(ControlFlowRegion owner)
    {
        foreach (ControlFlowRegion region in owner.NestedRegions)
        {
            if (region.Kind == ControlFlowRegionKind.Finally)
            {
                return region;
            }
        }

        return owner;
    }

    private static bool EndsFinally(BasicBlock block, ControlFlowRegion region)
    {
        for (ControlFlowRegion? inner = block.EnclosingRegion; inner is not null && inner != region; inner = inner.EnclosingRegion)
        {
            if (inner.Kind is ControlFlowRegionKind.Finally or ControlFlowRegionKind.Filter)
            {
                return false;
            }
        }

        return true;
    }

    private FinallyPass PassInto(ControlFlowRegion region, FinallyPass? outer, Continuation continuation)
    {
        FinallyPass? pass;
        if (_sharePasses || continuation.Exit == ExitKind.Failure)
        {
            // All the points of a try that can fail enter the finally region as one.
            if (_sharePasses)
            {
                outer = null;
            }

            if (!_shared.TryGetValue((region, outer), out pass))
            {
                pass = NewPass(region, outer);
                _shared.Add((region, outer), pass);
            }
        }
        else
        {
            if (!_own.TryGetValue((region, outer, continuation), out pass))
            {
                pass = NewPass(region, outer);
                _own.Add((region, outer, continuation), pass);
            }
        }

        if (continuation.Exit == ExitKind.Failure && pass.Continuations.Exists(c => c.Exit == ExitKind.Failure && c.After == continuation.After))
        {
            return pass;
        }

        if (!pass.Continuations.Contains(continuation))
        {
            pass.Continuations.Add(continuation);
        }

        return pass;
    }

    private FinallyPass NewPass(ControlFlowRegion region, FinallyPass? outer)
    {
        var pass = new FinallyPass(region, outer);
        _passes.Add(pass);
        return pass;
    }

    private static FinallyPass? PassFor(BasicBlock block, FinallyPass? pass)
    {
        while (pass is not null && (block.Ordinal < pass.Region.FirstBlockOrdinal || block.Ordinal > pass.Region.LastBlockOrdinal))
        {
            pass = pass.Outer;
        }

        return pass;
    }

    private static FinallyPass? PassOutside(ControlFlowRegion owner, FinallyPass? pass)
    {
        while (pass is not null && (owner.FirstBlockOrdinal < pass.Region.FirstBlockOrdinal || owner.LastBlockOrdinal > pass.Region.LastBlockOrdinal))
        {
            pass = pass.Outer;
        }

        return pass;
    }

    private Node NodeOf(BasicBlock block, FinallyPass? pass)
    {
        if (!_nodes.TryGetValue((block.Ordinal, pass), out Node? node))
        {
            node = new Node(block, pass);
            _nodes.Add((block.Ordinal, pass), node);
            _toExpand.Enqueue(node);
        }

        return node;
    }

    private static bool AddEdge(Node node, Edge edge)
    {
        if (node.Edges.Contains(edge))
        {
            return false;
        }

        node.Edges.Add(edge);
        return true;
    }

    private static void AddHandler(Node node, Node handler)
    {
        if (!node.Handlers.Contains(handler))
        {
            node.Handlers.Add(handler);
        }
    }

    private List<Node> Sort()
    {
        // Depth first without recursion: bodies of many thousand blocks are common in generated code.
        List<Node> postOrder = new(_nodes.Count);
        HashSet<Node> seen = [Entry];
        Stack<(Node Node, int Next)> stack = new();
        stack.Push((Entry, 0));
        while (stack.Count > 0)
        {
            (Node node, int next) = stack.Pop();
            Node? successor = null;
            int total = node.Edges.Count + node.Handlers.Count;
            while (next < total && successor is null)
            {
                Node? candidate = next < node.Handlers.Count ? node.Handlers[next] : node.Edges[next - node.Handlers.Count].Target;
                next++;
                successor = candidate is not null && seen.Add(candidate) ? candidate : null;
            }

            if (successor is null)
            {
                postOrder.Add(node);
            }
            else
            {
                stack.Push((node, next));
                stack.Push((successor, 0));
            }
        }

        postOrder.Reverse();
        for (int i = 0; i < postOrder.Count; i++)
        {
            postOrder[i].Order = i;
        }

        return postOrder;
    }
}
