namespace BufferLifetime;

public partial struct IovIter
{
    /// <summary>
    /// Maps the next bytes of stable memory for a device and appends them to its list. Takes neither pins nor references: the memory's lifetime stays
    /// its creator's. Advances over what it covered.
    /// </summary>
    /// <param name="elements">The list; elements from <paramref name="used"/> on are filled.</param>
    /// <param name="used">Elements in use, before and after.</param>
    /// <param name="device">Maps; unmap each element with the iterator's direction after completion.</param>
    /// <param name="maxBytes">Bytes at most.</param>
    /// <returns>Bytes covered; fewer than asked when the list is full or, in a sparse store, at a hole.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="used"/> is not inside the list or <paramref name="maxBytes"/> is negative.</exception>
    /// <exception cref="NotSupportedException">
    /// The iterator discards; or its memory can be moved (user-backed kinds, pipes, sequences): convert it first (<see cref="ExtractToBvec"/>).
    /// </exception>
    /// <exception cref="TransferDirectionException">The iterator is a destination and reaches a read-only folio.</exception>
    /// <exception cref="ObjectDisposedException">The bytes are a folio's whose last hold was released.</exception>
    /// <remarks>
    /// The kernel's <c>smbdirect_map_sges_from_iter</c>. When a mapping fails, exactly the elements that this call added are unmapped, and
    /// <paramref name="used"/> and the iterator are as they were.
    /// </remarks>
    public long ExtractToRdma(Span<RdmaElement> elements, ref int used, IRdmaDevice device, long maxBytes = long.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentOutOfRangeException.ThrowIfNegative(maxBytes);
        if ((uint)used > (uint)elements.Length)
            throw new ArgumentOutOfRangeException(nameof(used), used, $"The list has {elements.Length} elements.");
        if (ExtractWillPin)
            throw new NotSupportedException($"The memory of a {_kind} iterator can be moved while a device uses it: convert it first (ExtractToBvec).");
        if (_layout == IterLayout.Nothing)
            ThrowNoMemory();

        IovIter walk = this;
        int next = used;
        long bytes = 0;
        try
        {
            while (bytes < maxBytes && walk._count > 0 && next < elements.Length)
            {
                BvecEntry run = walk.PeekStable(Math.Min(maxBytes - bytes, MaxTransferBytes));
                CheckUsable(in run);
                if (run.Length == 0)
                    break;

                elements[next] = device.Map(run.Address, (uint)run.Length, _direction);
                next++;
                bytes += run.Length;
                walk.Step(run.Length);
            }
        }
        catch
        {
            // Exactly what this call mapped, the last first.
            for (int i = next - 1; i >= used; i--)
            {
                try
                {
                    device.Unmap(in elements[i], _direction);
                }
                catch (Exception)
                {
                    // The caller is told why the mapping failed; the others are undone all the same.
                }

                elements[i] = default;
            }

            throw;
        }

        used = next;
        this = walk;
        return bytes;
    }

    /// <summary>Appends the next bytes of stable memory to the list of a device that sees this process's addresses through one key.</summary>
    /// <param name="elements">The list; elements from <paramref name="used"/> on are filled.</param>
    /// <param name="used">Elements in use, before and after.</param>
    /// <param name="localKey">The key of the memory region that all of the memory is registered in.</param>
    /// <param name="maxBytes">Bytes at most.</param>
    /// <returns>Bytes covered; fewer than asked when the list is full or, in a sparse store, at a hole.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="used"/> is not inside the list or <paramref name="maxBytes"/> is negative.</exception>
    /// <exception cref="NotSupportedException">
    /// The iterator discards; or its memory can be moved (user-backed kinds, pipes, sequences): convert it first (<see cref="ExtractToBvec"/>).
    /// </exception>
    /// <exception cref="TransferDirectionException">The iterator is a destination and reaches a read-only folio.</exception>
    /// <exception cref="ObjectDisposedException">The bytes are a folio's whose last hold was released.</exception>
    public long ExtractToRdma(Span<RdmaElement> elements, ref int used, uint localKey, long maxBytes = long.MaxValue) =>
        ExtractToRdma(elements, ref used, new OneRegion(localKey), maxBytes);

    private readonly struct OneRegion : IRdmaDevice
    {
        private readonly uint _localKey;

        internal OneRegion(uint localKey) => _localKey = localKey;

        public RdmaElement Map(nint address, uint length, TransferDirection direction) => new((ulong)address, length, _localKey);

        public void Unmap(in RdmaElement element, TransferDirection direction)
        {
        }
    }
}
