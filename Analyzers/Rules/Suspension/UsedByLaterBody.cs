using System.Collections.Immutable;
using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.Suspension;

/// <summary>BUF1201: an iterator over its caller's memory is used in a body that begins only after the call that brought it.</summary>
internal sealed class UsedByLaterBody : Rule
{
    public override FactKind[] Reads => [FactKind.Use];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        // What is yielded as it is leaves the call, which is another mistake (BUF1202).
        if (!findings.Body.BeginsLater || fact is not { Kind: FactKind.Use, Target: >= 0, Operation.Parent: not IReturnOperation })
        {
            return;
        }

        foreach (Sighting sighting in findings.See(path => path.RefsOf(fact.Target).Where(r => findings.Body.Resources[r.Resource].Kind.EndsAtSuspension), before, static (_, hold) => IsOver(hold)))
        {
            findings.Report(
                RetainedAcrossAwait.WordsOfLater, sighting.Confidence, sighting.Resource.Id, fact, fact.Operation.Syntax.GetLocation(), [Spots.Origin(sighting.Resource)],
                ImmutableDictionary<string, string?>.Empty.Add(DiagnosticProperties.BeginsLater, bool.TrueString),
                findings.Body.Places.NameOf(fact.Target) ?? sighting.Resource.Name ?? "iterator");
        }
    }

    /// <summary>Whether it was given to a call that was over before the body began.</summary>
    public static bool IsOver(Hold hold) => hold.ChangedAt is null && (hold.Holding & Holding.Stale) != 0 && (hold.Holding & Holding.UserBacked) == 0;
}
