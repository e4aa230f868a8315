using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;

namespace BufferLifetime;

/// <summary>Page-aligned native blocks, kept by powers of two for the next user.</summary>
internal static class FolioPool
{
    private const int SmallestShift = 12;
    private const int LargestShift = 24;
    private const long KeepBytesPerSize = 16L << 20;

    private static readonly ConcurrentQueue<nint>[] Blocks = CreateBlocks();

    // Blocks in each queue, a moment early or late: the limit needs no more.
    private static readonly int[] Counts = new int[Blocks.Length];

    internal static unsafe nint Rent(long length)
    {
        int size = SizeOf(length);
        if (size < Blocks.Length && Blocks[size].TryDequeue(out nint block))
        {
            Interlocked.Decrement(ref Counts[size]);
            return block;
        }

        return (nint)NativeMemory.AlignedAlloc(BytesOf(size), IovIter.PageSize);
    }

    internal static unsafe void Return(nint block, long length)
    {
        int size = SizeOf(length);
        if (CheckedMode.IsEnabled)
            NativeMemory.Fill((void*)block, BytesOf(size), CheckedMode.Poison);

        if (size < Blocks.Length && Interlocked.Increment(ref Counts[size]) * (long)BytesOf(size) <= KeepBytesPerSize)
        {
            Blocks[size].Enqueue(block);
            return;
        }

        if (size < Blocks.Length)
            Interlocked.Decrement(ref Counts[size]);

        NativeMemory.AlignedFree((void*)block);
    }

    private static int SizeOf(long length) =>
        Math.Max(0, 64 - BitOperations.LeadingZeroCount((ulong)length - 1) - SmallestShift);

    private static nuint BytesOf(int size) => (nuint)1 << (size + SmallestShift);

    private static ConcurrentQueue<nint>[] CreateBlocks()
    {
        var blocks = new ConcurrentQueue<nint>[LargestShift - SmallestShift + 1];
        for (int i = 0; i < blocks.Length; i++)
            blocks[i] = [];

        return blocks;
    }
}
