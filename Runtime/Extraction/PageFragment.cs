using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace BufferLifetime;

/// <summary>
/// A run of bytes that an extraction reached, with the mode it was taken in and what its release needs. A plain value: it can be
/// copied and kept on the stack, and whichever copy is released first has released them all.
/// </summary>
public readonly struct PageFragment : IEquatable<PageFragment>
{
    private readonly nint _address;
    private readonly int _length;

    // The record's index plus one, so that the default value names none.
    private readonly int _hold;
    private readonly int _version;
    private readonly ushort _offset;
    private readonly ExtractMode _mode;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal PageFragment(nint address, int length)
    {
        _address = address;
        _length = length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal PageFragment(nint address, int offset, int length)
    {
        _address = address;
        _offset = (ushort)offset;
        _length = length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal PageFragment(nint address, int offset, int length, ExtractMode mode, int hold)
    {
        _address = address;
        _offset = (ushort)offset;
        _length = length;
        _mode = mode;
        _hold = hold + 1;
        _version = HoldTable.At(hold).Version;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal PageFragment(nint address, int length, ExtractMode mode, int hold, int version)
    {
        _address = address;
        _length = length;
        _mode = mode;
        _hold = hold + 1;
        _version = version;
    }

    private PageFragment(in PageFragment shorter, int length)
    {
        this = shorter;
        _length = length;
    }

    /// <summary>
    /// Where the bytes are, for native code: the first byte, or the start of its page when the fragment was extracted with
    /// <see cref="ExtractFlags.PerPage"/>. Valid until the release.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// The fragment is held in mode <see cref="ExtractMode.Get"/>: nothing keeps the bytes at any address. Extract with a pin.
    /// </exception>
    /// <exception cref="AlreadyReleasedException">Checked mode is on and the fragment was released.</exception>
    public nint Address
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if (_mode == ExtractMode.Get || CheckedMode.IsEnabled)
                CheckAddress();

            return _address;
        }
    }

    /// <summary>
    /// Where the bytes were at the moment of the extraction, also in mode <see cref="ExtractMode.Get"/>, in which the garbage
    /// collector may have moved them since.
    /// </summary>
    public nint DangerousAddress => _address;

    /// <summary>Bytes of the transfer in this fragment.</summary>
    public int Length => _length;

    /// <summary>
    /// Bytes from <see cref="Address"/> to the first byte of the transfer: zero, except in the first page of a run that was
    /// extracted with <see cref="ExtractFlags.PerPage"/>.
    /// </summary>
    public int Offset => _offset;

    /// <summary>What was taken, and so which verb gives it back.</summary>
    public ExtractMode Mode => _mode;

    /// <summary>Whether this is the default value, which no extraction has filled.</summary>
    public bool IsEmpty => _address == 0 && _length == 0;

    /// <summary>The bytes as managed code sees them, wherever they are. Valid until the release.</summary>
    /// <exception cref="NotSupportedException">Nothing was taken (mode <see cref="ExtractMode.None"/>): there is an address only.</exception>
    /// <exception cref="AlreadyReleasedException">The fragment was released.</exception>
    public Memory<byte> Memory
    {
        get
        {
            if (_mode == ExtractMode.None)
                throw new NotSupportedException("A fragment of mode None holds nothing: it has an address and no memory that managed code keeps alive.");

            ThrowIfReleased();
            ref Hold root = ref Holds.Root(_hold - 1);
            nint start = _address + _offset - root.Base;
            return root.Folio is { } folio
                ? folio.MemoryAt(_address + _offset, _length)
                : root.Chunk.Slice((int)start, _length);
        }
    }

    internal nint FirstByte => _address + _offset;

    /// <summary>The bytes as a vector for native code.</summary>
    /// <returns>The first byte's address and the length.</returns>
    /// <exception cref="InvalidOperationException">The fragment is held in mode <see cref="ExtractMode.Get"/>.</exception>
    /// <exception cref="AlreadyReleasedException">Checked mode is on and the fragment was released.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public IoVector ToIoVector() => new(Address + _offset, (nuint)_length);

    /// <summary>Gives a pin back.</summary>
    /// <exception cref="ReleaseModeMismatchException">The fragment was not pinned; it stays held.</exception>
    /// <exception cref="AlreadyReleasedException">The pin was given back before.</exception>
    /// <remarks>The kernel's <c>unpin_user_page</c>.</remarks>
    [ReleasesBuffer]
    public void Unpin() => Release(ExtractMode.Pin);

    /// <summary>Gives a reference back.</summary>
    /// <exception cref="ReleaseModeMismatchException">The fragment was not taken by reference; it stays held.</exception>
    /// <exception cref="AlreadyReleasedException">The reference was given back before.</exception>
    /// <remarks>The kernel's <c>put_page</c>.</remarks>
    [ReleasesBuffer]
    public void Put() => Release(ExtractMode.Get);

    /// <summary>Gives back whatever was taken: a pin, a reference, or nothing.</summary>
    /// <exception cref="AlreadyReleasedException">It was given back before.</exception>
    [ReleasesBuffer]
    public void Release()
    {
        if (_mode != ExtractMode.None)
            ReleaseHeld();
    }

    /// <summary>Whether two fragments are copies of the same extraction of the same bytes.</summary>
    /// <param name="left">One fragment.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(PageFragment left, PageFragment right) => left.Equals(right);

    /// <summary>Whether two fragments differ.</summary>
    /// <param name="left">One fragment.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(PageFragment left, PageFragment right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(PageFragment other) =>
        _address == other._address && _length == other._length && _offset == other._offset
        && _mode == other._mode && _hold == other._hold && _version == other._version;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is PageFragment other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_address, _length, _hold, _version);

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{_mode} 0x{_address:x}+{_offset}, {_length} bytes");

    /// <summary>Releases once: false when it was released before. What foreign code throws meanwhile is kept for later.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryRelease(ThreadLedger ledger, ref Exception? failure) => Holds.TryRelease(ledger, _hold - 1, _version, ref failure);

    internal PageFragment WithLength(int length) => new(this, length);

    /// <summary>Makes the record of a run that was lengthened cover all of it.</summary>
    internal void CoverInRecord(Memory<byte> run, int length) => HoldTable.At(_hold - 1).Cover(run, length);

    [DoesNotReturn]
    internal static void ThrowReleased() =>
        throw new AlreadyReleasedException("A fragment was released that had been released before; what it held is not held twice.");

    private void Release(ExtractMode mode)
    {
        if (_mode != mode)
            throw new ReleaseModeMismatchException(_mode, mode);
        ReleaseHeld();
    }

    private void ReleaseHeld()
    {
        Exception? failure = null;
        if (!TryRelease(ThreadLedger.Current, ref failure))
            ThrowReleased();
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
    }

    private void CheckAddress()
    {
        if (_mode == ExtractMode.Get)
            ThrowNotPinned();

        ThrowIfReleased();
    }

    private void ThrowIfReleased()
    {
        if (_mode != ExtractMode.None && !Holds.IsHeld(_hold - 1, _version))
            throw new AlreadyReleasedException("A fragment was used after its release.");
    }

    [DoesNotReturn]
    internal static void ThrowNotPinned() =>
        throw new InvalidOperationException(
            "A fragment of mode Get is held by reference only: the garbage collector may move its bytes, so it has no address. Extract with a pin (ExtractPages).");
}
