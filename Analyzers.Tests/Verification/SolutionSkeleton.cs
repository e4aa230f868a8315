using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>
/// A solution with one empty project, compiled once for each set of references: every test forks it, and binds none of them again.
/// </summary>
internal sealed class SolutionSkeleton
{
    private static readonly AdhocWorkspace Workspace = new();
    private static readonly ConcurrentDictionary<ReferenceAssemblies, Lazy<Task<SolutionSkeleton>>> Skeletons = new();

    private readonly Solution _solution;
    private readonly ProjectId _primary;

    /// <summary>Held, because a solution holds its compilations weakly.</summary>
    private readonly Compilation? _compilation;

    private SolutionSkeleton(Solution solution, ProjectId primary, Compilation? compilation)
    {
        _solution = solution;
        _primary = primary;
        _compilation = compilation;
    }

    public static Task<SolutionSkeleton> ForAsync(ReferenceAssemblies references) =>
        Skeletons.GetOrAdd(references, key => new(() => CreateAsync(key))).Value;

    public static CSharpCompilationOptions CompilationOptions(
        OutputKind? outputKind,
        ImmutableDictionary<string, ReportDiagnostic> severities) =>
        new(
            outputKind ?? OutputKind.DynamicallyLinkedLibrary,
            allowUnsafe: true,
            nullableContextOptions: NullableContextOptions.Enable,
            specificDiagnosticOptions: severities);

    public static CSharpParseOptions ParseOptions(LanguageVersion version) => new(version, DocumentationMode.Parse);

    /// <summary>The project without anything in it.</summary>
    public Project Empty()
    {
        GC.KeepAlive(_compilation);
        return _solution.GetProject(_primary)!;
    }

    /// <summary>The skeleton with the projects of <paramref name="expected"/> in it, the primary one first.</summary>
    public Solution Fill(
        ExpectedSolution expected,
        ReferenceAssemblies references,
        CSharpParseOptions parseOptions,
        ImmutableDictionary<string, ReportDiagnostic> severities)
    {
        GC.KeepAlive(_compilation);
        Dictionary<string, ProjectId> ids = new() { [expected.Projects[0].Name] = _primary };
        Solution solution = _solution;
        foreach (ExpectedProject project in expected.Projects.Skip(1))
        {
            ids.Add(project.Name, ProjectId.CreateNewId(project.Name));
            solution = Add(solution, ids[project.Name], project.Name, project.State.ReferenceAssemblies ?? references);
        }

        foreach (ExpectedProject project in expected.Projects)
        {
            ProjectId id = ids[project.Name];
            solution = AddFiles(solution, id, project)
                .WithProjectParseOptions(id, parseOptions)
                .WithProjectCompilationOptions(id, CompilationOptions(project.State.OutputKind, severities))
                .AddProjectReferences(id, project.State.AdditionalProjectReferences.Select(name => new ProjectReference(ids[name])))
                .AddMetadataReferences(id, project.State.AdditionalReferences);
        }

        return solution;
    }

    private static async Task<SolutionSkeleton> CreateAsync(ReferenceAssemblies references)
    {
        ProjectId primary = ProjectId.CreateNewId();
        Solution solution = Add(Workspace.CurrentSolution, primary, AnalyzerTest.DefaultProjectName, references)
            .WithProjectParseOptions(primary, ParseOptions(LanguageVersion.Latest))
            .WithProjectCompilationOptions(primary, CompilationOptions(null, ImmutableDictionary<string, ReportDiagnostic>.Empty));
        return new SolutionSkeleton(solution, primary, await solution.GetProject(primary)!.GetCompilationAsync());
    }

    private static Solution Add(Solution solution, ProjectId id, string name, ReferenceAssemblies references) =>
        solution.AddProject(id, name, name, LanguageNames.CSharp).AddMetadataReferences(id, references.References);

    private static Solution AddFiles(Solution solution, ProjectId project, ExpectedProject files)
    {
        foreach ((string path, SourceText text) in files.Sources)
            solution = solution.AddDocument(DocumentId.CreateNewId(project), Path.GetFileName(path), text, filePath: path);
        foreach ((string path, SourceText text) in files.AdditionalFiles)
            solution = solution.AddAdditionalDocument(DocumentId.CreateNewId(project), Path.GetFileName(path), text, filePath: path);
        foreach ((string path, SourceText text) in files.AnalyzerConfigFiles)
            solution = solution.AddAnalyzerConfigDocument(DocumentId.CreateNewId(project), Path.GetFileName(path), text, filePath: path);
        return solution;
    }
}
