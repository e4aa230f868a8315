using BenchmarkDotNet.Running;
using BufferLifetime.Benchmarks;

// dotnet run -c Release --project benchmarks/Runtime.Benchmarks -- --filter '*' [--job short]    with BenchmarkDotNet
// dotnet run -c Release --project benchmarks/Runtime.Benchmarks -- --interleaved                 ratios on a busy machine
if (args is ["--interleaved"])
    Interleaved.Run();
else
    BenchmarkSwitcher.FromAssembly(typeof(UserMemory).Assembly).Run(args);
