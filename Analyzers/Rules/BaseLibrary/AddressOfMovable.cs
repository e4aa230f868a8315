using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>BUF2004: the address is taken of memory that nothing holds in place.</summary>
internal sealed class AddressOfMovable : Rule
{
    private static readonly DiagnosticDescriptor Descriptor = new(
        RuleIds.AddressOfMovable,
        "Address taken of memory that can move",
        "The address of '{0}' is taken, but {1}: the garbage collector may move it while the address is used. {2}.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.AddressOfMovable));

    public static readonly Wording Words = new(Descriptor, Descriptor);

    public override FactKind[] Reads => [FactKind.Use, FactKind.View];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact is { Kind: FactKind.Use, TakesAddress: true } && Movable.Of(fact.Operation, findings.Body) is { } what && !IsHeld(fact, before, findings))
        {
            findings.Report(
                Words, Confidence.Certain, fact.Operation.Syntax, null, fact.Operation.Syntax.GetLocation(), [], null,
                fact.Operation.Syntax.ToString(), "nothing pins the " + what, "Pin it first: 'fixed', or a pinned handle");
        }
        else if (fact is { Kind: FactKind.Use, TakesAddress: true } && Movable.IsReferenceMadeAgain(fact.Operation))
        {
            findings.Report(
                Words, Confidence.Possible, fact.Operation.Syntax, null, fact.Operation.Syntax.GetLocation(), [], null,
                fact.Operation.Syntax.ToString(), "nothing tells the collector of it until it is a reference again", "Use 'Unsafe.As', which keeps it a reference");
        }
        else if (fact is { Kind: FactKind.View, Member.Name: "AddrOfPinnedObject" })
        {
            foreach (Sighting sighting in findings.See(path => path.RefsOf(fact.Source), before, static (resource, hold) => resource.Kind == ResourceKind.Root && (hold.Holding & Holding.AnyHeld) != 0))
            {
                findings.Report(
                    Words, Confidence.Certain, fact.Operation.Syntax, null, Spots.OfCall(fact.Operation), [Spots.Origin(sighting.Resource)], null,
                    sighting.Resource.Name ?? "handle", "its handle keeps the object alive, not in place", "Allocate the handle as GCHandleType.Pinned");
            }
        }
    }

    private static bool IsHeld(Fact fact, PathSet before, Findings findings)
    {
        // A fixed statement over the same memory may be around it, or a handle pin it: which one it is that they hold is not followed.
        if (findings.Body.Has(ResourceKind.Fixed) || findings.Body.Has(ResourceKind.Pin))
        {
            return true;
        }

        foreach (PathState path in before.Paths)
        {
            if (path.RefsOf(fact.Target).Where(r => findings.Body.Resources[r.Resource].Kind != ResourceKind.Rental && r.Kind < RefRole.Account).Count > 0)
            {
                return true;
            }
        }

        return false;
    }
}
