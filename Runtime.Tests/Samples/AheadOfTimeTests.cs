using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace BufferLifetime.Tests.Samples;

/// <summary><c>samples/AheadOfTime</c>, published as native code with all of the library kept.</summary>
public sealed class AheadOfTimeTests
{
    [AheadOfTimeFact]
    public void A_small_consumer_is_published_ahead_of_time_without_warnings_and_runs()
    {
        string folder = Directory.CreateTempSubdirectory("ahead-of-time").FullName;
        try
        {
            (int code, string output) = Publish(folder);
            Assert.True(code == 0, output);
            Assert.DoesNotContain("warning", output, StringComparison.OrdinalIgnoreCase);

            (code, output) = Run(Path.Combine(folder, "bin", "AheadOfTime"));
            Assert.True(code == 0, output);
            Assert.Contains("all parts work, and everything was given back", output, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [AheadOfTimeFact]
    public void What_cannot_be_compiled_ahead_of_time_fails_the_publication()
    {
        string folder = Directory.CreateTempSubdirectory("ahead-of-time").FullName;
        try
        {
            (int code, string output) = Publish(folder, "-p:DefineConstants=REFLECTS");
            Assert.NotEqual(0, code);
            Assert.Contains("IL2026", output, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static (int Code, string Output) Publish(string folder, params string[] more) =>
        Run("dotnet", ["publish", AheadOfTimeFactAttribute.Project(), "-c", "Release", "--use-current-runtime", .. Into(folder), "-o", Path.Combine(folder, "bin"), "-v", "q", .. more]);

    internal static string[] Into(string folder) => ["--artifacts-path", Path.Combine(folder, "build")];

    internal static (int Code, string Output) Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd() + errors.GetAwaiter().GetResult();
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}

/// <summary>A test that needs the ahead-of-time compiler's packages and a linker.</summary>
internal sealed class AheadOfTimeFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Reason = new(WhyNot);

    public AheadOfTimeFactAttribute() => Skip = Reason.Value;

    internal static string Project([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "samples", "AheadOfTime"));

    private static string? WhyNot()
    {
        if (!OperatingSystem.IsLinux())
            return "The linker is looked for on Linux only.";

        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (!folders.Any(folder => File.Exists(Path.Combine(folder, "clang")) || File.Exists(Path.Combine(folder, "gcc"))))
            return "There is neither clang nor gcc here to link with.";

        string build = Directory.CreateTempSubdirectory("ahead-of-time").FullName;
        try
        {
            (int code, string output) =
                AheadOfTimeTests.Run("dotnet", ["restore", Project(), "--use-current-runtime", .. AheadOfTimeTests.Into(build)]);
            return code == 0 ? null : $"The ahead-of-time compiler cannot be restored: {output.Trim()}";
        }
        finally
        {
            Directory.Delete(build, recursive: true);
        }
    }
}
