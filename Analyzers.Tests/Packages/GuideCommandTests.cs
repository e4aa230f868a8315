using BufferLifetime.Analyzers.Tests.Documentation;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Packages;

/// <summary>
/// The guides, carried out: a piece with a file's name is that file, a piece of shell is run, and what follows as text is in what it printed.
/// </summary>
[Collection(PackedPackages.Collection)]
public sealed class GuideCommandTests
{
    private readonly PackedPackages _packed;

    public GuideCommandTests(PackedPackages packed) => _packed = packed;

    public static TheoryData<string> Guides =>
    [
        .. Directory.GetFiles(Repository.PathOf("docs"), "*.md").Where(file => Pieces(file).Any(piece => piece.Info == "sh")).Select(file => Path.GetFileName(file))
            .Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Guides))]
    public void Commands_of_a_guide_do_what_it_says(string guide)
    {
        Consumer folder = _packed.NewFolder("Guide." + Path.GetFileNameWithoutExtension(guide));
        string printed = "";
        foreach (Sample piece in Pieces(Repository.PathOf("docs", guide)))
        {
            if (piece.Info == "sh")
                printed = folder.Shell(piece.Text);
            else if (piece.Info == "text")
                Assert.All(piece.Text.Split('\n'), line => Assert.Contains(line, printed, StringComparison.Ordinal));
            else if (piece.Info.Contains(' ', StringComparison.Ordinal))
                Write(folder, piece.Info.Split(' ')[1], piece.Text);
        }
    }

    private static void Write(Consumer folder, string name, string text)
    {
        string path = Path.Combine(folder.Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text + "\n");
    }

    private static IEnumerable<Sample> Pieces(string file) => RulePage.Blocks(File.ReadAllText(file).ReplaceLineEndings("\n"));
}
