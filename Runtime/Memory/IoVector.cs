using System.Globalization;
using System.Runtime.InteropServices;

namespace BufferLifetime;

/// <summary>An address and a length, laid out exactly as POSIX <c>struct iovec</c>, so a span of these is a system call's argument.</summary>
/// <remarks>Holds nothing: whoever gives it to native code keeps the memory alive and in place until the last use of the bytes.</remarks>
[StructLayout(LayoutKind.Sequential)]
public readonly struct IoVector : IEquatable<IoVector>
{
    /// <summary>Describes <paramref name="length"/> bytes from <paramref name="address"/>.</summary>
    /// <param name="address">Where the first byte is.</param>
    /// <param name="length">Bytes.</param>
    public IoVector(nint address, nuint length)
    {
        Base = address;
        Length = length;
    }

    /// <summary>Describes <paramref name="length"/> bytes from <paramref name="address"/>.</summary>
    /// <param name="address">Where the first byte is.</param>
    /// <param name="length">Bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative.</exception>
    public IoVector(nint address, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Base = address;
        Length = (nuint)length;
    }

    /// <summary>Describes <paramref name="length"/> bytes from <paramref name="address"/>.</summary>
    /// <param name="address">Where the first byte is.</param>
    /// <param name="length">Bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative.</exception>
    public unsafe IoVector(void* address, int length)
        : this((nint)address, length)
    {
    }

    /// <summary>Where the first byte is (<c>iov_base</c>).</summary>
    public nint Base { get; }

    /// <summary>Bytes (<c>iov_len</c>).</summary>
    public nuint Length { get; }

    /// <summary>Whether two vectors have the same base and length.</summary>
    /// <param name="left">One vector.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(IoVector left, IoVector right) => left.Equals(right);

    /// <summary>Whether two vectors differ in base or length.</summary>
    /// <param name="left">One vector.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(IoVector left, IoVector right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(IoVector other) => Base == other.Base && Length == other.Length;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is IoVector other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Base, Length);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"0x{Base:x}+{Length}");
}
