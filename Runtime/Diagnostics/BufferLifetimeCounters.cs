using System.Diagnostics.Metrics;

namespace BufferLifetime;

/// <summary>
/// The counters of the library: a <see cref="Meter"/> named <c>BufferLifetime</c> for tools, and a snapshot for tests, whose
/// oracle is that the counters balance when nothing is in flight.
/// </summary>
/// <remarks>The meter exists soon after the library takes the first hold, or from the first <see cref="Read"/> on.</remarks>
public static class BufferLifetimeCounters
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "BufferLifetime";

    private static int _asked;

    /// <summary>
    /// Reads all counters. Every thread counts for itself, so what another thread does at the same moment may be in one figure
    /// and not yet in another.
    /// </summary>
    /// <returns>The sums over all threads.</returns>
    public static BufferCounters Read()
    {
        // Whoever reads the counters wants them seen: the meter exists from here on.
        Volatile.Write(ref _asked, 1);
        _ = Published.Meter;
        return ThreadLedger.Sum();
    }

    /// <summary>Publishes the meter without making the first hold of a process wait for it: that takes longer than all that follows.</summary>
    internal static void PublishMeter()
    {
        if (Interlocked.Exchange(ref _asked, 1) == 0)
            ThreadPool.UnsafeQueueUserWorkItem(static _ => _ = Published.Meter, null);
    }

    private static Meter CreateMeter()
    {
        var meter = new Meter(MeterName);
        meter.CreateObservableCounter("bufferlifetime.pins.acquired", () => ThreadLedger.Sum().PinsAcquired, "{pin}", "Pins taken.");
        meter.CreateObservableCounter("bufferlifetime.pins.released", () => ThreadLedger.Sum().PinsReleased, "{pin}", "Pins given back.");
        meter.CreateObservableCounter("bufferlifetime.references.acquired", () => ThreadLedger.Sum().ReferencesAcquired, "{reference}", "References taken.");
        meter.CreateObservableCounter("bufferlifetime.references.released", () => ThreadLedger.Sum().ReferencesReleased, "{reference}", "References given back.");
        meter.CreateObservableUpDownCounter("bufferlifetime.bytes.pinned", () => ThreadLedger.Sum().BytesPinned, "By", "Bytes pinned at the moment.");
        meter.CreateObservableUpDownCounter("bufferlifetime.leases.outstanding", () => ThreadLedger.Sum().LeasesOutstanding, "{lease}", "Leases that hold something.");
        return meter;
    }

    private static class Published
    {
        internal static readonly Meter Meter = CreateMeter();
    }
}
