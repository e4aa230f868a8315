using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace BufferLifetime;

public partial struct IovIter
{
    /// <summary>Contiguous bytes at the position.</summary>
    /// <exception cref="InvalidOperationException">Checked mode is on and the iterator is used outside the call that made it.</exception>
    /// <remarks>
    /// The kernel's <c>iov_iter_single_seg_count</c>. Deviations: empty segments are passed over in every kind, and of a folio in a queue only
    /// what is left counts.
    /// </remarks>
    public readonly long SingleSegmentCount
    {
        get
        {
            CheckThread();
            if (_count == 0 || _layout is IterLayout.Single or IterLayout.Nothing)
                return _count;

            return ExtractWillPin ? PeekMemory(_count).Length : PeekStable(_count).Length;
        }
    }

    /// <summary>
    /// The bitwise or of all addresses and lengths from the position on: a power of two that is not in it divides them all.
    /// Of memory that the garbage collector can move it holds for the moment only.
    /// </summary>
    /// <exception cref="InvalidOperationException">Checked mode is on and the iterator is used outside the call that made it.</exception>
    /// <remarks>The kernel's <c>iov_iter_alignment</c>; of a sparse store, of position and count. Empty segments contribute nothing; a discarding iterator is aligned to anything (0).</remarks>
    public readonly nuint Alignment
    {
        get
        {
            CheckThread();
            if (_layout == IterLayout.Store)
                return _count == 0 ? 0 : (nuint)(_offset | _count);

            nuint all = 0;
            IovIter walk = this;
            while (walk.NextRun(out nint address, out long length))
                all |= (nuint)address | (nuint)length;

            return all;
        }
    }

    /// <summary>
    /// The bitwise or of the inner boundaries of the segments, from the position on: where each but the last ends and each but
    /// the first begins. Of memory that the garbage collector can move it holds for the moment only.
    /// </summary>
    /// <exception cref="InvalidOperationException">Checked mode is on and the iterator is used outside the call that made it.</exception>
    /// <remarks>
    /// The kernel's <c>iov_iter_gap_alignment</c>: zero for a single block, and all ones (aligned to nothing) for the kinds it is not
    /// defined for, which is all but <see cref="IterKind.Ubuf"/> and <see cref="IterKind.Iovec"/>.
    /// </remarks>
    public readonly nuint GapAlignment
    {
        get
        {
            CheckThread();
            if (!IsUserBacked)
                return nuint.MaxValue;

            nuint gaps = 0;
            nint end = 0;
            IovIter walk = this;
            while (walk.NextRun(out nint address, out long length))
            {
                if (end != 0)
                    gaps |= (nuint)end | (nuint)address;

                end = address + (nint)length;
            }

            return gaps;
        }
    }

    /// <summary>An upper bound for the pages that the remaining bytes reach over: entries enough for a page array.</summary>
    /// <param name="max">The answer is never more than this.</param>
    /// <returns>Pages of 4096 bytes.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="max"/> is negative.</exception>
    /// <exception cref="InvalidOperationException">Checked mode is on and the iterator is used outside the call that made it.</exception>
    /// <remarks>
    /// The kernel's <c>iov_iter_npages</c>. Deviation: for memory that the garbage collector can move it is the bound that holds wherever the
    /// memory is moved before it is pinned.
    /// </remarks>
    public readonly int PageCount(int max)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(max);
        CheckThread();
        long pages = 0;
        IovIter walk = this;
        bool movable = ExtractWillPin;
        if (movable)
        {
            while (pages < max && walk._count > 0)
            {
                int length = walk.PeekMemory(walk._count).Length;
                pages += Pages.SpannedAnywhere(length);
                walk.Step(length);
            }
        }
        else if (_layout == IterLayout.Store)
        {
            // By position: a hole may be filled before the pages are taken.
            pages = Pages.Spanned(_offset, _count);
        }
        else
        {
            while (pages < max && walk.NextRun(out nint address, out long length))
                pages += Pages.Spanned(address, length);
        }

        return (int)Math.Min(pages, max);
    }

    /// <summary>Takes the next contiguous run, with the address it has at the moment. For working copies only.</summary>
    private unsafe bool NextRun(out nint address, out long length)
    {
        address = 0;
        length = 0;
        if (_count == 0)
            return false;

        if (ExtractWillPin)
        {
            Span<byte> span = PeekMemory(_count).Span;
            address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(span));
            length = span.Length;
        }
        else
        {
            BvecEntry run = PeekStable(_count);
            address = run.Address;
            length = run.Length;
        }

        Step(length);
        return length != 0;
    }
}
