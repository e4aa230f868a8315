using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Rules.Shared;

/// <summary>A use of something, or of a view of it, that is reached with its release done.</summary>
internal abstract class UseAfterReleaseRule(Wording words) : Rule
{
    private TypeFlow? _type;

    protected abstract bool Concerns(Resource resource);

    /// <summary>As <see cref="Concerns(Resource)"/>, where it is used by way of an iterator over its memory.</summary>
    protected virtual bool ConcernsThroughIterator(Resource resource) => Concerns(resource);

    /// <summary>Whether a use by what refers to it so needs it.</summary>
    protected virtual bool Needs(Resource resource, RefRole role) => true;

    public sealed override void OnMember(TypeMember member, TypeFlow type) => _type = type;

    public sealed override FactKind[] Reads => [FactKind.CallSelf, FactKind.Use];

    public sealed override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact.Kind == FactKind.CallSelf && _type is not null)
        {
            OnCall(fact, before, findings);
        }

        if (fact is not { Kind: FactKind.Use, Target: >= 0 })
        {
            return;
        }

        bool isThroughIterator = before.Paths.Any(path => IsIterator(path.RefsOf(fact.Target), findings.Body));
        foreach (Sighting sighting in findings.See(
            path => path.RefsOf(fact.Target).Where(r => r.Kind < RefRole.Account && findings.Body.Resources[r.Resource].Kind != ResourceKind.Iterator && Needs(findings.Body.Resources[r.Resource], r.Kind)), before,
            (resource, hold) => hold.Holding == Holding.Released && !(resource.Kind.IsMadeOfPieces && Stretches.AreApart(fact.Operation, hold.ChangedAt)) && (isThroughIterator ? ConcernsThroughIterator(resource) : Concerns(resource))))
        {
            Location? released = sighting.Hold.ChangedAt is { } release ? Spots.OfCall(release) : null;
            string used = findings.Body.Places.NameOf(fact.Target) ?? sighting.Resource.Name ?? sighting.Resource.Kind.Name;
            findings.Report(
                words, sighting.Confidence, (sighting.Resource.Id, sighting.Hold.ChangedAt?.Syntax), fact, fact.Operation.Syntax.GetLocation(), [released, Spots.Origin(sighting.Resource)], null,
                used, sighting.Resource.Name ?? sighting.Resource.Kind.Name, Spots.Line(released));
        }
    }

    /// <summary>Whether it is an iterator that a place refers to, and the memory only through it.</summary>
    public static bool IsIterator(RefSet refs, Body body) => refs.Where(r => r.Kind == RefRole.Owner && body.Resources[r.Resource].Kind == ResourceKind.Iterator).Count > 0;

    /// <summary>A method of the same instance that uses what was released before it was called: the order of the two is the mistake.</summary>
    private void OnCall(Fact fact, PathSet before, Findings findings)
    {
        foreach (PathState path in before.Paths)
        {
            foreach ((Resource resource, Hold hold, Misuse misuse) in _type!.MisusesBy(fact, path))
            {
                if (!misuse.IsRelease && Concerns(resource))
                {
                    Location? released = hold.ChangedAt is { } release ? Spots.OfCall(release) : null;
                    findings.Report(
                        words, before.Paths.Count == 1 ? Confidence.Certain : Confidence.Possible, (resource.Id, hold.ChangedAt?.Syntax), fact, fact.Operation.Syntax.GetLocation(),
                        [misuse.At.Syntax.GetLocation(), released, Spots.Origin(resource)], null,
                        Spots.NameOf(misuse.At) ?? resource.Name ?? resource.Kind.Name, resource.Name ?? resource.Kind.Name, Spots.Line(released));
                }
            }
        }
    }
}
