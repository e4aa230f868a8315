using System.Text;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Documentation;

/// <summary>
/// Texts that are made from the code and kept in the repository. The tests fail when one is stale; run with the environment variable
/// <c>UPDATE_GENERATED=true</c> they write it instead.
/// </summary>
internal static class Generated
{
    private const string Command = "`UPDATE_GENERATED=true dotnet test Analyzers.Tests --filter Documentation`";

    public static bool IsUpdating { get; } = Environment.GetEnvironmentVariable("UPDATE_GENERATED") == "true";

    /// <summary>Holds a whole file to its text.</summary>
    public static void Verify(string path, string expected)
    {
        string actual = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "";
        if (IsUpdating && actual != expected)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, expected, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            return;
        }

        if (actual != expected)
            Assert.Fail($"{Path.GetRelativePath(Repository.Root, path)} is stale: {Command} writes it. {FirstDifference(actual, expected)}");
    }

    /// <summary>Holds what stands in a file between <c>&lt;!-- name:begin --&gt;</c> and <c>&lt;!-- name:end --&gt;</c> to its text.</summary>
    public static void VerifyBetween(string path, string name, string expected) => VerifyBetween(path, [(name, expected)]);

    /// <summary>Says how a file comes to be that is not there.</summary>
    public static void Exists(string path) =>
        Assert.True(File.Exists(path), $"{Path.GetRelativePath(Repository.Root, path)} is not there yet: {Command} writes it, or what it is made of. Run it again after a new page has been begun and written.");

    /// <summary>As <see cref="VerifyBetween(string, string, string)"/>, for several places of one file.</summary>
    public static void VerifyBetween(string path, IEnumerable<(string Name, string Expected)> places)
    {
        string text = File.ReadAllText(path).ReplaceLineEndings("\n");
        foreach ((string name, string expected) in places)
            text = Replace(text, name, expected, path);
        Verify(path, text);
    }

    private static string FirstDifference(string actual, string expected)
    {
        string[] found = actual.Split('\n'), made = expected.Split('\n');
        int line = Enumerable.Range(0, Math.Max(found.Length, made.Length)).First(i => found.ElementAtOrDefault(i) != made.ElementAtOrDefault(i));
        return $"Line {line + 1} is\n{found.ElementAtOrDefault(line)}\nand should be\n{made.ElementAtOrDefault(line)}";
    }

    private static string Replace(string text, string name, string expected, string path)
    {
        string begin = $"<!-- {name}:begin -->\n", end = $"<!-- {name}:end -->";
        int from = text.IndexOf(begin, StringComparison.Ordinal), to = text.IndexOf(end, StringComparison.Ordinal);
        Assert.True(from >= 0 && to > from, $"{Path.GetRelativePath(Repository.Root, path)} has no place for what is generated: {begin}{end}");
        return text[..(from + begin.Length)] + expected + text[to..];
    }
}
