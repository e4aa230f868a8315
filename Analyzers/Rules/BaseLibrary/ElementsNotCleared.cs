using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>BUF2011 over collections: what a field collects is released element by element and stays in it, where the next call releases it again.</summary>
internal sealed class ElementsNotCleared : Rule
{
    private readonly Collecting _collecting = new();
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    public override FactKind[] Reads => [FactKind.Acquire];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact is not { Kind: FactKind.Acquire, Operation.Syntax: InvocationExpressionSyntax call } || ReleasesOf(findings.Body.Resources[fact.Resource]) is not { } releases
            || findings.Body.Owner is not { ContainingType: { } type } || _collecting.CollectionOf(call) is not { } name || FieldOf(name, type) is not { } collection || !_seen.Add(name))
        {
            return;
        }

        foreach (MemberDeclarationSyntax member in MemberSyntax.MembersOf(type))
        {
            // Of several members that put something in, the first tells.
            if (member.SyntaxTree == call.SyntaxTree && member.Span.End < call.SpanStart && PutsInto(member, name))
            {
                return;
            }
        }

        foreach (MemberDeclarationSyntax member in MemberSyntax.MembersOf(type))
        {
            if (member is not MethodDeclarationSyntax { Identifier.ValueText: var called } method || !MemberSyntax.Mentions(method, name) || method.Modifiers.Any(SyntaxKind.StaticKeyword))
            {
                continue;
            }

            foreach (InvocationExpressionSyntax release in method.DescendantNodes().OfType<InvocationExpressionSyntax>())
            {
                if (ReleasedBy(release, releases) is { } released && SymbolEqualityComparer.Default.Equals(CollectionOf(released, method, type), collection)
                    && !Empties(method, name) && type.GetMembers(called).OfType<IMethodSymbol>().FirstOrDefault(m => m.DeclaringSyntaxReferences.Any(r => r.Span == method.Span)) is { } owner && IsMetTwice(owner, method, name, type))
                {
                    findings.Report(
                        FieldNotCleared.ElementsWords, Confidence.Possible, release, null, Spots.OfInvocation(release), [Spots.OfCall(fact.Operation)], null,
                        name, releases[0] == "Return" ? "returned" : "released");
                }
            }
        }
    }

    /// <summary>The names of what gives such a thing back, and minds when it is given back twice; null where nothing does.</summary>
    private static string[]? ReleasesOf(Resource resource) =>
        resource.Kind == ResourceKind.Rental ? ["Return"]
        : resource.Kind == ResourceKind.Native ? ["FreeHGlobal", "FreeCoTaskMem", "Free", "AlignedFree"]
        : resource.Kind.ClearsItsVariable && resource.Member is IMethodSymbol { Name: "Alloc" } ? ["Free"]
        : null;

    private static bool PutsInto(MemberDeclarationSyntax member, string collection) => member.DescendantNodes().Any(node =>
        node is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Add" or "Enqueue" or "Push", Expression: var list } } && MemberSyntax.NameOf(list) == collection);

    /// <summary>What a call gives back: its argument, or its receiver where it has none.</summary>
    private static ExpressionSyntax? ReleasedBy(InvocationExpressionSyntax call, string[] releases) =>
        call.Expression is not MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name } access || Array.IndexOf(releases, name) < 0 ? null
        : call.ArgumentList.Arguments.Count > 0 ? call.ArgumentList.Arguments[0].Expression
        : access.Expression;

    /// <summary>The field of the instance whose element is released: in a loop over it, by its index, or from a local that a copy of it was put in.</summary>
    private static IFieldSymbol? CollectionOf(ExpressionSyntax released, MethodDeclarationSyntax member, INamedTypeSymbol type)
    {
        ExpressionSyntax root = MemberSyntax.RootOf(released);
        if (root is not IdentifierNameSyntax { Identifier.ValueText: var name })
        {
            return null;
        }

        // Of an array, the element itself is released, and not a copy of it.
        if (released != root && FieldOf(name, type) is { } indexed)
        {
            return released is ElementAccessExpressionSyntax && (indexed.Type is not IArrayTypeSymbol { ElementType.IsValueType: true }) ? indexed : null;
        }

        foreach (SyntaxNode node in released.Ancestors().TakeWhile(node => node != member))
        {
            if (node is ForEachStatementSyntax loop && loop.Identifier.ValueText == name)
            {
                return FieldOf(MemberSyntax.NameOf(loop.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Values" or "Keys" } part ? part.Expression : loop.Expression), type);
            }
        }

        foreach (SyntaxNode node in member.DescendantNodes())
        {
            if (node is VariableDeclaratorSyntax { Initializer.Value: ElementAccessExpressionSyntax { Expression: var from } } local && local.Identifier.ValueText == name)
            {
                return MemberSyntax.WrittenIn(member).Contains(name) ? null : FieldOf(MemberSyntax.NameOf(from), type);
            }
        }

        return null;
    }

    /// <summary>The private field of the name that is a collection, or null.</summary>
    private static IFieldSymbol? FieldOf(string? name, INamedTypeSymbol type)
    {
        foreach (ISymbol member in type.GetMembers(name ?? string.Empty))
        {
            if (member is IFieldSymbol { DeclaredAccessibility: Accessibility.Private, IsStatic: false } field
                && field.Type is IArrayTypeSymbol or INamedTypeSymbol { Name: "List" or "Dictionary" or "HashSet" or "Queue" or "Stack" or "LinkedList" or "ConcurrentBag" or "ConcurrentQueue" or "ConcurrentDictionary", IsGenericType: true })
            {
                return field;
            }
        }

        return null;
    }

    /// <summary>Whether a member takes elements out of the collection, writes others in their place, or gives it away.</summary>
    private static bool Empties(MemberDeclarationSyntax member, string collection)
    {
        foreach (SyntaxNode node in member.DescendantNodes())
        {
            switch (node)
            {
                case AssignmentExpressionSyntax assignment when MemberSyntax.NameOf(MemberSyntax.RootOf(assignment.Left)) == collection:
                case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: not ("Add" or "Contains" or "ContainsKey" or "TryGetValue") } called } when MemberSyntax.NameOf(MemberSyntax.RootOf(called.Expression)) == collection && called.Expression is not ElementAccessExpressionSyntax:
                case ArgumentSyntax argument when MemberSyntax.NameOf(argument.Expression) == collection:
                case VariableDeclaratorSyntax { Initializer.Value: var value } when MemberSyntax.NameOf(value) == collection:
                    return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Whether the release is met again by right: it is part of disposal, which may be called twice, or of what begins anew, and nothing that is written there
    /// keeps the second call out. What is released for others by its number is also released by disposal.
    /// </summary>
    private static bool IsMetTwice(IMethodSymbol owner, MethodDeclarationSyntax member, string collection, INamedTypeSymbol type)
    {
        if (IsGuarded(member, owner))
        {
            return false;
        }

        bool isDisposal = TypeMember.Ends(owner) || IsForTheNextRound(owner);
        foreach (MemberDeclarationSyntax other in MemberSyntax.MembersOf(type))
        {
            if (other == member || !MemberSyntax.Mentions(other, owner.Name))
            {
                continue;
            }

            if (Empties(other, collection) || other is ConstructorDeclarationSyntax || (other is MethodDeclarationSyntax method && IsGuarded(method, null)))
            {
                return false;
            }

            isDisposal |= other is MethodDeclarationSyntax { Identifier.ValueText: "Dispose" or "DisposeAsync" or "Close" };
        }

        return isDisposal;
    }

    /// <summary>How the names of methods begin that make an instance ready for what comes next, after which they are called again.</summary>
    private static readonly string[] Rounds = ["Clear", "Reset", "Flush", "Recycle", "Rewind", "Restart"];

    private static bool IsForTheNextRound(IMethodSymbol method) =>
        method is { DeclaredAccessibility: not Accessibility.Private, MethodKind: MethodKind.Ordinary, Name: var name } && Array.Exists(Rounds, word => name.StartsWith(word, StringComparison.Ordinal) && (name.Length == word.Length || char.IsUpper(name[word.Length])));

    /// <summary>Whether the member writes something that it looks at, or is the part of a disposal that its base class begins.</summary>
    private static bool IsGuarded(MethodDeclarationSyntax member, IMethodSymbol? owner)
    {
        if (owner is { IsOverride: true } && !(owner.ContainingType.BaseType?.ContainingAssembly?.Name.StartsWith("System.", StringComparison.Ordinal) == true))
        {
            return true;
        }

        HashSet<string> tested = MemberSyntax.TestedIn(member);
        tested.IntersectWith(MemberSyntax.WrittenIn(member));

        // The counter of a loop is nobody else's.
        foreach (SyntaxNode node in member.DescendantNodes())
        {
            if (node is VariableDeclaratorSyntax variable)
            {
                tested.Remove(variable.Identifier.ValueText);
            }
        }

        return tested.Count > 0;
    }
}
