using BufferLifetime.Analyzers.Rules;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace BufferLifetime.Analyzers;

/// <summary>What the user has set in an <c>.editorconfig</c>, beyond the severities that the compiler looks after.</summary>
internal static class Preferences
{
    private const string Prefix = "buffer_lifetime.";
    private const string ReportPossible = "report_possible";

    /// <summary>Whether the user has given a rule that is off by default a severity, for the project or for the file.</summary>
    public static bool TurnsOn(string rule, SyntaxTree tree, CompilationOptions options, CancellationToken cancellation) =>
        (options.SpecificDiagnosticOptions.TryGetValue(rule, out ReportDiagnostic severity)
            || (options.SyntaxTreeOptionsProvider is { } provider
                && (provider.TryGetDiagnosticValue(tree, rule, cancellation, out severity) || provider.TryGetGlobalDiagnosticValue(rule, cancellation, out severity))))
        && severity is not (ReportDiagnostic.Suppress or ReportDiagnostic.Default);

    /// <summary>
    /// Whether a report is wanted: a possible one is not where <c>buffer_lifetime.report_possible</c>, or the same for the one rule
    /// (<c>buffer_lifetime.BUF1002.report_possible</c>), is false.
    /// </summary>
    public static bool Want(Diagnostic diagnostic, AnalyzerConfigOptionsProvider provider)
    {
        if (diagnostic.Location.SourceTree is not { } tree
            || !diagnostic.Properties.TryGetValue(DiagnosticProperties.Confidence, out string? confidence) || confidence != "possible")
        {
            return true;
        }

        AnalyzerConfigOptions options = provider.GetOptions(tree);
        string ofRule = Prefix + diagnostic.Id.ToLowerInvariant() + "." + ReportPossible;
        return !(options.TryGetValue(ofRule, out string? value) || options.TryGetValue(Prefix + ReportPossible, out value))
            || !value.Trim().Equals("false", StringComparison.OrdinalIgnoreCase);
    }
}
