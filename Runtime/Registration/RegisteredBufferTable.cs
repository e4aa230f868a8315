using System.Runtime.ExceptionServices;

namespace BufferLifetime;

/// <summary>
/// Buffers that are prepared once, in numbered slots, and then used by many requests without another pin. A slot and each request that uses its buffer hold a
/// reference; the buffer is released exactly once, after it was unregistered and the last request has ended. Safe from any thread.
/// </summary>
/// <remarks>The kernel's registered buffers of io_uring.</remarks>
public sealed class RegisteredBufferTable : IDisposable
{
    /// <summary>The most slots a table can have.</summary>
    public const int MaxSlots = 1 << 14;

    /// <summary>The most bytes a registered buffer can have: 1 GiB.</summary>
    public const long MaxBufferBytes = 1L << 30;

    private readonly BufferRecord?[] _slots;
    private bool _disposed;

    /// <summary>Makes a table of empty slots.</summary>
    /// <param name="slots">Slots, from one to <see cref="MaxSlots"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="slots"/> is not such a number.</exception>
    public RegisteredBufferTable(int slots)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(slots);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(slots, MaxSlots);
        _slots = new BufferRecord?[slots];
    }

    /// <summary>Slots, empty or not.</summary>
    public int SlotCount => _slots.Length;

    /// <summary>Registers memory: pins it until it is unregistered and the last request has ended. Usable in both directions.</summary>
    /// <param name="index">The slot, which must be empty.</param>
    /// <param name="memory">The memory, at least one byte; that of a read-only folio is usable as a source only.</param>
    /// <param name="released">Called exactly once, when the memory is the caller's again.</param>
    /// <param name="state">Handed to the callback.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is no slot, or the memory is larger than <see cref="MaxBufferBytes"/>.</exception>
    /// <exception cref="ArgumentException">The memory is empty.</exception>
    /// <exception cref="PeerMemoryException">The memory is a device's.</exception>
    /// <exception cref="InvalidOperationException">The slot is in use.</exception>
    /// <exception cref="ObjectDisposedException">The table was disposed.</exception>
    public void Register(int index, Memory<byte> memory, Action<object?>? released = null, object? state = null)
    {
        CheckFree(index);
        if (memory.IsEmpty)
            throw new ArgumentException("An empty buffer cannot be registered.", nameof(memory));

        Place(index, memory, released, state);
    }

    /// <summary>Registers memory in consecutive slots: all of it or none.</summary>
    /// <param name="first">The first slot; those that get memory must be empty.</param>
    /// <param name="buffers">The memory, one piece for each slot; an empty piece leaves its slot as it is.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not that many slots, or a piece is larger than <see cref="MaxBufferBytes"/>.</exception>
    /// <exception cref="InvalidOperationException">A slot is in use. Nothing is registered.</exception>
    /// <exception cref="ObjectDisposedException">The table was disposed.</exception>
    public void Register(int first, ReadOnlySpan<Memory<byte>> buffers)
    {
        CheckRange(first, buffers.Length);
        var placed = new BufferRecord?[buffers.Length];
        try
        {
            for (int i = 0; i < placed.Length; i++)
            {
                if (buffers[i].IsEmpty)
                    continue;

                CheckFree(first + i);
                placed[i] = Place(first + i, buffers[i], null, null);
            }
        }
        catch
        {
            for (int i = placed.Length - 1; i >= 0; i--)
            {
                // What was unregistered meanwhile was given back there, and what took its place is another's.
                if (placed[i] is { } record && Interlocked.CompareExchange(ref _slots[first + i], null, record) == record)
                    record.Put();
            }

            throw;
        }
    }

    /// <summary>Registers a folio: pins it until it is unregistered and the last request has ended.</summary>
    /// <param name="index">The slot, which must be empty.</param>
    /// <param name="folio">The folio; a read-only one is usable as a source only.</param>
    /// <param name="released">Called exactly once, when the folio is the caller's again.</param>
    /// <param name="state">Handed to the callback.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is no slot, or the folio is larger than <see cref="MaxBufferBytes"/>.</exception>
    /// <exception cref="InvalidOperationException">The slot is in use.</exception>
    /// <exception cref="ObjectDisposedException">The table was disposed, or the folio's last hold was released.</exception>
    public void Register(int index, Folio folio, Action<object?>? released = null, object? state = null)
    {
        ArgumentNullException.ThrowIfNull(folio);
        CheckFree(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(folio.Length, MaxBufferBytes);
        BvecEntry[] entries = FolioPins.Take([new BvecEntry(folio)], null);
        TransferDirection? only = folio.IsReadOnly ? TransferDirection.Source : null;
        Occupy(index, () => new BufferRecord(entries, [], only, released, state), [], entries);
    }

    /// <summary>Registers a lent buffer: holds it until it is unregistered and the last request has ended.</summary>
    /// <param name="index">The slot, which must be empty.</param>
    /// <param name="buffer">The buffer, usable in the direction that its lender allows.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is no slot.</exception>
    /// <exception cref="InvalidOperationException">The slot is in use.</exception>
    /// <exception cref="AlreadyReleasedException">The lender has taken the buffer back.</exception>
    /// <exception cref="ObjectDisposedException">The table was disposed.</exception>
    public void Register(int index, LentBuffer buffer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        CheckFree(index);
        BufferRecord record = buffer.TakeReference();
        try
        {
            Put(index, record);
        }
        catch
        {
            record.Put();
            throw;
        }
    }

    /// <summary>Empties a slot. Nobody can import from it any more; requests that use the buffer finish first.</summary>
    /// <param name="index">The slot.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is no slot.</exception>
    /// <exception cref="InvalidOperationException">The slot is empty.</exception>
    public void Unregister(int index)
    {
        CheckIndex(index);
        BufferRecord record = Interlocked.Exchange(ref _slots[index], null) ?? throw Empty(index);
        record.Put();
    }

    /// <summary>Uses a range of a registered buffer for one request. Pins nothing.</summary>
    /// <param name="index">The slot.</param>
    /// <param name="offset">Bytes from the start of the buffer.</param>
    /// <param name="length">Bytes; none is an empty iterator.</param>
    /// <param name="direction">Which way the bytes flow.</param>
    /// <returns>The owner of the use: dispose it when the request has completed.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="index"/> is no slot; or the range is not inside the buffer, or is more than one transfer covers.
    /// </exception>
    /// <exception cref="InvalidOperationException">The slot is empty.</exception>
    /// <exception cref="TransferDirectionException">The buffer does not allow that direction.</exception>
    /// <remarks>The kernel's <c>io_import_fixed</c>, with its order of checks: the buffer, the range, the direction, then whether it is empty.</remarks>
    [AcquiresBuffer(ExtractMode.Pin)]
    public RegisteredImport Import(int index, long offset, long length, TransferDirection direction) =>
        ImportFrom(Take(index), offset, length, direction);

    /// <summary>Uses several ranges of a registered buffer for one request, in their order. Pins nothing.</summary>
    /// <param name="index">The slot.</param>
    /// <param name="ranges">The ranges, none of them empty; they may overlap.</param>
    /// <param name="direction">Which way the bytes flow.</param>
    /// <returns>The owner of the use: dispose it when the request has completed.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="index"/> is no slot; or a range is empty or not inside the buffer, or all are more than one transfer covers.
    /// </exception>
    /// <exception cref="InvalidOperationException">The slot is empty.</exception>
    /// <exception cref="TransferDirectionException">The buffer does not allow that direction.</exception>
    /// <remarks>The kernel's vectored import of fixed buffers.</remarks>
    [AcquiresBuffer(ExtractMode.Pin)]
    public RegisteredImport Import(int index, ReadOnlySpan<BufferRange> ranges, TransferDirection direction)
    {
        BufferRecord record = Take(index);
        try
        {
            IovIter iter = record.Import(ranges, direction);
            Faults.At(FaultPoint.Allocate);
            return new RegisteredImport(record, in iter);
        }
        catch
        {
            record.Put();
            throw;
        }
    }

    /// <summary>
    /// A registered buffer as one vector, for registering it with a device or with io_uring; an empty slot is a vector of nothing, as io_uring's sparse
    /// registration expects. Valid until the slot is unregistered.
    /// </summary>
    /// <param name="index">The slot.</param>
    /// <returns>Address and length.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is no slot.</exception>
    /// <exception cref="NotSupportedException">The buffer has several fragments.</exception>
    [ReturnsBorrowed]
    public IoVector GetVector(int index)
    {
        CheckIndex(index);
        return Volatile.Read(ref _slots[index])?.Vector ?? default;
    }

    /// <summary>Puts the buffers of some slots into another table too; each is released after the last of both.</summary>
    /// <param name="first">The first slot here; empty slots are passed over.</param>
    /// <param name="destination">The other table.</param>
    /// <param name="destinationFirst">The first slot there.</param>
    /// <param name="count">Slots.</param>
    /// <param name="replace">Whether slots that are in use there are unregistered; otherwise they are refused.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not that many slots, here or there.</exception>
    /// <exception cref="InvalidOperationException">A slot there is in use and was not to be replaced. Nothing is changed.</exception>
    /// <exception cref="ObjectDisposedException">The other table was disposed.</exception>
    /// <remarks>
    /// The kernel's buffer clone between rings. Slots outside the range are not touched. What the release callback of a replaced buffer throws is thrown when
    /// all buffers are in place.
    /// </remarks>
    public void CloneTo(int first, RegisteredBufferTable destination, int destinationFirst, int count, bool replace = false)
    {
        ArgumentNullException.ThrowIfNull(destination);
        CheckRange(first, count);
        destination.CheckRange(destinationFirst, count);
        if (Volatile.Read(ref destination._disposed))
            destination.ThrowDisposed();

        var cloned = new (int Slot, BufferRecord Record)[count];
        int taken = 0, placed = 0;
        Exception? failure = null;
        try
        {
            for (int i = 0; i < count; i++)
            {
                if (Volatile.Read(ref _slots[first + i]) is not { } record || !record.TryGet())
                    continue;

                cloned[taken++] = (destinationFirst + i, record);
                if (!replace)
                    destination.CheckFree(destinationFirst + i);
            }

            for (; placed < taken; placed++)
            {
                if (replace)
                    destination.Replace(cloned[placed].Slot, cloned[placed].Record, ref failure);
                else
                    destination.Put(cloned[placed].Slot, cloned[placed].Record);
            }
        }
        catch
        {
            for (int i = 0; i < taken; i++)
            {
                // What was placed and unregistered meanwhile was given back there.
                (int slot, BufferRecord record) = cloned[i];
                if (i >= placed || Interlocked.CompareExchange(ref destination._slots[slot], null, record) == record)
                    record.Put();
            }

            throw;
        }

        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
    }

    /// <summary>Empties every slot; requests that use the buffers finish first. What a release callback throws is thrown when all slots are empty.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _disposed, true);
        Exception? failure = null;
        for (int i = 0; i < _slots.Length; i++)
            Replace(i, null, ref failure);

        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
    }

    /// <summary>Puts a record, or nothing, in a slot; what a release callback throws meanwhile is kept for later.</summary>
    private void Replace(int index, BufferRecord? record, ref Exception? failure)
    {
        BufferRecord? replaced = Interlocked.Exchange(ref _slots[index], record);
        try
        {
            replaced?.Put();
        }
        catch (Exception thrown)
        {
            failure ??= thrown;
        }
    }

    /// <summary>Turns a reference that the caller has taken into the use of a range, or gives it back.</summary>
    internal static RegisteredImport ImportFrom(BufferRecord record, long offset, long length, TransferDirection direction)
    {
        try
        {
            IovIter iter = record.Import(offset, length, direction);
            Faults.At(FaultPoint.Allocate);
            return new RegisteredImport(record, in iter);
        }
        catch
        {
            record.Put();
            throw;
        }
    }

    private static InvalidOperationException Empty(int index) => new($"Slot {index} is empty.");

    private BufferRecord Take(int index)
    {
        CheckIndex(index);
        return Volatile.Read(ref _slots[index]) is { } record && record.TryGet() ? record : throw Empty(index);
    }

    private BufferRecord Place(int index, Memory<byte> memory, Action<object?>? released, object? state)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(memory.Length, MaxBufferBytes);
        TransferDirection? only = FolioMemory.FolioOf(memory) is { IsReadOnly: true } ? TransferDirection.Source : null;
        var iter = IovIter.Ubuf(memory, only ?? TransferDirection.Destination);
        Faults.At(FaultPoint.Allocate);
        var holds = new PageFragment[1];
