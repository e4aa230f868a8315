using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>BUF2003: a pointer, or a span over one, is returned or stored and outlives what keeps its target in place.</summary>
internal sealed class PointerOutlivesPin : Rule
{
    private const string Title = "Pointer outlives its pin";

    private static readonly DiagnosticDescriptor Certain = new(
        RuleIds.PointerOutlivesPin,
        Title,
        "The address from '{0}' is {1} and outlives the {2}: the garbage collector may move the memory while the address is still used. Keep the pin as long as the address, or hand out the memory itself.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.PointerOutlivesPin));

    private static readonly DiagnosticDescriptor Possible = new(
        RuleIds.PointerOutlivesPin,
        Title,
        "The address from '{0}' is {1} and can outlive the {2}: the garbage collector may move the memory while the address is still used. Keep the pin as long as the address, or hand out the memory itself.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.PointerOutlivesPin));

    private static readonly DiagnosticDescriptor OfStack = new(
        RuleIds.PointerOutlivesPin,
        Title,
        "'{0}' is stack memory of this call, and its address is {1}: as soon as the method returns, the memory is that of the next call. Copy it, or allocate it where it can stay.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.PointerOutlivesPin));

    private static readonly DiagnosticDescriptor Finalized = new(
        RuleIds.PointerOutlivesPin,
        Title,
        "'{0}' is an address that the constructor was given, and is read through when the object is finalized: whose memory that is may have given it back by then. Read what is needed when the object is made.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.PointerOutlivesPin));

    public static readonly Wording Words = new(Certain, Possible);

    /// <summary>For an address that is read through by a finalizer.</summary>
    public static readonly Wording FinalizedWords = new(Finalized, Finalized);

    /// <summary>For memory that no pin could hold.</summary>
    public static readonly Wording StackWords = new(OfStack, OfStack);

    private readonly List<(Fact Fact, int Resource)> _leaving = [];
    private readonly List<Leaving> _exits = [];

    public override FactKind[] Reads => [FactKind.Keep, FactKind.Escape, FactKind.Use];

    public override bool ReadsEveryExit => true;

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact is { Kind: FactKind.Keep, Receiver: < 0, Operation: IInvocationOperation or IObjectCreationOperation } && findings.Body.Has(ResourceKind.Fixed) && !IsWaitedFor(fact.Operation.Syntax))
        {
            foreach (Sighting sighting in findings.See(path => path.RefsOf(fact.Target).Where(static r => r.Kind <= RefRole.View), before, static (resource, _) => resource.Original is null && resource.Kind == ResourceKind.Fixed))
            {
                findings.Report(
                    Words, Confidence.Possible, (fact.Operation.Syntax, sighting.Resource.Id), null, Spots.OfCall(fact.Operation), [Spots.Origin(sighting.Resource)], null,
                    sighting.Resource.Name ?? sighting.Resource.Kind.Name, "given to what runs later", "fixed statement");
            }
        }

        OnUse(fact, before, findings);

        // A reference is not an address: the garbage collector keeps it up to date, however it was made.
        if (fact is not { Kind: FactKind.Escape, Departure: Departure.Returned or Departure.Stored or Departure.StoredInParameter or Departure.StoredInThis }
            || (fact.Departure == Departure.Returned && findings.Body.Owner is IMethodSymbol owner && (owner.RefKind != RefKind.None || Movable.IsSaidToBePinned(owner))))
        {
            return;
        }

        foreach (Sighting sighting in findings.See(path => Transfer.WithMembers(fact.Target, path, findings.Body).Where(r => r.Kind == RefRole.View || (r.Kind == RefRole.Owner && findings.Body.Resources[r.Resource].Kind == ResourceKind.Fixed)), before, static (resource, _) => resource.Original is null && (resource.Kind == ResourceKind.Fixed || resource.Kind == ResourceKind.Pin)))
        {
            if (sighting.Resource.Kind == ResourceKind.Fixed && fact.Departure != Departure.StoredInThis)
            {
                Report(fact, sighting.Resource, sighting.Confidence, findings);
            }
            else
            {
                _leaving.Add((fact, sighting.Resource.Id));
            }
        }
    }

    /// <summary>An address, or what has one, that is used below the statement that held its memory in place.</summary>
    private static void OnUse(Fact fact, PathSet before, Findings findings)
    {
        if (fact is not { Kind: FactKind.Use, Target: >= 0 } || !findings.Body.Has(ResourceKind.Fixed))
        {
            return;
        }

        foreach (Sighting sighting in findings.See(path => Transfer.WithMembers(fact.Target, path, findings.Body).Where(static r => r.Kind <= RefRole.View), before, (resource, _) => resource is { Original: null } && resource.Kind == ResourceKind.Fixed && IsBelow(fact.Operation, resource)))
        {
            findings.Report(
                Words, sighting.Confidence, (sighting.Resource.Id, "used"), fact, fact.Operation.Syntax.GetLocation(), [Spots.Origin(sighting.Resource)], null,
                sighting.Resource.Name ?? sighting.Resource.Kind.Name, "used afterwards", "fixed statement");
        }
    }

    /// <summary>Whether an operation comes after the statement that held an array, a text or a field of an object: a span may be of memory that stays where it is.</summary>
    private static bool IsBelow(IOperation operation, Resource held) =>
        held.Origin.Syntax.FirstAncestorOrSelf<FixedStatementSyntax>() is { } statement && statement.SyntaxTree == operation.Syntax.SyntaxTree && operation.Syntax.SpanStart >= statement.Span.End
        && held.Origin.DescendantsAndSelf().Any(static part => part.Type is IArrayTypeSymbol or { SpecialType: SpecialType.System_String }) && !held.Origin.DescendantsAndSelf().Any(static part => part.Type is { IsRefLikeType: true });

    public override void OnExit(Leaving leaving, Findings findings)
    {
        if (leaving.Kind == ExitKind.Return && (findings.Body.Has(ResourceKind.Fixed) || findings.Body.Has(ResourceKind.Pin)))
        {
            _exits.Add(leaving);
        }
    }

    public override void OnEnd(Findings findings)
    {
        // A loop is left before its body has been shown: only now is all known that leaves.
        foreach (Leaving leaving in _exits)
        {
            Judge(leaving, findings);
        }
    }

    private void Judge(Leaving leaving, Findings findings)
    {
        foreach ((Fact fact, int id) in _leaving)
        {
            Resource resource = findings.Body.Resources[id];
            int outliving = 0;
            foreach (PathState path in leaving.Paths.Paths)
            {
                // What was stored may have been cleared again; what a pin holds may stay held.
                bool isThere = fact.Departure == Departure.StoredInThis ? findings.Body.IsKeptByInstance(path, id) : leaving.Returned is { } returned && returned.Syntax.Span.Contains(fact.Operation.Syntax.Span);
                outliving += isThere && (resource.Kind == ResourceKind.Fixed || path.HoldOf(id).Holding == Holding.Released) ? 1 : 0;
            }

            if (outliving > 0)
            {
                Report(fact, resource, outliving == leaving.Paths.Paths.Count ? Confidence.Certain : Confidence.Possible, findings);
            }
        }
    }

    /// <summary>Whether the fixed statement around the call waits for something before it ends: what was started in it is over by then.</summary>
    private static bool IsWaitedFor(SyntaxNode call) =>
        call.FirstAncestorOrSelf<FixedStatementSyntax>() is not { } held
        || held.DescendantNodes().Any(static node => node is AwaitExpressionSyntax || (node is IdentifierNameSyntax { Identifier.ValueText: var name } && MemberSyntax.SaysWait(name)));

    private static void Report(Fact fact, Resource resource, Confidence confidence, Findings findings) =>
        findings.Report(
            Words, confidence, (fact.Operation.Syntax, resource.Id), null, fact.Operation.Syntax.GetLocation(), [Spots.Origin(resource)], null,
            resource.Name ?? resource.Kind.Name, fact.Departure == Departure.Returned ? "returned" : "stored", resource.Kind == ResourceKind.Fixed ? "fixed statement" : "pin");
}
