using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Flow;

/// <summary>How much of a storage a name for it covers.</summary>
internal enum Extent
{
    /// <summary>All of it: a span over an array.</summary>
    All,

    /// <summary>A stretch that begins where it begins.</summary>
    Head,

    /// <summary>Any other stretch.</summary>
    Stretch,
}

/// <summary>The names of a storage that pieces are put in: an array, its span, a slice of that, a capture of either.</summary>
internal static class Aliases
{
    /// <summary>How many names are followed; what is put in a storage with more is not judged.</summary>
    public const int MaxNames = 64;

    /// <summary>
    /// The places through which <paramref name="path"/> finds what is put in <paramref name="place"/>, itself first, with how much of each is
    /// filled when all of the place is.
    /// </summary>
    public static List<(int Place, Extent Filled)> Of(Body body, PathState path, int place)
    {
        List<(int Place, Extent Filled)> names = [];
        Extent filled = Extent.All;
        while (names.Count < MaxNames && place >= 0 && !Contains(names, place))
        {
            names.Add((place, filled));
            (place, Extent covers) = BaseOf(path, place);
            filled = covers > filled ? covers : filled;
        }

        for (int i = 0; i < names.Count && names.Count < MaxNames; i++)
        {
            (int named, filled) = names[i];
            foreach (int other in body.Expressions.DefinedFrom(named))
            {
                (int from, Extent covers) = BaseOf(path, other);
                if (from == named && !Contains(names, other) && (covers < Extent.Stretch || filled == Extent.All))
                {
                    names.Add((other, covers > filled ? covers : filled));
                }
            }
        }

        return names;
    }

    /// <summary>Whether an acquisition into the place overwrites the only thing that could release what the same site made before.</summary>
    public static bool LosesOlder(Fact fact, PathState path, Body body)
    {
        if (!fact.Fills)
        {
            return path.IsReferredToOnlyBy(fact.Resource, fact.Target)
                || (Assigned(fact, body) is >= 0 and var into && path.WithRefs(into, RefSet.Empty).IsReferredToOnlyBy(fact.Resource, fact.Target));
        }

        List<(int Place, Extent Filled)> names = Of(body, path, fact.Target);
        bool only = true;
        path.Refs.ForEach((other, refs) => only &= !refs.Where(static r => r.Kind < RefRole.Element).Refers(fact.Resource) || Covers(names, other));
        return only;
    }

    /// <summary>The local that what is acquired is put in at once, or -1: what it had is lost with it.</summary>
    private static int Assigned(Fact fact, Body body) =>
        fact.Operation.Parent is ISimpleAssignmentOperation { IsRef: false, Target: ILocalReferenceOperation { Local: var local } } ? body.Places.Find(local) : -1;

    private static (int Place, Extent Covers) BaseOf(PathState path, int place) =>
        !path.Definitions.TryGet(place, out Expression definition) ? (-1, Extent.All) : definition switch
        {
            Expression.Of of => (of.Place, Extent.All),
            Expression.PartOf part => (part.Place, part.Extent),
            _ => (-1, Extent.All),
        };

    private static bool Contains(List<(int Place, Extent Filled)> names, int place) => names.Exists(name => name.Place == place);

    private static bool Covers(List<(int Place, Extent Filled)> names, int place) => names.Exists(name => name.Place == place && name.Filled < Extent.Stretch);
}
