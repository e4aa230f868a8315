using BufferLifetime.Analyzers.Tests.Verification;
using BufferLifetime.Analyzers.Tests.VerificationTests.Fakes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.VerificationTests;

public sealed class AnalyzerHarnessTests
{
    [Fact]
    public async Task Reports_come_in_the_order_of_the_sources()
    {
        AnalysisRun run = await new AnalyzerHarness(new TwoRulesAnalyzer()).RunAsync(
            "class C { int bad, badAndVeryLong; }", "class D { int bad; }");

        Assert.Equal(
            """
            FAKE001 Warning at /0/Test0.cs(1,15)-(1,18): 'bad' is a bad name
            FAKE001 Warning at /0/Test0.cs(1,20)-(1,34): 'badAndVeryLong' is a bad name
            FAKE002 Warning at /0/Test0.cs(1,20)-(1,34): 'badAndVeryLong' is a long name
            FAKE001 Warning at /0/Test1.cs(1,15)-(1,18): 'bad' is a bad name
            """,
            run.Report);
        Assert.Empty(run.Exceptions);
    }

    [Fact]
    public async Task Several_analyzers_run_together()
    {
        AnalysisRun run = await new AnalyzerHarness(new BadNameAnalyzer(), new CompilationEndAnalyzer()).RunAsync("class C { int bad; }");

        Assert.Equal(["FAKE001", "FAKE006"], run.Diagnostics.Select(diagnostic => diagnostic.Id));
        Assert.Equal("FAKE006", Assert.Single(run.CompilationDiagnostics).Id);
    }

    [Fact]
    public async Task Exceptions_are_returned()
    {
        AnalysisRun run = await new AnalyzerHarness(new ThrowingAnalyzer()).RunAsync("class C { int x; }");

        AnalyzerFailure failure = Assert.Single(run.Exceptions);
        Assert.IsType<ThrowingAnalyzer>(failure.Analyzer);
        Assert.IsType<InvalidOperationException>(failure.Exception);
    }

    [Fact]
    public async Task Broken_code_is_analyzed()
    {
        AnalysisRun run = await new AnalyzerHarness(new BadNameAnalyzer()).RunAsync("class C { Missing bad = ;");

        Assert.Single(run.Diagnostics);
        Assert.Empty(run.Exceptions);
    }

    [Fact]
    public async Task Compilation_is_run_over_again()
    {
        AnalyzerHarness harness = new(new BadNameAnalyzer());
        CSharpCompilation compilation = harness.Compile("class C { int bad; }");

        Assert.Equal((await harness.RunAsync(compilation)).Report, (await harness.RunAsync(compilation)).Report);
    }

    [Fact]
    public async Task Rule_that_is_off_by_default_is_off_until_the_configuration_turns_it_on()
    {
        const string Source = "class C { int bad; }";
        OffByDefaultAnalyzer analyzer = new();

        Assert.Empty((await new AnalyzerHarness(analyzer).RunAsync(Source)).Diagnostics);
        Assert.Single((await new AnalyzerHarness(analyzer) { EnableAllRules = true }.RunAsync(Source)).Diagnostics);
        AnalyzerHarness configured = new(analyzer) { AnalyzerConfig = "root = true\n[*.cs]\ndotnet_diagnostic.FAKE005.severity = error\n" };
        Assert.Equal(DiagnosticSeverity.Error, Assert.Single((await configured.RunAsync(Source)).Diagnostics).Severity);
    }

    [Fact]
    public async Task Configuration_and_additional_files_reach_the_analyzer()
    {
        AnalyzerHarness harness = new(new ConfiguredAnalyzer())
        {
            AnalyzerConfig = "root = true\n[*.cs]\nfake.bad_name = worse\n",
            AdditionalFiles = [("/BadNames.txt", "worst")],
        };

        AnalysisRun run = await harness.RunAsync("class C { int bad, worse, worst; }");

        Assert.Equal(2, run.Diagnostics.Length);
    }

    [Fact]
    public async Task Code_with_the_library_compiles()
    {
        CSharpCompilation compilation = new AnalyzerHarness().Compile(
            [("/src/C.cs", "unsafe class C { BufferLifetime.TransferDirection* x; }")]);

        Assert.DoesNotContain(compilation.GetDiagnostics(), diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        Assert.Empty((await new AnalyzerHarness().RunAsync(compilation)).Diagnostics);
    }
}
