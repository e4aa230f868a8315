using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Symbols;

/// <summary>The types without which there is nothing to analyse.</summary>
internal static class KnownTypes
{
    private static readonly string[] Any = 
    [
        "BufferLifetime.IovIter",
        "System.Buffers.ArrayPool`1",
        "System.Buffers.MemoryHandle",
        "System.Runtime.InteropServices.GCHandle",
    ];

    /// <summary>Whether the compilation can speak of any buffer that a protocol knows.</summary>
    public static bool AreReferencedBy(Compilation compilation) =>
        Array.Exists(Any, name => !compilation.GetTypesByMetadataName(name).IsEmpty);
}
