using System.Reflection;
using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Rules;
using Microsoft.CodeAnalysis;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Rules;

/// <summary>A rule is made when something that it reads is met: one that forgets to say what it reads would be silent for ever.</summary>
public sealed class RuleCatalogueTests
{
    public static TheoryData<string> Names => [.. Enumerable.Range(0, RuleCatalogue.Count).Select(static rule => RuleCatalogue.Create(rule).GetType().FullName!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Rule_says_what_it_reads(string name)
    {
        Rule rule = Enumerable.Range(0, RuleCatalogue.Count).Select(RuleCatalogue.Create).First(rule => rule.GetType().FullName == name);

        Assert.Equal(Overrides(rule, nameof(Rule.OnFact)), rule.Reads.Length > 0);
        Assert.True(rule.Reads.Length > 0 || rule.ReadsEveryExit);
        Assert.True(!rule.ReadsEveryExit || Overrides(rule, nameof(Rule.OnExit)));
    }

    [Xunit.Fact]
    public void Rules_are_shown_the_kinds_of_facts_that_they_read()
    {
        foreach (FactKind kind in Enum.GetValues<FactKind>())
        {
            Assert.Equal(Enumerable.Range(0, RuleCatalogue.Count).Where(rule => RuleCatalogue.Create(rule).Reads.Contains(kind)), RuleCatalogue.ReadersOf(kind));
        }
    }

    [Xunit.Fact]
    public void Reports_of_one_rule_are_on_together_and_share_a_title_a_category_and_a_page()
    {
        foreach (IGrouping<string, DiagnosticDescriptor> rule in new BufferLifetimeAnalyzer().SupportedDiagnostics.GroupBy(static descriptor => descriptor.Id))
        {
            Assert.Single(rule.Select(static descriptor => (descriptor.IsEnabledByDefault, descriptor.Title, descriptor.Category, descriptor.HelpLinkUri)).Distinct());
        }
    }

    private static bool Overrides(Rule rule, string method) =>
        rule.GetType().GetMethod(method, BindingFlags.Public | BindingFlags.Instance)!.DeclaringType != typeof(Rule);
}
