using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>Turns the marked sources of one state into plain sources and expected diagnostics.</summary>
internal sealed class MarkupReader
{
    private readonly MarkupMode _mode;
    private readonly MarkupOptions _options;
    private readonly DefaultDescriptor _default;
    private readonly ImmutableArray<DiagnosticDescriptor> _supported;
    private readonly IReadOnlySet<string> _fixableIds;
    private readonly List<DiagnosticResult> _expected = [];
    private readonly Dictionary<string, FileLinePositionSpan> _locations = [];

    public MarkupReader(
        MarkupMode mode,
        MarkupOptions options,
        DefaultDescriptor defaultDescriptor,
        ImmutableArray<DiagnosticDescriptor> supported,
        IReadOnlySet<string> fixableIds)
    {
        _mode = mode;
        _options = options;
        _default = defaultDescriptor;
        _supported = supported;
        _fixableIds = fixableIds;
    }

    public ExpectedSolution Read(SolutionState state, string defaultPath)
    {
        _expected.AddRange(state.ExpectedDiagnostics.Select(expected => expected.WithDefaultPath(defaultPath)));
        ImmutableArray<ExpectedProject> projects = [Read(state), .. state.AdditionalProjects.Values.Select(Read)];
        return new ExpectedSolution(projects, [.. _expected.Select(expected => expected.WithAppliedMarkupLocations(_locations))]);
    }

    private ExpectedProject Read(ProjectState project) =>
        new(project, Read(project.Sources), Read(project.AdditionalFiles), Read(project.AnalyzerConfigFiles));

    private ImmutableArray<(string Path, SourceText Text)> Read(SourceFileList files) =>
        [.. files.Select(file => (file.filename, _mode == MarkupMode.None ? file.content : Read(file.filename, file.content)))];

    private SourceText Read(string path, SourceText content)
    {
        Markup markup = Markup.Parse(content.ToString(), _options.HasFlag(MarkupOptions.TreatPositionIndicatorsAsCode));
        SourceText text = SourceText.From(markup.Text, content.Encoding, content.ChecksumAlgorithm);
        foreach ((string name, TextSpan span) in markup.Spans)
            Expect(name, new FileLinePositionSpan(path, text.Lines.GetLinePositionSpan(span)));
        foreach (int position in markup.Positions)
            ExpectAt(path, text.Lines.GetLinePosition(position));
        return text;
    }

    private void Expect(string name, FileLinePositionSpan span)
    {
        if (name.StartsWith('#'))
        {
            if (!_locations.TryAdd(name, span))
                throw new VerificationException($"The markup location '{name}' is marked twice.");
        }
        else if (_mode != MarkupMode.Ignore)
        {
            Add(ResultFor(name).WithSpan(span));
        }
    }

    private void ExpectAt(string path, LinePosition position)
    {
        if (_mode != MarkupMode.Ignore)
            Add(ResultFor("").WithLocation(path, position));
    }

    private void Add(DiagnosticResult result)
    {
        const DiagnosticOptions Open = DiagnosticOptions.IgnoreAdditionalLocations | DiagnosticOptions.IgnoreSeverity;
        if (_mode == MarkupMode.Allow || !_fixableIds.Contains(result.Id))
            _expected.Add(result.WithMessage(null).WithOptions(Open));
    }

    private DiagnosticResult ResultFor(string id)
    {
        if (id.Length == 0)
            return new DiagnosticResult(_default.Require());
        // One ID may have several descriptors (certain and possible); markup compares neither message nor severity, so any will do.
        return _supported.FirstOrDefault(descriptor => descriptor.Id == id) is { } known
            ? new DiagnosticResult(known)
            : DiagnosticResult.CompilerError(id);
    }
}
