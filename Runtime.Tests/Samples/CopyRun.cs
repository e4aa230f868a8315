using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace BufferLifetime.Tests.Samples;

/// <summary>One run of <c>samples/UringCopy</c>, as a process of its own.</summary>
internal sealed partial class CopyRun
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private CopyRun(int exitCode, string output, string errors)
    {
        ExitCode = exitCode;
        Output = output;
        Errors = errors;
    }

    /// <summary>What the program says with it is in its usage.</summary>
    public int ExitCode { get; }

    public string Output { get; }

    public string Errors { get; }

    /// <summary>Whether the program fell back to system calls because io_uring is not to be had here.</summary>
    public bool HadNoRing => Errors.Contains("Copying with preadv and pwritev", StringComparison.Ordinal);

    /// <summary>Operations of the run: all that were begun have ended.</summary>
    public int Operations => Pair(OperationCounts(), "ended");

    /// <summary>Buffers of the run: all that were held were given back.</summary>
    public int Buffers => Pair(BufferCounts(), "given back");

    public bool Balances => Output.Contains("counters   balance", StringComparison.Ordinal);

    public static CopyRun Of(params string[] arguments) => Start(arguments).Wait();

    /// <summary>Runs in a shell that was told something first.</summary>
    public static CopyRun Under(string shellCommands, params string[] arguments) =>
        Start("/bin/sh", ["-c", $"{shellCommands}; exec \"$@\"", "sh", .. Command(arguments)]).Wait();

    public static Running Start(params string[] arguments)
    {
        string[] command = Command(arguments);
        return Start(command[0], command[1..]);
    }

    public override string ToString() => $"exit code {ExitCode}{Environment.NewLine}{Output}{Errors}";

    private static string[] Command(string[] arguments) =>
        [Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", "exec", Path.Combine(AppContext.BaseDirectory, "UringCopy.dll"), .. arguments];

    private static Running Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        return new Running(Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start."));
    }

    private int Pair(Regex counts, string what)
    {
        Match match = counts.Match(Output);
        Assert.True(match.Success, ToString());
        Assert.True(match.Groups[1].Value == match.Groups[2].Value, $"Not all were {what}: {this}");
        return int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"operations (\d+) begun, (\d+) ended")]
    private static partial Regex OperationCounts();

    [GeneratedRegex(@"buffers    (\d+) held, (\d+) given back")]
    private static partial Regex BufferCounts();

    /// <summary>A run that has not ended.</summary>
    internal sealed class Running(Process process)
    {
        public int ProcessId => process.Id;

        public CopyRun Wait()
        {
            using (process)
            {
                Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
                if (!process.WaitForExit(Patience))
                {
                    process.Kill();
                    throw new TimeoutException("UringCopy did not end.");
                }

                return new CopyRun(process.ExitCode, output.Result, errors.Result);
            }
        }
    }
}
