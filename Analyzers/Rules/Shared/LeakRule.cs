using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Rules.Shared;

/// <summary>
/// A way out of the body on which something is neither released nor handed on. What is released on no path is told where it was taken;
/// what is missed on some path, where that path leaves.
/// </summary>
internal abstract class LeakRule(Wording words) : Rule
{
    private readonly Dictionary<int, List<(Location? Location, string When, bool IsOwed)>> _leaks = [];
    private readonly HashSet<int> _settled = [];

    protected abstract bool Concerns(Resource resource);

    /// <summary>Whether a throw statement counts as a way out: not for what the garbage collector takes anyway.</summary>
    protected virtual bool CountsThrows => true;

    /// <summary>Whether what is missed on some path is told where it was taken, with the way out as an explanation.</summary>
    protected virtual bool ToldWhereTaken => false;

    public sealed override FactKind[] Reads => [FactKind.Release, FactKind.Escape, FactKind.Replace, FactKind.Lend, FactKind.Acquire];

    public sealed override bool ReadsEveryExit => true;

    public sealed override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact.Kind is FactKind.Release or FactKind.Escape or FactKind.Replace || fact is { Kind: FactKind.Lend, MayTake: true })
        {
            foreach (PathState path in before.Paths)
            {
                // Where a field has it, the type owes the release: it is settled for the method, too.
                RefSet refs = fact.Kind == FactKind.Lend || fact.Departure is Departure.StoredInThis or Departure.StoredInParameter
                    ? path.RefsOf(fact.Kind == FactKind.Lend ? fact.Source : fact.Target).Where(r => r.Kind < RefRole.View || (fact.Kind != FactKind.Lend && IsAnyAddress(r, findings.Body)))
                    : fact.Kind == FactKind.Replace ? fact.Replacement!.Release is null ? RefSet.Empty : path.RefsOf(fact.Target)
                    : fact.Kind == FactKind.Release ? Transfer.Released(fact, path, findings.Body).Union(Transfer.Contained(fact, path, findings.Body)).Union(Transfer.Moved(fact, path, findings.Body)) : Transfer.HandedOn(fact, path, findings.Body);
                for (int i = 0; i < refs.Count; i++)
                {
                    _settled.Add(refs[i].Resource);
                }
            }
        }

        if (fact.Kind != FactKind.Acquire || !Concerns(findings.Body.Resources[fact.Resource]))
        {
            return;
        }

        foreach (PathState path in before.Paths)
        {
            if (IsOwed(path.HoldOf(fact.Resource), before) && Aliases.LosesOlder(fact, path, findings.Body))
            {
                Leak(fact.Resource, true, Spots.OfCall(fact.Operation), "this call takes the next one");
            }
        }
    }

    public sealed override void OnExit(Leaving leaving, Findings findings)
    {
        if (leaving.Kind == ExitKind.Failure || (leaving.Kind == ExitKind.Throw && !CountsThrows))
        {
            return;
        }

        foreach (PathState path in leaving.Paths.Paths)
        {
            // What an operation under way still has must not be given back yet: to leave an array behind is the lesser evil, and often meant; pages are
            // their caller's, who waits for them.
            RefSet lent = RefSet.Empty;
            path.ForEachPending((_, loan) => lent = loan.Holding == Holding.Held ? lent.Union(loan.Holds) : lent);
            path.Holds.ForEach((id, hold) =>
            {
                if (MayBeOwed(hold) && (findings.Body.Resources[id].Kind.HasMode || !lent.Refers(id)) && findings.Body.Resources[id] is { Original: null } resource && Concerns(resource) && (IsLostWithInstance(leaving, findings.Body) || !IsKeptOutside(findings.Body, path, id)))
                {
                    Location? exit = Spots.OfExit(leaving, findings.Body.Flow);
                    Leak(id, IsOwed(hold, leaving.Paths), exit, leaving.Kind == ExitKind.Throw ? "this throw is reached" : exit is null ? "the end of the method is reached" : "this return is reached");
                }
            });
        }
    }

    public sealed override void OnEnd(Findings findings)
    {
        foreach (KeyValuePair<int, List<(Location? Location, string When, bool IsOwed)>> leak in _leaks)
        {
            Resource resource = findings.Body.Resources[leak.Key];
            Location origin = Spots.OfCall(resource.Origin);
            string name = resource.Name ?? resource.Kind.Name;

            // An object that has several things is one to whoever made it.
            object whose = resource.Member is IMethodSymbol { MethodKind: MethodKind.Constructor } ? resource.Origin.Syntax : leak.Key;
            if (!_settled.Contains(leak.Key) && resource.Member is IMethodSymbol { MethodKind: MethodKind.Constructor, ContainingType: { DeclaringSyntaxReferences.IsEmpty: false } made } && !Instance.HasDisposal(made))
            {
                // That the instance is to be told to release what it has, nobody has said here.
                continue;
            }

            if (!_settled.Contains(leak.Key))
            {
                findings.Report(words, Confidence.Certain, whose, null, origin, [], null, name);
                continue;
            }

            foreach ((Location? location, string when, bool isOwed) in leak.Value)
            {
                if (!isOwed)
                {
                    continue;
                }

                Location shown = ToldWhereTaken || location is null ? origin : location;
                findings.Report(
                    words, Confidence.Possible, (whose, shown.SourceSpan), null, shown, ToldWhereTaken ? [location] : [origin], null,
                    name, Spots.Line(origin), location is null ? when : ToldWhereTaken ? when.Replace("this", "the").Replace(" is reached", $" at line {Spots.Line(location)} is reached") : when);
            }
        }
    }

    /// <summary>Whether a constructor throws: what it has put into the fields is lost with the instance, unless a finalizer gets to see it.</summary>
    private static bool IsLostWithInstance(Leaving leaving, Body body) => leaving.Kind == ExitKind.Throw && LosesInstance(body);

    /// <summary>Whether the instance is lost where the body fails: it is a constructor, and no finalizer gets to see what that made.</summary>
    public static bool LosesInstance(Body body)
    {
        if (body.Owner is not IMethodSymbol { MethodKind: MethodKind.Constructor, ContainingType: { TypeKind: TypeKind.Class } type })
        {
            return false;
        }

        for (INamedTypeSymbol? declaring = type; declaring is { SpecialType: SpecialType.None }; declaring = declaring.BaseType)
        {
            if (declaring.GetMembers("Finalize").Length > 0 || declaring.GetMembers().Any(static member => member is IMethodSymbol { MethodKind: MethodKind.Destructor }))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Whether something has it that is still there when the method is left: a field of the instance, where the type owes the release and not the
    /// method, or the array that the caller gave to be filled.
    /// </summary>
    public static bool IsKeptOutside(Body body, PathState path, int resource)
    {
        bool kept = false;
        path.Refs.ForEach((place, refs) => kept |= body.StorageOutlives(place)
            && refs.Where(r => r.Kind < RefRole.View || IsAnyAddress(r, body) || (r.Kind < RefRole.Account && body.Places.IsOfThis(place) && LeadsToOwner(body.Places[place]))).Refers(resource));
        return kept;
    }

    /// <summary>An address that was computed from a block's own: who has it can compute that again.</summary>
    private static bool IsAnyAddress(Ref reference, Body body) => reference.Kind == RefRole.View && body.Resources[reference.Resource].Kind.IsItsAddress;

    private static bool LeadsToOwner(Place place) =>
        FactBuilder.LeadsToOwner(place.Symbol switch { IFieldSymbol field => field.Type, IPropertySymbol property => property.Type, _ => null });

    /// <summary>Where ways were merged, those on which nothing had to be taken are among them: what is released on none of them is owed all the same.</summary>
    private static bool IsOwed(Hold hold, PathSet at) =>
        !hold.MayBeTaken && (hold.Holding & Holding.AnyHeld) != 0 && (hold.Holding & ~(at.IsMerged ? Holding.AnyHeld | Holding.HeldNone : Holding.AnyHeld)) == 0;

    /// <summary>Where ways were merged it may be held or not have been taken: if it is released nowhere at all, it is lost all the same.</summary>
    private static bool MayBeOwed(Hold hold) =>
        !hold.MayBeTaken && (hold.Holding & Holding.AnyHeld) != 0 && (hold.Holding & ~(Holding.AnyHeld | Holding.HeldNone | Holding.NotAcquired)) == 0;

    private void Leak(int resource, bool isOwed, Location? location, string when)
    {
        if (!_leaks.TryGetValue(resource, out List<(Location? Location, string When, bool IsOwed)>? leaks))
        {
            _leaks.Add(resource, leaks = []);
        }

        if (!leaks.Contains((location, when, isOwed)))
        {
            leaks.Add((location, when, isOwed));
        }
    }
}
