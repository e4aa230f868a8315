using System.Buffers;
using System.IO.MemoryMappedFiles;
using System.Reflection;

namespace BufferLifetime.Tests;

/// <summary>Folios of every origin live as long as somebody holds them, and not longer.</summary>
public sealed class FolioLifetimeTests : BalancedTest
{
    private readonly Folio _backing;

    public FolioLifetimeTests() => _backing = Own(Folio.Native(4096));

    private delegate void Use(ref IovIter iter);

    public static TheoryData<FolioKind> Origins => [.. Enum.GetValues<FolioKind>()];

    public static TheoryData<string> Ways => ["Ubuf", "Iovec", "Bvec", "FolioQueue", "Xarray", "Pipe"];

    [Theory]
    [MemberData(nameof(Origins))]
    public void The_callback_runs_once_whoever_lets_go_last(FolioKind kind)
    {
        Action<Folio>[] lettingGo = [folio => folio.Dispose(), folio => folio.Put(), folio => folio.Unpin()];
        foreach (int[] order in new int[][] { [0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0] })
        {
            int released = 0;
            Folio folio = Of(kind, _ => released++);
            Assert.Equal(kind, folio.Kind);
            folio.Get();
            folio.Pin();
            for (int i = 0; i < 3; i++)
            {
                Assert.Equal((0, false), (released, folio.IsReleased));
                lettingGo[order[i]](folio);
            }

            Assert.Equal((1, true), (released, folio.IsReleased));
            folio.Dispose();
            Assert.Throws<AlreadyReleasedException>(folio.Put);
            Assert.Throws<AlreadyReleasedException>(folio.Unpin);
            Assert.Throws<ObjectDisposedException>(folio.Get);
            Assert.Throws<ObjectDisposedException>(folio.Pin);
            Assert.Equal(1, released);
        }
    }

    [Fact]
    public void What_the_callback_was_called_for_cannot_be_held_again_by_it()
    {
        Exception? refused = null;
        Folio folio = Folio.Native(10, released => refused = Record.Exception(released.Get));
        folio.Dispose();
        Assert.IsType<ObjectDisposedException>(refused);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Every_use_of_an_iterator_over_it_is_refused_after_the_last_release(string way)
    {
        Folio folio = Folio.Native(4096);
        IovIter iter = Over(way, folio);
        folio.Dispose();
        Use[] uses =
        [
            (ref IovIter of) => of.CopyFrom(new byte[10]),
            (ref IovIter of) => of.CopyFromExactly(new byte[10]),
            (ref IovIter of) => of.ExtractPages(new PageFragment[1], 10),
            (ref IovIter of) => of.ExtractPages(new PageFragment[1], 10, ExtractFlags.PerPage),
            (ref IovIter of) => of.ExtractPages(new PageFragment[1], 10, ExtractFlags.GetForSource),
            (ref IovIter of) => of.ExtractPages(new PageFragment[1], 10, ExtractFlags.PerPage, out _),
            (ref IovIter of) => of.ExtractPages(),
            (ref IovIter of) => of.ExtractToBvec(),
            (ref IovIter of) =>
            {
                int used = 0;
                of.ExtractToScatterList(new IoVector[2], new PageFragment[2], ref used);
            },
            (ref IovIter of) => of.GetPages(new PageFragment[1], 10, out _),
            (ref IovIter of) => of.GetPagesAlloc(out _, 10, out _),
            (ref IovIter of) =>
            {
                foreach (FoundRun run in of.FindPages())
                    _ = run.Length;
            },
            (ref IovIter of) => of.ForEachPage(10, 0, (_, run) => run.Length),
        ];
        foreach (Use use in uses)
        {
            IovIter copy = iter;
            Assert.Throws<ObjectDisposedException>(() => use(ref copy));
            Assert.Equal(4096, copy.Count);
            AssertNothingHeld();
        }

        if (!iter.ExtractWillPin)
        {
            int used = 0;
            Assert.Throws<ObjectDisposedException>(() => iter.ExtractToRdma(new RdmaElement[2], ref used, 1));
        }
    }

    [Fact]
    public void More_references_than_can_be_counted_are_refused()
    {
        // To count that far would take a minute; the count is put where it would be.
        int released = 0;
        Folio folio = Folio.Native(10, _ => released++);
        FieldInfo holds = typeof(Folio).GetField("_holds", BindingFlags.NonPublic | BindingFlags.Instance)!;
        long before = (long)holds.GetValue(folio)!;
        holds.SetValue(folio, before + int.MaxValue);
        Assert.Throws<OverflowException>(folio.Get);
        Assert.Equal((int.MaxValue, 0), (folio.ReferenceCount, folio.PinCount));
        folio.Put();
        folio.Get();
        holds.SetValue(folio, before + ((long)int.MaxValue << 32));
        Assert.Throws<OverflowException>(folio.Pin);
        Assert.Equal((0, int.MaxValue), (folio.ReferenceCount, folio.PinCount));
        holds.SetValue(folio, before);
        folio.Dispose();
        Assert.Equal(1, released);
    }

    private static IovIter Over(string way, Folio folio)
    {
        switch (way)
        {
            case "Ubuf":
                return IovIter.Ubuf((ReadOnlyMemory<byte>)folio.Memory);
            case "Iovec":
                return IovIter.Iovec([folio.Memory[..100], folio.Memory[100..]], TransferDirection.Source);
            case "Bvec":
                return IovIter.Bvec([new BvecEntry(folio)], TransferDirection.Source);
            case "FolioQueue":
                var chain = new FolioQueueSegment();
                chain.Append(folio);
                return IovIter.FolioQueue(chain, TransferDirection.Source);
            case "Xarray":
                var store = new FolioXarray();
                store.Store(0, folio);
                return IovIter.Xarray(store, 0, 4096, TransferDirection.Source);
            default:
                return IovIter.Pipe(new ReadOnlySequence<byte>(folio.Memory));
        }
    }

    private Folio Of(FolioKind kind, Action<Folio> released)
    {
        switch (kind)
        {
            case FolioKind.Native:
                return Folio.Native(100, released);
            case FolioKind.Pooled:
                return Folio.Pooled(100, released);
            case FolioKind.Mapped:
                using (var file = MemoryMappedFile.CreateNew(null, 4096))
                    return Folio.Mapped(file, 0, 100, MemoryMappedFileAccess.ReadWrite, released);

            case FolioKind.Peer:
                return Folio.Peer(_backing.Address, 100, released);
            default:
                return Folio.Adopt(_backing.Address, 100, released);
        }
    }
}
