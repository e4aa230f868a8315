using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace BufferLifetime;

/// <summary>
/// A contiguous block of memory that does not move and has a lifetime of its own: it is freed, exactly once, when its creator,
/// every reference and every pin have let go. Safe from any thread.
/// </summary>
/// <remarks>The kernel's folio: one or more pages that are counted together, never one count per 4096 bytes of a larger block.</remarks>
[SuppressMessage("Usage", "CA1816:Dispose methods should call SuppressFinalize", Justification = "The finaliser reports folios whose holds were lost, also after their creator let go.")]
public sealed class Folio : IDisposable
{
    private const long OneReference = 1;
    private const long ReferenceMask = 0x7fffffff;
    private const long Creator = 1L << 31;
    private const long OnePin = 1L << 32;
    private const long PinMask = ReferenceMask << 32;

    private readonly nint _address;
    private readonly Action<Folio>? _released;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly StackTrace? _origin;
    private FolioMemory? _memory;

    // References, the creator's hold and pins in one word, so that "nobody holds it" is one comparison and never comes twice.
    private long _holds = Creator;

    private Folio(FolioKind kind, nint address, long length, Action<Folio>? released, MemoryMappedViewAccessor? view = null, bool isReadOnly = false)
    {
        Kind = kind;
        _address = address;
        Length = length;
        _released = released;
        _view = view;
        IsReadOnly = isReadOnly;
        _origin = CheckedMode.CaptureOrigin();
        if (_origin is null)
            GC.SuppressFinalize(this);
    }

    /// <summary>Reports, in checked mode, a folio that was lost; its memory stays, because native code may still use it.</summary>
    ~Folio()
    {
        if (Volatile.Read(ref _holds) != 0)
            CheckedMode.ReportLeak(this, $"{this} was lost without being disposed.", _origin);
    }

    /// <summary>Where the memory comes from.</summary>
    public FolioKind Kind { get; }

    /// <summary>Bytes.</summary>
    public long Length { get; }

    /// <summary>Pages of 4096 bytes that the block reaches over.</summary>
    public long PageCount => Pages.Spanned(_address, Length);

    /// <summary>Whether this is device memory, which an extraction has to be told to accept.</summary>
    public bool IsPeer => Kind == FolioKind.Peer;

    /// <summary>Whether the block must not be written to, and so cannot be the destination of a transfer.</summary>
    public bool IsReadOnly { get; }

    /// <summary>Whether nobody holds the folio any more: its memory is gone.</summary>
    public bool IsReleased => Volatile.Read(ref _holds) == 0;

    /// <summary>References besides the creator's.</summary>
    public int ReferenceCount => (int)(Volatile.Read(ref _holds) & ReferenceMask);

    /// <summary>Pins.</summary>
    public int PinCount => (int)(Volatile.Read(ref _holds) >> 32);

    /// <summary>Where the first byte is.</summary>
    /// <exception cref="ObjectDisposedException">The last hold was released.</exception>
    public nint Address
    {
        get
        {
            ThrowIfReleased();
            return _address;
        }
    }

    /// <summary>The block as memory; pinning it pins the folio.</summary>
    /// <exception cref="NotSupportedException">The folio is larger than a <see cref="Memory{T}"/> can be; take it in slices.</exception>
    /// <exception cref="ObjectDisposedException">The last hold was released.</exception>
    public Memory<byte> Memory
    {
        get
        {
            ThrowIfReleased();
            if (Length > int.MaxValue)
                throw new NotSupportedException($"A folio of {Length} bytes is larger than one Memory<byte>; use Slice.");

            return (_memory ??= new FolioMemory(this, 0, (int)Length)).Memory;
        }
    }

    internal nint AddressUnchecked => _address;

    /// <summary>Allocates native memory that starts at a page boundary and is zeroed.</summary>
    /// <param name="length">Bytes, at least one.</param>
    /// <param name="released">Called exactly once, after the last hold was released and before the memory is freed.</param>
    /// <returns>The folio; the caller holds it until <see cref="Dispose"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is not positive.</exception>
    /// <exception cref="OutOfMemoryException">There is not that much memory.</exception>
    public static unsafe Folio Native(long length, Action<Folio>? released = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        Faults.At(FaultPoint.Allocate);
        void* memory = NativeMemory.AlignedAlloc((nuint)length, IovIter.PageSize);
        NativeMemory.Clear(memory, (nuint)length);
        return new Folio(FolioKind.Native, (nint)memory, length, released);
    }

