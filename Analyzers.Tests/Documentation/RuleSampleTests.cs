using System.Globalization;
using System.Text.RegularExpressions;
using BufferLifetime.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Documentation;

/// <summary>Every sample of the pages compiles, and is reported, silent or repaired as the page says.</summary>
[Collection(DocumentationTests.Name)]
public sealed partial class RuleSampleTests
{
    public static TheoryData<string> Rules => [.. RuleFacts.All.Select(rule => rule.Id).Where(id => id != UnreadableContractPageTests.Id)];

    public static TheoryData<string> RulesWithFix => [.. RuleFacts.All.Where(rule => rule.Fixes.Count > 0).Select(rule => rule.Id)];

    [Theory]
    [MemberData(nameof(Rules))]
    public async Task Violating_code_is_reported_where_it_says_so(string id)
    {
        Sample[] samples = [.. RulePage.Read(id).Code(RulePage.Violating)];

        Assert.NotEmpty(samples);
        foreach (Sample sample in samples)
        {
            IReadOnlyList<Diagnostic> reports = await SampleCode.ReportsAsync(sample.Text);
            Assert.Contains(id, SampleCode.Marked(sample.Text).Select(mark => mark.Id));
            Assert.Equal(SampleCode.Marked(sample.Text).Order(), reports.Select(report => (SampleCode.LineOf(report), report.Id)).Distinct().Order());
        }
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public async Task Repaired_code_and_near_misses_are_silent(string id)
    {
        RulePage page = RulePage.Read(id);

        foreach (string heading in new[] { RulePage.Repaired, RulePage.NearMisses })
        {
            Assert.NotEmpty(page.Code(heading));
            foreach (Sample sample in page.Code(heading))
                Assert.Empty(await SampleCode.ReportsAsync(sample.Text));
        }
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public async Task Suppression_is_justified_and_suppresses_what_would_be_reported(string id)
    {
        Sample[] samples = [.. RulePage.Read(id).Code(RulePage.Suppressing)];

        Assert.NotEmpty(samples);
        foreach (Sample sample in samples)
        {
            Assert.Matches($@"SuppressMessage\(""[^""]+"", ""{id}[^""]*"", Justification = ""[^""]+""\)|#pragma warning disable {id} // \S", sample.Text);
            Assert.Empty(await SampleCode.ReportsAsync(sample.Text));
            Assert.Contains(id, (await SampleCode.ReportsAsync(Suppression().Replace(sample.Text, ""))).Select(report => report.Id));
        }
    }

    [Theory]
    [MemberData(nameof(RulesWithFix))]
    public async Task Fix_makes_the_repaired_code_of_the_violating(string id)
    {
        RulePage page = RulePage.Read(id);
        Sample[] repaired = [.. page.Code(RulePage.Repaired).Where(sample => sample.Info.Contains(" fix ", StringComparison.Ordinal))];

        Assert.NotEmpty(repaired);
        foreach (Sample sample in repaired)
        {
            // The words after the language are the action's key and, where it is not the first, which of the violating samples is repaired.
            string[] words = sample.Info.Split(' ');
            int which = words.Length > 3 ? int.Parse(words[3], CultureInfo.InvariantCulture) : 1;
            string violating = SampleCode.Unmarked(page.Code(RulePage.Violating).ElementAt(which - 1).Text);
            var test = new PageFixTest(RuleFacts.Of(id).Fixes)
            {
                TestState = { Sources = { Member(violating), SampleCode.Prelude } },
                FixedState = { Sources = { Member(sample.Text), SampleCode.Prelude } },
                CodeActionEquivalenceKey = words[2],
                TestBehaviors = TestBehaviors.SkipGeneratedCodeCheck | TestBehaviors.SkipSuppressionCheck,
            };
            foreach (Diagnostic report in await SampleCode.ReportsInAsync(Member(violating)))
            {
                test.TestState.ExpectedDiagnostics.Add(
                    new DiagnosticResult(report.Id, report.Severity).WithSpan(new FileLinePositionSpan("", report.Location.GetLineSpan().Span))
                        .WithOptions(DiagnosticOptions.IgnoreAdditionalLocations));
            }

            await test.RunAsync();
        }
    }

    private static string Member(string sample) =>
        $"internal sealed partial class C\n{{\n    {sample.Replace("\n", "\n    ", StringComparison.Ordinal).Replace("\n    \n", "\n\n", StringComparison.Ordinal)}\n}}\n";

    [GeneratedRegex(@"^[ \t]*(#pragma|\[SuppressMessage).*$", RegexOptions.Multiline)]
    private static partial Regex Suppression();

    private sealed class PageFixTest(IEnumerable<CodeFixProvider> fixes) : CodeFixTest
    {
        protected override IEnumerable<DiagnosticAnalyzer> GetDiagnosticAnalyzers() => [new BufferLifetimeAnalyzer()];

        protected override IEnumerable<CodeFixProvider> GetCodeFixProviders() => fixes;
    }
}
