using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>
/// BUF2013: a handle is released again that was released through a copy of it: a copy does not learn of the other's release, so that nothing
/// stops the second.
/// </summary>
internal sealed class HandleCopied : Rule
{
    private const string Title = "Handle copied";

    private static readonly DiagnosticDescriptor Certain = new(
        RuleIds.HandleCopied,
        Title,
        "'{0}' is released again: its release at line {1} was done on {2}, and '{0}' does not know of it. {3}.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.HandleCopied));

    private static readonly DiagnosticDescriptor Possible = new(
        RuleIds.HandleCopied,
        Title,
        "'{0}' can be released again: on some path it was released at line {1} on {2}, and '{0}' does not know of it. {3}.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.HandleCopied));

    private static readonly DiagnosticDescriptor Given = new(
        RuleIds.HandleCopied,
        Title,
        "'{0}' is copied into a '{1}', which frees its copy when it is disposed: '{0}' does not know of it and is freed again at line {2}. Let one of the two own it: clear '{0}', or give '{1}' something else to release by.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.HandleCopied));

    public static readonly Wording Words = new(Certain, Possible);

    /// <summary>For a handle that somebody else frees a copy of.</summary>
    public static readonly Wording GivenWords = new(Given, Given);

    private TypeMember? _member;

    /// <summary>Whether the release meets what was released by way of a copy.</summary>
    public static bool Concerns(Fact release, Resource resource, Hold hold, Body body) =>
        release is { Target: >= 0, Effect: Effect.Release { Target.Kind: SlotKind.Receiver } } && resource.Kind.ClearsItsVariable && hold.Holding is Holding.Released or Holding.Dangling
        && hold.ChangedAt is not null && body.Places[release.Target].Symbol is { } variable && !hold.IsKnownTo(variable);

    public override void OnMember(TypeMember member, TypeFlow type) => _member = member;

    public override FactKind[] Reads => [FactKind.Release];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact.Kind != FactKind.Release)
        {
            return;
        }

        Body body = findings.Body;
        bool told = false;
        foreach (Sighting sighting in findings.See(path => Transfer.Released(fact, path, body), before, (resource, hold) => Concerns(fact, resource, hold, body) && !(hold.Holding == Holding.Dangling && IsDoneOnce(hold))))
        {
            Location released = Spots.OfCall(sighting.Hold.ChangedAt!);
            bool isReadOnly = body.Places[fact.Target].Symbol is IFieldSymbol { IsReadOnly: true };
            findings.Report(
                Words, sighting.Confidence, (fact.Operation.Syntax, sighting.Resource.Id), fact, Spots.OfCall(fact.Operation), [released, Spots.Origin(sighting.Resource)], null,
                body.Places.NameOf(fact.Target) ?? sighting.Resource.Name ?? sighting.Resource.Kind.Name, Spots.Line(released),
                isReadOnly ? "a copy, as the field is readonly" : "a copy",
                isReadOnly ? "Let the field be written: take 'readonly' away" : "Release one of the two, and clear the other");
            told = true;
        }

        if (!told && IsAskedInVain(fact, body) && body.Owner is not IMethodSymbol { MethodKind: MethodKind.Destructor })
        {
            foreach (Sighting sighting in findings.See(path => Transfer.Released(fact, path, body), before, static (resource, _) => resource.Kind.ClearsItsVariable))
            {
                Location at = Spots.OfCall(fact.Operation);
                findings.Report(
                    Words, Confidence.Possible, (fact.Operation.Syntax, sighting.Resource.Id), null, at, [Spots.Origin(sighting.Resource)], null,
                    body.Places.NameOf(fact.Target) ?? sighting.Resource.Name ?? sighting.Resource.Kind.Name, Spots.Line(at), "a copy, as the field is readonly", "Let the field be written: take 'readonly' away");
            }
        }
    }

    /// <summary>Whether the code asks a handle that cannot learn of its release, before it releases that, if it has been: it always says no.</summary>
    private static bool IsAskedInVain(Fact release, Body body) =>
        release is { Target: >= 0, Effect: Effect.Release { Target.Kind: SlotKind.Receiver, Repeatable: false } } && body.Places[release.Target] is { Kind: PlaceKind.Member, Symbol: IFieldSymbol { IsReadOnly: true } }
        && body.ClearedBy(release) is null && body.Facts.Any(fact => fact is { Kind: FactKind.Inspect, Effect: Effect.Inspect { What: Inspection.IsHeld } } && fact.Target == release.Target);

    /// <summary>Whether it is the same call as before, and not one that may come twice by right; a struct is disposed by who holds it.</summary>
    private bool IsDoneOnce(Hold hold) =>
        _member is { Method.ContainingType.IsValueType: true }
        || (_member is { EndsInstance: false } member && member.Body.Flow.OriginalOperation.Syntax.Span.Contains(hold.ChangedAt!.Syntax.Span)
            && member.Body.Flow.OriginalOperation.Syntax.SyntaxTree == hold.ChangedAt.Syntax.SyntaxTree);
}
