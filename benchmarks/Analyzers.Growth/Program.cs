// How the cost of an analysis grows with the size of a body, or of a type, in each shape: processor time for each statement at 100, 1,000 and
// 10,000 statements, and the ratio of the last two, which must stay below 1.5. Every compilation has 10,000 statements, in bodies of the size in
// question, so that what a larger heap costs the garbage collector is not taken for growth. The compiler's operations and graphs alone grow faster
// than that in some shapes: beside each ratio stands that of the compiler alone, and that of the memory that is allocated by all but the compiler,
// which no other load disturbs. Then the samples, for which there is one size. From the repository's root:
//   dotnet run -c Release --project benchmarks/Analyzers.Growth [-- part of a shape's name]

using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using BufferLifetime;
using BufferLifetime.Analyzers;
using BufferLifetime.Benchmarks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

const double Bound = 1.5;
const string Usings = "using System.Buffers; using BufferLifetime;\n";
const string Implicit = "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;";
int[] sizes = [100, 1_000, 10_000];
ImmutableArray<MetadataReference> references =
[
    .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
        .Where(static path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal))
        .Select(static path => MetadataReference.CreateFromFile(path)),
    MetadataReference.CreateFromFile(typeof(IovIter).Assembly.Location),
];
Shape[] shapes = [.. Shape.All.Where(shape => args.Length == 0 || shape.Name.Contains(args[0], StringComparison.OrdinalIgnoreCase))];

bool holds = true;
Console.WriteLine($"{"microseconds for each statement",-32}{string.Concat(sizes.Select(static size => $"{size,9:N0}"))}    ratio  compiler  own memory");
foreach (Shape shape in shapes)
{
    // The largest first: an analysis that is warm, in memory that is.
    Cost[] whole = Ascending(size => Best(() => Parse(shape, size), sizes[^1], static () => new BufferLifetimeAnalyzer()));
    Cost[] compiler = Ascending(size => Best(() => Parse(shape, size), sizes[^1], static () => new CompilerOnly()));
    double ratio = whole[2].Microseconds / whole[1].Microseconds, alone = compiler[2].Microseconds / compiler[1].Microseconds;
    double memory = (whole[2].Bytes - compiler[2].Bytes) / (whole[1].Bytes - compiler[1].Bytes);
    bool isLinear = memory < Bound && (ratio < Bound || alone > Bound);
    holds &= isLinear;
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{shape.Name,-32}{whole[0].Microseconds,9:f1}{whole[1].Microseconds,9:f1}{whole[2].Microseconds,9:f1}{ratio,9:f2}{alone,10:f2}{memory,12:f2}{(isLinear ? "" : "  past the bound")}"));
}

foreach (string sample in args.Length == 0 ? Directory.GetDirectories("samples") : [])
{
    string[] files = [.. Directory.GetFiles(sample, "*.cs", SearchOption.AllDirectories).Where(static file => !file.Contains("/obj/", StringComparison.Ordinal))];
    if (files.Length == 0)
        continue;
    SyntaxTree[] Read() => [.. files.Select(static file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), new CSharpParseOptions(LanguageVersion.Preview), file))];
    int statements = Read().Sum(static tree => tree.GetRoot().DescendantNodes().Count(static node => node is StatementSyntax));
    Cost cost = Best(Read, statements, static () => new BufferLifetimeAnalyzer());
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{sample,-32}{cost.Microseconds,9:f1} for each of {statements} statements"));
}

return holds ? 0 : 1;

Cost[] Ascending(Func<int, Cost> measure)
{
    var costs = new Cost[sizes.Length];
    for (int i = sizes.Length - 1; i >= 0; i--)
        costs[i] = measure(sizes[i]);
    return costs;
}

SyntaxTree[] Parse(Shape shape, int size) =>
[
    CSharpSyntaxTree.ParseText(
        Usings + string.Concat(Enumerable.Range(0, sizes[^1] / size).Select(i => $"namespace N{i} {{ {shape.Write(size)} }}\n")),
        new CSharpParseOptions(LanguageVersion.Preview),
        "Growth.cs"),
];

// The least of several runs: what is above it is other load, or, in the first of them, the translation of the analyzer to machine code.
Cost Best(Func<SyntaxTree[]> parse, int statements, Func<DiagnosticAnalyzer> analyzer)
{
    var best = new Cost(double.MaxValue, double.MaxValue);
    long began = Stopwatch.GetTimestamp();
    for (int run = 0; run < 16 && (run < 8 || Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(2)); run++)
    {
        Cost cost = Measure(parse(), statements, analyzer());
        best = new Cost(Math.Min(best.Microseconds, cost.Microseconds), Math.Min(best.Bytes, cost.Bytes));
    }

    return best;
}

Cost Measure(SyntaxTree[] trees, int statements, DiagnosticAnalyzer analyzer)
{
    CSharpCompilation compilation = CSharpCompilation.Create(
        "Growth", [CSharpSyntaxTree.ParseText(Implicit, new CSharpParseOptions(LanguageVersion.Preview)), .. trees], references, new CSharpCompilationOptions(OutputKind.ConsoleApplication, allowUnsafe: true));
    if (trees is [{ FilePath: "Growth.cs" }] && compilation.WithOptions(compilation.Options.WithOutputKind(OutputKind.DynamicallyLinkedLibrary)).GetDiagnostics().FirstOrDefault(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error) is { } error)
        throw new InvalidOperationException($"{error}");

    var options = new CompilationWithAnalyzersOptions(
        new AnalyzerOptions([]),
        static (exception, _, _) => throw new InvalidOperationException("The analyzer failed.", exception),
        concurrentAnalysis: false,
        logAnalyzerExecutionTime: true);
    var analysis = new CompilationWithAnalyzers(compilation.Clone(), [analyzer], options);
    long allocated = GC.GetTotalAllocatedBytes(precise: true);
    TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
    analysis.GetAnalysisResultAsync(CancellationToken.None).GetAwaiter().GetResult();
    TimeSpan took = Process.GetCurrentProcess().TotalProcessorTime - before;
    return new Cost(took.TotalMicroseconds / statements, (GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)statements);
}

/// <summary>What one statement costs.</summary>
internal readonly record struct Cost(double Microseconds, double Bytes);
