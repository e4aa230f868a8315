using System.Runtime.CompilerServices;
using BufferLifetime.Analyzers.Tests.Matrix;
using BufferLifetime.Analyzers.Tests.Rules;
using BufferLifetime.Analyzers.Tests.Verification;

namespace BufferLifetime.Analyzers.Tests.Robustness;

/// <summary>A source that another test reads, with the declarations that it is compiled beside.</summary>
internal sealed record TestedSource(string Text, string? Prelude)
{
    /// <summary>Whether it is a file of many types, of which several copies would be one broken program, and not several.</summary>
    public bool IsWhole => Prelude is null;

    /// <summary>How many damaged copies are compiled together.</summary>
    public int BatchSize => IsWhole ? 1 : 100;

    /// <summary>Copies without each of the tokens; of a file of many members, without one of each at once.</summary>
    public IEnumerable<string> WithoutTokens() =>
        IsWhole && !Damage.IsExhaustive ? Mutants.WithoutTokensOfMembers(Text) : Mutants.WithoutEachToken(Text);

    /// <summary>The text, or a damaged copy of it, with types of its own.</summary>
    public static string WithOwnTypes(string text, int index) =>
        text.Replace("class C", $"class C{index}_", StringComparison.Ordinal).Replace("class D", $"class D{index}_", StringComparison.Ordinal);
}

/// <summary>What other tests read, to be damaged: the kernel's bugs and their twins, the seeded mistakes, the silence corpus.</summary>
internal static class TestedSources
{
    public static IReadOnlyDictionary<string, TestedSource> All { get; } = Collect();

    private static Dictionary<string, TestedSource> Collect([CallerFilePath] string here = "")
    {
        Dictionary<string, TestedSource> all = [];
        foreach (KernelBug bug in KernelBug.All)
        {
            if (bug.Rule is not null)
                all.Add($"kernel bug {bug.Group}", new($"class C\n{{\n{Unmarked(bug.Bug)}\n}}\nclass D\n{{\n{bug.Repaired}\n}}\n", RuleCode.Prelude));
        }

        int shape = 0;
        foreach (IGrouping<string, Seed> rule in Seeds.All.GroupBy(static seed => seed.Rule))
        {
            // Each seed in a shape of its own, so that all shapes are met.
            all.Add($"seeds of {rule.Key}", new(string.Concat(rule.Select(seed => $"class C{++shape}\n{{\n{Shape.All[shape % Shape.All.Count].Write(seed, true)}\n}}\n")), MatrixTests.Prelude));
        }

        string corpus = Path.Combine(Path.GetDirectoryName(here)!, "..", "SilenceCorpus");
        foreach (string file in new[] { "Extraction.cs", "Suspension.cs", "Types.cs" })
            all.Add($"silence corpus {file}", new(File.ReadAllText(Path.Combine(corpus, file)), null));
        return all;
    }

    private static string Unmarked(string marked) => Markup.Parse(marked).Text;
}
