namespace BufferLifetime.Analyzers.Flow;

/// <summary>
/// Loops that release something piece by piece: <c>foreach (var page in pages[..count]) page.Unpin();</c>. When such a loop is done, all is
/// released, no round at all included: there was nothing to release then.
/// </summary>
internal sealed class ReleaseLoops(BodyGraph graph, Body body)
{
    private readonly Dictionary<Node, HashSet<int>> _released = [];
    private Dictionary<Node, HashSet<Node>>? _loops;
    private bool _hasLearnt;

    /// <summary>Remembers what a release in <paramref name="node"/> releases a piece of.</summary>
    public void NoteReleases(Node node, Fact fact, PathSet paths)
    {
        foreach (PathState path in paths.Paths)
        {
            RefSet pieces = Transfer.Released(fact, path, body).Where(static r => r.Kind is RefRole.Element or RefRole.View);
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

    /// <summary>The path as it is once <paramref name="edge"/> has left the loop that <paramref name="node"/> is the head of.</summary>
    public PathState Leave(Node node, Edge edge, PathState path)
    {
        bool stays = edge.Target is { } target && _loops is not null && _loops.TryGetValue(node, out HashSet<Node>? loop) && loop.Contains(target);
        if (stays || !_released.TryGetValue(node, out HashSet<int>? resources))
        {
            return path;
        }

        foreach (int resource in resources)
        {
            Hold hold = path.HoldOf(resource);
            if ((hold.Holding & (Holding.AnyHeld | Holding.HeldNone)) != 0)
            {
                path = path.WithHold(resource, hold with { Holding = Holding.HandedOn });
            }
        }

        return path;
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
            }

            _hasLearnt |= resources.Add(resource);
        }
    }

    private bool TakenIn(HashSet<Node> loop, int resource)
    {
        foreach (Node node in loop)
        {
            foreach (Fact fact in body.FactsOf(node.Block))
            {
                if (fact.Kind == FactKind.Acquire && fact.Resource == resource)
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
