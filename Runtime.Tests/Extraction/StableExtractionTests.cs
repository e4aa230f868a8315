using System.Buffers;
using System.IO.Pipelines;

namespace BufferLifetime.Tests;

/// <summary>Extraction from kinds that are not user-backed: borrowed where the memory cannot move, pinned where it can.</summary>
public sealed class StableExtractionTests : BalancedTest
{
    public static TheoryData<string> Kinds => [.. IterSamples.Names];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_form_of_extraction_reaches_all_bytes_in_order(string kind)
    {
        using var sample = new IterSamples(kind, TransferDirection.Source);
        foreach (ExtractFlags flags in new[] { ExtractFlags.None, ExtractFlags.PerPage })
        {
            for (int entries = 1; entries < 5; entries++)
            {
                IovIter iter = sample.Iter;
                var list = new PageFragment[entries];
                var bytes = new List<byte>();
                while (true)
                {
                    ExtractResult result = iter.ExtractPages(list, 29, flags);
                    Assert.Equal(sample.Iter.ExtractMode(flags), result.Mode);
                    foreach (ref readonly PageFragment fragment in list.AsSpan(0, result.Fragments))
                        bytes.AddRange(Native.Span(in fragment));

                    PageFragments.Release(list.AsSpan(0, result.Fragments));
                    if (result.Bytes == 0)
                        break;
                }

                Assert.Equal(sample.Content, bytes);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Page_arrays_reach_all_bytes_in_order(string kind)
    {
        using var sample = new IterSamples(kind, TransferDirection.Source);
        for (int entries = 1; entries < 4; entries++)
        {
            IovIter iter = sample.Iter;
            var pages = new PageFragment[entries];
            var bytes = new List<byte>();
            while (true)
            {
                int got = iter.ExtractPages(pages, 29, ExtractFlags.PerPage, out int offset);
                if (got == 0)
                    break;

                int count = (offset + got + 4095) / 4096;
                for (int i = 0, left = got, skip = offset; i < count; i++)
                {
                    int part = Math.Min(4096 - skip, left);
                    bytes.AddRange(Native.Span(new IoVector(pages[i].Address + skip, part)));
                    left -= part;
                    skip = 0;
                }

                PageFragments.Release(pages.AsSpan(0, count));
            }

            Assert.Equal(sample.Content, bytes);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Conversion_to_bvec_reaches_all_bytes(string kind)
    {
        using var sample = new IterSamples(kind, TransferDirection.Source);
        IovIter iter = sample.Iter;
        iter.Advance(3);
        using ExtractedIter kept = iter.ExtractToBvec(50);
        Assert.Equal(sample.Length - 53, iter.Count);
        IovIter bvec = kept.Iter;
        Assert.Equal(sample.Content[3..53], sample.Read(ref bvec));
        Assert.Equal(kept.Mode == ExtractMode.Pin, sample.Iter.ExtractWillPin);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_failure_at_any_step_of_any_extraction_holds_nothing_and_moves_nothing(string kind)
    {
        using var sample = new IterSamples(kind, TransferDirection.Source);
        var extractions = new Action<IovIter>[]
        {
            iter => Undone(iter, (ref IovIter copy) => PageFragments.Release(Filled(ref copy, ExtractFlags.None))),
            iter => Undone(iter, (ref IovIter copy) => PageFragments.Release(Filled(ref copy, ExtractFlags.PerPage))),
            iter => Undone(iter, (ref IovIter copy) => PageFragments.Release(Filled(ref copy, ExtractFlags.GetForSource))),
            iter => Undone(iter, (ref IovIter copy) => copy.ExtractPages().Dispose()),
            iter => Undone(iter, (ref IovIter copy) =>
            {
                foreach (FoundRun run in copy.FindPages())
                    _ = run.Length;
            }),
            iter => Undone(iter, (ref IovIter copy) =>
            {
                var request = new IoRequest();
                Task<int> pending = request.Begin(ref copy).AsTask();
                request.Complete(1);
                pending.ContinueWith(_ => { }, TaskScheduler.Default);
            }),
            iter => Undone(iter, (ref IovIter copy) => copy.ExtractPages(long.MaxValue, ExtractFlags.PerPage).Dispose()),
            iter => Undone(iter, (ref IovIter copy) =>
            {
                var pages = new PageFragment[4];
                copy.ExtractPages(pages, long.MaxValue, ExtractFlags.PerPage, out _);
                PageFragments.Release(pages);
            }),
            iter => Undone(iter, (ref IovIter copy) =>
            {
                IovIter walked = copy;
                walked.ForEachPage(long.MaxValue, 0, (_, run) => run.Length);
            }),
            iter => Undone(iter, (ref IovIter copy) =>
            {
                var holds = new PageFragment[16];
                int used = 1;
                try
                {
                    copy.ExtractToScatterList(new IoVector[16], holds, ref used);
                }
                catch
                {
                    Assert.Equal(1, used);
                    Assert.All(holds, hold => Assert.True(hold.IsEmpty));
                    throw;
                }

                PageFragments.Release(holds);
            }),
        };
        foreach (Action<IovIter> extraction in extractions)
        {
            // What pins has steps to fail at: a sweep of none would prove nothing.
            int steps = FaultSweep.Over(() => extraction(sample.Iter));
            Assert.True(steps > 0 || !sample.Iter.ExtractWillPin);
        }

        if (sample.Iter.Kind != IterKind.Kvec)
        {
            FaultSweep.Over(() => Undone(sample.Iter, (ref IovIter copy) =>
            {
                copy.GetPagesAlloc(out PageFragment[] pages, long.MaxValue, out _);
                PageFragments.PutPages(pages);
            }));
        }
    }

    [Fact]
    public async Task A_pipes_buffer_is_pinned_for_native_code_and_stays_borrowed_until_the_reader_advances()
    {
        var pipe = new Pipe();
        pipe.Writer.Write(KernelTables.PatternBytes(10_000));
        await pipe.Writer.FlushAsync();
        Assert.True(pipe.Reader.TryRead(out ReadResult read));

        IovIter iter = IovIter.Pipe(read);
        Assert.Equal((IterKind.Pipe, TransferDirection.Source, 10_000L), (iter.Kind, iter.Direction, iter.Count));
        Assert.True(iter.ExtractWillPin);
        using (PageLease lease = iter.ExtractPages())
        {
            Assert.Equal(ExtractMode.Pin, lease.Mode);
            byte[] bytes = [.. lease.IoVectors.ToArray().SelectMany(vector => Native.Span(vector).ToArray())];
            Assert.Equal(KernelTables.PatternBytes(10_000), bytes);
        }

        pipe.Reader.AdvanceTo(read.Buffer.End);
    }

    [Fact]
    public void Holes_of_a_sparse_store_end_an_extraction_that_had_bytes_and_empty_one_that_had_none()
    {
        using Folio first = Folio.Native(4096);
        using Folio second = Folio.Native(8192);
        var store = new FolioXarray();
        store.Store(0, first);
        store.Store(2, second);
        IovIter iter = IovIter.Xarray(store, 10, 16_000, TransferDirection.Source);
        var pages = new PageFragment[8];

        Assert.Equal(4086, iter.ExtractPages(pages, long.MaxValue, ExtractFlags.PerPage, out int offset0));
        Assert.Equal(10, offset0);
        Assert.Equal(0, iter.ExtractPages(pages, long.MaxValue, ExtractFlags.PerPage, out offset0));
        Assert.Equal(0, offset0);
        Assert.Equal(0, iter.ExtractPages(pages, long.MaxValue).Bytes);
        Assert.Equal(0, iter.SingleSegmentCount);
        Assert.Equal(0, iter.ExtractToBvec().Bytes);
        Assert.True(iter.ExtractPages().IsEmpty);

        iter.Advance(4096);
        Assert.Equal(16_010 - 8192, iter.ExtractPages(pages, long.MaxValue).Bytes);
        Assert.Equal(store.Erase(3), second);
        Assert.Equal(1, store.PageCount);
    }

    [Fact]
    public void A_chain_that_grows_is_walked_on_from_where_it_was_left()
    {
        using Folio folio = Folio.Native(4096);
        var first = new FolioQueueSegment(1);
        FolioQueueSegment last = first.Append(new BvecEntry(folio, 0, 100));
        IovIter iter = IovIter.FolioQueue(first, TransferDirection.Source);
        iter.Advance(100);
        last = last.Append(new BvecEntry(folio, 200, 50));
        Assert.Same(first.Next, last);
        Assert.Same(first, last.Previous);
        Assert.Throws<InvalidOperationException>(() => first.Append(folio));

        IovIter more = IovIter.FolioQueue(first, 1, 0, 50, TransferDirection.Source);
        var runs = new PageFragment[1];
        more.ExtractPages(runs, 100);
        Assert.Equal(folio.Address + 200, runs[0].Address);
        more.Revert(50);
        Assert.Throws<ArgumentOutOfRangeException>(() => more.Revert(1));
    }

    [Fact]
    public void Chains_and_stores_check_where_they_are_entered()
    {
        using Folio folio = Folio.Native(4096);
        using Folio odd = Folio.Native(100);
        var first = new FolioQueueSegment();
        first.Append(folio);
        Assert.Throws<ArgumentOutOfRangeException>(() => IovIter.FolioQueue(first, 2, 0, 0, TransferDirection.Source));
        Assert.Throws<ArgumentOutOfRangeException>(() => IovIter.FolioQueue(first, 0, 0, 4097, TransferDirection.Source));
        Assert.Throws<ArgumentOutOfRangeException>(() => IovIter.FolioQueue(first, 0, 100, 4000, TransferDirection.Source));
        Assert.Throws<ArgumentOutOfRangeException>(() => IovIter.FolioQueue(first, (TransferDirection)2));
        Assert.Throws<ArgumentOutOfRangeException>(() => first[1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => new FolioQueueSegment(0));
        var store = new FolioXarray();
        Assert.Throws<ArgumentException>(() => store.Store(0, odd));
        store.Store(1, folio);
        Assert.Throws<InvalidOperationException>(() => store.Store(1, folio));
        Assert.True(store.TryLoad(1, out Folio? found));
        Assert.Same(folio, found);
        Assert.False(store.TryLoad(0, out _));
        Assert.Null(store.Erase(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => IovIter.Xarray(store, -1, 1, TransferDirection.Source));
        Assert.Throws<ArgumentOutOfRangeException>(() => IovIter.Xarray(store, 1, long.MaxValue, TransferDirection.Source));
    }

    [Fact]
    public void Vectors_that_describe_no_memory_are_refused()
    {
        Assert.Throws<ArgumentException>("vectors", () => IovIter.Kvec([new IoVector(0, 1)], TransferDirection.Source));
        Assert.Throws<ArgumentException>("vectors", () => IovIter.Kvec([new IoVector(1, nuint.MaxValue)], TransferDirection.Source));
        Assert.Throws<ArgumentException>("vectors", () => IovIter.Kvec([new IoVector(1, (nuint)nint.MaxValue), new IoVector(1, 1)], TransferDirection.Source));
        Assert.Throws<ArgumentOutOfRangeException>(() => new IoVector(1, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => IovIter.Ubuf(default, (TransferDirection)7));
    }

    [Fact]
    public void One_transfer_covers_at_most_what_the_kernel_does()
    {
        // Nothing reads these bytes, so they need not exist.
        using Folio folio = Folio.Adopt(0x100000, 5L << 30);
        IovIter iter = IovIter.Bvec([new BvecEntry(folio)], TransferDirection.Source);
        var fragments = new PageFragment[2];
        Assert.Equal(new ExtractResult(IovIter.MaxTransferBytes, 1, ExtractMode.None), iter.ExtractPages(fragments, long.MaxValue));
        Assert.Equal(IovIter.MaxTransferBytes, fragments[0].Length);
        Assert.Equal((5L << 30) - IovIter.MaxTransferBytes, iter.Count);
        iter.Revert(IovIter.MaxTransferBytes);
        using ExtractedIter whole = iter.ExtractToBvec();
        Assert.Equal(5L << 30, whole.Bytes);

        Memory<byte> huge = folio.Slice(0, int.MaxValue);
        Assert.Equal(IovIter.MaxTransferBytes, IovIter.Ubuf(huge, TransferDirection.Source).Count);
        IovIter capped = IovIter.Iovec([huge[..1000], huge, huge], TransferDirection.Source);
        Assert.Equal(IovIter.MaxTransferBytes, capped.Count);
        using PageLease lease = capped.ExtractPages();
        Assert.Equal(IovIter.MaxTransferBytes, lease.Bytes);
        Assert.Equal(0, capped.Count);
        capped.Revert(IovIter.MaxTransferBytes);
        Assert.Equal(1000, capped.SingleSegmentCount);
    }

    [Fact]
    public void Windows_of_arrays_are_iterated_like_arrays()
    {
        Memory<byte>[] segments = [new byte[1], new byte[] { 1, 2 }, new byte[] { 3 }, new byte[1]];
        IovIter iter = IovIter.Iovec(segments.AsMemory(1, 2), TransferDirection.Source);
        var bytes = new byte[10];
        Assert.Equal(3, iter.CopyFrom(bytes));
        Assert.Equal([1, 2, 3], bytes[..3]);
        Assert.Throws<ArgumentOutOfRangeException>(() => iter.Revert(4));
        iter.Revert(3);
        using PageLease lease = iter.ExtractPages();
        Assert.Equal(3, lease.Bytes);
    }

    private delegate void Extraction(ref IovIter iter);

    private void Undone(IovIter iter, Extraction extract)
    {
        IovIter copy = iter;
        try
        {
            extract(ref copy);
        }
        catch (InjectedFaultException)
        {
            Assert.Equal(iter.Count, copy.Count);
            IovIter expected = iter;
            Assert.Equal(Bytes(ref expected), Bytes(ref copy));
            throw;
        }
        finally
        {
            AssertNothingHeld();
        }

        static byte[] Bytes(ref IovIter from)
        {
            Faults.Inject(null);
            var bytes = new byte[from.Count];
            from.CopyFrom(bytes);
            return bytes;
        }
    }

    private static PageFragment[] Filled(ref IovIter iter, ExtractFlags flags)
    {
        var list = new PageFragment[16];
        try
        {
            iter.ExtractPages(list, long.MaxValue, flags);
        }
        catch
        {
            Assert.All(list, entry => Assert.True(entry.IsEmpty));
            throw;
        }

        return list;
    }
}
