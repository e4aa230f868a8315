using System.Runtime.CompilerServices;
using BufferLifetime.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.SilenceCorpus;

/// <summary>All rules together say nothing about correct code: the corpus beside this file, the repaired sample, and our own sources.</summary>
public sealed class SilenceTests
{
    private static readonly (string Path, string Text) ImplicitUsings = ("/Usings.cs", """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        """);

    [Theory]
    [InlineData("Extraction.cs")]
    [InlineData("Suspension.cs")]
    [InlineData("Types.cs")]
    public Task Correct_code_is_silent(string file) =>
        IsSilentAsync(new(new BufferLifetimeAnalyzer()) { EnableAllRules = true }, [Read(Path.Combine(Here(), file))]);

    [Fact]
    public Task Sample_in_its_repaired_form_is_silent()
    {
        string samples = Path.Combine(Here(), "..", "..", "samples");
        IEnumerable<string> files = Directory.GetFiles(Path.Combine(samples, "LegacyCopy.Repaired"), "*.cs")
            .Concat(Directory.GetFiles(Path.Combine(samples, "LegacyCopy"), "*.cs").Where(file => Path.GetFileName(file) is not "VectoredCopy.cs"));
        return IsSilentAsync(
            new(new BufferLifetimeAnalyzer()) { OutputKind = OutputKind.ConsoleApplication },
            files.Select(Read).Append(ImplicitUsings),
            // The generator that completes the sample's imports does not run here.
            "CS8795");
    }

    [Theory]
    [InlineData("UringCopy")]
    [InlineData("AheadOfTime")]
    public Task Samples_are_silent(string sample) =>
        // The generator that completes the imports does not run here.
        IsSilentAsync(new(new BufferLifetimeAnalyzer()) { OutputKind = OutputKind.ConsoleApplication }, SourcesOf(Path.Combine("samples", sample)), "CS8795");

    [Fact]
    public Task Runtime_is_silent() =>
        IsSilentAsync(new(new BufferLifetimeAnalyzer()) { ReferenceAssemblies = ReferenceAssemblies.Net100WithoutRuntime }, SourcesOf("Runtime"));

    private static IEnumerable<(string Path, string Text)> SourcesOf(string project) =>
        Directory.GetFiles(Path.Combine(Here(), "..", "..", project), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
                && !file.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(Read)
            .Append(ImplicitUsings);

    private static async Task IsSilentAsync(AnalyzerHarness harness, IEnumerable<(string Path, string Text)> sources, params string[] expectedErrors)
    {
        Compilation compilation = harness.Compile(sources);
        Assert.Empty(compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error && !expectedErrors.Contains(diagnostic.Id)));

        AnalysisRun run = await harness.RunAsync(compilation);

        Assert.True(run.Exceptions.IsEmpty, string.Join("\n", run.Exceptions.Select(failure => failure.Exception)));
        Assert.True(run.Diagnostics.IsEmpty, run.Report);
    }

    private static (string Path, string Text) Read(string file) => (Path.GetFileName(file), File.ReadAllText(file));

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
