using System.Text.RegularExpressions;
using BufferLifetime.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Documentation;

/// <summary>
/// Runs the compiler and every rule over the samples of the pages, which are members of a class beside what
/// <c>docs/rules/Prelude.cs</c> declares. A comment at the end of a line, <c>// BUF1001</c>, says what is reported there.
/// </summary>
internal static partial class SampleCode
{
    public static readonly string Prelude = Repository.Read("docs", "rules", "Prelude.cs");

    /// <summary>The sample as a file, in which its lines keep their numbers.</summary>
    public static string File(string sample) => "internal sealed partial class C { " + sample + "\n}\n";

    /// <summary>The lines of a sample on which it says that something is reported, from 1 on, with the IDs.</summary>
    public static IEnumerable<(int Line, string Id)> Marked(string sample) =>
        sample.Split('\n').SelectMany((line, index) =>
            Mark().Match(line) is { Success: true } mark ? IdPattern().Matches(mark.Value).Select(id => (index + 1, id.Value)) : []);

    /// <summary>The sample without its marks.</summary>
    public static string Unmarked(string sample) => string.Join('\n', sample.Split('\n').Select(line => Mark().Replace(line, "")));

    /// <summary>What is reported in a sample that has to compile.</summary>
    public static Task<IReadOnlyList<Diagnostic>> ReportsAsync(string sample) => ReportsInAsync(File(sample));

    public static async Task<IReadOnlyList<Diagnostic>> ReportsInAsync(string file, params (string Path, string Text)[] additionalFiles)
    {
        var harness = new AnalyzerHarness(new BufferLifetimeAnalyzer()) { EnableAllRules = true, AdditionalFiles = additionalFiles };
        CSharpCompilation compilation = harness.Compile(file, Prelude);
        Assert.Empty(compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        AnalysisRun run = await harness.RunAsync(compilation);
        Assert.Empty(run.Exceptions);
        return run.Diagnostics;
    }

    public static int LineOf(Diagnostic diagnostic) => diagnostic.Location.GetLineSpan().StartLinePosition.Line + 1;

    [GeneratedRegex(@"\s*(//|#) BUF\d{4}(, BUF\d{4})*$")]
    private static partial Regex Mark();

    [GeneratedRegex(@"BUF\d{4}")]
    private static partial Regex IdPattern();
}
