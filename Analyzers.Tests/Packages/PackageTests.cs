using System.Xml.Linq;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Packages;

[Collection(PackedPackages.Collection)]
public sealed class PackageTests
{
    private const string Whole = "BufferLifetime";
    private const string AnalyzersAlone = "BufferLifetime.Analyzers";

    private const string LegacyCall =
        """
        using BufferLifetime;

        var iter = IovIter.Ubuf(new byte[10], TransferDirection.Source);
        int bytes = iter.GetPagesAlloc(out PageFragment[] pages, 10, out int offset0);
        Console.WriteLine($"bytes {bytes}");
        PageFragments.PutPages(pages);
        """;

    private const string TellChecked =
        """
        AppContext.TryGetSwitch("BufferLifetime.Checked", out bool isChecked);
        Console.WriteLine($"checked {isChecked}, direction {BufferLifetime.TransferDirection.Source}");
        """;

    private const string Nothing = "return;";

    private readonly PackedPackages _packed;

    public PackageTests(PackedPackages packed) => _packed = packed;

    [Fact]
    public void Whole_package_holds_exactly_these_entries() =>
        Assert.Equal(
            [
                "BufferLifetime.nuspec",
                "LICENSE",
                "README.md",
                "THIRD-PARTY-NOTICES.md",
                "analyzers/dotnet/roslyn4.14/cs/BufferLifetime.Analyzers.dll",
                "analyzers/dotnet/roslyn4.14/cs/BufferLifetime.CodeFixes.dll",
                "analyzers/dotnet/roslyn4.8/cs/BufferLifetime.Analyzers.dll",
                "build/BufferLifetime.Analyzers.props",
                "build/BufferLifetime.Analyzers.targets",
                "build/BufferLifetime.props",
                "build/BufferLifetime.targets",
                "build/config/BufferLifetime.Minimum.globalconfig",
                "build/config/BufferLifetime.None.globalconfig",
                "build/config/BufferLifetime.Recommended.globalconfig",
                "build/config/BufferLifetime.Strict.globalconfig",
                "buildTransitive/BufferLifetime.Analyzers.props",
                "buildTransitive/BufferLifetime.Analyzers.targets",
                "buildTransitive/BufferLifetime.props",
                "buildTransitive/BufferLifetime.targets",
                "buildTransitive/config/BufferLifetime.Minimum.globalconfig",
                "buildTransitive/config/BufferLifetime.None.globalconfig",
                "buildTransitive/config/BufferLifetime.Recommended.globalconfig",
                "buildTransitive/config/BufferLifetime.Strict.globalconfig",
                "icon.png",
                "lib/net10.0/BufferLifetime.dll",
                "lib/net10.0/BufferLifetime.xml",
                "lib/net8.0/BufferLifetime.dll",
                "lib/net8.0/BufferLifetime.xml",
            ],
            _packed.Feed.Entries(Whole));

    [Fact]
    public void Analyzer_package_holds_exactly_these_entries() =>
        Assert.Equal(
            [
                "BufferLifetime.Analyzers.nuspec",
                "LICENSE",
                "README.md",
                "THIRD-PARTY-NOTICES.md",
                "analyzers/dotnet/roslyn4.14/cs/BufferLifetime.Analyzers.dll",
                "analyzers/dotnet/roslyn4.14/cs/BufferLifetime.CodeFixes.dll",
                "analyzers/dotnet/roslyn4.8/cs/BufferLifetime.Analyzers.dll",
                "build/BufferLifetime.Analyzers.props",
                "build/BufferLifetime.Analyzers.targets",
                "build/config/BufferLifetime.Minimum.globalconfig",
                "build/config/BufferLifetime.None.globalconfig",
                "build/config/BufferLifetime.Recommended.globalconfig",
                "build/config/BufferLifetime.Strict.globalconfig",
                "buildTransitive/BufferLifetime.Analyzers.props",
                "buildTransitive/BufferLifetime.Analyzers.targets",
                "buildTransitive/config/BufferLifetime.Minimum.globalconfig",
                "buildTransitive/config/BufferLifetime.None.globalconfig",
                "buildTransitive/config/BufferLifetime.Recommended.globalconfig",
                "buildTransitive/config/BufferLifetime.Strict.globalconfig",
                "icon.png",
            ],
            _packed.Feed.Entries(AnalyzersAlone));

    [Fact]
    public void Only_the_analyzer_package_is_a_development_dependency()
    {
        Assert.Empty(_packed.Feed.Metadata(Whole)["developmentDependency"]);
        Assert.Equal("true", _packed.Feed.Metadata(AnalyzersAlone)["developmentDependency"].Single().Value);
    }

    [Theory]
    [InlineData(Whole)]
    [InlineData(AnalyzersAlone)]
    public void No_package_depends_on_another(string id) =>
        Assert.DoesNotContain(_packed.Feed.Metadata(id)["dependencies"].Descendants(), element => element.Name.LocalName == "dependency");

