using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace BufferLifetime.Analyzers.Flow;

/// <summary>
/// Which places are read again after a point. What a dead place knew is dropped, so that ways through the body that differ in nothing
/// that matters any more become one.
/// </summary>
internal sealed class Liveness
{
    /// <summary>How many (block, place) pairs are recorded; past it everything counts as live, which costs time, not reports.</summary>
    public const int MaxPairs = 1_000_000;

    private readonly Body _body;
    private readonly HashSet<int>[] _liveIn;
    private readonly HashSet<int>[] _born;
    private readonly HashSet<int> _always = [];
    private bool _gaveUp;

    private readonly Questions _questions;

    private Liveness(Body body, BodyGraph graph)
    {
        _body = body;
        _liveIn = new HashSet<int>[body.Flow.Blocks.Length];
        _born = new HashSet<int>[body.Flow.Blocks.Length];
        for (int i = 0; i < _liveIn.Length; i++)
        {
            _liveIn[i] = [];
            _born[i] = [];
        }

        FindTemporaries();
        FindWhatOutlives();
        Solve(graph);
        _questions = new Questions(body, graph);
    }

    public static Liveness Of(Body body, BodyGraph graph) => new(body, graph);

    /// <summary>The path without what is not read, and not asked, again from the start of <paramref name="node"/> on.</summary>
    public PathState Trim(Node node, PathState path)
    {
        HashSet<int> live = _liveIn[node.Block.Ordinal];
        HashSet<int> born = _born[node.Block.Ordinal];
        bool IsDead(int place) => _gaveUp ? born.Contains(place) : !live.Contains(place) && !_always.Contains(place);

        IntMap<RefSet> refs = path.Refs;
        path.Refs.ForEach((place, _) => refs = IsDead(place) ? refs.Remove(place) : refs);
        IntMap<Known> known = path.Known;
        path.Known.ForEach((place, _) => known = IsDead(place) ? known.Remove(place) : known);
        IntMap<Expression> definitions = path.Definitions;
        path.Definitions.ForEach((place, _) => definitions = IsDead(place) ? definitions.Remove(place) : definitions);
        return DropUnreferenced(path with { Refs = refs, Known = known, Definitions = definitions, Truths = _questions.StillAsked(path.Truths, node) });
    }

    private PathState DropUnreferenced(PathState path)
    {
        HashSet<int> referenced = [];
        path.Refs.ForEach((_, refs) =>
        {
            for (int i = 0; i < refs.Count; i++)
            {
                referenced.Add(refs[i].Resource);
            }
        });
        PathState trimmed = path;
        path.Holds.ForEach((resource, hold) =>
        {
            bool isLoan = _body.Resources[resource].Kind == ResourceKind.Loan;
            bool isOwed = !isLoan && (hold.Holding & Holding.AnyHeld) != 0;
            bool lends = isLoan && (hold.Holding & Holding.Held) != 0 && hold.Holds.Where(r => referenced.Contains(r.Resource) || (path.HoldOf(r.Resource).Holding & Holding.AnyHeld) != 0).Count > 0;
            if (!isOwed && !lends && hold.ReturnedAs is null && !referenced.Contains(resource) && _body.Resources[resource].Original is null)
            {
                trimmed = trimmed.WithoutHold(resource);
            }
        });
        return trimmed;
    }

    /// <summary>What a block computes has nothing to do with what it computed in the round before.</summary>
    private void FindTemporaries()
    {
        for (int place = 0; place < _body.Places.Count; place++)
        {
            if (_body.Places[place].Block is >= 0 and var block)
            {
                AddWithMembers(place, _born[block]);
            }
        }
    }

    private void FindWhatOutlives()
    {
        for (int place = 0; place < _body.Places.Count; place++)
        {
            int root = place;
            while (_body.Places[root].Parent >= 0)
            {
                root = _body.Places[root].Parent;
            }

            if (_body.Places[root].Kind is PlaceKind.This or PlaceKind.StaticField
                || _body.Places[root].Symbol is IParameterSymbol { RefKind: not Microsoft.CodeAnalysis.RefKind.None }
                || (_body.FollowsReferences && _body.Outlives(root)))
            {
                _always.Add(place);
            }
        }

        foreach (NestedFunction nested in _body.Nested)
        {
            foreach (Captured captured in _body.CapturesOf(nested.Symbol))
            {
                if (_body.Places.Find(captured.Symbol) is >= 0 and var place)
                {
                    AddWithMembers(place, _always);
                }
            }
        }
    }

