// How the time of an analysis grows with the size of a body, or of a type, in each shape: processor time for each statement at 100, 1,000 and
// 10,000 statements, and the ratio of the last two, which must stay below 1.5. The compiler's operations and graphs alone grow faster than that
// in some shapes; beside each stands the ratio without them. From the repository's root:
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
Shape[] shapes = [.. Shape.All.Where(shape => args.Length == 0 || shape.Name.Contains(args[0], StringComparison.OrdinalIgnoreCase))];

// A compiler and an analysis that are warm.
foreach (Shape shape in shapes)
{
    Measure(shape, 300, new BufferLifetimeAnalyzer());
    Measure(shape, 300, new CompilerOnly());
}

bool holds = true;
Console.WriteLine($"{"microseconds for each statement",-32}{string.Concat(sizes.Select(static size => $"{size,9:N0}"))}    ratio  without the compiler");
foreach (Shape shape in shapes)
{
    double[] whole = [.. sizes.Select(size => Best(shape, size, static () => new BufferLifetimeAnalyzer()))];
    double[] compiler = [.. sizes.Select(size => Best(shape, size, static () => new CompilerOnly()))];
    double ratio = whole[2] / whole[1], own = Math.Max(0, whole[2] - compiler[2]) / Math.Max(1, whole[1] - compiler[1]);
    bool isLinear = ratio < Bound || own < Bound;
    holds &= isLinear;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{shape.Name,-32}{whole[0],9:f1}{whole[1],9:f1}{whole[2],9:f1}{ratio,9:f2}{own,9:f2}{(isLinear ? "" : "  past the bound")}"));
}

return holds ? 0 : 1;

// The least of several runs: what is above it is other load.
double Best(Shape shape, int size, Func<DiagnosticAnalyzer> analyzer)
{
    double best = double.MaxValue;
    long began = Stopwatch.GetTimestamp();
    for (int run = 0; run < 16 && (run < 3 || Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(2)); run++)
        best = Math.Min(best, Measure(shape, size, analyzer()));
    return best;
}

double Measure(Shape shape, int size, DiagnosticAnalyzer analyzer)
{
    CSharpCompilation compilation = CSharpCompilation.Create(
        "Growth",
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
    var analysis = new CompilationWithAnalyzers(compilation, [analyzer], options);
    GC.Collect();
    TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
    analysis.GetAnalysisResultAsync(CancellationToken.None).GetAwaiter().GetResult();
    return (Process.GetCurrentProcess().TotalProcessorTime - before).TotalMicroseconds / size;
}
