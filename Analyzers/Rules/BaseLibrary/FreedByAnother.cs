using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>BUF2010 of native blocks: one goes to another heap than it is of, or is given back by another address than its own.</summary>
internal sealed class FreedByAnother : Rule
{
    private TypeFlow? _type;

    public override void OnMember(TypeMember member, TypeFlow type) => _type = type;

    public override FactKind[] Reads => [FactKind.Release];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact is not { Kind: FactKind.Release, Target: >= 0, Effect: Effect.Release { Tag: { } heap } })
        {
            return;
        }

        Body body = findings.Body;
        foreach (Sighting sighting in findings.See(path => Transfer.Released(fact, path, body), before, (resource, hold) => IsHeldBlock(resource, hold) && resource.Acquisition!.Tag != heap && !IsChosen(fact, resource, body)))
        {
            Location? origin = Spots.Origin(sighting.Resource);
            findings.Report(
                ReleasedToAnother.OtherHeapWords, sighting.Confidence, (fact.Operation.Syntax, sighting.Resource.Id), fact, Spots.OfCall(fact.Operation), [origin], null,
                sighting.Resource.Name ?? sighting.Resource.Kind.Name, sighting.Resource.Member?.Name, Spots.Line(origin), fact.Member?.Name, sighting.Resource.Acquisition!.Tag);
        }

        foreach (Sighting sighting in findings.See(path => Transfer.Released(fact, path, body).Union(Transfer.Moved(fact, path, body)), before, IsHeldBlock))
        {
            if (MovedAt(fact.Target, body) is { } moved)
            {
                Location? origin = Spots.Origin(sighting.Resource);
                findings.Report(
                    ReleasedToAnother.OtherAddressWords, sighting.Confidence, (fact.Operation.Syntax, sighting.Resource.Id), fact, Spots.OfRelease(fact.Operation), [origin, moved.Syntax.GetLocation()], null,
                    body.Places.NameOf(fact.Target) ?? sighting.Resource.Name ?? sighting.Resource.Kind.Name, sighting.Resource.Member?.Name, Spots.Line(origin), Spots.Line(moved.Syntax.GetLocation()));
            }
        }
    }

    /// <summary>Whether the body also gives the field to the heap that its block is of: by what it chooses one, the member knows that took the block.</summary>
    private static bool IsChosen(Fact release, Resource resource, Body body) =>
        resource.Original is not null && body.Facts.Any(other => other is { Kind: FactKind.Release, Target: >= 0, Effect: Effect.Release { Tag: { } heap } } && heap == resource.Acquisition!.Tag
            && (other.Target == release.Target || (body.Places[other.Target].Symbol is { } field && SymbolEqualityComparer.Default.Equals(field, body.Places[release.Target].Symbol))));

    private static bool IsHeldBlock(Resource resource, Hold hold) =>
        resource is { Acquisition.Tag: not null } && resource.Kind == ResourceKind.Native && (hold.Holding & (Holding.AnyHeld | Holding.HandedOn)) != 0 && (hold.Holding & (Holding.Released | Holding.Several)) == 0;

    /// <summary>What moved the address: in the body itself or, for a field, in the only other member that sets it.</summary>
    private IOperation? MovedAt(int place, Body body)
    {
        if (Displacement.Of(body, place) is { } here)
        {
            return here;
        }

        IOperation? moved = null;
        foreach (TypeMember member in body.Places[place] is { Kind: PlaceKind.Member, Symbol: IFieldSymbol } field && _type is { } type ? type.Members : [])
        {
            int counterpart = member.Body.Places.FindMember(member.Body.Places.OfThis(), body.Places[place].Symbol!);
            if (counterpart < 0 || !member.Body.Facts.Any(fact => fact.Target == counterpart && fact is { Kind: FactKind.Assign or FactKind.View, Value: not Expression.Constant }))
            {
                continue;
            }

            if (moved is not null || Displacement.Of(member.Body, counterpart) is not { } there)
            {
                return null;
            }

            moved = there;
        }

        return moved;
    }
}
