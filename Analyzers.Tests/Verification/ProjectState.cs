using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>A project of a test: what it is compiled from.</summary>
public class ProjectState
{
    public ProjectState(string name, string defaultPrefix, string defaultExtension)
    {
        Name = name;
        DefaultPrefix = defaultPrefix;
        DefaultExtension = defaultExtension;
        Sources = new SourceFileList(defaultPrefix, defaultExtension);
        AdditionalFiles = new SourceFileList(defaultPrefix, defaultExtension);
        AnalyzerConfigFiles = new SourceFileList(defaultPrefix, defaultExtension);
    }

    public string Name { get; }

    public string AssemblyName => Name;

    public string DefaultPrefix { get; }

    public string DefaultExtension { get; }

    public SourceFileList Sources { get; }

    public SourceFileList AdditionalFiles { get; }

    public SourceFileList AnalyzerConfigFiles { get; }

    /// <summary>Names of the projects that this one refers to.</summary>
    public List<string> AdditionalProjectReferences { get; } = [];

    public List<MetadataReference> AdditionalReferences { get; } = [];

    /// <summary>Null for the test's own.</summary>
    public ReferenceAssemblies? ReferenceAssemblies { get; set; }

    /// <summary>Null for a library.</summary>
    public OutputKind? OutputKind { get; set; }

    private protected bool HasContent => Sources.Count + AdditionalFiles.Count + AnalyzerConfigFiles.Count > 0;

    /// <summary>Takes every part from <paramref name="other"/> that is not set here.</summary>
    internal void FillFrom(ProjectState other)
    {
        Fill(Sources, other.Sources);
        Fill(AdditionalFiles, other.AdditionalFiles);
        Fill(AnalyzerConfigFiles, other.AnalyzerConfigFiles);
        Fill(AdditionalProjectReferences, other.AdditionalProjectReferences);
        Fill(AdditionalReferences, other.AdditionalReferences);
        ReferenceAssemblies ??= other.ReferenceAssemblies;
        OutputKind ??= other.OutputKind;
    }

    internal ProjectState Copy()
    {
        ProjectState copy = new(Name, DefaultPrefix, DefaultExtension);
        copy.FillFrom(this);
        return copy;
    }

    private protected static void Fill<T>(List<T> mine, List<T> theirs)
    {
        if (mine.Count == 0)
            mine.AddRange(theirs);
    }

    /// <summary>Whether a file list set here differs from the other's; one that is not set is inherited, and does not.</summary>
    internal bool ChangesFrom(ProjectState other) =>
        Differ(Sources, other.Sources)
        || Differ(AdditionalFiles, other.AdditionalFiles)
        || Differ(AnalyzerConfigFiles, other.AnalyzerConfigFiles);

    private static bool Differ(SourceFileList mine, SourceFileList theirs) =>
        mine.Count > 0
        && !mine.Select(file => (file.filename, file.content.ToString()))
            .SequenceEqual(theirs.Select(file => (file.filename, file.content.ToString())));
}
