using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Mode = BufferLifetime.ExtractMode;

namespace BufferLifetime;

public partial struct IovIter
{
    /// <summary>Pins, or refers to, runs of memory that can move: one hold for each contiguous run. Moves the position.</summary>
    private long HoldMemory(Span<PageFragment> fragments, long size, Mode mode, ExtractFlags flags, bool keepPartial, out int used)
    {
        long bytes = 0;
        used = 0;
        try
        {
            if ((flags & ExtractFlags.PerPage) != 0)
                HoldAllPages(fragments, size, mode, flags, ref used, ref bytes);
            else if (_layout == IterLayout.Sequence)
                HoldChain(fragments, size, mode, flags, ref used, ref bytes);
            else if (_layout == IterLayout.Single)
                HoldSingle(fragments, size, mode, flags, ref used, ref bytes);
            else
                HoldRuns(AllSegments()[.._end], fragments, size, mode, flags, ref used, ref bytes);
        }
        catch (Exception failure)
        {
            if (!keepPartial || used == 0 || failure is OutOfMemoryException)
            {
                PageFragments.Undo(fragments[..used]);
                throw;
            }
        }

        Step(bytes);
        return bytes;
    }

    /// <summary>Pins all that is asked for at once where that is a part of one array, which is too common to be a list of one.</summary>
    private bool TryPinOne(ThreadLedger ledger, Span<PageFragment> fragments, long size, out int used)
    {
        used = 1;
        byte[] array;
        int start;
        long length;
        if (_layout == IterLayout.Single)
        {
            if (_source is not byte[] single)
                return false;

            array = single;
            start = _index;
            length = long.MaxValue;
        }
        else
        {
            ref readonly Memory<byte> segment = ref AllSegments()[_index];
            if (segment.Length - _offset < size || !MemoryMarshal.TryGetArray((ReadOnlyMemory<byte>)segment, out ArraySegment<byte> part))
                return false;

            array = part.Array!;
            start = part.Offset;
            length = part.Count;
        }

        int hold = Holds.PinArray(ledger, array, start + (int)_offset, (int)size, out nint address, out int version);
        fragments[0] = new PageFragment(address, (int)size, Mode.Pin, hold, version);
        StepWithin(length, size);
        return true;
    }

