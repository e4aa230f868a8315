using System.Collections.Concurrent;

namespace Project__.Storage;

public interface IStore__<TKey, TValue> where TKey : notnull
{
    Task<TValue?> FindAsync(TKey key, CancellationToken cancellationToken);

    Task SaveAsync(TKey key, TValue value, CancellationToken cancellationToken);

    IAsyncEnumerable<TValue> WhereAsync(Func<TValue, bool> predicate, CancellationToken cancellationToken);
}

public sealed class Store__<TKey, TValue>(TimeProvider time, TimeSpan lifetime) : IStore__<TKey, TValue>, IDisposable where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Entry> _entries = new();
    private readonly SemaphoreSlim _writing = new(1, 1);
    private long _hits, _misses;

    public double HitRate => _hits + _misses == 0 ? 0 : (double)_hits / (_hits + _misses);

    public Task<TValue?> FindAsync(TKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_entries.TryGetValue(key, out Entry? entry) && entry.Expires > time.GetUtcNow())
        {
            Interlocked.Increment(ref _hits);
            return Task.FromResult<TValue?>(entry.Value);
        }

        Interlocked.Increment(ref _misses);
        return Task.FromResult<TValue?>(default);
    }

    public async Task SaveAsync(TKey key, TValue value, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _entries[key] = new Entry(value, time.GetUtcNow() + lifetime);
            foreach (TKey old in _entries.Where(pair => pair.Value.Expires <= time.GetUtcNow()).Select(pair => pair.Key).ToArray())
                _entries.TryRemove(old, out _);
        }
        finally
        {
            _writing.Release();
        }
    }

    public async IAsyncEnumerable<TValue> WhereAsync(
        Func<TValue, bool> predicate, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (Entry entry in _entries.Values)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (predicate(entry.Value))
                yield return entry.Value;
            await Task.Yield();
        }
    }

    public void Dispose() => _writing.Dispose();

    private sealed record Entry(TValue Value, DateTimeOffset Expires);
}
