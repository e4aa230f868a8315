namespace BufferLifetime;

/// <summary>
/// One request's use of a registered or lent buffer: while it is not disposed the buffer is not given back, whatever becomes of its slot. Dispose it when the
/// request has completed.
/// </summary>
public sealed class RegisteredImport : IDisposable
{
    private readonly IovIter _iter;
    private BufferRecord? _record;

    /// <summary>Takes over a reference that the caller has taken.</summary>
    internal RegisteredImport(BufferRecord record, in IovIter iter)
    {
        _record = record;
#pragma warning disable BUF1202 // Only iterators over registered memory, which the record holds, come here.
        _iter = iter;
#pragma warning restore BUF1202
        Bytes = iter.Count;
        ThreadLedger.Current.LeasesOutstanding++;
    }

    /// <summary>An iterator over the imported range, at its start; it may cross an await and pins nothing. Each reading is a fresh copy.</summary>
    /// <exception cref="AlreadyReleasedException">The import was disposed.</exception>
    public IovIter Iter
    {
        [ReturnsBorrowed]
        get => Volatile.Read(ref _record) is not null
            ? _iter
            : throw new AlreadyReleasedException("An imported buffer was asked for after the import was disposed.");
    }

    /// <summary>Bytes.</summary>
    public long Bytes { get; }

    /// <summary>Ends the use, once.</summary>
    [ReleasesBuffer]
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _record, null) is not { } record)
            return;

        ThreadLedger.Current.LeasesOutstanding--;
        record.Put();
    }
}
