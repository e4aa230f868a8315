using System.Text.Json;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Packages;

/// <summary>A user's project.</summary>
internal sealed class Consumer(string folder, string unpacked)
{
    /// <summary>Builds from nothing and returns what was printed.</summary>
    public string Build(params string[] arguments) =>
        DotnetCommand.Run(folder, unpacked, ["build", "--no-incremental", "-v", "q", .. arguments]);

    /// <summary>The folder that the project is alone in.</summary>
    public string Folder => folder;

    /// <summary>Lets the packages be found and unpacked, and no more.</summary>
    public void Restore(params string[] arguments) => DotnetCommand.Run(folder, unpacked, ["restore", "-v", "q", .. arguments]);

    /// <summary>Builds from nothing and returns what was printed, whether the build fails or not.</summary>
    public (bool Succeeded, string Printed) TryBuild(params string[] arguments) =>
        DotnetCommand.TryRun(folder, unpacked, ["build", "--no-incremental", "-v", "q", "-clp:NoSummary", .. arguments]) is var (exitCode, printed) ? (exitCode == 0, printed) : default;

    /// <summary>Runs commands as a shell does, each of which has to succeed, and returns what they printed.</summary>
    public string Shell(string commands)
    {
        (int exitCode, string printed) = DotnetCommand.TryRunIn("/bin/sh", folder, unpacked, "-e", "-c", commands);
        Assert.True(exitCode == 0, $"{commands}\nended with {exitCode}:\n{printed}");
        return printed;
    }

    /// <summary>Builds and runs the program and returns what it printed.</summary>
    public string Run(params string[] arguments) => DotnetCommand.Run(folder, unpacked, ["run", .. arguments]);

    /// <summary>Lets the fixes of the package repair what some rules report, from a suggestion on, and returns the program as it is then.</summary>
    public string Repair(params string[] rules)
    {
        Restore();
        DotnetCommand.Run(folder, unpacked, ["format", "analyzers", "--no-restore", "--severity", "info", "--diagnostics", .. rules]);
        return File.ReadAllText(Path.Combine(folder, "Program.cs")).ReplaceLineEndings("\n");
    }

    /// <summary>The analyzers that the compiler would be given: folder in the package and file name, from the packages under test.</summary>
    public string[] Analyzers(params string[] arguments)
    {
        string result = Path.Combine(folder, "analyzers.json");
        DotnetCommand.Run(folder, unpacked, ["build", "-t:ResolveLockFileAnalyzers", "-getItem:Analyzer", $"-getResultOutputFile:{result}", .. arguments]);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(result));
        return
        [
            .. document.RootElement.GetProperty("Items").GetProperty("Analyzer").EnumerateArray()
                .Select(item => item.GetProperty("FullPath").GetString()!.Replace('\\', '/'))
                .Where(path => path.StartsWith(unpacked.Replace('\\', '/'), StringComparison.Ordinal))
                .Select(path => string.Join('/', path.Split('/')[^3..]))
                .Order(StringComparer.Ordinal),
        ];
    }
}
