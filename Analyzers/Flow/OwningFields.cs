using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.Analyzers.Flow;

/// <summary>Which fields of a type its bodies are to be taken together over.</summary>
internal static class OwningFields
{
    /// <summary>How many fields are followed together; of a type with more, each method is looked at by itself.</summary>
    public const int MaxFields = 48;

    /// <summary>How many groups of fields are followed each by itself.</summary>
    public const int MaxGroups = 8;

    /// <summary>The fields of the instance that some body stores something in that owns a buffer, or was made of what does.</summary>
    public static List<ISymbol> In(List<Body> bodies)
    {
        HashSet<ISymbol> fields = new(SymbolEqualityComparer.Default);
        List<ISymbol> inOrder = [];
        for (int before = -1; before != fields.Count;)
        {
            before = fields.Count;
            foreach (Body body in bodies)
            {
                if (!body.KeepsFields)
                {
                    continue;
                }

                foreach (int place in PlacesThatLeadToSomething(body, fields))
                {
                    if (FieldAt(body, place) is { } field && fields.Add(field))
                    {
                        inOrder.Add(field);
                    }
                }
            }
        }

        return inOrder;
    }

    /// <summary>The fields whose own members give back what they handed out, without naming it: the reader of a pipe.</summary>
    public static IEnumerable<ISymbol> KeepersIn(List<Body> bodies) =>
        bodies.Where(static body => body.KeepsFields)
            .SelectMany(static body => body.Facts.Select(fact => fact.Kind == FactKind.Acquire ? FieldAt(body, fact.Keeper) : null))
            .OfType<ISymbol>().Distinct<ISymbol>(SymbolEqualityComparer.Default);

    /// <summary>The places that can refer to something acquired, wherever in the body that is: what is never put in a field is no field's concern.</summary>
    private static IEnumerable<int> PlacesThatLeadToSomething(Body body, HashSet<ISymbol> fields)
    {
        HashSet<int> leading = [.. body.Entry.Select(static entry => entry.Place)];
        for (int place = 0; place < body.Places.Count; place++)
        {
            if (FieldAt(body, place) is { } field && fields.Contains(field))
            {
                leading.Add(place);
            }
        }

        bool changed = true;
        while (changed)
        {
            int before = leading.Count;
            foreach (Fact fact in body.Facts)
            {
                if (fact is { Kind: FactKind.Acquire, Effect: Effect.Acquire { IsKnownOnly: true } })
                {
                    // What only has a name is nobody's to give back.
                    continue;
                }

                if (fact.Kind == FactKind.Acquire)
                {
                    leading.Add(fact.Target);
                    leading.Add(fact.ResultPlace);
                }
                else if (fact.Target >= 0 && fact.Source >= 0 && leading.Contains(fact.Source))
                {
                    leading.Add(fact.Target);
                }
            }

            for (int place = 0; place < body.Places.Count; place++)
            {
                // A struct leads to what its members do, and its copies' members to what it does.
                int parent = body.Places[place].Parent;
                if (parent >= 0 && body.Places[parent].Kind != PlaceKind.This)
                {
                    if (leading.Contains(parent))
                    {
                        leading.Add(place);
                    }
                    else if (leading.Contains(place) && !body.Places[place].IsInner)
                    {
                        leading.Add(parent);
                    }
                }
            }

            changed = leading.Count != before;
        }

        leading.Remove(-1);
        return leading.OrderBy(static place => place);
    }

