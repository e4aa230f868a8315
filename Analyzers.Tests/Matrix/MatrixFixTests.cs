using BufferLifetime.Analyzers.Tests.CodeFixes;
using BufferLifetime.Analyzers.Tests.Verification;
using BufferLifetime.CodeFixes.Repairs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Matrix;

/// <summary>Every fix over every rule's mistake in every shape of code: what is offered compiles, and leaves less to report and nothing new.</summary>
public sealed class MatrixFixTests
{
    private static readonly RepairProvider[] Providers = [.. FixProviderTests.Types.Select(type => (RepairProvider)Activator.CreateInstance(type)!)];

    /// <summary>Of the shapes of a seed, so many at least are repaired: the others hide the thing in a field, a tuple or behind a parameter.</summary>
    private const int LeastRepaired = 12;

    private static readonly Dictionary<string, string> NeverRepaired = new()
    {
        ["BUF1002 fragments are lost"] = "the seed asks whether any were taken, and uses them outside of that branch: no block of statements is the one that holds them",
        ["BUF1202 stored in a field"] = "nobody knows who would give back what a field keeps",
        ["BUF2002 address after its handle"] = "what is used too late is moved by a person, or released later",
    };

    public static TheoryData<string> EachSeedWithFix() =>
        [.. Seeds.All.Where(seed => Providers.Any(provider => provider.FixableDiagnosticIds.Contains(seed.Rule))).Select(static seed => seed.ToString())];

    [Theory]
    [MemberData(nameof(EachSeedWithFix))]
    public async Task Fix_that_is_offered_in_a_shape_repairs_it(string name)
    {
        Seed seed = Seeds.All.Single(seed => seed.ToString() == name);
        Project project = (await SolutionSkeleton.ForAsync(ReferenceAssemblies.Default)).Empty().AddDocument("Any.cs", MatrixTests.Prelude).Project;
        AnalyzerHarness harness = new(new BufferLifetimeAnalyzer());
        int repairedShapes = 0;
        foreach (Shape shape in Shape.All)
        {
            Document document = project.AddDocument("C.cs", $"#nullable enable\ninternal sealed class C\n{{\n    {shape.Write(seed, true)}\n}}\n");
            Diagnostic[] before = await ReportsAsync(document, harness);
            bool isRepaired = false;
            foreach (Diagnostic report in before.Where(report => report.Id == seed.Rule))
            {
                foreach (CodeAction action in await ActionsAsync(document, report))
                {
                    isRepaired = true;
                    Document repaired = (await action.GetOperationsAsync(CancellationToken.None)).OfType<ApplyChangesOperation>().Single().ChangedSolution.GetDocument(document.Id)!;
                    Diagnostic[] after = await ReportsAsync(document.WithText(await repaired.GetTextAsync()), harness);
                    string[] added = [.. after.GroupBy(left => left.Id).Where(left => left.Count() > before.Count(known => known.Id == left.Key)).Select(left => left.Key)];
                    Assert.True(
                        added.Length == 0 && after.Count(left => left.Id == seed.Rule) < before.Count(known => known.Id == seed.Rule),
                        $"{shape.Name}: '{action.Title}' adds [{string.Join(' ', added)}]\n{await document.GetTextAsync()}\nbecomes\n{await repaired.GetTextAsync()}");
                }
            }

            repairedShapes += isRepaired ? 1 : 0;
        }

        Assert.Equal(NeverRepaired.ContainsKey(name), repairedShapes == 0);
        Assert.True(repairedShapes == 0 || repairedShapes >= LeastRepaired, $"Only {repairedShapes} shapes are repaired.");
    }

    private static async Task<List<CodeAction>> ActionsAsync(Document document, Diagnostic report)
    {
        List<CodeAction> actions = [];
        foreach (RepairProvider provider in Providers.Where(provider => provider.FixableDiagnosticIds.Contains(report.Id)))
            await provider.RegisterCodeFixesAsync(new CodeFixContext(document, report, (action, _) => actions.Add(action), CancellationToken.None));
        return actions;
    }

    /// <summary>What the rules report, and the compiler's errors.</summary>
    private static async Task<Diagnostic[]> ReportsAsync(Document document, AnalyzerHarness harness)
    {
        Compilation compilation = (await document.Project.GetCompilationAsync())!;
        AnalysisRun run = await harness.RunAsync(compilation);
        return [.. run.Diagnostics, .. compilation.GetDiagnostics().Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)];
    }
}
