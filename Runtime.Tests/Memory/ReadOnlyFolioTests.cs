using System.IO.MemoryMappedFiles;

namespace BufferLifetime.Tests;

/// <summary>Memory that must not be written to is no destination, whichever way an iterator comes to it.</summary>
public sealed class ReadOnlyFolioTests : BalancedTest
{
    private readonly Folio _folio;

    public ReadOnlyFolioTests()
    {
        using var file = MemoryMappedFile.CreateNew(null, 8192);
        _folio = Own(Folio.Mapped(file, 0, 8192, MemoryMappedFileAccess.Read));
    }

    public static TheoryData<string> Ways => ["Ubuf", "Iovec", "Xarray"];

    [Theory]
    [MemberData(nameof(Ways))]
    public void Extracting_it_as_a_destination_throws_and_holds_nothing(string way)
    {
        IovIter iter = Over(way, TransferDirection.Destination);
        Assert.Throws<TransferDirectionException>(() => iter.ExtractPages(new PageFragment[4], 8192));
        Assert.Throws<TransferDirectionException>(() => iter.ExtractPages(new PageFragment[4], 8192, ExtractFlags.PerPage, out _));
        Assert.Throws<TransferDirectionException>(() => iter.ExtractPages());
        Assert.Throws<TransferDirectionException>(() => iter.GetPages(new PageFragment[4], 8192, out _));
        Assert.Throws<TransferDirectionException>(() =>
        {
            foreach (FoundRun run in iter.FindPages())
                _ = run.Length;
        });
        Assert.Throws<TransferDirectionException>(() => iter.ExtractToBvec());
        AssertNothingHeld();
        Assert.Equal(0, _folio.PinCount);
        Assert.Equal(Over(way, TransferDirection.Destination).Count, iter.Count);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Copying_into_it_throws_and_moves_nothing(string way)
    {
        IovIter iter = Over(way, TransferDirection.Destination);
        long count = iter.Count;
        Assert.Throws<TransferDirectionException>(() => iter.CopyTo(new byte[10]));
        Assert.Throws<TransferDirectionException>(() => iter.CopyToExactly(new byte[10]));
        Assert.Throws<TransferDirectionException>(() => iter.Zero(10));
        Assert.Equal(count, iter.Count);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void As_a_source_it_is_like_any_other_memory(string way)
    {
        IovIter iter = Over(way, TransferDirection.Source);
        long count = iter.Count;
        using PageLease lease = iter.ExtractPages();
        Assert.Equal(count, lease.Bytes);
        iter.Revert(count);
        Assert.Equal(count, iter.CopyFrom(new byte[count]));
    }

    [Fact]
    public void A_device_that_would_write_to_it_is_given_no_address()
    {
        IovIter iter = Over("Xarray", TransferDirection.Destination);
        int used = 0;
        Assert.Throws<TransferDirectionException>(() => iter.ExtractToRdma(new RdmaElement[4], ref used, 1));
        Assert.Throws<TransferDirectionException>(() => iter.ExtractToScatterList(new IoVector[4], new PageFragment[4], ref used));
        Assert.Equal((0, 8192L), (used, iter.Count));
    }

    [Fact]
    public void Registered_by_its_memory_it_is_a_source_only()
    {
        using var table = new RegisteredBufferTable(1);
        table.Register(0, _folio.Memory);
        using (RegisteredImport import = table.Import(0, 0, 10, TransferDirection.Source))
            Assert.Equal(10, import.Bytes);

        Assert.Throws<TransferDirectionException>(() => table.Import(0, 0, 10, TransferDirection.Destination));
    }

    [Fact]
    public void Registered_or_lent_it_is_a_source_only()
    {
        using var table = new RegisteredBufferTable(1);
        table.Register(0, _folio);
        table.Import(0, 0, 10, TransferDirection.Source).Dispose();
        Assert.Throws<TransferDirectionException>(() => table.Import(0, 0, 10, TransferDirection.Destination));
        Assert.Throws<TransferDirectionException>(() => new LentBuffer([new BvecEntry(_folio)], TransferDirection.Destination, _ => { }));
        Assert.Equal(1, _folio.PinCount);
        table.Unregister(0);
        Assert.Equal(0, _folio.PinCount);
    }

    [Fact]
    public void Entries_and_chains_that_have_it_are_no_destinations()
    {
        var chain = new FolioQueueSegment();
        chain.Append(_folio);
        Assert.Throws<TransferDirectionException>(() => IovIter.FolioQueue(chain, TransferDirection.Destination));
        Assert.Throws<TransferDirectionException>(() => IovIter.Bvec([new BvecEntry(_folio)], TransferDirection.Destination));
        Assert.Equal(8192, IovIter.FolioQueue(chain, TransferDirection.Source).Count);
    }

    private IovIter Over(string way, TransferDirection direction)
    {
        switch (way)
        {
            case "Ubuf":
                return IovIter.Ubuf(_folio.Memory, direction);
            case "Iovec":
                return IovIter.Iovec([_folio.Memory[..20], new byte[10]], direction);
            default:
                var store = new FolioXarray();
                store.Store(0, _folio);
                return IovIter.Xarray(store, 0, 8192, direction);
        }
    }
}
