using Mode = BufferLifetime.ExtractMode;

namespace BufferLifetime;

public partial struct IovIter
{
    /// <summary>
    /// Appends the next bytes to a scatter list of POSIX <c>iovec</c>s, with what each entry's release needs beside it. Advances over what it covered.
    /// </summary>
    /// <param name="list">The list; entries from <paramref name="used"/> on are filled.</param>
    /// <param name="holds">As long as the list. Release its first <paramref name="used"/> entries when native code has finished.</param>
    /// <param name="used">Entries in use, before and after.</param>
    /// <param name="maxBytes">Bytes at most.</param>
    /// <param name="flags">
    /// What to take; with <see cref="ExtractFlags.PerPage"/> an entry never crosses a page. An entry needs an address, so
    /// <see cref="ExtractFlags.GetForSource"/> is refused where it would take references.
    /// </param>
    /// <returns>Bytes covered; fewer than asked when the list is full or, in a sparse store, at a hole.</returns>
    /// <exception cref="ArgumentException">
    /// The spans differ in length; or flags that the kind or the list has no use for.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="used"/> is not inside the list, <paramref name="maxBytes"/> is negative or <paramref name="flags"/> has unknown bits.
    /// </exception>
    /// <exception cref="NotSupportedException">The iterator discards: it has no memory.</exception>
    /// <exception cref="PeerMemoryException">Device memory was met and not allowed for.</exception>
    /// <exception cref="TransferDirectionException">The iterator is a destination and reaches a read-only folio.</exception>
    /// <exception cref="ObjectDisposedException">The bytes are a folio's whose last hold was released.</exception>
    /// <exception cref="InvalidOperationException">Checked mode is on and the iterator is used outside the call that made it.</exception>
    /// <remarks>
    /// The kernel's <c>extract_iter_to_sg</c>. When anything fails, what this call added is released, <paramref name="used"/> and the iterator are as they
    /// were. Deviation: entries are runs, and what earlier calls added is never touched.
    /// </remarks>
    [AcquiresBuffer(Mode.Pin)]
    public long ExtractToScatterList(
        Span<IoVector> list, Span<PageFragment> holds, ref int used, long maxBytes = long.MaxValue, ExtractFlags flags = ExtractFlags.None)
    {
        int first = used;
        CheckList(list.Length, holds.Length, first);
        long bytes = AppendFragments(holds, ref used, maxBytes, flags);
        for (int i = first; i < used; i++)
            list[i] = new IoVector(holds[i].FirstByte, (nuint)holds[i].Length);

        return bytes;
    }

    /// <summary>
    /// Appends the next bytes to a scatter list of Winsock <c>WSABUF</c>s, with what each entry's release needs beside it. Advances over what it covered.
    /// </summary>
    /// <inheritdoc cref="ExtractToScatterList(Span{IoVector}, Span{PageFragment}, ref int, long, ExtractFlags)"/>
    [AcquiresBuffer(Mode.Pin)]
    public long ExtractToScatterList(
        Span<WsaBuffer> list, Span<PageFragment> holds, ref int used, long maxBytes = long.MaxValue, ExtractFlags flags = ExtractFlags.None)
    {
        int first = used;
        CheckList(list.Length, holds.Length, first);
        long bytes = AppendFragments(holds, ref used, maxBytes, flags);
        for (int i = first; i < used; i++)
            list[i] = new WsaBuffer((uint)holds[i].Length, holds[i].FirstByte);

        return bytes;
    }

    private static void CheckList(int entries, int holds, int used)
    {
        if (entries != holds)
            throw new ArgumentException($"A list of {entries} entries needs as many holds; there are {holds}.", nameof(holds));
        if ((uint)used > (uint)entries)
            throw new ArgumentOutOfRangeException(nameof(used), used, $"The list has {entries} entries.");
    }

    private long AppendFragments(Span<PageFragment> holds, ref int used, long maxBytes, ExtractFlags flags)
    {
        Mode mode = CheckExtraction(maxBytes, flags);
        if (mode == Mode.Get)
            throw new ArgumentException("A scatter list is made of addresses, which references do not keep: it cannot be made with GetForSource.", nameof(flags));

        long size = Math.Min(maxBytes, _count);
        if (size != 0 && _layout == IterLayout.Nothing)
            ThrowNoMemory();

        IovIter start = this;
        int first = used, next = used;
        long bytes = 0;
        try
        {
            while (bytes < size && next < holds.Length)
            {
                long got = Extract(holds[next..], ExtractableBytes(size - bytes), mode, flags, keepPartial: false, out int filled);
                if (got == 0)
                    break;

                bytes += got;
                next += filled;
            }
        }
        catch
        {
            PageFragments.Undo(holds[first..next]);
            this = start;
            throw;
        }

        used = next;
        return bytes;
    }
}
