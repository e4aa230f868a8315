using System.Diagnostics.CodeAnalysis;
using BufferLifetime.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;

namespace BufferLifetime.Analyzers.Tests.CodeFixes;

/// <summary>Runs a fix over a piece of code, one by one and in every scope, beside a prelude that the pieces share.</summary>
internal static class FixCode<TFix>
    where TFix : CodeFixProvider, new()
{
    public const string Prelude = """
        global using System;
        global using System.Buffers;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Runtime.InteropServices;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using BufferLifetime;

        internal static class Any
        {
            public static bool Chance() => Environment.TickCount64 % 2 == 0;
            public static int Number() => Environment.TickCount;
            public static int Transfer(nint address, int length) => length;
            public static int Transfer(ReadOnlySpan<IoVector> vectors) => vectors.Length;
            public static int Transfer(Span<byte> bytes) => bytes.Length;
            public static int TransferPages(ReadOnlySpan<PageFragment> pages) => pages.Length;
            public static Task Pause() => Task.Delay(1);
            public static Task<int> PauseForNumber() => Task.FromResult(1);
            public static void Keep(object thing) => GC.KeepAlive(thing);
            public static long Length(IovIter iter) => iter.Count;
            public static ValueTask<long> LengthAsync(IovIter iter) => new(iter.Count);
        }
        """;

    /// <summary>Members of a class before and after; no fix is offered where they are the same.</summary>
    public static Task VerifyMembersAsync(
        [StringSyntax("C#-test")] string members, [StringSyntax("C#-test")] string repaired, string? key = null) =>
        VerifyAsync($"internal partial class C\n{{\n{members}\n}}\n", $"internal partial class C\n{{\n{repaired}\n}}\n", key);

    /// <summary>Statements of a method before and after.</summary>
    public static Task VerifyStatementsAsync(
        [StringSyntax("C#-test")] string statements, [StringSyntax("C#-test")] string repaired, string? key = null)
    {
        return VerifyMembersAsync(Method(statements), Method(repaired), key);

        static string Method(string body) =>
            $"    int M(ref IovIter iter)\n    {{\n        {body.Replace("\n", "\n        ", StringComparison.Ordinal).Replace("\n        \n", "\n\n", StringComparison.Ordinal)}\n    }}";
    }

    /// <summary>A whole file before and after.</summary>
    public static Task VerifyAsync(
        [StringSyntax("C#-test")] string source, [StringSyntax("C#-test")] string repaired, string? key = null) =>
        Test(source, repaired, key).RunAsync();

    public static FixTest Test(string source, string repaired, string? key = null)
    {
        FixTest test = new()
        {
            TestState = { Sources = { source, Prelude } },
            FixedState = { Sources = { repaired, Prelude } },
            CodeActionEquivalenceKey = key,
            // The rules' tests look at these.
            TestBehaviors = TestBehaviors.SkipGeneratedCodeCheck | TestBehaviors.SkipSuppressionCheck,
        };
        // What else may be wrong with the pieces is not what their tests are about.
        test.DisabledDiagnostics.AddRange(
            new BufferLifetimeAnalyzer().SupportedDiagnostics.Select(rule => rule.Id).Distinct().Except(new TFix().FixableDiagnosticIds));
        return test;
    }

    internal sealed class FixTest : CodeFixTest
    {
        protected override IEnumerable<DiagnosticAnalyzer> GetDiagnosticAnalyzers() => [new BufferLifetimeAnalyzer()];

        protected override IEnumerable<CodeFixProvider> GetCodeFixProviders() => [new TFix()];
    }
}
