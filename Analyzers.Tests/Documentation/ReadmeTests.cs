using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Documentation;

/// <summary>The README's table of rules is made from the descriptors, its command from the fixes, and the README of the packages from it.</summary>
[Collection(DocumentationTests.Name)]
public sealed partial class ReadmeTests
{
    private const string PackageReadme = "Package/README.md";

    /// <summary>What a user of the package reads; the rest is for those who have the repository.</summary>
    private static readonly string[] InGalleries = ["A report and its repair", "Use it", "Rules", "Licence"];

    [Fact]
    public void Rules_table_is_that_of_the_descriptors()
    {
        var table = new StringBuilder("| ID | Title | Default |\n|---|---|---|\n");
        foreach (RuleFacts rule in RuleFacts.All)
            table.Append($"| [{rule.Id}](docs/rules/{rule.Id}.md) | {rule.Title} | {rule.Severity} |\n");

        Generated.VerifyBetween(Repository.PathOf("README.md"), "rules", table.ToString());
    }

    [Fact]
    public void Command_that_repairs_names_every_rule_with_a_fix()
    {
        string[] ids = [.. RuleFacts.All.Where(rule => rule.Fixes.Count > 0).Select(rule => rule.Id)];
        string lines = string.Join(" \\\n    ", ids.Chunk(8).Select(some => string.Join(' ', some)));

        Generated.VerifyBetween(
            Repository.PathOf("README.md"), "repair", $"```\ndotnet format analyzers --severity warn --diagnostics \\\n    {lines}\n```\n");
    }

    [Fact]
    public void Packages_have_the_sections_for_users_without_pictures_and_with_links_that_lead_somewhere()
    {
        // Made of what is made here: written in this order, one run is enough.
        Rules_table_is_that_of_the_descriptors();
        Command_that_repairs_names_every_rule_with_a_fix();

        string[] sections = Repository.Read("README.md").Split("\n## ");
        string kept = string.Join("\n## ", sections.Where((section, i) => i == 0 || InGalleries.Contains(section.Split('\n')[0])));

        Generated.Verify(Repository.PathOf(PackageReadme), RelativeLink().Replace(Picture().Replace(kept, ""), $"]({Page("")}$1)"));
    }

    [Fact]
    public void Nothing_in_the_readme_of_the_packages_needs_the_repository_around_it()
    {
        string text = Repository.Read(PackageReadme);

        Assert.DoesNotContain("![", text, StringComparison.Ordinal);
        Assert.All(InGalleries, section => Assert.Contains($"\n## {section}\n", text, StringComparison.Ordinal));
        string[] links = [.. Link().Matches(text).Select(link => link.Groups[1].Value)];
        Assert.NotEmpty(links);
        Assert.All(links, link => Assert.StartsWith(Page(""), link, StringComparison.Ordinal));
        Assert.All(links, link => Assert.True(File.Exists(Repository.PathOf(link[Page("").Length..])), link));
        Assert.All(RuleFacts.All, rule => Assert.Contains(rule.Descriptor.HelpLinkUri, links));
    }

    /// <summary>Where a file of the repository is shown to somebody who does not have it.</summary>
    private static string Page(string file) =>
        XDocument.Load(Repository.PathOf("Directory.Build.props")).Descendants("PackageProjectUrl").Single().Value + "/blob/main/" + file;

    [GeneratedRegex("<!-- picture:begin -->.*?<!-- picture:end -->\n\n", RegexOptions.Singleline)]
    private static partial Regex Picture();

    [GeneratedRegex(@"\]\((?!https?:|#)([^)]+)\)")]
    private static partial Regex RelativeLink();

    [GeneratedRegex(@"\]\(([^)]+)\)")]
    private static partial Regex Link();
}
