using System.Diagnostics;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Packages;

/// <summary>Runs the SDK as a user does, apart from the build that runs the tests.</summary>
internal static class DotnetCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>Runs a command that has to succeed and returns what it printed.</summary>
    /// <param name="folder">Where the command runs.</param>
    /// <param name="packages">Where packages are unpacked; null for wherever the machine does that.</param>
    /// <param name="arguments">The command and its arguments.</param>
    public static string Run(string folder, string? packages, params string[] arguments)
    {
        (int exitCode, string printed) = TryRun(folder, packages, arguments);
        Assert.True(exitCode == 0, $"`dotnet {string.Join(' ', arguments)}` ended with {exitCode}:{Environment.NewLine}{printed}");
        return printed;
    }

    /// <summary>Runs a command and returns how it ended and what it printed.</summary>
    /// <param name="folder">Where the command runs.</param>
    /// <param name="packages">Where packages are unpacked; null for wherever the machine does that.</param>
    /// <param name="arguments">The command and its arguments.</param>
    public static (int ExitCode, string Printed) TryRun(string folder, string? packages, params string[] arguments) =>
        TryRunIn(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", folder, packages, arguments);

    /// <summary>Runs a program as <see cref="TryRun"/> runs the SDK.</summary>
    /// <param name="program">The program.</param>
    /// <param name="folder">Where it runs.</param>
    /// <param name="packages">Where packages are unpacked; null for wherever the machine does that.</param>
    /// <param name="arguments">Its arguments.</param>
    public static (int ExitCode, string Printed) TryRunIn(string program, string folder, string? packages, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };

        // What the build that runs the tests told itself is not meant for this one.
        foreach (string name in start.Environment.Keys.Where(IsOfTheOuterBuild).ToArray())
            start.Environment.Remove(name);

        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_NOLOGO"] = "1";
        // Build servers that outlive the command would keep its output open.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        if (packages is not null)
            start.Environment["NUGET_PACKAGES"] = packages;

        using Process process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        if (!Task.WaitAll([output, errors], Patience) || !process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"`{program} {string.Join(' ', arguments)}` did not end.");
        }

        return (process.ExitCode, output.Result + errors.Result);
    }

    private static bool IsOfTheOuterBuild(string name) =>
        name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || name.StartsWith("VSTEST", StringComparison.OrdinalIgnoreCase);
}
