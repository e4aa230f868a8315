using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>A project's files with the markup taken out.</summary>
internal sealed record ExpectedProject(
    ProjectState State,
    ImmutableArray<(string Path, SourceText Text)> Sources,
    ImmutableArray<(string Path, SourceText Text)> AdditionalFiles,
    ImmutableArray<(string Path, SourceText Text)> AnalyzerConfigFiles)
{
    public string Name => State.Name;

    public ImmutableArray<(string Path, SourceText Text)> AllFiles => [.. Sources, .. AdditionalFiles, .. AnalyzerConfigFiles];

    /// <summary>The same project with a line put before each of its sources.</summary>
    public ExpectedProject WithFirstLine(string line) => this with
    {
        Sources = [.. Sources.Select(file => (file.Path, file.Text.WithChanges(new TextChange(default, line + "\n"))))],
    };

    public bool SameTextAs(ExpectedProject other) =>
        AllFiles.Select(file => (file.Path, file.Text.ToString()))
            .SequenceEqual(other.AllFiles.Select(file => (file.Path, file.Text.ToString())));
}
