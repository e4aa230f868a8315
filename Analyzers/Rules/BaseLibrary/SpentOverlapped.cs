using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>
/// BUF2002: a method that prepares an overlapped structure for the next operation hands out the one that an earlier call has handed out, on the path
/// where it sees no need for another.
/// </summary>
internal sealed class SpentOverlapped : Rule
{
    private bool _frees;
    private readonly List<(Fact Fact, Resource Older)> _again = [];

    public override FactKind[] Reads => [FactKind.Release, FactKind.Escape];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact.Kind == FactKind.Release)
        {
            _frees |= findings.See(path => Transfer.Released(fact, path, findings.Body), before, static (resource, _) => IsOfEarlierCall(resource)).Any();
        }
        else if (fact is { Kind: FactKind.Escape, Departure: Departure.Returned or Departure.PassedToNative })
        {
            // One place where what is made anew here and what was made here before both leave: who takes it starts an operation each time.
            Resource? older = null, fresh = null;
            foreach (PathState path in before.Paths)
            {
                RefSet refs = path.RefsOf(fact.Target);
                if (refs.Count == 1 && refs[0].Kind == RefRole.Owner && (path.HoldOf(refs[0].Resource).Holding & ~Holding.HandedOn) == Holding.Held)
                {
                    Resource resource = findings.Body.Resources[refs[0].Resource];
                    older = IsOfEarlierCall(resource) ? resource : older;
                    fresh = resource is { Original: null } ? resource : fresh;
                }
            }

            if (older is not null && fresh is not null && older.Original == fresh)
            {
                _again.Add((fact, older));
            }
        }
    }

    public override void OnEnd(Findings findings)
    {
        foreach ((Fact fact, Resource older) in _frees ? _again : [])
        {
            findings.Report(
                PinMisused.SpentWords, Confidence.Possible, older.Id, null, fact.Operation.Syntax.GetLocation(), [Spots.Origin(older)], null,
                findings.Body.Places.NameOf(fact.Target) ?? older.Name ?? older.Kind.Name);
        }
    }

    private static bool IsOfEarlierCall(Resource resource) => resource is { Original: not null, Position: >= 0 } && resource.Kind == ResourceKind.Overlapped;
}
