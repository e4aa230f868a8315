namespace UringCopy;

/// <summary>What is to be copied, handed out block by block, and how much of it has been. One thread's.</summary>
/// <param name="start">Bytes from the start of the file.</param>
/// <param name="end">Where to stop.</param>
/// <param name="blockSize">Bytes in each block but the last.</param>
/// <param name="copied">Told of every block that was copied.</param>
internal sealed class CopyPlan(long start, long end, int blockSize, Action<long> copied)
{
    private long _next = start;

    /// <summary>Blocks that have not been taken.</summary>
    public long BlocksLeft => (end - _next + blockSize - 1) / blockSize;

    /// <summary>Takes the next block, if there is one.</summary>
    /// <param name="block">The block.</param>
    public bool TryTake(out Block block)
    {
        block = new Block(_next, (int)Math.Min(blockSize, end - _next));
        _next += block.Length;
        return block.Length != 0;
    }

    /// <summary>Tells that a block was copied.</summary>
    /// <param name="bytes">Its length.</param>
    public void Copied(long bytes) => copied(bytes);
}
