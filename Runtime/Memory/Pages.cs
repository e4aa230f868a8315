using System.Runtime.CompilerServices;

namespace BufferLifetime;

/// <summary>The arithmetic of page frames: 4096 bytes each, by address.</summary>
internal static class Pages
{
    internal const int Size = IovIter.PageSize;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int OffsetIn(long address) => (int)(address & (Size - 1));

    /// <summary>Page frames that a range of bytes reaches over.</summary>
    internal static long Spanned(long address, long length) =>
        length == 0 ? 0 : (OffsetIn(address) + length + Size - 1) / Size;

    /// <summary>Page frames that a range of bytes may reach over wherever the garbage collector puts it.</summary>
    internal static long SpannedAnywhere(long length) =>
        length == 0 ? 0 : ((length - 1 + Size - 1) / Size) + 1;
}
