using System.Buffers;
using System.Runtime.InteropServices;

namespace BufferLifetime.Benchmarks;

/// <summary>
/// What people write today, as the base class library does for vectored file I/O: an array of <see cref="MemoryHandle"/> beside an array
/// of vectors, one handle pinned for each segment and disposed at the end.
/// </summary>
internal static unsafe class HandWritten
{
    /// <summary>The list of one call, with arrays of its own: nothing outlives the call.</summary>
    public static nint ListAndRelease(Memory<byte>[] segments)
    {
        var handles = new MemoryHandle[segments.Length];
        var vectors = new IoVector[segments.Length];
        return ListAndRelease(segments, handles, vectors);
    }

    /// <summary>The same with arrays that are kept from call to call.</summary>
    public static nint ListAndRelease(Memory<byte>[] segments, MemoryHandle[] handles, IoVector[] vectors)
    {
        int pinned = 0;
        try
        {
            for (int i = 0; i < segments.Length; i++)
            {
                MemoryHandle handle = segments[i].Pin();
                vectors[i] = new IoVector(handle.Pointer, segments[i].Length);
                handles[i] = handle;
                pinned++;
            }

            return vectors[^1].Base;
        }
        finally
        {
            for (int i = 0; i < pinned; i++)
                handles[i].Dispose();
        }
    }

    /// <summary>The floor for memory that can move: one handle for each segment, and nothing else.</summary>
    public static nint HandlePerSegment(byte[][] segments, GCHandle[] handles)
    {
        nint address = 0;
        for (int i = 0; i < segments.Length; i++)
        {
            handles[i] = GCHandle.Alloc(segments[i], GCHandleType.Pinned);
            address = handles[i].AddrOfPinnedObject();
        }

        for (int i = 0; i < segments.Length; i++)
            handles[i].Free();

        return address;
    }
}
