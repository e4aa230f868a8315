using Microsoft.Win32.SafeHandles;

namespace UringCopy;

/// <summary>Copies one file as the options say, and tells what was held meanwhile and given back.</summary>
/// <param name="options">What is asked for.</param>
/// <param name="cancel">Cancelled by Ctrl+C, and by the job itself where the options say so.</param>
internal sealed class CopyJob(CopyOptions options, CancellationTokenSource cancel)
{
    /// <summary>How it was copied.</summary>
    public string Way { get; private set; } = "nothing to copy";

    /// <summary>Buffers, and how many of them have been given back.</summary>
    public (int Registered, int Released) Buffers { get; private set; }

    /// <summary>Operations, and how many of them have reported.</summary>
    public (long Begun, long Ended) Operations { get; private set; }

    /// <summary>Copies.</summary>
    /// <returns>How far it got.</returns>
    public ProgressLine Run()
    {
        using SafeFileHandle source = File.OpenHandle(options.Source, FileMode.Open, FileAccess.Read);
        long length = RandomAccess.GetLength(source);
        // Shared with nobody: where both names mean one file, this fails before it is emptied.
        using SafeFileHandle target = File.OpenHandle(options.Target, FileMode.Create, FileAccess.Write, FileShare.None);
        var progress = new ProgressLine(length, options.Quiet);
        if (length == 0)
            return progress;

        // No transfer past the page cache ends inside its alignment: the rest goes through it, at the end.
        long direct = options.Direct ? length & -Transfer.DirectAlignment : 0;
        if (options.NoRing || !TryCopyByRing(source, target, length, direct, progress))
            CopyByCalls(source, target, length, direct, progress);

        return progress;
    }

    private bool TryCopyByRing(SafeFileHandle source, SafeFileHandle target, long length, long direct, ProgressLine progress)
    {
        // Where no read can be tried without waiting, each would be refused first and go to a thread of the kernel then: it is sent there at once, and the
        // write that is linked to it stays on that thread, where the block is still in the processor's cache.
        bool onKernelThreads = !SystemCalls.CanTryToRead(source);
        int depth = Depth(length, onKernelThreads);
        RingCopy copy;
        try
        {
            copy = new RingCopy(depth, options.BlockSize, onKernelThreads);
        }
        catch (RingUnavailableException unavailable)
        {
            Console.Error.WriteLine($"Copying with preadv and pwritev: {unavailable.Message}.");
            return false;
        }

        try
        {
            Way = $"io_uring, {depth} x {options.BlockSize} bytes in flight";
            CopyParts(copy.Run, options.BlockSize, source, target, length, direct, progress);
        }
        finally
        {
            copy.Dispose();
            (Buffers, Operations) = (copy.Buffers, copy.Operations);
        }

        return true;
    }

    private void CopyByCalls(SafeFileHandle source, SafeFileHandle target, long length, long direct, ProgressLine progress)
    {
        var copy = new VectoredCopy(Depth(length, onKernelThreads: false), options.BlockSize);
        try
        {
            Way = $"preadv and pwritev of {copy.Depth} x {options.BlockSize} bytes";
            CopyParts(copy.Run, copy.Depth * options.BlockSize, source, target, length, direct, progress);
        }
        finally
        {
            copy.Dispose();
            (Buffers, Operations) = (copy.Buffers, copy.Operations);
        }
    }

    private int Depth(long length, bool onKernelThreads) =>
        (int)Math.Min(options.QueueDepth(onKernelThreads), (length + options.BlockSize - 1) / options.BlockSize);

    private void CopyParts(CopyPass run, int blockSize, SafeFileHandle source, SafeFileHandle target, long length, long direct, ProgressLine progress)
    {
        if (direct != 0)
        {
            SystemCalls.SetDirect(source, direct: true);
            SystemCalls.SetDirect(target, direct: true);
            run(new CopyPlan(0, direct, blockSize, Count), source, target, direct: true, cancel.Token);
            SystemCalls.SetDirect(source, direct: false);
            SystemCalls.SetDirect(target, direct: false);
        }

        if (direct != length)
            run(new CopyPlan(direct, length, blockSize, Count), source, target, direct: false, cancel.Token);

        void Count(long bytes)
        {
            progress.Add(bytes);
            if (progress.Copied >= options.CancelAfter)
                cancel.Cancel();
        }
    }

    private delegate void CopyPass(CopyPlan plan, SafeFileHandle source, SafeFileHandle target, bool direct, CancellationToken cancellation);
}
