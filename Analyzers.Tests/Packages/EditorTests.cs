using System.Collections.Immutable;
using BufferLifetime.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Packages;

/// <summary>A real project with the packed package, opened as an editor does: what is reported, what is offered, and what is left when it is taken.</summary>
[Collection(PackedPackages.Collection)]
public sealed class EditorTests
{
    /// <summary>What only the library's users can do wrong, and what they pin by hand.</summary>
    private const string Pages =
        """
        using System.Runtime.InteropServices;
        using BufferLifetime;

        internal static class Pages
        {
            public static int Extract(Memory<byte> memory)
            {
                IovIter iter = IovIter.Ubuf(memory, TransferDirection.Destination);
                int bytes = iter.GetPagesAlloc(out PageFragment[] pages, 10, out int offset0);
                Console.WriteLine($"bytes {bytes} from {offset0}");
                PageFragments.PutPages(pages);
                return bytes;
            }

            public static long Twice(Memory<byte> memory)
            {
                IovIter iter = IovIter.Ubuf(memory, TransferDirection.Destination);
                PageLease lease = iter.ExtractPages();
                return lease.Bytes;
            }

            public static unsafe int Pinned(byte[] bytes)
            {
                GCHandle handle = GCHandle.Alloc(bytes, GCHandleType.Pinned);
                int first = *(byte*)handle.AddrOfPinnedObject();
                return first;
            }
        }

        """;

    private static readonly string[] Reported = ["BUF1002", "BUF1101", "BUF1102", "BUF2001", "BUF2006", "BUF2007", "BUF2008", "BUF2012"];

    private readonly PackedPackages _packed;

    public EditorTests(PackedPackages packed) => _packed = packed;

    [Fact]
    public async Task Every_action_that_is_offered_compiles_alone_and_all_together_leave_nothing()
    {
        Consumer consumer = _packed.NewConsumer("Editor", "net10.0", MendableProgram.Broken, "BufferLifetime");
        File.WriteAllText(Path.Combine(consumer.Folder, "Pages.cs"), Pages);
        File.WriteAllText(Path.Combine(consumer.Folder, "Directory.Build.props"), "<Project><PropertyGroup><AllowUnsafeBlocks>true</AllowUnsafeBlocks></PropertyGroup></Project>");
        consumer.Restore();
        using EditorProject editor = await EditorProject.OpenAsync(Path.Combine(consumer.Folder, "Editor.csproj"));

        Assert.Equal(["roslyn4.14/cs/BufferLifetime.Analyzers.dll", "roslyn4.14/cs/BufferLifetime.CodeFixes.dll"], editor.AnalyzerPaths.Select(Tail).Order(StringComparer.Ordinal));
        Assert.Contains(editor.Solution.Projects.Single().AnalyzerConfigDocuments, document => document.Name == "BufferLifetime.Recommended.globalconfig");

        ImmutableArray<AnalyzedDiagnostic> before = await editor.AnalyzeAsync(editor.Solution);
        Assert.Equal(Reported, before.Select(report => report.Diagnostic.Id).Distinct().Order(StringComparer.Ordinal));
        List<RegisteredFix> offered = await editor.ActionsAsync(editor.Solution, before);
        Assert.Equal(Reported, offered.Select(fix => fix.Target.Diagnostic.Id).Distinct().Order(StringComparer.Ordinal));

        foreach (RegisteredFix fix in offered)
        {
            Solution alone = await AppliedAction.ApplyAsync(fix.Action, editor.Solution, CodeActionValidationMode.SemanticStructure, default);
            ImmutableArray<AnalyzedDiagnostic> left = await editor.AnalyzeAsync(alone);
            Assert.True(left.Length < before.Length, $"'{fix.Action.Title}' for {fix.Target} leaves {string.Join('\n', left)}");
        }

        Solution together = await ApplyAllAsync(editor);
        Assert.Empty(await editor.AnalyzeAsync(together));

        editor.Save(together);
        Assert.DoesNotContain("BUF", consumer.Build("-warnaserror"), StringComparison.Ordinal);
    }

    /// <summary>Takes Fix All in the project for what is offered first, until nothing is.</summary>
    private static async Task<Solution> ApplyAllAsync(EditorProject editor)
    {
        var all = new FixAllStep(FixAllScope.Project, CodeActionValidationMode.SemanticStructure);
        Solution solution = editor.Solution;
        ImmutableArray<AnalyzedDiagnostic> reports = await editor.AnalyzeAsync(solution);
        while (await editor.ActionsAsync(solution, reports) is [var first, ..])
        {
            solution = await all.ApplyAsync(first, reports, default);
            ImmutableArray<AnalyzedDiagnostic> left = await editor.AnalyzeAsync(solution);
            Assert.True(left.Length < reports.Length, $"Fix All of '{first.Action.Title}' leaves {string.Join('\n', left)}");
            reports = left;
        }

        return solution;
    }

    private static string Tail(string path) => string.Join('/', path.Replace('\\', '/').Split('/')[^3..]);
}
