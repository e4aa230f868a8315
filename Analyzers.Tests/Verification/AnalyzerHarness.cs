using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>
/// Runs analyzers over any sources, broken ones too, and says what they report and what they throw, expecting nothing: for tests of
/// robustness, of silence and of determinism. No workspace: a compilation is made once, and can be run over again.
/// </summary>
public sealed class AnalyzerHarness
{
    private static readonly ConcurrentDictionary<ReferenceAssemblies, Lazy<CSharpCompilation>> Bound = new();

    private readonly ImmutableArray<DiagnosticAnalyzer> _analyzers;

    public AnalyzerHarness(params IEnumerable<DiagnosticAnalyzer> analyzers)
    {
        _analyzers = [.. analyzers];
    }

    public ReferenceAssemblies ReferenceAssemblies { get; init; } = ReferenceAssemblies.Default;

    public LanguageVersion LanguageVersion { get; init; } = LanguageVersion.Latest;

    /// <summary>Null for a library.</summary>
    public OutputKind? OutputKind { get; init; }

    /// <summary>The text of an <c>.editorconfig</c> at the root.</summary>
    public string AnalyzerConfig { get; init; } = "";

    public IReadOnlyList<(string Path, string Text)> AdditionalFiles { get; init; } = [];

    /// <summary>Turns on the rules that are off by default. A user starts without them, and so does the harness.</summary>
    public bool EnableAllRules { get; init; }

    public Task<AnalysisRun> RunAsync(params IEnumerable<string> sources) => RunAsync(Compile(sources));

    public Task<AnalysisRun> RunAsync(IEnumerable<(string Path, string Text)> files, CancellationToken cancel = default) =>
        RunAsync(Compile(files), cancel);

    public Task<AnalysisRun> RunAsync(Compilation compilation, CancellationToken cancel = default) =>
        AnalysisRun.CreateAsync(compilation, _analyzers, Options(), cancel);

    public CSharpCompilation Compile(params IEnumerable<string> sources) =>
        Compile(sources.Select((source, index) => ($"{AnalyzerTest.DefaultPrefix}{index}.cs", source)));

    public CSharpCompilation Compile(IEnumerable<(string Path, string Text)> files)
    {
        CSharpParseOptions parseOptions = SolutionSkeleton.ParseOptions(LanguageVersion);
        CSharpCompilationOptions options = SolutionSkeleton.CompilationOptions(OutputKind, Severities());
        return Bound.GetOrAdd(ReferenceAssemblies, references => new(() => Bind(references))).Value
            .WithOptions(options.WithSyntaxTreeOptionsProvider(Configuration().Severities))
            .AddSyntaxTrees(files.Select(file =>
                CSharpSyntaxTree.ParseText(SourceText.From(file.Text, Encoding.UTF8), parseOptions, file.Path)));
    }

    private static CSharpCompilation Bind(ReferenceAssemblies references)
    {
        CSharpCompilation compilation = CSharpCompilation.Create(
            AnalyzerTest.DefaultProjectName,
            references: references.References,
            options: SolutionSkeleton.CompilationOptions(null, ImmutableDictionary<string, ReportDiagnostic>.Empty));
        // Asking for a type binds the references; every fork then starts from there.
        _ = compilation.GetSpecialType(SpecialType.System_Object);
        return compilation;
    }

    private AnalyzerOptions Options() =>
        new([.. AdditionalFiles.Select(file => new InMemoryText(file.Path, file.Text))], Configuration());

    private InMemoryConfiguration Configuration() => new(AnalyzerConfig);

    private ImmutableDictionary<string, ReportDiagnostic> Severities() => EnableAllRules
        ? RuleSeverities.EnableOffByDefault(_analyzers.SelectMany(analyzer => analyzer.SupportedDiagnostics))
        : ImmutableDictionary<string, ReportDiagnostic>.Empty;
}
