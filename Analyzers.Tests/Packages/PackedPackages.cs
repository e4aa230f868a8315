using System.IO.Compression;
using System.Text.Json;
using System.Xml.Linq;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Packages;

/// <summary>
/// Both packages, packed from the sources for one run of the tests, with a feed of their own and a folder of their own to be
/// unpacked in: nothing that the machine knows of an earlier package can answer in their place.
/// </summary>
public sealed class PackedPackages : IDisposable
{
    /// <summary>The tests that share them, one after another: two builds at once are no faster.</summary>
    public const string Collection = "Packages";

    private readonly string _root = Directory.CreateTempSubdirectory("BufferLifetime-packages-").FullName;

    /// <summary>Packs.</summary>
    public PackedPackages()
    {
        // Builds into its own folder, because the test run's own build may still be writing to the usual ones.
        Pack("build", Feed);

        // A user's project has nothing around it.
        Directory.CreateDirectory(Consumers);
        File.WriteAllText(Path.Combine(Consumers, "Directory.Build.props"), "<Project />");
        File.WriteAllText(Path.Combine(Consumers, "Directory.Build.targets"), "<Project />");
        File.WriteAllText(Path.Combine(Consumers, "Directory.Packages.props"), "<Project />");
    }

    /// <summary>The version of both packages: the coming one, so that what the pages say of it can be run as it stands.</summary>
    public static string Version { get; } = XDocument.Load(Path.Combine(FindRepository(), "Directory.Build.props")).Descendants("VersionPrefix").Single().Value;

    private string Feed => Path.Combine(_root, "feed");

    private string Consumers => Path.Combine(_root, "consumers");

