using System.Collections.Immutable;
using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>BUF2006 between two types: a buffer is given back by who has handed it to an object that gives it back, too, when that is ended.</summary>
internal sealed class ReleasedThoughTaken : Rule
{
    public override FactKind[] Reads => [FactKind.Release];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact is not { Kind: FactKind.Release, Effect: Effect.Release { Kept: null } })
        {
            return;
        }

        // What goes into a collection of the framework's is told as left there (BUF2005).
        foreach (Sighting sighting in findings.See(path => Transfer.Released(fact, path, findings.Body), before, static (resource, hold) => hold is { Holding: Holding.HandedOn, TakenBy: not null, KeptBy: null } && (resource.Kind == ResourceKind.Rental || resource.Kind == ResourceKind.Owner)))
        {
            // What other methods of the new owner do with it cannot be seen: one may have let it go.
            if (sighting.Hold.TakenBy is IInvocationOperation { Instance: { } owner } taken && !LeftWithOthers.IsUsedBetween(taken, fact.Operation))
            {
                Location given = Spots.OfCall(taken);
                findings.Report(
                    ReturnedTwice.TakenWords, sighting.Confidence, (fact.Operation.Syntax, sighting.Resource.Id), fact, Spots.OfCall(fact.Operation), [given, Spots.Origin(sighting.Resource)], ImmutableDictionary<string, string?>.Empty,
                    sighting.Resource.Name ?? sighting.Resource.Kind.Name, owner.Syntax.ToString(), Spots.Line(given));
            }
        }
    }
}
