using System.Collections.Immutable;
using System.Globalization;
using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Rules;

/// <summary>How sure a finding is: on every path that reaches the point, or on some.</summary>
internal enum Confidence
{
    None,
    Possible,
    Certain,
}

/// <summary>A resource as one fact sees it: on some paths, on all, in which states.</summary>
internal readonly record struct Sighting(Resource Resource, Hold Hold, Confidence Confidence);

/// <summary>
/// Collects what the rules find in one body. A fact in a finally region is met once for each way into the region; it is certain
/// only when every meeting was, and it is reported once.
/// </summary>
internal sealed class Findings(Body body)
{
    private readonly Dictionary<(string Id, object Key), Finding> _findings = [];
    private readonly Dictionary<(Fact, string), int> _judged = [];
    private readonly Dictionary<Fact, int> _met = [];

    public Body Body { get; } = body;

    /// <summary>A fact is about to be shown to the rules, once more if it lies in a finally region.</summary>
    public void Meet(Fact fact) => _met[fact] = (_met.TryGetValue(fact, out int count) ? count : 0) + 1;

    /// <summary>The resources that <paramref name="refsOf"/> finds and <paramref name="isBad"/> condemns, on some path or on all.</summary>
    public IReadOnlyList<Sighting> See(Func<PathState, RefSet> refsOf, PathSet before, Func<Resource, Hold, bool> isBad)
    {
        // At nearly every fact nothing is condemned: nothing is allocated for it.
        Dictionary<int, (Hold Hold, int Bad)>? seen = null;
        foreach (PathState path in before.Paths)
        {
            RefSet refs = refsOf(path);
            bool allBad = refs.Count > 0;
            for (int i = 0; allBad && i < refs.Count; i++)
            {
                allBad = isBad(Body.Resources[refs[i].Resource], path.HoldOf(refs[i].Resource));
            }

            // Where the place may be one of several resources, only what is true of all of them is known of it.
            for (int i = 0; allBad && i < refs.Count; i++)
            {
                int resource = refs[i].Resource;
                (Hold Hold, int Bad) so = (seen ??= []).TryGetValue(resource, out (Hold Hold, int Bad) earlier) ? earlier : (path.HoldOf(resource), 0);
                seen[resource] = (so.Hold, so.Bad + 1);
            }
        }

        if (seen is null)
        {
            return [];
        }

        List<Sighting> sightings = [];
        foreach (KeyValuePair<int, (Hold Hold, int Bad)> entry in seen)
        {
            int concerned = 0;
            foreach (PathState path in before.Paths)
            {
                // A path on which the acquisition gave nothing says nothing of what is done with what it gives.
                concerned += path.HoldOf(entry.Key).Holding == Holding.NotAcquired && refsOf(path).Refers(entry.Key) ? 0 : 1;
            }

            sightings.Add(new Sighting(Body.Resources[entry.Key], entry.Value.Hold, entry.Value.Bad == concerned ? Confidence.Certain : Confidence.Possible));
        }

        return sightings;
    }

    /// <summary>
    /// Reports a finding. Of several with the same <paramref name="key"/> the first in the source is kept: one mistake is told once.
    /// </summary>
    public void Report(
        Wording wording,
        Confidence confidence,
        object key,
        Fact? fact,
        Location location,
        IEnumerable<Location?> explanations,
        ImmutableDictionary<string, string?>? properties,
        params object?[] arguments)
    {
        string id = wording.Certain.Id;
        if (fact is not null)
        {
            _judged[(fact, id)] = (_judged.TryGetValue((fact, id), out int count) ? count : 0) + (confidence == Confidence.Certain ? 1 : 0);
        }

        List<Location> places = [];
        foreach (Location? explanation in explanations)
        {
            if (explanation is { IsInSource: true })
            {
                places.Add(explanation);
            }
        }

        var finding = new Finding(wording, confidence, fact, location, [.. places], properties, arguments);
        if (!_findings.TryGetValue((id, key), out Finding? earlier) || location.SourceSpan.Start < earlier.Location.SourceSpan.Start)
        {
            _findings[(id, key)] = finding;
        }
    }

    public IEnumerable<Diagnostic> ToDiagnostics()
    {
        List<Finding> ordered = [.. _findings.Values];
        ordered.Sort(static (a, b) => a.Location.SourceSpan.Start != b.Location.SourceSpan.Start
            ? a.Location.SourceSpan.Start.CompareTo(b.Location.SourceSpan.Start)
            : string.CompareOrdinal(a.Wording.Certain.Id, b.Wording.Certain.Id));
        HashSet<(string, Location, string)> said = [];
        foreach (Finding finding in ordered)
        {
            bool certain = finding.Confidence == Confidence.Certain
                && (finding.Fact is not { } fact || _judged[(fact, finding.Wording.Certain.Id)] == _met[fact]);
            DiagnosticDescriptor descriptor = certain ? finding.Wording.Certain : finding.Wording.Possible;
            string words = string.Format(CultureInfo.InvariantCulture, descriptor.MessageFormat.ToString(CultureInfo.InvariantCulture), finding.Arguments);
            if (!said.Add((descriptor.Id, finding.Location, words)))
            {
                // The same words at the same place: of one thing that was acquired in one of two places.
                continue;
            }

            ImmutableDictionary<string, string?> properties = (finding.Properties ?? ImmutableDictionary<string, string?>.Empty)
                .SetItem(DiagnosticProperties.Confidence, certain ? "certain" : "possible");
            yield return finding.Wording.IsToldByDefault
                ? Diagnostic.Create(
                    descriptor.Id, descriptor.Category, words,
                    descriptor.DefaultSeverity, descriptor.DefaultSeverity, isEnabledByDefault: true, warningLevel: 1, descriptor.Title, descriptor.Description, descriptor.HelpLinkUri,
                    finding.Location, finding.Explanations, descriptor.CustomTags, properties)
                : Diagnostic.Create(
                    descriptor, finding.Location, finding.Wording.Severity ?? descriptor.DefaultSeverity, finding.Explanations, properties, finding.Arguments);
        }
    }

    private sealed record Finding(
        Wording Wording,
        Confidence Confidence,
        Fact? Fact,
        Location Location,
        Location[] Explanations,
        ImmutableDictionary<string, string?>? Properties,
        object?[] Arguments);
}
