using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Rules.Suspension;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>
/// BUF2014: memory of the caller is still kept when the call, or the task that it returned, is over. Off by default; what breaks a contract that
/// somebody has written down is told all the same.
/// </summary>
internal sealed class KeptBeyondCall : Rule
{
    private const string Title = "Caller's memory kept beyond the call";

    private static readonly DiagnosticDescriptor Certain = new(
        RuleIds.KeptBeyondCall,
        Title,
        "'{0}' is its caller's memory and is {1}, where it is found after the call: the caller may reuse or return it before then. Copy it, or say that it is kept (RetainsBuffer).",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: false,
        helpLinkUri: HelpFor(RuleIds.KeptBeyondCall));

    private static readonly DiagnosticDescriptor Possible = new(
        RuleIds.KeptBeyondCall,
        Title,
        "'{0}' is its caller's memory and is {1}, where it is found after the call on some path: the caller may reuse or return it before then. Copy it, or say that it is kept (RetainsBuffer).",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: false,
        helpLinkUri: HelpFor(RuleIds.KeptBeyondCall));

    private static readonly DiagnosticDescriptor AgainstContract = new(
        RuleIds.KeptBeyondCall,
        Title,
        "'{0}' is borrowed for the time of the call, as its contract says, and is {1}, where it is found afterwards: the caller may reuse or return it before then. Copy it, or say that it is kept (RetainsBuffer).",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: false,
        helpLinkUri: HelpFor(RuleIds.KeptBeyondCall));

    public static readonly Wording Words = new(Certain, Possible);

    public static readonly Wording ContractWords = new(AgainstContract, AgainstContract) { IsToldByDefault = true };

    private readonly List<(Fact Fact, int Resource)> _stored = [];
    private readonly List<(Fact Fact, Sighting Sighting, string How)> _elsewhere = [];
    private readonly HashSet<int> _returned = [];

    public override FactKind[] Reads => [FactKind.Keep, FactKind.Escape];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        switch (fact)
        {
            case { Kind: FactKind.Keep, Operation: IEventAssignmentOperation }:
                Report(fact, before, findings, "captured by the handler of an event");
                break;
            case { Kind: FactKind.Keep, Receiver: >= 0, Operation: not ISimpleAssignmentOperation } when findings.Body.Outlives(fact.Receiver) || findings.Body.Places[fact.Receiver].Kind == PlaceKind.Parameter:
                Report(fact, before, findings, $"put into '{findings.Body.Places.NameOf(fact.Receiver)}'");
                break;
            case { Kind: FactKind.Keep, Receiver: < 0, Operation.Type.SpecialType: SpecialType.System_Void or SpecialType.System_Boolean }:
                // What returns a task can be awaited before the call is over.
                Report(fact, before, findings, $"given to {fact.Member!.ContainingType.Name}.{fact.Member.Name}");
                break;
            case { Kind: FactKind.Escape, Departure: Departure.StoredInThis, Operation: not IAssignmentOperation { Target.Type.IsRefLikeType: true } }:
                // (A span can be stored in nothing that outlives its caller's frame.)
                foreach (Sighting sighting in See(fact, before, findings))
                {
                    _stored.Add((fact, sighting.Resource.Id));
                }

                break;
            case { Kind: FactKind.Escape, Departure: Departure.Stored, Operation: ISimpleAssignmentOperation { Target: not IArrayElementReferenceOperation } assignment } when Storage.Outlives(assignment.Target):
                foreach (Sighting sighting in See(fact, before, findings))
                {
                    _elsewhere.Add((fact, sighting, $"stored in '{Storage.NameOf(assignment.Target)}'"));
                }

                break;
            case { Kind: FactKind.Escape, Departure: Departure.Returned }:
                // Who is given back an object made around its memory knows that it is kept.
                foreach (Sighting sighting in See(fact, before, findings))
                {
                    _returned.Add(sighting.Resource.Id);
                }

                break;
        }
    }

    public override void OnEnd(Findings findings)
    {
        foreach ((Fact fact, Sighting sighting, string how) in _elsewhere)
        {
            if (!_returned.Contains(sighting.Resource.Id))
            {
                Report(fact, sighting.Resource, sighting.Confidence, findings, how);
            }
        }
    }

    public override void OnExit(Leaving leaving, Findings findings)
    {
        if (leaving.Kind != ExitKind.Return)
        {
            return;
        }

        foreach ((Fact fact, int id) in _stored)
        {
            // What was stored for the time of the call is cleared by now.
            int kept = _returned.Contains(id) ? 0 : leaving.Paths.Paths.Count(path => findings.Body.IsKeptByInstance(path, id));
            bool isAttached = fact.Operation is ISimpleAssignmentOperation { Target: IFieldReferenceOperation { Field: var attached } } && findings.Body.Resources[id].Parameter is { } parameter && !findings.Body.IsDeclared(parameter) && IsDetachedElsewhere(attached);
            if (kept > 0 && !isAttached)
            {
                Report(fact, findings.Body.Resources[id], kept == leaving.Paths.Paths.Count ? Confidence.Certain : Confidence.Possible, findings, $"stored in '{(fact.Operation is IAssignmentOperation assignment ? Storage.NameOf(assignment.Target) : "a field")}'");
            }
        }
    }

    /// <summary>Whether another member than disposal lets go of it: then to attach and to detach is what the two are for, and their caller knows.</summary>
    private static bool IsDetachedElsewhere(IFieldSymbol field)
    {
        foreach (MemberDeclarationSyntax member in field.DeclaredAccessibility == Accessibility.Private ? MemberSyntax.MembersOf(field.ContainingType) : [])
        {
            if (member is MethodDeclarationSyntax { Identifier.ValueText: not ("Dispose" or "DisposeAsync" or "Close"), ParameterList.Parameters.Count: 0 } && member.DescendantNodes().Any(node =>
                node is AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression, Right: LiteralExpressionSyntax or DefaultExpressionSyntax or MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Empty" } } cleared && MemberSyntax.NameOf(cleared.Left) == field.Name))
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<Sighting> See(Fact fact, PathSet before, Findings findings) =>
        findings.See(path => path.RefsOf(fact.Target).Where(r => findings.Body.Resources[r.Resource].Kind == ResourceKind.Borrowed), before, static (_, _) => true);

    private static void Report(Fact fact, PathSet before, Findings findings, string how)
    {
        foreach (Sighting sighting in See(fact, before, findings))
        {
            Report(fact, sighting.Resource, sighting.Confidence, findings, how);
        }
    }

    private static void Report(Fact fact, Resource memory, Confidence confidence, Findings findings, string how)
    {
        Location location = fact.Operation is IAssignmentOperation assignment ? assignment.Value.Syntax.GetLocation() : Spots.OfCall(fact.Operation);
        bool isDeclared = memory.Parameter is { } parameter && findings.Body.IsDeclared(parameter);
        findings.Report(isDeclared ? ContractWords : Words, confidence, (fact.Operation.Syntax, memory.Id), null, location, [Spots.Origin(memory)], null, memory.Name ?? memory.Kind.Name, how);
    }
}
