using System.IO.MemoryMappedFiles;

namespace BufferLifetime.Tests;

public sealed class FolioTests : BalancedTest
{
    [Fact]
    public void Memory_goes_when_creator_references_and_pins_have_all_let_go_and_the_callback_runs_once()
    {
        int released = 0;
        Folio folio = Folio.Native(5000, _ => released++);
        folio.Get();
        folio.Pin();
        folio.Dispose();
        folio.Dispose();
        Assert.Equal((1, 1, false), (folio.ReferenceCount, folio.PinCount, folio.IsReleased));
        folio.Put();
        Assert.Equal(0, released);
        folio.Unpin();
        Assert.Equal(1, released);
        Assert.True(folio.IsReleased);
    }

    [Fact]
    public void More_given_back_than_taken_is_refused_and_others_keep_what_they_hold()
    {
        using Folio folio = Folio.Native(100);
        Assert.Throws<AlreadyReleasedException>(folio.Put);
        Assert.Throws<AlreadyReleasedException>(folio.Unpin);
        folio.Get();
        Assert.Throws<AlreadyReleasedException>(folio.Unpin);
        folio.Put();
        Assert.Throws<AlreadyReleasedException>(folio.Put);
        Assert.False(folio.IsReleased);
    }

    [Fact]
    public void A_released_folio_refuses_every_use()
    {
        Folio folio = Folio.Native(100);
        Memory<byte> memory = folio.Memory;
        folio.Dispose();
        Assert.Throws<ObjectDisposedException>(() => folio.Address);
        Assert.Throws<ObjectDisposedException>(() => folio.Memory);
        Assert.Throws<ObjectDisposedException>(() => folio.AsSpan(0, 1).Length);
        Assert.Throws<ObjectDisposedException>(() => folio.Slice(0, 1));
        Assert.Throws<ObjectDisposedException>(folio.Get);
        Assert.Throws<ObjectDisposedException>(folio.Pin);
        Assert.Throws<ObjectDisposedException>(() => memory.Span.Length);
        Assert.Throws<ObjectDisposedException>(() => memory.Pin());
        Assert.Throws<ObjectDisposedException>(() => new BvecEntry(folio));
        IovIter iter = IovIter.Ubuf(memory);
        Assert.Throws<ObjectDisposedException>(() => iter.ExtractPages(new PageFragment[1], 1));
    }

    [Fact]
    public void Pinning_a_folios_memory_pins_the_folio_until_the_extraction_is_released()
    {
        Folio folio = Folio.Native(10_000);
        IovIter iter = IovIter.Ubuf(folio.Memory[100..], TransferDirection.Destination);
        PageLease lease = iter.ExtractPages();
        Assert.Equal(1, folio.PinCount);
        Assert.Equal(folio.Address + 100, lease.IoVectors[0].Base);
        Assert.Equal(9900, lease.Fragments[0].Memory.Length);
        folio.Dispose();
        Assert.False(folio.IsReleased);
        lease.Release();
        Assert.True(folio.IsReleased);
    }

    [Fact]
    public void A_reference_on_a_folios_memory_is_the_folios_own()
    {
        using Folio folio = Folio.Native(100);
        IovIter iter = IovIter.Ubuf((ReadOnlyMemory<byte>)folio.Memory);
        var fragments = new PageFragment[1];
        iter.ExtractPages(fragments, 50, ExtractFlags.GetForSource);
        Assert.Equal((1, 0), (folio.ReferenceCount, folio.PinCount));
        Assert.Equal(50, fragments[0].Memory.Length);
        fragments[0].Put();
        Assert.Equal(0, folio.ReferenceCount);
    }

    [Fact]
    public void Native_and_pooled_folios_start_at_page_boundaries()
    {
        using Folio native = Folio.Native(1);
        using Folio pooled = Folio.Pooled(4097);
        Assert.Equal(0, native.Address % 4096);
        Assert.Equal(0, pooled.Address % 4096);
        Assert.Equal((1L, 1L), (native.Length, native.PageCount));
        Assert.Equal((4097L, 2L), (pooled.Length, pooled.PageCount));
        Assert.Equal(0, native.AsSpan(0, 1)[0]);
    }

