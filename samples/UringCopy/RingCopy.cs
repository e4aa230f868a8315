using System.Runtime.ExceptionServices;
using BufferLifetime;
using Microsoft.Win32.SafeHandles;

namespace UringCopy;

/// <summary>
/// Copies through an io_uring: as many blocks at a time as the queue is deep, each through a buffer of its own that the ring knows. The first
/// failure asks every other operation to end early, and the buffers are given back when all have ended.
/// </summary>
internal sealed class RingCopy : IDisposable
{
    private readonly RingLoop _loop;
    private readonly RegisteredBufferTable _buffers;
    private readonly bool _onKernelThreads;
    private int _released;
    private Exception? _failure;

    /// <summary>Makes the ring and registers its buffers.</summary>
    /// <param name="depth">Blocks in flight at most.</param>
    /// <param name="blockSize">Bytes in a block.</param>
    /// <param name="onKernelThreads">Whether operations through the page cache are sent to threads of the kernel untried.</param>
    /// <exception cref="RingUnavailableException">There is no io_uring for this process.</exception>
    public RingCopy(int depth, int blockSize, bool onKernelThreads)
    {
        _onKernelThreads = onKernelThreads;
        // A read and a write for each block.
        _loop = new RingLoop(2 * depth);
        _buffers = new RegisteredBufferTable(depth);
        try
        {
            using var memory = new BlockMemory(depth, blockSize);
            for (int slot = 0; slot < depth; slot++)
            {
                // Registered, the folio lives until it is unregistered and the last operation on it has ended.
                using Folio folio = memory[slot];
                _buffers.Register(slot, folio, _ => _released++);
            }

            _loop.Ring.RegisterBuffers(_buffers);
        }
        catch
        {
            _buffers.Dispose();
            _loop.Dispose();
            throw;
        }
    }

    /// <summary>Buffers, and how many of them have been given back.</summary>
    public (int Registered, int Released) Buffers => (_buffers.SlotCount, _released);

    /// <summary>Operations, and how many of them have reported.</summary>
    public (long Begun, long Ended) Operations => (_loop.Begun, _loop.Ended);

    /// <summary>Copies, and returns when no operation is in flight any more.</summary>
    /// <param name="plan">What to copy, in blocks of at most the block size.</param>
    /// <param name="source">What is read.</param>
    /// <param name="target">What is written.</param>
    /// <param name="direct">Whether both pass the page cache by.</param>
    /// <param name="cancellation">Asks for an early end.</param>
    /// <exception cref="OperationCanceledException">Cancelled before everything was copied.</exception>
    public void Run(CopyPlan plan, SafeFileHandle source, SafeFileHandle target, bool direct, CancellationToken cancellation)
    {
        byte flags = _onKernelThreads && !direct ? Submission.OnKernelThread : (byte)0;
        using var stop = new CancellationTokenSource();
        // Whoever cancels does so on another thread: only the loop's own may touch the ring.
        using (cancellation.Register(() => _loop.Post(_ => stop.Cancel(), null)))
        {
            _loop.Run(() =>
            {
                var lanes = new Task[Math.Min(_buffers.SlotCount, plan.BlocksLeft)];
                for (int slot = 0; slot < lanes.Length; slot++)
                    lanes[slot] = CopyBlocksAsync(new Lane(_loop, _buffers, slot, source, target, direct, flags), plan, stop);

                return Task.WhenAll(lanes);
            });
        }

        if (_failure is OperationCanceledException)
            throw new OperationCanceledException(cancellation);
        if (_failure is not null)
            ExceptionDispatchInfo.Throw(_failure);
    }

    /// <summary>Gives the buffers back: first the kernel's hold on them, then the table's.</summary>
    public void Dispose()
    {
        // The loop has failed. What still runs may use its buffer: better a leak than that.
        if (_loop.Ring.InFlight != 0)
            return;

        _loop.Ring.UnregisterBuffers();
        _buffers.Dispose();
        _loop.Dispose();
    }

    private async Task CopyBlocksAsync(Lane lane, CopyPlan plan, CancellationTokenSource stop)
    {
        try
        {
            while (_failure is null && plan.TryTake(out Block block))
            {
                await lane.CopyAsync(block, stop.Token);
                plan.Copied(block.Length);
            }
        }
        catch (Exception failure)
        {
            _failure ??= failure;
            // Here and now: the operations of the other lanes are cancelled on the loop's thread, which this is.
            stop.Cancel();
        }
    }
}
