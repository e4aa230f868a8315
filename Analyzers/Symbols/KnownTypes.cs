using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Symbols;

/// <summary>The types without which there is nothing to analyse.</summary>
internal static class KnownTypes
{
    // What stands with the object type is found there, without a look at every other reference.
    private static readonly string[] Any =
    [
        "System.Runtime.InteropServices.GCHandle",
        "System.Buffers.ArrayPool`1",
        "System.Buffers.MemoryHandle",
        "BufferLifetime.IovIter",
    ];

    /// <summary>Whether the compilation can speak of any buffer that a protocol knows.</summary>
    public static bool AreReferencedBy(Compilation compilation) =>
        Array.Exists(Any, name => compilation.ObjectType.ContainingAssembly?.GetTypeByMetadataName(name) is not null || !compilation.GetTypesByMetadataName(name).IsEmpty);
}
