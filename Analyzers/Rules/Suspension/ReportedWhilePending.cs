using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Rules.Suspension;

/// <summary>BUF1205: others are told that a transfer is over, and only then is it awaited.</summary>
internal sealed class ReportedWhilePending : Rule
{
    private const string Title = "Success reported while the transfer is pending";

    private static readonly DiagnosticDescriptor Certain = new(
        RuleIds.ReportedWhilePending,
        Title,
        "{0} tells of success while the {1} started at line {2} still uses '{3}': whoever waits for it reads or reuses memory that is being transferred. Await the operation first.",
        RuleCategories.Suspension,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.ReportedWhilePending));

    private static readonly DiagnosticDescriptor Possible = new(
        RuleIds.ReportedWhilePending,
        Title,
        "{0} can tell of success while the {1} started at line {2} still uses '{3}': whoever waits for it reads or reuses memory that is being transferred. Await the operation first.",
        RuleCategories.Suspension,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.ReportedWhilePending));

    public static readonly Wording Words = new(Certain, Possible);

    private readonly List<(Fact Fact, int Loan, Confidence Confidence, string Name)> _reports = [];
    private readonly HashSet<(int Loan, int At)> _awaited = [];

    public override FactKind[] Reads => [FactKind.Announce, FactKind.Complete];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact.Kind == FactKind.Announce && IsOfAResult(fact.Member!))
        {
            Remember(fact, before, findings.Body);
        }
        else if (fact.Kind == FactKind.Complete)
        {
            foreach (PathState path in before.Paths)
            {
                RefSet completed = path.RefsOf(fact.Source);
                for (int i = 0; i < completed.Count; i++)
                {
                    _awaited.Add((completed[i].Resource, fact.Operation.Syntax.SpanStart));
                }
            }
        }
    }

    /// <summary>Only an operation that is awaited afterwards is known to be what was reported on.</summary>
    public override void OnEnd(Findings findings)
    {
        foreach ((Fact fact, int loan, Confidence confidence, string name) in _reports)
        {
            foreach ((int awaited, int at) in _awaited)
            {
                if (awaited == loan && at > fact.Operation.Syntax.SpanStart)
                {
                    Resource operation = findings.Body.Resources[loan];
                    Location? started = Spots.Origin(operation);
                    findings.Report(
                        Words, confidence, (fact.Operation.Syntax, loan), fact, Spots.OfCall(fact.Operation), [started], null,
                        fact.Member!.Name, operation.Member?.Name ?? "operation", Spots.Line(started), name);
                    break;
                }
            }
        }
    }

    private void Remember(Fact fact, PathSet before, Body body)
    {
        Dictionary<int, (int Count, string Name)> pending = [];
        foreach (PathState path in before.Paths)
        {
            path.ForEachPending((loan, hold) =>
            {
                if (body.Resources[loan].Kind == ResourceKind.Loan && hold.Holding == Holding.Held && hold.Holds.Count > 0)
                {
                    int count = pending.TryGetValue(loan, out (int Count, string Name) known) ? known.Count : 0;
                    Resource held = body.Resources[hold.Holds[0].Resource];
                    pending[loan] = (count + 1, held.Name ?? held.Kind.Name);
                }
            });
        }

        foreach (KeyValuePair<int, (int Count, string Name)> entry in pending)
        {
            _reports.Add((fact, entry.Key, entry.Value.Count == before.Paths.Count ? Confidence.Certain : Confidence.Possible, entry.Value.Name));
        }
    }

    /// <summary>A source that carries a flag or nothing tells of something else: that the operation has begun, for instance.</summary>
    private static bool IsOfAResult(ISymbol member) =>
        member.ContainingType.TypeArguments.IsEmpty || member.ContainingType.TypeArguments[0].SpecialType is not (SpecialType.System_Boolean or SpecialType.System_Object);
}
