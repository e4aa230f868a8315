using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Rules.Suspension;

/// <summary>BUF1207 between two operations: one is started over the bytes that another, still under way, reads or writes.</summary>
internal sealed class SharedByOperations : Rule
{
    private readonly Dictionary<int, bool> _fromTheStart = [];
    private readonly List<(Fact Fact, int Resource, int Loan, Flowing Direction)> _shared = [];

    public override FactKind[] Reads => [FactKind.Lend];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact is not { Kind: FactKind.Lend, Moves: not Flowing.Unknown, Source: >= 0 })
        {
            return;
        }

        foreach (PathState path in before.Paths)
        {
            RefSet lent = path.RefsOf(fact.Source).Where(static r => r.Kind <= RefRole.View);
            bool fromTheStart = IsFromTheStart(path, fact.Source);
            _fromTheStart[fact.Resource] = fromTheStart && (!_fromTheStart.TryGetValue(fact.Resource, out bool known) || known);
            path.ForEachPending((loan, hold) =>
            {
                if (loan != fact.Resource && fromTheStart && lent.Count == 1 && hold.Holding == Holding.Held && hold.Direction != Flowing.Unknown && (hold.Direction | fact.Moves) != Flowing.Source
                    && hold.Holds.Refers(lent[0].Resource) && (path.HoldOf(lent[0].Resource).Holding & (Holding.Released | Holding.Several)) == 0)
                {
                    _shared.Add((fact, lent[0].Resource, loan, hold.Direction));
                }
            });
        }
    }

    public override void OnEnd(Findings findings)
    {
        foreach ((Fact fact, int id, int pending, Flowing direction) in _shared)
        {
            // Two stretches may be apart; two that begin where the buffer begins are not.
            if (!_fromTheStart.TryGetValue(pending, out bool fromTheStart) || !fromTheStart || TouchedWhilePending.AsksForCompletion(fact.Operation.Syntax))
            {
                continue;
            }

            Resource memory = findings.Body.Resources[id];
            Resource loan = findings.Body.Resources[pending];
            Location? started = Spots.Origin(loan);
            findings.Report(
                TouchedWhilePending.Words, Confidence.Possible, (id, pending, fact.Operation.Syntax), null, Spots.OfCall(fact.Operation), [started], null,
                findings.Body.Places.NameOf(fact.Source) ?? memory.Name ?? memory.Kind.Name, fact.Moves == Flowing.Destination ? "written" : "read", loan.Member?.Name ?? "operation", Spots.Line(started),
                direction == Flowing.Destination ? "writes to" : "reads",
                direction == Flowing.Destination ? "what is there is half the old bytes and half the new" : "what is sent is half the old bytes and half the new");
        }
    }

    /// <summary>Whether what stands in the place is a whole storage, or a stretch that begins where that begins.</summary>
    private static bool IsFromTheStart(PathState path, int place)
    {
        for (int depth = 0; depth < 8 && path.Definitions.TryGet(place, out Expression definition); depth++)
        {
            switch (definition)
            {
                case Expression.PartOf { Extent: < Extent.Stretch } part:
                    place = part.Place;
                    break;
                case Expression.Of of:
                    place = of.Place;
                    break;
                default:
                    return false;
            }
        }

        return true;
    }
}
