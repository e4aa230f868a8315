namespace BufferLifetime.Analyzers.Flow;

/// <summary>What is known of the entries of tables: which were emptied, and what was shown of them before.</summary>
internal static class Entries
{
    public static PathState Change(Fact fact, PathState path, Body body)
    {
        switch (((Effect.Entry)fact.Effect!).Change)
        {
            case EntryChange.Shown when path.RefsOf(fact.Target).Count == 0:
                return ByEveryName(fact, path.WithHold(fact.Resource, new Hold(Holding.Held)), RefSet.Of(fact.Resource, RefRole.Owner), body);
            case EntryChange.Emptied:
                RefSet refs = path.RefsOf(fact.Target).Union(RefSet.Of(fact.Resource, RefRole.Owner));
                for (int i = 0; i < refs.Count; i++)
                {
                    path = path.WithHold(refs[i].Resource, new Hold(Holding.Released, Flowing.Unknown, RefSet.Empty, fact.Operation));
                }

                return ByEveryName(fact, path, refs, body);
            case EntryChange.Filled or EntryChange.FilledAny:
                return Fill(fact, path, body);
            default:
                return path;
        }
    }

    /// <summary>The entry is the same by whatever name of its table.</summary>
    private static PathState ByEveryName(Fact fact, PathState path, RefSet refs, Body body)
    {
        Entry entry = body.Places.EntryAt(fact.Target);
        List<(int Place, Extent Filled)> tables = Aliases.Of(body, path, entry.Table);
        foreach (Entry other in body.Places.Entries)
        {
            path = other.Key.Equals(entry.Key) && tables.Exists(table => table.Place == other.Table) ? path.WithRefs(other.Place, refs) : path;
        }

        return path;
    }

    /// <summary>A variable has another value: the entry that it is the number of is another one.</summary>
    public static PathState Forget(PathState path, int variable, Body body)
    {
        foreach (Entry entry in body.Places.Entries)
        {
            path = entry.IsOfVariable(variable) ? path.WithRefs(entry.Place, RefSet.Empty) : path;
        }

        return path;
    }

    /// <summary>An entry is filled, by whatever name of its table: what could be the same one is not known to be empty.</summary>
    private static PathState Fill(Fact fact, PathState path, Body body)
    {
        object? key = fact.Target < 0 ? null : body.Places.EntryAt(fact.Target).Key;
        foreach (Entry entry in body.Places.Entries)
        {
            bool isOther = key is long && entry.Key is long && !key.Equals(entry.Key);
            path = isOther ? path : path.WithRefs(entry.Place, RefSet.Empty);
        }

        return path;
    }
}
