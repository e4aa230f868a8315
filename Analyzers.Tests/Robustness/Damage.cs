using BufferLifetime.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Robustness;

/// <summary>Looks at damaged sources, whatever they say, as long as nothing is thrown and it comes to an end.</summary>
internal static class Damage
{
    /// <summary>Whether everything is damaged, and every token by itself: the sources of all rule tests, too. Takes the better part of an hour.</summary>
    public static bool IsExhaustive { get; } = Environment.GetEnvironmentVariable("EXHAUSTIVE_DAMAGE") == "true";

    private const int BatchSize = 100;

    /// <summary>A guard against hanging, far above what any batch takes.</summary>
    private static readonly TimeSpan TooLong = TimeSpan.FromMinutes(2);

    private static readonly AnalyzerHarness Harness = new(new BufferLifetimeAnalyzer());

    public static async Task<AnalysisRun> AnalyzeAsync(IEnumerable<string> sources)
    {
        using CancellationTokenSource hang = new(TooLong);
        return await Harness.RunAsync(Harness.Compile(sources), hang.Token).WaitAsync(TooLong);
    }

    /// <summary>Holds the source of a rule test, without each of its statements and each of its tokens.</summary>
    /// <param name="source">The source, without markup.</param>
    /// <param name="prelude">What it is compiled beside.</param>
    public static async Task SurvivesAsync(string source, string prelude)
    {
        foreach (string[] batch in Mutants.WithoutEachStatement(source).Concat(Mutants.WithoutEachToken(source)).Distinct().Chunk(BatchSize))
        {
            // Each copy has a namespace of its own, for as long as its braces are balanced; where two copies get into each other's way, that is damage, too.
            IEnumerable<string> together = batch.Select(InOwnNamespace).Append(prelude);
            AnalysisRun run = await AnalyzeAsync(together);
            Assert.Empty(run.Exceptions.Select(static failure => failure.Exception));
        }
    }

    private static string InOwnNamespace(string source, int index)
    {
        int code = CSharpSyntaxTree.ParseText(source).GetCompilationUnitRoot().Usings.LastOrDefault()?.FullSpan.End ?? 0;
        return $"{source[..code]}\nnamespace Copy{index} {{\n{source[code..]}\n}}";
    }
}
