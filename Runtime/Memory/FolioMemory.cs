using System.Buffers;
using System.Runtime.InteropServices;

namespace BufferLifetime;

/// <summary>A folio as <see cref="Memory{T}"/>: pinning the memory pins the folio, so the bytes outlive the folio's creator.</summary>
internal sealed class FolioMemory : MemoryManager<byte>
{
    private readonly long _offset;
    private readonly int _length;

    internal FolioMemory(Folio folio, long offset, int length)
    {
        Folio = folio;
        _offset = offset;
        _length = length;
    }

    internal Folio Folio { get; }

    /// <summary>The folio whose bytes these are, or null of memory that is no folio's.</summary>
    internal static Folio? FolioOf(ReadOnlyMemory<byte> memory) =>
        MemoryMarshal.TryGetMemoryManager(memory, out FolioMemory? manager) ? manager.Folio : null;

    public override Span<byte> GetSpan() => Folio.AsSpan(_offset, _length);

    public override unsafe MemoryHandle Pin(int elementIndex = 0)
    {
        Folio.CheckRange(_offset + elementIndex, 0);
        Folio.Pin();
        return new MemoryHandle((void*)AddressAt(elementIndex), default, this);
    }

    public override void Unpin() => Folio.Unpin();

    internal nint AddressAt(int elementIndex) => Folio.AddressUnchecked + (nint)_offset + elementIndex;

    // The folio counts who holds it; this object has nothing to dispose.
    protected override void Dispose(bool disposing)
    {
    }
}
