using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Rules.BaseLibrary;
using BufferLifetime.Analyzers.Rules.Modes;
using BufferLifetime.Analyzers.Rules.Registration;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.Analyzers.Rules;

/// <summary>
/// What is found only when the members of a type are taken together: a field that owns something that no member releases, or that disposal
/// leaves behind on one of its paths.
/// </summary>
internal static class FieldRules
{
    public static IEnumerable<Diagnostic> Check(TypeView type, IReadOnlyList<TypeMember> members, IReadOnlyList<Body> bodies)
    {
        HashSet<(ISymbol, Resource)> told = [];
        foreach (FieldStates states in new[] { type.Flow.Live, type.Flow.Ended })
        {
            foreach (FieldState state in states.All)
            {
                foreach ((ISymbol field, HeldByFields held) in Owned(type.Flow, state))
                {
                    if (!type.Record.Settled.Contains(held.Original) && !ReleasesUnseen(bodies, held.Original.Kind) && told.Add((field, held.Original)) && WordsFor(held.Original.Kind) is { } words)
                    {
                        yield return Diagnostic.Create(words.Certain, Spots.OfCall(held.Original.Origin), DiagnosticProperties.OfCertain, field.Name);
                    }
                }
            }
        }

        // What disposal leaves behind, a finalizer may still take care of.
        bool isFinalized = !type.Flow.DisarmsFinalizer && members.Any(static member => member.IsFinalizer);
        List<TypeMember> ends = [.. members.Where(static member => member is { EndsInstance: true, Method: { Parameters.IsEmpty: true, MethodKind: not MethodKind.Destructor } })];
        foreach (TypeMember member in isFinalized ? [] : ends)
        {
            foreach (IReadOnlyList<FieldState> endings in type.Flow.EndingsOf(member))
            {
                // From this state on, every path leaves it behind; a path that looks at something else first may know better.
                foreach ((ISymbol field, HeldByFields held) in endings.Count == 0 ? [] : Owned(type.Flow, endings[0]))
                {
                    if (endings.All(state => Owned(type.Flow, state).Any(o => SymbolEqualityComparer.Default.Equals(o.Field, field))) && type.Record.Settled.Contains(held.Original) && !ReleasesOnCompletion(members, type.Flow, field) && !IsResumed(member, members) && !ReleasesForAnother(type.Record, held.Original) && !ends.Exists(other => other != member && ReleasesAlways(type.Flow, other, field)) && told.Add((field, held.Original)) && WordsFor(held.Original.Kind) is { } words && !field.Locations.IsEmpty)
                    {
                        // Where nobody releases it, but gives it away in the end, all that can be told is where it was taken.
                        Location taken = Spots.OfCall(held.Original.Origin);
                        Location shown = type.Record.Releases.Exists(deed => deed.Resource == held.Original) ? field.Locations[0] : taken;
                        yield return Diagnostic.Create(
                            words.Possible, shown, new[] { shown == taken ? field.Locations[0] : taken }, DiagnosticProperties.OfPossible,
                            field.Name, Spots.Line(taken), $"a path through '{member.Symbol.Name}' is taken that does not release it");
                    }
                }
            }
        }

        foreach (Diagnostic unfinished in Unfinished(type, members))
        {
            yield return unfinished;
        }

        foreach (Diagnostic late in UncheckedAfterDisposal.In(type.Flow, DiagnosticProperties.OfPossible))
        {
            yield return late;
        }

        foreach (Diagnostic early in FreedWhileRegistered.In(type.Record, members, DiagnosticProperties.OfPossible))
        {
            yield return early;
        }

        foreach (Diagnostic early in FreedWhileRegistered.AtTheEnd(members, DiagnosticProperties.OfPossible))
        {
            yield return early;
        }

        foreach (Diagnostic again in FreedByFinalizerToo.In(type.Flow, members, DiagnosticProperties.OfPossible))
        {
            yield return again;
        }

        foreach (Diagnostic given in HandleGivenAway.In(members, DiagnosticProperties.OfPossible))
        {
            yield return given;
        }

        foreach (Diagnostic early in FreedByBoth.In(type.Record, members, type.Flow, DiagnosticProperties.OfPossible))
        {
            yield return early;
        }

        foreach (Diagnostic early in FreedUnderArguments.In(type.Record, members, DiagnosticProperties.OfPossible))
        {
            yield return early;
        }

        foreach (Diagnostic early in ReleasedByDisposal.In(type.Record, members, DiagnosticProperties.OfPossible))
        {
            yield return early;
        }
    }

