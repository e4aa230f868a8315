using System.Collections.Immutable;

namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>A state of a test with its markup turned into text and expected diagnostics. The primary project is the first.</summary>
internal sealed record ExpectedSolution(ImmutableArray<ExpectedProject> Projects, ImmutableArray<DiagnosticResult> Diagnostics)
{
    public ExpectedSolution WithFirstLine(string line) => this with
    {
        Projects = [.. Projects.Select(project => project.WithFirstLine(line))],
    };

    /// <summary>How many projects differ in text.</summary>
    public int CountChangedProjects(ExpectedSolution other) =>
        Projects.Count(project => other.Projects.FirstOrDefault(o => o.Name == project.Name) is not { } same || !project.SameTextAs(same));

    public bool SameTextAs(ExpectedSolution other) =>
        Projects.Length == other.Projects.Length && CountChangedProjects(other) == 0;
}
