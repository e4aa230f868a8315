using System.Collections.Immutable;
using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
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

    // Kinds of custom debug information, from the specification of portable symbols.
    private static readonly Guid SourceLink = new("CC110556-A091-4D38-9FEC-25AB9A351A6A");
    private static readonly Guid EmbeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");

    private readonly PackedPackages _packed;

    public ReleaseTests(PackedPackages packed) => _packed = packed;

    public static TheoryData<string, string> Assemblies => new()
    {
        { Whole, "analyzers/dotnet/roslyn4.8/cs/BufferLifetime.Analyzers.dll" },
        { Whole, "analyzers/dotnet/roslyn4.14/cs/BufferLifetime.CodeFixes.dll" },
        { AnalyzersAlone, "analyzers/dotnet/roslyn4.14/cs/BufferLifetime.Analyzers.dll" },
    };

    [Fact]
    public void Same_sources_make_the_same_bytes_in_whatever_folder_and_on_whatever_branch_they_are_built()
    {
        string[] first = _packed.Clones.One.Files, second = _packed.Clones.Other.Files;

        Assert.Equal(3, first.Length);
        Assert.Equal(first.Select(Path.GetFileName), second.Select(Path.GetFileName));
        foreach ((string one, string other) in first.Zip(second))
            Assert.Equal(Contents(one), Contents(other));
    }

    [Fact]
    public void Symbols_package_holds_the_symbols_of_the_library() =>
        Assert.Equal(
            ["BufferLifetime.nuspec", "lib/net10.0/BufferLifetime.pdb", "lib/net8.0/BufferLifetime.pdb"],
            _packed.Feed.Entries(Whole, "snupkg"));

    [Theory]
    [InlineData("net8.0")]
    [InlineData("net10.0")]
    public void Symbols_of_the_library_are_of_its_assembly_and_name_sources_from_the_root(string framework)
    {
        using var assembly = new PEReader(ImmutableArray.Create(_packed.Feed.Read(Whole, $"lib/{framework}/BufferLifetime.dll")));
        using var symbols = MetadataReaderProvider.FromPortablePdbImage(ImmutableArray.Create(_packed.Feed.Read(Whole, $"lib/{framework}/BufferLifetime.pdb", "snupkg")));

        DebugDirectoryEntry entry = assembly.ReadDebugDirectory().Single(entry => entry.Type == DebugDirectoryEntryType.CodeView);
        MetadataReader reader = symbols.GetMetadataReader();
        Assert.Equal(assembly.ReadCodeViewDebugDirectoryData(entry).Guid, new BlobContentId(reader.DebugMetadataHeader!.Id).Guid);
        AssertSourcesAreNamedFromTheRoot(reader, "Runtime");
    }

    [Theory]
    [InlineData("net8.0")]
    [InlineData("net10.0")]
    public void Debugger_is_led_from_the_library_to_its_sources_in_the_commit(string framework)
    {
        using var symbols = MetadataReaderProvider.FromPortablePdbImage(ImmutableArray.Create(_packed.Clones.One.Read(Whole, $"lib/{framework}/BufferLifetime.pdb", "snupkg")));

        AssertSourcesAreLinked(symbols.GetMetadataReader());
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Debugger_is_led_from_what_a_compiler_loads_to_its_sources_in_the_commit(string id, string entry)
    {
        using var assembly = new PEReader(ImmutableArray.Create(_packed.Clones.One.Read(id, entry)));
        using MetadataReaderProvider symbols = EmbeddedSymbols(assembly);

        AssertSourcesAreLinked(symbols.GetMetadataReader());
    }

    [Theory]
    [InlineData(Whole)]
    [InlineData(AnalyzersAlone)]
    public void Package_names_its_repository_and_the_commit(string id)
    {
        XElement repository = _packed.Clones.One.Metadata(id)["repository"].Single();

        Assert.Equal(
            [("commit", _packed.Clones.Commit), ("type", "git"), ("url", PackedClones.Remote)],
            repository.Attributes().Select(attribute => (attribute.Name.LocalName, attribute.Value)).Order());
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Symbols_of_what_a_compiler_loads_are_inside(string id, string entry)
    {
        using var assembly = new PEReader(ImmutableArray.Create(_packed.Feed.Read(id, entry)));

        using MetadataReaderProvider symbols = EmbeddedSymbols(assembly);
        AssertSourcesAreNamedFromTheRoot(symbols.GetMetadataReader(), entry.Contains("CodeFixes", StringComparison.Ordinal) ? "CodeFixes" : "Analyzers");
    }

    [Theory]
    [InlineData(Whole)]
    [InlineData(AnalyzersAlone)]
    public void Package_says_what_it_is(string id)
    {
        var metadata = _packed.Feed.Metadata(id);

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
        [.. PublicApi.Of(MetadataReference.CreateFromImage(_packed.Feed.Read(Whole, $"lib/{framework}/BufferLifetime.dll")), ReferenceAssemblies.Net100WithoutRuntime.References)];

    private static MetadataReaderProvider EmbeddedSymbols(PEReader assembly) =>
        assembly.ReadEmbeddedPortablePdbDebugDirectoryData(assembly.ReadDebugDirectory().Single(entry => entry.Type == DebugDirectoryEntryType.EmbeddedPortablePdb));

    /// <summary>Every source is either one that the link leads to, and there is such a file, or inside the symbols.</summary>
    private void AssertSourcesAreLinked(MetadataReader symbols)
    {
        string link = $"https://raw.githubusercontent.com/example/buffers/{_packed.Clones.Commit}/*";
        Assert.Equal($$$"""{"documents":{"/_/*":"{{{link}}}"}}""", Encoding.UTF8.GetString(Information(symbols, EntityHandle.ModuleDefinition, SourceLink).Single()));

        foreach (DocumentHandle document in symbols.Documents)
        {
            string name = symbols.GetString(symbols.GetDocument(document).Name);
            Assert.True(
                Information(symbols, document, EmbeddedSource).Any() || File.Exists(Repository.PathOf(name["/_/".Length..])),
                $"{name} is neither in the repository nor in the symbols.");
        }
    }

    private static IEnumerable<byte[]> Information(MetadataReader symbols, EntityHandle parent, Guid kind) =>
        symbols.GetCustomDebugInformation(parent).Select(symbols.GetCustomDebugInformation).Where(information => symbols.GetGuid(information.Kind) == kind)
            .Select(information => symbols.GetBlobBytes(information.Value));

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
