using System.Diagnostics;
using System.Globalization;

namespace BufferLifetime.Benchmarks;

/// <summary>
/// Ratios on a machine that does other things, too: every way of a comparison in turn, a few microseconds each, some thousand times over,
/// so that whatever disturbs one disturbs all, and the median is of rounds that nothing disturbed. What a call of nothing takes in the same
/// round is taken off each, as BenchmarkDotNet does.
/// </summary>
internal static class Interleaved
{
    private const int Rounds = 4000;
    private const int WarmUpRounds = 400;
    private static readonly long Round = Stopwatch.Frequency / 50_000;

    /// <summary>Measures all comparisons and prints a table; the first way of each is what the others are held against.</summary>
    public static void Run()
    {
        foreach (int segments in new[] { 1, 8, 64 })
        {
            var user = new UserMemory { Segments = segments };
            user.SetUp();
            Compare(
                $"User memory, {segments}",
                ("MemoryHandle[] beside iovec[]", user.ByHand),
                ("the same, arrays kept", user.ByHandWithKeptArrays),
                ("GCHandle for each segment", user.HandlePerSegment),
                ("ExtractPages into a span, release", user.Span),
                ("PageLease, filled again", user.Lease));

            var stable = new StableMemory { Segments = segments };
            stable.SetUp();
            Compare(
                $"Stable memory, {segments}",
                ("MemoryHandle[] beside iovec[]", stable.ByHand),
                ("the same, arrays kept", stable.ByHandWithKeptArrays),
                ("Kvec: ExtractPages into a span, release", stable.KvecSpan),
                ("Bvec: ExtractPages into a span, release", stable.BvecSpan),
                ("Kvec: PageLease, filled again", stable.KvecLease),
                ("Bvec: PageLease, filled again", stable.BvecLease));
            stable.CleanUp();
        }

        var prepared = new PreparedOnce { Segments = 64 };
        prepared.SetUp();
        Compare(
            "Prepared once, 64",
            ("Iovec: pin for each use", prepared.Pinned),
            ("ExtractToBvec, release", () => (nint)prepared.Converted()),
            ("Second use of ExtractToBvec", prepared.ConvertedAgain),
            ("Import of a registered buffer", prepared.Imported));
        prepared.CleanUp();
    }

    private static void Compare(string title, params (string Name, Func<nint> Way)[] ways)
    {
        Func<nint> nothing = new Nothing().Call;
        int callsOfNothing = Calibrate(nothing);
        int[] calls = [.. ways.Select(way => Calibrate(way.Way))];
        double[][] times = [.. ways.Select(_ => new double[Rounds])];
        var bytes = new long[ways.Length];
        for (int round = -WarmUpRounds; round < Rounds; round++)
        {
            double overhead = Measure(nothing, callsOfNothing);
            for (int i = 0; i < ways.Length; i++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                double time = Measure(ways[i].Way, calls[i]);
                if (round < 0)
                    continue;

                times[i][round] = time - overhead;
                bytes[i] = (GC.GetAllocatedBytesForCurrentThread() - before) / calls[i];
            }
        }

        foreach (double[] one in times)
            Array.Sort(one);

        Console.WriteLine();
        Console.WriteLine($"| {title} | ns | ratio | quickest tenth, ns | ratio | bytes allocated |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|");
        for (int i = 0; i < ways.Length; i++)
        {
            double median = times[i][Rounds / 2], quick = times[i][Rounds / 10];
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {ways[i].Name} | {median:f1} | {median / times[0][Rounds / 2]:f2} | {quick:f1} | {quick / times[0][Rounds / 10]:f2} | {bytes[i]} |"));
        }
    }

    private static double Measure(Func<nint> way, int calls)
    {
        long start = Stopwatch.GetTimestamp();
        for (int call = 0; call < calls; call++)
            way();

        return (Stopwatch.GetTimestamp() - start) * 1e9 / Stopwatch.Frequency / calls;
    }

    // Also what makes the code hot before it counts: on a busy machine the compiler needs its time.
    private static int Calibrate(Func<nint> way)
    {
        int calls = 1;
        for (int i = 0; i < 400; i++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int call = 0; call < 200; call++)
                way();

            calls = (int)Math.Clamp(Round * 200 / Math.Max(1, Stopwatch.GetTimestamp() - start), 4, 2000);
            if (i % 20 == 0)
                Thread.Sleep(20);
        }

        return calls;
    }

    private sealed class Nothing
    {
        public nint Call() => (nint)1;
    }
}
