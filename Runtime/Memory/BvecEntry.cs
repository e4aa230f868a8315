using System.Globalization;

namespace BufferLifetime;

/// <summary>A fragment of a folio: one entry of a <see cref="IterKind.Bvec"/> iterator.</summary>
/// <remarks>Holds nothing: whoever makes an iterator of these keeps the folios alive until the last use of the bytes.</remarks>
public readonly struct BvecEntry : IEquatable<BvecEntry>
{
    /// <summary>Describes a part of a folio.</summary>
    /// <param name="folio">The folio.</param>
    /// <param name="offset">Bytes from its start.</param>
    /// <param name="length">Bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The part is not inside the folio.</exception>
    /// <exception cref="ObjectDisposedException">The folio's last hold was released.</exception>
    public BvecEntry(Folio folio, long offset, long length)
    {
        ArgumentNullException.ThrowIfNull(folio);
        folio.CheckRange(offset, length);
        Folio = folio;
        Address = folio.Address + (nint)offset;
        Length = length;
    }

    /// <summary>Describes a whole folio.</summary>
    /// <param name="folio">The folio.</param>
    /// <exception cref="ObjectDisposedException">The folio's last hold was released.</exception>
    public BvecEntry(Folio folio)
    {
        ArgumentNullException.ThrowIfNull(folio);
        Folio = folio;
        Address = folio.Address;
        Length = folio.Length;
    }

    // Memory that an extraction holds in place: there is no folio to count on, the extraction's owner keeps it.
    internal BvecEntry(nint address, long length)
    {
        Address = address;
        Length = length;
    }

    /// <summary>The folio, or null when the bytes are held by the extraction that this entry came from.</summary>
    public Folio? Folio { get; }

    /// <summary>Where the first byte is.</summary>
    public nint Address { get; }

    /// <summary>Bytes.</summary>
    public long Length { get; }

    /// <summary>Whether two entries describe the same bytes of the same folio.</summary>
    /// <param name="left">One entry.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(BvecEntry left, BvecEntry right) => left.Equals(right);

    /// <summary>Whether two entries differ.</summary>
    /// <param name="left">One entry.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(BvecEntry left, BvecEntry right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(BvecEntry other) => Folio == other.Folio && Address == other.Address && Length == other.Length;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is BvecEntry other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Folio, Address, Length);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"0x{Address:x}+{Length}");

    internal BvecEntry Within(long offset, long length) => new(Folio, Address + (nint)offset, length);

    private BvecEntry(Folio? folio, nint address, long length)
    {
        Folio = folio;
        Address = address;
        Length = length;
    }
}
