using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace BufferLifetime;

/// <summary>Taking and releasing holds: what the extraction of memory that can move comes down to.</summary>
internal static class Holds
{
    /// <summary>Pins a contiguous, non-empty chunk and names the pin.</summary>
    internal static int Pin(ThreadLedger ledger, Memory<byte> chunk, bool allowPeer, out nint address)
    {
        if (MemoryMarshal.TryGetArray(chunk, out ArraySegment<byte> segment))
            return PinArray(ledger, segment.Array!, segment.Offset, segment.Count, out address, out _);

        MemoryMarshal.TryGetMemoryManager<byte, MemoryManager<byte>>(chunk, out MemoryManager<byte>? manager, out int start, out int length);
        return PinManaged(ledger, manager!, start, length, allowPeer, out address);
    }

    /// <summary>Pins a part of an array.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int PinArray(ThreadLedger ledger, byte[] array, int start, int length, out nint address, out int version)
    {
        Faults.At(FaultPoint.Pin);
        int index = ledger.Rent();
        ref Hold hold = ref HoldTable.At(index);
        hold.AimAt(array, ledger, index);
        address = Hold.AddressOf(array) + start;
        hold.PinArray(address, length);
        hold.Counts = HoldCount.Pin;
        hold.Version = version = hold.Version + 1;
        ledger.PinsAcquired++;
        ledger.BytesPinned += length;
        return index;
    }

    /// <summary>Pins memory through its manager: a folio's own count, or whatever a foreign manager does.</summary>
    internal static int PinManaged(ThreadLedger ledger, MemoryManager<byte> manager, int start, int length, bool allowPeer, out nint address)
    {
        Faults.At(FaultPoint.Pin);
        int index;
        if (manager is FolioMemory folio)
        {
            RefusePeer(folio.Folio, allowPeer);
            index = ledger.Rent();
            ref Hold hold = ref HoldTable.At(index);
            try
            {
                folio.Folio.Pin();
            }
            catch
            {
                ledger.Return(index);
                throw;
            }

            address = folio.AddressAt(start);
            hold.HoldFolio(HoldKind.FolioPin, folio.Folio, address, length);
            hold.Counts = HoldCount.Pin;
            hold.Version++;
        }
        else
        {
            index = HoldManaged(ledger, manager, start, length, HoldCount.Pin, out address);
        }

        ledger.PinsAcquired++;
        ledger.BytesPinned += length;
        return index;
    }

    /// <summary>Keeps a contiguous, non-empty chunk alive by a reference, without keeping it in place.</summary>
    internal static int Refer(ThreadLedger ledger, Memory<byte> chunk, bool allowPeer, out nint address)
    {
        Faults.At(FaultPoint.Reference);
        int index;
        if (MemoryMarshal.TryGetMemoryManager<byte, MemoryManager<byte>>(chunk, out MemoryManager<byte>? manager, out int start, out int length))
        {
            if (manager is FolioMemory folio)
            {
                RefusePeer(folio.Folio, allowPeer);
                address = folio.AddressAt(start);
                return ReferToFolio(ledger, folio.Folio, address, length);
            }

            // The one reference count that a foreign manager has to offer is its pin.
            index = HoldManaged(ledger, manager, start, length, HoldCount.Reference, out address);
        }
        else
        {
            index = ledger.Rent();
            address = MomentaryAddress(chunk.Span);
            ref Hold hold = ref HoldTable.At(index);
            hold.HoldObject(chunk, address);
            hold.Counts = HoldCount.Reference;
            hold.Version++;
        }

        ledger.ReferencesAcquired++;
        return index;
    }

    /// <summary>Takes one reference on a folio. Memory without a folio, like the kernel's slab pages, is recorded and not counted on.</summary>
    internal static int ReferToFolio(ThreadLedger ledger, Folio? folio, nint address, int bytes)
    {
        folio?.Get();
        int index;
        try
        {
            index = ledger.Rent();
        }
        catch
        {
            folio?.Put();
            throw;
        }

        ref Hold hold = ref HoldTable.At(index);
        hold.HoldFolio(HoldKind.FolioReference, folio, address, bytes);
        hold.Counts = HoldCount.Reference;
        hold.Version++;
        ledger.ReferencesAcquired++;
        return index;
    }

    /// <summary>Gives up the end of a pinned chunk that no entry is left for; the pin itself is one either way.</summary>
    internal static void Shorten(ThreadLedger ledger, int root, int length)
    {
        ref Hold hold = ref HoldTable.At(root);
        if (hold.Counts == HoldCount.Pin)
            ledger.BytesPinned -= hold.Bytes - length;

        hold.Bytes = length;
    }

