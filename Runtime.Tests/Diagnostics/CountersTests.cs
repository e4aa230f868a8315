using System.Diagnostics.Metrics;

namespace BufferLifetime.Tests;

public sealed class CountersTests : BalancedTest
{
    [Fact]
    public void The_meter_shows_what_is_held()
    {
        var seen = new Dictionary<string, long>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Meter.Name == BufferLifetimeCounters.MeterName)
                    listening.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => seen[instrument.Name] = value);
        listener.Start();
        IovIter iter = IovIter.Iovec([new byte[100], new byte[50]], TransferDirection.Destination);
        using (PageLease lease = iter.ExtractPages())
        {
            listener.RecordObservableInstruments();
            BufferCounters now = BufferLifetimeCounters.Read();
            Assert.Equal(now.PinsAcquired, seen["bufferlifetime.pins.acquired"]);
            Assert.Equal(now.PinsReleased, seen["bufferlifetime.pins.released"]);
            Assert.Equal(now.ReferencesAcquired, seen["bufferlifetime.references.acquired"]);
            Assert.Equal(now.ReferencesReleased, seen["bufferlifetime.references.released"]);
            Assert.Equal(150, seen["bufferlifetime.bytes.pinned"]);
            Assert.Equal(1, seen["bufferlifetime.leases.outstanding"]);
            Assert.False(now.IsBalanced);
        }

        Assert.True(BufferLifetimeCounters.Read().IsBalanced);
    }

    [Fact]
    public void What_ended_threads_counted_is_not_forgotten()
    {
        for (int round = 0; round < 20; round++)
        {
            var fragments = new PageFragment[1];
            var thread = new Thread(() =>
            {
                IovIter iter = IovIter.Ubuf(new byte[10], TransferDirection.Destination);
                iter.ExtractPages(fragments, 10);
            });
            thread.Start();
            thread.Join();
            Assert.Equal(1, PinsHeld);
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Assert.Equal(1, PinsHeld);
            fragments[0].Unpin();
            Assert.Equal(0, PinsHeld);
        }
    }

    [Fact]
    public void Records_that_one_thread_takes_and_another_gives_back_come_round_again()
    {
        // A producer and a consumer: without passing records on, the producer would take new ones for ever.
        var queue = new System.Collections.Concurrent.BlockingCollection<PageFragment[]>(4);
        var consumer = new Thread(() =>
        {
            foreach (PageFragment[] fragments in queue.GetConsumingEnumerable())
                PageFragments.Release(fragments);
        });
        consumer.Start();
        Memory<byte>[] segments = [.. Enumerable.Range(0, 50).Select(_ => new Memory<byte>(new byte[8]))];
        for (int round = 0; round < 2000; round++)
        {
            IovIter iter = IovIter.Iovec(segments, TransferDirection.Destination);
            var fragments = new PageFragment[50];
            iter.ExtractPages(fragments, long.MaxValue);
            queue.Add(fragments);
        }

        queue.CompleteAdding();
        consumer.Join();
        Assert.InRange(HoldTable.Capacity, 1, 8192);
    }
}
