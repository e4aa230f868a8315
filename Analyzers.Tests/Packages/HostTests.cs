using System.Text.Json;
using Microsoft.CodeAnalysis;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Packages;

/// <summary>The ways that projects take packages, and the projects that the rules are not for.</summary>
[Collection(PackedPackages.Collection)]
public sealed class HostTests
{
    private const string Whole = "BufferLifetime";
    private const string AnalyzersAlone = "BufferLifetime.Analyzers";

    private const string ReturnedTwice =
        """
        using System.Buffers;

        public static class Pool
        {
            public static void Twice()
            {
                byte[] rented = ArrayPool<byte>.Shared.Rent(8);
                ArrayPool<byte>.Shared.Return(rented);
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
        """;

    private readonly PackedPackages _packed;

    public HostTests(PackedPackages packed) => _packed = packed;

    [Theory]
    [InlineData(Whole)]
    [InlineData(AnalyzersAlone)]
    public void Locked_packages_with_central_versions_restore_again_and_report_for_every_framework(string id)
    {
        Consumer folder = _packed.NewFolder($"Locked.{id}");
        Write(folder, "Directory.Packages.props", $"""
            <Project>
              <PropertyGroup>
                <ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally>
              </PropertyGroup>
              <ItemGroup>
                <PackageVersion Include="{id}" Version="{PackedPackages.Version}" />
              </ItemGroup>
            </Project>
            """);
        Write(folder, "Locked.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFrameworks>net8.0;net10.0</TargetFrameworks>
                <RestorePackagesWithLockFile>true</RestorePackagesWithLockFile>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="{id}" />
              </ItemGroup>
            </Project>
            """);
        Write(folder, "Pool.cs", ReturnedTwice);

        folder.Restore();
        string written = Read(folder, "packages.lock.json");
        string printed = folder.Build("-p:RestoreLockedMode=true");

        using JsonDocument locked = JsonDocument.Parse(written);
        Assert.All(["net8.0", "net10.0"], framework =>
        {
            JsonElement package = locked.RootElement.GetProperty("dependencies").GetProperty(framework).GetProperty(id);
            Assert.Equal(PackedPackages.Version, package.GetProperty("resolved").GetString());
            Assert.False(package.TryGetProperty("dependencies", out _));
            Assert.Contains(printed.Split('\n'), line => line.Contains("warning BUF2006", StringComparison.Ordinal) && line.Contains($"TargetFramework={framework}]", StringComparison.Ordinal));
        });
        Assert.Equal(written, Read(folder, "packages.lock.json"));
    }

    [Fact]
    public void Private_reference_is_analyzed_itself_and_not_handed_on()
    {
        Consumer folder = _packed.NewFolder("Private");
        Library(folder, "Closed", $"""<PackageReference Include="{Whole}" Version="{PackedPackages.Version}" PrivateAssets="all" />""", ReturnedTwice);
        Library(folder, "OfClosed", """<ProjectReference Include="../Closed/Closed.csproj" />""", ReturnedTwice);

        string[] lines = [.. folder.Build("OfClosed").Split('\n').Where(line => line.Contains("BUF", StringComparison.Ordinal)).Distinct()];

        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.Contains("/Closed.csproj", line.Replace('\\', '/'), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("vbproj", "Program.vb", """
        Imports BufferLifetime
        Imports System

        Module Program
            Sub Main()
                Console.WriteLine(TransferDirection.Source.ToString())
            End Sub
        End Module
        """)]
    [InlineData("fsproj", "Program.fs", """
        open BufferLifetime
        printfn "%O" TransferDirection.Source
        """)]
    public void Project_of_another_language_has_the_library_and_is_left_alone(string kind, string file, string program)
    {
        Consumer folder = _packed.NewFolder($"Other.{kind}");
        Write(folder, $"Other.{kind}", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <UseAppHost>false</UseAppHost>
              </PropertyGroup>
              <ItemGroup>
                {(kind == "fsproj" ? $"""<Compile Include="{file}" />""" : "")}
                <PackageReference Include="{Whole}" Version="{PackedPackages.Version}" />
                <PackageReference Include="{AnalyzersAlone}" Version="{PackedPackages.Version}" />
              </ItemGroup>
            </Project>
            """);
        Write(folder, file, program);

        // An analyzer, a preset or a word about either that reached it would be a warning, and a name that is no mode is one in C#.
        string printed = folder.Build("-warnaserror", "-p:BufferLifetimeAnalysisMode=Paranoid");

        Assert.DoesNotContain("warning", printed, StringComparison.Ordinal);
        Assert.Empty(folder.Analyzers());
        Assert.Contains("Source", folder.Run("--no-build"), StringComparison.Ordinal);
    }

    [Fact]
    public void Analyzers_are_compiled_against_the_oldest_compiler_and_the_fixes_against_their_own()
    {
        Assert.Equal(new Version(4, 8, 0, 0), CompilerOf(typeof(BufferLifetimeAnalyzer)));
        Assert.Equal(new Version(4, 14, 0, 0), CompilerOf(typeof(BufferLifetime.CodeFixes.Modes.MismatchedReleaseFix)));

        static Version? CompilerOf(Type type) =>
            type.Assembly.GetReferencedAssemblies().Single(name => name.Name == typeof(Compilation).Assembly.GetName().Name).Version;
    }

    private static void Library(Consumer folder, string name, string reference, string source)
    {
        Write(folder, Path.Combine(name, $"{name}.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net8.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              <ItemGroup>
                {reference}
              </ItemGroup>
            </Project>
            """);
        Write(folder, Path.Combine(name, "Pool.cs"), source);
    }

    private static void Write(Consumer folder, string name, string text)
    {
        string path = Path.Combine(folder.Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private static string Read(Consumer folder, params string[] parts) => File.ReadAllText(Path.Combine([folder.Folder, .. parts]));
}
