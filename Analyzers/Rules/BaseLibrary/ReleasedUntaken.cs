using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>
/// BUF2002: a reference to a safe handle is given back also on the way on which taking it failed, and what tells the two ways apart is never looked at.
/// </summary>
internal sealed class ReleasedUntaken : Rule
{
    public override FactKind[] Reads => [FactKind.Release];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact is not { Kind: FactKind.Release, Target: >= 0, Effect: Effect.Release { Repeatable: false } } || !findings.Body.Has(ResourceKind.HandleReference))
        {
            return;
        }

        foreach (Sighting sighting in findings.See(path => Transfer.Released(fact, path, findings.Body), before, static (resource, hold) => resource is { Original: null } && resource.Kind == ResourceKind.HandleReference && (hold.Holding & Holding.AnyHeld) != 0))
        {
            // It threw, or what stands before it did: nothing was taken, and nothing is known of it.
            if (before.Paths.Exists(path => path.HoldOf(sighting.Resource.Id).Holding == Holding.Nothing && path.RefsOf(fact.Target).Count == 0) && FlagOf(sighting.Resource.Origin, findings.Body) is { } flag)
            {
                findings.Report(
                    PinMisused.UntakenWords, Confidence.Certain, (fact.Operation.Syntax, sighting.Resource.Id), null, Spots.OfCall(fact.Operation), [Spots.Origin(sighting.Resource)], null,
                    sighting.Resource.Name ?? sighting.Resource.Kind.Name, Spots.Line(Spots.Origin(sighting.Resource)), flag.Name);
            }
        }
    }

    /// <summary>The local that the call says in whether it took a reference, where nobody reads it; null otherwise.</summary>
    private static ILocalSymbol? FlagOf(IOperation taking, Body body) =>
        taking is IInvocationOperation { Arguments: { Length: 1 } arguments } && arguments[0].Value is ILocalReferenceOperation { Local: var flag, Syntax: var named }
        && MemberSyntax.MemberOf(taking.Syntax) is { } member
        && !member.DescendantNodes().Any(node => node != named && node is Microsoft.CodeAnalysis.CSharp.Syntax.IdentifierNameSyntax { Identifier.ValueText: var name } && name == flag.Name)
            ? flag
            : null;
}
