using System.Diagnostics;
using System.Globalization;

namespace BufferLifetime.Benchmarks;

/// <summary>What a build took: the time that a user waits, and the processor time of all processes that worked for it.</summary>
/// <param name="Wall">Seconds.</param>
/// <param name="Processor">Seconds, user and system; not a number where the system does not tell.</param>
internal readonly record struct Cost(double Wall, double Processor);

/// <summary>
/// Builds with build nodes and a compiler server of its own, which stay between builds as they do for a user, until they are stopped. Nothing that works for
/// other builds on the machine is met, and all processor time of these processes is found by what they have in their environment.
/// </summary>
internal sealed class BuildMeter(string folder, string packages) : IDisposable
{
    private readonly string _mark = $"solution-cost-{Guid.NewGuid():N}";

    /// <summary>Runs a command of the SDK that has to succeed.</summary>
    public Cost Run(params string[] arguments)
    {
        double before = Processor();
        var clock = Stopwatch.StartNew();
        var start = new ProcessStartInfo("dotnet", [.. arguments, "-nologo", "-v", "q", "-clp:NoSummary", "-p:UseSharedCompilation=true", $"-p:SharedCompilationId={_mark}"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
        };
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
            start.Environment.Remove(name);
        start.Environment["MSBUILDNODEHANDSHAKESALT"] = _mark;
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["NUGET_PACKAGES"] = packages;

        using Process process = Process.Start(start)!;
        // To the end of the command, not of its output: the servers that stay hold that open.
        var printed = new System.Text.StringBuilder();
        process.OutputDataReceived += (_, line) => printed.AppendLine(line.Data);
        process.BeginOutputReadLine();
        while (!process.WaitForExit(TimeSpan.FromMilliseconds(20)))
        {
        }

        double wall = clock.Elapsed.TotalSeconds;
        return process.ExitCode == 0
            ? new Cost(wall, Processor() - before)
            : throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{printed}");
    }

    /// <summary>Ends what stays between builds, so that the next begins as on a machine that has just started.</summary>
    public void Stop()
    {
        foreach (int id in Own())
        {
            try
            {
                using Process process = Process.GetProcessById(id);
                process.Kill();
                process.WaitForExit();
            }
            catch (ArgumentException)
            {
                // It has ended by itself.
            }
        }
    }

    public void Dispose() => Stop();

    private IEnumerable<int> Own()
    {
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException("What works for a build is found in /proc.");

        foreach (string process in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(process), NumberStyles.None, CultureInfo.InvariantCulture, out int id) || id == Environment.ProcessId)
                continue;
            string environment;
            try
            {
                environment = File.ReadAllText(Path.Combine(process, "environ"));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                continue;
            }

            if (environment.Contains(_mark, StringComparison.Ordinal))
                yield return id;
        }
    }

    /// <summary>Of those that are alive and all that they, and this process, have waited for.</summary>
    private double Processor() => Times(Environment.ProcessId, own: false) + Own().Sum(id => Times(id, own: true));

    private static double Times(int id, bool own)
    {
        try
        {
            string line = File.ReadAllText($"/proc/{id}/stat");
            // After the name, which may hold anything, in brackets: the state is the third field, user and system time the 14th and 15th, those of children the next two.
            string[] fields = line[(line.LastIndexOf(')') + 2)..].Split(' ');
            const int TicksPerSecond = 100;
            return fields[(own ? 11 : 13)..15].Sum(field => long.Parse(field, CultureInfo.InvariantCulture)) / (double)TicksPerSecond;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
