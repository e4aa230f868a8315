using Xunit;
using static BufferLifetime.Analyzers.Tests.Rules.RuleCode;

namespace BufferLifetime.Analyzers.Tests.Rules.Modes;

/// <summary>BUF1002 where pages are returned, stored, passed on, or go by another name.</summary>
public sealed class NotReleasedOwnershipTests
{
    [Fact]
    public Task Lease_returned_to_the_caller_is_silent() => VerifyMembersAsync("""

        static PageLease M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            return lease;
        }
        """);

    [Fact]
    public Task Lease_returned_on_one_path_and_lost_on_the_other_is_reported() => VerifyMembersAsync("""

        static PageLease? M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            if (Any.Transfer(lease.IoVectors) < 0)
                {|BUF1002:return null;|}
            return lease;
        }
        """);

    [Fact]
    public Task Lease_returned_in_a_tuple_is_silent() => VerifyMembersAsync("""

        static (PageLease Lease, long Bytes) M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            return (lease, lease.Bytes);
        }
        """);

    [Fact]
    public Task Lease_returned_inside_another_object_is_silent() => VerifyMembersAsync("""

        sealed class Holder(PageLease lease)
        {
            public PageLease Lease => lease;
        }

        static Holder M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            return new Holder(lease);
        }
        """);

    [Fact]
    public Task Lease_returned_inside_an_initializer_is_silent() => VerifyMembersAsync("""

        sealed class Holder
        {
            public PageLease? Lease { get; init; }
        }

        static Holder M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            return new Holder { Lease = lease };
        }
        """);

    [Fact]
    public Task Lease_returned_as_the_value_of_a_task_is_silent() => VerifyMembersAsync("""

        static Task<PageLease> M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            return Task.FromResult(lease);
        }
        """);

    [Fact]
    public Task Only_the_size_of_a_lease_returned_is_reported() => VerifyMembersAsync("""

        static (long, ExtractMode) M(IovIter iter)
        {
            PageLease lease = iter.{|BUF1002:ExtractPages|}();
            return (lease.Bytes, lease.Mode);
        }
        """);

    [Fact]
    public Task Only_the_addresses_of_a_lease_returned_are_reported() => VerifyMembersAsync("""

        static IoVector[] M(IovIter iter)
        {
            PageLease lease = iter.{|BUF1002:ExtractPages|}();
            return lease.IoVectors.ToArray();
        }
        """);

    [Fact]
    public Task Array_of_pages_returned_is_silent() => VerifyMembersAsync("""

        static PageFragment[] M(IovIter iter)
        {
            var pages = new PageFragment[16];
            int n = iter.ExtractPages(pages, 65536).Fragments;
            return pages;
        }
        """);

    [Fact]
    public Task Slice_of_an_array_of_pages_returned_is_silent() => VerifyMembersAsync("""

        static PageFragment[] M(IovIter iter)
        {
            var pages = new PageFragment[16];
            int n = iter.ExtractPages(pages, 65536).Fragments;
            return pages[..n];
        }
        """);

    [Fact]
    public Task Memory_over_an_array_of_pages_returned_is_silent() => VerifyMembersAsync("""

        static ReadOnlyMemory<PageFragment> M(IovIter iter)
        {
            var pages = new PageFragment[16];
            int n = iter.ExtractPages(pages, 65536).Fragments;
            return pages.AsMemory(0, n);
        }
        """);

    [Fact]
    public Task Copy_of_the_pages_returned_is_silent() => VerifyMembersAsync("""

        static PageFragment[] M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[16];
            int n = iter.ExtractPages(pages, 65536).Fragments;
            return pages[..n].ToArray();
        }
        """);

    [Fact]
    public Task Pages_in_the_span_of_the_caller_are_the_callers() => VerifyMembersAsync("""

        static int M(IovIter iter, Span<PageFragment> pages)
        {
            return iter.ExtractPages(pages, 65536).Fragments;
        }
        """);

    [Fact]
    public Task Pages_in_the_array_of_the_caller_are_the_callers() => VerifyMembersAsync("""

        static int M(IovIter iter, PageFragment[] pages, int start)
        {
            ExtractResult taken = iter.ExtractPages(pages.AsSpan(start), 65536);
            return taken.Fragments;
        }
        """);