    /// <summary>Packs once more, into other folders than the first time, and returns the files of both times.</summary>
    public (string[] First, string[] Second) PackAgain()
    {
        string again = Path.Combine(_root, "feed-again");
        Pack("build-again", again);
        return (Packages(Feed), Packages(again));

        static string[] Packages(string folder) => [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal)];
    }

    /// <summary>The names of a package's entries, in order, without what the archive format itself needs.</summary>
    /// <param name="id">The package.</param>
    /// <param name="extension">The kind of package.</param>
    public string[] Entries(string id, string extension = "nupkg")
    {
        using ZipArchive archive = Open(id, extension);
        return
        [
            .. archive.Entries.Select(entry => entry.FullName)
                .Where(name => name is not ("[Content_Types].xml" or "_rels/.rels") && !name.StartsWith("package/", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>The bytes of one entry.</summary>
    /// <param name="id">The package.</param>
    /// <param name="entry">The entry's name.</param>
    /// <param name="extension">The kind of package.</param>
    public byte[] Read(string id, string entry, string extension = "nupkg")
    {
        using ZipArchive archive = Open(id, extension);
        using Stream stream = (archive.GetEntry(entry) ?? throw new FileNotFoundException(entry)).Open();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>The times of all entries, once each.</summary>
    /// <param name="id">The package.</param>
    public DateTimeOffset[] Times(string id)
    {
        using ZipArchive archive = Open(id);
        return [.. archive.Entries.Select(entry => entry.LastWriteTime).Distinct()];
    }

    /// <summary>What a package says of itself: elements of its metadata by local name.</summary>
    /// <param name="id">The package.</param>
    public ILookup<string, XElement> Metadata(string id)
    {
        using var stream = new MemoryStream(Read(id, $"{id}.nuspec"));
        return XDocument.Load(stream).Root!.Elements().Single().Elements().ToLookup(element => element.Name.LocalName);
    }

    /// <summary>Makes a new project that references the packages.</summary>
    /// <param name="name">The project's name, also its folder's.</param>
    /// <param name="framework">One target framework.</param>
    /// <param name="source">The program.</param>
    /// <param name="ids">The packages.</param>
    internal Consumer NewConsumer(string name, string framework, string source, params string[] ids)
    {
        string folder = Path.Combine(Consumers, name);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "Program.cs"), source);
        File.WriteAllText(
            Path.Combine(folder, $"{name}.csproj"),
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>{framework}</TargetFramework>
                <UseAppHost>false</UseAppHost>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <RestoreAdditionalProjectSources>{Feed}</RestoreAdditionalProjectSources>
              </PropertyGroup>
              <ItemGroup>
                {string.Concat(ids.Select(id => $"""<PackageReference Include="{id}" Version="{Version}" />"""))}
              </ItemGroup>
            </Project>
            """);
        return new Consumer(folder, Path.Combine(_root, "unpacked"));
    }

    /// <summary>Makes an empty folder whose projects find the packages.</summary>
    /// <param name="name">The folder's name.</param>
    internal Consumer NewFolder(string name)
    {
        string folder = Path.Combine(Consumers, name);
        Directory.CreateDirectory(folder);
        File.WriteAllText(
            Path.Combine(folder, "NuGet.config"),
            $"""<configuration><packageSources><add key="packed" value="{Feed}" /></packageSources></configuration>""");
        return new Consumer(folder, Path.Combine(_root, "unpacked"));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Directory.Delete(_root, recursive: true);
        }
        catch (IOException)
        {
            // A compiler server may still have an analyzer open; the temporary folder is the system's to empty.
        }
        catch (UnauthorizedAccessException)
        {
        }
    }

    private ZipArchive Open(string id, string extension = "nupkg") => ZipFile.OpenRead(Path.Combine(Feed, $"{id}.{Version}.{extension}"));

    private void Pack(string build, string feed) =>
        DotnetCommand.Run(
            FindRepository(), packages: null, "pack", "Package", "-c", "Release", "-o", feed, "-v", "q",
            "--artifacts-path", Path.Combine(_root, build), $"-p:Version={Version}");

    private static string FindRepository()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "analyzers.sln")))
            folder = Path.GetDirectoryName(folder);

        return folder ?? throw new DirectoryNotFoundException("The tests do not run from inside the repository.");
    }
}

/// <summary>What is packed is packed once.</summary>
[CollectionDefinition(PackedPackages.Collection)]
public sealed class PackageTestsTogether : ICollectionFixture<PackedPackages>;

/// <summary>A user's project.</summary>
internal sealed class Consumer(string folder, string unpacked)
{
    /// <summary>Builds from nothing and returns what was printed.</summary>
    public string Build(params string[] arguments) =>
        DotnetCommand.Run(folder, unpacked, ["build", "--no-incremental", "-v", "q", .. arguments]);

    /// <summary>The folder that the project is alone in.</summary>
    public string Folder => folder;

    /// <summary>Lets the packages be found and unpacked, and no more.</summary>
    public void Restore(params string[] arguments) => DotnetCommand.Run(folder, unpacked, ["restore", "-v", "q", .. arguments]);

    /// <summary>Builds from nothing and returns what was printed, whether the build fails or not.</summary>
    public (bool Succeeded, string Printed) TryBuild(params string[] arguments) =>
        DotnetCommand.TryRun(folder, unpacked, ["build", "--no-incremental", "-v", "q", "-clp:NoSummary", .. arguments]) is var (exitCode, printed) ? (exitCode == 0, printed) : default;

    /// <summary>Runs commands as a shell does, each of which has to succeed, and returns what they printed.</summary>
    public string Shell(string commands)
    {
        (int exitCode, string printed) = DotnetCommand.TryRunIn("/bin/sh", folder, unpacked, "-e", "-c", commands);
        Assert.True(exitCode == 0, $"{commands}\nended with {exitCode}:\n{printed}");
        return printed;
    }

    /// <summary>Builds and runs the program and returns what it printed.</summary>
    public string Run(params string[] arguments) => DotnetCommand.Run(folder, unpacked, ["run", .. arguments]);

    /// <summary>Lets the fixes of the package repair what some rules report, from a suggestion on, and returns the program as it is then.</summary>
    public string Repair(params string[] rules)
    {
        Restore();
        DotnetCommand.Run(folder, unpacked, ["format", "analyzers", "--no-restore", "--severity", "info", "--diagnostics", .. rules]);
        return File.ReadAllText(Path.Combine(folder, "Program.cs")).ReplaceLineEndings("\n");
    }

    /// <summary>The analyzers that the compiler would be given: folder in the package and file name, from the packages under test.</summary>
    public string[] Analyzers(params string[] arguments)
    {
        string result = Path.Combine(folder, "analyzers.json");
        DotnetCommand.Run(folder, unpacked, ["build", "-t:ResolveLockFileAnalyzers", "-getItem:Analyzer", $"-getResultOutputFile:{result}", .. arguments]);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(result));
        return
        [
            .. document.RootElement.GetProperty("Items").GetProperty("Analyzer").EnumerateArray()
                .Select(item => item.GetProperty("FullPath").GetString()!.Replace('\\', '/'))
                .Where(path => path.StartsWith(unpacked.Replace('\\', '/'), StringComparison.Ordinal))
                .Select(path => string.Join('/', path.Split('/')[^3..]))
                .Order(StringComparer.Ordinal),
        ];
    }
}
