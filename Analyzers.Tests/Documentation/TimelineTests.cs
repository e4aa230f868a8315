using System.Xml.Linq;
using BufferLifetime.Analyzers.Tests.Documentation.Timelines;
using BufferLifetime.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Documentation;

/// <summary>The picture of a page is what the engine finds on the path to the report in the page's own violating code.</summary>
[Collection(DocumentationTests.Name)]
public sealed class TimelineTests
{
    public static TheoryData<string> Rules => [.. RuleFacts.All.Select(rule => rule.Id).Where(id => id != UnreadableContractPageTests.Id)];

    [Theory]
    [MemberData(nameof(Rules))]
    public async Task Picture_is_that_of_the_violating_code(string id)
    {
        Timeline timeline = await OfPageAsync(id);

        Generated.Verify(Path.Combine(RulePage.Folder, "images", id + ".svg"), TimelineDrawing.Draw(timeline, RuleFacts.Of(id).Title));
        Generated.VerifyBetween(RulePage.PathOf(id), "picture", $"![{Alternative(timeline)}](images/{id}.svg)\n");
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public async Task Picture_shows_the_report_and_more_than_it(string id)
    {
        Timeline timeline = await OfPageAsync(id);

        Assert.Single(timeline.Rows, row => row.Kind == RowKind.Report);
        Assert.Contains(timeline.Rows, row => row.Kind == RowKind.Hazard);
        Assert.Contains(timeline.Rows, row => row.Kind == RowKind.Event);
        Assert.NotEmpty(timeline.Lanes);
        Assert.All(timeline.Rows.Skip(1).Where(row => row.Kind == RowKind.Report), row => Assert.Contains(row.States, state => state is not null));
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Picture_can_be_read_out_fits_and_follows_the_readers_colours(string id)
    {
        string path = Path.Combine(RulePage.Folder, "images", id + ".svg");
        Generated.Exists(path);
        XElement svg = XDocument.Load(path).Root!;
        XNamespace space = svg.Name.Namespace;

        Assert.Equal("img", svg.Attribute("role")!.Value);
        Assert.StartsWith(id, svg.Element(space + "title")!.Value, StringComparison.Ordinal);
        Assert.NotEmpty(svg.Element(space + "desc")!.Value);
        Assert.Contains("prefers-color-scheme:dark", svg.Element(space + "style")!.Value, StringComparison.Ordinal);
        int width = (int)svg.Attribute("width")!;
        Assert.All(svg.Elements(space + "text"), text => Assert.True((int)text.Attribute("x")! + (text.Value.Length * 5) < width, text.Value));
    }

    [Fact]
    public async Task Readme_opens_with_the_picture_of_an_iterator_that_outlives_its_call()
    {
        const string Shown = "BUF1201";
        string readme = Repository.Read("README.md");

        Assert.InRange(readme.IndexOf("<!-- picture:begin -->", StringComparison.Ordinal), 0, readme.IndexOf("\n## ", StringComparison.Ordinal));
        Generated.VerifyBetween(Repository.PathOf("README.md"), "picture", $"[![{Alternative(await OfPageAsync(Shown))}](docs/rules/images/{Shown}.svg)](docs/rules/{Shown}.md)\n");
    }

    [Fact]
    public void No_picture_is_of_a_rule_that_is_gone() =>
        Assert.Equal(
            RuleFacts.All.Select(rule => rule.Id).Where(id => id != UnreadableContractPageTests.Id),
            Directory.GetFiles(Path.Combine(RulePage.Folder, "images")).Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal));

    private static string Alternative(Timeline timeline) =>
        "Timeline: " + string.Join("; ", timeline.Rows.Select(row => row.Line is { } line ? $"line {line} {row.Caption}" : row.Caption)).Replace("]", "", StringComparison.Ordinal).Replace("[", "", StringComparison.Ordinal);

    private static async Task<Timeline> OfPageAsync(string id)
    {
        string sample = RulePage.Read(id).Code(RulePage.Violating).First().Text;
        var harness = new AnalyzerHarness(new BufferLifetimeAnalyzer()) { EnableAllRules = true };
        CSharpCompilation compilation = harness.Compile(SampleCode.File(sample), SampleCode.Prelude);
        AnalysisRun run = await harness.RunAsync(compilation);
        Diagnostic? report = run.Diagnostics.FirstOrDefault(report => report.Id == id);
        Assert.True(report is not null, $"{id} reports nothing in the first piece under '{RulePage.Violating}' of its page, of which the picture is made.");
        return Timeline.Of(run.Compilation, report, sample);
    }
}
