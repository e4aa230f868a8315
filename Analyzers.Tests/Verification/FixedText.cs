using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>Holds every file of a fixed solution against the expected one: name, text and encoding.</summary>
internal static class FixedText
{
    /// <summary>What differs, or null.</summary>
    public static async Task<string?> CompareAsync(ExpectedSolution expected, Solution actual, CancellationToken cancellationToken)
    {
        StringBuilder differences = new();
        foreach (ExpectedProject project in expected.Projects)
        {
            Project fixedProject = actual.Projects.Single(candidate => candidate.Name == project.Name);
            await CompareAsync(project.Sources, fixedProject.Documents, differences, cancellationToken).ConfigureAwait(false);
            await CompareAsync(project.AdditionalFiles, fixedProject.AdditionalDocuments, differences, cancellationToken).ConfigureAwait(false);
            await CompareAsync(project.AnalyzerConfigFiles, fixedProject.AnalyzerConfigDocuments, differences, cancellationToken).ConfigureAwait(false);
        }

        return differences.Length == 0 ? null : differences.ToString();
    }

    private static async Task CompareAsync(
        ImmutableArray<(string Path, SourceText Text)> expected,
        IEnumerable<TextDocument> actual,
        StringBuilder differences,
        CancellationToken cancellationToken)
    {
        Dictionary<string, SourceText> left = expected.ToDictionary(file => file.Path, file => file.Text);
        foreach (TextDocument document in actual)
        {
            string path = document.FilePath ?? document.Name;
            SourceText text = await document.GetTextAsync(cancellationToken).ConfigureAwait(false);
            if (!left.Remove(path, out SourceText? wanted))
                differences.Append("The file '").Append(path).Append("' is not expected:\n").Append(text).Append('\n');
            else if (wanted.ToString() != text.ToString())
                differences.Append("The text of '").Append(path).Append("' (- expected, + actual):\n").Append(LineDiff.Print(wanted.ToString(), text.ToString()));
            else if (wanted.Encoding?.WebName != text.Encoding?.WebName)
                differences.Append("The encoding of '").Append(path).Append("' became ").Append(text.Encoding?.WebName).Append('\n');
        }

        foreach (string path in left.Keys)
            differences.Append("The file '").Append(path).Append("' is expected and not there.\n");
    }
}
