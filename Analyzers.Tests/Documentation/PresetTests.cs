using System.Text;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Documentation;

/// <summary>
/// The presets of the packages are made from the descriptors. Where one can, it speaks of a category and not of a rule: what an <c>.editorconfig</c> says of
/// a category wins over that, and would not win over a rule.
/// </summary>
[Collection(DocumentationTests.Name)]
public sealed class PresetTests
{
    private static readonly string Folder = Repository.PathOf("Package", "build", "config");

    [Fact]
    public void None_switches_every_rule_off() =>
        Verify("None", "Every rule is off. A rule that an .editorconfig gives a severity is on all the same.", file =>
        {
            foreach (RuleFacts rule in RuleFacts.All)
                file.Append($"dotnet_diagnostic.{rule.Id}.severity = none\n");
        });

    [Fact]
    public void Minimum_leaves_warnings_that_hold_on_every_path() =>
        Verify("Minimum", "What goes wrong on every path, and nothing that is less than a warning.", file =>
        {
            file.Append("buffer_lifetime.report_possible = false\n");
            foreach (RuleFacts rule in RuleFacts.All.Where(rule => rule.Severity is "suggestion" or "silent"))
                file.Append($"dotnet_diagnostic.{rule.Id}.severity = none\n");
        });

    [Fact]
    public void Recommended_is_what_the_rules_say_of_themselves() =>
        Verify("Recommended", "The severities that the rules have by themselves.", file =>
        {
            foreach (RuleFacts rule in RuleFacts.All)
                file.Append($"# {rule.Id}: {string.Concat([rule.Severity, .. rule.OtherSeverities.Select(other => $", {other} for some")])}\n");
        });

    [Fact]
    public void Strict_makes_errors_of_warnings_and_warnings_of_suggestions() =>
        Verify("Strict", "Warnings are errors, suggestions are warnings. Rules that are off stay off.", file =>
        {
            foreach (IGrouping<string, RuleFacts> category in RuleFacts.All.GroupBy(rule => rule.Category))
                file.Append($"dotnet_analyzer_diagnostic.category-{category.Key}.severity = error\n");
            foreach (RuleFacts rule in RuleFacts.All.Where(rule => rule.Severity is "suggestion" or "silent"))
                file.Append($"dotnet_diagnostic.{rule.Id}.severity = warning\n");

            // What is reported in no source file belongs to none that a category is looked up for.
            file.Append($"dotnet_diagnostic.{UnreadableContractPageTests.Id}.severity = error\n");
        });

    [Fact]
    public void There_is_no_other_preset() =>
        Assert.Equal(
            ["BufferLifetime.Minimum.globalconfig", "BufferLifetime.None.globalconfig", "BufferLifetime.Recommended.globalconfig", "BufferLifetime.Strict.globalconfig"],
            Directory.GetFiles(Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));

    private static void Verify(string mode, string meaning, Action<StringBuilder> rules)
    {
        var file = new StringBuilder($"""
            # BufferLifetimeAnalysisMode = {mode}. {meaning}
            # Generated from the rules. What a project's own configuration says wins over every line here.
            is_global = true
            global_level = -100


            """.ReplaceLineEndings("\n"));
        rules(file);
        Generated.Verify(Path.Combine(Folder, $"BufferLifetime.{mode}.globalconfig"), file.ToString());
    }
}
