#:property PublishAot=false
#:property ManagePackageVersionsCentrally=false
// Copies one file, which is in the page cache, in turn with samples/UringCopy and with a loop over RandomAccess with the same buffer
// size, each in a process of its own, and prints the medians of the rates and of the ratios. What the loop calls is compiled ahead, as all of the framework is, so the copy is, too.
// From the repository's root:
//   dotnet publish -c Release samples/UringCopy.FromSources --use-current-runtime --no-self-contained -p:PublishReadyToRun=true -o artifacts/uring-copy
//   dotnet run -c Release benchmarks/uring-copy.cs -- [folder] [MiB] [rounds]

using System.Diagnostics;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

const int BlockSize = 1 << 20;

if (args is ["--loop", string from, string to])
{
    // As long as what it stands beside: from the opened files until both are closed, which is when a file system may begin to write.
    Stopwatch clock;
    long position = 0;
    using (SafeFileHandle source = File.OpenHandle(from), target = File.OpenHandle(to, FileMode.Create, FileAccess.Write, FileShare.None))
    {
        clock = Stopwatch.StartNew();
        var buffer = new byte[BlockSize];
        for (int read; (read = RandomAccess.Read(source, buffer, position)) != 0; position += read)
            RandomAccess.Write(target, buffer.AsSpan(0, read), position);
    }

    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"copied {position / 1048576.0 / clock.Elapsed.TotalSeconds:f0} MiB/s"));
    return;
}

string folder = args.Length > 0 ? args[0] : Path.GetTempPath();
long mebibytes = args.Length > 1 ? long.Parse(args[1], CultureInfo.InvariantCulture) : 1024;
int rounds = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 7;
string program = Path.GetFullPath("artifacts/uring-copy/UringCopy.dll");
string original = Path.Combine(folder, $"uring-copy-{Environment.ProcessId}"), copy = original + ".copy";
try
{
    Fill(original, mebibytes << 20);
    (string Name, string[] Command)[] ways =
    [
        ("RandomAccess, one buffer of 1 MiB", [Environment.ProcessPath!, .. OwnPath(), "--loop", original, copy]),
        ("UringCopy", ["dotnet", program, "--quiet", original, copy]),
        ("UringCopy --queue-depth 8", ["dotnet", program, "--quiet", "--queue-depth", "8", original, copy]),
        ("UringCopy --no-uring", ["dotnet", program, "--quiet", "--no-uring", original, copy]),
    ];
    double[][] rates = [.. ways.Select(_ => new double[rounds])];
    for (int round = -1; round < rounds; round++)
    {
        for (int i = 0; i < ways.Length; i++)
        {
            double rate = Measure(ways[i].Command);
            File.Delete(copy);
            if (round >= 0)
                rates[i][round] = rate;
        }
    }

    Console.WriteLine("| 1 GiB in the page cache | median, MiB/s | ratio | best, MiB/s |".Replace("1 GiB", $"{mebibytes} MiB", StringComparison.Ordinal));
    Console.WriteLine("|---|---:|---:|---:|");
    for (int i = 0; i < ways.Length; i++)
    {
        // Of the ratios within each round: what disturbs the machine disturbs neighbours alike.
        double ratio = Median(rates[i].Zip(rates[0], (one, loop) => one / loop));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {ways[i].Name} | {Median(rates[i]):f0} | {ratio:f2} | {rates[i].Max():f0} |"));
    }
}
finally
{
    File.Delete(original);
    File.Delete(copy);
}

// The host needs to be told what to run; a program of its own does not.
static string[] OwnPath() => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];

static double Median(IEnumerable<double> values) => values.Order().ElementAt(values.Count() / 2);

static double Measure(string[] command)
{
    using Process process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true })!;
    string output = process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    string[] words = output.Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
    return process.ExitCode == 0 && words is [.., string rate, "MiB/s"]
        ? double.Parse(rate, CultureInfo.InvariantCulture)
        : throw new InvalidOperationException($"{string.Join(' ', command)} said: {output}");
}

static void Fill(string path, long length)
{
    using FileStream file = File.Create(path);
    var chunk = new byte[1 << 20];
    Random.Shared.NextBytes(chunk);
    for (long written = 0; written < length; written += chunk.Length)
        file.Write(chunk);
}
