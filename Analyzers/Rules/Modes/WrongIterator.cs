using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Rules.Modes;

/// <summary>BUF1005: how pages are to be released is asked of an iterator that they were not extracted from.</summary>
internal sealed class WrongIterator : Rule
{
    private const string Title = "Release mode asked of the wrong iterator";

    private static readonly DiagnosticDescriptor Certain = new(
        RuleIds.WrongIterator,
        Title,
        "{2} of '{0}' does not tell how '{1}' was taken: {3}. Ask the iterator that was extracted, before the extraction, or release with the mode that was remembered.",
        RuleCategories.Modes,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.WrongIterator));

    private static readonly DiagnosticDescriptor Possible = new(
        RuleIds.WrongIterator,
        Title,
        "{2} of '{0}' does not on every path tell how '{1}' was taken: {3}. Ask the iterator that was extracted, before the extraction, or release with the mode that was remembered.",
        RuleCategories.Modes,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.WrongIterator));

    public static readonly Wording Words = new(Certain, Possible);

    /// <summary>The variable that each extraction was made from.</summary>
    private readonly Dictionary<int, int> _variables = [];
    private readonly List<(Fact Question, Resource Pages, Confidence Confidence)> _suspects = [];
    private readonly List<Fact> _extractions = [];

    public override FactKind[] Reads => [FactKind.Acquire, FactKind.Inspect];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact is { Kind: FactKind.Acquire, Receiver: >= 0, Effect: Effect.Acquire { Kind.HasMode: true } })
        {
            _variables[fact.Resource] = fact.Receiver;
            _extractions.Add(fact);
        }
        else if (fact is { Kind: FactKind.Inspect, Effect: Effect.Inspect { Tag: Tags.ReleaseMode } })
        {
            OnConverted(fact, before, findings);
            OnReassigned(fact, before, findings);
        }
    }

    public override void OnEnd(Findings findings)
    {
        foreach ((Fact question, Resource pages, Confidence confidence) in _suspects)
        {
            // Asked for the sake of the next extraction from the same variable, it is the right question.
            if (!_extractions.Exists(extraction => extraction.Receiver == question.Target && extraction.Operation.Syntax.SpanStart > question.Operation.Syntax.SpanStart))
            {
                Report(question, confidence, pages, "it is another iterator since", findings);
            }
        }
    }

    private static void OnConverted(Fact fact, PathSet before, Findings findings)
    {
        foreach (Sighting sighting in findings.See(
            path => HasExtractedConverted(path, findings.Body) ? RefSet.Empty : path.RefsOf(fact.Target).Where(r => findings.Body.Resources[r.Resource].Kind == ResourceKind.Iterator),
            before, static (resource, _) => resource.Acquisition?.Tag == Tags.Converted))
        {
            Resource source = SourceOf(fact, before, findings.Body) ?? sighting.Resource;
            Report(fact, sighting.Confidence, source, "it describes pages that are held already, and says None whatever they are held by", findings);
        }
    }

    private void OnReassigned(Fact fact, PathSet before, Findings findings)
    {
        Dictionary<int, int> seen = [];
        foreach (PathState path in before.Paths)
        {
            RefSet asked = path.RefsOf(fact.Target).Where(r => findings.Body.Resources[r.Resource].Kind == ResourceKind.Iterator);
            path.Holds.ForEach((id, hold) =>
            {
                if (asked.Count == 1 && _variables.TryGetValue(id, out int variable) && variable == fact.Target
                    && (hold.Holding & Holding.AnyMode) != 0 && (hold.Holding & Holding.Released) == 0
                    && hold.Holds.Count == 1 && hold.Holds[0].Resource != asked[0].Resource)
                {
                    seen[id] = (seen.TryGetValue(id, out int count) ? count : 0) + 1;
                }
            });
        }

        foreach (KeyValuePair<int, int> found in seen)
        {
            _suspects.Add((fact, findings.Body.Resources[found.Key], found.Value == before.Paths.Count ? Confidence.Certain : Confidence.Possible));
        }
    }

    private static bool HasExtractedConverted(PathState path, Body body)
    {
        bool has = false;
        path.Holds.ForEach((_, hold) => has |= hold.Holds.Where(r => body.Resources[r.Resource].Acquisition?.Tag == Tags.Converted).Count > 0);
        return has;
    }

    private static Resource? SourceOf(Fact fact, PathSet before, Body body)
    {
        foreach (PathState path in before.Paths)
        {
            RefSet pages = path.RefsOf(fact.Target).Where(r => body.Resources[r.Resource].Kind.HasMode);
            if (pages.Count > 0)
            {
                return body.Resources[pages[0].Resource];
            }
        }

        return null;
    }

    private static void Report(Fact fact, Confidence confidence, Resource pages, string why, Findings findings) =>
        findings.Report(
            Words, confidence, fact.Operation.Syntax, fact, Spots.OfCall(fact.Operation), [Spots.Origin(pages)], null,
            findings.Body.Places.NameOf(fact.Target) ?? "the converted iterator", pages.Name ?? "pages", fact.Member!.Name, why);
}
