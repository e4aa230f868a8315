using BufferLifetime;
using Microsoft.Win32.SafeHandles;

namespace UringCopy;

/// <summary>
/// Copies one block at a time through one registered buffer: a read and a write that are submitted together, the write linked to the read.
/// Each of the two operations holds the buffer from before it is submitted until it has reported, whatever else happens.
/// </summary>
internal sealed class Lane
{
    private readonly RingLoop _loop;
    private readonly RegisteredBufferTable _buffers;
    private readonly int _slot;
    private readonly SafeFileHandle _source;
    private readonly SafeFileHandle _target;
    private readonly bool _direct;
    private readonly byte _flags;
    private readonly IoRequest _read;
    private readonly IoRequest _write;
    private readonly ulong _readUserData;
    private readonly ulong _writeUserData;

    /// <summary>Makes a lane.</summary>
    /// <param name="loop">Where the operations run.</param>
    /// <param name="buffers">The buffers, which the ring knows too.</param>
    /// <param name="slot">The lane's own buffer.</param>
    /// <param name="source">What is read.</param>
    /// <param name="target">What is written.</param>
    /// <param name="direct">Whether both pass the page cache by.</param>
    /// <param name="flags">What every operation is submitted with.</param>
    public Lane(RingLoop loop, RegisteredBufferTable buffers, int slot, SafeFileHandle source, SafeFileHandle target, bool direct, byte flags)
    {
        _loop = loop;
        _buffers = buffers;
        _slot = slot;
        _source = source;
        _target = target;
        _direct = direct;
        _flags = flags;
        _read = loop.NewRequest(out _readUserData);
        _write = loop.NewRequest(out _writeUserData);
    }

    /// <summary>Copies a block.</summary>
    /// <param name="block">The block, which fits the buffer.</param>
    /// <param name="stop">Asks for an early end; cancelled on the loop's thread only.</param>
    public async Task CopyAsync(Block block, CancellationToken stop)
    {
        int read = 0, written = 0;
        while (written < block.Length)
        {
            stop.ThrowIfCancellationRequested();
            if (read < block.Length)
            {
                // Both begin before either is submitted, and both are waited for before either is judged.
                ValueTask<int> reading = Begin(_read, read, block.Length - read, TransferDirection.Destination, stop);
                ValueTask<int> writing = Begin(_write, written, block.Length - written, TransferDirection.Source, stop);
                _loop.Submit(
                    Operation(RingOpcode.ReadFixed, block, read, Submission.Link),
                    Operation(RingOpcode.WriteFixed, block, written));
                int readResult, writeResult;
                try
                {
                    readResult = await reading;
                }
                catch (OperationCanceledException)
                {
                    readResult = IoRequest.Canceled;
                }

                try
                {
                    writeResult = await writing;
                }
                catch (OperationCanceledException)
                {
                    writeResult = IoRequest.Canceled;
                }

                read += (int)Progressed("read", readResult, stop);
                // A read that came short has cancelled the write; what it may have written is written again.
                if (read == block.Length)
                    written += (int)Progressed("write", writeResult, stop);
            }
            else
            {
                ValueTask<int> writing = Begin(_write, written, block.Length - written, TransferDirection.Source, stop);
                _loop.Submit(Operation(RingOpcode.WriteFixed, block, written));
                written += (int)Progressed("write", await writing, stop);
            }
        }
    }

    // Nothing else cancels the token meanwhile, so a request that is free begins, and owns the import from then on.
    private ValueTask<int> Begin(IoRequest request, int offset, int length, TransferDirection direction, CancellationToken stop)
    {
        RegisteredImport import = _buffers.Import(_slot, offset, length, direction);
        try
        {
            return request.Begin(import, stop);
        }
        catch
        {
            import.Dispose();
            throw;
        }
    }

    private Submission Operation(RingOpcode opcode, Block block, int done, byte flags = 0)
    {
        bool reads = opcode == RingOpcode.ReadFixed;
        return new Submission
        {
            Opcode = opcode,
            Flags = (byte)(_flags | flags),
            File = (int)(reads ? _source : _target).DangerousGetHandle(),
            Position = (ulong)(block.Position + done),
            Address = (ulong)(_buffers.GetVector(_slot).Base + done),
            Length = (uint)(block.Length - done),
            UserData = reads ? _readUserData : _writeUserData,
            BufferIndex = (ushort)_slot,
        };
    }

    private long Progressed(string call, int result, CancellationToken stop)
    {
        if (result == IoRequest.Canceled)
            stop.ThrowIfCancellationRequested();

        return Transfer.Progress(call, result, _direct);
    }
}
