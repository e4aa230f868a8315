using BufferLifetime.Analyzers.Flow;

namespace BufferLifetime.Analyzers.Rules;

/// <summary>What a member of a type does to something that a field owns.</summary>
/// <param name="Member">The member.</param>
/// <param name="Fact">Where it does so.</param>
/// <param name="Resource">What it does it to, as it was acquired.</param>
internal sealed record Deed(TypeMember Member, Fact Fact, Resource Resource);

/// <summary>What the members of a type are seen to do, noted while the rules read them one by one, for what only all of them tell.</summary>
internal sealed class TypeRecord
{
    /// <summary>The resources, as they were acquired, that some member releases or hands on.</summary>
    public HashSet<Resource> Settled { get; } = [];

    /// <summary>Operations that were started over a resource.</summary>
    public List<Deed> Loans { get; } = [];

    public List<Deed> Releases { get; } = [];

    public void Note(TypeMember member, Fact fact, PathSet before)
    {
        if (fact.Kind is not (FactKind.Release or FactKind.Escape or FactKind.Lend))
        {
            return;
        }

        foreach (PathState path in before.Paths)
        {
            RefSet moved = Transfer.Moved(fact, path, member.Body);
            for (int i = 0; i < moved.Count; i++)
            {
                Settled.Add(member.Body.Resources[moved[i].Resource].Original ?? member.Body.Resources[moved[i].Resource]);
            }

            // A field that native code is given the address of still has it to release.
            RefSet refs = fact.Kind == FactKind.Release ? Transfer.Released(fact, path, member.Body)
                : fact.Kind == FactKind.Lend ? path.RefsOf(fact.Source).Where(static r => r.Kind < RefRole.Account)
                : fact.Departure == Departure.PassedToNative ? RefSet.Empty
                : Transfer.HandedOn(fact, path, member.Body);
            for (int i = 0; i < refs.Count; i++)
            {
                Resource resource = member.Body.Resources[refs[i].Resource];
                resource = resource.Original ?? resource;
                if (fact.Kind != FactKind.Lend)
                {
                    Settled.Add(resource);
                }

                List<Deed>? deeds = fact.Kind switch { FactKind.Lend => Loans, FactKind.Release => Releases, _ => null };
                if (deeds?.Exists(deed => deed.Fact == fact && deed.Resource == resource) == false)
                {
                    deeds.Add(new Deed(member, fact, resource));
                }
            }
        }
    }
}