    // The counts are kept up to date in the caller's frame, so that a failure knows what to release and this loop needs no handler.
    private readonly void HoldRuns(
        ReadOnlySpan<Memory<byte>> segments, Span<PageFragment> fragments, long size, Mode mode, ExtractFlags flags, ref int used, ref long bytes)
    {
        ThreadLedger ledger = ThreadLedger.Current;
        bool allowPeer = (flags & ExtractFlags.AllowPeerMemory) != 0;
        int offset = (int)_offset;
        var run = default(Run);
        for (int i = _index; i < segments.Length && size > 0; i++)
        {
            int length = (int)Math.Min(segments[i].Length - offset, size);
            if (length > 0)
            {
                bool held = mode == Mode.Pin && MemoryMarshal.TryGetArray((ReadOnlyMemory<byte>)segments[i], out ArraySegment<byte> array)
                    ? TryPinArray(ledger, array.Array!, array.Offset + offset, length, fragments, ref run, ref used)
                    : TryHoldChunk(ledger, segments[i].Slice(offset, length), fragments, mode, allowPeer, ref run, ref used);
                if (!held)
                    return;

                bytes += length;
                size -= length;
            }

            offset = 0;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryPinArray(
        ThreadLedger ledger, byte[] array, int start, int length, Span<PageFragment> fragments, ref Run run, ref int used)
    {
        if (run.TryExtend(ledger, fragments, used, array, start, length, Mode.Pin))
            return true;

        int next = used;
        if ((uint)next >= (uint)fragments.Length)
            return false;

        int hold = Holds.PinArray(ledger, array, start, length, out nint address, out int version);
        fragments[next] = new PageFragment(address, length, Mode.Pin, hold, version);
        used = next + 1;
        run.Begin(array, start + length);
        return true;
    }

    private readonly void HoldSingle(Span<PageFragment> fragments, long size, Mode mode, ExtractFlags flags, ref int used, ref long bytes)
    {
        bool allowPeer = (flags & ExtractFlags.AllowPeerMemory) != 0;
        var run = default(Run);
        TryHoldChunk(ThreadLedger.Current, PeekSingle((int)size), fragments, mode, allowPeer, ref run, ref used);
        bytes = size;
    }

    private readonly void HoldChain(
        Span<PageFragment> fragments, long size, Mode mode, ExtractFlags flags, ref int used, ref long bytes)
    {
        ThreadLedger ledger = ThreadLedger.Current;
        bool allowPeer = (flags & ExtractFlags.AllowPeerMemory) != 0;
        var run = default(Run);
        IovIter walk = this;
        while (bytes < size)
        {
            Memory<byte> chunk = walk.PeekMemory(size - bytes);
            if (!TryHoldChunk(ledger, chunk, fragments, mode, allowPeer, ref run, ref used))
                return;

            bytes += chunk.Length;
            walk.Step(chunk.Length);
        }
    }

    private readonly bool TryHoldChunk(
        ThreadLedger ledger, Memory<byte> chunk, Span<PageFragment> fragments, Mode mode, bool allowPeer, ref Run run, ref int used)
    {
        object? owner = OwnerOf(chunk, out int start);
        if (run.TryExtend(ledger, fragments, used, owner!, start, chunk.Length, mode))
            return true;
        if (used == fragments.Length)
            return false;
        if (owner is FolioMemory folio)
            CheckWritable(folio.Folio, _direction);

        nint address;
        int hold = mode != Mode.Pin ? Holds.Refer(ledger, chunk, allowPeer, out address)
            : owner is MemoryManager<byte> manager ? Holds.PinManaged(ledger, manager, start, chunk.Length, allowPeer, out address)
            : Holds.Pin(ledger, chunk, allowPeer, out address);
        fragments[used++] = new PageFragment(address, 0, chunk.Length, mode, hold);
        run.Begin(owner!, start + chunk.Length);
        return true;
    }

    private readonly void HoldAllPages(Span<PageFragment> pages, long size, Mode mode, ExtractFlags flags, ref int used, ref long bytes)
    {
        ThreadLedger ledger = ThreadLedger.Current;
        bool allowPeer = (flags & ExtractFlags.AllowPeerMemory) != 0;
        IovIter walk = this;
        while (bytes < size && used < pages.Length)
        {
            Memory<byte> chunk = walk.PeekMemory(size - bytes);
            int covered = HoldPages(ledger, pages[used..], chunk, mode, allowPeer, out int filled);
            used += filled;
            bytes += covered;
            walk.Step(covered);
        }
    }

    /// <summary>The pages of the first contiguous chunk: a page array never spans a hole.</summary>
    private readonly long HoldFirstRun(Span<PageFragment> pages, long size, Mode mode, ExtractFlags flags, out int used)
    {
        bool allowPeer = (flags & ExtractFlags.AllowPeerMemory) != 0;
        return HoldPages(ThreadLedger.Current, pages, PeekMemory(size), mode, allowPeer, out used);
    }

    /// <summary>Holds a chunk as one run and lists its pages, each of which is released on its own.</summary>
    private readonly int HoldPages(ThreadLedger ledger, Span<PageFragment> pages, Memory<byte> chunk, Mode mode, bool allowPeer, out int used)
    {
        CheckWritable(FolioMemory.FolioOf(chunk), _direction);
        long most = (long)pages.Length * PageSize;
        if (chunk.Length > most)
            chunk = chunk[..(int)most];

        int root = mode == Mode.Pin
            ? Holds.Pin(ledger, chunk, allowPeer, out nint address)
            : Holds.Refer(ledger, chunk, allowPeer, out address);

        // The offset is known only now that the chunk is in place, and it may take the last entry.
        int offset = Pages.OffsetIn(address);
        int length = (int)Math.Min(chunk.Length, most - offset);
        if (length < chunk.Length)
            Holds.Shorten(ledger, root, length);

        int count = (int)Pages.Spanned(offset, length);
        if (count == 1)
        {
            pages[0] = new PageFragment(address - offset, offset, length, mode, root);
            used = 1;
            return length;
        }

        Holds.Share(ledger, root, mode, pages[..count], address - offset, offset, length);
        used = count;
        return length;
    }

    private static object? OwnerOf(Memory<byte> chunk, out int start)
    {
        if (MemoryMarshal.TryGetMemoryManager<byte, MemoryManager<byte>>(chunk, out MemoryManager<byte>? manager, out start, out _))
            return manager;

        MemoryMarshal.TryGetArray(chunk, out ArraySegment<byte> segment);
        start = segment.Offset;
        return segment.Array;
    }

    /// <summary>The run that the last fragment ends with: a chunk that goes on where it ended lengthens it.</summary>
    private ref struct Run
    {
        private object? _owner;
        private int _end;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal void Begin(object owner, int end)
        {
            _owner = owner;
            _end = end;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal bool TryExtend(ThreadLedger ledger, Span<PageFragment> fragments, int used, object owner, int start, int length, Mode mode)
        {
            if (owner != _owner || start != _end)
                return false;

            Extend(ledger, ref fragments[used - 1], owner, start, length, mode);
            _end += length;
            return true;
        }

        private static void Extend(ThreadLedger ledger, ref PageFragment fragment, object owner, int start, int length, Mode mode)
        {
            int all = fragment.Length + length;
            Memory<byte> run = owner is byte[] array ? new Memory<byte>(array, start - fragment.Length, all) : default;
            fragment.CoverInRecord(run, all);
            fragment = fragment.WithLength(all);
            if (mode == Mode.Pin)
                ledger.BytesPinned += length;
        }
    }
}
