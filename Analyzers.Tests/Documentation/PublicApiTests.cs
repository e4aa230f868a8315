using BufferLifetime.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Documentation;

/// <summary>
/// What the library shows to its users is written down, so that no change of it goes unseen: the change of <c>Runtime/PublicAPI.txt</c> is reviewed with the
/// change of the code.
/// </summary>
[Collection(DocumentationTests.Name)]
public sealed class PublicApiTests
{
    private static readonly MetadataReference Library = MetadataReference.CreateFromFile(typeof(TransferDirection).Assembly.Location);

    [Fact]
    public void Public_interface_of_the_library_is_the_reviewed_one() =>
        Generated.Verify(Repository.PathOf("Runtime", "PublicAPI.txt"), string.Concat(PublicApi.Of(Library, ReferenceAssemblies.Net100WithoutRuntime.References).Select(line => line + "\n")));

    [Fact]
    public void Member_added_changed_or_hidden_is_seen()
    {
        string[] before = Read("public sealed class C { public int P { get; } public void M(int a) { } internal void Hidden() { } }");

        Assert.Equal(["sealed class C", "    C()", "    int P { get; }", "    void M(int a)"], before.OrderBy(line => line.StartsWith(' ')).ThenBy(line => line, StringComparer.Ordinal));
        Assert.NotEqual(before, Read("public sealed class C { public int P { get; } public void M(int? a) { } internal void Hidden() { } }"));
        Assert.NotEqual(before, Read("public sealed class C { public int P { get; } internal void M(int a) { } internal void Hidden() { } }"));
        Assert.NotEqual(before, Read("public class C { public int P { get; } public void M(int a) { } internal void Hidden() { } }"));
        Assert.NotEqual(before, Read("public sealed class C { public int P { get; set; } public void M(int a) { } internal void Hidden() { } }"));
        Assert.NotEqual(before, Read("public sealed class C { public int P { get; } public void M(int a = 1) { } internal void Hidden() { } }"));
        Assert.Equal(before, Read("public sealed class C { public int P { get; } public void M(int a) { } private int _hidden; private sealed class D { public int Deep; } }"));
    }

    private static string[] Read(string source)
    {
        var compilation = CSharpCompilation.Create(
            "Library",
            [CSharpSyntaxTree.ParseText(source)],
            ReferenceAssemblies.Net100WithoutRuntime.References,
            new(OutputKind.DynamicallyLinkedLibrary));
        using var image = new MemoryStream();
        Assert.True(compilation.Emit(image).Success);
        return [.. PublicApi.Of(MetadataReference.CreateFromImage(image.ToArray()), ReferenceAssemblies.Net100WithoutRuntime.References)];
    }
}
