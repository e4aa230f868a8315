namespace BufferLifetime;

public partial struct IovIter
{
    /// <summary>Copies bytes into the iterator's memory and advances over them.</summary>
    /// <param name="source">The bytes.</param>
    /// <returns>Bytes copied: all, or as many as there is room for.</returns>
    /// <exception cref="TransferDirectionException">The iterator is a source, or the bytes are a read-only folio's. The iterator is where it was.</exception>
    /// <exception cref="ObjectDisposedException">The bytes are a folio's whose last hold was released.</exception>
    /// <exception cref="InvalidOperationException">Checked mode is on and the iterator is used outside the call that made it.</exception>
    /// <remarks>The kernel's <c>copy_to_iter</c>. Deviation: against the direction it throws; the kernel warns and copies nothing.</remarks>
    public int CopyTo(ReadOnlySpan<byte> source)
    {
        CheckCopy(TransferDirection.Destination);
        if (_layout == IterLayout.Nothing)
        {
            int swallowed = (int)Math.Min(source.Length, _count);
            Step(swallowed);
            return swallowed;
        }

        IovIter walk = this;
        int copied = 0;
        while (copied < source.Length && walk._count > 0)
        {
            Span<byte> room = walk.PeekSpan(source.Length - copied);
            if (room.IsEmpty)
                break;

            source.Slice(copied, room.Length).CopyTo(room);
            copied += room.Length;
            walk.Step(room.Length);
        }

        this = walk;
        return copied;
    }

    /// <summary>Copies bytes out of the iterator's memory and advances over them.</summary>
    /// <param name="destination">Where they go.</param>
    /// <returns>Bytes copied: as many as fit, or all that are left.</returns>
    /// <exception cref="TransferDirectionException">The iterator is a destination. Nothing is copied.</exception>
    /// <exception cref="ObjectDisposedException">The bytes are a folio's whose last hold was released.</exception>
    /// <exception cref="InvalidOperationException">Checked mode is on and the iterator is used outside the call that made it.</exception>
    /// <remarks>The kernel's <c>copy_from_iter</c>. Deviation: against the direction it throws; the kernel warns and copies nothing.</remarks>
    public int CopyFrom(Span<byte> destination)
    {
        CheckCopy(TransferDirection.Source);
        IovIter walk = this;
        int copied = 0;
        while (copied < destination.Length && walk._count > 0)
        {
            Span<byte> bytes = walk.PeekSpan(destination.Length - copied);
            if (bytes.IsEmpty)
                break;

            bytes.CopyTo(destination[copied..]);
            copied += bytes.Length;
            walk.Step(bytes.Length);
        }

        this = walk;
        return copied;
    }

    /// <summary>Copies all of the bytes into the iterator's memory, or moves nothing.</summary>
    /// <param name="source">The bytes.</param>
    /// <returns>Whether all were copied; if not, the iterator is where it was, and the memory that was reached may have been written to.</returns>
    /// <exception cref="TransferDirectionException">The iterator is a source, or the bytes are a read-only folio's. The iterator is where it was.</exception>
    /// <exception cref="ObjectDisposedException">The bytes are a folio's whose last hold was released.</exception>
    /// <exception cref="InvalidOperationException">Checked mode is on and the iterator is used outside the call that made it.</exception>
    /// <remarks>The kernel's <c>copy_to_iter_full</c>.</remarks>
    public bool CopyToExactly(ReadOnlySpan<byte> source)
    {
        CheckCopy(TransferDirection.Destination);
        if (source.Length > _count)
            return false;

        IovIter walk = this;
        if (walk.CopyTo(source) < source.Length)
            return false;

        this = walk;
        return true;
    }

    /// <summary>Fills all of the destination from the iterator's memory, or moves nothing.</summary>
    /// <param name="destination">Where the bytes go.</param>
    /// <returns>Whether it was filled; if not, the iterator is where it was, and the destination may have been written to.</returns>
    /// <exception cref="TransferDirectionException">The iterator is a destination. Nothing is copied.</exception>
    /// <exception cref="ObjectDisposedException">The bytes are a folio's whose last hold was released.</exception>
    /// <exception cref="InvalidOperationException">Checked mode is on and the iterator is used outside the call that made it.</exception>
    /// <remarks>The kernel's <c>copy_from_iter_full</c>.</remarks>
    public bool CopyFromExactly(Span<byte> destination)
    {
        CheckCopy(TransferDirection.Source);
        if (destination.Length > _count)
            return false;

        IovIter walk = this;
        if (walk.CopyFrom(destination) < destination.Length)
            return false;

        this = walk;
        return true;
    }

    /// <summary>Writes zeros to the iterator's memory and advances over them.</summary>
    /// <param name="bytes">Bytes at most.</param>
    /// <returns>Bytes written: all, or as many as there is room for.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bytes"/> is negative.</exception>
    /// <exception cref="TransferDirectionException">The iterator is a source, or the bytes are a read-only folio's. The iterator is where it was.</exception>
    /// <exception cref="ObjectDisposedException">The bytes are a folio's whose last hold was released.</exception>
    /// <exception cref="InvalidOperationException">Checked mode is on and the iterator is used outside the call that made it.</exception>
    /// <remarks>The kernel's <c>iov_iter_zero</c>.</remarks>
    public long Zero(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        CheckCopy(TransferDirection.Destination);
        long size = Math.Min(bytes, _count);
        IovIter walk = this;
        long left = size;
        while (left > 0)
        {
            if (_layout == IterLayout.Nothing)
            {
                walk.Step(left);
                left = 0;
                break;
            }

            Span<byte> room = walk.PeekSpan(left);
            if (room.IsEmpty)
                break;

            room.Clear();
            left -= room.Length;
            walk.Step(room.Length);
        }

        this = walk;
        return size - left;
    }

    private readonly void CheckCopy(TransferDirection needed)
    {
        CheckThread();
        if (_direction != needed)
        {
            string way = needed == TransferDirection.Destination ? "into" : "out of";
            throw new TransferDirectionException($"Bytes cannot be copied {way} a {_kind} {_direction} iterator.");
        }
    }
}