#pragma warning disable BUF1007 // One memory is one run: it is taken whole, or the call throws.
        iter.ExtractPages(holds, long.MaxValue);
#pragma warning restore BUF1007
        return Occupy(index, () => new BufferRecord([new BvecEntry(holds[0].Address, holds[0].Length)], holds, only, released, state), holds);
    }

    private BufferRecord Occupy(int index, Func<BufferRecord> make, PageFragment[] holds, BvecEntry[]? pinned = null)
    {
        try
        {
            Faults.At(FaultPoint.Allocate);
            BufferRecord record = make();
            Put(index, record);
            return record;
        }
        catch
        {
            // The record was never visible: what was held for it is let go here, and its callback is not called.
            PageFragments.Undo(holds);
            FolioPins.Release(pinned);
            throw;
        }
    }

    private void Put(int index, BufferRecord record)
    {
        if (Interlocked.CompareExchange(ref _slots[index], record, null) is not null)
            throw InUse(index);

        // A table that is disposed at this moment may have passed this slot already.
        if (Volatile.Read(ref _disposed) && Interlocked.CompareExchange(ref _slots[index], null, record) == record)
            ThrowDisposed();
    }

    private void CheckFree(int index)
    {
        if (Volatile.Read(ref _disposed))
            ThrowDisposed();

        CheckIndex(index);
        if (Volatile.Read(ref _slots[index]) is not null)
            throw InUse(index);
    }

    private void CheckIndex(int index)
    {
        if ((uint)index >= (uint)_slots.Length)
            throw new ArgumentOutOfRangeException(nameof(index), index, $"The table has {_slots.Length} slots.");
    }

    private void CheckRange(int first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _slots.Length - first);
    }

    private void ThrowDisposed() => throw new ObjectDisposedException(nameof(RegisteredBufferTable));

    private static InvalidOperationException InUse(int index) => new($"Slot {index} is in use.");
}
