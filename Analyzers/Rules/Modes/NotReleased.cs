using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Rules.Modes;

/// <summary>BUF1002: a way out of the body on which extracted pages are neither released nor handed on.</summary>
internal sealed class NotReleased : Rule
{
    private const string Title = "Extracted pages are not released on every path";

    private static readonly DiagnosticDescriptor Certain = new(
        RuleIds.NotReleased,
        Title,
        "'{0}' is never released: its memory stays held after the method is left. Release it, or hold it with 'using'.",
        RuleCategories.Modes,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.NotReleased));

    private static readonly DiagnosticDescriptor Possible = new(
        RuleIds.NotReleased,
        Title,
        "'{0}', taken at line {1}, is not released when {2}. Release it in a 'finally', or hold it with 'using'.",
        RuleCategories.Modes,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.NotReleased));

    public static readonly Wording Words = new(Certain, Possible);

    private readonly Dictionary<int, List<(Location? Location, string When)>> _leaks = [];
    private readonly HashSet<int> _settled = [];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact.Kind is FactKind.Release or FactKind.Escape)
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

        if (fact.Kind != FactKind.Acquire || !Concerns(findings.Body.Resources[fact.Resource]))
        {
            return;
        }

        foreach (PathState path in before.Paths)
        {
            if (IsOwed(path.HoldOf(fact.Resource)) && IsReferredToOnlyBy(path, fact.Resource, fact.Target))
            {
                Leak(fact.Resource, Spots.OfCall(fact.Operation), "this call takes the next one");
            }
        }
    }

    public override void OnExit(Leaving leaving, Findings findings)
    {
        foreach (PathState path in leaving.Paths.Paths)
        {
            foreach (Resource resource in findings.Body.Resources)
            {
                if (!Concerns(resource) || !path.Holds.TryGet(resource.Id, out Hold hold))
                {
                    continue;
                }

                if (IsOwed(hold) && leaving.Kind != ExitKind.Failure)
                {
                    Leak(resource.Id, Spots.OfExit(leaving), leaving.Kind == ExitKind.Throw ? "this throw is reached" : leaving.Returned is null && Spots.OfExit(leaving) is null ? "the end of the method is reached" : "this return is reached");
                }
            }
        }
    }

    public override void OnEnd(Findings findings)
    {
        foreach (KeyValuePair<int, List<(Location? Location, string When)>> leak in _leaks)
        {
            Resource resource = findings.Body.Resources[leak.Key];
            Location origin = Spots.OfCall(resource.Origin);
            string name = resource.Name ?? resource.Kind.Name;
            if (!_settled.Contains(leak.Key))
            {
                findings.Report(Words, Confidence.Certain, leak.Key, null, origin, [], null, name);
                continue;
            }

            foreach ((Location? location, string when) in leak.Value)
            {
                findings.Report(Words, Confidence.Possible, (leak.Key, (location ?? origin).SourceSpan), null, location ?? origin, [origin], null, name, Spots.Line(origin), when);
            }
        }
    }

    private static bool Concerns(Resource resource) => resource.Kind.HasMode;

    private static bool IsOwed(Hold hold) =>
        (hold.Holding & Holding.AnyHeld) != 0 && (hold.Holding & ~Holding.AnyHeld) == 0;

    private static bool IsReferredToOnlyBy(PathState path, int resource, int target)
    {
        bool only = true;
        path.Refs.ForEach((place, refs) => only &= place == target || !refs.Refers(resource));
        return only;
    }

    private void Leak(int resource, Location? location, string when)
    {
        if (!_leaks.TryGetValue(resource, out List<(Location? Location, string When)>? leaks))
        {
            _leaks.Add(resource, leaks = []);
        }

        if (!leaks.Contains((location, when)))
        {
            leaks.Add((location, when));
        }
    }
}
