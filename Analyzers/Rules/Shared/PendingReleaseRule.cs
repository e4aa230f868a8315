using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Rules.Shared;

/// <summary>A release that is reached while an operation that was started over the same bytes is not known to have completed.</summary>
internal abstract class PendingReleaseRule(Wording words) : Rule
{
    protected abstract bool Concerns(Resource resource);

    /// <summary>As <see cref="Concerns(Resource)"/>, where the operation was given an iterator over its memory.</summary>
    protected virtual bool ConcernsThroughIterator(Resource resource) => Concerns(resource);

    private bool Concerns(int resource, Hold loan, Body body) =>
        UseAfterReleaseRule.IsIterator(loan.Holds, body) ? ConcernsThroughIterator(body.Resources[resource]) : Concerns(body.Resources[resource]);

    public sealed override FactKind[] Reads => [FactKind.Release];

    public sealed override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact.Kind != FactKind.Release)
        {
            return;
        }

        Dictionary<(int Resource, int Loan), int> seen = [];
        Dictionary<int, IOperation> leaving = [];
        foreach (PathState path in before.Paths)
        {
            RefSet released = Transfer.Released(fact, path, findings.Body);
            path.ForEachPending((loan, hold) =>
            {
                if (findings.Body.Resources[loan].Kind != ResourceKind.Loan || hold.Holding != Holding.Held)
                {
                    return;
                }

                if (hold.ReturnedAs is { } returned)
                {
                    leaving[loan] = returned;
                }

                for (int i = 0; i < released.Count; i++)
                {
                    int resource = released[i].Resource;
                    if (released.Count == 1 && hold.Holds.Refers(resource) && Concerns(resource, hold, findings.Body)
                        && (path.HoldOf(resource).Holding & (Holding.Released | Holding.NotAcquired)) == 0)
                    {
                        seen[(resource, loan)] = (seen.TryGetValue((resource, loan), out int count) ? count : 0) + 1;
                    }
                }
            });
        }

        foreach (KeyValuePair<(int Resource, int Loan), int> found in seen)
        {
            Resource resource = findings.Body.Resources[found.Key.Resource];
            Resource loan = findings.Body.Resources[found.Key.Loan];
            Location? started = Spots.Origin(loan);
            bool isDelegate = loan.Member is IMethodSymbol { MethodKind: MethodKind.DelegateInvoke };
            Location released = Spots.OfRelease(fact.Operation);
            Location shown = released;
            if (isDelegate && leaving.TryGetValue(found.Key.Loan, out IOperation? returned) && returned.Syntax.SyntaxTree == fact.Operation.Syntax.SyntaxTree)
            {
                // What a delegate does with the buffer is its caller's choice: the mistake is to let its task go before that is over.
                shown = returned.Syntax.GetLocation();
            }
            else if (started is not null && started.SourceTree == released.SourceTree && Spots.IsAtEndOfScope(fact.Operation))
            {
                // Nobody wrote the release: what has to change is the operation, which is not awaited.
                shown = started;
            }

            findings.Report(
                words, found.Value == before.Paths.Count ? Confidence.Certain : Confidence.Possible, (fact.Operation.Syntax, resource.Id), fact, shown, shown == released ? [started, Spots.Origin(resource)] : [started, released, Spots.Origin(resource)], null,
                resource.Name ?? resource.Kind.Name, isDelegate ? "operation" : loan.Member?.Name ?? "operation", Spots.Line(started));
        }
    }
}
