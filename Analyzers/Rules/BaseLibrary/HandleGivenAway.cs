using System.Collections.Immutable;
using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>
/// BUF2013 of a handle in a field that is given to an object which frees it at its own end: what that frees is a copy, so that the field goes on
/// as if its handle were allocated, and the type frees it once more.
/// </summary>
internal static class HandleGivenAway
{
    public static IEnumerable<Diagnostic> In(IReadOnlyList<TypeMember> members, ImmutableDictionary<string, string?> properties)
    {
        foreach (TypeMember member in members)
        {
            foreach (Fact fact in member.Body.Facts)
            {
                if (fact is { Kind: FactKind.Escape, Departure: Departure.TakenOver, Target: >= 0, Operation: IObjectCreationOperation { Type: { } keeper } creation }
                    && HandleIn(fact.Target, member.Body) is { } field && !IsSetAfter(fact, member.Body) && ReleaseOf(field, members) is { } release)
                {
                    IArgumentOperation? argument = creation.Arguments.FirstOrDefault(argument => Spots.NameOf(argument.Value) == field.Name);
                    yield return Diagnostic.Create(
                        HandleCopied.GivenWords.Possible, (argument?.Value.Syntax ?? creation.Syntax).GetLocation(), new[] { release }, properties,
                        field.Name, keeper.Name, Spots.Line(release));
                }
            }
        }
    }

    private static IFieldSymbol? HandleIn(int place, Body body) => body.Places.FieldOfThis(place) is IFieldSymbol { Type: { Name: "GCHandle", IsValueType: true } } field ? field : null;

    private static bool IsSetAfter(Fact given, Body body) =>
        body.Facts.SkipWhile(fact => fact != given).Any(fact => fact is { Kind: FactKind.Assign } && fact.Target == given.Target);

    /// <summary>Where the type itself frees what is in the field.</summary>
    private static Location? ReleaseOf(IFieldSymbol field, IReadOnlyList<TypeMember> members)
    {
        foreach (TypeMember member in members)
        {
            foreach (Fact fact in member.Body.Facts)
            {
                if (fact is { Kind: FactKind.Release, Target: >= 0 } && SymbolEqualityComparer.Default.Equals(member.Body.Places[fact.Target].Symbol, field))
                {
                    return Spots.OfCall(fact.Operation);
                }
            }
        }

        return null;
    }
}
