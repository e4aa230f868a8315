using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using BufferLifetime.Analyzers.Tests.Documentation;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Packages;

/// <summary>The third-party notices, held against what is packed.</summary>
[Collection(PackedPackages.Collection)]
public sealed class NoticeTests
{
    /// <summary>The folders of the projects whose assemblies are packed.</summary>
    private static readonly string[] Packed = ["Runtime", "Analyzers", "CodeFixes"];

    /// <summary>Who an assembly belongs to that another one asks for: how its name begins, and what the notices call it.</summary>
    private static readonly (string Name, string Notice)[] Owners =
    [
        ("Microsoft.CodeAnalysis", "(Microsoft.CodeAnalysis, MIT"),
        ("System.Composition", "(System.Composition, MIT"),
        ("System", "base class library of .NET (MIT"),
        ("netstandard", "base class library of .NET (MIT"),
    ];

    private readonly PackedPackages _packed;

    public NoticeTests(PackedPackages packed) => _packed = packed;

    public static TheoryData<string> Packages => ["BufferLifetime", "BufferLifetime.Analyzers"];

    [Theory]
    [MemberData(nameof(Packages))]
    public void Every_assembly_in_a_package_is_made_by_a_project_of_this_repository_and_in_the_notices(string id)
    {
        string[] ours = [.. Packed.SelectMany(folder => Directory.GetFiles(Repository.PathOf(folder), "*.csproj")).Select(project => Path.GetFileNameWithoutExtension(project)!)];
        string notices = Repository.Read("THIRD-PARTY-NOTICES.md");

        string[] packed = [.. Assemblies(id).Select(entry => Path.GetFileNameWithoutExtension(entry)).Distinct()];

        Assert.NotEmpty(packed);
        Assert.Subset(ours.ToHashSet(), packed.ToHashSet());
        Assert.All(packed, name => Assert.Contains($"`{name}.dll`", notices, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void Whatever_an_assembly_in_a_package_asks_for_is_packed_or_in_the_notices(string id)
    {
        string notices = Repository.Read("THIRD-PARTY-NOTICES.md").ReplaceLineEndings(" ").Replace("  ", " ", StringComparison.Ordinal);
        foreach (string entry in Assemblies(id))
        {
            using var assembly = new PEReader(ImmutableArray.Create(_packed.Feed.Read(id, entry)));
            MetadataReader reader = assembly.GetMetadataReader();
            foreach (string reference in reader.AssemblyReferences.Select(handle => reader.GetString(reader.GetAssemblyReference(handle).Name)))
            {
                if (Assemblies(id).Contains($"{entry[..entry.LastIndexOf('/')]}/{reference}.dll"))
                    continue;

                string? notice = Owners.FirstOrDefault(owner => reference == owner.Name || reference.StartsWith(owner.Name + ".", StringComparison.Ordinal)).Notice;
                Assert.True(notice is not null, $"{entry} asks for {reference}: THIRD-PARTY-NOTICES.md has to say whose that is, and this test what it says.");
                Assert.Contains(notice, notices, StringComparison.Ordinal);
            }
        }
    }

    private string[] Assemblies(string id) => [.. _packed.Feed.Entries(id).Where(entry => entry.EndsWith(".dll", StringComparison.Ordinal))];
}
