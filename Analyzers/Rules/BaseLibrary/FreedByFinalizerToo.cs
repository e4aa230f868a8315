using System.Collections.Immutable;
using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>
/// BUF2011 of a handle that knows of its release: disposal and the finalizer, which is not called off, both free it without a look, and the second
/// finds a handle that is none, which throws where nobody catches it.
/// </summary>
internal static class FreedByFinalizerToo
{
    public static IEnumerable<Diagnostic> In(TypeFlow flow, IReadOnlyList<TypeMember> members, ImmutableDictionary<string, string?> properties)
    {
        if (flow.DisarmsFinalizer || members.FirstOrDefault(static member => member.IsFinalizer) is not { } finalizer || MemberSyntax.MemberOf(finalizer) is not { } last)
        {
            yield break;
        }

        foreach (TypeMember member in members)
        {
            if (MemberSyntax.MemberOf(member) is not { } syntax || !IsReachedBy(member, finalizer, last) || !members.Any(other => other is { EndsInstance: true, IsFinalizer: false } && (other == member || (member.Method is { Name: var name } && MemberSyntax.Mentions(MemberSyntax.MemberOf(other), name)))))
            {
                continue;
            }

            HashSet<string> tested = MemberSyntax.TestedIn(syntax);
            foreach (Fact fact in member.Body.Facts)
            {
                if (fact is { Kind: FactKind.Release, Member: { Name: "Free", ContainingType.Name: "GCHandle" }, Target: >= 0 } && member.Body.Places.FieldOfThis(fact.Target) is IFieldSymbol field
                    && !tested.Contains(field.Name) && !tested.Overlaps(MemberSyntax.WrittenIn(syntax)) && !members.Any(caller => caller != member && IsGuarded(caller, member)))
                {
                    Location at = Spots.OfCall(fact.Operation);
                    yield return Diagnostic.Create(
                        FieldNotCleared.Words.Possible, at, [], properties,
                        field.Name, "released", Spots.Line(at), "released", "the finalizer comes after disposal, and frees a handle that is none any more");
                }
            }
        }
    }

    private static bool IsReachedBy(TypeMember member, TypeMember finalizer, SyntaxNode last) =>
        member == finalizer || (member.Method is { Name: var name } && MemberSyntax.Mentions(last, name));

    /// <summary>Whether a caller looks at something that it writes before it calls the member.</summary>
    private static bool IsGuarded(TypeMember caller, TypeMember member) =>
        member.Method is { Name: var name } && MemberSyntax.MemberOf(caller) is { } syntax && MemberSyntax.Mentions(syntax, name) && MemberSyntax.TestedIn(syntax).Overlaps(MemberSyntax.WrittenIn(syntax));
}