    /// <summary>
    /// A struct that cannot be disposed is finished by the methods that release what it owns. Where the only one is an attempt, its failure leaves nobody
    /// who could.
    /// </summary>
    private static IEnumerable<Diagnostic> Unfinished(TypeView type, IReadOnlyList<TypeMember> members)
    {
        if (members.Count == 0 || members[0].Symbol.ContainingType is not { TypeKind: TypeKind.Struct } || members.Any(static member => member.EndsInstance))
        {
            yield break;
        }

        List<(TypeMember Member, ISymbol Field, HeldByFields Held, bool AlwaysReleases)> finishing = [];
        foreach (TypeMember member in members)
        {
            if (member is not { IsConstructor: false, IsInitializer: false, Method: { DeclaredAccessibility: not Accessibility.Private } })
            {
                continue;
            }

            foreach ((FieldState entered, IReadOnlyList<FieldState> endings) in type.Flow.WaysThrough(member))
            {
                foreach ((ISymbol field, HeldByFields held) in Owned(type.Flow, entered))
                {
                    int keeping = endings.Count(state => Owned(type.Flow, state).Any(owned => SymbolEqualityComparer.Default.Equals(owned.Field, field)));
                    if (keeping < endings.Count && !finishing.Exists(known => known.Member == member))
                    {
                        finishing.Add((member, field, held, keeping == 0));
                    }
                }
            }
        }

        if (finishing.Count != 1 || finishing[0] is not { AlwaysReleases: false, Member: { Method: { ReturnType.SpecialType: SpecialType.System_Boolean } method, Body: var body }, Field: var owning, Held: var rented }
            || !method.Name.StartsWith("Try", StringComparison.Ordinal) || !type.Record.Settled.Contains(rented.Original) || WordsFor(rented.Original.Kind) is not { } words)
        {
            yield break;
        }

        List<ReturnStatementSyntax> failures = [.. body.Flow.OriginalOperation.Syntax.DescendantNodes().OfType<ReturnStatementSyntax>().Where(static leaving => leaving.Expression?.ToString() == "false")];
        if (failures.Count == 1)
        {
            Location origin = Spots.OfCall(rented.Original.Origin);
            yield return Diagnostic.Create(words.Possible, failures[0].GetLocation(), new[] { origin }, DiagnosticProperties.OfPossible, owning.Name, Spots.Line(origin), "the attempt fails and leaves nobody else to do so");
        }
    }

    private static Wording? WordsFor(ResourceKind kind) =>
        kind.HasMode ? NotReleased.Words
        : kind == ResourceKind.Import ? ImportNotReleased.Words
        : kind.IsHandle ? PinNotReleased.Words
        : kind == ResourceKind.Owner ? RentalNotReturned.OwnerWords
        : kind == ResourceKind.Rental ? RentalNotReturned.ArrayWords
        : null;

    /// <summary>What private fields hold in a state; of others, somebody else may take care.</summary>
    private static IEnumerable<(ISymbol Field, HeldByFields Held)> Owned(TypeFlow flow, FieldState state)
    {
        for (int i = 0; i < flow.Fields.Count; i++)
        {
            ISymbol field = flow.Fields[i];
            if (field.DeclaredAccessibility != Accessibility.Private || !field.ContainingType.GetTypeMembers().IsEmpty || state.Fields[i].Refs.Length != 1)
            {
                continue;
            }

            Ref reference = state.Fields[i].Refs[0];
            HeldByFields held = state.Resources[reference.Resource];
            if (reference.Kind == RefRole.Owner && (held.Hold.Holding & Holding.AnyHeld) != 0 && (held.Hold.Holding & ~Holding.AnyHeld) == 0)
            {
                yield return (field, held);
            }
        }
    }

