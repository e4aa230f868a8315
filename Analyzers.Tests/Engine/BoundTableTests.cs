using System.Globalization;
using System.Reflection;
using System.Text;
using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Rules;
using BufferLifetime.Analyzers.Tests.Documentation;
using BufferLifetime.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Engine;

/// <summary>Every bound of the engine stands in one table, with what happens past it and the test that goes there.</summary>
public sealed class BoundTableTests
{
    private static readonly string Table = File.ReadAllText(Path.Combine(Repository.Root, "docs", "rules", "README.md"));

    public static TheoryData<string, string> EachBound()
    {
        TheoryData<string, string> bounds = new();
        foreach (FieldInfo field in typeof(PathSet).Assembly.GetTypes().SelectMany(static type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)))
        {
            if (field.IsLiteral && field.FieldType == typeof(int) && field.Name.StartsWith("Max", StringComparison.Ordinal))
                bounds.Add($"{field.DeclaringType!.Name}.{field.Name}", string.Format(CultureInfo.InvariantCulture, "{0:N0}", field.GetRawConstantValue()));
        }

        return bounds;
    }

    [Theory]
    [MemberData(nameof(EachBound))]
    public void Bound_stands_in_the_table_with_a_test_that_there_is(string bound, string value)
    {
        string row = Assert.Single(Table.Split('\n'), line => line.StartsWith($"| `{bound}` | {value} |", StringComparison.Ordinal));
        string test = row.TrimEnd(' ', '|').Split('|')[^1].Trim().Trim('`');
        Assert.Contains(typeof(BoundTableTests).Assembly.GetTypes().SelectMany(static type => type.GetMethods()), method => method.Name == test);
    }

    [Theory]
    [InlineData(OwnCallees.MaxDepth, true)]
    [InlineData(OwnCallees.MaxDepth + 1, false)]
    public async Task Call_in_a_call_too_deep_gets_the_benefit_of_the_doubt(int depth, bool isFound)
    {
        StringBuilder source = new("void M(IovIter iter) { PageLease lease = iter.ExtractPages(); Look1(lease); }\n");
        for (int i = 1; i < depth; i++)
            source.Append($"static void Look{i}(PageLease lease) => Look{i + 1}(lease);\n");
        source.Append($"static void Look{depth}(PageLease lease) => Console.Beep();\n");

        Assert.Equal(isFound ? ["lease"] : [], await LostAsync(source.ToString()));
    }

    [Fact]
    public async Task Methods_of_a_type_that_call_each_other_too_deep_are_still_looked_at()
    {
        StringBuilder source = new("long M(IovIter iter) { PageLease lost = iter.ExtractPages(); return lost.Bytes; }\nprivate PageLease? _field; void Take(IovIter iter) { Drop0(); _field = iter.ExtractPages(); }\n");
        for (int i = 0; i <= TypeFlow.MaxDepth; i++)
            source.Append($"void Drop{i}() => Drop{i + 1}();\n");
        source.Append($"void Drop{TypeFlow.MaxDepth + 1}() {{ _field?.Dispose(); _field = null; }}\n");

        Assert.Equal(["lost"], await LostAsync(source.ToString()));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(7)]
    public async Task Methods_of_a_type_with_too_many_states_are_still_looked_at(int fields)
    {
        // Each field is there or not: 16 states are more than are told apart by all that is known, 128 are more shapes than are followed.
        StringBuilder source = new("long M(IovIter iter) { PageLease lost = iter.ExtractPages(); return lost.Bytes; }\n");
        for (int i = 0; i < fields; i++)
            source.Append($"private PageLease? _f{i}; private bool _b{i}; void Take{i}(IovIter iter) {{ Drop{i}(); _f{i} = iter.ExtractPages(); _b{i} = true; }} void Drop{i}() {{ if (_b{i}) {{ _f{i}!.Dispose(); _f{i} = null; _b{i} = false; }} }}\n");

        Assert.Equal(["lost"], await LostAsync(source.ToString()));
    }

    [Theory]
    [InlineData(OwningFields.MaxGroups, true)]
    [InlineData(OwningFields.MaxGroups + 1, false)]
    public async Task Fields_that_have_nothing_to_do_with_each_other_are_followed_apart_up_to_a_bound(int fields, bool isFound)
    {
        // Each field has something or not, and the last one may have what was released.
        StringBuilder source = new();
        for (int i = 0; i < fields; i++)
            source.Append($"private byte[]? _f{i}; public void Take{i}() {{ Drop{i}(); _f{i} = ArrayPool<byte>.Shared.Rent(8); }} public void Drop{i}() {{ if (_f{i} != null) {{ ArrayPool<byte>.Shared.Return(_f{i}); {(i == fields - 1 ? "" : $"_f{i} = null;")} }} }}\n");
        source.Append($"public byte First() => _f{fields - 1}![0];\n");

        AnalysisRun run = await new AnalyzerHarness(new BufferLifetimeAnalyzer()).RunAsync("using System; using System.Buffers; class C { " + source + " }");
        Assert.Empty(run.Compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        Assert.Empty(run.Exceptions);
        Assert.Equal(isFound, run.Diagnostics.Any(static diagnostic => diagnostic.Id == RuleIds.FieldNotCleared));
    }

    [Fact]
    public async Task Body_with_more_variables_alive_than_are_counted_is_still_looked_at()
    {
        StringBuilder source = new("long M(IovIter iter, long n)\n{\nPageLease lost = iter.ExtractPages();\n");
        for (int i = 0; i < 800; i++)
            source.Append($"long x{i} = n + {i};\n");
        for (int i = 0; i < 800; i++)
            source.Append($"if (n == {i}) n++;\n");
        source.Append("long sum = lost.Bytes;\n");
        for (int i = 0; i < 800; i++)
            source.Append($"sum += x{i};\n");
        source.Append("return sum;\n}");

        Assert.Equal(["lost"], await LostAsync(source.ToString()).WaitAsync(TimeSpan.FromMinutes(1)));
    }

    [Theory]
    [InlineData("bool h0 = n > 0;", "bool h{0} = h{1};", "if (h{0}) n++;")]
    [InlineData("long h0 = n;", "long h{0} = h{1} + n;", "if (h{0} > 3 && n + n + n + n + n + n + n + n + n + n + n + n + n + n + n + n + n + n + n + n > 7) n++;")]
    [InlineData("Span<PageFragment> h0 = new PageFragment[4];", "Span<PageFragment> h{0} = h{1};", "iter.ExtractPages(h{0}, n); PageFragments.Release(h{0});")]
    [InlineData("Span<PageFragment> h0 = new PageFragment[4];", "Span<PageFragment> h{0} = h{1};", "iter.ExtractPages(h{0}, n); PageFragments.Release(h0);")]
    [InlineData("PageFragment[] h0 = new PageFragment[4];", "Span<PageFragment> h{0} = h0;", "iter.ExtractPages(h{0}, n); PageFragments.Release(h0);")]
    [InlineData("PageFragment[] h0 = new PageFragment[4];", "Span<PageFragment> h{0} = h0;", "iter.ExtractPages(h0, n); PageFragments.Release(h{0});")]
    public async Task Value_by_more_names_than_are_followed_is_still_looked_at(string first, string next, string end)
    {
        foreach (int names in new[] { 3, 12, 80 })
        {
            StringBuilder source = new("void M(IovIter iter, long n)\n{\nPageLease lost = iter.ExtractPages(n);\n" + first + "\n");
            for (int i = 1; i <= names; i++)
                source.Append(string.Format(null, next, i, i - 1)).Append('\n');
            source.Append(string.Format(null, end, names)).Append("\nConsole.WriteLine(lost.Bytes);\n}");

            Assert.Equal(["lost"], await LostAsync(source.ToString()));
        }
    }

    [Fact]
    public async Task Leak_that_is_one_way_of_too_many_is_given_the_benefit_of_the_doubt_and_a_certain_one_is_not()
    {
        StringBuilder source = new("long M(byte[] bytes");
        for (int i = 0; i < 6; i++)
            source.Append($", bool f{i}");
        source.Append(")\n{\nIovIter iter = IovIter.Ubuf(bytes);\nPageLease kept = iter.ExtractPages(1), lost = iter.ExtractPages(2);\n");
        for (int i = 0; i < 6; i++)
            source.Append($"PageLease? l{i} = null; if (f{i}) l{i} = iter.ExtractPages();\n");
        source.Append("if (f0) return 0;\nlong length = lost.Bytes + kept.Bytes;\nkept.Dispose();\n");
        for (int i = 0; i < 6; i++)
            source.Append($"if (f{i}) l{i}!.Dispose();\n");
        source.Append("return length;\n}");

        // What is held on all ways alike is held where they are merged: 'kept' is missed at the first return, 'lost' everywhere.
        Assert.Equal(["kept", "lost"], (await LostAsync(source.ToString())).Where(static name => name[0] != 'l' || name == "lost").Distinct().Order(StringComparer.Ordinal));
    }

    /// <summary>What is reported as lost; nothing else is reported, and nothing fails.</summary>
    private static async Task<IReadOnlyList<string>> LostAsync(string members)
    {
        AnalysisRun run = await new AnalyzerHarness(new BufferLifetimeAnalyzer()).RunAsync("using System; using BufferLifetime; class C { " + members + " }");
        Assert.Empty(run.Compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        Assert.Empty(run.Exceptions);
        return [.. run.Diagnostics.Where(static diagnostic => diagnostic.Id != RuleIds.ResultIgnored).Select(static diagnostic =>
        {
            Assert.Equal(RuleIds.NotReleased, diagnostic.Id);
            return diagnostic.GetMessage(null).Split('\'')[1];
        })];
    }
}
