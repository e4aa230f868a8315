using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Project__.Digests;

public static class Digests__
{
    private const int OnStack = 256;

    public static async Task<byte[]> OfAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using IMemoryOwner<byte> owner = MemoryPool<byte>.Shared.Rent(64 * 1024);
        for (int read; (read = await stream.ReadAsync(owner.Memory, cancellationToken).ConfigureAwait(false)) > 0;)
            hash.AppendData(owner.Memory.Span[..read]);
        return hash.GetHashAndReset();
    }

    public static string OfText(string text)
    {
        int length = Encoding.UTF8.GetMaxByteCount(text.Length);
        byte[]? rented = null;
        Span<byte> bytes = length <= OnStack ? stackalloc byte[OnStack] : rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            int written = Encoding.UTF8.GetBytes(text, bytes);
            return Convert.ToHexString(SHA256.HashData(bytes[..written]));
        }
        finally
        {
            if (rented is not null)
                ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }
    }

    public static uint Sum(byte[] data)
    {
        GCHandle handle = GCHandle.Alloc(data, GCHandleType.Pinned);
        try
        {
            nint address = handle.AddrOfPinnedObject();
            uint sum = 0;
            for (int i = 0; i < data.Length; i++)
                sum = sum * 31 + Marshal.ReadByte(address, i);
            return sum;
        }
        finally
        {
            handle.Free();
        }
    }

    public static int Compare(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        char[] a = ArrayPool<char>.Shared.Rent(left.Length), b = ArrayPool<char>.Shared.Rent(right.Length);
        try
        {
            left.ToUpperInvariant(a);
            right.ToUpperInvariant(b);
            return a.AsSpan(0, left.Length).SequenceCompareTo(b.AsSpan(0, right.Length));
        }
        finally
        {
            ArrayPool<char>.Shared.Return(a);
            ArrayPool<char>.Shared.Return(b);
        }
    }
}
