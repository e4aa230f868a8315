namespace BufferLifetime.Tests;

public sealed class PageLeaseTests : BalancedTest
{
    [Fact]
    public void A_lease_is_a_vectored_system_calls_argument()
    {
        if (OperatingSystem.IsWindows())
            return;

        string path = Path.GetTempFileName();
        try
        {
            byte[] content = KernelTables.PatternBytes(100_000);
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
            ReadOnlyMemory<byte>[] sources = [content.AsMemory(0, 1), content.AsMemory(1, 49_999), content.AsMemory(50_000)];
            IovIter source = IovIter.Iovec(sources);
            using (PageLease pages = source.ExtractPages())
                Assert.Equal(100_000, Native.Pwritev(file, pages.IoVectors, 0));

            Memory<byte>[] parts = [new byte[33_333], new byte[33_333], new byte[33_334]];
            IovIter destination = IovIter.Iovec(parts, TransferDirection.Destination);
            using (PageLease pages = destination.ExtractPages(maxBytes: 256 * 1024))
                Assert.Equal(100_000, Native.Preadv(file, pages.IoVectors, 0));

            Assert.Equal(content, parts.SelectMany(part => part.ToArray()));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public unsafe void Vectors_are_laid_out_as_native_code_expects()
    {
        Assert.Equal(16, sizeof(IoVector));
        Assert.Equal(16, sizeof(WsaBuffer));
        IovIter iter = IovIter.Ubuf(new byte[100], TransferDirection.Destination);
        using PageLease lease = iter.ExtractPages();
        IoVector vector = lease.IoVectors[0];
        WsaBuffer buffer = lease.WsaBuffers[0];
        Assert.Equal(vector.Base, *(nint*)&vector);
        Assert.Equal(100u, *(uint*)&buffer);
        Assert.Equal(vector.Base, buffer.Base);
        Assert.Equal(vector.Base, ((nint*)&buffer)[1]);
    }

    [Fact]
    public void Disposing_releases_exactly_once_and_the_explicit_verb_says_so()
    {
        IovIter iter = IovIter.Ubuf(new byte[100], TransferDirection.Destination);
        PageLease lease = iter.ExtractPages();
        Assert.Equal(1, LeasesHeld);
        lease.Dispose();
        lease.Dispose();
        Assert.Throws<AlreadyReleasedException>(lease.Release);
        Assert.Throws<AlreadyReleasedException>(() => lease.IoVectors.Length);
        Assert.Throws<AlreadyReleasedException>(() => lease.Fragments.Length);
        Assert.Equal(0, LeasesHeld);
        Assert.True(lease.IsEmpty);
    }

    [Fact]
    public void Refilling_releases_what_was_held_before()
    {
        IovIter iter = IovIter.Ubuf(new byte[100], TransferDirection.Destination);
        using PageLease lease = iter.ExtractPages(40);
        Assert.Equal(40, lease.Refill(ref iter, 40));
        Assert.Equal(1, PinsHeld);
        Assert.Equal(20, lease.Refill(ref iter, 40));
        Assert.Equal(0, lease.Refill(ref iter, 40));
        Assert.True(lease.IsEmpty);
        Assert.Equal(0, PinsHeld);
        Assert.Equal(0, lease.IoVectors.Length);
    }

    [Fact]
    public void A_lease_takes_no_more_fragments_than_a_system_call_does()
    {
        Memory<byte>[] segments = [.. Enumerable.Range(0, 1500).Select(_ => new Memory<byte>(new byte[2]))];
        IovIter iter = IovIter.Iovec(segments, TransferDirection.Destination);
        using PageLease lease = iter.ExtractPages();
        Assert.Equal(PageLease.MaxVectors, lease.IoVectors.Length);
        Assert.Equal((1500 - 1024) * 2, iter.Count);
        lease.Refill(ref iter);
        Assert.Equal(1500 - 1024, lease.IoVectors.Length);
    }

    [Fact]
    public void A_lease_by_reference_has_memory_and_no_vectors()
    {
        IovIter iter = IovIter.Ubuf(new byte[100]);
        using PageLease lease = iter.ExtractPages(100, ExtractFlags.GetForSource);
        Assert.Equal(ExtractMode.Get, lease.Mode);
        Assert.Throws<InvalidOperationException>(() => lease.IoVectors.Length);
        Assert.Equal(100, lease.Fragments[0].Memory.Length);
    }

    [Fact]
    public void A_failed_refill_leaves_lease_and_iterator_empty_handed()
    {
        using var refusing = new CountingManager(10) { Refusal = new IOException("device gone") };
        IovIter good = IovIter.Ubuf(new byte[100], TransferDirection.Destination);
        using PageLease lease = good.ExtractPages();
        IovIter bad = IovIter.Iovec([new byte[5], refusing.Memory], TransferDirection.Destination);
        Assert.Throws<IOException>(() => lease.Refill(ref bad));
        Assert.Equal(15, bad.Count);
        AssertNothingHeld();
        Assert.Equal(0, lease.Fragments.Length);
    }

    [Fact]
    public void A_failure_at_any_step_of_a_lease_holds_nothing()
    {
        Memory<byte>[] segments = [.. Enumerable.Range(0, 40).Select(_ => new Memory<byte>(new byte[5000]))];
        foreach (ExtractFlags flags in new[] { ExtractFlags.None, ExtractFlags.PerPage, ExtractFlags.GetForSource, ExtractFlags.GetForSource | ExtractFlags.PerPage })
        {
            IovIter iter = IovIter.Iovec(segments, TransferDirection.Source);
            int steps = FaultSweep.Over(() =>
            {
                IovIter copy = iter;
                try
                {
                    copy.ExtractPages(long.MaxValue, flags).Dispose();
                }
                catch (InjectedFaultException)
                {
                    Assert.Equal(iter.Count, copy.Count);
                    AssertNothingHeld();
                    throw;
                }
            });
            Assert.True(steps >= 41, $"{flags}: {steps}");
        }
    }
}
