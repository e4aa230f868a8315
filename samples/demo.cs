#:property PublishAot=false
// The main job, on the real program in samples/LegacyCopy: packs the package, shows what it reports, repairs a copy with
// `dotnet format`, and holds everything against what is expected. Run it from anywhere: dotnet run samples/demo.cs

using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

var clock = Stopwatch.StartNew();
string root = FindRoot();
string artifacts = Path.Combine(root, "artifacts");
string original = Path.Combine(root, "samples", "LegacyCopy");
string twin = Path.Combine(root, "samples", "LegacyCopy.Repaired");
// As deep below the root as the sample itself, so that its relative paths stay true.
string copy = Path.Combine(artifacts, "LegacyCopy");
// Packages keep their version while they change: one unpacked earlier, here or by anyone, must not stand in for the one just packed.
string unpacked = Path.Combine(artifacts, "nuget");

try
{
    Step("Pack BufferLifetime and BufferLifetime.Analyzers");
    foreach (string stale in new[] { copy, unpacked, Path.Combine(artifacts, "packages") })
        if (Directory.Exists(stale))
            Directory.Delete(stale, recursive: true);

    Dotnet(root, "pack", "Package", "-c", "Release", "-o", Path.Combine(artifacts, "packages")).Succeed();
    foreach (string package in Directory.EnumerateFiles(Path.Combine(artifacts, "packages")).Order())
        Say($"{Shorten(package)}, {new FileInfo(package).Length} bytes");

    Step("Build the sample as it is: legacy code, with the mistakes that people make in it");
    ProcessResult build = Dotnet(original, "build", "-c", "Release", "--no-incremental", "-v", "q").Succeed();
    string[] expected = [.. File.ReadLines(Path.Combine(original, "expected-warnings.txt")).Where(line => line is not ("" or ['#', ..]))];
    string[] reported = Warnings(build, original);
    Compare("warning", expected, reported);
    Say($"{reported.Length} warnings, and they are the {expected.Length} expected ones.");

    Step("Repair a copy with `dotnet format analyzers`");
    CopySources(original, copy);
    string[] rules = [.. expected.Select(line => line[(line.LastIndexOf(' ') + 1)..]).Distinct().Order()];
    Dotnet(copy, "restore", "-v", "q").Succeed();
    Dotnet(copy, ["format", "analyzers", "LegacyCopy.csproj", "--no-restore", "--severity", "warn", "--diagnostics", .. rules]).Succeed();

    Step("What the repair changed");
    int changed = 0;
    foreach (string file in Sources(copy))
    {
        string[] before = File.ReadAllLines(Path.Combine(original, file)), after = File.ReadAllLines(Path.Combine(copy, file));
        if (before.SequenceEqual(after))
            continue;

        changed++;
        Console.WriteLine();
        foreach (string line in Difference.Unified($"samples/LegacyCopy/{file}", $"artifacts/LegacyCopy/{file}", before, after))
            Say(line);
    }

    if (changed == 0)
        throw new DemoException("The repair changed nothing.");

    Step("Hold the repaired text against samples/LegacyCopy.Repaired, byte for byte");
    foreach (string file in Sources(copy))
    {
        // The twin has the files that the repair changes; the others stay as they were.
        string inTwin = Path.Combine(twin, file);
        string wanted = File.Exists(inTwin) ? inTwin : Path.Combine(original, file);
        byte[] repaired = File.ReadAllBytes(Path.Combine(copy, file));
        if (!File.ReadAllBytes(wanted).AsSpan().SequenceEqual(repaired))
        {
            foreach (string line in Difference.Unified(Shorten(wanted), $"artifacts/LegacyCopy/{file}", File.ReadAllLines(wanted), File.ReadAllLines(Path.Combine(copy, file))))
                Say(line);
            throw new DemoException($"The repaired {file} is not what {Shorten(wanted)} says.");
        }

        Say($"{file} is {Shorten(wanted)}");
    }

    Step("Build the repaired copy with warnings as errors");
    ProcessResult rebuild = Dotnet(copy, "build", "-c", "Release", "--no-incremental", "-warnaserror", "-v", "q").Succeed();
    Compare("warning", [], Warnings(rebuild, copy));
    Say("No warnings.");

    Step("Run both and compare the checksums");
    string[]? first = RunSample("the sample as it was", original);
    string[]? second = RunSample("the repaired copy", copy);
    if (first is null || second is null)
        Say("Not run: this system has no preadv and pwritev. Everything before this step holds.");
    else if (first.Concat(second).Distinct().Count() != 1)
        throw new DemoException("The checksums differ.");
    else
        Say("All checksums are equal: the same bytes before and after the repair.");

    Console.WriteLine();
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Done: reported, repaired, clean, and the same bytes. {clock.Elapsed.TotalSeconds:f0} seconds."));
    return 0;
}
catch (DemoException failure)
{
    Console.Error.WriteLine();
    Console.Error.WriteLine($"Failed: {failure.Message}");
    return 1;
}

