using System.Text;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Documentation;

/// <summary>The README's table of rules is made from the descriptors.</summary>
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
}