    [Fact]
    public Task Pages_in_an_array_of_the_object_are_the_objects() => VerifyMembersAsync("""

        private readonly PageFragment[] _pages = new PageFragment[16];
        private int _count;

        void M(IovIter iter)
        {
            _count = iter.ExtractPages(_pages, 65536).Fragments;
        }

        void Close()
        {
            PageFragments.Release(_pages.AsSpan(0, _count));
            _count = 0;
        }
        """);

    [Fact]
    public Task Pages_in_a_span_of_a_ref_struct_are_its_own() => VerifyMembersAsync("""

        ref struct Batch
        {
            private Span<PageFragment> _pages;
            private int _count;

            public void Fill(IovIter iter) => _count = iter.ExtractPages(_pages, 65536).Fragments;

            public void Dispose() => PageFragments.Release(_pages[.._count]);
        }
        """);

    [Fact]
    public Task Lease_stored_in_a_field_is_silent() => VerifyMembersAsync("""

        private PageLease? _lease;

        void M(IovIter iter)
        {
            _lease = iter.ExtractPages();
        }

        void Close()
        {
            _lease?.Dispose();
            _lease = null;
        }
        """);

    [Fact]
    public Task Lease_stored_in_a_field_through_a_local_is_silent() => VerifyMembersAsync("""

        private PageLease? _lease;

        int M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            int sent = Any.Transfer(lease.IoVectors);
            _lease = lease;
            return sent;
        }

        void Close()
        {
            _lease?.Dispose();
            _lease = null;
        }
        """);

    [Fact]
    public Task Return_before_the_lease_is_stored_is_reported() => VerifyMembersAsync("""

        private PageLease? _lease;

        int M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            if (Any.Transfer(lease.IoVectors) < 0)
                {|BUF1002:return -1;|}
            _lease = lease;
            return 0;
        }

        void Close()
        {
            _lease?.Dispose();
            _lease = null;
        }
        """);

    [Fact]
    public Task Lease_stored_in_a_static_field_is_silent() => VerifyMembersAsync("""

        private static PageLease? s_lease;

        static void M(IovIter iter) => s_lease = iter.ExtractPages();

        static void Close()
        {
            s_lease?.Dispose();
            s_lease = null;
        }
        """);

    [Fact]
    public Task Lease_stored_in_a_property_is_silent() => VerifyMembersAsync("""

        private PageLease? Lease { get; set; }

        void M(IovIter iter) => Lease = iter.ExtractPages();

        void Close()
        {
            Lease?.Dispose();
            Lease = null;
        }
        """);

    [Fact]
    public Task Lease_stored_in_a_field_of_another_object_is_silent() => VerifyMembersAsync("""

        sealed class Request
        {
            public PageLease? Lease;
        }

        static void M(Request request, IovIter iter) => request.Lease = iter.ExtractPages();
        """);

    [Fact]
    public Task Lease_put_into_an_element_is_silent() => VerifyMembersAsync("""

        private readonly PageLease?[] _slots = new PageLease?[4];

        void M(int slot, IovIter iter) => _slots[slot] = iter.ExtractPages();

        void Close(int slot)
        {
            _slots[slot]?.Dispose();
            _slots[slot] = null;
        }
        """);

    [Fact]
    public Task Lease_put_into_a_dictionary_is_silent() => VerifyMembersAsync("""

        private readonly Dictionary<int, PageLease> _pending = [];

        void M(int id, IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            _pending[id] = lease;
        }
        """);

    [Fact]
    public Task Lease_added_to_a_queue_is_silent() => VerifyMembersAsync("""

        private readonly ConcurrentQueue<PageLease> _pending = new();

        void M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            _pending.Enqueue(lease);
        }
        """);

    [Fact]
    public Task Lease_written_to_a_channel_is_silent() => VerifyMembersAsync("""

        async Task M(IovIter iter, ChannelWriter<PageLease> writer)
        {
            PageLease lease = iter.ExtractPages();
            await writer.WriteAsync(lease);
        }
        """);

    [Fact]
    public Task Lease_exchanged_into_a_field_is_silent() => VerifyMembersAsync("""

        private PageLease? _lease;

        void M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            Interlocked.Exchange(ref _lease, lease)?.Dispose();
        }

        void Close() => Interlocked.Exchange(ref _lease, null)?.Dispose();
        """);

    [Fact]
    public Task Lease_given_to_unknown_code_is_silent() => VerifyMembersAsync("""

        void M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            Any.Keep(lease);
        }
        """);

