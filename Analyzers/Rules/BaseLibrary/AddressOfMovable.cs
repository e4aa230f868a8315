using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

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

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact is { Kind: FactKind.Use, TakesAddress: true } && IsSurelyMovable(fact.Operation) && !IsHeld(fact, before, findings))
        {
            findings.Report(
                Words, Confidence.Certain, fact.Operation.Syntax, null, fact.Operation.Syntax.GetLocation(), [], null,
                fact.Operation.Syntax.ToString(), "nothing pins the array", "Pin it first: 'fixed', or a pinned handle");
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

    /// <summary>
    /// Whether the operand is an element of an array that is surely an ordinary one: made by an initializer of a static readonly field. Any other
    /// may have been allocated on the pinned heap, or be pinned by a caller.
    /// </summary>
    private static bool IsSurelyMovable(IOperation operand) =>
        operand is IArrayElementReferenceOperation { ArrayReference: IFieldReferenceOperation { Field: { IsStatic: true, IsReadOnly: true, DeclaringSyntaxReferences: { IsEmpty: false } declarations } } }
        && declarations[0].GetSyntax() is VariableDeclaratorSyntax
        {
            Initializer.Value: InitializerExpressionSyntax or ArrayCreationExpressionSyntax or ImplicitArrayCreationExpressionSyntax or CollectionExpressionSyntax,
        };

    private static bool IsHeld(Fact fact, PathSet before, Findings findings)
    {
        foreach (Resource resource in findings.Body.Resources)
        {
            // A fixed statement over the same array may be around it: which one it fixes is not followed.
            if (resource.Kind == ResourceKind.Fixed)
            {
                return true;
            }
        }

        foreach (PathState path in before.Paths)
        {
            if (path.RefsOf(fact.Target).Count > 0)
            {
                return true;
            }
        }

        return false;
    }
}
