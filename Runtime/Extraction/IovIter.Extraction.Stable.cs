using System.Runtime.CompilerServices;
using Mode = BufferLifetime.ExtractMode;

namespace BufferLifetime;

public partial struct IovIter
{
    /// <summary>
    /// Takes all that is asked for where it is in one entry of memory that does not move, which is too common to be a list of one. Does nothing
    /// and returns zero where it is not, or where something is wrong: the way for lists finds out what.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal long GatherOne<T>(ref T run, long maxBytes)
        where T : struct
    {
        int index = _index;
        nint address;
        long length;
        if (_layout == IterLayout.Vectors)
        {
            var vectors = Unsafe.As<IoVector[]>(_source!);
            if ((uint)index >= (uint)vectors.Length)
                return 0;

            ref readonly IoVector vector = ref vectors[index];
            address = vector.Base;
            length = (long)vector.Length;
        }
        else if (_layout == IterLayout.Bvecs)
        {
            var entries = Unsafe.As<BvecEntry[]>(_source!);
            if ((uint)index >= (uint)entries.Length)
                return 0;

            ref readonly BvecEntry entry = ref entries[index];
            if (entry.Folio is { IsReleased: true })
                return 0;

            address = entry.Address;
            length = entry.Length;
        }
        else
        {
            return 0;
        }

        long size = Math.Min(maxBytes, _count);
        if ((ulong)(size - 1) >= MaxTransferBytes || size > length - _offset)
            return 0;

        SetRun(ref run, address + (nint)_offset, (int)size);
        StepWithin(length, size);
        return size;
    }

    /// <summary>
    /// Lists runs of memory that does not move, as fragments or as vectors for native code, and moves the position. Takes nothing, so nothing can
    /// fail halfway.
    /// </summary>
    private long GatherRuns<T>(Span<T> runs, long size, out int used)
        where T : struct => _layout switch
    {
        IterLayout.Vectors => GatherVectors(runs, size, out used),
        IterLayout.Bvecs => GatherBvecs(runs, size, out used),
        _ => GatherChain(runs, size, out used),
    };

    private long GatherVectors<T>(Span<T> runs, long size, out int used)
        where T : struct
    {
        ReadOnlySpan<IoVector> vectors = Unsafe.As<IoVector[]>(_source!).AsSpan(0, _end);
        var list = new RunList<T>(runs);
        long offset = _offset, left = size;
        int i = _index;
        for (; i < vectors.Length; i++)
        {
            // Consumed and empty vectors are passed, so that the position comes to rest at the next byte.
            nint address = vectors[i].Base + (nint)offset;
            long length = (long)vectors[i].Length - offset;
            if (length > left)
            {
                if (left > 0 && list.TryAdd(address, (int)left))
                {
                    offset += left;
                    left = 0;
                }

                break;
            }

            if (length > 0 && !list.TryAdd(address, (int)length))
                break;

            left -= length;
            offset = 0;
        }

        used = list.Count;
        return LandAt(i, offset, size - left);
    }

    private long GatherBvecs<T>(Span<T> runs, long size, out int used)
        where T : struct
    {
        ReadOnlySpan<BvecEntry> entries = Unsafe.As<BvecEntry[]>(_source!).AsSpan(0, _end);
        var list = new RunList<T>(runs);
        long offset = _offset, left = size;
        int i = _index;
        for (; i < entries.Length; i++)
        {
            ref readonly BvecEntry entry = ref entries[i];
            long length = entry.Length - offset;
            if (left > 0 && length > 0)
                entry.Folio?.ThrowIfReleased();

            nint address = entry.Address + (nint)offset;
            if (length > left)
            {
                if (left > 0 && list.TryAdd(address, (int)left))
                {
                    offset += left;
                    left = 0;
                }

                break;
            }

            if (length > 0 && !list.TryAdd(address, (int)length))
                break;

            left -= length;
            offset = 0;
        }

        used = list.Count;
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

    private long GatherChain<T>(Span<T> runs, long size, out int used)
        where T : struct
    {
        if (_layout == IterLayout.Nothing)
            ThrowNoMemory();

        var list = new RunList<T>(runs);
        IovIter walk = this;
        long left = size;
        while (left > 0)
        {
            BvecEntry run = walk.PeekStable(left);
            CheckUsable(in run);
            if (run.Length == 0 || !list.TryAdd(run.Address, (int)run.Length))
                break;

            left -= run.Length;
            walk.Step(run.Length);
        }

        used = list.Count;
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
                CheckUsable(in run);
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
            PageFragments.Undo(pages[..used]);
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
            PageFragments.Undo(pages[..used]);
            throw;
        }

        return used;
    }

    /// <summary>Writes an entry that is a vector for native code, or a fragment of mode None: nobody needs both to come from the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SetRun<T>(ref T entry, nint address, int length)
        where T : struct
    {
        if (typeof(T) == typeof(IoVector))
            Unsafe.As<T, IoVector>(ref entry) = new IoVector(address, (nuint)length);
        else
            Unsafe.As<T, PageFragment>(ref entry) = new PageFragment(address, length);
    }

    /// <summary>Entries of memory that does not move, in which a run that goes on where the last one ended lengthens it.</summary>
    private ref struct RunList<T>
        where T : struct
    {
        private readonly Span<T> _entries;
        private nint _end;
        private nint _start;

        internal RunList(Span<T> entries) => _entries = entries;

        internal int Count { get; private set; }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal bool TryAdd(nint address, int length)
        {
            if (address == _end && Count > 0)
            {
                _end += length;
                SetRun(ref _entries[Count - 1], _start, (int)(_end - _start));
                return true;
            }

            if ((uint)Count >= (uint)_entries.Length)
                return false;

            SetRun(ref _entries[Count++], address, length);
            _start = address;
            _end = address + length;
            return true;
        }
    }
}
