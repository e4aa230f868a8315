using BufferLifetime.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Robustness;

/// <summary>Whatever is typed: no exception leaves the analyzer, and it comes to an end.</summary>
public sealed class BrokenCodeTests
{
    private const int BatchSize = 150;

    private static readonly AnalyzerHarness Harness = new(new BufferLifetimeAnalyzer());

    public static TheoryData<int> EachSource() => [.. Enumerable.Range(0, Corpus.Sources.Count)];

    [Theory]
    [MemberData(nameof(EachSource))]
    public async Task Sources_to_be_damaged_are_whole_before(int index)
    {
        Compilation compilation = Harness.Compile(Corpus.Sources[index]);

        Assert.Empty(compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        Assert.NotEmpty((await Harness.RunAsync(compilation)).Diagnostics);
    }

    [Theory]
    [MemberData(nameof(EachSource))]
    public Task Any_statement_may_be_missing(int index) => SurvivesAsync(Mutants.WithoutEachStatement(Corpus.Sources[index]));

    [Theory]
    [MemberData(nameof(EachSource))]
    public Task Any_token_may_be_missing(int index) => SurvivesAsync(Mutants.WithoutEachToken(Corpus.Sources[index]));

    [Theory]
    [MemberData(nameof(EachSource))]
    public Task Any_two_may_be_swapped(int index) => SurvivesAsync(Mutants.WithPairsSwapped(Corpus.Sources[index], 60, seed: 1234 + index));

    [Theory]
    [MemberData(nameof(EachSource))]
    public Task File_may_end_anywhere(int index) => SurvivesAsync(Mutants.CutAtEachStatement(Corpus.Sources[index]));

    [Fact]
    public Task Any_statement_of_the_sample_may_be_missing() => SurvivesAsync(Corpus.Sample().SelectMany(Mutants.WithoutEachStatement));

    [Fact]
    public Task Any_token_of_the_sample_may_be_missing() => SurvivesAsync(Corpus.Sample().SelectMany(Mutants.WithoutEachToken));

    [Fact]
    public Task Any_two_of_the_sample_may_be_swapped() => SurvivesAsync(Corpus.Sample().SelectMany(source => Mutants.WithPairsSwapped(source, 60, seed: 99)));

    /// <summary>The sources of other tests: every statement and every token of all of them.</summary>
    public static TheoryData<string> EachTested() => [.. TestedSources.All.Keys];

    [Theory]
    [MemberData(nameof(EachTested))]
    public async Task Sources_of_other_tests_are_whole_before(string name)
    {
        TestedSource source = TestedSources.All[name];
        Compilation compilation = Harness.Compile(source.Prelude is { } prelude ? [source.Text, prelude] : [source.Text]);

        Assert.Empty(compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        Assert.Equal(source.Prelude is null, (await Harness.RunAsync(compilation)).Diagnostics.IsEmpty);
    }

    [Theory]
    [MemberData(nameof(EachTested))]
    public Task Any_statement_of_what_other_tests_read_may_be_missing(string name) => SurvivesAsync(TestedSources.All[name], Mutants.WithoutEachStatement);

    [Theory]
    [MemberData(nameof(EachTested))]
    public Task Any_token_of_what_other_tests_read_may_be_missing(string name) =>
        SurvivesAsync(TestedSources.All[name], _ => TestedSources.All[name].WithoutTokens());

    [Theory]
    [MemberData(nameof(EachTested))]
    public void Tokens_that_are_missing_together_are_all_of_them_and_of_different_members(string name)
    {
        string text = TestedSources.All[name].Text;
        SyntaxNode root = CSharpSyntaxTree.ParseText(text).GetRoot();
        IReadOnlyList<TextSpan>[] together = [.. Mutants.TokensTogether(text)];

        Assert.Equal(
            root.DescendantTokens().Select(static token => token.Span).Where(static span => span.Length > 0).Order(),
            together.SelectMany(static spans => spans).Order());
        Assert.All(together.Where(static spans => spans.Count > 1), spans =>
            Assert.Equal(spans.Count, spans.Select(span => Mutants.MemberOf(root.FindToken(span.Start))).OfType<MemberDeclarationSyntax>().Distinct().Count()));
    }

    [Theory]
    [MemberData(nameof(EachTested))]
    public Task Any_two_of_what_other_tests_read_may_be_swapped(string name) => SurvivesAsync(TestedSources.All[name], text => Mutants.WithPairsSwapped(text, 12, seed: name.Length));

    [Theory]
    [InlineData("class C { void M(IovIter iter) { iter. } }")]
    [InlineData("class C { void M(IovIter iter) { iter.ExtractPages( } }")]
    [InlineData("class C { void M(IovIter iter) { iter.ExtractPages(, } }")]
    [InlineData("class C { void M(IovIter iter) { iter.ExtractPages(1, 2, 3, 4, 5); } }")]
    [InlineData("class C { void M(IovIter iter) { iter.GetPages(); } }")]
    [InlineData("class C { void M(IovIter iter) { iter.GetPages(out var x); } }")]
    [InlineData("class C { void M(IovIter iter) { var p = iter.GetPagesAlloc(out p, 1, out p); } }")]
    [InlineData("class C { void M(IovIter iter) { using var x = iter.ExtractPages() using var y = x; } }")]
    [InlineData("class C { void M(IovIter iter) { foreach (var p in iter.ExtractPages()) p.Put(); } }")]
    [InlineData("class C { async M(IovIter iter) { await iter.ExtractPages(); await foreach (var x in iter) ; } }")]
    [InlineData("class C { int M(IovIter iter) => iter.ExtractPages() switch { ")]
    [InlineData("class C { int M(IovIter iter) => iter.ExtractPages() is { Bytes: ")]
    [InlineData("class C { void M(IovIter iter) { return iter.ExtractPages(); yield return iter; } }")]
    [InlineData("class C { IovIter this[ ] => ; static IovIter operator +(C c, ) => default; ~C(IovIter i) { i.ExtractPages(); } }")]
    [InlineData("class C { Missing M(Missing iter) { var p = iter.ExtractPages(); p.Put(); return p; } }")]
    [InlineData("class C : Missing { C(IovIter i) : base(i.ExtractPages()) { } }")]
    [InlineData("BufferLifetime.IovIter.Ubuf(null).ExtractPages(); class C { } return; await")]
    [InlineData("class C { void M(IovIter iter) { goto nowhere; iter.ExtractPages(); break; continue; case 3: ; } }")]
    [InlineData("class C { void M(IovIter iter) { int F() => F(iter.ExtractPages()); F = () => iter; (a, iter) = (iter, 1); } }")]
    [InlineData("class C { void M(in IovIter iter, out IovIter o, ref IovIter r) { (o, r) = (r, o); PageFragments.Put(default, default); PageFragments.Put(); } }")]
    [InlineData("class C { void M(IovIter iter, IovIter iter) { iter.ExtractPages(); int iter; { IovIter iter; iter.ExtractPages(); } } }")]
    [InlineData("class C { void M() { IovIter.Ubuf(direction: , ); IovIter.Ubuf(direction: TransferDirection.Source); IovIter.Bvec(); } }")]
    public Task Half_typed_call_is_survived(string source) => SurvivesAsync(["using System; using BufferLifetime; " + source], isAlone: true);

    [Fact]
    public async Task Missing_references_are_survived()
    {
        foreach (ReferenceAssemblies references in new[] { ReferenceAssemblies.None, ReferenceAssemblies.Net100WithoutRuntime })
        {
            AnalyzerHarness harness = new(new BufferLifetimeAnalyzer()) { ReferenceAssemblies = references };
            AnalysisRun run = await harness.RunAsync(Corpus.Sources.Concat(Corpus.Sample()).Select(Renamed));
            Assert.Empty(run.Exceptions);
            Assert.Empty(run.Diagnostics);
        }
    }

    [Fact]
    public async Task Library_of_the_same_names_and_other_shapes_is_survived()
    {
        AnalyzerHarness harness = new(new BufferLifetimeAnalyzer()) { ReferenceAssemblies = ReferenceAssemblies.Net100WithoutRuntime };
        AnalysisRun run = await harness.RunAsync("""
            using System;
            using BufferLifetime;

            namespace BufferLifetime
            {
                public enum TransferDirection : ulong { Source = ulong.MaxValue }
                public enum ExtractMode : sbyte { Pin = -1 }
                public class ExtractFlags { public static implicit operator ExtractFlags(int i) => new(); }
                public class IovIter<T> { public PageLease ExtractPages() => new(); }
                public class IovIter
                {
                    public static Func<IovIter> Ubuf = () => new();
                    public static IovIter Iovec => new();
                    public static IovIter Bvec<T>(params T[] things) => new();
                    public static void Kvec(TransferDirection direction, ref IovIter iter) { }
                    public PageLease? ExtractPages(ExtractFlags? flags) => null;
                    public int ExtractPages() => 0;
                    public ExtractResult ExtractPages(int a) => new();
                    public void ExtractToBvec() { }
                    public int GetPages(ref int pages) => pages;
                    public int GetPagesAlloc() => 1;
                    public bool ExtractWillPin() => true;
                    public int IsUserBacked = 1;
                    public static explicit operator int(IovIter iter) => 1;
                    public ExtractMode ExtractMode;
                    public ref int Direction => ref IsUserBacked;
                    public ref int this[int i] => ref IsUserBacked;
                }
                public class ExtractResult { public string Bytes = ""; public IovIter Mode = new(); public int Fragments() => 1; }
                public class PageLease { public static void Dispose() { } public void Release(int how) { } public dynamic IsEmpty = 1; public int IoVectors(int i) => i; }
                public static class PageFragments { public static void Put() { } public static void Unpin(this object o, int i = 0) { } public static int Release(params int[] all) => 1; }
                public struct PageFragment { public void Put(int i) { } public static void Unpin() { } public int Mode { set { } } public int Memory; }
                public class ExtractedIter : IDisposable { public static IovIter Iter => new(); void IDisposable.Dispose() { } }
            }

            class C
            {
                static int M(IovIter iter, IovIter<int> generic, dynamic d)
                {
                    IovIter a = IovIter.Ubuf(), b = IovIter.Iovec, c = IovIter.Bvec(1, 2), e = IovIter.Bvec<string>();
                    IovIter.Kvec(TransferDirection.Source, ref a);
                    using var kept = new ExtractedIter();
                    int pages = 1;
                    var lease = iter.ExtractPages(3 > 2 ? null : (ExtractFlags)1);
                    PageLease.Dispose();
                    lease?.Release(1);
                    if (lease?.IsEmpty == 3 || iter.ExtractPages() > 0 && iter.GetPages(ref pages) <= 0)
                        return iter.GetPagesAlloc() + lease!.IoVectors(3);
                    iter.ExtractToBvec();
                    iter.ExtractPages(1).Mode.ExtractPages();
                    PageFragments.Put(); PageFragments.Release(1, 2); lease.Unpin(); 3.Unpin();
                    new PageFragment().Put(3); PageFragment.Unpin();
                    generic.ExtractPages();
                    d.ExtractPages(iter); iter.ExtractPages(d);
                    iter.Direction = iter[3] = (int)iter;
                    return iter.ExtractWillPin() && iter.ExtractMode == ExtractMode.Pin ? iter.IsUserBacked : ExtractedIter.Iter.GetHashCode();
                }
            }
            """);
        Assert.Empty(run.Compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        Assert.Empty(run.Exceptions);
    }

    [Fact]
    public async Task Cancellation_is_heard()
    {
        using CancellationTokenSource cancellation = new();
        Compilation compilation = Harness.Compile(Corpus.Sources[0]);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Harness.RunAsync(compilation, cancellation.Token));
    }

    private static async Task SurvivesAsync(TestedSource source, Func<string, IEnumerable<string>> damage)
    {
        foreach (string[] batch in damage(source.Text).Distinct().Chunk(source.BatchSize))
        {
            IEnumerable<string> together = source.Prelude is { } prelude ? batch.Select(TestedSource.WithOwnTypes).Append(prelude) : batch;
            Assert.Empty((await Damage.AnalyzeAsync(together)).Exceptions.Select(static failure => failure.Exception));
        }
    }

    private static async Task SurvivesAsync(IEnumerable<string> sources, bool isAlone = false)
    {
        foreach (string[] batch in sources.Distinct().Chunk(BatchSize))
        {
            if ((await Damage.AnalyzeAsync(isAlone ? batch : batch.Select(Renamed))).Exceptions.IsEmpty)
                continue;
            foreach (string source in batch)
            {
                if ((await Damage.AnalyzeAsync([source])).Exceptions is [{ Exception: var thrown }, ..])
                    Assert.Fail($"An exception leaves the analyzer: {thrown}\n{source}");
            }


            Assert.Fail("An exception leaves the analyzer on several sources together.");
        }
    }

    /// <summary>Sources that are compiled together do not share their types.</summary>
    private static string Renamed(string source, int index) =>
        source.Replace("class C", $"class C{index}", StringComparison.Ordinal)
            .Replace("record R(", $"record R{index}(", StringComparison.Ordinal)
            .Replace("(R ", $"(R{index} ", StringComparison.Ordinal)
            .Replace("static R ", $"static R{index} ", StringComparison.Ordinal)
            .Replace(", R ", $", R{index} ", StringComparison.Ordinal)
            .Replace("~R()", $"~R{index}()", StringComparison.Ordinal)
            .Replace("namespace LegacyCopy", $"namespace LegacyCopy{index}", StringComparison.Ordinal);
}