    [Fact]
    public Task Lease_given_to_unknown_code_before_an_early_return_only_is_reported_on_the_other_path() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            if (Any.Chance())
            {
                Any.Keep(lease);
                return 1;
            }

            {|BUF1002:return 0;|}
        }
        """);

    [Fact]
    public Task Lease_given_to_a_framework_method_that_cannot_keep_it_is_reported() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            PageLease lease = iter.{|BUF1002:ExtractPages|}();
            GC.KeepAlive(lease.Mode);
            ArgumentNullException.ThrowIfNull(lease);
            return lease.IoVectors.Length;
        }
        """);

    [Fact]
    public Task Pages_given_to_an_own_method_that_releases_them_are_silent() => VerifyMembersAsync("""

        static void PutAll(Span<PageFragment> pages)
        {
            foreach (ref readonly PageFragment page in pages)
                page.Release();
        }

        static int M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[16];
            int n = iter.ExtractPages(pages, 65536).Fragments;
            PutAll(pages[..n]);
            return n;
        }
        """);

    [Fact]
    public Task Pages_given_as_a_read_only_span_to_an_own_method_are_silent() => VerifyMembersAsync("""

        static void PutAll(ReadOnlySpan<PageFragment> pages) => PageFragments.Release(pages);

        static int M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[16];
            int n = iter.ExtractPages(pages, 65536).Fragments;
            PutAll(pages[..n]);
            return n;
        }
        """);

    [Fact]
    public Task Pages_given_by_reference_to_an_own_method_are_silent() => VerifyMembersAsync("""

        static void PutFirst(ref PageFragment page) => page.Release();

        static int M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[1];
            int n = iter.ExtractPages(pages, 4096).Fragments;
            PutFirst(ref pages[0]);
            return n;
        }
        """);

    [Fact]
    public Task Lease_given_to_an_extension_method_is_silent() => VerifyAsync("""
        static class Extensions
        {
            public static void Finish(this PageLease lease) => lease.Dispose();
        }

        class C
        {
            static void M(IovIter iter)
            {
                PageLease lease = iter.ExtractPages();
                lease.Finish();
            }
        }
        """);

    [Fact]
    public Task Lease_given_out_through_an_out_parameter_is_silent() => VerifyMembersAsync("""

        static bool M(IovIter iter, out PageLease lease)
        {
            lease = iter.ExtractPages();
            return !lease.IsEmpty;
        }
        """);

    [Fact]
    public Task Lease_given_out_through_an_out_parameter_on_one_path_only_is_reported() => VerifyMembersAsync("""

        static bool M(IovIter iter, out PageLease? lease)
        {
            PageLease taken = iter.ExtractPages();
            if (taken.IsEmpty || Any.Transfer(taken.IoVectors) < 0)
            {
                lease = null;
                {|BUF1002:return false;|}
            }

            lease = taken;
            return true;
        }
        """);

    [Fact]
    public Task Array_given_out_by_the_legacy_getter_is_silent_when_it_is_the_callers() => VerifyMembersAsync(["BUF1101", "BUF1102"], """

        static int M(IovIter iter, out PageFragment[] pages) => iter.GetPagesAlloc(out pages, 4096, out _);
        """);

    [Fact]
    public Task Array_given_out_by_the_legacy_getter_and_lost_is_reported() => VerifyMembersAsync(["BUF1101", "BUF1102"], """

        static int M(IovIter iter) => iter.{|BUF1002:GetPagesAlloc|}(out PageFragment[] pages, 4096, out _);
        """);

    [Fact]
    public Task Array_given_out_by_the_legacy_getter_into_a_discard_is_reported() => VerifyMembersAsync(["BUF1101", "BUF1102"], """

        static int M(IovIter iter) => iter.{|BUF1002:GetPagesAlloc|}(out _, 4096, out _);
        """);

    [Fact]
    public Task Lease_written_through_a_ref_parameter_is_silent() => VerifyMembersAsync("""

        static void M(IovIter iter, ref PageLease? lease)
        {
            lease?.Dispose();
            lease = iter.ExtractPages();
        }
        """);

    [Fact]
    public Task Release_through_an_alias_is_silent() => VerifyMembersAsync("""

        static void M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            PageLease same = lease;
            same.Dispose();
        }
        """);

    [Fact]
    public Task Release_of_an_alias_that_was_replaced_is_reported() => VerifyMembersAsync("""

        static void M(IovIter iter)
        {
            PageLease lease = iter.{|BUF1002:ExtractPages|}();
            PageLease same = lease;
            same = new PageLease();
            same.Dispose();
        }
        """);

    [Fact]
    public Task Release_through_the_alias_that_kept_it_is_silent() => VerifyMembersAsync("""

        static void M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            PageLease same = lease;
            lease = new PageLease();
            same.Dispose();
        }
        """);

    [Fact]
    public Task Lease_kept_in_a_tuple_and_released_from_it_is_silent() => VerifyMembersAsync("""

        static void M(IovIter from, IovIter to)
        {
            (PageLease Read, PageLease Written) pair = (from.ExtractPages(), to.ExtractPages());
            pair.Read.Dispose();
            pair.Written.Dispose();
        }
        """);

    [Fact]
    public Task Leases_swapped_are_both_released() => VerifyMembersAsync("""

        static void M(IovIter from, IovIter to)
        {
            PageLease a = from.ExtractPages();
            PageLease b = to.ExtractPages();
            (a, b) = (b, a);
            a.Dispose();
            b.Dispose();
        }
        """);

    [Fact]
    public Task Leases_swapped_and_one_released_is_reported_for_the_other() => VerifyMembersAsync("""

        static void M(IovIter from, IovIter to)
        {
            PageLease a = from.ExtractPages();
            PageLease b = to.{|BUF1002:ExtractPages|}();
            (a, b) = (b, a);
            b.Dispose();
        }
        """);

    [Fact]
    public Task Deconstruction_into_locals_carries_both() => VerifyMembersAsync("""

        static void M(IovIter from, IovIter to)
        {
            (PageLease a, PageLease b) = (from.ExtractPages(), to.ExtractPages());
            a.Dispose();
            b.Dispose();
        }
        """);

    [Fact]
    public Task Deconstruction_of_a_tuple_from_elsewhere_is_silent() => VerifyMembersAsync("""

        static (PageLease, long) Take(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            return (lease, lease.Bytes);
        }

        static void M(IovIter iter)
        {
            var (lease, bytes) = Take(iter);
            lease.Dispose();
        }
        """);

    [Fact]
    public Task Copy_of_a_fragment_releases_the_page() => VerifyMembersAsync("""

        static void M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[1];
            int n = iter.ExtractPages(pages, 4096).Fragments;
            PageFragment first = pages[0];
            first.Release();
        }
        """);

    [Fact]
    public Task Reference_to_a_fragment_releases_the_page() => VerifyMembersAsync("""

        static void M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[1];
            int n = iter.ExtractPages(pages, 4096).Fragments;
            ref PageFragment first = ref pages[0];
            first.Release();
        }
        """);

    [Fact]
    public Task Reference_to_a_lease_local_releases_it() => VerifyMembersAsync("""

        static void M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            ref PageLease same = ref lease;
            same.Dispose();
        }
        """);

    [Fact]
    public Task Fragment_written_through_an_out_array_of_one_is_released() => VerifyMembersAsync(["BUF1007"], """

        static void M(IovIter iter)
        {
            PageFragment page = default;
            iter.ExtractPages(new Span<PageFragment>(ref page), 4096);
            page.Release();
        }
        """);

    [Fact]
    public Task Single_fragment_that_is_lost_is_reported() => VerifyMembersAsync(["BUF1007"], """

        static nint M(IovIter iter)
        {
            PageFragment page = default;
            iter.{|BUF1002:ExtractPages|}(new Span<PageFragment>(ref page), 4096);
            return page.Address;
        }
        """);

    [Fact]
    public Task Slice_taken_before_the_extraction_is_the_same_memory() => VerifyMembersAsync("""

        static void M(IovIter iter)
        {
            Span<PageFragment> all = stackalloc PageFragment[16];
            Span<PageFragment> half = all[..8];
            int n = iter.ExtractPages(half, 4096).Fragments;
            PageFragments.Release(half[..n]);
        }
        """);

    [Fact]
    public Task Release_through_the_whole_of_what_was_filled_by_a_slice_is_silent() => VerifyMembersAsync("""

        static void M(IovIter iter)
        {
            Span<PageFragment> all = stackalloc PageFragment[16];
            int n = iter.ExtractPages(all[..8], 4096).Fragments;
            PageFragments.Release(all[..n]);
        }
        """);

    [Fact]
    public Task Two_slices_of_one_span_filled_and_released_together_are_silent() => VerifyMembersAsync("""

        static void M(IovIter a, IovIter b)
        {
            Span<PageFragment> all = stackalloc PageFragment[16];
            int n = a.ExtractPages(all[..8], 4096).Fragments;
            int m = b.ExtractPages(all[n..], 4096).Fragments;
            PageFragments.Release(all[..(n + m)]);
        }
        """);

    [Fact]
    public Task Array_passed_as_a_span_is_released_as_an_array() => VerifyMembersAsync("""

        static void M(IovIter iter)
        {
            var pages = new PageFragment[16];
            int n = iter.ExtractPages(pages.AsSpan(0, 8), 4096).Fragments;
            for (int i = 0; i < n; i++)
                pages[i].Release();
        }
        """);

    [Fact]
    public Task Rented_array_of_pages_is_released() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            PageFragment[] pages = System.Buffers.ArrayPool<PageFragment>.Shared.Rent(16);
            try
            {
                int n = iter.ExtractPages(pages, 4096).Fragments;
                PageFragments.Release(pages.AsSpan(0, n));
                return n;
            }
            finally
            {
                System.Buffers.ArrayPool<PageFragment>.Shared.Return(pages);
            }
        }
        """);

    [Fact]
    public Task Rented_array_of_pages_that_are_not_released_is_reported() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            PageFragment[] pages = System.Buffers.ArrayPool<PageFragment>.Shared.Rent(16);
            int n = iter.{|BUF1002:ExtractPages|}(pages, 4096).Fragments;
            System.Buffers.ArrayPool<PageFragment>.Shared.Return(pages);
            return n;
        }
        """);

    [Fact]
    public Task Fragment_stored_elsewhere_is_silent() => VerifyMembersAsync(["BUF1007"], """

        private PageFragment _page;

        void M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[1];
            iter.ExtractPages(pages, 4096);
            _page = pages[0];
        }

        void Close()
        {
            _page.Release();
            _page = default;
        }
        """);

    [Fact]
    public Task Address_stored_elsewhere_does_not_hand_the_pages_on() => VerifyMembersAsync(["BUF1007"], """

        private nint _address;

        void M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[1];
            iter.{|BUF1002:ExtractPages|}(pages, 4096);
            _address = pages[0].Address;
        }
        """);

    [Fact]
    public Task Conversion_whose_iterator_is_returned_without_its_owner_is_reported() => VerifyMembersAsync("""

        static IovIter M(IovIter iter)
        {
            ExtractedIter kept = iter.{|BUF1002:ExtractToBvec|}();
            return kept.Iter;
        }
        """);

    [Fact]
    public Task Private_field_that_no_method_releases_is_reported() => VerifyMembersAsync("""

        private PageLease? _lease;

        void M(IovIter iter)
        {
            _lease = iter.{|BUF1002:ExtractPages|}();
        }

        long Bytes => _lease?.Bytes ?? 0;
        """);

    [Fact]
    public Task Field_that_others_can_release_is_silent() => VerifyMembersAsync("""

        internal PageLease? Lease;

        void M(IovIter iter)
        {
            Lease = iter.ExtractPages();
        }
        """);

    [Fact]
    public Task One_of_two_leases_chosen_and_both_released_is_silent() => VerifyMembersAsync("""

        static int M(IovIter from, IovIter to, bool first)
        {
            PageLease a = from.ExtractPages();
            PageLease b = to.ExtractPages();
            PageLease chosen = first ? a : b;
            chosen.Dispose();
            if (first)
                b.Dispose();
            else
                a.Dispose();
            return 0;
        }
        """);

    [Theory]
    [InlineData("using (kept) { Any.Length(kept.Iter); }")]
    [InlineData("using ExtractedIter held = kept; Any.Length(held.Iter);")]
    [InlineData("try { Any.Length(kept.Iter); } finally { kept.Dispose(); }")]
    public Task Work_for_later_that_gives_back_what_it_captured_is_silent(string work) => VerifyMembersAsync($$"""

        static void M(IovIter iter)
        {
            ExtractedIter kept = iter.ExtractToBvec();
            _ = Task.Run(() => { {{work}} });
        }
        """);
}
