using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Rules;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Tests.Documentation.Timelines;

/// <summary>How a row looks.</summary>
internal enum RowKind
{
    Event,
    Hazard,
    Report,
}

/// <summary>One of the things that a timeline follows.</summary>
internal sealed record Lane(string Name, string Kind);

/// <summary>What is known of a lane after a row: the words, and the look of the bar.</summary>
internal sealed record LaneState(string Words, string Look);

/// <summary>A row: what happens at a line of the sample, and how the lanes are after it. Null where a lane has not begun.</summary>
internal sealed record Row(RowKind Kind, int? Line, string Code, string Caption, IReadOnlyList<LaneState?> States);

/// <summary>What happens on the way to a report, in the order in which it happens.</summary>
internal sealed class Timeline
{
    private readonly Body _body;
    private readonly Diagnostic _report;
    private readonly string[] _lines;
    private readonly List<Resource> _lanes;
    private readonly List<Row> _rows = [];
    private readonly int _before;
    private readonly int _reportedVisit;
    private int _lastVisit = -1;
    private bool _isAcquisition;
    private string? _hazardBefore;
    private string _hazardAfter = "";

    private Timeline(Body body, IReadOnlyList<Step> steps, Diagnostic report, string sample)
    {
        _body = body;
        _report = report;
        _lines = sample.Split('\n');
        _reportedVisit = steps.Last(step => step.Meets.Contains(_report.Location)).Visit;
        _lanes = LanesOf(steps);
        Message = report.GetMessage(System.Globalization.CultureInfo.InvariantCulture);
        Lanes = [.. _lanes.Select(resource => new Lane(NameOf(resource), TimelineWords.KindOf(resource)))];
        TellWhatCameBefore(steps);
        _before = _rows.Count;
        foreach (Step step in steps)
            Tell(step);
        TellHazard();
    }

    public string Id => _report.Id;

    public string Message { get; }

    public IReadOnlyList<Lane> Lanes { get; }

    public IReadOnlyList<Row> Rows => _rows;

    /// <summary>Runs the engine over a sample and follows what the report speaks of.</summary>
    public static Timeline Of(Compilation compilation, Diagnostic report, string sample)
    {
        (Body body, IReadOnlyList<Step> steps) = SampleFlow.Of(compilation).PathTo(report);
        return new Timeline(body, steps, report, sample);
    }

    /// <summary>What the report names by its places, what is used where it is reported, and the operations that hold any of that.</summary>
    private List<Resource> LanesOf(IReadOnlyList<Step> steps)
    {
        Location[] places = [.. _report.AdditionalLocations, _report.Location];
        HashSet<int> lanes = [.. _body.Resources.Where(resource => Spots.Origin(resource) is { } origin && places.Contains(origin) && resource.Kind != ResourceKind.Memory && resource.Kind != ResourceKind.Attempt && IsOnPath(resource, steps)).Select(resource => resource.Id)];
        foreach (Step step in steps.Where(step => step.Meets.Contains(_report.Location) && step.Fact is not null))
        {
            foreach (int id in RefsIn(step).Select(reference => reference.Resource).Prepend(step.Fact!.Resource).Where(id => id >= 0 && _body.Resources[id].Kind != ResourceKind.Attempt))
            {
                bool isExtra = _body.Resources[id].Kind == ResourceKind.Memory || _body.Resources[id].Kind == ResourceKind.Loan;
                if (lanes.Count == 0 || (lanes.Count < 2 && !isExtra))
                    lanes.Add(id);
            }
        }

        return [.. lanes.Order().Take(3).Select(id => _body.Resources[id])];
    }

    private string NameOf(Resource resource) =>
        TimelineWords.NameOf(resource) + (resource.Original is not null && _lanes.Exists(other => other != resource && TimelineWords.NameOf(other) == TimelineWords.NameOf(resource)) ? " (before)" : "");

    private static bool IsOnPath(Resource resource, IReadOnlyList<Step> steps) =>
        steps.Any(step => step.Fact?.Resource == resource.Id || step.After.Holds.TryGet(resource.Id, out _) || step.Before.Holds.TryGet(resource.Id, out _));

    private static IEnumerable<Ref> RefsIn(Step step)
    {
        foreach (int place in new[] { step.Fact!.Target, step.Fact.Source, step.Fact.Receiver })
        {
            RefSet refs = step.Before.RefsOf(place);
            for (int i = 0; i < refs.Count; i++)
                yield return refs[i];
        }
    }

