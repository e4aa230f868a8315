using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using BufferLifetime.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace BufferLifetime.CodeFixes.Repairs;

/// <summary>Whether the rules report less of a document that was changed, and nothing else than before.</summary>
internal static class AnalyzerCheck
{
    /// <summary>What is reported of a document; repairs of the same document are compared with the same reports.</summary>
    private static readonly ConditionalWeakTable<Compilation, Reports> Known = new();

    /// <summary>What follows an ID under which only its certain reports are counted.</summary>
    private const string IsCertain = ":certain";

    /// <summary>All rules look, whatever the project has switched off: what is not shown is wrong all the same.</summary>
    private static readonly ImmutableDictionary<string, ReportDiagnostic> Severities =
        new BufferLifetimeAnalyzer().SupportedDiagnostics.GroupBy(rule => rule.Id).ToImmutableDictionary(rules => rules.Key, static _ => ReportDiagnostic.Warn);

    public static async Task<bool> IsPassedAsync(string id, Document before, Document changed, CancellationToken cancellationToken)
    {
        ImmutableDictionary<string, int> known = await ReportsAsync(before, cancellationToken).ConfigureAwait(false);
        ImmutableDictionary<string, int> left = await ReportsAsync(changed, cancellationToken).ConfigureAwait(false);
        return Of(id, left) < Of(id, known) && left.All(found => found.Key.EndsWith(IsCertain, StringComparison.Ordinal) || found.Value <= Of(found.Key, known));
    }

    /// <summary>Whether more is certain in a probe than in the document that it was made of.</summary>
    public static async Task<bool> IsMoreCertainAsync(string id, Document before, Document probe, CancellationToken cancellationToken)
    {
        ImmutableDictionary<string, int> known = await ReportsAsync(before, cancellationToken).ConfigureAwait(false);
        ImmutableDictionary<string, int> found = await ReportsAsync(probe, cancellationToken).ConfigureAwait(false);
        return Of(id + IsCertain, found) > Of(id + IsCertain, known);
    }

    private static int Of(string id, ImmutableDictionary<string, int> counts) => counts.TryGetValue(id, out int count) ? count : 0;

    private static async Task<ImmutableDictionary<string, int>> ReportsAsync(Document document, CancellationToken cancellationToken)
    {
        if (await document.Project.GetCompilationAsync(cancellationToken).ConfigureAwait(false) is not { } compilation
            || await document.GetSyntaxTreeAsync(cancellationToken).ConfigureAwait(false) is not { } tree)
        {
            return ImmutableDictionary<string, int>.Empty;
        }

        if (!Known.TryGetValue(compilation, out Reports? reports) || reports.Tree != tree)
        {
            reports = new Reports(tree, await CountAsync(compilation, tree, document.Project.AnalyzerOptions, cancellationToken).ConfigureAwait(false));
            Known.Remove(compilation);
            _ = Known.GetValue(compilation, _ => reports);
        }

        return reports.Counts;
    }

    private static async Task<ImmutableDictionary<string, int>> CountAsync(
        Compilation compilation, SyntaxTree tree, AnalyzerOptions options, CancellationToken cancellationToken)
    {
        Compilation strict = compilation.WithOptions(compilation.Options
            .WithSyntaxTreeOptionsProvider(null)
            .WithGeneralDiagnosticOption(ReportDiagnostic.Default)
            .WithSpecificDiagnosticOptions(Severities));
        CompilationWithAnalyzers run = strict.WithAnalyzers(
            ImmutableArray.Create<DiagnosticAnalyzer>(new BufferLifetimeAnalyzer()),
            new CompilationWithAnalyzersOptions(
                new AnalyzerOptions(options.AdditionalFiles),
                onAnalyzerException: null,
                concurrentAnalysis: false,
                logAnalyzerExecutionTime: false,
                reportSuppressedDiagnostics: true));
        ImmutableArray<Diagnostic> found = await run
            .GetAnalyzerSemanticDiagnosticsAsync(strict.GetSemanticModel(tree), filterSpan: null, cancellationToken).ConfigureAwait(false);
        return found.Select(static diagnostic => diagnostic.Id)
            .Concat(found.Where(Report.IsCertainly).Select(static diagnostic => diagnostic.Id + IsCertain))
            .GroupBy(static id => id)
            .ToImmutableDictionary(static same => same.Key, static same => same.Count());
    }

    private sealed class Reports(SyntaxTree tree, ImmutableDictionary<string, int> counts)
    {
        public SyntaxTree Tree { get; } = tree;

        public ImmutableDictionary<string, int> Counts { get; } = counts;
    }
}
