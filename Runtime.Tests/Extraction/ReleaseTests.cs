using System.Runtime.CompilerServices;

namespace BufferLifetime.Tests;

public sealed class ReleaseTests : BalancedTest
{
    [Fact]
    public void The_verb_of_another_mode_throws_and_releases_nothing()
    {
        PageFragment pinned = Take(ExtractFlags.None);
        PageFragment referred = Take(ExtractFlags.GetForSource);

        var put = Assert.Throws<ReleaseModeMismatchException>(pinned.Put);
        var unpin = Assert.Throws<ReleaseModeMismatchException>(referred.Unpin);

        Assert.Equal((ExtractMode.Pin, ExtractMode.Get), (put.Held, put.Released));
        Assert.Equal((ExtractMode.Get, ExtractMode.Pin), (unpin.Held, unpin.Released));
        Assert.Equal(1, PinsHeld);
        Assert.Equal(1, ReferencesHeld);
        pinned.Unpin();
        referred.Put();
    }

    [Fact]
    public void One_wrong_mode_among_many_releases_none_of_them()
    {
        PageFragment[] mixed = [Take(ExtractFlags.None), Take(ExtractFlags.GetForSource)];
        Assert.Throws<ReleaseModeMismatchException>(() => PageFragments.Unpin(mixed));
        Assert.Throws<ReleaseModeMismatchException>(() => PageFragments.Put(mixed));
        Assert.Throws<ReleaseModeMismatchException>(() => PageFragments.PutPages(mixed));
        Assert.Equal(1, PinsHeld);
        PageFragments.Release(mixed);
    }

    [Fact]
    public void A_second_release_throws_also_of_a_copy_and_when_the_record_has_been_reused()
    {
        PageFragment first = Take(ExtractFlags.None);
        PageFragment copy = first;
        first.Unpin();
        PageFragment next = Take(ExtractFlags.None);

        Assert.Throws<AlreadyReleasedException>(copy.Unpin);
        Assert.Throws<AlreadyReleasedException>(copy.Release);
        Assert.Throws<AlreadyReleasedException>(() => copy.Memory);

        Assert.Equal(1, PinsHeld);
        next.Unpin();
    }

    [Fact]
    public void A_fragment_listed_twice_is_released_once_and_the_others_too()
    {
        PageFragment first = Take(ExtractFlags.None), second = Take(ExtractFlags.None);
        Assert.Throws<AlreadyReleasedException>(() => PageFragments.Unpin([first, first, second]));
        AssertNothingHeld();
    }

    [Fact]
    public void Entries_that_were_never_filled_are_skipped()
    {
        PageFragment[] list = new PageFragment[3];
        list[1] = Take(ExtractFlags.None);
        PageFragments.Unpin(list);
        PageFragments.Put(new PageFragment[2]);
        PageFragments.Release(new PageFragment[2]);
    }

    [Fact]
    public void Borrowed_fragments_have_nothing_to_release()
    {
        using Folio folio = Folio.Native(100);
        IovIter iter = IovIter.Kvec([new IoVector(folio.Address, 100)], TransferDirection.Source);
        var fragments = new PageFragment[1];
        iter.ExtractPages(fragments, 100);

        Assert.Equal(ExtractMode.None, fragments[0].Mode);
        fragments[0].Release();
        fragments[0].Release();
        Assert.Throws<ReleaseModeMismatchException>(fragments[0].Unpin);
        Assert.Throws<ReleaseModeMismatchException>(() => PageFragments.Put(fragments));
        Assert.Throws<NotSupportedException>(() => fragments[0].Memory);
    }

    [Fact]
    public void A_release_from_another_thread_counts_once()
    {
        PageFragment fragment = Take(ExtractFlags.None);
        int released = 0;
        Parallel.For(0, 8, _ =>
        {
            try
            {
                fragment.Unpin();
                Interlocked.Increment(ref released);
            }
            catch (AlreadyReleasedException)
            {
            }
        });
        Assert.Equal(1, released);
    }

    [Theory]
    [InlineData(ExtractFlags.None)]
    [InlineData(ExtractFlags.GetForSource)]
    [InlineData(ExtractFlags.PerPage)]
    [InlineData(ExtractFlags.PerPage | ExtractFlags.GetForSource)]
    public void What_is_held_is_kept_alive_and_what_was_released_is_not(ExtractFlags flags)
    {
        (WeakReference array, PageFragment[] fragments) = Hold(flags);
        Collect();
        Assert.True(array.IsAlive);
        PageFragments.Release(fragments);
        Collect();
        Assert.False(array.IsAlive);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static (WeakReference Array, PageFragment[] Fragments) Hold(ExtractFlags flags)
        {
            var bytes = new byte[10_000];
            IovIter iter = IovIter.Ubuf(bytes);
            var fragments = new PageFragment[4];
            iter.ExtractPages(fragments, long.MaxValue, flags);
            return (new WeakReference(bytes), fragments);
        }

        static void Collect()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
        }
    }

    [Fact]
    public void A_reference_and_a_pin_differ_in_what_the_collector_may_do()
    {
        // One reference is not a pin: after compaction the bytes are elsewhere than the dangerous address says.
        bool moved = false;
        for (int attempt = 0; attempt < 20 && !moved; attempt++)
        {
            for (int i = 0; i < 100; i++)
                _ = new byte[500];

            IovIter iter = IovIter.Ubuf(new byte[500]);
            var fragments = new PageFragment[1];
            iter.ExtractPages(fragments, 500, ExtractFlags.GetForSource);
            GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
            using (var pin = fragments[0].Memory.Pin())
            {
                unsafe
                {
                    moved = (nint)pin.Pointer != fragments[0].DangerousAddress;
                }
            }

            fragments[0].Put();
        }

        Assert.True(moved);
    }

    private static PageFragment Take(ExtractFlags flags)
    {
        IovIter iter = IovIter.Ubuf(new byte[100]);
        var fragments = new PageFragment[1];
        Assert.Equal(100, iter.ExtractPages(fragments, 100, flags).Bytes);
        return fragments[0];
    }
}
