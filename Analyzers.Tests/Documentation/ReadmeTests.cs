using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.CodeAnalysis;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Documentation;

/// <summary>The README's table of rules is made from the descriptors.</summary>
public sealed class ReadmeTests
{
    private const string Begin = "<!-- rules:begin -->\n";
    private const string End = "<!-- rules:end -->";

    [Fact]
    public void Rules_table_is_that_of_the_descriptors()
    {
        string readme = File.ReadAllText(Path.Combine(Root(), "README.md"));
        int begin = readme.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        string table = readme[begin..readme.IndexOf(End, StringComparison.Ordinal)];

        // When this fails, the expected text is what belongs between the two markers.
        Assert.Equal(Table(), table);
    }

    private static string Table()
    {
        var table = new StringBuilder("| ID | Title | Default |\n|---|---|---|\n");
        foreach (DiagnosticDescriptor rule in new BufferLifetimeAnalyzer().SupportedDiagnostics.DistinctBy(rule => rule.Id).OrderBy(rule => rule.Id, StringComparer.Ordinal))
        {
            string severity = !rule.IsEnabledByDefault ? "off" : rule.DefaultSeverity switch
            {
                DiagnosticSeverity.Info => "suggestion",
                var other => other.ToString().ToLowerInvariant(),
            };
            table.Append("| ").Append(rule.Id).Append(" | ").Append(rule.Title).Append(" | ").Append(severity).Append(" |\n");
        }

        return table.ToString();
    }

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
}