    private void AddWithMembers(int place, HashSet<int> places)
    {
        places.Add(place);
        foreach (int member in _body.Places[place].Members)
        {
            AddWithMembers(member, places);
        }
    }

    private void Solve(BodyGraph graph)
    {
        int blocks = _liveIn.Length;
        List<int>[] predecessors = new List<int>[blocks];
        List<int>[] guarded = new List<int>[blocks];
        HashSet<int>[] defined = new HashSet<int>[blocks];
        for (int i = 0; i < blocks; i++)
        {
            predecessors[i] = [];
            guarded[i] = [];
            defined[i] = [.. _born[i]];
        }

        foreach (Node node in graph.Nodes)
        {
            foreach (Edge edge in node.Edges)
            {
                Link(edge.Target, node, predecessors);
            }

            foreach (Node handler in node.Handlers)
            {
                Link(handler, node, guarded);
            }
        }

        Queue<(int Block, int Place)> pending = new();
        foreach (BasicBlock block in _body.Flow.Blocks)
        {
            foreach (int place in Exposed(block, defined[block.Ordinal]))
            {
                MakeLive(block.Ordinal, place, pending);
            }
        }

        int pairs = 0;
        while (pending.Count > 0)
        {
            if (++pairs > MaxPairs)
            {
                _gaveUp = true;
                return;
            }

            (int block, int place) = pending.Dequeue();
            foreach (int predecessor in predecessors[block])
            {
                if (!defined[predecessor].Contains(place))
                {
                    MakeLive(predecessor, place, pending);
                }
            }

            foreach (int predecessor in guarded[block])
            {
                MakeLive(predecessor, place, pending);
            }
        }
    }

    private static void Link(Node? to, Node from, List<int>[] links)
    {
        if (to is not null && !links[to.Block.Ordinal].Contains(from.Block.Ordinal))
        {
            links[to.Block.Ordinal].Add(from.Block.Ordinal);
        }
    }

    private void MakeLive(int block, int place, Queue<(int, int)> pending)
    {
        if (!_always.Contains(place) && _liveIn[block].Add(place))
        {
            pending.Enqueue((block, place));
        }
    }

    /// <summary>The places that a block reads before it writes them; what it writes is added to <paramref name="defined"/>.</summary>
    private HashSet<int> Exposed(BasicBlock block, HashSet<int> defined)
    {
        var reading = new Reading(_body, defined);
        foreach (Fact fact in _body.FactsOf(block))
        {
            reading.Read(fact.Source);
            reading.Read(fact.Receiver);
            fact.Value?.CollectPlaces(reading.Read);
            fact.Flags?.CollectPlaces(reading.Read);
            fact.Direction?.CollectPlaces(reading.Read);
            bool writes = fact is { Kind: FactKind.Assign or FactKind.Acquire or FactKind.Complete, Fills: false } || fact is { Kind: FactKind.View, Accumulates: false };
            if (!writes || fact.IsHavoc)
            {
                reading.Read(fact.Target);
            }
            else if (fact.Target >= 0)
            {
                AddWithMembers(fact.Target, defined);
            }
        }

        _body.ConditionOf(block)?.CollectPlaces(reading.Read);
        return reading.Exposed;
    }

    /// <summary>What one block reads.</summary>
    private sealed class Reading(Body body, HashSet<int> defined)
    {
        private readonly HashSet<int> _seen = [];
        private readonly Stack<int> _pending = new();

        public HashSet<int> Exposed { get; } = [];

        public void Read(int place)
        {
            if (place >= 0)
            {
                _pending.Push(place);
            }

            while (_pending.Count > 0)
            {
                int read = _pending.Pop();
                if (!_seen.Add(read))
                {
                    // The block has defined no less by now: nothing more can be exposed through it.
                    continue;
                }

                if (!defined.Contains(read))
                {
                    Exposed.Add(read);
                }

                // What a place was computed from is asked again when the place is.
                foreach (int origin in body.Expressions.Origins(read))
                {
                    _pending.Push(origin);
                }

                foreach (int member in body.Places[read].Members)
                {
                    _pending.Push(member);
                }
            }
        }
    }
}
