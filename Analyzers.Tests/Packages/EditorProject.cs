using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using BufferLifetime.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.MSBuild;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Packages;

/// <summary>A user's project, opened as an editor opens it: what the project says of its analyzers, and nothing else, is loaded and asked.</summary>
internal sealed class EditorProject : IDisposable
{
    private readonly MSBuildWorkspace _workspace;
    private readonly ProjectId _project;
    private readonly ImmutableArray<DiagnosticAnalyzer> _analyzers;

    private EditorProject(MSBuildWorkspace workspace, Project project)
    {
        _workspace = workspace;
        _project = project.Id;
        AnalyzerPaths = [.. project.AnalyzerReferences.Select(reference => reference.FullPath!).Where(path => Path.GetFileName(path).StartsWith("BufferLifetime", StringComparison.Ordinal))];

        var context = new PackageLoadContext(AnalyzerPaths);
        Type[] types = [.. AnalyzerPaths.SelectMany(path => context.LoadFromAssemblyPath(path).GetTypes())];
        _analyzers = Create<DiagnosticAnalyzer, DiagnosticAnalyzerAttribute>(types);
        Providers = Create<CodeFixProvider, ExportCodeFixProviderAttribute>(types);
    }

    /// <summary>Our assemblies among those that the project has the compiler load.</summary>
    public ImmutableArray<string> AnalyzerPaths { get; }

    public ImmutableArray<CodeFixProvider> Providers { get; }

    public Solution Solution => _workspace.CurrentSolution;

    public static async Task<EditorProject> OpenAsync(string path)
    {
        var workspace = MSBuildWorkspace.Create();
        Project project = await workspace.OpenProjectAsync(path);
        Assert.DoesNotContain(workspace.Diagnostics, diagnostic => diagnostic.Kind == WorkspaceDiagnosticKind.Failure);
        return new EditorProject(workspace, project);
    }

    /// <summary>What is reported for a state of the project that compiles, from a suggestion on: an editor shows no less.</summary>
    public async Task<ImmutableArray<AnalyzedDiagnostic>> AnalyzeAsync(Solution solution)
    {
        Project project = solution.GetProject(_project)!;
        Compilation compilation = (await project.GetCompilationAsync())!;
        Assert.Empty(CompilerRun.Emit(compilation, CompilerDiagnostics.Warnings, default).Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning));

        AnalysisRun run = await AnalysisRun.CreateAsync(compilation, _analyzers, project.AnalyzerOptions);
        Assert.Empty(run.Exceptions);
        return
        [
            .. run.Diagnostics.Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Info)
                .Select(diagnostic => new AnalyzedDiagnostic(_project, diagnostic, !run.CompilationDiagnostics.Contains(diagnostic))),
        ];
    }

    /// <summary>Every action that is offered at some diagnostics, as a light bulb lists them.</summary>
    public async Task<List<RegisteredFix>> ActionsAsync(Solution solution, ImmutableArray<AnalyzedDiagnostic> diagnostics)
    {
        List<RegisteredFix> all = [];
        foreach (AnalyzedDiagnostic diagnostic in diagnostics.Where(diagnostic => diagnostic.IsLocal))
            all.AddRange(await RegisteredFix.FindAsync(solution, diagnostic, Providers, default));
        return all;
    }

    /// <summary>Writes a state of the project to its files.</summary>
    public void Save(Solution solution) => Assert.True(_workspace.TryApplyChanges(solution));

    public void Dispose() => _workspace.Dispose();

    private static ImmutableArray<T> Create<T, TAttribute>(IEnumerable<Type> types) where T : class where TAttribute : Attribute =>
        [.. types.Where(type => type.GetCustomAttribute<TAttribute>() is not null && !type.IsAbstract).Select(type => (T)Activator.CreateInstance(type)!)];

    /// <summary>Takes our assemblies from the package, where the tests have some of the same names, and all others from the host.</summary>
    private sealed class PackageLoadContext(ImmutableArray<string> paths) : AssemblyLoadContext("BufferLifetime package")
    {
        protected override Assembly? Load(AssemblyName assemblyName) =>
            paths.FirstOrDefault(path => Path.GetFileNameWithoutExtension(path) == assemblyName.Name) is { } path ? LoadFromAssemblyPath(path) : null;
    }
}
