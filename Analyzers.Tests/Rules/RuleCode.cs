using System.Diagnostics.CodeAnalysis;
using BufferLifetime.Analyzers.Tests.Robustness;
using BufferLifetime.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;
using VerifyCS = BufferLifetime.Analyzers.Tests.Verification.CSharpVerifier<BufferLifetime.Analyzers.BufferLifetimeAnalyzer>;

namespace BufferLifetime.Analyzers.Tests.Rules;

/// <summary>
/// Runs every rule over a piece of code beside a prelude that the pieces share: the usual namespaces, and callees that the analysis sees
/// no further than their signatures.
/// </summary>
internal static class RuleCode
{
    internal const string Prelude = """
        global using System;
        global using System.Collections.Concurrent;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Runtime.CompilerServices;
        global using System.Threading;
        global using System.Threading.Channels;
        global using System.Threading.Tasks;
        global using BufferLifetime;

        internal static class Any
        {
            public static bool Chance() => Environment.TickCount64 % 2 == 0;
            public static int Number() => Environment.TickCount;
            public static int Transfer(nint address, int length) => length;
            public static int Transfer(ReadOnlySpan<IoVector> vectors) => vectors.Length;
            public static Task Pause() => Task.Delay(1);
            public static Task<int> PauseForNumber() => Task.FromResult(1);
            public static ValueTask Briefly() => default;
            public static void Keep(object thing) => GC.KeepAlive(thing);
            public static long Length(IovIter iter) => iter.Count;
            public static ValueTask<long> LengthAsync(IovIter iter) => new(iter.Count);
        }
        """;

    /// <summary>What is said of results that nobody reads, and of memory that a callee keeps, is the matter of tests of its own: most others have no use for either.</summary>
    private static readonly string[] OfOwnTestsOnly = ["BUF1007", "BUF2014"];

    /// <summary>Members of a class under every rule there is.</summary>
    public static Task VerifyEveryRuleAsync([StringSyntax("C#-test")] string members) =>
        Test("internal partial class C {" + members + "\n}", [], []).RunAsync();

    /// <summary>Members of a class, with the expected reports marked.</summary>
    public static Task VerifyMembersAsync([StringSyntax("C#-test")] string members, params DiagnosticResult[] expected) =>
        VerifyAsync("internal partial class C {" + members + "\n}", OfOwnTestsOnly, expected);

    /// <summary>As <see cref="VerifyMembersAsync(string, DiagnosticResult[])"/>, with the IDs that the test is not about switched off.</summary>
    public static Task VerifyMembersAsync(string[] disabled, [StringSyntax("C#-test")] string members, params DiagnosticResult[] expected) =>
        VerifyAsync("internal partial class C {" + members + "\n}", disabled, expected);

    /// <summary>A whole file.</summary>
    public static Task VerifyAsync([StringSyntax("C#-test")] string source, params DiagnosticResult[] expected) => VerifyAsync(source, OfOwnTestsOnly, expected);

    public static async Task VerifyAsync([StringSyntax("C#-test")] string source, string[] disabled, params DiagnosticResult[] expected)
    {
        await Test(source, disabled, expected).RunAsync();
        if (Damage.IsExhaustive)
        {
            await Damage.SurvivesAsync(Markup.Parse(source).Text, Prelude);
        }
    }

    /// <summary>Top-level statements.</summary>
    public static Task VerifyProgramAsync([StringSyntax("C#-test")] string source, params DiagnosticResult[] expected)
    {
        VerifyCS.Test test = Test(source, OfOwnTestsOnly, expected);
        test.TestState.OutputKind = OutputKind.ConsoleApplication;
        return test.RunAsync();
    }

    /// <summary>A test of several files beside the prelude, to be completed by who asks for it.</summary>
    public static VerifyCS.Test Test(params string[] sources)
    {
        VerifyCS.Test test = Test(sources[0], OfOwnTestsOnly, []);
        foreach (string source in sources.AsSpan(1))
        {
            test.TestState.Sources.Add(source);
        }

        return test;
    }

    private static VerifyCS.Test Test(string source, string[] disabled, DiagnosticResult[] expected)
    {
        VerifyCS.Test test = new()
        {
            TestState = { Sources = { source, Prelude } },
            // One test of each rule looks at these; they are no matter of flow.
            TestBehaviors = TestBehaviors.SkipGeneratedCodeCheck | TestBehaviors.SkipSuppressionCheck,
        };
        test.DisabledDiagnostics.AddRange(disabled);
        test.ExpectedDiagnostics.AddRange(expected);
        return test;
    }
}
