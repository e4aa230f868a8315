using System.Xml.Linq;
using BufferLifetime.Analyzers.Tests.Documentation;
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
    private readonly Lazy<PackedClones> _clones;

    /// <summary>Packs.</summary>
    public PackedPackages()
    {
        // Builds into its own folder, because the test run's own build may still be writing to the usual ones.
        Feed = Pack(Repository.Root, "first");
        _clones = new Lazy<PackedClones>(PackClones);

        // A user's project has nothing around it.
        Directory.CreateDirectory(Consumers);
        File.WriteAllText(Path.Combine(Consumers, "Directory.Build.props"), "<Project />");
        File.WriteAllText(Path.Combine(Consumers, "Directory.Build.targets"), "<Project />");
        File.WriteAllText(Path.Combine(Consumers, "Directory.Packages.props"), "<Project />");
    }

    /// <summary>The version of both packages: the coming one, so that what the pages say of it can be run as it stands.</summary>
    public static string Version { get; } = XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props")).Descendants("VersionPrefix").Single().Value;

    /// <summary>What was packed.</summary>
    internal PackageFeed Feed { get; }

    private string Consumers => Path.Combine(_root, "consumers");

    /// <summary>What two clones of one commit make, each in a folder and on a branch of its own.</summary>
    internal PackedClones Clones => _clones.Value;

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
                <RestoreAdditionalProjectSources>{Feed.Folder}</RestoreAdditionalProjectSources>
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
            $"""<configuration><packageSources><add key="packed" value="{Feed.Folder}" /></packageSources></configuration>""");
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

    private PackageFeed Pack(string repository, string name)
    {
        string feed = Path.Combine(_root, $"feed-{name}");
        DotnetCommand.Run(
            repository, packages: null, "pack", "Package", "-c", "Release", "-o", feed, "-v", "q",
            "--artifacts-path", Path.Combine(_root, $"build-{name}"), $"-p:Version={Version}");
        return new PackageFeed(feed, Version);
    }

    /// <summary>The sources as they are here, committed, so that a test sees what is not committed yet.</summary>
    private PackedClones PackClones()
    {
        string one = Path.Combine(_root, "clone-one"), other = Path.Combine(_root, "clone", "other");
        foreach (string file in Git(Repository.Root, "ls-files", "--cached", "--others", "--exclude-standard").Split('\n').Where(file => File.Exists(Repository.PathOf(file))))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(one, file))!);
            File.Copy(Repository.PathOf(file), Path.Combine(one, file));
        }

        Git(one, "init", "--quiet");
        Git(one, "add", "--all");
        Git(one, "-c", "user.name=Tests", "-c", "user.email=tests@example.org", "commit", "--quiet", "--message", "As it is");
        Git(one, "checkout", "--quiet", "-b", "one");
        Git(one, "remote", "add", "origin", PackedClones.Remote);
        Git(_root, "clone", "--quiet", one, other);
        Git(other, "checkout", "--quiet", "-b", "other");
        Git(other, "remote", "set-url", "origin", PackedClones.Remote);
        return new PackedClones(Git(one, "rev-parse", "HEAD").Trim(), Pack(one, "one"), Pack(other, "other"));
    }

    private static string Git(string folder, params string[] arguments)
    {
        (int exitCode, string printed) = DotnetCommand.TryRunIn("git", folder, packages: null, arguments);
        Assert.True(exitCode == 0, $"`git {string.Join(' ', arguments)}` ended with {exitCode}:{Environment.NewLine}{printed}");
        return printed;
    }
}

/// <summary>Packages of two clones of one commit.</summary>
/// <param name="Commit">The commit.</param>
/// <param name="One">What one clone makes.</param>
/// <param name="Other">What the other makes.</param>
internal sealed record PackedClones(string Commit, PackageFeed One, PackageFeed Other)
{
    /// <summary>Where the clones say they are from. Nobody asks there for anything.</summary>
    public const string Remote = "https://github.com/example/buffers";
}

/// <summary>What is packed is packed once.</summary>
[CollectionDefinition(PackedPackages.Collection)]
public sealed class PackageTestsTogether : ICollectionFixture<PackedPackages>;
