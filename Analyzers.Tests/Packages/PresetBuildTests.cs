using System.Text.RegularExpressions;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Packages;

/// <summary>What the presets of the packages do to a user's build.</summary>
[Collection(PackedPackages.Collection)]
public sealed partial class PresetBuildTests
{
    /// <summary>One mistake that is certain, one that is possible, and one that is a suggestion.</summary>
    private const string Mistakes =
        """
        using System.Buffers;
        using System.Runtime.InteropServices;

        Console.WriteLine(Certain() + Suggested());
        Possible(args.Length > 0);

        static int Certain()
        {
            byte[] rented = ArrayPool<byte>.Shared.Rent(8);
            ArrayPool<byte>.Shared.Return(rented);
            return rented[0];
        }

        static void Possible(bool early)
        {
            nint block = Marshal.AllocHGlobal(8);
            if (early)
                Marshal.FreeHGlobal(block);
            Marshal.FreeHGlobal(block);
        }

        static int Suggested()
        {
            byte[] rented = ArrayPool<byte>.Shared.Rent(8);
            return rented[0];
        }
        """;

    private readonly PackedPackages _packed;

    public PresetBuildTests(PackedPackages packed) => _packed = packed;

    public static TheoryData<string, string[], string> Modes => new()
    {
        { "", ["-p:BufferLifetimeAnalysisMode=None"], "" },
        { "", ["-p:BufferLifetimeAnalysisMode=Minimum"], "warning BUF2005" },
        { "", [], "warning BUF2002, warning BUF2005" },
        { "", ["-p:BufferLifetimeAnalysisMode=recommended"], "warning BUF2002, warning BUF2005" },
        { "", ["-p:BufferLifetimeAnalysisMode=Strict"], "error BUF2002, error BUF2005, warning BUF2008" },
        { "", ["-p:BufferLifetimeAnalysisMode=Paranoid"], "warning BUF2002, warning BUF2005, warning BUFCFG0002" },
        { "dotnet_diagnostic.BUF2005.severity = warning", ["-p:BufferLifetimeAnalysisMode=None"], "warning BUF2005" },
        { "buffer_lifetime.report_possible = true", ["-p:BufferLifetimeAnalysisMode=Minimum"], "warning BUF2002, warning BUF2005" },
        { "dotnet_diagnostic.BUF2005.severity = none", ["-p:BufferLifetimeAnalysisMode=Strict"], "error BUF2002, warning BUF2008" },
        { "dotnet_analyzer_diagnostic.category-BufferLifetime.BaseLibrary.severity = warning", ["-p:BufferLifetimeAnalysisMode=Strict"], "warning BUF2002, warning BUF2005, warning BUF2008" },
    };

    [Theory]
    [MemberData(nameof(Modes))]
    public void Mode_decides_and_the_users_configuration_wins(string editorConfig, string[] arguments, string expected)
    {
        Consumer consumer = _packed.NewConsumer("Preset", "net10.0", Mistakes, "BufferLifetime.Analyzers");
        File.WriteAllText(Path.Combine(consumer.Folder, ".editorconfig"), $"root = true\n[*.cs]\n{editorConfig}\n");

        (bool succeeded, string printed) = consumer.TryBuild(arguments);

        Assert.Equal(expected, Reports(printed));
        Assert.Equal(!expected.Contains("error", StringComparison.Ordinal), succeeded);
    }

    [Fact]
    public void Project_with_both_packages_takes_one_preset()
    {
        Consumer consumer = _packed.NewConsumer("PresetOnce", "net10.0", Mistakes, "BufferLifetime", "BufferLifetime.Analyzers");

        // A key that two global configurations of one level set is taken from neither, with a warning.
        Assert.Equal("error BUF2002, error BUF2005, warning BUF2008", Reports(consumer.TryBuild("-p:BufferLifetimeAnalysisMode=Strict").Printed));
    }

    [Fact]
    public void Project_that_gets_the_package_through_another_takes_the_preset_too()
    {
        Consumer folder = _packed.NewFolder("PresetTransitive");
        Directory.CreateDirectory(Path.Combine(folder.Folder, "Library"));
        Directory.CreateDirectory(Path.Combine(folder.Folder, "App"));
        File.WriteAllText(Path.Combine(folder.Folder, "Library", "Library.csproj"), Project("Library", $"""<PackageReference Include="BufferLifetime" Version="{PackedPackages.Version}" />"""));
        File.WriteAllText(Path.Combine(folder.Folder, "App", "App.csproj"), Project("Exe", """<ProjectReference Include="../Library/Library.csproj" />"""));
        File.WriteAllText(Path.Combine(folder.Folder, "App", "Program.cs"), Mistakes);

        (bool succeeded, string printed) = folder.TryBuild("App", "-p:BufferLifetimeAnalysisMode=Strict");

        Assert.Equal("error BUF2002, error BUF2005, warning BUF2008", Reports(printed));
        Assert.False(succeeded);
    }

    private static string Project(string output, string reference) =>
        $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>{output}</OutputType>
            <TargetFramework>net8.0</TargetFramework>
            <UseAppHost>false</UseAppHost>
            <ImplicitUsings>enable</ImplicitUsings>
          </PropertyGroup>
          <ItemGroup>
            {reference}
          </ItemGroup>
        </Project>
        """;

    private static string Reports(string printed) =>
        string.Join(", ", Report().Matches(printed).Select(report => report.Value).Distinct().Order(StringComparer.Ordinal));

    [GeneratedRegex(@"(?:warning|error) \w+")]
    private static partial Regex Report();
}
