using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Documentation;

/// <summary>The pages of the rules say what the code says.</summary>
[Collection(DocumentationTests.Name)]
public sealed partial class RulePageTests
{
    public static TheoryData<string> Rules => [.. RuleFacts.All.Select(rule => rule.Id)];

    [Fact]
    public void Every_rule_has_a_page_and_every_page_a_rule()
    {
        foreach (RuleFacts rule in RuleFacts.All.Where(rule => Generated.IsUpdating && !File.Exists(RulePage.PathOf(rule.Id))))
            Generated.Verify(RulePage.PathOf(rule.Id), RulePage.Begin(rule.Id, rule.Title));

        Assert.Equal(
            RuleFacts.All.Select(rule => rule.Id),
            Directory.GetFiles(RulePage.Folder, "BUF*.md").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Page_that_is_begun_has_every_heading_and_every_place()
    {
        string page = RulePage.Begin("BUF9999", "Title");

        Assert.All(RulePage.Headings, heading => Assert.Contains($"\n## {heading}\n", page, StringComparison.Ordinal));
        Assert.All(["table", "picture", "report", "options"], place => Assert.Contains($"<!-- {place}:begin -->\n<!-- {place}:end -->\n", page, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Page_has_the_title_and_the_sections_of_every_page(string id)
    {
        RulePage page = RulePage.Read(id);

        Assert.Equal($"# {id}: {RuleFacts.Of(id).Title}", page.Title);
        Assert.Equal(RulePage.Headings, page.Found);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Table_is_that_of_the_descriptors(string id)
    {
        RuleFacts rule = RuleFacts.Of(id);
        string severity = string.Concat([rule.Severity, .. rule.OtherSeverities.Select(other => $" ({other} for some)")]);
        string fix = rule.Fixes.Count > 0 ? "yes" : "no";

        Generated.VerifyBetween(RulePage.PathOf(id), "table", $"""
            | ID | Category | Default severity | Code fix | Since |
            |---|---|---|---|---|
            | {id} | {rule.Category} | {severity} | {fix} | {rule.Since} |

            """.ReplaceLineEndings("\n"));
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public async Task Reports_of_the_violating_code_are_printed_as_the_compiler_does(string id)
    {
        IReadOnlyList<Diagnostic> reports = id == UnreadableContractPageTests.Id
            ? await UnreadableContractPageTests.ReportsAsync(UnreadableContractPageTests.Files(RulePage.Violating).First())
            : await SampleCode.ReportsAsync(RulePage.Read(id).Code(RulePage.Violating).First().Text);

        var printed = new StringBuilder("```text\n");
        foreach (Diagnostic report in reports)
            printed.Append(CultureInfo.InvariantCulture, $"line {SampleCode.LineOf(report)}: {report.Id}: {report.GetMessage(CultureInfo.InvariantCulture)}\n");

        Generated.VerifyBetween(RulePage.PathOf(id), "report", printed.Append("```\n").ToString());
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Options_are_those_that_the_code_reads(string id)
    {
        RuleFacts rule = RuleFacts.Of(id);
        // What is reported in no source file is reached by no section of an .editorconfig.
        var options = new StringBuilder(id == UnreadableContractPageTests.Id ? "```ini\n# in a .globalconfig\nis_global = true\n" : "```ini\n# in an .editorconfig\n[*.cs]\n");
        string severity = rule.Severity == "off" ? "warning" : rule.Severity == "warning" ? "error" : "warning";
        options.Append($"dotnet_diagnostic.{id}.severity = {severity}   # or none, silent, suggestion, warning, error; the default is {rule.Severity}\n");
        if (rule.ReportsPossible)
            options.Append($"buffer_lifetime.{id}.report_possible = false   # only what goes wrong on every path; the default is true\n");

        Generated.VerifyBetween(RulePage.PathOf(id), "options", options.Append("```\n").ToString());
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Help_link_of_every_descriptor_is_the_page(string id) =>
        Assert.All(
            RuleFacts.Of(id).Descriptors,
            descriptor => Assert.EndsWith($"/blob/main/docs/rules/{id}.md", descriptor.HelpLinkUri, StringComparison.Ordinal));

    [Fact]
    public void Index_lists_every_page()
    {
        var index = new StringBuilder();
        foreach (IGrouping<string, RuleFacts> category in RuleFacts.All.GroupBy(rule => rule.Category))
        {
            index.Append($"\n## {category.Key}\n\n| ID | Title | Default | Fix |\n|---|---|---|---|\n");
            foreach (RuleFacts rule in category)
                index.Append($"| [{rule.Id}]({rule.Id}.md) | {rule.Title} | {rule.Severity} | {(rule.Fixes.Count > 0 ? "yes" : "")} |\n");
        }

        Generated.VerifyBetween(Path.Combine(RulePage.Folder, "README.md"), "index", index.Append('\n').ToString());
    }

    [Fact]
    public void Links_lead_somewhere()
    {
        foreach (string file in Directory.GetFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories).Append(Repository.PathOf("README.md")))
        {
            foreach (Match link in Link().Matches(File.ReadAllText(file)))
            {
                string target = Path.Combine(Path.GetDirectoryName(file)!, link.Groups[1].Value);
                Assert.True(Path.Exists(target), $"{Path.GetRelativePath(Repository.Root, file)} links to {link.Groups[1].Value}, which is not there.");
            }
        }
    }

    [GeneratedRegex(@"\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)")]
    private static partial Regex Link();
}