    [Theory]
    [InlineData(Whole)]
    [InlineData(AnalyzersAlone)]
    public void Direct_and_transitive_references_get_the_same_build_files(string id)
    {
        string[] direct = [.. _packed.Feed.Entries(id).Where(entry => entry.StartsWith("build/", StringComparison.Ordinal))];

        Assert.NotEmpty(direct);
        foreach (string entry in direct)
            Assert.Equal(_packed.Feed.Read(id, entry), _packed.Feed.Read(id, entry.Replace("build/", "buildTransitive/", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(Whole)]
    [InlineData(AnalyzersAlone)]
    public void Entries_carry_no_time_of_their_packing(string id) => Assert.Single(_packed.Feed.Times(id));

    [Theory]
    [InlineData("net8.0")]
    [InlineData("net10.0")]
    public void Consumer_of_the_whole_package_builds_against_the_library_and_is_warned(string framework)
    {
        Consumer consumer = _packed.NewConsumer($"Warned.{framework}", framework, LegacyCall, Whole);

        string printed = consumer.Build();

        Assert.Contains("Program.cs(4,", printed, StringComparison.Ordinal);
        Assert.Contains("warning BUF1102", printed, StringComparison.Ordinal);
        Assert.DoesNotContain("AD0001", printed, StringComparison.Ordinal);
        Assert.DoesNotContain("warning CS", printed, StringComparison.Ordinal);
    }

    [Fact]
    public void Format_command_repairs_the_consumer_with_the_fixes_of_the_package()
    {
        Consumer consumer = _packed.NewConsumer("Formatted", "net10.0", MendableProgram.Broken, AnalyzersAlone);

        Assert.Equal(MendableProgram.Mended.ReplaceLineEndings("\n"), consumer.Repair("BUF2006", "BUF2007", "BUF2008", "BUF2012"));
        Assert.DoesNotContain("BUF", consumer.Build("-p:WarningLevel=9"), StringComparison.Ordinal);
        Assert.Contains("9", consumer.Run(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Debug", "checked True")]
    [InlineData("Release", "checked False")]
    public void Checked_mode_is_on_in_debug_builds_of_the_consumer(string configuration, string expected)
    {
        Consumer consumer = _packed.NewConsumer($"Checked.{configuration}", "net10.0", TellChecked, Whole);

        Assert.Contains(expected, consumer.Run("-c", configuration), StringComparison.Ordinal);
    }

    [Fact]
    public void Checked_mode_is_the_consumers_to_decide()
    {
        Consumer consumer = _packed.NewConsumer("Checked.Off", "net10.0", TellChecked, Whole);

        Assert.Contains("checked False", consumer.Run("-p:BufferLifetimeChecked=false"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Whole)]
    [InlineData(AnalyzersAlone)]
    public void Todays_compiler_gets_analyzers_and_fixes(string id)
    {
        Consumer consumer = _packed.NewConsumer($"Newest.{id}", "net10.0", Nothing, id);

        Assert.Equal(["roslyn4.14/cs/BufferLifetime.Analyzers.dll", "roslyn4.14/cs/BufferLifetime.CodeFixes.dll"], consumer.Analyzers());
    }

    [Fact]
    public void Compiler_between_the_two_folders_gets_the_analyzers_without_the_fixes()
    {
        Consumer consumer = _packed.NewConsumer("Between", "net10.0", Nothing, Whole);

        Assert.Equal(["roslyn4.8/cs/BufferLifetime.Analyzers.dll"], consumer.Analyzers("-p:CompilerApiVersion=roslyn4.13"));
    }

    [Theory]
    [InlineData(Whole)]
    [InlineData(AnalyzersAlone)]
    public void Older_compiler_is_named_and_gets_no_analyzer(string id)
    {
        Consumer consumer = _packed.NewConsumer($"Older.{id}", "net10.0", Nothing, id);
        const string Older = "-p:CompilerApiVersion=roslyn4.7";

        string printed = consumer.Build(Older);

        Assert.Contains("warning BUFCFG0001", printed, StringComparison.Ordinal);
        Assert.DoesNotContain("warning CS", printed, StringComparison.Ordinal);
        Assert.Empty(consumer.Analyzers(Older));
    }

    [Fact]
    public void Build_tools_that_would_give_an_old_compiler_any_assembly_are_kept_from_it()
    {
        // The oldest tools take every assembly of a package for an analyzer. Today's choose well, so today's compiler is called too old.
        Consumer consumer = _packed.NewConsumer("Unchosen", "net10.0", Nothing, Whole, AnalyzersAlone);

        Assert.Empty(consumer.Analyzers("-p:_BufferLifetimeOldestCompiler=99.0"));
    }

    [Fact]
    public void Project_with_both_packages_gets_one_copy_of_the_rules()
    {
        Consumer consumer = _packed.NewConsumer("Both", "net10.0", Nothing, Whole, AnalyzersAlone);

        Assert.Equal(["roslyn4.14/cs/BufferLifetime.Analyzers.dll", "roslyn4.14/cs/BufferLifetime.CodeFixes.dll"], consumer.Analyzers());
    }
}
