using System.Collections.Immutable;
using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using BufferLifetime.Analyzers.Tests.Documentation;
using BufferLifetime.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Packages;

/// <summary>What somebody who takes a package from a feed may expect of it beside its assemblies.</summary>
[Collection(PackedPackages.Collection)]
public sealed partial class ReleaseTests
{
    private const string Whole = "BufferLifetime";
    private const string AnalyzersAlone = "BufferLifetime.Analyzers";

    private readonly PackedPackages _packed;

    public ReleaseTests(PackedPackages packed) => _packed = packed;

    public static TheoryData<string, string> Assemblies => new()
    {
        { Whole, "analyzers/dotnet/roslyn4.8/cs/BufferLifetime.Analyzers.dll" },
        { Whole, "analyzers/dotnet/roslyn4.14/cs/BufferLifetime.CodeFixes.dll" },
        { AnalyzersAlone, "analyzers/dotnet/roslyn4.14/cs/BufferLifetime.Analyzers.dll" },
    };

    [Fact]
    public void Same_sources_make_the_same_bytes_in_whatever_folder_they_are_built()
    {
        (string[] first, string[] second) = _packed.PackAgain();

        Assert.Equal(3, first.Length);
        Assert.Equal(first.Select(Path.GetFileName), second.Select(Path.GetFileName));
        foreach ((string one, string other) in first.Zip(second))
            Assert.Equal(Contents(one), Contents(other));
    }

    [Fact]
    public void Symbols_package_holds_the_symbols_of_the_library() =>
        Assert.Equal(
            ["BufferLifetime.nuspec", "lib/net10.0/BufferLifetime.pdb", "lib/net8.0/BufferLifetime.pdb"],
            _packed.Entries(Whole, "snupkg"));

    [Theory]
    [InlineData("net8.0")]
    [InlineData("net10.0")]
    public void Symbols_of_the_library_are_of_its_assembly_and_name_sources_from_the_root(string framework)
    {
        using var assembly = new PEReader(ImmutableArray.Create(_packed.Read(Whole, $"lib/{framework}/BufferLifetime.dll")));
        using var symbols = MetadataReaderProvider.FromPortablePdbImage(ImmutableArray.Create(_packed.Read(Whole, $"lib/{framework}/BufferLifetime.pdb", "snupkg")));

        DebugDirectoryEntry entry = assembly.ReadDebugDirectory().Single(entry => entry.Type == DebugDirectoryEntryType.CodeView);
        MetadataReader reader = symbols.GetMetadataReader();
        Assert.Equal(assembly.ReadCodeViewDebugDirectoryData(entry).Guid, new BlobContentId(reader.DebugMetadataHeader!.Id).Guid);
        AssertSourcesAreNamedFromTheRoot(reader, "Runtime");
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Symbols_of_what_a_compiler_loads_are_inside(string id, string entry)
    {
        using var assembly = new PEReader(ImmutableArray.Create(_packed.Read(id, entry)));

        DebugDirectoryEntry embedded = assembly.ReadDebugDirectory().Single(entry => entry.Type == DebugDirectoryEntryType.EmbeddedPortablePdb);
        using MetadataReaderProvider symbols = assembly.ReadEmbeddedPortablePdbDebugDirectoryData(embedded);
        AssertSourcesAreNamedFromTheRoot(symbols.GetMetadataReader(), entry.Contains("CodeFixes", StringComparison.Ordinal) ? "CodeFixes" : "Analyzers");
    }

    [Theory]
    [InlineData(Whole)]
    [InlineData(AnalyzersAlone)]
    public void Package_says_what_it_is(string id)
    {
        var metadata = _packed.Metadata(id);

        Assert.Equal("MIT", metadata["license"].Single().Value);
        Assert.Equal("icon.png", metadata["icon"].Single().Value);
        Assert.Equal("README.md", metadata["readme"].Single().Value);
        Assert.All(["description", "authors", "copyright", "tags"], name => Assert.NotEmpty(metadata[name].Single().Value));
        Assert.Equal(PackedPackages.Version, metadata["version"].Single().Value);
    }

    [Fact]
    public void Version_is_semantic_and_the_changelog_tells_of_it()
    {
        Assert.Matches(SemanticVersion(), PackedPackages.Version);
        Assert.Contains(PackedPackages.Version, Repository.Read("CHANGELOG.md"), StringComparison.Ordinal);
    }

    [Fact]
    public void Library_for_the_older_framework_lacks_only_what_that_framework_has_not()
    {
        string[] newer = Api("net10.0"), older = Api("net8.0");

        Assert.Equal(Repository.Read("Runtime", "PublicAPI.txt").TrimEnd('\n').Split('\n'), newer);
        Assert.Empty(older.Except(newer));
        // The pipelines came into the shared framework with .NET 10.
        Assert.Equal(["    static IovIter Pipe(ReadResult result)"], newer.Except(older));
    }

    private string[] Api(string framework) =>
        [.. PublicApi.Of(MetadataReference.CreateFromImage(_packed.Read(Whole, $"lib/{framework}/BufferLifetime.dll")), ReferenceAssemblies.Net100WithoutRuntime.References)];

    private static void AssertSourcesAreNamedFromTheRoot(MetadataReader symbols, string folder)
    {
        string[] sources = [.. symbols.Documents.Select(document => symbols.GetString(symbols.GetDocument(document).Name))];
        Assert.NotEmpty(sources);
        Assert.All(sources, source => Assert.StartsWith("/_/", source, StringComparison.Ordinal));
        Assert.Contains(sources, source => source.StartsWith($"/_/{folder}/", StringComparison.Ordinal));
    }

    /// <summary>Name and bytes of every entry.</summary>
    private static Dictionary<string, string> Contents(string package)
    {
        using ZipArchive archive = ZipFile.OpenRead(package);
        return archive.Entries.ToDictionary(entry => entry.FullName, entry =>
        {
            using Stream stream = entry.Open();
            return Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(stream));
        });
    }

    [GeneratedRegex(@"^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$")]
    private static partial Regex SemanticVersion();
}
