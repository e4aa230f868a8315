using FsCheck;
using FsCheck.Fluent;

namespace BufferLifetime.Tests;

/// <summary>Stores with any holes, and imports of any range of a buffer of any fragments, are what a plain array says they are.</summary>
public sealed class HolesAndImportsModelTests : BalancedTest
{
    private const int Page = IovIter.PageSize;

    [Fact]
    public void Whatever_is_missing_from_a_store_every_form_ends_at_the_first_hole_and_goes_on_behind_it() =>
        Prop.ForAll(Layouts, layout => WalkStore(layout)).Check(Config.QuickThrowOnFailure.WithMaxTest(150));

    [Fact]
    public void Any_range_of_a_buffer_of_any_fragments_is_imported_as_its_bytes() =>
        Prop.ForAll(Ranges, ranges => Import(ranges.Lengths, ranges.Offset, ranges.Length)).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    private static Arbitrary<(bool[] Present, int Start, int Length)> Layouts => Arb.From(
        from present in Gen.Elements(true, true, false).ArrayOf(8)
        from start in Gen.Choose(0, (8 * Page) - 1)
        from length in Gen.Choose(0, (8 * Page) - start)
        select (present, start, length));

    private static Arbitrary<(int[] Lengths, int Offset, int Length)> Ranges => Arb.From(
        from lengths in Gen.OneOf(Gen.Constant(0), Gen.Choose(1, 4), Gen.Choose(1, 50)).ArrayOf(6)
        from offset in Gen.Choose(-1, lengths.Sum() + 1)
        from length in Gen.OneOf(Gen.Constant(0), Gen.Choose(0, lengths.Sum() + 1))
        select (lengths, offset, length));

    private static void WalkStore((bool[] Present, int Start, int Length) layout)
    {
        using Folio block = Folio.Native(8 * Page);
        KernelTables.PatternBytes(8 * Page).CopyTo(block.AsSpan(0, 8 * Page));
        var folios = new List<Folio>();
        var store = new FolioXarray();
        for (int i = 0; i < 8; i++)
        {
            if (!layout.Present[i])
                continue;

            folios.Add(Folio.Adopt(block.Address + (i * Page), Page));
            store.Store(i, folios[^1]);
        }

        IovIter iter = IovIter.Xarray(store, layout.Start, layout.Length, TransferDirection.Source);
        int position = layout.Start, end = layout.Start + layout.Length;
        while (position < end)
        {
            int stop = position;
            while (stop < end && layout.Present[stop / Page])
                stop = Math.Min(end, ((stop / Page) + 1) * Page);

            byte[] expected = block.AsSpan(position, stop - position).ToArray();
            IovIter copied = iter, listed = iter, leased = iter, kept = iter;
            var bytes = new byte[8 * Page];
            Assert.Equal(expected, bytes[..copied.CopyFrom(bytes)]);
            var pages = new PageFragment[8];
            int got = listed.ExtractPages(pages, long.MaxValue, ExtractFlags.PerPage, out int offset0);
            Assert.Equal((expected.Length, expected.Length == 0 ? 0 : position % Page), (got, offset0));
            using (PageLease lease = leased.ExtractPages())
                Assert.Equal(expected, lease.IoVectors.ToArray().SelectMany(vector => Native.Span(vector).ToArray()));
            using (ExtractedIter bvec = kept.ExtractToBvec())
                Assert.Equal(expected, IterSamples.Peek(bvec.Iter));
            Assert.All(new[] { copied, listed, leased, kept }, moved => Assert.Equal(end - stop, moved.Count));

            // The hole is passed over on purpose only.
            int next = Math.Min(end, ((stop / Page) + 1) * Page);
            iter = copied;
            iter.Advance(next - stop);
            position = next;
        }

        Assert.Equal(0, iter.Count);
        foreach (Folio folio in folios)
            folio.Dispose();
    }

    private static void Import(int[] lengths, int offset, int length)
    {
        int all = lengths.Sum();
        using Folio folio = Folio.Native((lengths.Length * 60) + 1);
        byte[] pattern = KernelTables.PatternBytes(all);
        var entries = new List<BvecEntry>();
        int next = 0;
        foreach (int part in lengths)
        {
            entries.Add(new BvecEntry(folio, entries.Count * 60, part));
            pattern.AsSpan(next, part).CopyTo(folio.AsSpan((entries.Count - 1) * 60, part));
            next += part;
        }

        using var lent = new LentBuffer([.. entries], TransferDirection.Source, _ => { });
        if (offset < 0 || offset > all || length > all - offset)
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => lent.Import(offset, length, TransferDirection.Source));
            return;
        }

        using RegisteredImport import = lent.Import(offset, length, TransferDirection.Source);
        byte[] expected = pattern[offset..(offset + length)];
        Assert.Equal(expected, IterSamples.Peek(import.Iter));
        IovIter iter = import.Iter;
        iter.Advance(length);
        Assert.Throws<ArgumentOutOfRangeException>(() => iter.Revert(length + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => iter.Reexpand(1));
        iter.Revert(length);
        Assert.Equal(expected, IterSamples.Peek(iter));
        if (length == 0)
            return;

        using var table = new RegisteredBufferTable(1);
        table.Register(0, lent);
        int half = (length + 1) / 2;
        BufferRange[] ranges = length == half ? [new(offset, half)] : [new(offset + half, length - half), new(offset, half)];
        using RegisteredImport several = table.Import(0, ranges, TransferDirection.Source);
        Assert.Equal([.. expected[half..], .. expected[..half]], IterSamples.Peek(several.Iter));
    }
}
