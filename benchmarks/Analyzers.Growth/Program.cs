// How the time of an analysis grows with the size of a body, in each shape: processor time for each statement at 100, 1,000 and 10,000
// statements, and the ratio of the last two, which must not pass 1.5. From the repository's root:
//   dotnet run -c Release --project benchmarks/Analyzers.Growth [-- part of a shape's name]

using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using BufferLifetime;
using BufferLifetime.Analyzers;
using BufferLifetime.Benchmarks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

const double Bound = 1.5;
const string Usings = "using System; using System.Buffers; using System.IO; using System.Threading.Tasks; using BufferLifetime;\n";
int[] sizes = [100, 1_000, 10_000];
ImmutableArray<MetadataReference> references =
[
    .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
        .Where(static path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal))
        .Select(static path => MetadataReference.CreateFromFile(path)),
    MetadataReference.CreateFromFile(typeof(IovIter).Assembly.Location),
];

// A compiler and an analysis that are warm.
foreach (Shape shape in Shape.All)
    Measure(shape, 200, Stopwatch.GetTimestamp());

bool holds = true;
Console.WriteLine($"{"microseconds for each statement",-32}{string.Concat(sizes.Select(static size => $"{size,9:N0}"))}    ratio");
foreach (Shape shape in Shape.All.Where(shape => args.Length == 0 || shape.Name.Contains(args[0], StringComparison.OrdinalIgnoreCase)))
{
    double[] each = [.. sizes.Select(size => Best(shape, size) / size)];
    double ratio = each[2] / each[1];
    holds &= ratio < Bound;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{shape.Name,-32}{each[0],9:f1}{each[1],9:f1}{each[2],9:f1}{ratio,9:f2}{(ratio < Bound ? "" : "  past the bound")}"));
}

return holds ? 0 : 1;

// The least of several runs: what is above it is other load.
double Best(Shape shape, int size)
{
    double best = double.MaxValue;
    long began = Stopwatch.GetTimestamp();
    for (int run = 0; run < 12 && (run < 3 || Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(4)); run++)
        best = Math.Min(best, Measure(shape, size, run));
    return best;
}

double Measure(Shape shape, int size, long salt)
{
    CSharpCompilation compilation = CSharpCompilation.Create(
        $"Growth{salt}",
        [CSharpSyntaxTree.ParseText(Usings + shape.Write(size), new CSharpParseOptions(LanguageVersion.Preview), "Growth.cs")],
        references,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
    if (compilation.GetDiagnostics().FirstOrDefault(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error) is { } error)
        throw new InvalidOperationException($"{shape.Name}: {error}");

    var options = new CompilationWithAnalyzersOptions(
        new AnalyzerOptions([]),
        static (exception, _, _) => throw new InvalidOperationException("The analyzer failed.", exception),
        concurrentAnalysis: false,
        logAnalyzerExecutionTime: true);
    var analysis = new CompilationWithAnalyzers(compilation, [new BufferLifetimeAnalyzer()], options);
    GC.Collect();
    TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
    analysis.GetAnalysisResultAsync(CancellationToken.None).GetAwaiter().GetResult();
    return (Process.GetCurrentProcess().TotalProcessorTime - before).TotalMicroseconds;
}
