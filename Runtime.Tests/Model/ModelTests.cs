using FsCheck;
using FsCheck.Fluent;

namespace BufferLifetime.Tests;

/// <summary>Random operations on random layouts of every kind do what a plain array with a position does.</summary>
public sealed class ModelTests : BalancedTest
{
    private const int Operations = 18;

    public static TheoryData<string, TransferDirection> Kinds
    {
        get
        {
            var data = new TheoryData<string, TransferDirection>();
            foreach (string kind in IterSamples.Names)
                data.Add(kind, TransferDirection.Source);
            foreach (string kind in IterSamples.DestinationNames)
                data.Add(kind, TransferDirection.Destination);

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Any_sequence_of_operations_does_what_the_model_does(string kind, TransferDirection direction) =>
        Prop.ForAll(Lengths, Steps, (lengths, operations) => Run(kind, direction, lengths, operations))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(200).WithEndSize(30));

    [Fact]
    public void Any_sequence_of_operations_on_a_discarding_iterator_does_what_the_model_does() =>
        Prop.ForAll(Steps, operations =>
        {
            var model = new ByteModel(new byte[20_000]);
            IovIter iter = IovIter.Discard(20_000);
            var saved = (Iter: iter.SaveState(), Model: model.State);
            foreach ((int operation, int amount) in operations)
            {
                Apply(Math.Abs(operation) % 8, Math.Abs(amount), ref iter, model, ref saved);
                Assert.Equal(model.Count, iter.Count);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200).WithEndSize(30));

    private static Arbitrary<int[]> Lengths => Arb.From(
        Gen.OneOf(Gen.Constant(0), Gen.Choose(1, 5), Gen.Choose(1, 100), Gen.Choose(4000, 4200), Gen.Choose(1, 12_000)).ArrayOf(),
        ArbMap.Default.ArbFor<int[]>().Shrinker);

    private static Arbitrary<(int, int)[]> Steps => Arb.From(
        (from operation in Gen.Choose(0, Operations - 1)
         from amount in Gen.OneOf(Gen.Choose(0, 10), Gen.Choose(0, 300), Gen.Choose(0, 30_000))
         select (operation, amount)).ArrayOf(),
        ArbMap.Default.ArbFor<(int, int)[]>().Shrinker);

    private void Run(string kind, TransferDirection direction, int[] lengths, (int, int)[] operations)
    {
        using (var sample = new IterSamples(kind, direction, [.. lengths.Select(Math.Abs)]))
        {
            var model = new ByteModel(sample.Content);
            IovIter start = sample.Iter, iter = sample.Iter;
            var saved = (Iter: iter.SaveState(), Model: model.State);
            Assert.Equal(model.Count, iter.Count);
            foreach ((int operation, int amount) in operations)
            {
                Apply(operation, Math.Abs(amount), ref iter, model, ref saved);
                Assert.Equal(model.Count, iter.Count);
                Assert.Equal(model.Left, IterSamples.Peek(iter));
                AssertNothingHeld();
            }

            Assert.Equal(model.Content, IterSamples.Peek(start));
        }
    }

    private static void Apply(
        int operation, int amount, ref IovIter iter, ByteModel model, ref (IovIterState Iter, (int Position, int End) Model) saved)
    {
        IovIter before = iter;
        switch (operation)
        {
            case 0:
                iter.Advance(amount);
                model.Advance(amount);
                break;
            case 1:
                if (model.TryRevert(amount))
                    iter.Revert(amount);
                else
                    Assert.Throws<ArgumentOutOfRangeException>(() => before.Revert(amount));
                break;
            case 2:
                iter.Truncate(amount);
                model.Truncate(amount);
                break;
            case 3:
                if (model.TryReexpand(amount))
                    iter.Reexpand(amount);
                else
                    Assert.Throws<ArgumentOutOfRangeException>(() => before.Reexpand(amount));
                break;
            case 4:
                saved = (iter.SaveState(), model.State);
                break;
            case 5:
                iter.Restore(saved.Iter);
                model.Restore(saved.Model);
                break;
            case 6:
                Copy(amount, ref iter, model);
                break;
            case 7:
                CopyExactly(amount, ref iter, model);
                break;
            case 8:
                Extract(amount, ref iter, model, ExtractFlags.None);
                break;
            case 9:
                Extract(amount, ref iter, model, ExtractFlags.PerPage);
                break;
            case 10:
                ExtractPageArray(amount, ref iter, model);
                break;
            case 11:
                using (PageLease lease = iter.ExtractPages(amount))
                    Assert.Equal(model.Read(lease.Bytes), lease.IoVectors.ToArray().SelectMany(vector => Native.Span(vector).ToArray()));
                break;
            case 12:
                using (ExtractedIter kept = iter.ExtractToBvec(amount))
                    Assert.Equal(model.Read(amount), IterSamples.Peek(kept.Iter));
                break;
            case 13:
                long done = iter.ForEachPage(amount, 0, (_, run) => Math.Min(run.Length, 50));
                model.Advance(done);
                break;
            case 14:
                ListScattered(amount, ref iter, model);
                break;
            case 15:
                GetPages(amount, ref iter, model);
                break;
            case 16:
                IovIter duplicate = iter.Duplicate();
                Assert.Equal(model.Left, IterSamples.Peek(duplicate));
                Assert.Throws<ArgumentOutOfRangeException>(() => duplicate.Revert(1));
                break;
            default:
                ListForDevice(amount, ref iter, model);
                break;
        }
    }

    private static void Copy(int amount, ref IovIter iter, ByteModel model)
    {
        if (iter.Direction == TransferDirection.Source)
        {
            var bytes = new byte[amount];
            int copied = iter.CopyFrom(bytes);
            Assert.Equal(model.Read(amount), bytes[..copied]);
        }
        else if (amount % 2 == 0)
        {
            Assert.Equal(model.Write(new byte[amount]), iter.Zero(amount));
        }
        else
        {
            byte[] bytes = KernelTables.PatternBytes(amount);
            Assert.Equal(model.Write(bytes), iter.CopyTo(bytes));
        }
    }

    private static void CopyExactly(int amount, ref IovIter iter, ByteModel model)
    {
        bool fits = amount <= model.Count;
        var bytes = new byte[amount];
        if (iter.Direction == TransferDirection.Destination)
        {
            Assert.Equal(fits, iter.CopyToExactly(bytes));
            if (fits)
                model.Write(bytes);
        }
        else
        {
            Assert.Equal(fits, iter.CopyFromExactly(bytes));
            if (fits)
                Assert.Equal(model.Read(amount), bytes);
        }
    }

    private static void Extract(int amount, ref IovIter iter, ByteModel model, ExtractFlags flags)
    {
        var fragments = new PageFragment[(amount % 5) + 1];
        ExtractResult result = iter.ExtractPages(fragments, amount, flags);
        Assert.Equal(result.Bytes == 0, model.Count == 0 || amount == 0);
        Assert.All(fragments[result.Fragments..], fragment => Assert.True(fragment.IsEmpty));
        Assert.Equal(model.Read(result.Bytes), fragments[..result.Fragments].SelectMany(fragment => Native.Span(in fragment).ToArray()));
        PageFragments.Release(fragments);
    }

    private static void ExtractPageArray(int amount, ref IovIter iter, ByteModel model)
    {
        var pages = new PageFragment[(amount % 3) + 1];
        int bytes = iter.ExtractPages(pages, amount, ExtractFlags.PerPage, out int offset0);
        Assert.Equal(bytes == 0, model.Count == 0 || amount == 0);
        var read = new List<byte>();
        for (int i = 0, left = bytes, skip = offset0; left > 0; i++, skip = 0)
        {
            int part = Math.Min(IovIter.PageSize - skip, left);
            Assert.Equal(0, pages[i].Address % IovIter.PageSize);
            read.AddRange(Native.Span(new IoVector(pages[i].Address + skip, part)));
            left -= part;
        }

        Assert.Equal(model.Read(bytes), read);
        PageFragments.Release(pages);
    }

    private static void ListScattered(int amount, ref IovIter iter, ByteModel model)
    {
        var list = new IoVector[(amount % 6) + 1];
        var holds = new PageFragment[list.Length];
        int used = amount % 2;
        int first = used;
        long bytes = iter.ExtractToScatterList(list, holds, ref used, amount);
        Assert.Equal(model.Read(bytes), list[first..used].SelectMany(vector => Native.Span(vector).ToArray()));
        PageFragments.Release(holds);
    }

    private static void ListForDevice(int amount, ref IovIter iter, ByteModel model)
    {
        var elements = new RdmaElement[(amount % 4) + 1];
        int used = amount % 2;
        int first = used;
        if (iter.ExtractWillPin)
        {
            IovIter copy = iter;
            Assert.Throws<NotSupportedException>(() => copy.ExtractToRdma(elements, ref used, 1, amount));
            return;
        }

        long bytes = iter.ExtractToRdma(elements, ref used, 1, amount);
        Assert.Equal(bytes == 0, model.Count == 0 || amount == 0 || first == elements.Length);
        Assert.Equal(model.Read(bytes), elements[first..used].SelectMany(element => Native.Span(new IoVector((nint)element.Address, element.Length)).ToArray()));
    }

    private static void GetPages(int amount, ref IovIter iter, ByteModel model)
    {
        if (iter.Kind == IterKind.Kvec)
        {
            IovIter copy = iter;
            if (amount > 0 && model.Count > 0)
                Assert.Throws<NotSupportedException>(() => copy.GetPages(new PageFragment[1], amount, out _));
            return;
        }

        int bytes = iter.GetPagesAlloc(out PageFragment[] pages, amount, out _);
        Assert.Equal(bytes == 0, model.Count == 0 || amount == 0);
        Assert.Equal(model.Read(bytes), pages.SelectMany(page => page.Memory.ToArray()));
        PageFragments.PutPages(pages);
    }
}