    /// <summary>
    /// Lists the pages of a run. Each has a record of its own, so that releasing one twice is told from releasing two; the run is held until the
    /// last of them. A pin counts once, for the run; references count once for each page.
    /// </summary>
    internal static void Share(ThreadLedger ledger, int root, ExtractMode mode, Span<PageFragment> pages, nint page, int offset, int length)
    {
        HoldCount counts = HoldCount.Nothing;
        ref Hold run = ref HoldTable.At(root);
        run.Shares = pages.Length + 1;
        if (run.Counts == HoldCount.Reference)
        {
            counts = HoldCount.Reference;
            run.Counts = HoldCount.Nothing;
            ledger.ReferencesAcquired--;
        }

        int used = 0;
        try
        {
            for (; used < pages.Length; used++)
            {
                int part = Math.Min(length, Pages.Size - offset);
                pages[used] = new PageFragment(page, offset, part, mode, ShareOf(ledger, root, counts));
                length -= part;
                page += Pages.Size;
                offset = 0;
            }
        }
        catch
        {
            PageFragments.Undo(pages[..used]);
            DropShares(ledger, root, pages.Length - used + 1);
            throw;
        }

        // The share that kept the run while its pages were listed.
        DropShares(ledger, root, 1);
    }

    private static int ShareOf(ThreadLedger ledger, int root, HoldCount counts)
    {
        Faults.At(counts == HoldCount.Reference ? FaultPoint.Reference : FaultPoint.Allocate);
        int index = ledger.Rent();
        ref Hold hold = ref HoldTable.At(index);
        hold.Kind = HoldKind.Share;
        hold.Parent = root;
        hold.Counts = counts;
        hold.Bytes = 0;
        hold.Version++;
        if (counts == HoldCount.Reference)
            ledger.ReferencesAcquired++;

        return index;
    }

    private static void DropShares(ThreadLedger ledger, int root, int shares)
    {
        ref Hold run = ref HoldTable.At(root);
        if (Interlocked.Add(ref run.Shares, -shares) == 0)
        {
            run.Version++;
            Free(ledger, root, ref run);
        }
    }

    internal static bool IsHeld(int index, int version) =>
        Volatile.Read(ref HoldTable.At(index).Version) == version;

    /// <summary>Releases a hold once: false, and nothing else, when it was released before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryRelease(ThreadLedger ledger, int index, int version, ref Exception? failure)
    {
        ref Hold hold = ref HoldTable.At(index);
        if (Interlocked.CompareExchange(ref hold.Version, version + 1, version) != version)
            return false;

        if (hold.Kind == HoldKind.PinnedArray)
        {
            Uncount(ledger, ref hold);
            hold.LetGoOfArray(ledger, index);
        }
        else
        {
            FreeForeign(ledger, index, ref hold, ref failure);
        }

        return true;
    }

    /// <summary>The record that holds the memory of <paramref name="index"/>: itself, or the run it is a page of.</summary>
    internal static ref Hold Root(int index)
    {
        ref Hold hold = ref HoldTable.At(index);
        if (hold.Kind == HoldKind.Share)
            return ref HoldTable.At(hold.Parent);

        return ref hold;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Uncount(ThreadLedger ledger, ref Hold hold)
    {
        if (hold.Counts == HoldCount.Pin)
        {
            ledger.PinsReleased++;
            ledger.BytesPinned -= hold.Bytes;
        }
        else if (hold.Counts == HoldCount.Reference)
        {
            ledger.ReferencesReleased++;
        }
    }

    // A foreign manager's Unpin or a release callback may throw; whoever releases many releases the others before it is told.
    private static void FreeForeign(ThreadLedger ledger, int index, ref Hold hold, ref Exception? failure)
    {
        try
        {
            Free(ledger, index, ref hold);
        }
        catch (Exception thrown)
        {
            failure ??= thrown;
        }
    }

    private static void Free(ThreadLedger ledger, int index, ref Hold hold)
    {
        Uncount(ledger, ref hold);
        if (hold.Kind != HoldKind.Share)
        {
            hold.LetGo(ledger, index);
            return;
        }

        int parent = hold.Parent;
        hold.LetGo(ledger, index);
        DropShares(ledger, parent, 1);
    }

    private static unsafe int HoldManaged(ThreadLedger ledger, MemoryManager<byte> manager, int start, int length, HoldCount counts, out nint address)
    {
        int index = ledger.Rent();
        MemoryHandle handle;
        try
        {
            handle = manager.Pin(start);
        }
        catch
        {
            ledger.Return(index);
            throw;
        }

        address = (nint)handle.Pointer;
        ref Hold hold = ref HoldTable.At(index);
        hold.HoldManaged(handle, manager, start, length, address);
        hold.Counts = counts;
        hold.Version++;
        return index;
    }

    private static unsafe nint MomentaryAddress(Span<byte> span) => (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(span));

    private static void RefusePeer(Folio folio, bool allowPeer)
    {
        if (folio.IsPeer && !allowPeer)
            throw new PeerMemoryException(folio);
    }
}
