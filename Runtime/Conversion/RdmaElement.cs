using System.Globalization;
using System.Runtime.InteropServices;

namespace BufferLifetime;

/// <summary>An element of an RDMA work request's list, laid out as <c>struct ibv_sge</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct RdmaElement : IEquatable<RdmaElement>
{
    /// <summary>Describes bytes that the device can reach.</summary>
    /// <param name="address">The address as the device sees it.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="localKey">The key of the memory region that the address is in.</param>
    public RdmaElement(ulong address, uint length, uint localKey)
    {
        Address = address;
        Length = length;
        LocalKey = localKey;
    }

    /// <summary>The address as the device sees it (<c>addr</c>).</summary>
    public ulong Address { get; }

    /// <summary>Bytes (<c>length</c>).</summary>
    public uint Length { get; }

    /// <summary>The key of the memory region that the address is in (<c>lkey</c>).</summary>
    public uint LocalKey { get; }

    /// <summary>Whether two elements are the same.</summary>
    /// <param name="left">One element.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(RdmaElement left, RdmaElement right) => left.Equals(right);

    /// <summary>Whether two elements differ.</summary>
    /// <param name="left">One element.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(RdmaElement left, RdmaElement right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(RdmaElement other) => Address == other.Address && Length == other.Length && LocalKey == other.LocalKey;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is RdmaElement other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Address, Length, LocalKey);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"0x{Address:x}+{Length} (key {LocalKey})");
}