    /// <summary>What was given by the caller, or done by an earlier call.</summary>
    private void TellWhatCameBefore(IReadOnlyList<Step> steps)
    {
        PathState entry = steps[0].Before;
        foreach (Location place in _report.AdditionalLocations.Where(place => !steps.Any(step => step.Meets.Contains(place))).OrderBy(place => place.SourceSpan.Start))
        {
            Resource? resource = _lanes.Find(lane => Spots.Origin(lane) == place);
            string? method = SampleFlow.MethodAt(place);
            bool isParameter = resource?.Parameter is not null;
            string caption = isParameter ? "given by the caller"
                : (resource is not null ? TimelineWords.Acquired(resource, entry.HoldOf(resource.Id)) : "released") + (method is null ? "" : $" by an earlier call{Of(method)}");
            LaneState?[] states = [.. _lanes.Select(lane => resource is not null && lane != resource ? null
                : isParameter || resource is null ? StateOf(lane, entry) : TimelineWords.Held(lane))];
            _rows.Add(new Row(RowKind.Event, LineOf(place), SampleFlow.ParameterAt(place) ?? CodeAt(place), caption, states));
        }

        foreach (Resource lane in _lanes)
        {
            if (entry.HoldOf(lane.Id) is { Holding: Holding.Dangling, ChangedAt: { } released })
                _rows.Add(new Row(RowKind.Event, LineOf(released.Syntax.GetLocation()), CodeAt(released.Syntax.GetLocation()), $"{TimelineWords.Released(lane)} by an earlier call{Of(SampleFlow.MethodAt(released.Syntax.GetLocation()))}", [.. _lanes.Select(other => StateOf(other, entry))]));
        }
    }

    private static string Of(string? method) => method is null ? "" : $" of {method}";

    private void Tell(Step step)
    {
        string? caption = TimelineWords.Describe(step, _lanes, _body);
        bool isReport = step.Meets.Contains(_report.Location) && step.Visit == _reportedVisit && !_rows.Exists(row => row.Kind == RowKind.Report);
        if (caption is null && step.Meets.Count == 0)
            return;

        LaneState?[] states = [.. _lanes.Select(lane => step.Fact is null && lane.Kind == ResourceKind.Fixed ? TimelineWords.Unfixed : StateOf(lane, step.After))];
        Location? at = isReport ? _report.Location : step.Fact?.Operation.Syntax.GetLocation() ?? step.Exit;
        bool isEndOfUsing = step.Fact is { Kind: FactKind.Release, Operation.IsImplicit: true };
        Row row = at is null ? new Row(RowKind.Event, null, "}", caption ?? "leaves", states)
            : isEndOfUsing && !isReport ? new Row(RowKind.Event, null, "}", $"{caption}: the 'using' of line {LineOf(at)} ends", states)
            : new Row(isReport ? RowKind.Report : RowKind.Event, LineOf(at), CodeAt(at), caption ?? (isReport ? "here" : "used"), states);
        if (_rows.Count > _before && row.Line is not null && _rows[^1].Line == row.Line && (step.Visit == _lastVisit || _rows[^1].Kind == RowKind.Report || step.Visit != _reportedVisit))
        {
            Row last = _rows[^1];
            _rows[^1] = row with { Kind = isReport ? RowKind.Report : last.Kind, Caption = Joined(last.Caption, row.Caption) };
        }
        else
        {
            _rows.Add(row);
        }

        _lastVisit = step.Visit;
        if (isReport)
            (_isAcquisition, _hazardBefore, _hazardAfter) = (step.Fact?.Kind == FactKind.Acquire, TimelineWords.HazardBefore(step, _lanes), TimelineWords.HazardAfter(step, _lanes, Message));
    }

    /// <summary>What may have happened to the memory before the report, or follows from it.</summary>
    private void TellHazard()
    {
        int report = _rows.FindIndex(row => row.Kind == RowKind.Report);
        if (_hazardBefore is null && _isAcquisition && _rows[^1].Caption.Contains(TimelineWords.LeavesHeld, StringComparison.Ordinal))
            _rows.Add(new Row(RowKind.Hazard, null, "", _hazardAfter, _rows[^1].States));
        else if (_hazardBefore is not null)
            _rows.Insert(report, new Row(RowKind.Hazard, null, "", _hazardBefore, report > 0 ? _rows[report - 1].States : _rows[report].States));
        else
            _rows.Insert(report + 1, new Row(RowKind.Hazard, null, "", _hazardAfter, _rows[report].States));
    }

    private static string Joined(string first, string second) =>
        first.Contains(second, StringComparison.Ordinal) || second is "used" or "here" ? first : first is "used" or "here" ? second : $"{first}, {second}";

    private static LaneState? StateOf(Resource lane, PathState path) =>
        path.Holds.TryGet(lane.Id, out Hold hold) ? TimelineWords.StateOf(lane, hold) : null;

    private static int LineOf(Location location) => location.GetLineSpan().StartLinePosition.Line + 1;

    private string CodeAt(Location location) => SampleCode.Unmarked(_lines[LineOf(location) - 1]).Split(" //")[0].Trim();
}
