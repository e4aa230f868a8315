using System.Buffers;

namespace BufferLifetime.Tests;

/// <summary>Device memory: refused unless it is allowed for, and allowing for it is refused where its creator knows what it holds.</summary>
public sealed class PeerMemoryTests : BalancedTest
{
    private readonly Folio _peer;

    public PeerMemoryTests()
    {
        Folio backing = Own(Folio.Native(8192));
        _peer = Own(Folio.Peer(backing.Address, 8192));
    }

    private delegate void Use(ref IovIter iter, ExtractFlags flags);

    public static TheoryData<string> Stable => [.. IterSamples.Names.Where(name => name is not ("Ubuf" or "Iovec" or "ReadOnlyIovec"))];

    private static Use[] Uses =>
    [
        (ref IovIter iter, ExtractFlags flags) => PageFragments.Release(Filled(ref iter, flags)),
        (ref IovIter iter, ExtractFlags flags) => PageFragments.Release(Filled(ref iter, flags | ExtractFlags.PerPage)),
        (ref IovIter iter, ExtractFlags flags) =>
        {
            var pages = new PageFragment[4];
            iter.ExtractPages(pages, 8192, flags | ExtractFlags.PerPage, out _);
            PageFragments.Release(pages);
        },
        (ref IovIter iter, ExtractFlags flags) => iter.ExtractPages(long.MaxValue, flags).Dispose(),
        (ref IovIter iter, ExtractFlags flags) => iter.ExtractToBvec(long.MaxValue, flags).Dispose(),
        (ref IovIter iter, ExtractFlags flags) =>
        {
            var holds = new PageFragment[4];
            int used = 0;
            iter.ExtractToScatterList(new WsaBuffer[4], holds, ref used, long.MaxValue, flags);
            PageFragments.Release(holds);
        },
        (ref IovIter iter, ExtractFlags flags) =>
        {
            foreach (FoundRun run in iter.FindPages(long.MaxValue, flags))
                _ = run.Length;
        },
        (ref IovIter iter, ExtractFlags flags) => iter.ForEachPage(long.MaxValue, 0, (_, run) => run.Length, flags),
        (ref IovIter iter, ExtractFlags flags) =>
        {
            var request = new IoRequest();
            ValueTask<int> pending = request.Begin(ref iter, long.MaxValue, flags);
            request.Complete(0);
            Assert.Equal(0, pending.GetAwaiter().GetResult());
        },
    ];

    [Fact]
    public void Every_use_of_a_callers_memory_refuses_it_unless_it_is_allowed_for()
    {
        IovIter[] iters =
        [
            IovIter.Ubuf(_peer.Memory, TransferDirection.Source),
            IovIter.Ubuf(_peer.Memory[100..200], TransferDirection.Destination),
            IovIter.Iovec([_peer.Memory[..100], new byte[5]], TransferDirection.Destination),
            IovIter.Iovec([(ReadOnlyMemory<byte>)_peer.Memory]),
        ];
        foreach (IovIter iter in iters)
        {
            foreach (Use use in Uses)
            {
                IovIter refused = iter, allowed = iter;
                Assert.Throws<PeerMemoryException>(() => use(ref refused, ExtractFlags.None));
                Assert.Equal(iter.Count, refused.Count);
                AssertNothingHeld();
                use(ref allowed, ExtractFlags.AllowPeerMemory);
                AssertNothingHeld();
                Assert.Equal((0, 0), (_peer.PinCount, _peer.ReferenceCount));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Stable))]
    public void Allowing_for_it_is_refused_by_every_use_of_every_other_kind(string kind)
    {
        using var sample = new IterSamples(kind, TransferDirection.Source);
        foreach (Use use in Uses)
        {
            IovIter iter = sample.Iter;
            Assert.Throws<ArgumentException>("flags", () => use(ref iter, ExtractFlags.AllowPeerMemory));
            Assert.Equal(sample.Length, iter.Count);
            AssertNothingHeld();
        }
    }

    [Fact]
    public void A_chain_of_memory_that_has_it_is_always_refused_and_stable_kinds_over_it_are_what_their_creator_says()
    {
        IovIter pipe = IovIter.Pipe(new ReadOnlySequence<byte>(_peer.Memory));
        IovIter bvec = IovIter.Bvec([new BvecEntry(_peer)], TransferDirection.Source);
        foreach (Use use in Uses)
        {
            IovIter refused = pipe, known = bvec;
            Assert.Throws<PeerMemoryException>(() => use(ref refused, ExtractFlags.None));
            use(ref known, ExtractFlags.None);
        }

        using var table = new RegisteredBufferTable(1);
        Assert.Throws<PeerMemoryException>(() => table.Register(0, _peer.Memory));
        Assert.Equal(0, _peer.PinCount);
    }

    private static PageFragment[] Filled(ref IovIter iter, ExtractFlags flags)
    {
        var list = new PageFragment[4];
        iter.ExtractPages(list, long.MaxValue, flags);
        return list;
    }
}