    /// <summary>
    /// The fields in groups: in one, those between which something passes in some body, which are given the same thing, or of which one is looked at to know what to do
    /// with the other.
    /// </summary>
    public static List<List<ISymbol>> Apart(List<ISymbol> fields, IEnumerable<Body> bodies)
    {
        int[] group = [.. Enumerable.Range(0, fields.Count)];
        foreach (Body body in bodies)
        {
            int[] linked = [.. Enumerable.Range(0, body.Places.Count)];
            foreach (Fact fact in body.Facts)
            {
                Link(linked, fact.Target, fact.Source);
                Link(linked, fact.Kind == FactKind.Acquire ? fact.Target : -1, fact.ResultPlace);
            }

            LinkTested(body, fields, group);
            Dictionary<int, int> first = [];
            for (int place = 0; place < linked.Length; place++)
            {
                if (body.Places[place].Parent is >= 0 and var whole && IsStruct(body.Places[whole].Symbol))
                {
                    Link(linked, place, whole);
                }
            }

            for (int place = 0; place < linked.Length; place++)
            {
                int field = FieldAt(body, place) is { } named ? IndexOf(fields, named) : -1;
                if (field >= 0)
                {
                    int root = RootOf(linked, place);
                    if (first.TryGetValue(root, out int other))
                    {
                        Link(group, field, other);
                    }
                    else
                    {
                        first.Add(root, field);
                    }
                }
            }
        }

        return [.. fields.Select((field, i) => (field, Root: RootOf(group, i))).GroupBy(static entry => entry.Root).Select(static entries => entries.Select(static entry => entry.field).ToList())];
    }

    private static void LinkTested(Body body, List<ISymbol> fields, int[] group)
    {
        foreach (Fact fact in body.Facts)
        {
            int changed = fact.Kind is FactKind.Acquire or FactKind.Release or FactKind.Assign && FieldAt(body, fact.Target) is { } target ? IndexOf(fields, target) : -1;
            foreach (IfStatementSyntax statement in changed < 0 ? [] : AskedBefore(fact.Operation.Syntax))
            {
                foreach (SyntaxToken token in statement.Condition.DescendantTokens())
                {
                    Link(group, changed, token.Parent is IdentifierNameSyntax ? fields.FindIndex(field => field.Name == token.ValueText) : -1);
                }
            }
        }
    }

    /// <summary>The questions whose answer decides whether an operation is met: those around it, and those before it that leave.</summary>
    private static IEnumerable<IfStatementSyntax> AskedBefore(SyntaxNode operation)
    {
        foreach (SyntaxNode ancestor in operation.Ancestors())
        {
            if (ancestor is IfStatementSyntax around)
            {
                yield return around;
            }
            else if (ancestor is BlockSyntax block)
            {
                foreach (StatementSyntax before in block.Statements)
                {
                    if (before.SpanStart < operation.SpanStart && before is IfStatementSyntax leaving && leaving.Statement.DescendantNodesAndSelf().Any(static node => node is ReturnStatementSyntax or ThrowStatementSyntax or ContinueStatementSyntax or BreakStatementSyntax))
                    {
                        yield return leaving;
                    }
                }
            }
            else if (ancestor is MemberDeclarationSyntax)
            {
                yield break;
            }
        }
    }

    private static int IndexOf(List<ISymbol> fields, ISymbol field) => fields.FindIndex(other => SymbolEqualityComparer.Default.Equals(other, field));

    private static bool IsStruct(ISymbol? symbol) => (symbol switch { ILocalSymbol local => local.Type, IParameterSymbol parameter => parameter.Type, IFieldSymbol field => field.Type, IPropertySymbol property => property.Type, _ => null }) is { IsValueType: true, TypeKind: not TypeKind.Pointer };

    private static void Link(int[] roots, int one, int other)
    {
        if (one >= 0 && other >= 0)
        {
            roots[RootOf(roots, one)] = RootOf(roots, other);
        }
    }

    private static int RootOf(int[] roots, int of)
    {
        while (roots[of] != of)
        {
            of = roots[of];
        }

        return of;
    }

    /// <summary>Whether a body gives anything back.</summary>
    public static bool Releases(Body body) => body.Facts.Any(static fact => fact.Kind == FactKind.Release);

