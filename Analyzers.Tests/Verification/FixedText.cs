using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>Holds every file of a fixed solution against the expected one: name, text and encoding.</summary>
internal static class FixedText
{
    /// <summary>What differs, or null.</summary>
    public static async Task<string?> CompareAsync(ExpectedSolution expected, Solution actual, CancellationToken cancel)
    {
        StringBuilder differences = new();
        foreach (ExpectedProject project in expected.Projects)
        {
            Project fixedProject = actual.Projects.Single(candidate => candidate.Name == project.Name);
            await CompareAsync(project.Sources, fixedProject.Documents, differences, cancel);
            await CompareAsync(project.AdditionalFiles, fixedProject.AdditionalDocuments, differences, cancel);
            await CompareAsync(project.AnalyzerConfigFiles, fixedProject.AnalyzerConfigDocuments, differences, cancel);
        }

        return differences.Length == 0 ? null : differences.ToString();
    }

    private static async Task CompareAsync(
        ImmutableArray<(string Path, SourceText Text)> expected,
        IEnumerable<TextDocument> actual,
        StringBuilder differences,
        CancellationToken cancel)
    {
        Dictionary<string, SourceText> left = expected.ToDictionary(file => file.Path, file => file.Text);
        foreach (TextDocument document in actual)
        {
            string path = document.FilePath ?? document.Name;
            SourceText text = await document.GetTextAsync(cancel);
            left.Remove(path, out SourceText? wanted);
            differences.Append(Describe(path, wanted, text));
        }

        foreach (string path in left.Keys)
            differences.Append(CultureInfo.InvariantCulture, $"The file '{path}' is expected and not there.\n");
    }

    private static string Describe(string path, SourceText? expected, SourceText actual)
    {
        if (expected is null)
            return $"The file '{path}' is not expected:\n{actual}\n";
        if (expected.ToString() != actual.ToString())
            return $"The text of '{path}' (- expected, + actual):\n{LineDiff.Print(expected.ToString(), actual.ToString())}";
        return expected.Encoding?.WebName == actual.Encoding?.WebName
            ? ""
            : $"The encoding of '{path}' became {actual.Encoding?.WebName ?? "none"}.\n";
    }
}
