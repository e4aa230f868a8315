using System.Diagnostics.CodeAnalysis;

namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>The further projects of a test, by name; naming one makes it.</summary>
public sealed class ProjectCollection : Dictionary<string, ProjectState>
{
    private readonly string _defaultExtension;

    public ProjectCollection(string defaultExtension)
        : base(StringComparer.Ordinal)
    {
        _defaultExtension = defaultExtension;
    }

    [SuppressMessage("Performance", "CA1854", Justification = "The base's getter is what the new one guards.")]
    public new ProjectState this[string name]
    {
        get
        {
            if (!TryGetValue(name, out ProjectState? project))
                Add(name, project = new ProjectState(name, $"/{name}/Test", _defaultExtension));
            return project;
        }
    }
}