    /// <summary>Takes native memory that starts at a page boundary from a pool; its content is whatever the last user left.</summary>
    /// <param name="length">Bytes, at least one; the pool rounds up, the folio does not.</param>
    /// <param name="released">Called exactly once, after the last hold was released and before the memory goes back.</param>
    /// <returns>The folio; the caller holds it until <see cref="Dispose"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is not positive.</exception>
    /// <exception cref="OutOfMemoryException">There is not that much memory.</exception>
    /// <remarks>In checked mode released memory is filled with <see cref="CheckedMode.Poison"/>.</remarks>
    public static Folio Pooled(long length, Action<Folio>? released = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        Faults.At(FaultPoint.Allocate);
        return new Folio(FolioKind.Pooled, FolioPool.Rent(length), length, released);
    }

    /// <summary>Maps a part of a file.</summary>
    /// <param name="file">The mapping; it may be disposed while the folio lives.</param>
    /// <param name="offset">Bytes from the start of the file.</param>
    /// <param name="length">Bytes, at least one.</param>
    /// <param name="access">
    /// <see cref="MemoryMappedFileAccess.Read"/> makes a read-only folio, which is refused as the destination of a transfer.
    /// </param>
    /// <param name="released">Called exactly once, after the last hold was released and before the view is unmapped.</param>
    /// <returns>The folio; the caller holds it until <see cref="Dispose"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> is negative or <paramref name="length"/> not positive.</exception>
    /// <exception cref="UnauthorizedAccessException">The mapping does not allow that access.</exception>
    public static unsafe Folio Mapped(
        MemoryMappedFile file,
        long offset,
        long length,
        MemoryMappedFileAccess access = MemoryMappedFileAccess.ReadWrite,
        Action<Folio>? released = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        MemoryMappedViewAccessor view = file.CreateViewAccessor(offset, length, access);
        byte* start = null;
        try
        {
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        }
        catch
        {
            view.Dispose();
            throw;
        }

        bool readOnly = access is MemoryMappedFileAccess.Read or MemoryMappedFileAccess.ReadExecute;
        return new Folio(FolioKind.Mapped, (nint)start + (nint)view.PointerOffset, length, released, view, readOnly);
    }

    /// <summary>Describes memory of a device that is mapped into this process.</summary>
    /// <param name="address">Where the first byte is.</param>
    /// <param name="length">Bytes, at least one.</param>
    /// <param name="released">Called exactly once, after the last hold was released: the device may have its memory back.</param>
    /// <returns>The folio; the caller holds it until <see cref="Dispose"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="address"/> is zero or <paramref name="length"/> not positive.</exception>
    public static Folio Peer(nint address, long length, Action<Folio>? released = null) =>
        Describe(FolioKind.Peer, address, length, released);

    /// <summary>Describes memory that somebody else allocated and that does not move.</summary>
    /// <param name="address">Where the first byte is.</param>
    /// <param name="length">Bytes, at least one.</param>
    /// <param name="released">Called exactly once, after the last hold was released: the owner may free the memory.</param>
    /// <returns>The folio; the caller holds it until <see cref="Dispose"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="address"/> is zero or <paramref name="length"/> not positive.</exception>
    public static Folio Adopt(nint address, long length, Action<Folio>? released = null) =>
        Describe(FolioKind.Adopted, address, length, released);

    /// <summary>Takes a reference: the memory stays until <see cref="Put"/>.</summary>
    /// <exception cref="ObjectDisposedException">The last hold was released.</exception>
    /// <exception cref="OverflowException">There are as many references as can be counted. Nothing is taken.</exception>
    public void Get() => Add(OneReference, ReferenceMask);

    /// <summary>Gives a reference back.</summary>
    /// <exception cref="AlreadyReleasedException">More references were given back than were taken; the folio keeps what others hold.</exception>
    public void Put()
    {
        if (!TryRemove(OneReference, ReferenceMask))
            throw new AlreadyReleasedException($"{this} has no reference to give back.");
    }

