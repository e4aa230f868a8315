// Runs all rules over the sources below a folder, and prints what they report, whether the analyzer failed, and what it cost: the time for each
// thousand lines, and beside it, in the same run, that of an analyzer which only builds the control-flow graphs of the bodies in question (the floor)
// and that of CA2000. Each is alone over a compilation of its own: together, one would find the graphs that another has paid for. The first run, in which all
// of them are translated to machine code, is not counted. Warnings and suggestions, as by default; --all shows what is off by default, too. From the
// repository's root:
//   dotnet run -c Release --project benchmarks/Analyzers.Trees -- [--all] [--runs N] [--reference FILE]... FOLDER...

using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using BufferLifetime;
using BufferLifetime.Analyzers;
using BufferLifetime.Benchmarks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

bool all = args.Contains("--all");
int runs = int.Parse(After("--runs").LastOrDefault("3"), CultureInfo.InvariantCulture);
string[] folders = [.. args.Where((arg, i) => !arg.StartsWith("--", StringComparison.Ordinal) && (i == 0 || args[i - 1] is not ("--runs" or "--reference")))];
if (folders.Length == 0)
{
    Console.Error.WriteLine("usage: Analyzers.Trees [--all] [--runs N] [--reference FILE]... FOLDER...");
    return 2;
}

ImmutableArray<MetadataReference> references =
[
    .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
        .Where(static path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal) || Path.GetFileName(path) is "mscorlib.dll" or "netstandard.dll")
        .Concat(After("--reference"))
        .Select(static path => MetadataReference.CreateFromFile(path)),
    MetadataReference.CreateFromFile(typeof(IovIter).Assembly.Location),
];
const string Implicit = "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;";
bool failed = false;
foreach (string folder in folders)
{
    (SyntaxTree[] files, long lines) = Parse(folder);
    CSharpCompilation Compile() => CSharpCompilation.Create(
        Path.GetFileName(folder), files, references,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));
    int errors;
    try
    {
        errors = Compile().GetDiagnostics().Count(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
    }
    catch (Exception failure) when (failure is not OperationCanceledException)
    {
        Console.WriteLine($"{folder}: the compiler itself fails on it, {failure.GetType().Name}: {failure.Message}");
        continue;
    }

    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{folder}: {lines / 1000.0:f1} thousand lines, {errors} errors (bodies with errors are passed over)"));

    List<string> exceptions = [];
    Dictionary<string, double> best = [];
    ImmutableArray<Diagnostic> reports = [];
    for (int run = 0; run <= runs; run++)
    {
        foreach (DiagnosticAnalyzer analyzer in (DiagnosticAnalyzer[])[new BufferLifetimeAnalyzer(), new FloorAnalyzer(), Other()])
        {
            AnalysisResult result = await Analyze(Compile(), analyzer, exceptions);
            if (analyzer is BufferLifetimeAnalyzer)
                reports = [.. result.GetAllDiagnostics().Where(static diagnostic => diagnostic.Id.StartsWith("BUF", StringComparison.Ordinal))];
            string name = analyzer switch { BufferLifetimeAnalyzer => "rules", FloorAnalyzer => "floor", _ => "CA2000" };
            // The first run compiles what the others run.
            if (run > 0)
                best[name] = Math.Min(best.GetValueOrDefault(name, double.MaxValue), result.AnalyzerTelemetryInfo[analyzer].ExecutionTime.TotalMilliseconds);
        }
    }

    foreach (Diagnostic report in reports.OrderBy(static report => report.Location.GetLineSpan().Path, StringComparer.Ordinal).ThenBy(static report => report.Location.SourceSpan.Start))
        Console.WriteLine("  " + report.ToString());
    foreach (string exception in exceptions.Distinct())
        Console.WriteLine("  " + exception);
    failed |= exceptions.Count > 0;
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"  {reports.Length} reports, {exceptions.Distinct().Count()} exceptions, {best["rules"] / lines * 1000:f2} ms for a thousand lines: {best["rules"] / best["floor"]:f2} of the floor, {best["rules"] / best["CA2000"]:f3} of CA2000"));
}

return failed ? 1 : 0;

IEnumerable<string> After(string option) => args.Index().Where(arg => arg.Index > 0 && args[arg.Index - 1] == option).Select(static arg => arg.Item);

async Task<AnalysisResult> Analyze(CSharpCompilation compilation, DiagnosticAnalyzer analyzer, List<string> exceptions)
{
    var specific = new Dictionary<string, ReportDiagnostic>();
    foreach (DiagnosticDescriptor descriptor in analyzer.SupportedDiagnostics)
    {
        if (descriptor.Id == "CA2000" || (all && descriptor.Id.StartsWith("BUF", StringComparison.Ordinal)))
            specific[descriptor.Id] = ReportDiagnostic.Warn;
        else if (descriptor.Id.StartsWith("CA", StringComparison.Ordinal))
            specific[descriptor.Id] = ReportDiagnostic.Suppress;
    }

    return await compilation.WithOptions(compilation.Options.WithSpecificDiagnosticOptions(specific)).WithAnalyzers(
        [analyzer],
        new CompilationWithAnalyzersOptions(
            new AnalyzerOptions([]),
            (exception, failing, _) =>
            {
                lock (exceptions)
                    exceptions.Add($"{failing.GetType().Name} failed: {exception.GetType().Name}: {exception.Message}");
            },
            concurrentAnalysis: true, logAnalyzerExecutionTime: true)).GetAnalysisResultAsync(CancellationToken.None);
}

// The analyzer that many have on already, and that looks for disposables that are lost.
static DiagnosticAnalyzer Other() =>
    (DiagnosticAnalyzer)Activator.CreateInstance(
        Assembly.LoadFrom(Path.Combine(AppContext.BaseDirectory, "held-against", "Microsoft.CodeAnalysis.NetAnalyzers.dll"))
            .GetType("Microsoft.NetCore.Analyzers.Runtime.DisposeObjectsBeforeLosingScope", throwOnError: true)!)!;

static (SyntaxTree[] Files, long Lines) Parse(string folder)
{
    var options = new CSharpParseOptions(LanguageVersion.Preview, preprocessorSymbols: ["NET", "NETCOREAPP", .. Enumerable.Range(5, 6).Select(static version => $"NET{version}_0_OR_GREATER")]);
    List<SyntaxTree> files = [CSharpSyntaxTree.ParseText(Implicit, options, "ImplicitUsings.g.cs")];
    long lines = 0;
    foreach (string path in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
    {
        if (path.Split(Path.DirectorySeparatorChar).Any(static part => part is "bin" or "obj" || part.Contains("test", StringComparison.OrdinalIgnoreCase)))
            continue;
        string text = File.ReadAllText(path);
        lines += text.AsSpan().Count('\n');
        files.Add(CSharpSyntaxTree.ParseText(text, options, path));
    }

    return ([.. files], lines);
}
