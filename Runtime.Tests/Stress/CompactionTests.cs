namespace BufferLifetime.Tests;

/// <summary>Native code writes to every extracted address while the heap is compacted again and again.</summary>
public sealed class CompactionTests : BalancedTest
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(2);

    [Fact]
    public void Native_writes_reach_the_buffers_while_the_heap_is_compacted()
    {
        using var stop = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
                GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
        });
        collector.Start();
        try
        {
            Parallel.For(0, 2, worker =>
            {
                var random = new Random(worker);
                long end = Environment.TickCount64 + (long)Length.TotalMilliseconds;
                byte stamp = 0;
                while (Environment.TickCount64 < end)
                    WriteEverywhere(random, ++stamp);
            });
        }
        finally
        {
            stop.Cancel();
            collector.Join();
        }
    }

    private static void WriteEverywhere(Random random, byte stamp)
    {
        // Young arrays between garbage are the ones that a compaction moves.
        var segments = new Memory<byte>[random.Next(1, 40)];
        for (int i = 0; i < segments.Length; i++)
        {
            _ = new byte[random.Next(1, 500)];
            segments[i] = new byte[random.Next(1, 9000)];
        }

        IovIter iter = IovIter.Iovec(segments, TransferDirection.Destination);
        switch (random.Next(4))
        {
            case 0:
                using (PageLease lease = iter.ExtractPages())
                    Fill(lease.IoVectors, stamp);
                break;
            case 1:
                using (ExtractedIter kept = iter.ExtractToBvec())
                {
                    IovIter bvec = kept.Iter;
                    using PageLease lease = bvec.ExtractPages();
                    Fill(lease.IoVectors, stamp);
                }

                break;
            case 2:
                var pages = new PageFragment[8];
                while (true)
                {
                    ExtractResult result = iter.ExtractPages(pages, long.MaxValue, ExtractFlags.PerPage);
                    if (result.Bytes == 0)
                        break;

                    foreach (ref readonly PageFragment page in pages.AsSpan(0, result.Fragments))
                        Native.Fill(page.ToIoVector(), stamp);
                    Thread.Yield();
                    PageFragments.Unpin(pages.AsSpan(0, result.Fragments));
                }

                break;
            default:
                iter.ForEachPage(long.MaxValue, stamp, (value, run) =>
                {
                    Native.Fill(new IoVector(run.Address, run.Length), value);
                    return run.Length;
                });
                break;
        }

        foreach (Memory<byte> segment in segments)
            Assert.Equal(-1, segment.Span.IndexOfAnyExcept(stamp));
    }

    private static void Fill(ReadOnlySpan<IoVector> vectors, byte stamp)
    {
        foreach (IoVector vector in vectors)
        {
            Native.Fill(vector, (byte)~stamp);
            Thread.Yield();
            Native.Fill(vector, stamp);
        }
    }
}
