using BufferLifetime.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Robustness;

/// <summary>The same sources say the same, whatever runs beside them.</summary>
public sealed class DeterminismTests
{
    private static readonly AnalyzerHarness Harness = new(new BufferLifetimeAnalyzer());

    [Fact]
    public async Task Twenty_concurrent_runs_report_the_same()
    {
        string[] sources = [.. Corpus.Sources.Select((source, index) => source
            .Replace("class C", $"class C{index}", StringComparison.Ordinal))];
        string[] reports = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(async () => (await Harness.RunAsync(sources)).Report)));

        Assert.NotEmpty(reports[0]);
        Assert.All(reports, report => Assert.Equal(reports[0], report));
    }

    [Fact]
    public async Task Twenty_concurrent_runs_over_what_other_tests_read_report_the_same()
    {
        foreach (IGrouping<string, TestedSource> together in TestedSources.All.Values.Where(static source => source.Prelude is not null).GroupBy(static source => source.Prelude!))
        {
            string[] sources = [.. together.Select(static (source, index) => TestedSource.WithOwnTypes(source.Text, index)), together.Key];
            string[] reports = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(async () => (await Harness.RunAsync(sources)).Report)));

            Assert.NotEmpty(reports[0]);
            Assert.All(reports, report => Assert.Equal(reports[0], report));
        }
    }

    [Fact]
    public async Task Runs_over_one_compilation_report_the_same()
    {
        CSharpCompilation compilation = Harness.Compile(Corpus.Sources[0], Corpus.Sample()[^1]);
        string[] reports = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(async () => (await Harness.RunAsync(compilation)).Report)));

        Assert.NotEmpty(reports[0]);
        Assert.All(reports, report => Assert.Equal(reports[0], report));
    }

    [Fact]
    public async Task Order_of_the_members_and_files_changes_nothing_but_the_places()
    {
        const string A = "class A { long M(BufferLifetime.IovIter iter) => iter.ExtractPages().Bytes; }";
        const string B = "class B { async System.Threading.Tasks.Task<long> M(BufferLifetime.IovIter iter) { await System.Threading.Tasks.Task.Yield(); return iter.Zero(1); } }";

        Assert.Equal(
            (await Harness.RunAsync([("/a.cs", A), ("/b.cs", B)])).Report,
            (await Harness.RunAsync([("/b.cs", B), ("/a.cs", A)])).Report);
    }
}
