using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>
/// BUF2001 of a handle that native code has as the state of its callbacks, and nobody else: the callbacks of the type get the object back from it, and
/// none of its members ever frees one.
/// </summary>
internal sealed class StateNeverFreed : Rule
{
    private readonly Dictionary<int, Resource> _given = [];
    private readonly HashSet<int> _elsewhere = [];

    public override FactKind[] Reads => [FactKind.Escape, FactKind.Keep, FactKind.Release];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact.Kind is not (FactKind.Escape or FactKind.Keep or FactKind.Release))
        {
            return;
        }

        foreach (PathState path in before.Paths)
        {
            RefSet refs = Transfer.WithMembers(fact.Target, path, findings.Body).Where(static r => r.Kind < RefRole.Account);
            for (int i = 0; i < refs.Count; i++)
            {
                Resource resource = findings.Body.Resources[refs[i].Resource];
                if (fact is { Kind: FactKind.Escape, Departure: Departure.PassedToNative } && resource is { Original: null, Parameter: null } && resource.Kind == ResourceKind.Root)
                {
                    _given[resource.Id] = resource;
                }
                else
                {
                    _elsewhere.Add(resource.Id);
                }
            }
        }
    }

    public override void OnEnd(Findings findings)
    {
        foreach (Resource resource in _given.Values)
        {
            if (!_elsewhere.Contains(resource.Id) && findings.Body.Owner.ContainingType is { } type && GetsBackOnly(type))
            {
                findings.Report(
                    PinNotReleased.Words, Confidence.Certain, resource.Id, null, Spots.OfCall(resource.Origin), [], null, resource.Name ?? resource.Kind.Name);
            }
        }
    }

    /// <summary>Whether the members of the type get the object back from its handle, and none frees a handle.</summary>
    public static bool GetsBackOnly(INamedTypeSymbol type)
    {
        bool getsBack = false;
        foreach (SyntaxNode member in MemberSyntax.MembersOf(type))
        {
            getsBack |= MemberSyntax.Mentions(member, "FromIntPtr");
            if (MemberSyntax.Mentions(member, "Free"))
            {
                return false;
            }
        }

        return getsBack;
    }
}
