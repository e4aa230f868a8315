using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.Suspension;

/// <summary>BUF1206: what a failed attempt took from an iterator is missing when it is tried again.</summary>
internal sealed class ConsumedReused : Rule
{
    private const string Title = "Consumed iterator reused";

    private static readonly DiagnosticDescriptor Certain = new(
        RuleIds.ConsumedReused,
        Title,
        "'{0}' was advanced by {1} at line {2}, which failed: what is tried here begins where that stopped. Save the position before (SaveState) and restore it, or work on a copy.",
        RuleCategories.Suspension,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.ConsumedReused));

    private static readonly DiagnosticDescriptor Possible = new(
        RuleIds.ConsumedReused,
        Title,
        "'{0}' can have been advanced by {1} at line {2} when that fails: what is tried here then begins where it stopped. Save the position before (SaveState) and restore it, or work on a copy.",
        RuleCategories.Suspension,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.ConsumedReused));

    public static readonly Wording Words = new(Certain, Possible);

    public override FactKind[] Reads => [FactKind.Advance, FactKind.Use];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (!Consumes(fact) || findings.Body.Attempts.PositionOf(fact.Target) is not (>= 0 and var position))
        {
            return;
        }

        Dictionary<int, (Hold Hold, int Count)> failed = [];
        HashSet<int> succeeded = [];
        foreach (PathState path in before.Paths)
        {
            RefSet attempts = path.RefsOf(position);
            for (int i = 0; i < attempts.Count; i++)
            {
                int attempt = attempts[i].Resource;
                Hold hold = path.HoldOf(attempt);
                if ((hold.Holding & Attempts.MayHaveFailed) != 0 && (hold.Holding & Holding.NotAcquired) == 0 && FailedAttempt.Tells(hold, findings.Body.Resources[attempt]))
                {
                    failed[attempt] = (hold, (failed.TryGetValue(attempt, out (Hold Hold, int Count) known) ? known.Count : 0) + 1);
                }
                else
                {
                    succeeded.Add(attempt);
                }
            }
        }

        foreach (KeyValuePair<int, (Hold Hold, int Count)> found in failed)
        {
            Resource attempt = findings.Body.Resources[found.Key];
            Hold hold = found.Value.Hold;
            if (IsRetry(fact, findings.Body, attempt, hold, goesOnAfterSuccess: succeeded.Contains(found.Key)))
            {
                Location advanced = Spots.OfCall(attempt.Origin);
                findings.Report(
                    Words, found.Value.Count == before.Paths.Count ? Confidence.Certain : Confidence.Possible, (fact.Operation.Syntax, position), fact,
                    Spots.OfCall(fact.Operation), [advanced, hold.ChangedAt?.Syntax.GetLocation()], null,
                    attempt.Name ?? "iterator", attempt.Member?.Name ?? "an attempt", Spots.Line(advanced));
            }
        }
    }

    /// <summary>Whether bytes are taken from the iterator, here or by a callee that is given a copy of it.</summary>
    private static bool Consumes(Fact fact) => fact switch
    {
        { Kind: FactKind.Advance, Attempt: >= 0, Operation: IInvocationOperation { TargetMethod.Name: var name } } => !FailedAttempt.Restores(name),
        { Kind: FactKind.Advance, Attempt: >= 0 } => true,
        { Kind: FactKind.Use, Target: >= 0, Operation.Parent: IArgumentOperation { Parameter: { RefKind: RefKind.None or RefKind.In }, Parent: IInvocationOperation call } } =>
            !call.TargetMethod.ReturnsVoid && !FailedAttempt.Restores(call.TargetMethod.Name) && !FailedAttempt.OnlyLooks(call.TargetMethod.Name),
        _ => false,
    };

    /// <summary>
    /// Whether the use tries again what has failed. A loop that takes piece after piece goes on behind a piece that failed by design, unless it
    /// does nothing at all about the failure.
    /// </summary>
    private static bool IsRetry(Fact fact, Body body, Resource attempt, Hold hold, bool goesOnAfterSuccess)
    {
        bool isByCallee = body.Attempts.IsByCallee(attempt.Id);
        bool isSame = ReferenceEquals(fact.Operation, attempt.Origin);
        bool isKnowing = (hold.Holding & Attempts.LookedAt) != 0 && (isByCallee || !isSame);
        return !isKnowing && (!goesOnAfterSuccess || (isSame && !isByCallee && FailedAttempt.IsIgnored(hold)));
    }
}
