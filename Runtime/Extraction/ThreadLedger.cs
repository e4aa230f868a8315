using System.Runtime.CompilerServices;

namespace BufferLifetime;

/// <summary>
/// What one thread counts, and the free records it takes holds from. Threads share nothing on the hot path; a ledger outlives
/// its thread and is handed to the next one, so no count and no record is ever lost.
/// </summary>
internal sealed class ThreadLedger
{
    /// <summary>Free records a thread keeps before it passes some on to others.</summary>
    private const int KeepAtMost = 512;

    private static readonly List<ThreadLedger> All = [];
    private static readonly Stack<ThreadLedger> Idle = new();

    [ThreadStatic]
    private static ThreadLedger? _current;

    [ThreadStatic]
    private static Occupancy? _occupancy;

    internal long PinsAcquired;
    internal long PinsReleased;
    internal long ReferencesAcquired;
    internal long ReferencesReleased;
    internal long BytesPinned;
    internal long LeasesOutstanding;

    // A stack, so that taking a record does not have to look at it.
    private readonly int[] _free = new int[KeepAtMost];
    private int _freeCount;

    internal static ThreadLedger Current
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _current ?? Occupy();
    }

    internal static BufferCounters Sum()
    {
        long pins = 0, unpins = 0, references = 0, puts = 0, bytes = 0, leases = 0;
        lock (All)
        {
            foreach (ThreadLedger ledger in All)
            {
                pins += Volatile.Read(ref ledger.PinsAcquired);
                unpins += Volatile.Read(ref ledger.PinsReleased);
                references += Volatile.Read(ref ledger.ReferencesAcquired);
                puts += Volatile.Read(ref ledger.ReferencesReleased);
                bytes += Volatile.Read(ref ledger.BytesPinned);
                leases += Volatile.Read(ref ledger.LeasesOutstanding);
            }
        }

        return new BufferCounters(pins, unpins, references, puts, bytes, leases);
    }

    /// <summary>Takes a free record; the caller owns it until it gives it back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int Rent()
    {
        int last = _freeCount - 1;
        int[] free = _free;
        if ((uint)last >= (uint)free.Length)
            return RentAfterRestock();

        _freeCount = last;
        return free[last];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Return(int index)
    {
        int count = _freeCount;
        int[] free = _free;
        if ((uint)count < (uint)free.Length)
        {
            free[count] = index;
            _freeCount = count + 1;
        }
        else
        {
            ReturnAfterPassingOn(index);
        }
    }

    private int RentAfterRestock()
    {
        HoldTable.TakeBatch(_free);
        _freeCount = HoldTable.BatchSize;
        return Rent();
    }

    private void ReturnAfterPassingOn(int index)
    {
        // The oldest are passed on: the youngest are the ones still in the cache.
        HoldTable.GiveBatch(_free.AsSpan(0, HoldTable.BatchSize));
        _free.AsSpan(HoldTable.BatchSize).CopyTo(_free);
        _freeCount -= HoldTable.BatchSize;
        Return(index);
    }

    private static ThreadLedger Occupy()
    {
        BufferLifetimeCounters.PublishMeter();
        ThreadLedger? ledger;
        lock (All)
        {
            if (!Idle.TryPop(out ledger))
                All.Add(ledger = new ThreadLedger());
        }

        _occupancy = new Occupancy(ledger);
        return _current = ledger;
    }

    /// <summary>Dies with its thread and frees the ledger for the next one.</summary>
    private sealed class Occupancy
    {
        private readonly ThreadLedger _ledger;

        internal Occupancy(ThreadLedger ledger) => _ledger = ledger;

        ~Occupancy()
        {
            lock (All)
                Idle.Push(_ledger);
        }
    }
}
