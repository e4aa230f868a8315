using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>
/// BUF2005, from the other side: a rented buffer goes back to its pool while somebody outside has it, the caller that it was returned to or a
/// collection that it was put in. Their use of it is not seen, but they were given it to use it.
/// </summary>
internal sealed class LeftWithOthers : Rule
{
    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact is { Kind: FactKind.Release, Effect: Effect.Release { Kept: null } })
        {
            foreach (Sighting sighting in findings.See(path => Transfer.Released(fact, path, findings.Body), before, (resource, hold) => Concerns(resource) && hold is { Holding: Holding.HandedOn, KeptBy: { } kept } && !IsTakenOut(kept, findings.Body)))
            {
                IOperation kept = sighting.Hold.KeptBy!;
                string into = kept is IInvocationOperation { Instance.Syntax: { } receiver } ? receiver.ToString() : "a collection";
                Report(kept, sighting.Resource, sighting.Confidence, Spots.OfCall(kept), Spots.OfCall(fact.Operation), $"put into '{into}'", findings);
            }
        }
    }

    public override void OnExit(Leaving leaving, Findings findings)
    {
        Dictionary<int, (Hold Hold, int Count)> left = [];
        foreach (PathState path in leaving.Kind == ExitKind.Return ? leaving.Paths.Paths : [])
        {
            path.Holds.ForEach((id, hold) =>
            {
                if (hold is { Holding: Holding.Released, ReturnedAs: not null, ChangedAt: not null } && Concerns(findings.Body.Resources[id]))
                {
                    left[id] = (hold, (left.TryGetValue(id, out (Hold, int Count) known) ? known.Count : 0) + 1);
                }
            });
        }

        foreach (KeyValuePair<int, (Hold Hold, int Count)> found in left)
        {
            IOperation returned = found.Value.Hold.ReturnedAs!;
            Report(
                returned, findings.Body.Resources[found.Key], found.Value.Count == leaving.Paths.Paths.Count ? Confidence.Certain : Confidence.Possible,
                returned.Syntax.GetLocation(), Spots.OfCall(found.Value.Hold.ChangedAt!), "returned to the caller", findings);
        }
    }

    private static bool Concerns(Resource resource) =>
        resource is { Original: null, Parameter: null } && (resource.Kind == ResourceKind.Rental || resource.Kind == ResourceKind.Owner);

    /// <summary>Whether what was put into the collection is taken out again somewhere in the body.</summary>
    private static bool IsTakenOut(IOperation kept, Body body)
    {
        string? collection = (kept as IInvocationOperation)?.Instance?.Syntax.ToString();
        foreach (Fact fact in body.Facts)
        {
            if (fact is { Kind: FactKind.Use, Target: >= 0 } && fact.Operation.Syntax.ToString() == collection && TakesOut(fact.Operation))
            {
                return true;
            }
        }

        return false;
    }

    private static bool TakesOut(IOperation collection) =>
        collection.Parent is IInvocationOperation { TargetMethod.Name: { } name }
        && (name.StartsWith("Remove", StringComparison.Ordinal) || name.StartsWith("Dequeue", StringComparison.Ordinal) || name.StartsWith("Pop", StringComparison.Ordinal)
            || name.StartsWith("Take", StringComparison.Ordinal) || name.StartsWith("Try", StringComparison.Ordinal) || name.StartsWith("Read", StringComparison.Ordinal) || name == "Clear");

    private static void Report(IOperation at, Resource resource, Confidence confidence, Location location, Location released, string how, Findings findings)
    {
        string name = resource.Name ?? resource.Kind.Name;
        findings.Report(UsedAfterReturn.LeftWords, confidence, (at.Syntax, resource.Id), null, location, [released, Spots.Origin(resource)], null, Spots.NameOf(at) is null ? name : at.Syntax.ToString(), how, name, Spots.Line(released));
    }
}
