using BufferLifetime.Analyzers.Tests.Verification;
using BufferLifetime.CodeFixes.Direction;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.CodeFixes;

/// <summary>
/// Every way to take pages with every way to use and every way to release them: what the fixes make of it compiles, and leaves nothing of
/// the legacy API. How it looks is the matter of the tests that spell it out.
/// </summary>
public sealed class FixMatrixTests
{
    private static readonly (string Name, string Code)[] Takings =
    [
        ("declared", "int bytes = iter.GetPages(pages, 4096, out int offset); @"),
        ("declared and left", "int bytes = iter.GetPages(pages, 4096, out int offset); if (bytes <= 0) return bytes; @"),
        ("left by throwing", "int bytes = iter.GetPages(pages, 4096, out int offset); if (bytes < 0) throw new Exception(); if (bytes == 0) return 0; @"),
        ("assigned", "int bytes, offset; bytes = iter.GetPages(pages, 4096, out offset); @"),
        ("asked at once", "int bytes, offset; if ((bytes = iter.GetPages(pages, 4096, out offset)) > 0) { @ }"),
        ("asked and left", "int bytes; if ((bytes = iter.GetPages(pages, 4096, out int offset)) <= 0) return 0; @"),
        ("in a loop", "while (!iter.IsEmpty) { int bytes = iter.GetPages(pages, 4096, out int offset); if (bytes <= 0) break; @ }"),
        ("by the loop", "int bytes; while ((bytes = iter.GetPages(pages, 4096, out int offset)) > 0) { @ }"),
        ("by a for loop", "for (int bytes; (bytes = iter.GetPages(pages, 4096, out int offset)) > 0;) { @ }"),
        ("in a do loop", "int bytes; do { bytes = iter.GetPages(pages, 4096, out int offset); if (bytes > 0) { @ } } while (bytes > 0);"),
        ("in a try", "try { int bytes = iter.GetPages(pages, 4096, out int offset); @ } catch (InvalidOperationException) { return -1; }"),
        ("in a switch", "switch (Any.Number()) { case 1: int bytes = iter.GetPages(pages, 4096, out int offset); if (bytes <= 0) break; @ break; default: return 1; }"),
        ("of a slice", "int bytes = iter.GetPages(pages[..4], 4096, out int offset); if (bytes is 0) return 0; @"),
        ("of a named slice", "Span<PageFragment> part = pages[1..]; int bytes = iter.GetPages(part, 4096, out int offset); @"),
        ("in a lambda", "Func<int> run = () => { Span<PageFragment> pages = stackalloc PageFragment[16]; IovIter iter = default; int bytes = iter.GetPages(pages, 4096, out int offset); @ return 0; }; return run();"),
        ("allocated", "int bytes = iter.GetPagesAlloc(out PageFragment[] all, 4096, out int offset); if (bytes <= 0) return 0; pages = all; @"),
        ("by name", "int bytes = iter.GetPages(maxBytes: 4096, offset0: out int offset, pages: pages); @"),
    ];

    private static readonly (string Name, string Code)[] Uses =
    [
        ("nothing", ""),
        ("one", "total += Any.Transfer(pages[0].DangerousAddress + offset, bytes);"),
        ("a local", "int sent = Any.Transfer(pages[0].DangerousAddress, bytes); if (sent < 0) return sent; total += sent;"),
        ("each", "foreach (ref readonly PageFragment page in pages) total += Any.Transfer(page.DangerousAddress, page.Length);"),
        ("by index", "for (int i = 0; i < pages.Length; i++) { PageFragment page = pages[i]; total += Any.Transfer(page.DangerousAddress, 1); }"),
        ("passed", "total += Any.TransferPages(pages);"),
        ("passed and left", "if (Any.TransferPages(pages) < 0) return 1;"),
        ("stored", "Any.Keep(pages.ToArray());"),
        ("used after", "long length = pages[0].Length; RELEASE total += (int)length; if (length == 5) return 5;"),
    ];