    /// <summary>The fields of the instance that a body names.</summary>
    public static IEnumerable<ISymbol> NamedIn(Body body)
    {
        for (int place = 0; place < body.Places.Count; place++)
        {
            if (FieldAt(body, place) is { } field)
            {
                yield return field;
            }
        }
    }

    /// <summary>
    /// The owning fields that no lambda and no other instance interferes with, and of the <paramref name="flags"/>, which methods tell each other by,
    /// those that nobody does either.
    /// </summary>
    public static List<ISymbol> WithFlags(List<ISymbol> owning, IEnumerable<ISymbol> flags, IEnumerable<Body> bodies, IContractSource contracts, CancellationToken cancellation)
    {
        HashSet<ISymbol> interfered = new(SymbolEqualityComparer.Default);
        foreach (Body body in bodies)
        {
            FindForeign(body, interfered);
            FindNested(body, interfered, contracts, cancellation);
        }

        List<ISymbol> undisturbed = owning.FindAll(field => !interfered.Contains(field));
        return undisturbed.Count is 0 or > MaxFields ? [] : [.. undisturbed, .. flags.Where(flag => !interfered.Contains(flag)).Take(MaxFields - undisturbed.Count)];
    }

    /// <summary>The field, or property that is one, of the instance that a place is; null for any other place.</summary>
    private static ISymbol? FieldAt(Body body, int place) =>
        place >= 0 && body.Places[place] is { Kind: PlaceKind.Member, Symbol: { IsStatic: false } symbol, Parent: var parent }
            && body.Places[parent].Kind == PlaceKind.This && IsOwn(symbol, body)
            ? symbol
            : null;

    private static bool IsOwn(ISymbol symbol, Body body) =>
        SymbolEqualityComparer.Default.Equals(symbol.ContainingType?.OriginalDefinition, body.Owner.ContainingType?.OriginalDefinition);

    /// <summary>Fields reached through another instance that are written there, or lead to something that leaves: what happens to them there is not seen.</summary>
    private static void FindForeign(Body body, HashSet<ISymbol> interfered)
    {
        for (int place = 0; place < body.Places.Count; place++)
        {
            if (body.Places[place] is { Kind: PlaceKind.Member, Symbol: { } symbol, Parent: var parent } && body.Places[parent].Kind != PlaceKind.This && IsOwn(symbol, body) && !interfered.Contains(symbol) && IsMoreThanRead(body, place))
            {
                interfered.Add(symbol);
            }
        }
    }

    /// <summary>Whether what stands in the place, or is made of that, is written, given back or given away.</summary>
    private static bool IsMoreThanRead(Body body, int place)
    {
        HashSet<int> leading = [place];
        for (int before = 0; before != leading.Count;)
        {
            before = leading.Count;
            foreach (Fact fact in body.Facts)
            {
                switch (fact.Kind)
                {
                    case FactKind.Assign or FactKind.Acquire or FactKind.Replace when fact.Target == place:
                    case not (FactKind.Assign or FactKind.View or FactKind.Use or FactKind.Inspect or FactKind.Complete or FactKind.Demand or FactKind.Count) when leading.Contains(fact.Target) || leading.Contains(fact.Source):
                        return true;
                    case FactKind.Assign or FactKind.View or FactKind.Complete when leading.Contains(fact.Source) && fact.Target >= 0:
                        if (body.Places[fact.Target].Kind is PlaceKind.Member or PlaceKind.StaticField)
                        {
                            return true;
                        }

                        leading.Add(fact.Target);
                        break;
                }
            }
        }

        return false;
    }

    /// <summary>Fields that a lambda writes, or could release: it runs at its own time.</summary>
    private static void FindNested(Body body, HashSet<ISymbol> interfered, IContractSource contracts, CancellationToken cancellation)
    {
        foreach (NestedFunction nested in body.Nested)
        {
            Body inner = nested.BodyUnder(contracts, cancellation);
            bool releases = false;
            foreach (Fact fact in inner.Facts)
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
