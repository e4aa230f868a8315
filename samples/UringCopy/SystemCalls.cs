using System.Runtime.InteropServices;
using BufferLifetime;
using Microsoft.Win32.SafeHandles;

namespace UringCopy;

/// <summary>The system calls. A negative result is an error number, as in the kernel; calls that a signal interrupted are made again.</summary>
internal static unsafe partial class SystemCalls
{
    // The same numbers on every architecture: the calls are newer than the table they share.
    private const int IoUringSetup = 425;
    private const int IoUringEnter = 426;
    private const int IoUringRegister = 427;

    private const int ReadWrite = 3;
    private const int SharedPopulated = 0x8001;
    private const int UseHugePages = 14;
    private const int GetFlags = 3;
    private const int SetFlags = 4;
    private const int NonBlockingCloseOnExec = 0x80800;
    private const int WithoutWaiting = 8;

    // Not the same on every architecture.
    private static readonly int DirectFlag = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x10000 : 0x4000;

    /// <summary>Whether this process can make the calls: 64 bits wide, and a C library that has them.</summary>
    public static bool IsSupported =>
        Environment.Is64BitProcess
        && !OperatingSystem.IsWindows()
        && NativeLibrary.TryLoad("libc", typeof(SystemCalls).Assembly, searchPath: null, out nint libc)
        && NativeLibrary.TryGetExport(libc, "preadv", out _)
        && NativeLibrary.TryGetExport(libc, "pwritev", out _);

    public static int SetUp(uint entries, RingParameters* parameters) => (int)Result(syscall(IoUringSetup, (nint)entries, (nint)parameters, 0, 0, 0, 0));

    public static int Enter(int ring, uint submit, uint wait, uint flags) =>
        (int)Result(syscall(IoUringEnter, ring, (nint)submit, (nint)wait, (nint)flags, 0, 0));

    public static int Register(int ring, uint operation, void* argument, uint count) =>
        (int)Result(syscall(IoUringRegister, ring, (nint)operation, (nint)argument, (nint)count, 0, 0));

    /// <summary>Maps a part of a ring into this process.</summary>
    public static byte* Map(SafeFileHandle ring, long offset, nuint length)
    {
        nint address = mmap(0, length, ReadWrite, SharedPopulated, ring, offset);
        return address != -1 ? (byte*)address : throw new SystemCallException("mmap of the ring", Marshal.GetLastPInvokeError());
    }

    public static void Unmap(byte* address, nuint length) => _ = munmap((nint)address, length);

    /// <summary>Asks for huge pages. A system that has none, or keeps them for others, gives small ones.</summary>
    public static void AdviseHugePages(nint address, nuint length) => _ = madvise(address, length, UseHugePages);

    /// <summary>An event counter, whose descriptor becomes readable when it is added to.</summary>
    public static SafeFileHandle NewEvent() => new((nint)SystemCallException.Check("eventfd", Result(eventfd(0, NonBlockingCloseOnExec))), ownsHandle: true);

    public static void Signal(SafeFileHandle counter)
    {
        ulong one = 1;
        while (Result(write(counter, &one, sizeof(ulong))) == -Errors.Interrupted)
        {
        }
    }

    public static void Reset(SafeFileHandle counter)
    {
        ulong seen;
        while (Result(read(counter, &seen, sizeof(ulong))) == -Errors.Interrupted)
        {
        }
    }

    /// <summary>Makes transfers of an open file pass the page cache by, or not.</summary>
    public static void SetDirect(SafeFileHandle file, bool direct)
    {
        long flags = SystemCallException.Check("fcntl", Result(fcntl(file, GetFlags, 0)));
        flags = direct ? flags | (uint)DirectFlag : flags & ~(long)DirectFlag;
        SystemCallException.Check("fcntl with O_DIRECT", Result(fcntl(file, SetFlags, (nint)flags)));
    }

    public static long Read(SafeFileHandle file, ReadOnlySpan<IoVector> vectors, long position)
    {
        fixed (IoVector* first = vectors)
        {
            long result;
            do
                result = Result(preadv(file, first, vectors.Length, position));
            while (result == -Errors.Interrupted);
            return result;
        }
    }

    public static long Write(SafeFileHandle file, ReadOnlySpan<IoVector> vectors, long position)
    {
        fixed (IoVector* first = vectors)
        {
            long result;
            do
                result = Result(pwritev(file, first, vectors.Length, position));
            while (result == -Errors.Interrupted);
            return result;
        }
    }

    /// <summary>
    /// Whether a read of this file can be tried without waiting: it then gives what the page cache has, or says that it would have to wait. Some file
    /// systems, tmpfs for one, know only reads that may wait.
    /// </summary>
    public static bool CanTryToRead(SafeFileHandle file)
    {
        byte first;
        var vector = new IoVector((nint)(&first), 1);
        try
        {
            return Result(preadv2(file, &vector, 1, 0, WithoutWaiting)) != -Errors.NotSupported;
        }
        catch (EntryPointNotFoundException)
        {
            // A C library without the call says nothing about the file; trying in vain costs little.
            return true;
        }
    }

    private static long Result(nint returned) => returned >= 0 ? returned : -Marshal.GetLastPInvokeError();

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint first, nint second, nint third, nint fourth, nint fifth, nint sixth);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint mmap(nint address, nuint length, int protection, int flags, SafeFileHandle file, long offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int munmap(nint address, nuint length);

    [LibraryImport("libc")]
    private static partial int madvise(nint address, nuint length, int advice);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint initial, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(SafeFileHandle file, void* bytes, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(SafeFileHandle file, void* bytes, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(SafeFileHandle file, int command, nint argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint preadv(SafeFileHandle file, IoVector* vectors, int count, long offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint preadv2(SafeFileHandle file, IoVector* vectors, int count, long offset, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint pwritev(SafeFileHandle file, IoVector* vectors, int count, long offset);
}