    private static readonly (string Name, string Code)[] Releases =
    [
        ("never", ""),
        ("all", "PageFragments.Put(pages);"),
        ("old name", "PageFragments.PutPages(pages[..2]);"),
        ("each by index", "for (int n = 0; n < 2; n++) pages[n].Put();"),
        ("each", "foreach (PageFragment fragment in pages) { fragment.Put(); }"),
        ("in both branches", "if (Any.Chance()) { PageFragments.Put(pages); total++; } else { PageFragments.Put(pages); }"),
        ("in finally", "try { total++; } finally { PageFragments.Put(pages); }"),
        ("in catch too", "try { total++; PageFragments.Put(pages); } catch { PageFragments.Put(pages); throw; }"),
        ("with a condition", "if (bytes > 0) PageFragments.Put(pages);"),
        ("counting down", "int k = 2; while (k-- > 0) pages[k].Put(); total += k;"),
    ];

    public static TheoryData<string> TakingNames => [.. Takings.Select(taking => taking.Name)];

    [Theory]
    [MemberData(nameof(TakingNames))]
    public async Task Whatever_is_done_with_the_pages_the_repaired_code_compiles_and_is_clean(string taking)
    {
        int index = Array.FindIndex(Takings, one => one.Name == taking);
        string code = Takings[index].Code;
        List<string> members = [];
        for (int u = 0; u < Uses.Length; u++)
        {
            // Every use with every release, in one of three ways to take.
            for (int r = (index + u) % 3; r < Releases.Length; r += 3)
            {
                string use = Uses[u].Code, release = Releases[r].Code;
                string body = use.Contains("RELEASE", StringComparison.Ordinal) ? use.Replace("RELEASE", release, StringComparison.Ordinal) : $"{use} {release}";
                members.Add($$"""
                        static int M{{members.Count}}(IovIter iter)
                        {
                            int total = 0;
                            Span<PageFragment> pages = stackalloc PageFragment[16];
                            {{code.Replace("@", body, StringComparison.Ordinal)}}
                            return total;
                        }
                    """);
            }
        }

        string problems = await new Probe().RunAsync($"static class C\n{{\n{string.Join('\n', members)}\n}}\n");
        Assert.True(problems.Length == 0, problems);
    }

    private sealed class Probe : CodeFixTest
    {
        public async Task<string> RunAsync(string source)
        {
            TestState.Sources.Add(source);
            TestState.Sources.Add(FixCode<PinnedExtractionFix>.Prelude);
            CodeFixProvider[] providers = [.. GetCodeFixProviders()];
            Solution solution = await CreateSolutionAsync(Read(TestState.Inherit(null, new HashSet<string>())), CancellationToken.None);
            string[] before = await ErrorsAsync(solution);
            Assert.Empty(before);
            FixLoop loop = new(
                new FixAllStep(FixAllScope.Solution, CodeActionValidationMode.SemanticStructure),
                new IterationLimit(-10),
                CodeFixTestBehaviors.None,
                [.. providers],
                new CodeActionChoice(null, null),
                AnalyzeAsync);
            FixOutcome outcome = await loop.RunAsync(solution, CancellationToken.None);
            List<string> problems = [];
            if (outcome.Failure is not null)
                problems.Add(outcome.Failure);
            problems.AddRange(await ErrorsAsync(outcome.Solution));
            foreach (AnalyzedDiagnostic left in await AnalyzeAsync(outcome.Solution, "repaired", CancellationToken.None))
            {
                if (left.Diagnostic.Id is "BUF1101" or "BUF1102")
                    problems.Add(left.ToString());
            }

            if (problems.Count > 0)
                problems.Add((await outcome.Solution.Projects.First().Documents.First().GetTextAsync()).ToString());
            return string.Join('\n', problems);
        }

        protected override IEnumerable<DiagnosticAnalyzer> GetDiagnosticAnalyzers() => [new BufferLifetimeAnalyzer()];

        protected override IEnumerable<CodeFixProvider> GetCodeFixProviders() => [new PinnedExtractionFix()];

        private static async Task<string[]> ErrorsAsync(Solution solution)
        {
            Compilation compilation = (await solution.Projects.First().GetCompilationAsync())!;
            return [.. compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Select(diagnostic => diagnostic.ToString())];
        }
    }
}