void Step(string title)
{
    Console.WriteLine();
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"[{clock.Elapsed.TotalSeconds,3:f0} s] {title}"));
}

static void Say(string line) => Console.WriteLine(line.Length == 0 ? "" : $"        {line}");

string Shorten(string text) => text.Replace(root + Path.DirectorySeparatorChar, "", StringComparison.Ordinal);

static string FindRoot()
{
    // The file-based app is built elsewhere: its source is what knows where the repository is.
    string? folder = Path.GetDirectoryName(AppContext.GetData("EntryPointFilePath") as string);
    folder ??= Environment.CurrentDirectory;
    while (folder is not null && !File.Exists(Path.Combine(folder, "analyzers.sln")))
        folder = Path.GetDirectoryName(folder);

    return folder ?? throw new InvalidOperationException("Run this from inside the repository.");
}

// The checksums of source and target, or nothing where the sample says that it cannot run.
string[]? RunSample(string what, string folder)
{
    const int Unsupported = 3;
    Say($"{what}:");
    ProcessResult run = Dotnet(folder, Path.Combine("bin", "Release", "net10.0", "LegacyCopy.dll"));
    if (run.ExitCode == Unsupported)
        return null;

    run.Succeed();
    return [.. run.Lines.Select(line => Regex.Match(line, "sha256 ([0-9a-f]{64})")).Where(match => match.Success).Select(match => match.Groups[1].Value)];
}

ProcessResult Dotnet(string folder, params string[] arguments)
{
    Say($"> dotnet {string.Join(' ', arguments.Select(Shorten))}");
    var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", arguments)
    {
        WorkingDirectory = folder,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        UseShellExecute = false,
    };

    // What `dotnet run` tells its own build is not meant for these.
    foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
        start.Environment.Remove(name);
    // Build servers that outlive the command would keep its output open.
    start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
    start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
    start.Environment["DOTNET_NOLOGO"] = "1";
    if (folder != root)
        start.Environment["NUGET_PACKAGES"] = unpacked;

    var lines = new List<string>();
    using Process process = Process.Start(start) ?? throw new DemoException("dotnet did not start.");
    process.OutputDataReceived += Keep;
    process.ErrorDataReceived += Keep;
    process.BeginOutputReadLine();
    process.BeginErrorReadLine();
    process.WaitForExit();
    return new ProcessResult(string.Join(' ', arguments), process.ExitCode, lines);

    void Keep(object sender, DataReceivedEventArgs e)
    {
        if (string.IsNullOrWhiteSpace(e.Data))
            return;

        lock (lines)
        {
            // The build's summary repeats every warning.
            if (!lines.Contains(e.Data))
                Say(Shorten(e.Data));
            lines.Add(e.Data);
        }
    }
}