    [Fact]
    public void Pooled_memory_is_used_again_and_poisoned_in_between_in_checked_mode()
    {
        using var checks = new CheckedScope();
        const int Length = 3 << 20;
        Folio folio = Folio.Pooled(Length);
        nint address = folio.Address;
        folio.AsSpan(0, Length).Fill(1);
        folio.Dispose();
        using Folio again = Folio.Pooled(Length);
        Assert.Equal(address, again.Address);
        Assert.Equal(-1, again.AsSpan(0, Length).IndexOfAnyExcept(CheckedMode.Poison));
    }

    [Fact]
    public void A_mapped_folio_is_the_file()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, KernelTables.PatternBytes(20_000));
            using (var file = MemoryMappedFile.CreateFromFile(path, FileMode.Open))
            {
                using Folio folio = Folio.Mapped(file, 5000, 10_000);
                IovIter iter = IovIter.Bvec([new BvecEntry(folio)], TransferDirection.Destination);
                Assert.Equal(KernelTables.Pattern(5000), folio.AsSpan(0, 1)[0]);
                iter.Zero(100);
                using Folio reading = Folio.Mapped(file, 0, 4096, MemoryMappedFileAccess.Read);
                Assert.True(reading.IsReadOnly);
                Assert.Throws<TransferDirectionException>(() => IovIter.Bvec([new BvecEntry(reading)], TransferDirection.Destination));
                Assert.Equal(4096, IovIter.Bvec([new BvecEntry(reading)], TransferDirection.Source).Count);
            }

            byte[] after = File.ReadAllBytes(path);
            Assert.Equal(new byte[100], after[5000..5100]);
            Assert.Equal(KernelTables.Pattern(5100), after[5100]);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Device_memory_is_refused_unless_it_is_allowed_for()
    {
        using Folio backing = Folio.Native(4096);
        int released = 0;
        using (Folio peer = Folio.Peer(backing.Address, 4096, _ => released++))
        {
            Assert.True(peer.IsPeer);
            IovIter iter = IovIter.Iovec([new byte[10], peer.Memory], TransferDirection.Source);
            Assert.Throws<PeerMemoryException>(() => iter.ExtractPages(new PageFragment[2], 100));
            Assert.Throws<PeerMemoryException>(() => iter.ExtractPages(100, ExtractFlags.GetForSource));
            Assert.Throws<PeerMemoryException>(() => iter.ExtractPages());
            Assert.Equal(4106, iter.Count);
            IovIter only = IovIter.Ubuf((ReadOnlyMemory<byte>)peer.Memory);
            Assert.Throws<PeerMemoryException>(() => only.GetPages(new PageFragment[2], 100, out _));
            AssertNothingHeld();
            Assert.Equal(0, peer.PinCount);

            using PageLease lease = iter.ExtractPages(long.MaxValue, ExtractFlags.AllowPeerMemory);
            Assert.Equal(1, peer.PinCount);
            IovIter known = IovIter.Bvec([new BvecEntry(peer)], TransferDirection.Source);
            Assert.Throws<ArgumentException>("flags", () => known.ExtractPages(10, ExtractFlags.AllowPeerMemory));
            Assert.Equal(10, known.ExtractPages(new PageFragment[1], 10).Bytes);
        }

        Assert.Equal(1, released);
    }

    [Fact]
    public void Slices_outside_a_folio_are_refused_without_overflow()
    {
        using Folio folio = Folio.Native(100);
        Assert.Throws<ArgumentOutOfRangeException>(() => folio.Slice(90, 11));
        Assert.Throws<ArgumentOutOfRangeException>(() => folio.AsSpan(-1, 1).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => new BvecEntry(folio, long.MaxValue, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BvecEntry(folio, 1, long.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => Folio.Native(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Folio.Adopt(0, 10));
        Assert.Equal(0, folio.Slice(100, 0).Length);
    }

    [Fact]
    public void Counts_from_many_threads_release_once()
    {
        int released = 0;
        Folio folio = Folio.Native(100, _ => Interlocked.Increment(ref released));
        for (int i = 0; i < 8; i++)
        {
            folio.Get();
            folio.Pin();
        }

        Parallel.For(0, 16, i =>
        {
            for (int round = 0; round < 1000; round++)
            {
                folio.Get();
                folio.Put();
            }

            if (i % 2 == 0)
                folio.Put();
            else
                folio.Unpin();
            folio.Dispose();
        });
        Assert.Equal(1, released);
    }
}
