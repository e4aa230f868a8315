using Microsoft.CodeAnalysis;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Documentation;

/// <summary>The page of the one rule that is not about code: its samples are contract files.</summary>
[Collection(DocumentationTests.Name)]
public sealed class UnreadableContractPageTests
{
    public const string Id = "BUF0001";

    [Fact]
    public async Task Lines_are_reported_where_the_page_says_so()
    {
        foreach (Sample sample in Files(RulePage.Violating))
        {
            IReadOnlyList<Diagnostic> reports = await ReportsAsync(sample);
            Assert.NotEmpty(reports);
            Assert.Equal(SampleCode.Marked(sample.Text).Order(), reports.Select(report => (SampleCode.LineOf(report), report.Id)).Order());
        }
    }

    [Theory]
    [InlineData(RulePage.Repaired)]
    [InlineData(RulePage.NearMisses)]
    public async Task Lines_that_can_be_read_are_silent(string heading)
    {
        Assert.NotEmpty(Files(heading));
        foreach (Sample sample in Files(heading))
            Assert.Empty(await ReportsAsync(sample));
    }

    internal static IEnumerable<Sample> Files(string heading) =>
        RulePage.Blocks(RulePage.Read(Id).Section(heading)).Where(sample => sample.Info == "contracts");

    internal static async Task<IReadOnlyList<Diagnostic>> ReportsAsync(Sample sample) =>
        await SampleCode.ReportsInAsync(
            "namespace Vendor { public static class Dma { public static void Map(byte[] bytes, int length) { } public static void Unmap(byte[] bytes) { } } }",
            ("BufferLifetime.contracts.txt", sample.Text));
}
