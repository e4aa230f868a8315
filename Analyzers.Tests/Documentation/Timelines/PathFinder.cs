using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Rules;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Tests.Documentation.Timelines;

/// <summary>One fact on a path, or the way out, with what the path knows before and after it.</summary>
/// <param name="Fact">What happens; null for the way out.</param>
/// <param name="Exit">The statement that leaves, if there is one.</param>
/// <param name="Before">What is known before.</param>
/// <param name="After">What is known after.</param>
/// <param name="Meets">The places of the report that it is at.</param>
/// <param name="Visit">How many blocks the path had entered: tells the rounds of a loop apart.</param>
internal sealed record Step(Fact? Fact, Location? Exit, PathState Before, PathState After, IReadOnlyList<Location> Meets, int Visit);

/// <summary>Searches a body for the shortest path that can run and that meets the places of a report.</summary>
internal sealed class PathFinder
{
    private const int MaxWays = 20_000;

    private readonly Body _body;
    private readonly Transfer _transfer;
    private readonly List<Location> _wanted;
    private readonly Diagnostic _report;

    private PathFinder(Body body, IContractSource contracts, ISelfCalls? calls, List<Location> wanted, Diagnostic report)
    {
        _body = body;
        _transfer = new Transfer(body, contracts, calls);
        _wanted = wanted;
        _report = report;
    }

    public IReadOnlyList<Step> Steps { get; private init; } = [];

    public static PathFinder? Find(Body body, IContractSource contracts, ISelfCalls? calls, IReadOnlyList<PathState> entries, Diagnostic report)
    {
        List<Location> wanted = [.. report.AdditionalLocations.Append(report.Location).Distinct().Where(place => IsMet(body, place))];
        var finder = new PathFinder(body, contracts, calls, wanted, report);

        // Where the place that explains the report is the reported one itself, another round of a loop comes to it, or another call.
        bool isTwice = report.AdditionalLocations.Contains(report.Location);
        Way? way = (isTwice ? finder.Search(entries, 2) : null) ?? finder.Search(entries, 1);
        return way is null ? null : new PathFinder(body, contracts, calls, wanted, report) { Steps = way.Steps() };
    }

    /// <summary>Whether the body has a fact or a way out at the place: not the declaration of a parameter, nor a place in another method.</summary>
    private static bool IsMet(Body body, Location place) =>
        body.Flow.Blocks.SelectMany(body.FactsOf).Any(fact => IsAt(fact, place))
        || body.Graph.Nodes.SelectMany(node => node.Edges).Any(edge => edge.Exit != ExitKind.None && ExitAt(body, edge) == place);

    private static bool IsAt(Fact fact, Location place) =>
        fact.Operation.Syntax.GetLocation() == place || Spots.OfCall(fact.Operation) == place || Spots.OfRelease(fact.Operation) == place
        || (fact.Operation is Microsoft.CodeAnalysis.Operations.ISimpleAssignmentOperation { Value.Syntax: var value } && value.GetLocation() == place);

    private static Location? ExitAt(Body body, Edge edge) =>
        Spots.OfExit(new Leaving(edge.Exit, edge.ExitFrom.ConditionalSuccessor is null ? edge.ExitFrom.BranchValue : null, edge.ExitFrom, new PathSet()), body.Flow);

    private Way? Search(IReadOnlyList<PathState> entries, int times)
    {
        // What an earlier call released is what such a report is about.
        Queue<Way> ways = new(entries.OrderByDescending(IsDangling).Select(entry => new Way(_body.Graph.Entry, null, null, entry, [], 0, 0, -1)));
        HashSet<(Node, int, int, int)> seen = [];
        for (int taken = 0; ways.TryDequeue(out Way? way) && taken < MaxWays; taken++)
        {
            foreach (Way next in Through(way))
            {
                if (next.Node is null)
                {
                    if (next.Met.Count == _wanted.Count && (next.Hits >= times || !_wanted.Contains(_report.Location)))
                        return next;
                }
                else if (seen.Add((next.Node, next.State.Signature, next.Met.Sum(met => 1 << _wanted.IndexOf(met)), next.Hits)))
                {
                    ways.Enqueue(next);
                }
            }
        }

        return null;
    }

    private bool IsDangling(PathState entry)
    {
        bool isDangling = false;
        entry.Holds.ForEach((_, hold) => isDangling |= hold is { Holding: Holding.Dangling, ChangedAt: { } released } && _report.AdditionalLocations.Contains(Spots.OfCall(released)));
        return isDangling;
    }

    /// <summary>The ways on from the beginning of a node, past its facts.</summary>
    private IEnumerable<Way> Through(Way way)
    {
        List<Way> ways = [way];
        foreach (Fact fact in _body.FactsOf(way.Node!.Block))
        {
            List<Way> after = [];
            foreach (Way one in ways)
                _transfer.Apply(fact, one.State, state => after.Add(one.Past(fact, state, [.. _wanted.Where(place => IsAt(fact, place))], _report.Location)));
            if (fact.MayThrow)
            {
                foreach (Way failing in ways.SelectMany(_ => way.Node.Handlers, (one, handler) => one.To(handler)))
                    yield return failing;
            }

            ways = after;
        }

        foreach (Way one in ways)
        {
            foreach (Edge edge in way.Node.Edges)
            {
                Expression? condition = edge.IsConditional ? _body.ConditionOf(way.Node.Block) : null;
                if (_transfer.Assume(one.State, condition, edge.WhenTrue) is not { } possible)
                    continue;
                if (edge.Exit == ExitKind.None)
                    yield return one.To(edge.Target!, _body.Liveness.Trim(edge.Target!, possible));
                else if (edge.Exit != ExitKind.Failure)
                    yield return one.Out(ExitAt(_body, edge), possible, _wanted);
            }
        }
    }

    /// <summary>A way so far, told backwards.</summary>
    private sealed record Way(Node? Node, Way? Previous, Step? Step, PathState State, IReadOnlyList<Location> Met, int Visit, int Hits, int LastHit)
    {
        public Way Past(Fact fact, PathState after, IReadOnlyList<Location> meets, Location reported)
        {
            bool isHit = meets.Contains(reported) && LastHit != Visit;
            return new Way(Node, this, new Step(fact, null, State, after, meets, Visit), after, [.. Met.Union(meets)], Visit, isHit ? Hits + 1 : Hits, isHit ? Visit : LastHit);
        }

        public Way To(Node node) => To(node, State);

        public Way To(Node node, PathState state) => this with { Node = node, State = state, Visit = Visit + 1 };

        public Way Out(Location? exit, PathState state, List<Location> wanted)
        {
            Location[] meets = exit is not null && wanted.Contains(exit) ? [exit] : [];
            return new Way(null, this, new Step(null, exit, state, state, meets, Visit), state, [.. Met.Union(meets)], Visit, meets.Length > 0 ? Math.Max(Hits, 1) : Hits, LastHit);
        }

        public List<Step> Steps()
        {
            List<Step> steps = [];
            for (Way? way = this; way is not null; way = way.Previous)
            {
                if (way.Step is { } step && (steps.Count == 0 || !ReferenceEquals(steps[^1], step)))
                    steps.Add(step);
            }

            steps.Reverse();
            return steps;
        }
    }
}
