using System.Runtime.CompilerServices;
using Mode = BufferLifetime.ExtractMode;

namespace BufferLifetime;

public partial struct IovIter
{
    /// <summary>Lists runs of memory that does not move, and moves the position. Takes nothing, so nothing can fail halfway.</summary>
    private long GatherRuns(Span<PageFragment> fragments, long size, out int used) => _layout switch
    {
        IterLayout.Vectors => GatherVectors(fragments, size, out used),
        IterLayout.Bvecs => GatherBvecs(fragments, size, out used),
        _ => GatherChain(fragments, size, out used),
    };

    private long GatherVectors(Span<PageFragment> fragments, long size, out int used)
    {
        ReadOnlySpan<IoVector> vectors = Unsafe.As<IoVector[]>(_source!).AsSpan(0, _end);
        var runs = new RunList(fragments);
        long offset = _offset, left = size;
        int i = _index;
        for (; i < vectors.Length; i++)
        {
            // Consumed and empty vectors are passed, so that the position comes to rest at the next byte.
            long length = (long)vectors[i].Length - offset;
            if (length > 0)
            {
                int part = (int)Math.Min(length, left);
                if (part == 0 || !runs.TryAdd(vectors[i].Base + (nint)offset, part))
                    break;

                left -= part;
                if (part < length)
                {
                    offset += part;
                    break;
                }
            }

            offset = 0;
        }

        used = runs.Count;
        return LandAt(i, offset, size - left);
    }

    private long GatherBvecs(Span<PageFragment> fragments, long size, out int used)
    {
        ReadOnlySpan<BvecEntry> entries = Unsafe.As<BvecEntry[]>(_source!).AsSpan(0, _end);
        var runs = new RunList(fragments);
        long offset = _offset, left = size;
        int i = _index;
        for (; i < entries.Length; i++)
        {
            ref readonly BvecEntry entry = ref entries[i];
            long length = entry.Length - offset;
            if (length > 0)
            {
                int part = (int)Math.Min(length, left);
                if (part == 0)
                    break;

                entry.Folio?.ThrowIfReleased();
                if (!runs.TryAdd(entry.Address + (nint)offset, part))
                    break;

                left -= part;
                if (part < length)
                {
                    offset += part;
                    break;
                }
            }

            offset = 0;
        }

        used = runs.Count;
        return LandAt(i, offset, size - left);
    }

    /// <summary>Consumes bytes of an array of segments when the walk over them has found where that ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private long LandAt(int index, long offset, long bytes)
    {
        _index = index;
        _offset = offset;
        _count -= bytes;
        _consumed += bytes;
        return bytes;
    }

    private long GatherChain(Span<PageFragment> fragments, long size, out int used)
    {
        var runs = new RunList(fragments);
        IovIter walk = this;
        long left = size;
        while (left > 0)
        {
            BvecEntry run = walk.PeekStable(left);
            run.Folio?.ThrowIfReleased();
            if (run.Length == 0 || !runs.TryAdd(run.Address, (int)run.Length))
                break;

            left -= run.Length;
            walk.Step(run.Length);
        }

        used = runs.Count;
        this = walk;
        return size - left;
    }

    /// <summary>
    /// Lists pages of memory that does not move, taking one folio reference for each in mode Get. As one run, it goes on from one entry to
    /// the next only where both meet at a page boundary, and in vectors not at all.
    /// </summary>
    private long GatherPages(Span<PageFragment> pages, long size, Mode mode, bool oneRun, out int used)
    {
        used = 0;
        IovIter walk = this;
        long left = size;
        bool joins = true;
        try
        {
            while (left > 0 && used < pages.Length)
            {
                BvecEntry run = walk.PeekStable(left);
                run.Folio?.ThrowIfReleased();
                int offset = Pages.OffsetIn(run.Address);
                if (run.Length == 0 || (oneRun && used > 0 && (!joins || offset != 0)))
                    break;

                long length = Math.Min(run.Length, ((long)(pages.Length - used) * PageSize) - offset);
                used += ListPages(pages[used..], run, offset, length, mode);
                left -= length;
                walk.Step(length);
                joins = _layout != IterLayout.Vectors && Pages.OffsetIn(run.Address + length) == 0;
            }
        }
        catch
        {
            // The pages of the run that failed were put where they were taken.
            PageFragments.Release(pages[..used]);
            pages[..used].Clear();
            used = 0;
            throw;
        }

        this = walk;
        return size - left;
    }

    private static int ListPages(Span<PageFragment> pages, in BvecEntry run, int offset, long length, Mode mode)
    {
        nint page = run.Address - offset;
        int used = 0;
        try
        {
            while (length > 0)
            {
                int part = (int)Math.Min(length, PageSize - offset);
                if (mode == Mode.Get)
                {
                    Faults.At(FaultPoint.Reference);
                    int hold = Holds.ReferToFolio(ThreadLedger.Current, run.Folio, page + offset, part);
                    pages[used] = new PageFragment(page, offset, part, Mode.Get, hold);
                }
                else
                {
                    pages[used] = new PageFragment(page, offset, part);
                }

                used++;
                length -= part;
                page += PageSize;
                offset = 0;
            }
        }
        catch
        {
            PageFragments.Release(pages[..used]);
            pages[..used].Clear();
            throw;
        }

        return used;
    }

    /// <summary>Fragments of mode None, in which a run that goes on where the last one ended lengthens it.</summary>
    private ref struct RunList
    {
        private readonly Span<PageFragment> _fragments;
        private nint _end;
        private nint _start;

        internal RunList(Span<PageFragment> fragments) => _fragments = fragments;

        internal int Count { get; private set; }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal bool TryAdd(nint address, int length)
        {
            if (address == _end && Count > 0)
            {
                _end += length;
                _fragments[Count - 1] = new PageFragment(_start, (int)(_end - _start));
                return true;
            }

            if ((uint)Count >= (uint)_fragments.Length)
                return false;

            _fragments[Count++] = new PageFragment(address, length);
            _start = address;
            _end = address + length;
            return true;
        }
    }
}
