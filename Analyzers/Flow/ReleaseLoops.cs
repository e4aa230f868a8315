namespace BufferLifetime.Analyzers.Flow;

/// <summary>
/// Loops that release something piece by piece: <c>foreach (var page in pages[..count]) page.Unpin();</c>. When such a loop is done, all is
/// released, no round at all included: there was nothing to release then. Likewise loops that wait for one operation after the other.
/// </summary>
internal sealed class ReleaseLoops(BodyGraph graph, Body body)
{
    private readonly Dictionary<Node, HashSet<int>> _released = [];
    private readonly Dictionary<Node, List<Node>> _ends = [];
    private Dictionary<Node, HashSet<Node>>? _loops;
    private bool _hasLearnt;

    /// <summary>Remembers what <paramref name="node"/> releases, or hands on, a piece of.</summary>
    public void NoteReleases(Node node, Fact fact, PathSet paths)
    {
        foreach (PathState path in paths.Paths)
        {
            RefSet settled = fact.Kind == FactKind.Release ? Transfer.Released(fact, path, body)
                : fact.Kind == FactKind.Complete ? path.RefsOf(fact.Source).Where(r => body.Resources[r.Resource].Kind == ResourceKind.Loan)
                : Transfer.HandedOn(fact, path, body);
            settled = fact.Kind == FactKind.Release ? settled.Union(Transfer.Contained(fact, path, body)) : settled;
            RefSet pieces = settled.Where(r => r.Kind == RefRole.Element || (r.Kind is RefRole.View or RefRole.Container && fact.Kind is FactKind.Release or FactKind.Complete));
            for (int i = 0; i < pieces.Count; i++)
            {
                Note(node, pieces[i].Resource);
            }
        }
    }

    /// <summary>Whether something was learnt since the last call.</summary>
    public bool HasLearnt()
    {
        bool learnt = _hasLearnt;
        _hasLearnt = false;
        return learnt;
    }

    /// <summary>The path as it is once <paramref name="edge"/> has left the loops that <paramref name="node"/> can end.</summary>
    public PathState Leave(Node node, Edge edge, PathState path)
    {
        if (!_ends.TryGetValue(node, out List<Node>? heads))
        {
            return path;
        }

        foreach (Node head in heads)
        {
            if (edge.Target is { } target && _loops![head].Contains(target))
            {
                continue;
            }

            foreach (int resource in _released[head])
            {
                Hold hold = path.HoldOf(resource);
                if ((hold.Holding & (Holding.AnyHeld | Holding.HeldNone)) != 0 && (node == head || AsksPiece(node, edge, path, resource)))
                {
                    path = body.Resources[resource].Kind == ResourceKind.Loan
                        ? path.WithLoan(resource, hold with { Holding = Holding.Released, Holds = RefSet.Empty })
                        : path.WithHold(resource, hold with { Holding = Holding.HandedOn });
                }
            }
        }

        return path;
    }

    /// <summary>Whether what a piece says decides that the loop ends: the first that holds nothing is the end of those that do.</summary>
    private bool AsksPiece(Node node, Edge edge, PathState path, int resource)
    {
        bool asks = false;
        if (edge is { IsConditional: true, Target: not null })
        {
            body.ConditionOf(node.Block)?.CollectPlaces(place =>
            {
                for (; place >= 0 && !asks; place = body.Places[place].Parent)
                {
                    RefSet refs = path.RefsOf(place);
                    asks = refs.Where(static r => r.Kind == RefRole.Element).Refers(resource);
                }
            });
        }

        return asks;
    }

    private void Note(Node node, int resource)
    {
        foreach (KeyValuePair<Node, HashSet<Node>> loop in _loops ??= Find())
        {
            // A loop that takes the resource itself has another in each round: it is not the one that goes through the pieces.
            if (!loop.Value.Contains(node) || TakenIn(loop.Value, resource))
            {
                continue;
            }

            if (!_released.TryGetValue(loop.Key, out HashSet<int>? resources))
            {
                _released.Add(loop.Key, resources = []);
                NoteEnds(loop.Key, loop.Value);
            }

            _hasLearnt |= resources.Add(resource);
        }
    }

    /// <summary>Remembers the nodes by which a loop can be left.</summary>
    private void NoteEnds(Node head, HashSet<Node> loop)
    {
        foreach (Node node in loop)
        {
            if (node == head || node.Edges.Exists(edge => edge.Target is { } target && !loop.Contains(target)))
            {
                if (!_ends.TryGetValue(node, out List<Node>? heads))
                {
                    _ends.Add(node, heads = []);
                }

                heads.Add(head);
            }
        }
    }

    private bool TakenIn(HashSet<Node> loop, int resource)
    {
        foreach (Node node in loop)
        {
            foreach (Fact fact in body.FactsOf(node.Block))
            {
                if ((fact.Kind is FactKind.Acquire or FactKind.Lend && fact.Resource == resource) || fact.Fresh?.Resource == resource)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>The nodes of each loop by its head: what reaches a branch back to the head without passing it.</summary>
    private Dictionary<Node, HashSet<Node>> Find()
    {
        Dictionary<Node, List<Node>> predecessors = [];
        Dictionary<Node, HashSet<Node>> loops = [];
        foreach (Node node in graph.Nodes)
        {
            foreach (Edge edge in node.Edges)
            {
                if (edge.Target is not { } target)
                {
                    continue;
                }

                if (!predecessors.TryGetValue(target, out List<Node>? before))
                {
                    predecessors.Add(target, before = []);
                }

                before.Add(node);
                if (target.Order <= node.Order && !loops.ContainsKey(target))
                {
                    loops.Add(target, [target]);
                }
            }
        }

        foreach (KeyValuePair<Node, HashSet<Node>> loop in loops)
        {
            Stack<Node> pending = new();
            foreach (Node back in predecessors[loop.Key])
            {
                if (back.Order >= loop.Key.Order)
                {
                    pending.Push(back);
                }
            }

            while (pending.Count > 0)
            {
                Node node = pending.Pop();
                if (loop.Value.Add(node) && predecessors.TryGetValue(node, out List<Node>? before))
                {
                    foreach (Node predecessor in before)
                    {
                        pending.Push(predecessor);
                    }
                }
            }
        }

        return loops;
    }
}
