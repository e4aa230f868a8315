using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.Modes;

/// <summary>BUF1007: what an extraction says of itself is dropped, or a loop goes on when it says that nothing more is there.</summary>
internal sealed class ResultIgnored : Rule
{
    private const string Title = "Extraction result ignored";

    private static readonly DiagnosticDescriptor Certain = new(
        RuleIds.ResultIgnored,
        Title,
        "The result of '{0}' is not used: only it says how many bytes were taken, which can be fewer than asked for, or none. Use it as the length, and stop at zero.",
        RuleCategories.Modes,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.ResultIgnored));

    private static readonly DiagnosticDescriptor Possible = new(
        RuleIds.ResultIgnored,
        Title,
        "The loop around '{0}' does not end when nothing is left to extract: the result is then zero, and nothing that the loop tests changes. Leave the loop at zero.",
        RuleCategories.Modes,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.ResultIgnored));

    public static readonly Wording Words = new(Certain, Possible);

    private readonly HashSet<int> _settled = [];
    private readonly Dictionary<IOperation, Fact> _extractions = [];

    public override FactKind[] Reads => [FactKind.Advance, FactKind.Release, FactKind.Escape];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact is { Kind: FactKind.Advance, Effect: Effect.Advance { Tells: true } })
        {
            _extractions[fact.Operation] = fact;
        }
        else if (fact.Kind is FactKind.Release or FactKind.Escape)
        {
            foreach (PathState path in before.Paths)
            {
                RefSet refs = path.RefsOf(fact.Target);
                for (int i = 0; i < refs.Count; i++)
                {
                    _settled.Add(refs[i].Resource);
                }
            }
        }
    }

    public override void OnEnd(Findings findings)
    {
        foreach (Fact extraction in _extractions.Values)
        {
            // Pages that are never given back are told as such: the dropped result is part of that.
            bool isLeak = extraction.Resource >= 0 && !_settled.Contains(extraction.Resource);
            if (!isLeak && IsDropped(extraction.Operation))
            {
                Report(Confidence.Certain, extraction, findings);
            }
            else if (ExtractionLoop.GoesOnAtZero(findings.Body, extraction.Operation))
            {
                Report(Confidence.Possible, extraction, findings);
            }
        }
    }

    private static void Report(Confidence confidence, Fact extraction, Findings findings) =>
        findings.Report(Words, confidence, extraction.Operation.Syntax, null, Spots.OfCall(extraction.Operation), [], null, extraction.Member!.Name);

    private static bool IsDropped(IOperation call) => call.Parent switch
    {
        IExpressionStatementOperation => true,
        ISimpleAssignmentOperation { Target: IDiscardOperation } => true,
        ISimpleAssignmentOperation { Target: ILocalReferenceOperation { Local: var local }, Parent: null or IExpressionStatementOperation } => !IsRead(local, call.Syntax),
        _ => false,
    };

    private static bool IsRead(ILocalSymbol local, SyntaxNode call)
    {
        SyntaxNode? member = call.FirstAncestorOrSelf<MemberDeclarationSyntax>();
        foreach (SyntaxNode node in member?.DescendantNodes() ?? [])
        {
            if (node is IdentifierNameSyntax name && name.Identifier.ValueText == local.Name
                && !(name.Parent is AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression } assignment && assignment.Left == name))
            {
                return true;
            }
        }

        return false;
    }
}
