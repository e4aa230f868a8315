using System.Diagnostics.CodeAnalysis;

namespace BufferLifetime;

/// <summary>Changes to what an extraction takes and how it reports it.</summary>
[Flags]
[SuppressMessage("Naming", "CA1711:Identifiers should not have incorrect suffix", Justification = "The kernel's word for them.")]
public enum ExtractFlags
{
    /// <summary>Pin user-backed memory, take nothing on stable memory, one fragment for each contiguous run.</summary>
    None = 0,

    /// <summary>
    /// The three-way policy: user-backed <see cref="TransferDirection.Source"/> iterators are held by reference
    /// (<see cref="ExtractMode.Get"/>), user-backed destinations are pinned, stable memory is borrowed.
    /// </summary>
    GetForSource = 1,

    /// <summary>
    /// Accept device (peer) memory in a user-backed iterator. Refused on every other kind: who built a stable iterator over
    /// peer memory knows what it holds.
    /// </summary>
    /// <remarks>The kernel's <c>ITER_ALLOW_P2PDMA</c>.</remarks>
    AllowPeerMemory = 2,

    /// <summary>
    /// Entries of at most one page each, in the calling convention of the legacy page getters: <see cref="PageFragment.Address"/>
    /// is the start of the page and <see cref="PageFragment.Offset"/> leads to the first byte. One pin for each contiguous run.
    /// </summary>
    PerPage = 4,
}
