using System.Text;
using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Rules;
using BufferLifetime.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Engine;

/// <summary>Past its bounds the engine tells less apart, but still looks at the whole body.</summary>
public sealed class BoundTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(10)]
    public async Task Certain_leak_is_reported_however_many_ways_there_are(int flags)
    {
        StringBuilder source = new("long M(IovIter iter");
        for (int i = 0; i < flags; i++)
            source.Append($", bool f{i}");
        source.Append(")\n{\nPageLease lost = iter.ExtractPages();\n");
        for (int i = 0; i < flags; i++)
            source.Append($"PageLease? l{i} = null; if (f{i}) l{i} = iter.ExtractPages();\n");
        source.Append("long bytes = lost.Bytes;\n");
        for (int i = 0; i < flags; i++)
            source.Append($"if (f{i}) l{i}!.Dispose();\n");
        source.Append("return bytes;\n}");

        Diagnostic leak = Assert.Single(await ReportsAsync(source.ToString()), diagnostic => diagnostic.Properties[DiagnosticProperties.Confidence] == "certain");

        Assert.Equal("BUF1002", leak.Id);
        Assert.Contains("'lost'", leak.GetMessage(null), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Correlated_flags_within_the_bound_are_silent()
    {
        Assert.Empty(await ReportsAsync("""
            void M(IovIter iter, bool a, bool b, bool c)
            {
                PageLease? x = null, y = null, z = null;
                if (a) x = iter.ExtractPages();
                if (b) y = iter.ExtractPages();
                if (c) z = iter.ExtractPages();
                Environment.Exit(0);
                if (a) x!.Dispose();
                if (b) y!.Dispose();
                if (c) z!.Dispose();
            }
            """));
    }

    [Fact]
    public async Task Correlated_flags_past_the_bound_are_given_the_benefit_of_the_doubt()
    {
        StringBuilder source = new("void M(IovIter iter");
        for (int i = 0; i < 8; i++)
            source.Append($", bool f{i}");
        source.Append(")\n{\n");
        for (int i = 0; i < 8; i++)
            source.Append($"PageLease? l{i} = null; if (f{i}) l{i} = iter.ExtractPages();\n");
        for (int i = 0; i < 8; i++)
            source.Append($"if (f{i}) l{i}!.Dispose();\n");
        source.Append('}');

        Assert.Empty(await ReportsAsync(source.ToString()));
    }

    [Theory]
    [InlineData("a certain mismatch", "IovIter i = IovIter.Ubuf(new byte[1], TransferDirection.Destination); var p = new PageFragment[1]; Span<PageFragment> s = stackalloc PageFragment[4]; i.ExtractPages(s, 1); PageFragments.Put(s);", "BUF1001")]
    [InlineData("a certain leak", "iter.ExtractPages();", "BUF1002")]
    public async Task Certain_reports_after_the_bound_was_passed_are_there(string what, string code, string id)
    {
        StringBuilder source = new("void M(IovIter iter");
        for (int i = 0; i < 8; i++)
            source.Append($", bool f{i}");
        source.Append(")\n{\n");
        for (int i = 0; i < 8; i++)
            source.Append($"PageLease? l{i} = null; if (f{i}) l{i} = iter.ExtractPages();\n");
        source.Append(code);
        for (int i = 0; i < 8; i++)
            source.Append($"l{i}?.Dispose();\n");
        source.Append('}');

        Assert.True((await ReportsAsync(source.ToString())).Any(diagnostic => diagnostic.Id == id), what);
    }

    [Theory]
    [InlineData("BUF1002", "PageLease x = iter.ExtractPages();", "Use(x.Bytes);", "Use(x.Bytes); x.Dispose();")]
    [InlineData("BUF1002", "PageLease x = iter.ExtractPages(); Use(x.Bytes);", "if (f0) return;", "if (f0) { x.Dispose(); return; } x.Dispose();")]
    [InlineData("BUF1002", "PageLease x = iter.ExtractPages();", "PageLease y = iter.ExtractPages(); if (f0) return; y.Dispose(); x.Dispose();", "PageLease y = iter.ExtractPages(); y.Dispose(); x.Dispose();")]
    [InlineData("BUF1003", "IovIter own = IovIter.Ubuf(new byte[1], TransferDirection.Destination); var x = new PageFragment[1]; own.ExtractPages(x, 1); PageFragments.Unpin(x);", "PageFragments.Unpin(x);", "Use(1);")]
    [InlineData("BUF1004", "PageLease x = iter.ExtractPages(); x.Dispose();", "Use(x.IoVectors.Length);", "Use(1);")]
    [InlineData("BUF2006", "byte[] x = ArrayPool<byte>.Shared.Rent(8); ArrayPool<byte>.Shared.Return(x);", "ArrayPool<byte>.Shared.Return(x);", "Use(1);")]
    [InlineData("BUF2005", "byte[] x = ArrayPool<byte>.Shared.Rent(8); Span<byte> view = x; ArrayPool<byte>.Shared.Return(x);", "Use(view[0]);", "Use(1);")]
    [InlineData("BUF2005", "byte[] x = ArrayPool<byte>.Shared.Rent(8); Span<byte> view = x;", "ArrayPool<byte>.Shared.Return(x); Use(view[0]);", "Use(view[0]); ArrayPool<byte>.Shared.Return(x);")]
    [InlineData("BUF2007", "byte[] x = ArrayPool<byte>.Shared.Rent(8); Task task = stream.WriteAsync(x, 0, 8);", "ArrayPool<byte>.Shared.Return(x); task.Wait();", "task.Wait(); ArrayPool<byte>.Shared.Return(x);")]
    [InlineData("BUF2008", "byte[] x = ArrayPool<byte>.Shared.Rent(8);", "Use(x[0]);", "Use(x[0]); ArrayPool<byte>.Shared.Return(x);")]
    public async Task What_is_alike_on_all_ways_is_judged_where_they_are_merged(string id, string before, string wrong, string right)
    {
        // More ways than are told apart lie between what is done before and what is done after.
        foreach (bool isWrong in new[] { true, false })
        {
            StringBuilder source = new("static void Use(long number) => Console.WriteLine(number);\nvoid M(IovIter iter, Stream stream");
            for (int i = 0; i < 8; i++)
                source.Append($", bool f{i}");
            source.Append($")\n{{\n{before}\n");
            for (int i = 0; i < 8; i++)
                source.Append($"PageLease? l{i} = null; if (f{i}) l{i} = iter.ExtractPages();\n");
            for (int i = 0; i < 8; i++)
                source.Append($"l{i}?.Dispose();\n");
            source.Append(isWrong ? wrong : right).Append("\n}");

            IReadOnlyList<Diagnostic> reports = await ReportsAsync(source.ToString());
            Assert.Equal(isWrong ? [id] : [], reports.Select(static diagnostic => diagnostic.Id).Where(static reported => reported != RuleIds.ResultIgnored).Distinct());
        }
    }

    [Theory]
    [InlineData("straight", "x{0} = iter.Count + {0}; if (x{0} < 0) return; ")]
    [InlineData("extractions", "using (PageLease l{0} = iter.ExtractPages({0})) { if (l{0}.IsEmpty) return; } ")]
    [InlineData("tries", "try { if (iter.IsEmpty) return; } finally { x0 += {0}; } ")]
    [InlineData("switches", "switch (x0) { case {0}: x0++; break; case -1: return; default: x0--; break; } ")]
    [InlineData("loops", "for (long i{0} = 0; i{0} < x0; i{0}++) { if (i{0} == 3) break; } ")]
    public async Task Long_bodies_of_every_shape_come_to_an_end(string shape, string statement)
    {
        StringBuilder source = new("void M(IovIter iter)\n{\nPageLease lost = iter.ExtractPages();\nlong x0 = lost.Bytes;\n");
        for (int i = 1; i <= 400; i++)
        {
            if (shape == "straight")
                source.Append($"long x{i}; ");
            source.Append(statement.Replace("{0}", $"{i}", StringComparison.Ordinal)).Append('\n');
        }

        source.Append('}');

        IReadOnlyList<Diagnostic> reports = await ReportsAsync(source.ToString()).WaitAsync(TimeSpan.FromMinutes(1));

        Assert.Contains(reports, diagnostic => diagnostic.Id == "BUF1002" && diagnostic.Properties[DiagnosticProperties.Confidence] == "certain");
    }

    [Fact]
    public async Task Deeply_nested_blocks_come_to_an_end()
    {
        StringBuilder source = new("void M(IovIter iter, int n)\n{\nPageLease lost = iter.ExtractPages();\n");
        for (int i = 0; i < 60; i++)
            source.Append(i % 3 == 0 ? "while (n-- > 0) {" : i % 3 == 1 ? "if (n > 1) {" : "try {");
        source.Append("n++;");
        for (int i = 59; i >= 0; i--)
            source.Append(i % 3 == 2 ? "} finally { n--; }" : "}");
        source.Append('}');

        Assert.Contains(await ReportsAsync(source.ToString()).WaitAsync(TimeSpan.FromMinutes(1)), diagnostic => diagnostic.Id == "BUF1002");
    }

    [Fact]
    public void Ways_never_exceed_their_bound_anywhere()
    {
        StringBuilder source = new("static void M(IovIter iter");
        for (int i = 0; i < 7; i++)
            source.Append($", bool f{i}");
        source.Append(")\n{\n");
        for (int i = 0; i < 7; i++)
            source.Append($"PageLease? l{i} = null; if (f{i}) l{i} = iter.ExtractPages();\n");
        for (int i = 0; i < 7; i++)
            source.Append($"if (f{i}) l{i}!.Dispose();\n");
        source.Append('}');

        PathSetReader reader = Flows.Of(source.ToString()).Run();

        Assert.All(reader.Facts, shown => Assert.InRange(shown.Before.Paths.Count, 1, PathSet.MaxPaths));
        Assert.Contains(reader.Facts, shown => shown.Before.IsMerged);
    }

    [Fact]
    public async Task Methods_of_a_type_with_more_fields_than_are_followed_together_are_still_looked_at()
    {
        StringBuilder source = new("long M(IovIter iter) { PageLease lost = iter.ExtractPages(); return lost.Bytes; }\n");
        for (int i = 0; i <= OwningFields.MaxFields; i++)
            source.Append($"private PageLease? _f{i}; void Take{i}(IovIter iter) {{ _f{i}?.Dispose(); _f{i} = iter.ExtractPages(); }} void Drop{i}() => _f{i}?.Dispose();\n");

        Assert.Equal("BUF1002", Assert.Single(await ReportsAsync(source.ToString())).Id);
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(OwnCallees.MaxBlocks, false)]
    public async Task Callee_that_is_too_long_to_be_looked_into_gets_the_benefit_of_the_doubt(int conditions, bool isFound)
    {
        StringBuilder source = new("void M(IovIter iter) { PageLease lease = iter.ExtractPages(); Look(lease, 3); }\nstatic void Look(PageLease lease, int n)\n{\n");
        for (int i = 0; i < conditions; i++)
            source.Append($"if (n == {i}) n++;\n");
        source.Append('}');

        Assert.Equal(isFound, (await ReportsAsync(source.ToString())).Any(diagnostic => diagnostic.Id == "BUF1002"));
    }

    private static async Task<IReadOnlyList<Diagnostic>> ReportsAsync(string member)
    {
        AnalysisRun run = await new AnalyzerHarness(new BufferLifetimeAnalyzer()).RunAsync("using System; using System.Buffers; using System.IO; using System.Threading.Tasks; using BufferLifetime; class C { " + member + " }");
        Assert.Empty(run.Compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        Assert.Empty(run.Exceptions);
        return run.Diagnostics;
    }
}
