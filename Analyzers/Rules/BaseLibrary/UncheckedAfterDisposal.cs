using System.Collections.Immutable;
using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>
/// BUF2011 after disposal: the members of a type ask whether the instance was disposed before they use its buffer, and one of them does not, though the
/// field still has what disposal gave back. A type whose members do not ask leaves that to its callers.
/// </summary>
internal static class UncheckedAfterDisposal
{
    public static IEnumerable<Diagnostic> In(TypeFlow flow, ImmutableDictionary<string, string?> properties)
    {
        HashSet<ISymbol> seen = new(SymbolEqualityComparer.Default);
        foreach (FieldState state in flow.Ended.All)
        {
            for (int i = 0; i < flow.Fields.Count && i < state.Fields.Length; i++)
            {
                if (flow.Fields[i] is IFieldSymbol { DeclaredAccessibility: Accessibility.Private } field && state.Fields[i].Refs.Length == 1 && state.Fields[i].Refs[0].Kind == RefRole.Owner
                    && state.Resources[state.Fields[i].Refs[0].Resource] is { Hold: { Holding: Holding.Dangling, ChangedAt: { } released } } held && !held.Original.Kind.ClearsItsVariable && seen.Add(field)
                    && Unasking(field) is { } use)
                {
                    bool isRental = held.Original.Kind == ResourceKind.Rental;
                    Location at = Spots.OfCall(released);
                    yield return Diagnostic.Create(
                        FieldNotCleared.Words.Possible, use.GetLocation(), new[] { at, Spots.OfCall(held.Original.Origin) }, properties,
                        field.Name, isRental ? "returned" : "released", Spots.Line(at), "used", "the other members ask first whether the instance was disposed, this one does not");
                }
            }
        }
    }

    /// <summary>The use of the field in the only member that does not ask, or null.</summary>
    private static SyntaxNode? Unasking(IFieldSymbol field)
    {
        List<MemberDeclarationSyntax> members = [.. MemberSyntax.MembersOf(field.ContainingType)];
        HashSet<string> asking = NamesThatAsk(members);
        int asked = 0;
        SyntaxNode? unasked = null;
        foreach (MemberDeclarationSyntax member in asking.Count == 0 ? [] : members)
        {
            if (member is not (MethodDeclarationSyntax or PropertyDeclarationSyntax or IndexerDeclarationSyntax) || !member.Modifiers.Any(static modifier => modifier.ValueText is "public" or "internal")
                || member is MethodDeclarationSyntax { Identifier.ValueText: "ToString" or "GetHashCode" or "Equals" or "Dispose" or "DisposeAsync" or "Close" } || UseOf(field.Name, member) is not { } use)
            {
                continue;
            }

            if (asking.Any(name => MemberSyntax.Mentions(member, name)))
            {
                asked++;
            }
            else if (unasked is not null)
            {
                return null;
            }
            else
            {
                unasked = use;
            }
        }

        return asked >= 2 ? unasked : null;
    }

    /// <summary>The flag that says that the instance was disposed, and what looks at it.</summary>
    private static HashSet<string> NamesThatAsk(List<MemberDeclarationSyntax> members)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (MemberDeclarationSyntax member in members)
        {
            foreach (VariableDeclaratorSyntax variable in (member as FieldDeclarationSyntax)?.Declaration.Variables ?? default)
            {
                if (variable.Identifier.ValueText.IndexOf("dispos", StringComparison.OrdinalIgnoreCase) >= 0)
                {
                    names.Add(variable.Identifier.ValueText);
                }
            }
        }

        // What any member asks, its callers ask, too.
        for (int before = -1; names.Count > 0 && before != names.Count;)
        {
            before = names.Count;
            foreach (MemberDeclarationSyntax member in members)
            {
                string? name = member switch
                {
                    MethodDeclarationSyntax { Identifier.ValueText: not ("Dispose" or "DisposeAsync" or "Close") and var method } => method,
                    PropertyDeclarationSyntax property => property.Identifier.ValueText,
                    _ => null,
                };
                if (name is not null && names.Any(known => MemberSyntax.Mentions(member, known)))
                {
                    names.Add(name);
                }
            }
        }

        return names;
    }

    /// <summary>Where a member looks into the buffer, and not only whether there is one, or how long it is.</summary>
    private static SyntaxNode? UseOf(string field, MemberDeclarationSyntax member)
    {
        foreach (SyntaxNode node in member.DescendantNodes())
        {
            if (node is IdentifierNameSyntax { Identifier.ValueText: var name } && name == field
                && node.Parent is ElementAccessExpressionSyntax or ArgumentSyntax or PrefixUnaryExpressionSyntax or MemberAccessExpressionSyntax { Name.Identifier.ValueText: not ("Length" or "LongLength" or "IsEmpty") } or PostfixUnaryExpressionSyntax { Parent: ElementAccessExpressionSyntax or ArgumentSyntax or MemberAccessExpressionSyntax { Name.Identifier.ValueText: not ("Length" or "LongLength" or "IsEmpty") } }
                && node.FirstAncestorOrSelf<AssignmentExpressionSyntax>()?.Left != node
                && node.Parent is not ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "nameof" } } })
            {
                return node;
            }
        }

        return null;
    }
}
