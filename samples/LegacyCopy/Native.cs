using System.Runtime.InteropServices;
using BufferLifetime;
using Microsoft.Win32.SafeHandles;

namespace LegacyCopy;

/// <summary>The two system calls. A negative result is an error number, as in the kernel.</summary>
internal static unsafe partial class Native
{
    private const int InterruptedCall = 4;

    /// <summary>Whether this process can make the calls: the C library has them, and its offsets are 64 bits wide.</summary>
    public static bool IsSupported =>
        Environment.Is64BitProcess
        && !OperatingSystem.IsWindows()
        && NativeLibrary.TryLoad("libc", typeof(Native).Assembly, searchPath: null, out nint libc)
        && NativeLibrary.TryGetExport(libc, "preadv", out _)
        && NativeLibrary.TryGetExport(libc, "pwritev", out _);

    public static long Read(SafeFileHandle file, ReadOnlySpan<IoVector> vectors, long position)
    {
        fixed (IoVector* first = vectors)
        {
            while (true)
            {
                nint read = preadv(file, first, vectors.Length, position);
                if (read >= 0)
                    return read;

                int error = Marshal.GetLastPInvokeError();
                if (error != InterruptedCall)
                    return -error;
            }
        }
    }

    public static long Write(SafeFileHandle file, ReadOnlySpan<IoVector> vectors, long position)
    {
        fixed (IoVector* first = vectors)
        {
            while (true)
            {
                nint written = pwritev(file, first, vectors.Length, position);
                if (written >= 0)
                    return written;

                int error = Marshal.GetLastPInvokeError();
                if (error != InterruptedCall)
                    return -error;
            }
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint preadv(SafeFileHandle file, IoVector* vectors, int count, long offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint pwritev(SafeFileHandle file, IoVector* vectors, int count, long offset);
}
