namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>A whole state of a test, before or after fixing: the primary project, further projects, and what is reported in them.</summary>
public sealed class SolutionState : ProjectState
{
    public SolutionState(string name, string defaultPrefix, string defaultExtension)
        : base(name, defaultPrefix, defaultExtension)
    {
        AdditionalProjects = new ProjectCollection(defaultExtension);
    }

    public ProjectCollection AdditionalProjects { get; }

    public List<DiagnosticResult> ExpectedDiagnostics { get; } = [];

    public StateInheritanceMode? InheritanceMode { get; set; }

    public MarkupMode? MarkupHandling { get; set; }

    /// <summary>Whether the test says anything about this state.</summary>
    internal bool IsSet => InheritanceMode is not null || MarkupHandling is not null || HasContent || AdditionalProjects.Count > 0;

    /// <summary>This state with what it inherits from the one before it filled in.</summary>
    internal SolutionState Inherit(SolutionState? from, IReadOnlySet<string> fixableIds)
    {
        bool changed = from is not null && ChangesAnyProject(from);
        SolutionState result = new(Name, DefaultPrefix, DefaultExtension)
        {
            InheritanceMode = InheritanceMode ?? (from is null ? StateInheritanceMode.Explicit
                : changed ? StateInheritanceMode.AutoInherit : StateInheritanceMode.AutoInheritAll),
            MarkupHandling = MarkupHandling ?? (from is null ? MarkupMode.Allow
                : changed ? MarkupMode.IgnoreFixable : from.MarkupHandling),
        };
        result.FillFrom(this);
        result.ExpectedDiagnostics.AddRange(ExpectedDiagnostics);
        foreach (ProjectState project in AdditionalProjects.Values)
            result.AdditionalProjects.Add(project.Name, project.Copy());

        if (from is null || result.InheritanceMode == StateInheritanceMode.Explicit)
            return result;

        result.FillFrom(from);
        foreach (ProjectState project in from.AdditionalProjects.Values)
            result.AdditionalProjects[project.Name].FillFrom(project);
        if (ExpectedDiagnostics.Count == 0)
        {
            bool all = result.InheritanceMode == StateInheritanceMode.AutoInheritAll;
            result.ExpectedDiagnostics.AddRange(from.ExpectedDiagnostics.Where(expected => all || !fixableIds.Contains(expected.Id)));
        }

        return result;
    }

    private bool ChangesAnyProject(SolutionState other) =>
        ChangesFrom(other)
        || AdditionalProjects.Values.Any(project =>
            !other.AdditionalProjects.TryGetValue(project.Name, out ProjectState? counterpart) || project.ChangesFrom(counterpart));
}
