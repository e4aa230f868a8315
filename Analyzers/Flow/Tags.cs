namespace BufferLifetime.Analyzers.Flow;

/// <summary>Words that protocols put on effects for the rules; the flow does not read them.</summary>
internal static class Tags
{
    /// <summary>The page getters and putters that exist so that old call sites compile.</summary>
    public const string Legacy = "legacy";

    /// <summary>An iterator over pages that were extracted from another, which decided their mode.</summary>
    public const string Converted = "converted";

    /// <summary>A question whose answer decides how pages are given back.</summary>
    public const string ReleaseMode = "release mode";

    /// <summary>A release that only the owner of what is released can do.</summary>
    public const string OfOwner = "of owner";

    /// <summary>A block of the heap that gives and takes it by the named members: what one heap gave, no other takes.</summary>
    public const string GlobalHeap = "Marshal.FreeHGlobal";

    /// <inheritdoc cref="GlobalHeap"/>
    public const string TaskHeap = "Marshal.FreeCoTaskMem";

    /// <inheritdoc cref="GlobalHeap"/>
    public const string TextHeap = "Marshal.FreeBSTR";

    /// <inheritdoc cref="GlobalHeap"/>
    public const string NativeHeap = "NativeMemory.Free";

    /// <inheritdoc cref="GlobalHeap"/>
    public const string AlignedHeap = "NativeMemory.AlignedFree";

    /// <summary>An iterator that takes bytes and keeps none: it has no memory.</summary>
    public const string Discards = "discards";
}