// Each warning as file(line): ID, once, in the order of the files.
static string[] Warnings(ProcessResult build, string folder) =>
[
    .. build.Lines
        .Select(line => Regex.Match(line, @"^\s*(?<file>[^(]*?)\s*(\((?<line>\d+)[^)]*\))?\s*: warning (?<id>\w+)\s*:"))
        .Where(match => match.Success)
        .Select(match => (
            File: Path.GetRelativePath(folder, Path.Combine(folder, match.Groups["file"].Value)),
            Line: int.TryParse(match.Groups["line"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int line) ? line : 0,
            Id: match.Groups["id"].Value))
        .Distinct()
        .Order()
        .Select(warning => $"{warning.File}({warning.Line}): {warning.Id}"),
];

static void Compare(string what, IEnumerable<string> expected, IEnumerable<string> found)
{
    string[] missing = [.. expected.Except(found)], surplus = [.. found.Except(expected)];
    foreach (string one in missing)
        Say($"missing {what}: {one}");
    foreach (string one in surplus)
        Say($"{what} that is not expected: {one}");
    if (missing.Length + surplus.Length > 0)
        throw new DemoException($"{missing.Length} {what}s are missing and {surplus.Length} are not expected.");
}

static string[] Sources(string folder) => [.. Directory.EnumerateFiles(folder, "*.cs").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

static void CopySources(string from, string to)
{
    Directory.CreateDirectory(to);
    foreach (string file in Directory.EnumerateFiles(from))
        File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
}

internal sealed class DemoException(string message) : Exception(message);

internal sealed record ProcessResult(string Command, int ExitCode, IReadOnlyList<string> Lines)
{
    public ProcessResult Succeed() => ExitCode == 0 ? this : throw new DemoException($"`dotnet {Command}` ended with exit code {ExitCode}.");
}

/// <summary>What changed between two texts, as a patch shows it.</summary>
internal static class Difference
{
    private const int Context = 3;

    public static IEnumerable<string> Unified(string oldName, string newName, string[] before, string[] after)
    {
        yield return $"--- {oldName}";
        yield return $"+++ {newName}";
        (char Mark, string Line)[] lines = [.. Align(before, after)];
        int oldLine = 1, newLine = 1;
        for (int at = 0; at < lines.Length;)
        {
            int change = Array.FindIndex(lines, at, line => line.Mark != ' ');
            if (change < 0)
                yield break;

            int start = Math.Max(at, change - Context);
            oldLine += start - at;
            newLine += start - at;

            // A hunk ends where the unchanged lines after it are more than two contexts need.
            int end = change + 1, unchanged = 0;
            while (end < lines.Length && unchanged <= 2 * Context)
                unchanged = lines[end++].Mark == ' ' ? unchanged + 1 : 0;
            end -= Math.Max(0, unchanged - Context);

            var hunk = new ArraySegment<(char Mark, string Line)>(lines, start, end - start);
            int olds = hunk.Count(line => line.Mark != '+'), news = hunk.Count(line => line.Mark != '-');
            yield return $"@@ -{oldLine},{olds} +{newLine},{news} @@";
            foreach ((char mark, string line) in hunk)
                yield return $"{mark}{line}";

            oldLine += olds;
            newLine += news;
            at = end;
        }
    }

    // The longest common subsequence; the texts are a few hundred lines.
    private static IEnumerable<(char Mark, string Line)> Align(string[] before, string[] after)
    {
        var common = new int[before.Length + 1, after.Length + 1];
        for (int i = before.Length - 1; i >= 0; i--)
            for (int j = after.Length - 1; j >= 0; j--)
                common[i, j] = before[i] == after[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);

        int old = 0, @new = 0;
        while (old < before.Length || @new < after.Length)
        {
            if (old < before.Length && @new < after.Length && before[old] == after[@new])
            {
                yield return (' ', before[old++]);
                @new++;
            }
            else if (old < before.Length && (@new == after.Length || common[old + 1, @new] >= common[old, @new + 1]))
                yield return ('-', before[old++]);
            else
                yield return ('+', after[@new++]);
        }
    }
}
