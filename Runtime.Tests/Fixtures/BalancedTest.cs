[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace BufferLifetime.Tests;

/// <summary>A test that gives back everything it takes: the counters are as they were when it ends.</summary>
public abstract class BalancedTest : IDisposable
{
    private readonly BufferCounters _before = BufferLifetimeCounters.Read();
    private readonly List<IDisposable> _owned = [];

    protected static BufferCounters Counters => BufferLifetimeCounters.Read();

    /// <summary>Pins that the test holds at the moment.</summary>
    protected long PinsHeld => Counters.PinsAcquired - _before.PinsAcquired - (Counters.PinsReleased - _before.PinsReleased);

    protected long PinsTaken => Counters.PinsAcquired - _before.PinsAcquired;

    protected long ReferencesHeld =>
        Counters.ReferencesAcquired - _before.ReferencesAcquired - (Counters.ReferencesReleased - _before.ReferencesReleased);

    protected long ReferencesTaken => Counters.ReferencesAcquired - _before.ReferencesAcquired;

    protected long BytesPinned => Counters.BytesPinned - _before.BytesPinned;

    protected long LeasesHeld => Counters.LeasesOutstanding - _before.LeasesOutstanding;

    public void Dispose()
    {
        foreach (IDisposable owned in Enumerable.Reverse(_owned))
            owned.Dispose();

        Faults.Inject(null);
        AssertNothingHeld();
        GC.SuppressFinalize(this);
    }

    protected T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }

    protected void AssertNothingHeld()
    {
        Assert.Equal(0, PinsHeld);
        Assert.Equal(0, ReferencesHeld);
        Assert.Equal(0, BytesPinned);
        Assert.Equal(0, LeasesHeld);
    }
}
