namespace BufferLifetime.Tests;

public sealed class ToRdmaTests : BalancedTest
{
    private readonly Folio _folio;

    public ToRdmaTests() => _folio = Own(Folio.Native(10_000));

    [Fact]
    public unsafe void Each_fragment_of_stable_memory_becomes_an_element()
    {
        Assert.Equal(16, sizeof(RdmaElement));
        IovIter iter = IovIter.Bvec([new(_folio, 0, 100), new(_folio, 0, 0), new(_folio, 5000, 200)], TransferDirection.Source);
        var elements = new RdmaElement[4];
        int used = 1;
        Assert.Equal(250, iter.ExtractToRdma(elements, ref used, localKey: 7, maxBytes: 250));
        Assert.Equal(3, used);
        Assert.Equal(50, iter.Count);
        Assert.Equal(new RdmaElement((ulong)_folio.Address, 100, 7), elements[1]);
        Assert.Equal(new RdmaElement((ulong)_folio.Address + 5000, 150, 7), elements[2]);
        Assert.Equal(50, iter.ExtractToRdma(elements, ref used, 7));
        Assert.Equal(0, iter.ExtractToRdma(elements, ref used, 7));
        Assert.Equal(0, PinsTaken);
    }

    [Fact]
    public void A_full_list_is_partial_success()
    {
        IovIter iter = IovIter.Kvec([new IoVector(_folio.Address, 10), new IoVector(_folio.Address, 20)], TransferDirection.Source);
        var elements = new RdmaElement[1];
        int used = 0;
        Assert.Equal(10, iter.ExtractToRdma(elements, ref used, 1));
        Assert.Equal(0, iter.ExtractToRdma(elements, ref used, 1));
        Assert.Equal(20, iter.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_mapping_that_fails_unmaps_exactly_what_this_call_mapped(int failing)
    {
        var device = new Device { FailAt = failing + 1 };
        BvecEntry[] entries = [new(_folio, 0, 10), new(_folio, 100, 20), new(_folio, 200, 30), new(_folio, 300, 40)];
        IovIter iter = IovIter.Bvec(entries, TransferDirection.Destination);
        var elements = new RdmaElement[8];
        int used = 0;
        IovIter first = IovIter.Bvec([new(_folio, 400, 5)], TransferDirection.Destination);
        first.ExtractToRdma(elements, ref used, device);

        Assert.Throws<IOException>(() => iter.ExtractToRdma(elements, ref used, device));

        Assert.Equal(1, used);
        Assert.Equal(100, iter.Count);
        RdmaElement kept = Assert.Single(device.Mapped);
        Assert.Equal(elements[0], kept);
        Assert.All(elements[1..], element => Assert.Equal(default, element));
    }

    [Fact]
    public void A_device_that_cannot_undo_one_mapping_is_asked_to_undo_the_others()
    {
        var device = new Device { FailAt = 3, Stuck = 3 };
        BvecEntry[] entries = [new(_folio, 0, 10), new(_folio, 100, 20), new(_folio, 200, 30), new(_folio, 300, 40)];
        IovIter iter = IovIter.Bvec(entries, TransferDirection.Destination);
        var elements = new RdmaElement[8];
        int used = 0;
        var told = Assert.Throws<IOException>(() => iter.ExtractToRdma(elements, ref used, device));
        Assert.Equal("no more mappings", told.Message);
        Assert.Equal(3u, Assert.Single(device.Mapped).LocalKey);
        Assert.Equal((0, 100L), (used, iter.Count));
        Assert.All(elements, element => Assert.Equal(default, element));
    }

    [Fact]
    public void Memory_that_can_be_moved_is_refused_until_it_is_converted()
    {
        var elements = new RdmaElement[4];
        int used = 0;
        foreach (string kind in IterSamples.Names)
        {
            using var sample = new IterSamples(kind, TransferDirection.Source);
            IovIter iter = sample.Iter;
            if (!iter.ExtractWillPin)
                continue;

            Assert.Throws<NotSupportedException>(() => iter.ExtractToRdma(elements, ref used, 1));
            using ExtractedIter kept = iter.ExtractToBvec(5);
            IovIter bvec = kept.Iter;
            used = 0;
            Assert.Equal(5, bvec.ExtractToRdma(elements, ref used, 1));
        }

        IovIter discard = IovIter.Discard(5);
        Assert.Throws<NotSupportedException>(() => discard.ExtractToRdma(elements, ref used, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() =>
        {
            int outside = 5;
            return discard.ExtractToRdma(elements, ref outside, 1);
        });
    }

    [Fact]
    public void Scatter_lists_check_their_arguments()
    {
        IovIter source = IovIter.Ubuf(new byte[10]);
        IovIter discard = IovIter.Discard(10);
        int used = 0, outside = 3;
        Assert.Throws<ArgumentException>("holds", () => source.ExtractToScatterList(new IoVector[2], new PageFragment[1], ref used));
        Assert.Throws<ArgumentOutOfRangeException>("used", () => source.ExtractToScatterList(new IoVector[2], new PageFragment[2], ref outside));
        Assert.Throws<ArgumentException>("flags", () => source.ExtractToScatterList(new WsaBuffer[2], new PageFragment[2], ref used, 10, ExtractFlags.GetForSource));
        Assert.Throws<NotSupportedException>(() => discard.ExtractToScatterList(new IoVector[2], new PageFragment[2], ref used));
        Assert.Equal(0, source.ExtractToScatterList(new IoVector[2], new PageFragment[2], ref used, 0));
        Assert.Equal(10, source.Count);
    }

    [Fact]
    public void A_scatter_list_that_fails_keeps_what_earlier_calls_added()
    {
        using var refusing = new CountingManager(10) { Refusal = new IOException("device gone") };
        var list = new IoVector[8];
        var holds = new PageFragment[8];
        int used = 0;
        IovIter good = IovIter.Ubuf(new byte[10]);
        good.ExtractToScatterList(list, holds, ref used);
        IovIter bad = IovIter.Iovec([new byte[5], new byte[5], refusing.Memory], TransferDirection.Source);
        Assert.Throws<IOException>(() => bad.ExtractToScatterList(list, holds, ref used));
        Assert.Equal(1, used);
        Assert.Equal(20, bad.Count);
        Assert.Equal(1, PinsHeld);
        PageFragments.Release(holds);
    }

    private sealed class Device : IRdmaDevice
    {
        private int _calls;

        internal int FailAt { get; init; }

        internal int Stuck { get; init; }

        internal List<RdmaElement> Mapped { get; } = [];

        public RdmaElement Map(nint address, uint length, TransferDirection direction)
        {
            if (_calls++ == FailAt)
                throw new IOException("no more mappings");

            var element = new RdmaElement((ulong)address, length, (uint)_calls);
            Mapped.Add(element);
            return element;
        }

        public void Unmap(in RdmaElement element, TransferDirection direction)
        {
            Assert.Equal(TransferDirection.Destination, direction);
            if (element.LocalKey == Stuck)
                throw new TimeoutException();

            Assert.True(Mapped.Remove(element));
        }
    }
}
