using System.Runtime.InteropServices;
using BufferLifetime;
using UringCopy;

const int Copied = 0, Failed = 2, Unsupported = 3, WrongUsage = 64, NotGivenBack = 70, Cancelled = 130;

if (CopyOptions.Parse(args, out string problem) is not { } options)
{
    Console.Error.WriteLine(problem);
    Console.Error.WriteLine(CopyOptions.Usage);
    return WrongUsage;
}

if (!SystemCalls.IsSupported || (options.Direct && !OperatingSystem.IsLinux()))
{
    Console.Error.WriteLine(
        "UringCopy needs 64-bit Linux for io_uring and O_DIRECT, and at least preadv and pwritev for everything else; this system does not have them. Nothing was copied.");
    return Unsupported;
}

using var cancel = new CancellationTokenSource();
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);

var job = new CopyJob(options, cancel);
int exitCode = Copied;
try
{
    ProgressLine progress = job.Run();
    Console.WriteLine($"copied     {progress.ToString().Trim()}");
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine($"Cancelled; {options.Target} is incomplete.");
    exitCode = Cancelled;
}
catch (SystemCallException refused) when (refused.Error == Errors.Invalid && options.Direct)
{
    Console.Error.WriteLine($"One of the two file systems does not support O_DIRECT, or not with this alignment: {refused.Message}.");
    exitCode = Unsupported;
}
catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotSupportedException or OutOfMemoryException)
{
    Console.Error.WriteLine($"{options.Source} was not copied: {failure.Message}");
    exitCode = Failed;
}

BufferCounters held = BufferLifetimeCounters.Read();
bool isAllBack = held.IsBalanced && job.Buffers.Registered == job.Buffers.Released && job.Operations.Begun == job.Operations.Ended;
Console.WriteLine($"with       {job.Way}");
Console.WriteLine($"buffers    {job.Buffers.Registered} held, {job.Buffers.Released} given back");
Console.WriteLine($"operations {job.Operations.Begun} begun, {job.Operations.Ended} ended");
Console.WriteLine($"counters   {(held.IsBalanced ? "balance" : $"do not balance: {held}")}");
return isAllBack ? exitCode : NotGivenBack;

void Cancel(PosixSignalContext signal)
{
    signal.Cancel = true;
    cancel.Cancel();
}
