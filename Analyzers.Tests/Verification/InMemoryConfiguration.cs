using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>An <c>.editorconfig</c> that is not on disk: its keys for the analyzers, its severities for the compilation.</summary>
internal sealed class InMemoryConfiguration : AnalyzerConfigOptionsProvider
{
    private readonly AnalyzerConfigSet _set;

    public InMemoryConfiguration(string text)
    {
        _set = AnalyzerConfigSet.Create<ImmutableArray<AnalyzerConfig>>([AnalyzerConfig.Parse(text, "/.editorconfig")]);
        Severities = new TreeSeverities(_set);
    }

    public override AnalyzerConfigOptions GlobalOptions => new Values(_set.GlobalConfigOptions.AnalyzerOptions);

    public SyntaxTreeOptionsProvider Severities { get; }

    public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => Options(tree.FilePath);

    public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => Options(textFile.Path);

    private Values Options(string path) => new(_set.GetOptionsForSourcePath(path).AnalyzerOptions);

    private sealed class Values : AnalyzerConfigOptions
    {
        private readonly ImmutableDictionary<string, string> _values;

        public Values(ImmutableDictionary<string, string> values)
        {
            _values = values;
        }

        public override IEnumerable<string> Keys => _values.Keys;

        public override bool TryGetValue(string key, [NotNullWhen(true)] out string? value) => _values.TryGetValue(key, out value);
    }

    private sealed class TreeSeverities : SyntaxTreeOptionsProvider
    {
        private readonly AnalyzerConfigSet _set;

        public TreeSeverities(AnalyzerConfigSet set)
        {
            _set = set;
        }

        public override GeneratedKind IsGenerated(SyntaxTree tree, CancellationToken cancel) => GeneratedKind.Unknown;

        public override bool TryGetDiagnosticValue(
            SyntaxTree tree,
            string diagnosticId,
            CancellationToken cancel,
            out ReportDiagnostic severity) =>
            _set.GetOptionsForSourcePath(tree.FilePath).TreeOptions.TryGetValue(diagnosticId, out severity);

        public override bool TryGetGlobalDiagnosticValue(string diagnosticId, CancellationToken cancel, out ReportDiagnostic severity) =>
            _set.GlobalConfigOptions.TreeOptions.TryGetValue(diagnosticId, out severity);
    }
}
