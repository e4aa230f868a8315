namespace BufferLifetime;

/// <summary>How an iterator's memory is stored, which is what walking it depends on; several kinds share a layout.</summary>
internal enum IterLayout : byte
{
    /// <summary>One block of memory in the iterator itself.</summary>
    Single,

    /// <summary>An array of <c>Memory&lt;byte&gt;</c>.</summary>
    Segments,

    /// <summary>An array of <c>ReadOnlyMemory&lt;byte&gt;</c>.</summary>
    ReadOnlySegments,

    /// <summary>An array of addresses and lengths.</summary>
    Vectors,

    /// <summary>An array of folio fragments.</summary>
    Bvecs,

    /// <summary>A chain of slots.</summary>
    Queue,

    /// <summary>A chain of memory.</summary>
    Sequence,

    /// <summary>A sparse store, by position.</summary>
    Store,

    /// <summary>No memory at all.</summary>
    Nothing,
}
