using System.Collections.Immutable;
using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>
/// BUF2007 of a handle that a native object was given as the state of its callbacks: a member that goes on with the object frees the handle, and the
/// object, which lives on in its field, calls back with what is none any more.
/// </summary>
internal static class FreedWhileRegistered
{
    private static readonly string[] WordsOfEnding = ["free", "close", "destroy", "delete", "release", "unset", "unregister", "remove", "clear", "dispose", "cancel", "stop", "end", "shutdown", "detach"];

    public static IEnumerable<Diagnostic> In(TypeRecord record, IReadOnlyList<TypeMember> members, ImmutableDictionary<string, string?> properties)
    {
        foreach (Deed release in record.Releases)
        {
            if (release.Resource.Kind != ResourceKind.Root || release.Member is not { EndsInstance: false, IsConstructor: false } || release.Fact.Target < 0
                || release.Member.Body.Places[release.Fact.Target].Symbol is not IFieldSymbol { IsStatic: false } handle || MemberSyntax.MemberOf(release.Fact.Operation.Syntax) is not { } member
                || members.Any(other => other.EndsInstance && release.Member.Method is { Name: var name } && MemberSyntax.Mentions(MemberSyntax.MemberOf(other), name)))
            {
                continue;
            }

            foreach ((IInvocationOperation registration, string target) in RegistrationsOf(handle, members))
            {
                if (GoesOnWith(target, member))
                {
                    Location registered = Spots.OfCall(registration);
                    yield return Diagnostic.Create(
                        ReleasedWhilePending.Words.Possible, Spots.OfRelease(release.Fact.Operation), new[] { registered, Spots.OfCall(release.Resource.Origin) }, properties,
                        handle.Name, registration.TargetMethod.Name, Spots.Line(registered));
                    break;
                }
            }
        }
    }

    /// <summary>The native calls that are given the handle along with a field that has a native object.</summary>
    private static IEnumerable<(IInvocationOperation Call, string Target)> RegistrationsOf(IFieldSymbol handle, IReadOnlyList<TypeMember> members)
    {
        foreach (TypeMember member in members)
        {
            foreach (Fact fact in member.Body.Facts)
            {
                if (fact is not { Kind: FactKind.Escape, Departure: Departure.PassedToNative, Operation: IInvocationOperation call, Target: >= 0 }
                    || !SymbolEqualityComparer.Default.Equals(member.Body.Places[fact.Target].Symbol, handle))
                {
                    continue;
                }

                foreach (IArgumentOperation argument in call.Arguments)
                {
                    if (argument.Value is IFieldReferenceOperation { Field: { IsStatic: false, Type.SpecialType: SpecialType.System_IntPtr } or { IsStatic: false, Type.TypeKind: TypeKind.Pointer } } target)
                    {
                        yield return (call, target.Field.Name);
                    }
                }
            }
        }
    }

    /// <summary>Whether a member gives the object to calls, none of which ends it, and leaves it in its field.</summary>
    private static bool GoesOnWith(string target, MemberDeclarationSyntax member)
    {
        bool uses = false;
        foreach (InvocationExpressionSyntax call in member.DescendantNodes().OfType<InvocationExpressionSyntax>())
        {
            if (call.ArgumentList.Arguments.Any(argument => MemberSyntax.NameOf(argument.Expression) == target))
            {
                string name = call.Expression.ToString();
                if (Array.Exists(WordsOfEnding, word => name.IndexOf(word, StringComparison.OrdinalIgnoreCase) >= 0))
                {
                    return false;
                }

                uses = true;
            }
        }

        return uses && !MemberSyntax.WrittenIn(member).Contains(target);
    }
}
