using BufferLifetime;
using Microsoft.Win32.SafeHandles;

namespace UringCopy;

/// <summary>
/// Copies with <c>preadv</c> and <c>pwritev</c>, one call at a time, each of as many blocks as the queue would be deep; but not of more bytes than
/// are still in the processor's cache when they are written.
/// </summary>
internal sealed class VectoredCopy : IDisposable
{
    private const int BytesInCache = 1 << 20;

    private readonly Folio[] _folios;
    private readonly BvecEntry[] _entries;
    private readonly PageLease _pages = new();
    private int _released;

    /// <summary>Allocates the buffers.</summary>
    /// <param name="depth">Blocks in one call at most.</param>
    /// <param name="blockSize">Bytes in a block.</param>
    public VectoredCopy(int depth, int blockSize)
    {
        depth = Math.Clamp(BytesInCache / blockSize, 1, depth);
        _folios = new Folio[depth];
        _entries = new BvecEntry[depth];
        for (int i = 0; i < depth; i++)
        {
            _folios[i] = Folio.Native(blockSize, _ => _released++);
            _entries[i] = new BvecEntry(_folios[i]);
        }
    }

    /// <summary>Blocks in one call.</summary>
    public int Depth => _folios.Length;

    /// <summary>Buffers, and how many of them have been given back.</summary>
    public (int Registered, int Released) Buffers => (_folios.Length, _released);

    /// <summary>Calls made and ended.</summary>
    public (long Begun, long Ended) Operations { get; private set; }

    /// <summary>Copies.</summary>
    /// <param name="plan">What to copy, in blocks of at most all buffers together.</param>
    /// <param name="source">What is read.</param>
    /// <param name="target">What is written.</param>
    /// <param name="direct">Whether both pass the page cache by.</param>
    /// <param name="cancellation">Asks for an early end.</param>
    /// <exception cref="OperationCanceledException">Cancelled before everything was copied.</exception>
    public void Run(CopyPlan plan, SafeFileHandle source, SafeFileHandle target, bool direct, CancellationToken cancellation)
    {
        while (plan.TryTake(out Block block))
        {
            Transfer(block, TransferDirection.Destination, source, direct, cancellation);
            Transfer(block, TransferDirection.Source, target, direct, cancellation);
            plan.Copied(block.Length);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _pages.Dispose();
        foreach (Folio folio in _folios)
            folio.Dispose();
    }

    private void Transfer(Block block, TransferDirection direction, SafeFileHandle file, bool direct, CancellationToken cancellation)
    {
        var iter = IovIter.Bvec(_entries, direction);
        iter.Truncate(block.Length);
        while (!iter.IsEmpty)
        {
            cancellation.ThrowIfCancellationRequested();
            long position = block.Position + block.Length - iter.Count;
            long extracted = _pages.Refill(ref iter);
            bool reads = direction == TransferDirection.Destination;
            long result = reads ? SystemCalls.Read(file, _pages.IoVectors, position) : SystemCalls.Write(file, _pages.IoVectors, position);
            Operations = (Operations.Begun + 1, Operations.Ended + 1);

            // What was not transferred is extracted again.
            iter.Revert(extracted - UringCopy.Transfer.Progress(reads ? "preadv" : "pwritev", result, direct));
        }
    }
}
