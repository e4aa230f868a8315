using System.Text.RegularExpressions;
using BufferLifetime.Analyzers.Protocols;
using BufferLifetime.Analyzers.Rules;
using BufferLifetime.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Documentation;

/// <summary>The guides beside the rule pages say what the code does.</summary>
[Collection(DocumentationTests.Name)]
public sealed partial class GuideTests
{
    public static TheoryData<string> Guides => [.. Directory.GetFiles(Repository.PathOf("docs"), "*.md").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Guides))]
    public async Task Samples_of_a_guide_compile_together_and_are_reported_where_they_say_so(string guide)
    {
        string[] samples = [.. RulePage.Blocks(Repository.Read("docs", guide)).Where(sample => sample.Info == "csharp").Select(sample => sample.Text)];
        string together = string.Join('\n', samples);

        IReadOnlyList<Diagnostic> reports = samples.Length == 0 ? [] : await SampleCode.ReportsAsync(together);

        Assert.Equal(SampleCode.Marked(together).Order(), reports.Select(report => (SampleCode.LineOf(report), report.Id)).Distinct().Order());
    }

    [Fact]
    public async Task Contract_file_of_the_guide_can_be_read()
    {
        foreach (Sample sample in RulePage.Blocks(Repository.Read("docs", "annotating.md")).Where(sample => sample.Info == "contracts"))
            Assert.Empty(await UnreadableContractPageTests.ReportsAsync(sample));
    }

    [Fact]
    public void Attributes_of_the_guide_are_those_that_are_read() =>
        Assert.Equal(
            AttributeContracts.Names.Select(name => name.Split('.')[^1].Replace("Attribute", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
            RowName().Matches(Repository.Read("docs", "annotating.md")).Select(row => row.Groups[1].Value).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("", true)]
    [InlineData("buffer_lifetime.report_possible = false", false)]
    [InlineData("buffer_lifetime.BUF1002.report_possible = false", false)]
    [InlineData("buffer_lifetime.report_possible = false\nbuffer_lifetime.BUF1002.report_possible = true", true)]
    [InlineData("dotnet_analyzer_diagnostic.category-BufferLifetime.Modes.severity = none", false)]
    [InlineData("dotnet_analyzer_diagnostic.category-BufferLifetime.Modes.severity = none\ndotnet_diagnostic.BUF1002.severity = warning", true)]
    public async Task Keys_of_the_configuration_guide_do_what_it_says(string keys, bool isReported)
    {
        var harness = new AnalyzerHarness(new BufferLifetimeAnalyzer()) { AnalyzerConfig = "root = true\n[*.cs]\n" + keys + "\n" };
        AnalysisRun run = await harness.RunAsync(SampleCode.File(RulePage.Read(RuleIds.NotReleased).Code(RulePage.Violating).First().Text), SampleCode.Prelude);

        Assert.Equal(isReported, run.Diagnostics.Any(report => report.Id == RuleIds.NotReleased));
    }

    [Fact]
    public void Keys_that_are_read_are_those_that_are_described()
    {
        string[] described = [.. Key().Matches(Repository.Read("docs", "configuration.md")).Select(key => key.Value.Split('.')[^1]).Distinct()];
        string[] read = [.. Directory.GetFiles(Repository.PathOf("Analyzers"), "Preferences*.cs").SelectMany(file => Constant().Matches(File.ReadAllText(file))).Select(constant => constant.Groups[1].Value)];

        Assert.NotEmpty(read);
        Assert.Equal(read.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Index_links_every_guide() =>
        Assert.All(Directory.GetFiles(Repository.PathOf("docs"), "*.md").Select(Path.GetFileName).Where(guide => guide != "README.md"), guide => Assert.Contains($"({guide})", Repository.Read("docs", "README.md"), StringComparison.Ordinal));

    [GeneratedRegex(@"^\| `\[(\w+)", RegexOptions.Multiline)]
    private static partial Regex RowName();

    [GeneratedRegex(@"buffer_lifetime\.[\w.]*\w")]
    private static partial Regex Key();

    // Keys are the constants of the class that reads them, apart from what all begin with.
    [GeneratedRegex("const string \\w+ = \"(\\w+)\";")]
    private static partial Regex Constant();
}