    /// <summary>Takes a pin: the memory stays until <see cref="Unpin"/>. It does not move in any case.</summary>
    /// <exception cref="ObjectDisposedException">The last hold was released.</exception>
    /// <exception cref="OverflowException">There are as many pins as can be counted. Nothing is taken.</exception>
    public void Pin() => Add(OnePin, PinMask);

    /// <summary>Gives a pin back.</summary>
    /// <exception cref="AlreadyReleasedException">More pins were given back than were taken; the folio keeps what others hold.</exception>
    public void Unpin()
    {
        if (!TryRemove(OnePin, PinMask))
            throw new AlreadyReleasedException($"{this} has no pin to give back.");
    }

    /// <summary>Gives the creator's hold back, once; the memory goes when no reference and no pin is left.</summary>
    public void Dispose() => TryRemove(Creator, Creator);

    /// <summary>A part of the block as memory; pinning it pins the folio.</summary>
    /// <param name="offset">Bytes from the start of the folio.</param>
    /// <param name="length">Bytes.</param>
    /// <returns>The part.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The part is not inside the folio.</exception>
    /// <exception cref="ObjectDisposedException">The last hold was released.</exception>
    public Memory<byte> Slice(long offset, int length)
    {
        ThrowIfReleased();
        CheckRange(offset, length);
        return Length <= int.MaxValue ? Memory.Slice((int)offset, length) : new FolioMemory(this, offset, length).Memory;
    }

    /// <summary>A part of the block as a span.</summary>
    /// <param name="offset">Bytes from the start of the folio.</param>
    /// <param name="length">Bytes.</param>
    /// <returns>The part; valid while the caller holds the folio.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The part is not inside the folio.</exception>
    /// <exception cref="ObjectDisposedException">The last hold was released.</exception>
    public unsafe Span<byte> AsSpan(long offset, int length)
    {
        ThrowIfReleased();
        CheckRange(offset, length);
        return new Span<byte>((void*)(_address + (nint)offset), length);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Kind} folio of {Length} bytes at 0x{_address:x}");

    internal void CheckRange(long offset, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (offset > Length || length > Length - offset)
            throw new ArgumentOutOfRangeException(nameof(length), length, $"{length} bytes from {offset} are not inside {this}.");
    }

    internal Memory<byte> MemoryAt(nint address, int length) => Slice(address - _address, length);

    internal void ThrowIfReleased() => ObjectDisposedException.ThrowIf(IsReleased, this);

    private static Folio Describe(FolioKind kind, nint address, long length, Action<Folio>? released)
    {
        ArgumentOutOfRangeException.ThrowIfZero(address);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        return new Folio(kind, address, length, released);
    }

    private void Add(long hold, long mask)
    {
        long seen = Volatile.Read(ref _holds);
        while (true)
        {
            ObjectDisposedException.ThrowIf(seen == 0, this);
            if ((seen & mask) == mask)
                throw new OverflowException($"{this} is held as often as can be counted.");

            long was = Interlocked.CompareExchange(ref _holds, seen + hold, seen);
            if (was == seen)
                return;

            seen = was;
        }
    }

    private bool TryRemove(long hold, long mask)
    {
        long seen = Volatile.Read(ref _holds);
        while (true)
        {
            if ((seen & mask) == 0)
                return false;

            long was = Interlocked.CompareExchange(ref _holds, seen - hold, seen);
            if (was == seen)
                break;

            seen = was;
        }

        if (seen == hold)
            Free();

        return true;
    }

    private unsafe void Free()
    {
        GC.SuppressFinalize(this);
        try
        {
            _released?.Invoke(this);
        }
        finally
        {
            switch (Kind)
            {
                case FolioKind.Native:
                    NativeMemory.AlignedFree((void*)_address);
                    break;
                case FolioKind.Pooled:
                    FolioPool.Return(_address, Length);
                    break;
                case FolioKind.Mapped:
                    _view!.SafeMemoryMappedViewHandle.ReleasePointer();
                    _view.Dispose();
                    break;
            }
        }
    }
}
