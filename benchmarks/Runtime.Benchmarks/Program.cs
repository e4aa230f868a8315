using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using BufferLifetime.Benchmarks;

// dotnet run -c Release --project benchmarks/Runtime.Benchmarks -- [--here] --filter '*' [--job short]
// --here measures in this process, which starts at once; without it BenchmarkDotNet builds and starts one for each benchmark.
bool here = args.Contains("--here");
IConfig config = DefaultConfig.Instance.WithOptions(ConfigOptions.JoinSummary);
if (here)
{
    config = ManualConfig.Create(config)
        .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(6).WithIterationCount(15).WithIterationTime(Perfolizer.Horology.TimeInterval.FromMilliseconds(100)));
}

BenchmarkSwitcher.FromAssembly(typeof(UserMemory).Assembly).Run([.. args.Where(argument => argument != "--here")], config);