    /// <summary>
    /// Whether the type calls a method that releases it on another instance than the running one: a callback that got the instance as its state.
    /// </summary>
    private static bool ReleasesForAnother(TypeRecord record, Resource held) =>
        record.Releases.Any(deed => deed.Resource == held && deed.Member is { EndsInstance: false, Method: { Name: var name, ContainingType: { } type } } && type.DeclaringSyntaxReferences.Any(part => part.GetSyntax().DescendantNodes().Any(node =>
            node is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: not ThisExpressionSyntax, Name.Identifier.ValueText: var called } } && called == name)));

    /// <summary>Whether another way to end the instance leaves nothing in the field: what may be opened again is closed, and disposed in the end.</summary>
    private static bool ReleasesAlways(TypeFlow flow, TypeMember ending, ISymbol field) =>
        flow.EndingsOf(ending).All(endings => !endings.Any(state => Owned(flow, state).Any(owned => SymbolEqualityComparer.Default.Equals(owned.Field, field))));

    /// <summary>
    /// Whether a method that nobody outside the assembly sees, that does not end the instance, and that nobody of the type calls, releases the field: a callback, which runs when the
    /// operation over it is complete. To release it at disposal would be too early. So is a method that another type of the assembly is seen to call: who ends the instance there ends
    /// it in two steps.
    /// </summary>
    private static bool ReleasesOnCompletion(IReadOnlyList<TypeMember> members, TypeFlow flow, ISymbol field)
    {
        int index = flow.Fields.ToList().FindIndex(f => SymbolEqualityComparer.Default.Equals(f, field));
        foreach (TypeMember member in members)
        {
            if (member is not { EndsInstance: false, Method: { MethodKind: MethodKind.Ordinary } method } || flow.IsCalledBySelf(method))
            {
                continue;
            }

            if (Releases(member, index, flow, []) && (method.DeclaredAccessibility is Accessibility.Private or Accessibility.Internal || MemberSyntax.IsCalledElsewhere(method)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a member, or what it calls of the type, releases what is in the field.</summary>
    private static bool Releases(TypeMember member, int field, TypeFlow flow, HashSet<TypeMember> seen) =>
        seen.Add(member) && member.Body.Facts.Any(fact =>
            (fact.Kind == FactKind.Release && fact.Target == member.Places[field])
            || (fact is { Kind: FactKind.CallSelf, Member: IMethodSymbol called } && flow.MemberOf(called) is { EndsInstance: false } callee && Releases(callee, field, flow, seen)));

    /// <summary>
    /// Whether disposal only leaves a note where something is still going on, and is called anew by who finds the note when that is over.
    /// </summary>
    private static bool IsResumed(TypeMember disposal, IReadOnlyList<TypeMember> members) =>
        MemberSyntax.MemberOf(disposal) is { } ending && members.Any(other => other is { EndsInstance: false, IsConstructor: false }
            && other.Body.Facts.Any(fact => fact.Kind == FactKind.CallSelf && SymbolEqualityComparer.Default.Equals(fact.Member?.OriginalDefinition, disposal.Symbol))
            && MemberSyntax.MemberOf(other) is { } finishing && MemberSyntax.TestedIn(finishing).Overlaps(MemberSyntax.WrittenIn(ending)));

    /// <summary>Whether a body of the type releases something of the kind that came from where is not seen: out of a native callback's state, for instance.</summary>
    private static bool ReleasesUnseen(IReadOnlyList<Body> bodies, ResourceKind kind)
    {
        if (!kind.IsCallbackState)
        {
            return false;
        }

        foreach (Body body in bodies)
        {
            foreach (Fact fact in body.Facts)
            {
                if (fact is { Kind: FactKind.Release, Target: >= 0 } && body.Places[fact.Target].Kind != PlaceKind.Member
                    && fact.Member?.ContainingType is { Name: "GCHandle" or "Overlapped" or "ThreadPoolBoundHandle" })
                {
                    return true;
                }
            }
        }

        return false;
    }
}
