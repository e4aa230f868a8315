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

    private static readonly ConcurrentBag<nint>[] Blocks = CreateBlocks();

    internal static unsafe nint Rent(long length)
    {
        int size = SizeOf(length);
        if (size < Blocks.Length && Blocks[size].TryTake(out nint block))
            return block;

        return (nint)NativeMemory.AlignedAlloc(BytesOf(size), IovIter.PageSize);
    }

    internal static unsafe void Return(nint block, long length)
    {
        int size = SizeOf(length);
        if (CheckedMode.IsEnabled)
            NativeMemory.Fill((void*)block, BytesOf(size), CheckedMode.Poison);

        if (size < Blocks.Length && (Blocks[size].Count + 1) * (long)BytesOf(size) <= KeepBytesPerSize)
            Blocks[size].Add(block);
        else
            NativeMemory.AlignedFree((void*)block);
    }

    private static int SizeOf(long length) =>
        Math.Max(0, 64 - BitOperations.LeadingZeroCount((ulong)length - 1) - SmallestShift);

    private static nuint BytesOf(int size) => (nuint)1 << (size + SmallestShift);

    private static ConcurrentBag<nint>[] CreateBlocks()
    {
        var blocks = new ConcurrentBag<nint>[LargestShift - SmallestShift + 1];
        for (int i = 0; i < blocks.Length; i++)
            blocks[i] = [];

        return blocks;
    }
}
