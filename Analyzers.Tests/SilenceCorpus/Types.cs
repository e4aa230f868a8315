// Correct code: types that hold pages, leases and iterators from one call to another. No rule may say a word.
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BufferLifetime;

namespace SilenceCorpus;

internal sealed class Request : IDisposable
{
    private readonly PageFragment[] _pages = new PageFragment[16];
    private PageLease? _lease;
    private int _count;

    public Request(IovIter iter)
    {
        _lease = iter.ExtractPages();
        Bytes = _lease.Bytes;
    }

    public long Bytes { get; private set; }

    public ReadOnlySpan<IoVector> Vectors => _lease is { } lease ? lease.IoVectors : default;

    public void Fill(ref IovIter iter)
    {
        Clear();
        _count = iter.ExtractPages(_pages, 65536).Fragments;
    }

    public void Reset(IovIter iter)
    {
        PageLease next = iter.ExtractPages();
        Interlocked.Exchange(ref _lease, next)?.Dispose();
        Bytes = next.Bytes;
    }

    public PageLease Detach() => Interlocked.Exchange(ref _lease, null) ?? throw new ObjectDisposedException(nameof(Request));

    public void Dispose()
    {
        Clear();
        PageLease? lease = _lease;
        _lease = null;
        lease?.Dispose();
    }

    private void Clear()
    {
        PageFragments.Release(_pages.AsSpan(0, _count));
        _count = 0;
    }
}

internal ref struct Batch
{
    private readonly Span<PageFragment> _pages;
    private int _count;

    public Batch(Span<PageFragment> pages) => _pages = pages;

    public readonly ReadOnlySpan<PageFragment> Pages => _pages[.._count];

    public bool Next(ref IovIter iter)
    {
        Dispose();
        _count = iter.ExtractPages(_pages, long.MaxValue).Fragments;
        return _count > 0;
    }

    public void Dispose()
    {
        PageFragments.Release(_pages[.._count]);
        _count = 0;
    }

    public static long Sum(IovIter iter)
    {
        long total = 0;
        using var batch = new Batch(stackalloc PageFragment[8]);
        while (batch.Next(ref iter))
        {
            foreach (PageFragment page in batch.Pages)
                total += page.Length;
        }

        return total;
    }
}

internal sealed record Transfer(PageLease Pages, Action<long> Completed) : IDisposable
{
    public static Transfer Start(IovIter iter, Action<long> completed) => new(iter.ExtractPages(), completed);

    public void Complete()
    {
        Completed(Pages.Bytes);
        Dispose();
    }

    public void Dispose() => Pages.Dispose();
}

internal sealed class Pump : IAsyncDisposable
{
    private readonly ConcurrentQueue<Transfer> _pending = new();
    private readonly Dictionary<long, PageLease> _held = [];
    private readonly Lock _gate = new();

    public event Action<PageLease>? Taken;

    public long this[long id]
    {
        get
        {
            lock (_gate)
                return _held.TryGetValue(id, out PageLease? lease) ? lease.Bytes : 0;
        }
    }

    public void Enqueue(IovIter iter) => _pending.Enqueue(Transfer.Start(iter, static _ => { }));

    public void Hold(long id, IovIter iter)
    {
        PageLease lease = iter.ExtractPages();
        lock (_gate)
        {
            if (_held.TryAdd(id, lease))
                return;
        }

        lease.Dispose();
        throw new ArgumentException("The number is taken.", nameof(id));
    }

    public void Give(IovIter iter)
    {
        PageLease lease = iter.ExtractPages();
        if (Taken is { } taken)
            taken(lease);
        else
            lease.Dispose();
    }

    public bool Drop(long id)
    {
        PageLease? lease;
        lock (_gate)
        {
            if (!_held.Remove(id, out lease))
                return false;
        }

        lease.Dispose();
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        while (_pending.TryDequeue(out Transfer? transfer))
        {
            await Task.Yield();
            transfer.Complete();
        }

        foreach ((_, PageLease lease) in _held)
            lease.Dispose();
        _held.Clear();
    }
}

internal static class Generic
{
    public static TResult With<TState, TResult>(IovIter iter, TState state, Func<PageLease, TState, TResult> use)
    {
        using PageLease lease = iter.ExtractPages();
        return use(lease, state);
    }

    public static long Longest<T>(IEnumerable<T> sources, Func<T, IovIter> iterOf)
        where T : notnull
    {
        long longest = 0;
        foreach (T source in sources)
        {
            IovIter iter = iterOf(source);
            using PageLease lease = iter.ExtractPages();
            longest = Math.Max(longest, lease.Bytes);
        }

        return longest;
    }
}
