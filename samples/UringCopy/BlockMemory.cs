using System.Runtime.InteropServices;
using BufferLifetime;

namespace UringCopy;

/// <summary>
/// The memory of all blocks in one piece, of huge pages where the system has them: the kernel then knows a registered block as one run of
/// memory instead of hundreds of pages, and copies it as one. Freed when the last folio over it has been released.
/// </summary>
internal sealed unsafe class BlockMemory : IDisposable
{
    private const nuint HugePage = 2 << 20;

    private readonly nint _address;
    private readonly int _blockSize;
    private int _holds = 1;

    /// <summary>Allocates.</summary>
    /// <param name="blocks">How many.</param>
    /// <param name="blockSize">Bytes in each.</param>
    /// <exception cref="OutOfMemoryException">There is not that much memory.</exception>
    public BlockMemory(int blocks, int blockSize)
    {
        _blockSize = blockSize;
        nuint length = (((nuint)blocks * (nuint)blockSize) + HugePage - 1) & ~(HugePage - 1);
        _address = (nint)NativeMemory.AlignedAlloc(length, HugePage);
        SystemCalls.AdviseHugePages(_address, length);
    }

    /// <summary>A block as a folio, which keeps the memory.</summary>
    /// <param name="index">Which.</param>
    public Folio this[int index]
    {
        get
        {
            Folio block = Folio.Adopt(_address + (index * (nint)_blockSize), _blockSize, _ => Release());
            Interlocked.Increment(ref _holds);
            return block;
        }
    }

    /// <summary>Ends the maker's own hold.</summary>
    public void Dispose() => Release();

    private void Release()
    {
        if (Interlocked.Decrement(ref _holds) == 0)
            NativeMemory.AlignedFree((void*)_address);
    }
}
