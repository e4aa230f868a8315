using System.Runtime.InteropServices;

namespace BufferLifetime.Tests.Samples;

/// <summary>The sample, run as a user runs it: the bytes arrive, and whatever happens on the way every buffer is given back once, in time.</summary>
public sealed partial class UringCopyTests : IDisposable
{
    private const int Copied = 0;
    private const int Failed = 2;
    private const int WrongUsage = 64;
    private const int Cancelled = 130;
    private const int Interrupt = 2;
    private const nint Default = 0, Ignore = 1;

    private readonly string _folder = Directory.CreateTempSubdirectory("UringCopy-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // The size, the size of a block, the depth of the queue, and what else is asked for. More blocks than the queue is deep, too.
    [LinuxTheory]
    [InlineData(0, 4096, 4, "")]
    [InlineData(1, 4096, 4, "")]
    [InlineData(4096, 4096, 4, "")]
    [InlineData(4097, 4096, 1, "")]
    [InlineData(100_003, 4093, 3, "")]
    [InlineData((8 << 20) + 12345, 65536, 16, "")]
    [InlineData(1, 65536, 4, "--direct")]
    [InlineData(1 << 20, 65536, 4, "--direct")]
    [InlineData((4 << 20) + 4099, 65536, 4, "--direct")]
    [InlineData(0, 4096, 4, "--no-uring")]
    [InlineData((4 << 20) + 4099, 4093, 7, "--no-uring")]
    [InlineData((4 << 20) + 4099, 65536, 4, "--no-uring --direct")]
    public void Copy_has_the_bytes_of_its_source(int size, int blockSize, int depth, string more)
    {
        (string source, string target) = NewFile(size);
        // What was there before is not what the test sees.
        File.WriteAllBytes(target, new byte[size + 7]);

        CopyRun run = CopyRun.Of([.. Sized(blockSize, depth), .. more.Split(' ', StringSplitOptions.RemoveEmptyEntries), source, target]);

        if (run.ExitCode == 3 && more.Contains("--direct", StringComparison.Ordinal))
            return;
        AssertEnded(run, Copied);
        Assert.True(File.ReadAllBytes(source).AsSpan().SequenceEqual(File.ReadAllBytes(target)), run.ToString());
    }

    [RingFact]
    public void Read_and_write_of_a_block_are_two_operations_on_one_buffer()
    {
        (string source, string target) = NewFile(16 * 4096);

        CopyRun run = CopyRun.Of([.. Sized(4096, 4), source, target]);

        AssertEnded(run, Copied);
        Assert.Equal(4, run.Buffers);
        Assert.InRange(run.Operations, 32, 64);
        Assert.Contains("io_uring", run.Output, StringComparison.Ordinal);
    }

    [RingFact]
    public void Failure_of_every_write_in_flight_gives_every_buffer_back()
    {
        (string source, _) = NewFile(1 << 20);

        CopyRun run = CopyRun.Of([.. Sized(65536, 8), source, "/dev/full"]);

        AssertEnded(run, Failed);
        Assert.Equal(8, run.Buffers);
        Assert.Contains("error 28", run.Errors, StringComparison.Ordinal);
    }

    [RingFact]
    public void Failure_in_the_middle_gives_every_buffer_back()
    {
        // Shells count in 512 or 1024 bytes. The program learns of the limit by an error, not by a signal; the limit is also one for
        // the memory file from which the runtime would map its code twice.
        (string source, string target) = NewFile(16 << 20);

        CopyRun run = CopyRun.Under("trap '' XFSZ; export DOTNET_EnableWriteXorExecute=0; ulimit -f 8192", [.. Sized(65536, 8), source, target]);

        AssertEnded(run, Failed);
        Assert.Equal(8, run.Buffers);
        Assert.Contains("error 27", run.Errors, StringComparison.Ordinal);
        Assert.InRange(new FileInfo(target).Length, 1, 8 << 20);
    }

    [RingFact]
    public void Cancellation_in_the_middle_gives_every_buffer_back()
    {
        (string source, string target) = NewFile(16 << 20);

        CopyRun run = CopyRun.Of([.. Sized(16384, 32), "--cancel-after", "1M", source, target]);

        AssertEnded(run, Cancelled);
        Assert.Equal(32, run.Buffers);
        Assert.InRange(run.Operations, 128, 2 * 1024 - 1);
        Assert.Contains("incomplete", run.Errors, StringComparison.Ordinal);
    }

    [LinuxFact]
    public void Cancellation_between_two_calls_gives_every_buffer_back()
    {
        (string source, string target) = NewFile(1 << 20);

        CopyRun run = CopyRun.Of([.. Sized(4096, 4), "--no-uring", "--cancel-after", "64K", source, target]);

        AssertEnded(run, Cancelled);
        Assert.InRange(new FileInfo(target).Length, 65536, (1 << 20) - 1);
    }

    [RingFact]
    public void Interrupt_from_the_keyboard_cancels()
    {
        // Bytes that take no room, and for ever.
        string source = Path.Combine(_folder, "source");
        using (FileStream sparse = File.Create(source))
            sparse.SetLength(1L << 40);
        CopyRun.Running running = StartInterruptible([.. Sized(65536, 8), source, "/dev/null"]);
        Thread.Sleep(TimeSpan.FromSeconds(2));
        Assert.Equal(0, kill(running.ProcessId, Interrupt));

        CopyRun run = running.Wait();

        AssertEnded(run, Cancelled);
        Assert.Equal(8, run.Buffers);
    }

    /// <summary>
    /// As from a terminal: a process that a shell has put in the background ignores the interrupt, and so do those that it starts.
    /// </summary>
    private static CopyRun.Running StartInterruptible(params string[] arguments)
    {
        string ignored = File.ReadLines("/proc/self/status").First(static line => line.StartsWith("SigIgn:", StringComparison.Ordinal));
        bool isIgnored = (Convert.ToUInt64(ignored["SigIgn:".Length..].Trim(), 16) >> (Interrupt - 1) & 1) != 0;
        if (isIgnored)
            signal(Interrupt, Default);
        try
        {
            return CopyRun.Start(arguments);
        }
        finally
        {
            if (isIgnored)
                signal(Interrupt, Ignore);
        }
    }

    [LinuxFact]
    public void Without_io_uring_the_program_says_how_it_copies()
    {
        (string source, string target) = NewFile(10_000);

        CopyRun run = CopyRun.Of("--no-uring", source, target);

        AssertEnded(run, Copied);
        Assert.Contains("preadv and pwritev", run.Output, StringComparison.Ordinal);
    }

    [LinuxFact]
    public void File_is_not_copied_onto_itself()
    {
        (string source, _) = NewFile(10_000);

        CopyRun run = CopyRun.Of(source, source);

        AssertEnded(run, Failed);
        Assert.Equal(10_000, new FileInfo(source).Length);
    }

    [LinuxTheory]
    [InlineData("only-one-file")]
    [InlineData("--direct --block-size 1000 a b")]
    [InlineData("--queue-depth 0 a b")]
    [InlineData("--block-size 99999999999999999999 a b")]
    [InlineData("--unknown a b")]
    public void Wrong_command_line_is_told(string arguments) => Assert.Equal(WrongUsage, CopyRun.Of(arguments.Split(' ')).ExitCode);

    private static string[] Sized(int blockSize, int depth) => ["--block-size", $"{blockSize}", "--queue-depth", $"{depth}"];

    private static void AssertEnded(CopyRun run, int exitCode)
    {
        Assert.True(run.ExitCode == exitCode, run.ToString());
        Assert.True(run.Balances, run.ToString());
        Assert.True(run.Buffers >= 0 && run.Operations >= 0, run.ToString());
    }

    private (string Source, string Target) NewFile(int size)
    {
        string source = Path.Combine(_folder, "source");
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        File.WriteAllBytes(source, bytes);
        return (source, Path.Combine(_folder, "target"));
    }

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);

    [LibraryImport("libc")]
    private static partial nint signal(int signal, nint handler);
}
