using System.Globalization;
using System.Runtime.InteropServices;

namespace BufferLifetime;

/// <summary>A length and an address, laid out exactly as Winsock's <c>WSABUF</c>.</summary>
/// <remarks>Holds nothing: whoever gives it to native code keeps the memory alive and in place until the last use of the bytes.</remarks>
[StructLayout(LayoutKind.Sequential)]
public readonly struct WsaBuffer : IEquatable<WsaBuffer>
{
    /// <summary>Describes <paramref name="length"/> bytes from <paramref name="address"/>.</summary>
    /// <param name="length">Bytes.</param>
    /// <param name="address">Where the first byte is.</param>
    public WsaBuffer(uint length, nint address)
    {
        Length = length;
        Base = address;
    }

    /// <summary>Bytes (<c>len</c>).</summary>
    public uint Length { get; }

    /// <summary>Where the first byte is (<c>buf</c>).</summary>
    public nint Base { get; }

    /// <summary>Whether two buffers have the same base and length.</summary>
    /// <param name="left">One buffer.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(WsaBuffer left, WsaBuffer right) => left.Equals(right);

    /// <summary>Whether two buffers differ in base or length.</summary>
    /// <param name="left">One buffer.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(WsaBuffer left, WsaBuffer right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(WsaBuffer other) => Base == other.Base && Length == other.Length;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is WsaBuffer other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Base, Length);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"0x{Base:x}+{Length}");
}
