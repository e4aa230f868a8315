using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>BUF2011: a call meets, in a field, what an earlier call released.</summary>
internal sealed class FieldNotCleared : Rule
{
    private const string Title = "Owning field not cleared on release";

    private static readonly DiagnosticDescriptor Certain = new(
        RuleIds.FieldNotCleared,
        Title,
        "'{0}' was already {1} at line {2} by an earlier call, and is {3} again here: {4}. Clear the field when it is {1}.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.FieldNotCleared));

    private static readonly DiagnosticDescriptor Possible = new(
        RuleIds.FieldNotCleared,
        Title,
        "'{0}' may already have been {1} at line {2} by an earlier call when it is {3} again here: {4}. Clear the field when it is {1}.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.FieldNotCleared));

    private static readonly DiagnosticDescriptor Elements = new(
        RuleIds.FieldNotCleared,
        Title,
        "What is in '{0}' is {1} here and stays in it, so that the next call finds it there and it is {1} again. Clear the collection when its elements are {1}.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.FieldNotCleared));

    private static readonly DiagnosticDescriptor Struct = new(
        RuleIds.FieldNotCleared,
        Title,
        "Every call of '{1}' disposes '{0}', which gives back what it has each time: it does not learn that it has done so. Set '{0}' to default then, and let it be written, or look first whether this was done.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.FieldNotCleared));

    public static readonly Wording Words = new(Certain, Possible);

    /// <summary>For a struct in a field that gives back what it has.</summary>
    public static readonly Wording StructWords = new(Struct, Struct);

    /// <summary>For what a field collects.</summary>
    public static readonly Wording ElementsWords = new(Elements, Elements);

    private TypeMember? _member;

    private bool _isPartOfDisposal;

    /// <summary>Whether it is a part of several members, so that each of them meets what another has done by it.</summary>
    private bool _isShared;

    /// <summary>Where an address was read out of a field into a local.</summary>
    private readonly Dictionary<int, IOperation> _readFrom = [];

    public override void OnMember(TypeMember member, TypeFlow type)
    {
        _member = member;
        _isPartOfDisposal = member.EndsInstance || type.IsCalledByDisposal(member);
        _isShared = type.HasSeveralCallers(member);
    }

    public override FactKind[] Reads => [FactKind.Release, FactKind.Use, FactKind.Assign];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact is { Kind: FactKind.Assign, IsHavoc: false, Target: >= 0 } && findings.Body.Places.IsOfThis(fact.Source) && findings.Body.Places[fact.Target] is { Kind: PlaceKind.Local, Symbol: ILocalSymbol { Type: IPointerTypeSymbol } })
        {
            _readFrom[fact.Target] = fact.Operation;
        }

        bool isRelease = fact is { Kind: FactKind.Release, Effect: Effect.Release { Repeatable: false } };
        if (!isRelease && fact is not { Kind: FactKind.Use, Target: >= 0 })
        {
            return;
        }

        // How many pieces an array of them still holds is told by a count beside it, which is not followed.
        foreach (Sighting sighting in findings.See(path => isRelease ? Transfer.Released(fact, path, findings.Body) : Used(fact, path), before, (resource, hold) => hold.Holding == Holding.Dangling && resource.Original is not null && !resource.Kind.IsMadeOfPieces && !CannotBeCleared(findings.Body.Places[fact.Target].Symbol) && !IsCalledTwice(hold) && !IsCounted(hold) && !IsCalledOff(hold) && !(isRelease && findings.Body.IsClearedAlready(fact, resource, hold)) && !(isRelease && HandleCopied.Concerns(fact, resource, hold, findings.Body))))
        {
            Location? released = sighting.Hold.ChangedAt is { } earlier ? Spots.OfCall(earlier) : null;
            string name = findings.Body.Places.NameOf(fact.Target) ?? sighting.Resource.Name ?? sighting.Resource.Kind.Name;
            string verb = sighting.Resource.Kind == ResourceKind.Rental ? "returned" : "released";
            findings.Report(
                Words, sighting.Confidence, (sighting.Resource.Original, sighting.Hold.ChangedAt?.Syntax, isRelease), fact,
                isRelease ? Spots.OfCall(fact.Operation) : SpotOf(fact), [released, Spots.Origin(sighting.Resource)], null,
                name, verb, Spots.Line(released), isRelease ? verb : "used", isRelease ? "its next owner shares it with somebody" : "it may be somebody else's by now");
        }
    }

    /// <summary>Where it is used; for an address that was read out of the field, there: so far nothing was wrong with it.</summary>
    private Location SpotOf(Fact use) =>
        _readFrom.TryGetValue(use.Target, out IOperation? read) && read.Syntax is VariableDeclaratorSyntax { Initializer.Value: var value } ? value.GetLocation() : use.Operation.Syntax.GetLocation();

    /// <summary>
    /// Whether it was the same method that released it: who calls that twice asks for it, where the method does not end the instance. Disposal is
    /// called twice by right.
    /// </summary>
    private bool IsCalledTwice(Hold hold) =>
        !_isPartOfDisposal && !_isShared && _member is { } member && hold.ChangedAt is { } released && member.Body.Flow.OriginalOperation.Syntax.Span.Contains(released.Syntax.Span)
        && member.Body.Flow.OriginalOperation.Syntax.SyntaxTree == released.Syntax.SyntaxTree;

    /// <summary>Whether it was released with the last of several holds: who still uses it has another one.</summary>
    private static bool IsCounted(Hold hold) => hold.ChangedAt is { } released && ReferenceCount.Governs(released.Syntax);

    /// <summary>Whether the member is what a cancellation calls, and its registration was taken back before the release: it is not called any more.</summary>
    private bool IsCalledOff(Hold hold)
    {
        if (_member?.Method is not { DeclaredAccessibility: Accessibility.Private } method || hold.ChangedAt is not { } released || MemberSyntax.MemberOf(released.Syntax) is not { } releasing)
        {
            return false;
        }

        foreach (MemberDeclarationSyntax member in MemberSyntax.MembersOf(method.ContainingType))
        {
            foreach (SyntaxNode node in member.DescendantNodes())
            {
                if (node is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Register" or "UnsafeRegister" }, ArgumentList: var given, Parent: AssignmentExpressionSyntax { Left: var target } }
                    && MemberSyntax.Mentions(given, method.Name) && MemberSyntax.NameOf(target) is { } registration && IsTakenBack(registration, releasing, released.Syntax))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool IsTakenBack(string registration, MemberDeclarationSyntax releasing, SyntaxNode release) => releasing.DescendantNodes().Any(node =>
        node.SpanStart < release.SpanStart && node is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Dispose" or "DisposeAsync" or "Unregister", Expression: var of } } && MemberSyntax.NameOf(of) == registration);

    /// <summary>The readonly fields of a struct keep what they have: each copy of it is its caller's to release once.</summary>
    private bool CannotBeCleared(ISymbol? field) =>
        _member?.Symbol.ContainingType is { TypeKind: TypeKind.Struct } type && (type.IsReadOnly || field is IFieldSymbol { IsReadOnly: true });

    private static RefSet Used(Fact fact, PathState path) => path.RefsOf(fact.Target).Where(static r => r.Kind < RefRole.Account);
}
