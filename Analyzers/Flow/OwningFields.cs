using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace BufferLifetime.Analyzers.Flow;

/// <summary>Which fields of a type its bodies are to be taken together over.</summary>
internal static class OwningFields
{
    /// <summary>The fields of the instance that some body stores something in that may own a buffer or view one.</summary>
    public static List<ISymbol> In(List<Body> bodies)
    {
        List<ISymbol> fields = [];
        foreach (Body body in bodies)
        {
            if (!body.KeepsFields)
            {
                continue;
            }

            foreach (Fact fact in FactsOf(body))
            {
                if (fact is { Kind: FactKind.Assign, Source: >= 0 } or { Kind: FactKind.Acquire } && FieldAt(body, fact.Target) is { } field && !fields.Contains(field, SymbolEqualityComparer.Default))
                {
                    fields.Add(field);
                }

                if (fact.Kind == FactKind.Acquire && FieldAt(body, fact.Keeper) is { } keeper && !fields.Contains(keeper, SymbolEqualityComparer.Default))
                {
                    fields.Add(keeper);
                }
            }
        }

        return fields;
    }

    /// <summary>
    /// The owning fields that no lambda and no other instance interferes with, and the flags (fields set to constants) that methods tell
    /// each other by.
    /// </summary>
    public static List<ISymbol> WithFlags(List<ISymbol> owning, List<TypeMember> members, List<Body> opened, IContractSource contracts, CancellationToken cancellation)
    {
        HashSet<ISymbol> interfered = new(SymbolEqualityComparer.Default);
        List<ISymbol> flags = [];
        foreach (TypeMember member in members)
        {
            foreach (Fact fact in FactsOf(member.Body))
            {
                if (fact is { Kind: FactKind.Assign, Value: Expression.Constant } && FieldAt(member.Body, fact.Target) is { } field
                    && !owning.Contains(field, SymbolEqualityComparer.Default) && !flags.Contains(field, SymbolEqualityComparer.Default))
                {
                    flags.Add(field);
                }
            }

            FindForeign(member.Body, interfered);
            FindNested(member.Body, interfered, contracts, cancellation);
        }

        foreach (Body body in opened)
        {
            FindForeign(body, interfered);
            if (!members.Exists(member => member.Body == body))
            {
                FindNested(body, interfered, contracts, cancellation);
            }
        }

        owning.RemoveAll(interfered.Contains);
        if (owning.Count == 0)
        {
            return [];
        }

        flags.RemoveAll(interfered.Contains);
        return [.. owning, .. flags];
    }

    private static IEnumerable<Fact> FactsOf(Body body)
    {
        foreach (BasicBlock block in body.Flow.Blocks)
        {
            foreach (Fact fact in body.FactsOf(block))
            {
                yield return fact;
            }
        }
    }

    /// <summary>The field, or property that is one, of the instance that a place is; null for any other place.</summary>
    private static ISymbol? FieldAt(Body body, int place) =>
        place >= 0 && body.Places[place] is { Kind: PlaceKind.Member, Symbol: { IsStatic: false } symbol, Parent: var parent }
            && body.Places[parent].Kind == PlaceKind.This && IsOwn(symbol, body)
            ? symbol
            : null;

    private static bool IsOwn(ISymbol symbol, Body body) =>
        SymbolEqualityComparer.Default.Equals(symbol.ContainingType?.OriginalDefinition, body.Owner.ContainingType?.OriginalDefinition);

    /// <summary>Fields reached through another instance: what happens to them there is not seen.</summary>
    private static void FindForeign(Body body, HashSet<ISymbol> interfered)
    {
        for (int place = 0; place < body.Places.Count; place++)
        {
            if (body.Places[place] is { Kind: PlaceKind.Member, Symbol: { } symbol, Parent: var parent } && body.Places[parent].Kind != PlaceKind.This && IsOwn(symbol, body))
            {
                interfered.Add(symbol);
            }
        }
    }

    /// <summary>Fields that a lambda writes, or could release: it runs at its own time.</summary>
    private static void FindNested(Body body, HashSet<ISymbol> interfered, IContractSource contracts, CancellationToken cancellation)
    {
        foreach (NestedFunction nested in body.Nested)
        {
            Body inner = nested.BodyUnder(contracts, cancellation);
            bool releases = false;
            foreach (Fact fact in FactsOf(inner))
            {
                releases |= fact.Kind is FactKind.Release or FactKind.Escape;
                if (fact.Kind is FactKind.Assign or FactKind.Acquire && fact.Target >= 0 && inner.Places[fact.Target] is { Kind: PlaceKind.Member, Symbol: { } written })
                {
                    interfered.Add(written);
                }
            }

            for (int place = 0; releases && place < inner.Places.Count; place++)
            {
                if (inner.Places[place] is { Kind: PlaceKind.Member, Symbol: { } mentioned })
                {
                    interfered.Add(mentioned);
                }
            }

            FindNested(inner, interfered, contracts, cancellation);
        }
    }
}
