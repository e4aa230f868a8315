using System.Runtime.CompilerServices;

namespace BufferLifetime.Tests;

public sealed class CheckedModeTests : BalancedTest
{
    [Fact]
    public void User_backed_iterators_refuse_another_thread()
    {
        using var checks = new CheckedScope();
        IovIter iter = IovIter.Ubuf(new byte[100], TransferDirection.Destination);
        IovIterState state = iter.SaveState();
        Action[] uses =
        [
            () => iter.ExtractPages(new PageFragment[1], 1),
            () => iter.ExtractPages(),
            () => iter.ExtractPages(new PageFragment[1], 1, ExtractFlags.PerPage, out _),
            () => iter.ExtractToBvec(),
            () =>
            {
                int used = 0;
                iter.ExtractToScatterList(new IoVector[1], new PageFragment[1], ref used);
            },
            () => new PageLease().Refill(ref iter),
            () => new IoRequest().Begin(ref iter).AsTask(),
            () => iter.GetPages(new PageFragment[1], 1, out _),
            () => iter.GetPagesAlloc(out _, 1, out _),
            () => iter.Truncate(1),
            () => iter.Reexpand(100),
            () => iter.SaveState(),
            () => iter.Duplicate(),
            () => _ = iter.SingleSegmentCount,
            () => _ = iter.Alignment,
            () => _ = iter.GapAlignment,
            () => iter.PageCount(1),
            () => iter.Advance(1),
            () => iter.Revert(0),
            () => iter.Restore(state),
            () => iter.CopyTo([1]),
            () => iter.CopyToExactly([1]),
            () => iter.Zero(1),
            () => iter.FindPages(),
            () => iter.ForEachPage(1, 0, (_, run) => run.Length),
        ];
        OnAnotherThread(() => Assert.All(uses, use => Assert.Throws<InvalidOperationException>(use)));
        Assert.Equal(100, iter.Count);
        iter.Advance(1);
    }

    [Fact]
    public void Converted_and_stable_iterators_may_change_threads()
    {
        using var checks = new CheckedScope();
        IovIter iter = IovIter.Ubuf(new byte[100], TransferDirection.Destination);
        using ExtractedIter kept = iter.ExtractToBvec();
        IovIter discard = IovIter.Discard(10);
        OnAnotherThread(() =>
        {
            IovIter bvec = kept.Iter;
            Assert.Equal(100, bvec.CopyTo(new byte[100]));
            discard.Advance(1);
        });
    }

    [Fact]
    public void Nothing_is_checked_when_the_mode_is_off()
    {
        using var noChecks = new CheckedScope(enabled: false);
        IovIter iter = IovIter.Ubuf(new byte[100], TransferDirection.Destination);
        OnAnotherThread(() => iter.Advance(1));
    }

    [Fact]
    public void Lost_leases_folios_and_conversions_are_reported_with_where_they_were_taken()
    {
        using var checks = new CheckedScope();
        var reports = new List<BufferLeakEventArgs>();
        void Collect(object? sender, BufferLeakEventArgs report)
        {
            lock (reports)
                reports.Add(report);
        }

        var saved = new PageFragment[2];
        Folio backing = Folio.Native(100);
        CheckedMode.LeakFound += Collect;
        try
        {
            Lose(saved, backing);
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        finally
        {
            CheckedMode.LeakFound -= Collect;
        }

        Assert.Equal(["Adopted", "Converted", "Lease"], reports.Select(report => report.Description.Split(' ')[0]).Order());
        Assert.All(reports, report => Assert.Contains(nameof(Lose), report.Origin, StringComparison.Ordinal));

        // What was lost stays held: native code may still use it. The test gives it back by hand.
        Assert.Equal(2, PinsHeld);
        Assert.Equal(2, LeasesHeld);
        PageFragments.Release(saved);
        ThreadLedger.Current.LeasesOutstanding -= 2;
        backing.Dispose();
    }

    [Fact]
    public void A_lost_import_is_reported_and_its_buffer_does_not_come_back()
    {
        using var checks = new CheckedScope();
        var reports = new List<BufferLeakEventArgs>();
        void Collect(object? sender, BufferLeakEventArgs report)
        {
            lock (reports)
                reports.Add(report);
        }

        int released = 0;
        using var table = new RegisteredBufferTable(1);
        using Folio folio = Folio.Native(100);
        table.Register(0, folio, _ => released++);
        CheckedMode.LeakFound += Collect;
        try
        {
            LoseImport(table);
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        finally
        {
            CheckedMode.LeakFound -= Collect;
        }

        BufferLeakEventArgs report = Assert.Single(reports);
        Assert.StartsWith("Import of 10 bytes", report.Description, StringComparison.Ordinal);
        Assert.Contains(nameof(LoseImport), report.Origin, StringComparison.Ordinal);

        // Native code may still use it, so it stays held. The test gives it back by hand.
        table.Unregister(0);
        Assert.Equal((0, 1, 1L), (released, folio.PinCount, LeasesHeld));
        folio.Unpin();
        ThreadLedger.Current.LeasesOutstanding--;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LoseImport(RegisteredBufferTable table)
    {
        table.Import(0, 0, 20, TransferDirection.Source).Dispose();
        _ = table.Import(0, 0, 10, TransferDirection.Source);
    }

    [Fact]
    public void The_address_of_a_released_fragment_is_refused()
    {
        using var checks = new CheckedScope();
        IovIter iter = IovIter.Ubuf(new byte[100], TransferDirection.Destination);
        var fragments = new PageFragment[1];
        iter.ExtractPages(fragments, 100);
        fragments[0].Unpin();
        Assert.Throws<AlreadyReleasedException>(() => fragments[0].Address);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Lose(PageFragment[] saved, Folio backing)
    {
        IovIter iter = IovIter.Iovec([new byte[10], new byte[10]], TransferDirection.Destination);
        PageLease lease = iter.ExtractPages(10);
        saved[0] = lease.Fragments[0];
        ExtractedIter kept = iter.ExtractToBvec();
        saved[1] = kept.Fragments[0];
        _ = Folio.Adopt(backing.Address, 10);
    }

    private static void OnAnotherThread(Action action)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                action();
            }
            catch (Exception thrown)
            {
                failure = thrown;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null)
            Assert.Fail(failure.ToString());
    }
}
