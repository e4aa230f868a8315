using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace BufferLifetime.Analyzers.Flow;

/// <summary>One of the bodies of a type, which gets a control-flow graph only when somebody needs it.</summary>
internal sealed class TypeBody
{
    private readonly Lazy<ControlFlowGraph?> _graph;
    private readonly Lazy<Body?> _body;

    /// <param name="root">All of it.</param>
    /// <param name="owner">Whose body it is.</param>
    /// <param name="graph">Makes its graph, once; null for what has none.</param>
    /// <param name="make">Makes the body of the graph.</param>
    public TypeBody(IOperation root, ISymbol owner, Func<ControlFlowGraph?> graph, Func<ControlFlowGraph, Body> make)
    {
        Root = root;
        Owner = owner;
        _graph = new(graph, LazyThreadSafetyMode.None);
        _body = new(() => Graph is { } made ? make(made) : null, LazyThreadSafetyMode.None);
    }

    public IOperation Root { get; }

    public ISymbol Owner { get; }

    /// <summary>Its graph, which those who call it look into, too; null for what has none.</summary>
    public ControlFlowGraph? Graph => _graph.Value;

    /// <summary>The body; null for what has none.</summary>
    public Body? Body => _body.Value;
}

/// <summary>A type whose fields own something, with the bodies that have to do with these fields: they are taken together, the others one by one.</summary>
/// <param name="Flow">What the members leave to each other in the fields.</param>
/// <param name="Members">The bodies, in their order.</param>
/// <param name="Bodies">Those, and every other that was worth a graph of its own.</param>
internal sealed record TypeUnit(TypeFlow Flow, IReadOnlyList<TypeMember> Members, IReadOnlyList<Body> Bodies)
{
    /// <summary>
    /// Finds what belongs together; nothing where no field owns anything, or where the code is not complete. Where there are too many states, the fields that have
    /// nothing to do with each other are taken apart.
    /// </summary>
    /// <param name="all">The bodies of the type, in source order.</param>
    /// <param name="opened">Those of them that speak of buffers themselves.</param>
    /// <param name="contracts">What calls mean.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static IReadOnlyList<TypeUnit> Of(IReadOnlyList<TypeBody> all, IReadOnlyList<TypeBody> opened, IContractSource contracts, CancellationToken cancellation)
    {
        List<Body> known = [.. opened.Select(static body => body.Body!)];
        List<ISymbol> owning = OwningFields.In(known);
        List<ISymbol> keepers = [.. OwningFields.KeepersIn(known)];
        if (owning.Count + keepers.Count == 0 || UsesOf(all) is not { } uses)
        {
            return [];
        }

        // What was read from one of these fields may be in others: a view of what the first one owns.
        HashSet<TypeBody> speaking = [.. opened];
        HashSet<TypeBody> looked = [.. opened];
        HashSet<ISymbol> held = Set(owning);
        for (int before = 0; before != owning.Count;)
        {
            before = owning.Count;
            List<TypeBody> passing = [.. all.Where(body => !looked.Contains(body) && !body.Owner.IsStatic && uses[body].Written.Count > 0 && Meet(uses[body].Fields, held) && body.Body is not null)];
            if (passing.Count > 0)
            {
                looked.UnionWith(passing);
                known.AddRange(passing.Select(static body => body.Body!));
                owning = OwningFields.In(known);
                held = Set(owning);
            }
        }

        bool keepsSomething = owning.Count > 0;

        // What a reader handed out concerns others only where it is kept, or where another method, called in between, has to do with the reader.
        HashSet<ISymbol> keeping = Set(keepers);
        HashSet<ISymbol> reading = Set(all.Where(body => Meet(uses[body].Fields, keeping)).Select(static body => body.Owner));
        if (!keepsSomething && !opened.Any(body => Meet(uses[body].Called, reading)))
        {
            return [];
        }

        owning.AddRange(keepers.Where(held.Add));
        HashSet<TypeBody> concerned = [];
        Concern(use => use.ReplacesInstance || Meet(use.Fields, held));
        HashSet<ISymbol> set = Set(uses.Values.SelectMany(static use => use.Set));
        set.IntersectWith(concerned.SelectMany(body => uses[body].Tested));
        List<ISymbol> flags = [.. concerned.SelectMany(body => OwningFields.NamedIn(body.Body!)).Where(field => set.Contains(field) && !held.Contains(field)).Distinct<ISymbol>(SymbolEqualityComparer.Default)];
        HashSet<ISymbol> telling = Set(flags);
        Concern(use => Meet(use.Written, telling));
        for (int before = -1; before != concerned.Count;)
        {
            before = concerned.Count;
            HashSet<ISymbol> owners = Set(concerned.Select(static body => body.Owner));
            Concern(use => Meet(use.Called, owners));
        }

        HashSet<ISymbol> releasing = Set(concerned.Where(static body => OwningFields.Releases(body.Body!)).Select(static body => body.Owner));
        for (int before = -1; before != releasing.Count;)
        {
            before = releasing.Count;
            releasing.UnionWith(concerned.Where(body => Meet(uses[body].Called, releasing)).Select(static body => body.Owner));
        }

        HashSet<ISymbol> inner = Set(concerned.Select(static body => body.Owner).Where(static owner => owner.DeclaredAccessibility == Accessibility.Private));
        HashSet<ISymbol> others = Set(all.Where(body => !concerned.Contains(body)).Select(static body => body.Owner));
        IReadOnlyList<Body> bodies = [.. all.Where(body => concerned.Contains(body) || speaking.Contains(body)).Select(static body => body.Body!)];
        List<ISymbol> followed = OwningFields.WithFlags(owning, flags, bodies, contracts, cancellation);
        if (followed.Count == 0)
        {
            return [];
        }

        TypeUnit? whole = Solve(followed);
        if (whole is { Flow.Live.All.Count: <= FieldStates.MaxApart })
        {
            return [whole];
        }

        List<List<ISymbol>> groups = OwningFields.Apart(followed.FindAll(held.Contains), bodies);
        return groups.Count is 1 or > OwningFields.MaxGroups ? whole is null ? [] : [whole] : [.. whole is null ? [] : new[] { whole }, .. groups.Select(group => Solve([.. group, .. followed.Where(field => !held.Contains(field))])).OfType<TypeUnit>()];

        TypeUnit? Solve(List<ISymbol> fields)
        {
            List<TypeMember> members = [.. all.Where(concerned.Contains).Select(body => new TypeMember(body.Owner, body.Body!)
            {
                OnlyCalls = !BeginsOrEnds(body.Owner) && uses[body] is { ReplacesInstance: false } use && !Meet(use.Fields, held) && !Meet(use.Written, telling) && !Meet(use.Called, inner),
                HasNothingToTell = !releasing.Contains(body.Owner) && !speaking.Contains(body),
            })];
            return TypeFlow.Solve(members, others, fields, keepsSomething, contracts, cancellation) is { } flow ? new TypeUnit(flow, members, bodies) : null;
        }

        void Concern(Func<InstanceUse, bool> isConcerned)
        {
            foreach (TypeBody body in all)
            {
                cancellation.ThrowIfCancellationRequested();
                if (!body.Owner.IsStatic && !concerned.Contains(body) && (isConcerned(uses[body]) || BeginsOrEnds(body.Owner)) && body.Body is not null)
                {
                    concerned.Add(body);
                }
            }
        }
    }

    private static HashSet<ISymbol> Set(IEnumerable<ISymbol> symbols) => new(symbols, SymbolEqualityComparer.Default);

    /// <summary>Whether any of the few that one body names is among all of the type.</summary>
    private static bool Meet(HashSet<ISymbol> few, HashSet<ISymbol> many)
    {
        foreach (ISymbol one in few)
        {
            if (many.Contains(one))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What does not touch a field may still be what should have.</summary>
    private static bool BeginsOrEnds(ISymbol owner) => owner is IMethodSymbol { MethodKind: MethodKind.Constructor } || TypeMember.Ends(owner);

    /// <summary>What each body does with the fields of the instance; null where one of them is not complete.</summary>
    private static Dictionary<TypeBody, InstanceUse>? UsesOf(IReadOnlyList<TypeBody> bodies)
    {
        Dictionary<TypeBody, InstanceUse> uses = [];
        foreach (TypeBody body in bodies)
        {
            InstanceUse use = InstanceUse.Of(body.Root, body.Owner);
            if (use.IsBroken)
            {
                return null;
            }

            uses.Add(body, use);
        }

        return uses;
    }
}
