// What the package adds to the build of a solution of twenty projects: packs it, writes the solution twice, with and without it, and builds both in turn,
// as a build server does (nothing runs yet), as a developer does (build nodes and compiler server run already), with nothing changed and with one file
// changed. Prints medians, the median and the range of the rounds' ratios, and the ratio of the best; processor time is that of all
// processes, and says more where other work runs.
// --keep leaves all of it to be looked at. From the repository's root:
//   dotnet run -c Release --project benchmarks/Solution.Cost -- [rounds] [--keep]

using System.Globalization;
using BufferLifetime.Benchmarks;

bool keep = args.Contains("--keep");
int rounds = int.Parse(args.FirstOrDefault(arg => arg != "--keep") ?? "7", CultureInfo.InvariantCulture);
string repository = Environment.CurrentDirectory;
if (!File.Exists(Path.Combine(repository, "analyzers.sln")))
{
    Console.Error.WriteLine("Run this from the repository's root.");
    return 2;
}

const string Version = "0.1.0-cost";
string root = Directory.CreateTempSubdirectory("solution-cost-").FullName;
try
{
    string feed = Path.Combine(root, "feed"), unpacked = Path.Combine(root, "unpacked");
    using (var packing = new BuildMeter(repository, Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages")))
        packing.Run("pack", "Package", "-c", "Release", "-o", feed, "--artifacts-path", Path.Combine(root, "build"), $"-p:Version={Version}");

    (string Name, string Reference)[] ways =
    [
        ("without", ""),
        ("with", $"""<PackageReference Include="BufferLifetime.Analyzers" Version="{Version}" PrivateAssets="all" />"""),
    ];
    List<(BuildMeter Meter, GeneratedSolution Solution)> built = [];
    foreach ((string name, string reference) in ways)
    {
        string folder = Path.Combine(root, name);
        var solution = new GeneratedSolution(repository, folder, feed);
        solution.Write(reference);
        var meter = new BuildMeter(folder, unpacked);
        meter.Run("build", "Cost.slnx");
        built.Add((meter, solution));
    }

    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{built[0].Solution.Projects} projects, {built[0].Solution.Lines / 1000.0:f0} thousand lines, {rounds} rounds"));
    (string Name, Func<BuildMeter, GeneratedSolution, Cost> Build)[] kinds =
    [
        ("clean build, nothing running", (meter, _) => { meter.Stop(); return meter.Run("build", "Cost.slnx", "--no-incremental"); }),
        ("clean build, servers running", (meter, _) => meter.Run("build", "Cost.slnx", "--no-incremental")),
        ("nothing changed", (meter, _) => meter.Run("build", "Cost.slnx")),
        ("one file changed", (meter, solution) => { File.AppendAllText(solution.Touched, "// changed\n"); return meter.Run("build", "Cost.slnx"); }),
    ];

    var costs = new Cost[kinds.Length, ways.Length, rounds];
    for (int round = 0; round < rounds; round++)
    {
        for (int kind = 0; kind < kinds.Length; kind++)
        {
            // Each goes first in every other round.
            for (int turn = 0; turn < ways.Length; turn++)
            {
                int way = (turn + round) % ways.Length;
                costs[kind, way, round] = kinds[kind].Build(built[way].Meter, built[way].Solution);
            }
        }

        string spent = string.Join(", ", kinds.Select((kind, i) => string.Create(CultureInfo.InvariantCulture, $"{kind.Name} {costs[i, 1, round].Wall / costs[i, 0, round].Wall:f2} and {costs[i, 1, round].Processor / costs[i, 0, round].Processor:f2}")));
        Console.Error.WriteLine($"round {round + 1}, ratios of time and of processor time: {spent}");
    }

    foreach ((BuildMeter meter, _) in built)
        meter.Dispose();

    if (rounds == 0)
        return 0;

    Console.WriteLine("| | without, s | with, s | ratio | processor time without, s | with, s | ratio |");
    Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|");
    for (int kind = 0; kind < kinds.Length; kind++)
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {kinds[kind].Name} | {Of(kind, 0, cost => cost.Wall):f2} | {Of(kind, 1, cost => cost.Wall):f2} | {Ratio(kind, cost => cost.Wall)} | {Of(kind, 0, cost => cost.Processor):f2} | {Of(kind, 1, cost => cost.Processor):f2} | {Ratio(kind, cost => cost.Processor)} |"));
    }

    double Of(int kind, int way, Func<Cost, double> what) => Median([.. Enumerable.Range(0, rounds).Select(round => what(costs[kind, way, round]))]);

    string Ratio(int kind, Func<Cost, double> what)
    {
        double[] ratios = [.. Enumerable.Range(0, rounds).Select(round => what(costs[kind, 1, round]) / what(costs[kind, 0, round]))];
        return string.Create(CultureInfo.InvariantCulture, $"{Median(ratios):f3} ({ratios.Min():f2} to {ratios.Max():f2}; best {Best(1) / Best(0):f3})");

        double Best(int way) => Enumerable.Range(0, rounds).Min(round => what(costs[kind, way, round]));
    }
}
finally
{
    if (keep)
        Console.WriteLine($"Everything is still in {root}.");
    else
        Directory.Delete(root, recursive: true);
}

return 0;

static double Median(double[] values)
{
    Array.Sort(values);
    return (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
}
