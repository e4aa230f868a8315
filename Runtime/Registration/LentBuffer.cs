namespace BufferLifetime;

/// <summary>
/// Memory that a lender lets others transfer in one direction. The lender gets it back through the release callback, exactly once: when it has disposed this,
/// every slot it was registered in is unregistered and every request that used it has completed.
/// </summary>
/// <remarks>The kernel's <c>io_buffer_register_bvec</c>, seen from the lender. The folios are pinned meanwhile. Safe from any thread.</remarks>
public sealed class LentBuffer : IDisposable
{
    private BufferRecord? _record;

    /// <summary>Lends fragments of folios.</summary>
    /// <param name="entries">The fragments, copied; empty ones are left out.</param>
    /// <param name="allowed">
    /// What the transfer may do: a buffer to be read into is a <see cref="TransferDirection.Destination"/>, one to be written out a
    /// <see cref="TransferDirection.Source"/>.
    /// </param>
    /// <param name="released">Called exactly once, when the memory is the lender's again.</param>
    /// <param name="state">Handed to the callback.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="allowed"/> is no direction.</exception>
    /// <exception cref="ArgumentException">A fragment has no folio to hold.</exception>
    /// <exception cref="TransferDirectionException">A folio is read-only and lent as a destination.</exception>
    /// <exception cref="ObjectDisposedException">A folio's last hold was released. Nothing is held.</exception>
    /// <exception cref="OverflowException">The fragments are more bytes than a 64-bit number counts. Nothing is held.</exception>
    public LentBuffer(ReadOnlySpan<BvecEntry> entries, TransferDirection allowed, Action<object?> released, object? state = null)
    {
        ArgumentNullException.ThrowIfNull(released);
        if (allowed > TransferDirection.Source)
            throw new ArgumentOutOfRangeException(nameof(allowed), allowed, "A buffer is lent as a Destination or as a Source.");

        Allowed = allowed;
        BvecEntry[] pinned = FolioPins.Take(entries, allowed);
        try
        {
            _record = new BufferRecord(pinned, [], allowed, released, state);
        }
        catch
        {
            FolioPins.Release(pinned);
            throw;
        }

        Length = _record.Length;
    }

    /// <summary>Bytes.</summary>
    public long Length { get; }

    /// <summary>The one direction that the lender allows.</summary>
    public TransferDirection Allowed { get; }

    /// <summary>Uses a range of the buffer for one request.</summary>
    /// <param name="offset">Bytes from the start.</param>
    /// <param name="length">Bytes; none is an empty iterator.</param>
    /// <param name="direction">Which way the bytes flow.</param>
    /// <returns>The owner of the use.</returns>
    /// <exception cref="AlreadyReleasedException">The lender has taken the buffer back.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The range is not inside the buffer, or is more than one transfer covers.</exception>
    /// <exception cref="TransferDirectionException">The lender does not allow that direction.</exception>
    [AcquiresBuffer(ExtractMode.Pin)]
    public RegisteredImport Import(long offset, long length, TransferDirection direction)
    {
        BufferRecord record = TakeReference();
        return RegisteredBufferTable.ImportFrom(record, offset, length, direction);
    }

    /// <summary>Takes the buffer back: nobody can register or import it any more; who uses it already finishes first.</summary>
    [ReleasesBuffer]
    public void Dispose() => Interlocked.Exchange(ref _record, null)?.Put();

    /// <summary>A reference that the caller gives back.</summary>
    internal BufferRecord TakeReference() =>
        Volatile.Read(ref _record) is { } record && record.TryGet()
            ? record
            : throw new AlreadyReleasedException("A lent buffer was used after its lender took it back.");
}
