using Mode = BufferLifetime.ExtractMode;

namespace BufferLifetime;

public partial struct IovIter
{
    /// <summary>
    /// The legacy page getter: one reference for each page of the next contiguous run, which keeps the bytes alive and does not keep them in place.
    /// Advances over what it covered. Exists so that old code compiles; use <see cref="ExtractPages(Span{PageFragment}, long, ExtractFlags, out int)"/>.
    /// </summary>
    /// <param name="pages">Filled from the start, one entry for each page frame of 4096 bytes; only the first may be used from an offset.</param>
    /// <param name="maxBytes">Bytes at most.</param>
    /// <param name="offset0">Where the first byte is in the first page; zero when nothing was covered.</param>
    /// <returns>
    /// Bytes covered, zero at the end. Every page is in mode <see cref="BufferLifetime.ExtractMode.Get"/> and is put with
    /// <see cref="PageFragments.PutPages"/>.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxBytes"/> is negative.</exception>
    /// <exception cref="NotSupportedException">The kind has no pages to take references on: <see cref="IterKind.Kvec"/> or <see cref="IterKind.Discard"/>.</exception>
    /// <exception cref="PeerMemoryException">Device memory was met in a user-backed iterator; the legacy getters cannot allow for it.</exception>
    /// <exception cref="TransferDirectionException">The iterator is a destination and reaches a read-only folio.</exception>
    /// <exception cref="ObjectDisposedException">The bytes are a folio's whose last hold was released.</exception>
    /// <exception cref="InvalidOperationException">Checked mode is on and the iterator is used outside the call that made it.</exception>
    /// <remarks>The kernel's <c>iov_iter_get_pages2</c>.</remarks>
    [AcquiresBuffer(Mode.Get)]
    public int GetPages(Span<PageFragment> pages, long maxBytes, out int offset0)
    {
        offset0 = 0;
        long size = GettableBytes(maxBytes);
        return size == 0 || pages.IsEmpty ? 0 : ExtractPageArray(pages, size, Mode.Get, ExtractFlags.None, out offset0);
    }

    /// <summary>The legacy page getter that allocates its array. See <see cref="GetPages"/>.</summary>
    /// <param name="pages">As many entries as pages were covered; empty when there were none.</param>
    /// <param name="maxBytes">Bytes at most.</param>
    /// <param name="offset0">Where the first byte is in the first page; zero when nothing was covered.</param>
    /// <returns>Bytes covered, zero at the end.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxBytes"/> is negative.</exception>
    /// <exception cref="NotSupportedException">The kind has no pages to take references on: <see cref="IterKind.Kvec"/> or <see cref="IterKind.Discard"/>.</exception>
    /// <exception cref="PeerMemoryException">Device memory was met in a user-backed iterator; the legacy getters cannot allow for it.</exception>
    /// <exception cref="TransferDirectionException">The iterator is a destination and reaches a read-only folio.</exception>
    /// <exception cref="ObjectDisposedException">The bytes are a folio's whose last hold was released.</exception>
    /// <exception cref="InvalidOperationException">Checked mode is on and the iterator is used outside the call that made it.</exception>
    /// <remarks>The kernel's <c>iov_iter_get_pages_alloc2</c>.</remarks>
    [AcquiresBuffer(Mode.Get)]
    public int GetPagesAlloc([AcquiresBuffer(Mode.Get)] out PageFragment[] pages, long maxBytes, out int offset0)
    {
        offset0 = 0;
        pages = [];
        long size = GettableBytes(maxBytes);
        if (size == 0)
            return 0;

        IovIter covered = this;
        covered.Truncate(size);
        Faults.At(FaultPoint.Allocate);
        var array = new PageFragment[covered.PageCount(int.MaxValue)];
        IovIter start = this;
        int bytes = ExtractPageArray(array, size, Mode.Get, ExtractFlags.None, out offset0);
        int used = (int)Pages.Spanned(offset0, bytes);
        if (used < array.Length)
        {
            try
            {
                Faults.At(FaultPoint.Allocate);
                Array.Resize(ref array, used);
            }
            catch
            {
#pragma warning disable BUF1102 // The legacy getter undoes itself.
                PageFragments.PutPages(array);
#pragma warning restore BUF1102
                this = start;
                offset0 = 0;
                throw;
            }
        }

        pages = array;
        return bytes;
    }

    private readonly long GettableBytes(long maxBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxBytes);
        CheckThread();
        long size = Math.Min(Math.Min(maxBytes, _count), MaxTransferBytes);
        if (size != 0 && _layout is IterLayout.Nothing or IterLayout.Vectors)
            throw new NotSupportedException($"A {_kind} iterator has no pages to take references on.");

        return size;
    }
}
