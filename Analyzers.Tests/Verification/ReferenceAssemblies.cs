using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>A set of assemblies to compile against, read once.</summary>
public sealed class ReferenceAssemblies
{
    private readonly Lazy<ImmutableArray<MetadataReference>> _references;

    private ReferenceAssemblies(Func<IEnumerable<string>> paths)
    {
        _references = new(() => [.. paths().Select(path => MetadataReference.CreateFromFile(path))]);
    }

    /// <summary>The framework that runs the tests, and BufferLifetime.</summary>
    public static ReferenceAssemblies Net100 { get; } = new(() => [.. Framework(), typeof(TransferDirection).Assembly.Location]);

    /// <summary>The framework alone, as in code that does not use the library.</summary>
    public static ReferenceAssemblies Net100WithoutRuntime { get; } = new(Framework);

    /// <summary>Nothing, not even <c>System.Object</c>.</summary>
    public static ReferenceAssemblies None { get; } = new(() => []);

    public static ReferenceAssemblies Default => Net100;

    internal ImmutableArray<MetadataReference> References => _references.Value;

    private static IEnumerable<string> Framework()
    {
        string framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        string trusted = (string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!;
        return trusted.Split(Path.PathSeparator).Where(path =>
            Path.GetDirectoryName(path) == framework || Path.GetFileName(path) == "System.IO.Pipelines.dll");
    }
}
