using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>What a set of analyzers says about one compilation, run concurrently as the compiler runs them.</summary>
public sealed class AnalysisRun
{
    private AnalysisRun(
        Compilation compilation,
        ImmutableArray<Diagnostic> localDiagnostics,
        ImmutableArray<Diagnostic> compilationDiagnostics,
        ImmutableArray<AnalyzerFailure> exceptions)
    {
        Compilation = compilation;
        LocalDiagnostics = localDiagnostics;
        CompilationDiagnostics = compilationDiagnostics;
        Exceptions = exceptions;
    }

    public Compilation Compilation { get; }

    /// <summary>Reported while one file was looked at: what an editor shows and offers fixes for.</summary>
    public ImmutableArray<Diagnostic> LocalDiagnostics { get; }

    /// <summary>Reported when the whole compilation had been seen.</summary>
    public ImmutableArray<Diagnostic> CompilationDiagnostics { get; }

    /// <summary>In the order of the sources.</summary>
    public ImmutableArray<Diagnostic> Diagnostics => [.. LocalDiagnostics.Concat(CompilationDiagnostics)
        .OrderBy(diagnostic => diagnostic.Location.GetLineSpan().Path, StringComparer.Ordinal)
        .ThenBy(diagnostic => diagnostic.Location.SourceSpan.Start)
        .ThenBy(diagnostic => diagnostic.Location.SourceSpan.End)
        .ThenBy(diagnostic => diagnostic.Id, StringComparer.Ordinal)];

    public ImmutableArray<AnalyzerFailure> Exceptions { get; }

    /// <summary>Every report with its places and message, a line each: equal for runs that say the same.</summary>
    public string Report => string.Join('\n', Diagnostics.Select(Describe));

    public static async Task<AnalysisRun> CreateAsync(
        Compilation compilation,
        ImmutableArray<DiagnosticAnalyzer> analyzers,
        AnalyzerOptions options,
        CancellationToken cancel = default)
    {
        if (analyzers.IsEmpty)
            return new AnalysisRun(compilation, [], [], []);

        ConcurrentQueue<AnalyzerFailure> failures = new();
        CompilationWithAnalyzersOptions runOptions = new(
            options,
            onAnalyzerException: (exception, analyzer, diagnostic) =>
                failures.Enqueue(new AnalyzerFailure(analyzer, diagnostic, exception)),
            concurrentAnalysis: true,
            logAnalyzerExecutionTime: false,
            reportSuppressedDiagnostics: false);
        AnalysisResult result = await new CompilationWithAnalyzers(compilation, analyzers, runOptions)
            .GetAnalysisResultAsync(cancel);

        IEnumerable<Diagnostic> local = result.SyntaxDiagnostics.Values.Concat(result.SemanticDiagnostics.Values)
            .SelectMany(byAnalyzer => byAnalyzer.Values)
            .Concat(result.AdditionalFileDiagnostics.Values.SelectMany(byAnalyzer => byAnalyzer.Values))
            .SelectMany(diagnostics => diagnostics);
        return new AnalysisRun(
            compilation,
            [.. local],
            [.. result.CompilationDiagnostics.Values.SelectMany(diagnostics => diagnostics)],
            [.. failures]);
    }

    private static string Describe(Diagnostic diagnostic)
    {
        string places = string.Join(", ", diagnostic.AdditionalLocations.Prepend(diagnostic.Location).Select(DiagnosticLocation.Describe));
        return $"{diagnostic.Id} {diagnostic.Severity} at {places}: {diagnostic.GetMessage(CultureInfo.InvariantCulture)}";
    }
}
