using System.Globalization;
using BufferLifetime.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Engine;

/// <summary>The leaks that are reported in random programs against those that there are: all of them, and hardly any others.</summary>
public sealed class RandomProgramTests
{
    private const int ProgramsInABatch = 100;

    public static TheoryData<int, bool> Batches() => new() { { 1, false }, { 2, false }, { 3, false }, { 4, true }, { 5, true }, { 6, true } };

    [Theory]
    [MemberData(nameof(Batches))]
    public async Task Leaks_that_there_are_are_reported_and_hardly_any_others(int batch, bool withCatch)
    {
        RandomProgram[] programs = [.. Enumerable.Range(batch * 10_000, ProgramsInABatch).Select(seed => new RandomProgram(seed, withCatch))];
        string[] methods = [.. programs.Select((program, index) => program.Write($"M{index}"))];
        AnalysisRun run = await new AnalyzerHarness(new BufferLifetimeAnalyzer()).RunAsync($$"""
            #pragma warning disable
            using System;
            using System.IO;
            using BufferLifetime;
            static class C
            {
            static bool Chance() => Environment.TickCount > 0;
            #pragma warning restore
            {{string.Concat(methods)}}
            }
            """);
        Assert.Empty(run.Exceptions);
        Assert.Empty(run.Compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));

        ILookup<string, Diagnostic> reports = run.Diagnostics.Where(diagnostic => diagnostic.Id == "BUF1002").ToLookup(MethodOf);
        List<string> missed = [], invented = [];
        for (int i = 0; i < programs.Length; i++)
        {
            HashSet<string> expected = [.. Expected(programs[i])];
            HashSet<string> actual = [.. reports[$"M{i}"].Select(Describe)];
            // What is never released may be told where a way out is reached without it: less sure, not missed.
            if (expected.Except(actual).Any(leak => !leak.EndsWith("never", StringComparison.Ordinal) || !actual.Any(told => told.StartsWith(leak[..2], StringComparison.Ordinal)))
                && !IsPastTheBound(programs[i]))
            {
                missed.Add($"missed: [{string.Join("; ", expected.Except(actual))}]  invented: [{string.Join("; ", actual.Except(expected))}]\n{methods[i]}");
            }
            else if (actual.Except(expected).Any())
            {
                invented.Add($"invented: [{string.Join("; ", actual.Except(expected))}]\n{methods[i]}");
            }
        }

        Assert.True(missed.Count == 0, $"{missed.Count} of {programs.Length} programs:\n{string.Join('\n', missed.Take(3))}");
        // Ways on which every resource is in the same state become one, and with them what told their conditions apart.
        Assert.True(invented.Count <= programs.Length / 50, $"{invented.Count} of {programs.Length} programs:\n{string.Join('\n', invented.Take(3))}");
    }

    /// <summary>Where there are too many ways to be kept apart, what leaks on some of them only is not told.</summary>
    private static bool IsPastTheBound(RandomProgram program) =>
        Flows.Of(program.Write("M")).Run().Facts.Exists(shown => shown.Before.IsMerged);

    private static IEnumerable<string> Expected(RandomProgram program)
    {
        (HashSet<(int Site, int Exit)> leaks, HashSet<int> released) = program.RunAll();
        // What no run releases is told once, where it is taken.
        return leaks.Select(leak => released.Contains(leak.Site) ? $"{leak.Site} at exit {leak.Exit}" : $"{leak.Site} never");
    }

    private static string Describe(Diagnostic diagnostic)
    {
        SyntaxNode at = NodeOf(diagnostic.Location);
        if (diagnostic.AdditionalLocations.Count == 0)
            return $"{SiteOf(at)} never";

        string exit = at.DescendantTokens().First(token => token.Value is int or string && token.Text.Any(char.IsAsciiDigit)).ValueText;
        return string.Create(CultureInfo.InvariantCulture, $"{SiteOf(NodeOf(diagnostic.AdditionalLocations[0]))} at exit {exit}");
    }

    private static string SiteOf(SyntaxNode name) => name.FirstAncestorOrSelf<InvocationExpressionSyntax>()!.ArgumentList.Arguments[0].ToString();

    private static string MethodOf(Diagnostic diagnostic) => NodeOf(diagnostic.Location).FirstAncestorOrSelf<MethodDeclarationSyntax>()!.Identifier.Text;

    private static SyntaxNode NodeOf(Location location) => location.SourceTree!.GetRoot().FindNode(location.SourceSpan, getInnermostNodeForTie: true);
}
