using System.Collections.Immutable;
using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Rules.Shared;

/// <summary>A release that is reached with an earlier one done.</summary>
internal abstract class DoubleReleaseRule(Wording words) : Rule
{
    private static readonly ImmutableDictionary<string, string?> Properties =
        ImmutableDictionary<string, string?>.Empty.Add(DiagnosticProperties.Released, DiagnosticProperties.Twice);

    protected abstract bool Concerns(Resource resource);

    protected virtual bool Concerns(Fact release, Resource resource, Hold hold, Body body) => Concerns(resource);

    public sealed override FactKind[] Reads => [FactKind.Release];

    public sealed override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact is not { Kind: FactKind.Release, Effect: Effect.Release { Repeatable: false } })
        {
            return;
        }

        foreach (Sighting sighting in findings.See(path => Transfer.Released(fact, path, findings.Body), before, (resource, hold) => hold.Holding == Holding.Released && !findings.Body.IsClearedAlready(fact, resource, hold) && !(resource.Kind.IsMadeOfPieces && Stretches.AreApart(fact.Operation, hold.ChangedAt)) && Concerns(fact, resource, hold, findings.Body)))
        {
            Location? first = sighting.Hold.ChangedAt is { } earlier ? Spots.OfCall(earlier) : null;
            findings.Report(
                words, sighting.Confidence, (fact.Operation.Syntax, sighting.Resource.Id), fact, Spots.OfCall(fact.Operation), [first, Spots.Origin(sighting.Resource)], Properties,
                sighting.Resource.Name ?? sighting.Resource.Kind.Name, Spots.Line(first));
        }
    }
}
