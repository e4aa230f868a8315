using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.Suspension;

/// <summary>BUF1202: an iterator over its caller's memory is kept where it is found after the call.</summary>
internal sealed class EscapesCall : Rule
{
    private const string Title = "User-backed iterator escapes its call";

    private static readonly DiagnosticDescriptor Certain = new(
        RuleIds.EscapesCall,
        Title,
        "'{0}' describes its caller's memory and is {1}, where it outlives this call: that memory may be moved or reused before it is used. Convert it first (ExtractToBvec).",
        RuleCategories.Suspension,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.EscapesCall));

    private static readonly DiagnosticDescriptor Possible = new(
        RuleIds.EscapesCall,
        Title,
        "'{0}' describes its caller's memory on some path that reaches this point and is {1}, where it outlives this call: that memory may be moved or reused before it is used. Convert it first (ExtractToBvec).",
        RuleCategories.Suspension,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.EscapesCall));

    public static readonly Wording Words = new(Certain, Possible);

    public override FactKind[] Reads => [FactKind.Keep, FactKind.Escape];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        switch (fact)
        {
            case { Kind: FactKind.Keep, Operation: IEventAssignmentOperation subscription }:
                Report(fact, before, findings, "captured by the handler of an event", subscription.HandlerValue.Syntax, ofParameters: false);
                break;
            case { Kind: FactKind.Keep, Receiver: < 0 }:
                Report(fact, before, findings, $"given to {NameOf(fact.Member!)}", null, ofParameters: false);
                break;
            case { Kind: FactKind.Keep, Operation: not ISimpleAssignmentOperation } when IsSharedCollection(findings.Body.Places[fact.Receiver]):
                Report(fact, before, findings, $"put into '{findings.Body.Places.NameOf(fact.Receiver)}'", null, ofParameters: false);
                break;
            case { Kind: FactKind.Escape, Departure: Departure.Stored or Departure.StoredInThis or Departure.StoredInParameter, Operation: ISimpleAssignmentOperation assignment } when Storage.Outlives(assignment.Target):
                Report(fact, before, findings, $"stored in '{Storage.NameOf(assignment.Target)}'", assignment.Value.Syntax, ofParameters: false);
                break;
            case { Kind: FactKind.Escape, Departure: Departure.Returned, Operation: IReturnOperation { ReturnedValue: { } yielded } }:
                Report(fact, before, findings, "yielded", yielded.Syntax, ofParameters: true);
                break;
            case { Kind: FactKind.Escape, Departure: Departure.Returned, Operation: IInvocationOperation { TargetMethod: { MethodKind: MethodKind.LocalFunction } later } } when NestedFunction.IsIterator(later):
                Report(fact, before, findings, $"captured by '{later.Name}', whose body runs only when it is enumerated", fact.Operation.Syntax, ofParameters: false);
                break;
            case { Kind: FactKind.Escape, Departure: Departure.Returned } when findings.Body.Owner is IMethodSymbol { IsAsync: true }:
                Report(fact, before, findings, "returned from an async method", fact.Operation.Syntax, ofParameters: true);
                break;
        }
    }

    private static void Report(Fact fact, PathSet before, Findings findings, string how, SyntaxNode? shown, bool ofParameters)
    {
        foreach (Sighting sighting in findings.See(
            path => path.RefsOf(fact.Target).Where(r => r.Kind <= RefRole.View && findings.Body.Resources[r.Resource].Kind == ResourceKind.Iterator),
            before,
            (resource, hold) => ((hold.Holding & Holding.UserBacked) != 0 || UsedByLaterBody.IsOver(hold)) && (!ofParameters || resource.Parameter is not null)))
        {
            Location location = shown?.GetLocation() ?? Spots.OfCall(fact.Operation);
            findings.Report(
                Words, sighting.Confidence, (fact.Operation.Syntax, sighting.Resource.Id), fact, location, [Spots.Origin(sighting.Resource)], null,
                sighting.Resource.Name ?? findings.Body.Places.NameOf(fact.Target) ?? "iterator", how);
        }
    }

    private static bool IsSharedCollection(Place place) => place.Kind is PlaceKind.Member or PlaceKind.StaticField or PlaceKind.Parameter;

    private static string NameOf(ISymbol member) =>
        member is IMethodSymbol { MethodKind: MethodKind.Constructor } ? member.ContainingType.Name : member.ContainingType.Name + "." + member.Name;
}
