using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using BufferLifetime.Analyzers.Rules;
using BufferLifetime.Analyzers.Tests.Verification;
using BufferLifetime.CodeFixes.Direction;
using BufferLifetime.CodeFixes.Modes;
using BufferLifetime.CodeFixes.Suspension;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.CodeFixes;

/// <summary>The sample program, which the demo repairs with the packed fixes, repaired with those that were just built.</summary>
public sealed class SampleTests
{
    private static readonly Dictionary<string, string> Spots = new()
    {
        [RuleIds.GetPagesWritten] = @"\bGetPages(Alloc)?\b",
        [RuleIds.LegacyCall] = @"\bGetPages(Alloc)?\b",
        [RuleIds.NotReleased] = @"\breturn\b[^;]*;",
        [RuleIds.MismatchedRelease] = @"\bPut\b",
        [RuleIds.RetainedAcrossAwait] = @"\biter\b",
    };

    // The real ones come from a source generator. The namespaces are those that the sample's project uses implicitly.
    private const string Native = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;

        namespace LegacyCopy;

        internal static class Native
        {
            public static long Read(Microsoft.Win32.SafeHandles.SafeFileHandle file, ReadOnlySpan<BufferLifetime.IoVector> vectors, long position) => vectors.Length;
            public static long Write(Microsoft.Win32.SafeHandles.SafeFileHandle file, ReadOnlySpan<BufferLifetime.IoVector> vectors, long position) => vectors.Length;
        }
        """;

    [Fact]
    public Task The_sample_becomes_its_repaired_twin()
    {
        // Four fixes have to come after each other; each does all that it can at once.
        Test test = new() { NumberOfFixAllIterations = -4 };
        foreach (string file in new[] { "SystemCallException.cs", "VectoredCopy.cs" })
        {
            string original = File.ReadAllText(Path.Combine(Samples(), "LegacyCopy", file));
            string twin = Path.Combine(Samples(), "LegacyCopy.Repaired", file);
            test.TestState.Sources.Add(("/0/" + file, Marked(file, original)));
            test.FixedState.Sources.Add(("/0/" + file, File.Exists(twin) ? File.ReadAllText(twin) : original));
        }

        foreach (SolutionState state in new[] { test.TestState, test.FixedState })
        {
            state.Sources.Add(("/0/Native.cs", Native));
        }

        return test.RunAsync();
    }

    /// <summary>The text with what is expected of it marked, in the lines that the sample itself names.</summary>
    private static string Marked(string file, string text)
    {
        string[] lines = text.Split('\n');
        foreach (string expected in File.ReadLines(Path.Combine(Samples(), "LegacyCopy", "expected-warnings.txt")))
        {
            if (Regex.Match(expected, @"^(?<file>\S+)\((?<line>\d+)\): (?<id>\w+)$") is not { Success: true } match || match.Groups["file"].Value != file)
                continue;

            string id = match.Groups["id"].Value;
            ref string line = ref lines[int.Parse(match.Groups["line"].Value, CultureInfo.InvariantCulture) - 1];
            line = new Regex(Spots[id]).Replace(line, $"{{|{id}:$0|}}", count: 1);
        }

        return string.Join('\n', lines);
    }

    private static string Samples([CallerFilePath] string path = "") =>
        Path.Combine(Path.GetDirectoryName(path)!, "..", "..", "samples");

    private sealed class Test : CodeFixTest
    {
        protected override IEnumerable<DiagnosticAnalyzer> GetDiagnosticAnalyzers() => [new BufferLifetimeAnalyzer()];

        protected override IEnumerable<CodeFixProvider> GetCodeFixProviders() =>
            [new PinnedExtractionFix(), new MismatchedReleaseFix(), new NotReleasedFix(), new RetainedAcrossAwaitFix()];
    }
}
