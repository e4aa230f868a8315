using System.Text;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Documentation;

/// <summary>The README's table of rules is made from the descriptors, and its command from the fixes.</summary>
[Collection(DocumentationTests.Name)]
public sealed class ReadmeTests
{
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
}
