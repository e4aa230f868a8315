using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.Suspension;

/// <summary>BUF1207: bytes are read or written between the start of the operation that moves them and its completion.</summary>
internal sealed class TouchedWhilePending : Rule
{
    private const string Title = "Bytes touched while the operation is pending";

    private static readonly DiagnosticDescriptor Certain = new(
        RuleIds.TouchedWhilePending,
        Title,
        "'{0}' is {1} while the {2} started at line {3} still {4} it: {5}. Await the operation first.",
        RuleCategories.Suspension,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.TouchedWhilePending));

    private static readonly DiagnosticDescriptor Possible = new(
        RuleIds.TouchedWhilePending,
        Title,
        "'{0}' is on some path {1} while the {2} started at line {3} still {4} it: {5}. Await the operation first.",
        RuleCategories.Suspension,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.TouchedWhilePending));

    public static readonly Wording Words = new(Certain, Possible);

    private bool? _asksForCompletion;

    public override FactKind[] Reads => [FactKind.Use];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact is not { Kind: FactKind.Use, Target: >= 0 } || !(fact.Writes || IsRead(fact.Operation)))
        {
            return;
        }

        Dictionary<(int Resource, int Loan), (int Count, Flowing Direction)> touched = [];
        foreach (PathState path in before.Paths)
        {
            RefSet used = path.RefsOf(fact.Target).Where(static r => r.Kind <= RefRole.View);
            path.ForEachPending((loan, hold) =>
            {
                if (findings.Body.Resources[loan].Kind != ResourceKind.Loan || hold.Holding != Holding.Held
                    || !(hold.Direction == Flowing.Destination || (hold.Direction == Flowing.Source && fact.Writes)))
                {
                    return;
                }

                for (int i = 0; i < used.Count; i++)
                {
                    int resource = used[i].Resource;
                    if (used.Count == 1 && hold.Holds.Refers(resource) && path.HoldOf(resource).Holding != Holding.Released)
                    {
                        touched[(resource, loan)] = ((touched.TryGetValue((resource, loan), out (int Count, Flowing _) known) ? known.Count : 0) + 1, hold.Direction);
                    }
                }
            });
        }

        foreach (KeyValuePair<(int Resource, int Loan), (int Count, Flowing Direction)> found in touched)
        {
            if (_asksForCompletion ??= AsksForCompletion(fact.Operation.Syntax))
            {
                return;
            }

            Resource memory = findings.Body.Resources[found.Key.Resource];
            Resource loan = findings.Body.Resources[found.Key.Loan];
            Location? started = Spots.Origin(loan);
            bool isFilled = found.Value.Direction == Flowing.Destination;
            findings.Report(
                Words, found.Value.Count == before.Paths.Count ? Confidence.Certain : Confidence.Possible, found.Key, fact,
                fact.Operation.Syntax.GetLocation(), [started], null,
                findings.Body.Places.NameOf(fact.Target) ?? memory.Name ?? memory.Kind.Name, fact.Writes ? "written" : "read", loan.Member?.Name ?? "operation", Spots.Line(started),
                isFilled ? "writes to" : "reads", isFilled ? "what is there is half the old bytes and half the new" : "what is sent is half the old bytes and half the new");
        }
    }

    /// <summary>Whether the operation looks at bytes: not at a length, nor passes the memory on.</summary>
    private static bool IsRead(IOperation used) => used.Parent switch
    {
        IArrayElementReferenceOperation element => element.ArrayReference == used,
        IPropertyReferenceOperation { Property: { Name: "Span" } or { IsIndexer: true } } => true,
        IInvocationOperation { TargetMethod.Name: "CopyTo" or "TryCopyTo" or "ToArray" } invocation => invocation.Instance == used,
        _ => false,
    };

    /// <summary>A body that asks an operation how it is doing knows more than can be seen here.</summary>
    public static bool AsksForCompletion(SyntaxNode near)
    {
        bool asks = false;
        foreach (SyntaxNode node in near.FirstAncestorOrSelf<MemberDeclarationSyntax>()?.DescendantNodes() ?? [])
        {
            asks |= node is IdentifierNameSyntax { Identifier.ValueText: "IsCompleted" or "IsCompletedSuccessfully" or "IsFaulted" or "IsCanceled" or "Status" or "WhenAny" or "ContinueWith" };
        }

        return asks;
    }
}
