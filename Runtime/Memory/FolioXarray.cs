using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace BufferLifetime;

/// <summary>
/// A sparse store of folios by page index, as the page cache of a file is: position <c>p</c> is in the page of index <c>p / 4096</c>.
/// Safe from any thread; reading takes no lock and no reference.
/// </summary>
/// <remarks>
/// The kernel's xarray of folios. Holds nothing: whoever erases a folio waits for the iterators that may have found it, and whoever makes an iterator keeps
/// the folios stable meanwhile.
/// </remarks>
public sealed class FolioXarray
{
    private readonly ConcurrentDictionary<long, Entry> _pages = new();
    private readonly object _gate = new();

    /// <summary>Pages that are present.</summary>
    public int PageCount => _pages.Count;

    /// <summary>Puts a folio at an index; one of several pages takes as many indices.</summary>
    /// <param name="index">The index of its first page.</param>
    /// <param name="folio">The folio: whole pages that start at a page boundary.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is negative.</exception>
    /// <exception cref="ArgumentException">The folio is not made of whole pages.</exception>
    /// <exception cref="InvalidOperationException">One of the indices is taken. Nothing is stored.</exception>
    /// <exception cref="ObjectDisposedException">The folio's last hold was released.</exception>
    public void Store(long index, Folio folio)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentNullException.ThrowIfNull(folio);
        if (((folio.Address | folio.Length) & (Pages.Size - 1)) != 0)
            throw new ArgumentException($"{folio} is not made of whole pages.", nameof(folio));

        long pages = folio.Length / Pages.Size;
        var entry = new Entry(folio, index);
        lock (_gate)
        {
            for (long i = index; i < index + pages; i++)
            {
                if (_pages.ContainsKey(i))
                    throw new InvalidOperationException($"Index {i} is taken; {pages} pages from {index} cannot be stored.");
            }

            for (long i = index; i < index + pages; i++)
                _pages[i] = entry;
        }
    }

    /// <summary>The folio that has a page at an index.</summary>
    /// <param name="index">Any of its indices.</param>
    /// <param name="folio">The folio, or null at a hole.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryLoad(long index, [NotNullWhen(true)] out Folio? folio)
    {
        bool found = _pages.TryGetValue(index, out Entry? entry);
        folio = entry?.Folio;
        return found;
    }

    /// <summary>Takes a folio out, from all of its indices.</summary>
    /// <param name="index">Any of its indices.</param>
    /// <returns>The folio, or null when there was a hole.</returns>
    public Folio? Erase(long index)
    {
        lock (_gate)
        {
            if (!_pages.TryGetValue(index, out Entry? entry))
                return null;

            for (long i = entry.First; i < entry.First + (entry.Folio.Length / Pages.Size); i++)
                _pages.TryRemove(i, out _);

            return entry.Folio;
        }
    }

    /// <summary>The bytes from a position to the end of their folio; empty at a hole.</summary>
    internal BvecEntry RunAt(long position)
    {
        if (!_pages.TryGetValue(position / Pages.Size, out Entry? entry))
            return default;

        long offset = position - (entry.First * Pages.Size);
        return new BvecEntry(entry.Folio, offset, entry.Folio.Length - offset);
    }

    private sealed class Entry
    {
        internal Entry(Folio folio, long first)
        {
            Folio = folio;
            First = first;
        }

        internal Folio Folio { get; }

        internal long First { get; }
    }
}
