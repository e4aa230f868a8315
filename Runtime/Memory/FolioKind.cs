namespace BufferLifetime;

/// <summary>Where the memory of a <see cref="Folio"/> comes from.</summary>
public enum FolioKind : byte
{
    /// <summary>Page-aligned native memory of its own.</summary>
    Native,

    /// <summary>Page-aligned native memory that goes back to a pool.</summary>
    Pooled,

    /// <summary>A view of a memory-mapped file.</summary>
    Mapped,

    /// <summary>Memory of a device, which not every transfer can reach.</summary>
    Peer,

    /// <summary>Memory that somebody else allocated and takes back through the release callback.</summary>
    Adopted,
}
