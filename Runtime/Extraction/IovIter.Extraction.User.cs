using System.Buffers;
using System.Runtime.InteropServices;
using Mode = BufferLifetime.ExtractMode;

namespace BufferLifetime;

public partial struct IovIter
{
    /// <summary>Pins, or refers to, runs of memory that can move: one hold for each contiguous run.</summary>
    private readonly long HoldMemory(Span<PageFragment> fragments, long size, Mode mode, ExtractFlags flags, bool keepPartial, out int used)
    {
        ThreadLedger ledger = ThreadLedger.Current;
        bool allowPeer = (flags & ExtractFlags.AllowPeerMemory) != 0;
        bool perPage = (flags & ExtractFlags.PerPage) != 0;
        var walk = new MemoryWalk(in this, size);
        long bytes = 0;
        int filled = 0;
        object? owner = null;
        int end = 0;
        try
        {
            while (walk.MoveNext())
            {
                Memory<byte> chunk = walk.Current;
                if (perPage)
                {
                    if (filled == fragments.Length)
                        break;

                    int covered = HoldPages(ledger, fragments[filled..], chunk, mode, allowPeer, out int pages);
                    filled += pages;
                    bytes += covered;
                    if (covered < chunk.Length)
                        break;

                    continue;
                }

                object? runOwner = OwnerOf(chunk, out int start);
                if (runOwner is not null && runOwner == owner && start == end)
                {
                    Extend(ledger, ref fragments[filled - 1], runOwner, start, chunk, mode);
                }
                else
                {
                    if (filled == fragments.Length)
                        break;

                    int hold = mode == Mode.Pin
                        ? Holds.Pin(ledger, chunk, allowPeer, out nint address)
                        : Holds.Refer(ledger, chunk, allowPeer, out address);
                    fragments[filled++] = new PageFragment(address, 0, chunk.Length, mode, hold);
                }

                owner = runOwner;
                end = start + chunk.Length;
                bytes += chunk.Length;
            }
        }
        catch (Exception failure)
        {
            if (!keepPartial || filled == 0 || failure is OutOfMemoryException)
            {
                PageFragments.Release(fragments[..filled]);
                fragments[..filled].Clear();
                throw;
            }
        }

        used = filled;
        return bytes;
    }

    /// <summary>The pages of the first contiguous chunk: a page array never spans a hole.</summary>
    private readonly long HoldFirstRun(Span<PageFragment> pages, long size, Mode mode, ExtractFlags flags, out int used)
    {
        bool allowPeer = (flags & ExtractFlags.AllowPeerMemory) != 0;
        return HoldPages(ThreadLedger.Current, pages, PeekMemory(size), mode, allowPeer, out used);
    }

    /// <summary>Holds a chunk as one run and lists its pages, each of which is released on its own.</summary>
    private static int HoldPages(ThreadLedger ledger, Span<PageFragment> pages, Memory<byte> chunk, Mode mode, bool allowPeer, out int used)
    {
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
        if (MemoryMarshal.TryGetArray(chunk, out ArraySegment<byte> segment))
        {
            start = segment.Offset;
            return segment.Array;
        }

        return MemoryMarshal.TryGetMemoryManager<byte, MemoryManager<byte>>(chunk, out MemoryManager<byte>? manager, out start, out _) ? manager : null;
    }

    /// <summary>Lengthens the last fragment by a chunk that goes on where it ended.</summary>
    private static void Extend(ThreadLedger ledger, ref PageFragment fragment, object owner, int start, Memory<byte> chunk, Mode mode)
    {
        int length = fragment.Length + chunk.Length;
        int first = start - fragment.Length;
        Memory<byte> run = owner is byte[] array
            ? new Memory<byte>(array, first, length)
            : ((MemoryManager<byte>)owner).Memory.Slice(first, length);
        fragment.CoverInRecord(run);
        fragment = fragment.WithLength(length);
        if (mode == Mode.Pin)
            ledger.BytesPinned += chunk.Length;
    }
}
