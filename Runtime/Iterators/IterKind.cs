namespace BufferLifetime;

/// <summary>What an <see cref="IovIter"/> walks over.</summary>
/// <remarks>The kinds of the kernel's <c>enum iter_type</c>, with <see cref="Pipe"/> kept for borrowed pipe reads.</remarks>
public enum IterKind : byte
{
    /// <summary>One block of its caller's memory. User-backed: valid only inside the synchronous call that received it.</summary>
    Ubuf,

    /// <summary>Several blocks of their caller's memory. User-backed: valid only inside the synchronous call that received it.</summary>
    Iovec,

    /// <summary>Fragments of folios, kept alive by whoever made the iterator.</summary>
    Bvec,

    /// <summary>Addresses and lengths of memory that does not move, kept alive by whoever made the iterator.</summary>
    Kvec,

    /// <summary>A chain of segments: folios in slots, or a <see cref="System.Buffers.ReadOnlySequence{T}"/>.</summary>
    FolioQueue,

    /// <summary>A range of a sparse store of folios, addressed by position.</summary>
    Xarray,

    /// <summary>What a pipe reader returned; borrowed until the reader is advanced.</summary>
    Pipe,

    /// <summary>A destination that swallows bytes.</summary>
    Discard,
}
