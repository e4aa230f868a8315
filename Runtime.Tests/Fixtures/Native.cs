using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BufferLifetime.Tests;

internal static unsafe partial class Native
{
    internal static byte Read(nint address) => *(byte*)address;

    internal static void Write(nint address, byte value) => *(byte*)address = value;

    internal static Span<byte> Span(IoVector vector) => new((void*)vector.Base, (int)vector.Length);

    internal static Span<byte> Span(in PageFragment fragment) => new((byte*)fragment.Address + fragment.Offset, fragment.Length);

    /// <summary>Has native code write to memory, during which the garbage collector is free to run.</summary>
    internal static void Fill(IoVector vector, byte value)
    {
        if (OperatingSystem.IsWindows())
            Span(vector).Fill(value);
        else
            memset(vector.Base, value, vector.Length);
    }

    internal static nint Preadv(SafeFileHandle file, ReadOnlySpan<IoVector> vectors, long position)
    {
        fixed (IoVector* first = vectors)
            return preadv(file.DangerousGetHandle().ToInt32(), first, vectors.Length, position);
    }

    internal static nint Pwritev(SafeFileHandle file, ReadOnlySpan<IoVector> vectors, long position)
    {
        fixed (IoVector* first = vectors)
            return pwritev(file.DangerousGetHandle().ToInt32(), first, vectors.Length, position);
    }

    [DllImport("libc")]
    private static extern nint memset(nint memory, int value, nuint length);

    [DllImport("libc", SetLastError = true)]
    private static extern nint preadv(int file, IoVector* vectors, int count, long position);

    [DllImport("libc", SetLastError = true)]
    private static extern nint pwritev(int file, IoVector* vectors, int count, long position);
}
