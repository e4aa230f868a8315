using System.Text;
using BufferLifetime.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Matrix;

/// <summary>Every rule's mistake in every shape of code: found there, and its repaired twin silent. What is not is listed with its reason.</summary>
public sealed class MatrixTests
{
    internal const string Prelude = """
        global using System;
        global using System.Buffers;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.IO.Pipelines;
        global using System.Runtime.InteropServices;
        global using System.Threading.Tasks;
        global using BufferLifetime;

        internal static class Any
        {
            public static bool Chance() => Environment.TickCount64 % 2 == 0;
            public static void Risk() { if (Chance()) throw new IOException(); }
            public static int Transfer(nint address, int length) => length;
            public static int Transfer(ReadOnlySpan<IoVector> vectors) => vectors.Length;
            public static Task Pause() => Task.Delay(1);
            public static void Keep(object thing) => GC.KeepAlive(thing);
            public static int Send(ref IovIter iter) => 1;
            public static Task<int> SendAsync(PageLease lease) => Task.FromResult(1);
            public static long Length(IovIter iter) => iter.Count;
            public static ValueTask<long> LengthAsync(IovIter iter) => new(iter.Count);
        }
        """;

    public static TheoryData<string> EachSeed() => [.. Seeds.All.Select(static seed => seed.ToString())];

    [Fact]
    public void Every_rule_has_a_seed() => Assert.Empty(new BufferLifetimeAnalyzer().SupportedDiagnostics
        .Select(static rule => rule.Id)
        .Except(Seeds.All.Select(static seed => seed.Rule))
        .Except(Holes.WithoutSeed.Keys));

    [Fact]
    public void Every_hole_is_that_of_a_seed_and_a_shape() =>
        Assert.All(Holes.All, static hole => Assert.Contains(Seeds.All, seed => hole.Covers(seed) && Shape.All.Any(shape => shape.Name == hole.Shape)));

    [Theory]
    [MemberData(nameof(EachSeed))]
    public async Task Mistake_is_found_and_its_twin_silent_in_every_shape(string name)
    {
        Seed seed = Seeds.All.Single(seed => seed.ToString() == name);
        ILookup<string, string> said = await SayAsync(seed);
        List<string> wrong = [];
        foreach (Shape shape in Shape.All)
        {
            string[] bug = [.. said[NameOf(shape, true)]], twin = [.. said[NameOf(shape, false)]];
            bool works = bug.Contains(seed.Rule) && twin.Length == 0;
            if (Holes.For(seed, shape) is { } hole)
            {
                if (works)
                    wrong.Add($"{shape.Name}: works, and does not belong among the holes any more ({hole.Reason})");
            }
            else if (!works)
            {
                wrong.Add($"{shape.Name}: bug [{string.Join(' ', bug)}], twin [{string.Join(' ', twin)}]\n{shape.Write(seed, twin.Length == 0)}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    /// <summary>The IDs that are reported in each shape, and the compiler's errors, by the name of the class.</summary>
    private static async Task<ILookup<string, string>> SayAsync(Seed seed)
    {
        var source = new StringBuilder("#nullable enable\n");
        foreach (Shape shape in Shape.All)
        {
            foreach (bool isWrong in new[] { true, false })
                source.Append($"internal sealed class {NameOf(shape, isWrong)}\n{{\n    {shape.Write(seed, isWrong)}\n}}\n");
        }

        AnalysisRun run = await new AnalyzerHarness(new BufferLifetimeAnalyzer()).RunAsync(source.ToString(), Prelude);
        Assert.Empty(run.Exceptions);
        return run.Diagnostics.Concat(run.Compilation.GetDiagnostics().Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error))
            .ToLookup(ClassOf, static diagnostic => diagnostic.Id);
    }

    private static string ClassOf(Diagnostic diagnostic) =>
        diagnostic.Location.SourceTree!.GetRoot().FindNode(diagnostic.Location.SourceSpan).AncestorsAndSelf().OfType<ClassDeclarationSyntax>().FirstOrDefault()?.Identifier.Text ?? "";

    private static string NameOf(Shape shape, bool isWrong) =>
        (isWrong ? "Wrong_" : "Right_") + shape.Name.Replace(' ', '_').Replace('/', '_');
}
