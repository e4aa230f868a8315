using System.Collections.Immutable;
using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>
/// BUF2007 of a pin under an operation of native code: one member gives native code the address and returns with the pin held, another, which the type
/// calls nowhere, frees it when the operation is over, and disposal frees it, too, without asking whether that has been.
/// </summary>
internal static class FreedByBoth
{
    public static IEnumerable<Diagnostic> In(TypeRecord record, IReadOnlyList<TypeMember> members, TypeFlow flow, ImmutableDictionary<string, string?> properties)
    {
        HashSet<SyntaxNode> told = [];
        foreach (Deed release in record.Releases)
        {
            if (release is not { Member.EndsInstance: true, Resource.Kind: { IsHandle: true } kind } || kind == ResourceKind.HandleReference || FieldOf(release) is not { } field || MemberSyntax.MemberOf(release.Member) is not { } ending)
            {
                continue;
            }

            Deed? completion = record.Releases.Find(other => other.Resource == release.Resource && IsCompletion(other.Member, members, flow) && SymbolEqualityComparer.Default.Equals(FieldOf(other), field));
            if (completion is null || MemberSyntax.MemberOf(completion.Member) is not { } callback)
            {
                continue;
            }

            foreach (TypeMember starter in members)
            {
                if (starter != release.Member && starter != completion.Member && MemberSyntax.MemberOf(starter) is { } starting && StartIn(starter, starting, field) is { } start && !MayKnow(ending, starting, callback, field.Name) && told.Add(release.Fact.Operation.Syntax))
                {
                    Location started = Spots.OfCall(start);
                    yield return Diagnostic.Create(
                        ReleasedWhilePending.Words.Possible, Spots.OfRelease(release.Fact.Operation), new[] { started, Spots.OfCall(completion.Fact.Operation), Spots.OfCall(release.Resource.Origin) }, properties,
                        field.Name, start.TargetMethod.Name, Spots.Line(started));
                }
            }
        }
    }

    private static IFieldSymbol? FieldOf(Deed deed) =>
        deed.Fact.Target >= 0 && deed.Member.Body.Places[deed.Fact.Target] is { Symbol: IFieldSymbol { IsStatic: false } field } ? field : null;

    /// <summary>A member that others than the type call, and nobody outside the assembly: what tells the end of an operation.</summary>
    private static bool IsCompletion(TypeMember member, IReadOnlyList<TypeMember> members, TypeFlow flow) =>
        member is { EndsInstance: false, IsConstructor: false, Method: { DeclaredAccessibility: Accessibility.Private or Accessibility.Internal, MethodKind: MethodKind.Ordinary, Name: var name } method }
        && (name.StartsWith("On", StringComparison.Ordinal) || name.EndsWith("Callback", StringComparison.Ordinal) || name.EndsWith("Completed", StringComparison.Ordinal) || name.EndsWith("Completion", StringComparison.Ordinal))
        && !flow.IsCalledBySelf(method) && !members.Any(other => other.EndsInstance && MemberSyntax.Mentions(MemberSyntax.MemberOf(other), name));

    /// <summary>The native call that a member gives the address of what the field pins, or the handle itself.</summary>
    private static IInvocationOperation? StartIn(TypeMember starter, MemberDeclarationSyntax starting, IFieldSymbol field)
    {
        if (starter.EndsInstance || !MemberSyntax.WrittenIn(starting).Contains(field.Name))
        {
            return null;
        }

        foreach (Fact fact in starter.Body.Facts)
        {
            if (fact is { Kind: FactKind.Escape, Departure: Departure.PassedToNative, Operation: IInvocationOperation call } && MemberSyntax.Mentions(call.Syntax, field.Name))
            {
                return call;
            }
        }

        return null;
    }

    /// <summary>Whether disposal looks at anything that the start or the end of the operation writes, the handle aside, or waits.</summary>
    private static bool MayKnow(SyntaxNode ending, SyntaxNode starting, SyntaxNode callback, string field)
    {
        HashSet<string> written = MemberSyntax.WrittenIn(starting);
        written.UnionWith(MemberSyntax.WrittenIn(callback));
        written.Remove(field);
        foreach (SyntaxNode node in ending.DescendantNodes())
        {
            if (MemberSyntax.MayWait(node)
                || (node is IdentifierNameSyntax { Identifier.ValueText: var name } && (written.Contains(name) || MemberSyntax.SaysWait(name) || name.StartsWith("Cancel", StringComparison.Ordinal) || name.StartsWith("Abort", StringComparison.Ordinal))))
            {
                return true;
            }
        }

        return false;
    }
}
