using Xunit;
using static BufferLifetime.Analyzers.Tests.Rules.RuleCode;

namespace BufferLifetime.Analyzers.Tests.Rules.Modes;

/// <summary>BUF1001: the verb against the mode, over paths, aliases, conditions and bodies.</summary>
public sealed class MismatchedReleaseTests
{
    [Fact]
    public Task Pages_of_a_caller_that_are_put_are_reported() => VerifyMembersAsync("""

        static void M(byte[] buffer)
        {
            IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            int n = iter.ExtractPages(pages, 4096).Fragments;
            PageFragments.{|BUF1001:Put|}(pages[..n]);
        }
        """);

    [Fact]
    public Task Pages_of_a_caller_that_are_unpinned_are_silent() => VerifyMembersAsync("""

        static void M(byte[] buffer)
        {
            IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            int n = iter.ExtractPages(pages, 4096).Fragments;
            PageFragments.Unpin(pages[..n]);
        }
        """);

    [Theory]
    [InlineData("PageFragments.Unpin(pages[..done]); PageFragments.Unpin(pages[done..n]);")]
    [InlineData("PageFragments.Unpin(pages.Slice(0, done)); PageFragments.Unpin(pages.Slice(done));")]
    [InlineData("PageFragments.Unpin(pages[..n]); PageFragments.{|BUF1003:Unpin|}(pages[..n]);")]
    [InlineData("PageFragments.Unpin(pages); PageFragments.{|BUF1003:Unpin|}(pages[done..n]);")]
    public Task Pages_released_range_by_range_are_told_twice_only_where_the_ranges_are_the_same(string releases) => VerifyMembersAsync($$"""

        static void M(byte[] buffer, int done)
        {
            IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
            PageFragment[] all = new PageFragment[4];
            Span<PageFragment> pages = all;
            int n = iter.ExtractPages(all, 4096).Fragments;
            {{releases}}
        }
        """);

    [Fact]
    public Task Pages_that_follow_their_mode_are_silent() => VerifyMembersAsync("""

        static void M(byte[] buffer)
        {
            IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            int n = iter.ExtractPages(pages, 4096).Fragments;
            PageFragments.Release(pages[..n]);
        }
        """);

    [Theory]
    [InlineData("PageFragments.{|BUF1001:Unpin|}(pages)")]
    [InlineData("PageFragments.{|BUF1001:Put|}(pages)")]
    [InlineData("PageFragments.{|BUF1001:PutPages|}(pages)")]
    [InlineData("pages[0].{|BUF1001:Unpin|}()")]
    [InlineData("pages[0].{|BUF1001:Put|}()")]
    public Task Pages_of_stable_memory_that_are_released_by_a_verb_are_reported(string release) => VerifyMembersAsync($$"""

        static void M(BvecEntry[] entries)
        {
            IovIter iter = IovIter.Bvec(entries, TransferDirection.Source);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            iter.ExtractPages(pages, 4096);
            {{release}};
        }
        """);

    [Theory]
    [InlineData("PageFragments.Release(pages)")]
    [InlineData("pages[0].Release()")]
    [InlineData("Any.Number()")]
    public Task Pages_of_stable_memory_that_follow_their_mode_or_are_left_alone_are_silent(string release) => VerifyMembersAsync($$"""

        static void M(BvecEntry[] entries)
        {
            IovIter iter = IovIter.Bvec(entries, TransferDirection.Source);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            iter.ExtractPages(pages, 4096);
            {{release}};
        }
        """);

    [Theory]
    [InlineData("IovIter.Kvec(vectors, TransferDirection.Source)")]
    [InlineData("IovIter.Bvec(entries, TransferDirection.Destination)")]
    public Task Every_stable_kind_is_known(string iter) => VerifyMembersAsync($$"""

        static void M(IoVector[] vectors, BvecEntry[] entries)
        {
            IovIter iter = {{iter}};
            Span<PageFragment> pages = stackalloc PageFragment[4];
            iter.ExtractPages(pages, 4096);
            PageFragments.{|BUF1001:Unpin|}(pages);
        }
        """);

    [Theory]
    [InlineData("IovIter.Ubuf(buffer, TransferDirection.Destination)")]
    [InlineData("IovIter.Ubuf(buffer, TransferDirection.Source)")]
    [InlineData("IovIter.Ubuf((ReadOnlyMemory<byte>)buffer)")]
    [InlineData("IovIter.Iovec(new[] { buffer }, TransferDirection.Source)")]
    [InlineData("IovIter.Iovec(new ReadOnlyMemory<byte>[] { buffer })")]
    public Task Every_user_backed_kind_is_known(string iter) => VerifyMembersAsync($$"""

        static void M(Memory<byte> buffer)
        {
            IovIter iter = {{iter}};
            Span<PageFragment> pages = stackalloc PageFragment[4];
            iter.ExtractPages(pages, 4096);
            PageFragments.{|BUF1001:Put|}(pages);
        }
        """);

    [Theory]
    [InlineData("PageFragments.Put(pages)", "PageFragments.{|BUF1001:Unpin|}(pages)")]
    [InlineData("PageFragments.PutPages(pages)", "pages[0].{|BUF1001:Unpin|}()")]
    [InlineData("PageFragments.Release(pages)", "PageFragments.{|BUF1001:Unpin|}(pages)")]
    public async Task Pages_taken_by_reference_are_put_and_not_unpinned(string right, string wrong)
    {
        foreach (string release in new[] { right, wrong })
        {
            await VerifyMembersAsync(["BUF1102"], $$"""

                static void M(ReadOnlyMemory<byte> buffer)
                {
                    IovIter iter = IovIter.Ubuf(buffer);
                    Span<PageFragment> pages = stackalloc PageFragment[4];
                    int bytes = iter.GetPages(pages, 4096, out int offset0);
                    if (bytes <= 0)
                        return;
                    {{release}};
                }
                """);
        }
    }

    [Fact]
    public Task Pages_asked_for_by_reference_on_a_source_that_are_unpinned_are_reported() => VerifyMembersAsync("""

        static void M(ReadOnlyMemory<byte> buffer)
        {
            IovIter iter = IovIter.Ubuf(buffer);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            int n = iter.ExtractPages(pages, 4096, ExtractFlags.GetForSource).Fragments;
            PageFragments.{|BUF1001:Unpin|}(pages[..n]);
        }
        """);

    [Fact]
    public Task Pages_asked_for_by_reference_on_a_source_that_are_put_are_silent() => VerifyMembersAsync("""

        static void M(ReadOnlyMemory<byte> buffer)
        {
            IovIter iter = IovIter.Ubuf(buffer);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            int n = iter.ExtractPages(pages, 4096, ExtractFlags.GetForSource | ExtractFlags.AllowPeerMemory).Fragments;
            PageFragments.Put(pages[..n]);
        }
        """);

    [Fact]
    public Task Pages_asked_for_by_reference_on_a_destination_are_pinned_all_the_same() => VerifyMembersAsync("""

        static void M(Memory<byte> buffer)
        {
            IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            int n = iter.ExtractPages(pages, 4096, ExtractFlags.GetForSource).Fragments;
            PageFragments.{|BUF1001:Put|}(pages[..n]);
        }
        """);

    [Fact]
    public Task Flags_that_only_the_run_knows_are_given_the_benefit_of_the_doubt() => VerifyMembersAsync("""

        static void M(ReadOnlyMemory<byte> buffer, ExtractFlags flags)
        {
            IovIter iter = IovIter.Ubuf(buffer);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            int n = iter.ExtractPages(pages, 4096, flags).Fragments;
            PageFragments.Put(pages[..n]);
        }
        """);

    [Fact]
    public Task Flags_kept_in_a_constant_local_are_read() => VerifyMembersAsync("""

        static void M(ReadOnlyMemory<byte> buffer)
        {
            const ExtractFlags Flags = ExtractFlags.PerPage | ExtractFlags.GetForSource;
            IovIter iter = IovIter.Ubuf(buffer);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            int bytes = iter.ExtractPages(pages, 4096, Flags, out _);
            if (bytes > 0)
                PageFragments.{|BUF1001:Unpin|}(pages);
        }
        """);

    [Fact]
    public Task Flags_kept_in_a_local_are_read() => VerifyMembersAsync("""

        static void M(ReadOnlyMemory<byte> buffer)
        {
            ExtractFlags flags = ExtractFlags.GetForSource;
            IovIter iter = IovIter.Ubuf(buffer);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            int n = iter.ExtractPages(pages, 4096, flags).Fragments;
            PageFragments.Put(pages[..n]);
        }
        """);

    [Fact]
    public Task Direction_kept_in_a_local_is_read() => VerifyMembersAsync("""

        static void M(Memory<byte> buffer)
        {
            TransferDirection direction = TransferDirection.Source;
            IovIter iter = IovIter.Ubuf(buffer, direction);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            int n = iter.ExtractPages(pages, 4096, ExtractFlags.GetForSource).Fragments;
            PageFragments.Put(pages[..n]);
        }
        """);

    [Fact]
    public Task Iterator_of_unknown_kind_that_is_unpinned_without_asking_is_reported_as_possible() => VerifyMembersAsync("""

        static void M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            int n = iter.ExtractPages(pages, 4096).Fragments;
            PageFragments.{|BUF1001:Unpin|}(pages[..n]);
        }
        """);

    [Theory]
    [InlineData("iter.IsUserBacked")]
    [InlineData("iter.ExtractWillPin")]
    [InlineData("iter.ExtractMode() == ExtractMode.Pin")]
    [InlineData("iter.ExtractMode() != ExtractMode.None")]
    [InlineData("iter.ExtractMode() is ExtractMode.Pin")]
    [InlineData("ExtractMode.Pin == iter.ExtractMode()")]
    [InlineData("iter.Kind is IterKind.Ubuf or IterKind.Iovec")]
    public Task Iterator_asked_before_the_extraction_decides_the_verb(string pins) => VerifyMembersAsync($$"""

        static void M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            bool pin = {{pins}};
            int n = iter.ExtractPages(pages, 4096).Fragments;
            if (pin)
                PageFragments.Unpin(pages[..n]);
        }
        """);

    [Theory]
    [InlineData("taken.Mode == ExtractMode.Pin")]
    [InlineData("taken.Mode is ExtractMode.Pin")]
    [InlineData("taken is { Mode: ExtractMode.Pin }")]
    [InlineData("taken.Mode != ExtractMode.None")]
    [InlineData("pages[0].Mode == ExtractMode.Pin")]
    public Task Result_asked_after_the_extraction_decides_the_verb(string pinned) => VerifyMembersAsync($$"""

        static void M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            ExtractResult taken = iter.ExtractPages(pages, 4096);
            if ({{pinned}})
                PageFragments.Unpin(pages[..taken.Fragments]);
        }
        """);

    [Fact]
    public Task Result_asked_the_wrong_way_round_is_reported() => VerifyMembersAsync(["BUF1002"], """

        static void M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            ExtractResult taken = iter.ExtractPages(pages, 4096);
            if (taken.Mode == ExtractMode.Pin)
                PageFragments.{|BUF1001:Put|}(pages[..taken.Fragments]);
        }
        """);

    [Fact]
    public Task Mode_kept_in_a_local_decides_the_verb() => VerifyMembersAsync("""

        static void M(ReadOnlyMemory<byte> buffer, bool byReference)
        {
            IovIter iter = IovIter.Ubuf(buffer);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            ExtractResult taken = iter.ExtractPages(pages, 4096, byReference ? ExtractFlags.GetForSource : ExtractFlags.None);
            ExtractMode mode = taken.Mode;
            if (mode == ExtractMode.Get)
                PageFragments.Put(pages[..taken.Fragments]);
            else if (mode == ExtractMode.Pin)
                PageFragments.Unpin(pages[..taken.Fragments]);
        }
        """);

    [Fact]
    public Task Switch_on_the_mode_with_the_verbs_exchanged_is_reported() => VerifyMembersAsync(["BUF1002"], """

        static void M(ReadOnlyMemory<byte> buffer, ExtractFlags flags)
        {
            IovIter iter = IovIter.Ubuf(buffer);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            ExtractResult taken = iter.ExtractPages(pages, 4096, flags);
            switch (taken.Mode)
            {
                case ExtractMode.Pin:
                    PageFragments.{|BUF1001:Put|}(pages[..taken.Fragments]);
                    break;
                case ExtractMode.Get:
                    PageFragments.{|BUF1001:Unpin|}(pages[..taken.Fragments]);
                    break;
            }
        }
        """);

    [Fact]
    public Task Switch_on_the_mode_with_the_right_verbs_is_silent() => VerifyMembersAsync("""

        static void M(ReadOnlyMemory<byte> buffer, ExtractFlags flags)
        {
            IovIter iter = IovIter.Ubuf(buffer);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            ExtractResult taken = iter.ExtractPages(pages, 4096, flags);
            switch (taken.Mode)
            {
                case ExtractMode.Pin:
                    PageFragments.Unpin(pages[..taken.Fragments]);
                    break;
                case ExtractMode.Get:
                    PageFragments.Put(pages[..taken.Fragments]);
                    break;
            }
        }
        """);

    [Fact]
    public Task Error_branch_that_uses_the_other_verb_is_reported() => VerifyMembersAsync("""

        static int M(Memory<byte> buffer)
        {
            IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            ExtractResult taken = iter.ExtractPages(pages, 4096);
            if (Any.Transfer(pages[0].Address, 1) < 0)
            {
                PageFragments.{|BUF1001:Put|}(pages[..taken.Fragments]);
                return -1;
            }

            PageFragments.Unpin(pages[..taken.Fragments]);
            return 0;
        }
        """);

    [Fact]
    public Task Catch_that_uses_the_other_verb_is_reported() => VerifyMembersAsync("""

        static int M(Memory<byte> buffer)
        {
            IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            ExtractResult taken = iter.ExtractPages(pages, 4096);
            try
            {
                Any.Transfer(pages[0].Address, 1);
            }
            catch (IOException)
            {
                PageFragments.{|BUF1001:Put|}(pages[..taken.Fragments]);
                throw;
            }

            PageFragments.Unpin(pages[..taken.Fragments]);
            return 0;
        }
        """);

    [Fact]
    public Task Finally_that_uses_the_other_verb_is_reported_once() => VerifyMembersAsync("""

        static int M(Memory<byte> buffer)
        {
            IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            ExtractResult taken = iter.ExtractPages(pages, 4096);
            try
            {
                if (Any.Chance())
                    return 1;
                if (Any.Chance())
                    throw new IOException();
                return Any.Transfer(pages[0].Address, 1);
            }
            finally
            {
                PageFragments.{|BUF1001:Put|}(pages[..taken.Fragments]);
            }
        }
        """);

    [Fact]
    public Task Finally_that_uses_the_right_verb_is_silent() => VerifyMembersAsync("""

        static int M(Memory<byte> buffer)
        {
            IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            ExtractResult taken = iter.ExtractPages(pages, 4096);
            try
            {
                return Any.Transfer(pages[0].Address, 1);
            }
            finally
            {
                PageFragments.Unpin(pages[..taken.Fragments]);
            }
        }
        """);

    [Fact]
    public Task Loop_that_puts_pinned_pages_one_by_one_is_reported() => VerifyMembersAsync("""

        static void M(Memory<byte> buffer)
        {
            IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            int n = iter.ExtractPages(pages, 4096).Fragments;
            for (int i = 0; i < n; i++)
                pages[i].{|BUF1001:Put|}();
        }
        """);

    [Fact]
    public Task Foreach_that_puts_pinned_pages_one_by_one_is_reported() => VerifyMembersAsync("""

        static void M(Memory<byte> buffer)
        {
            IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            int n = iter.ExtractPages(pages, 4096).Fragments;
            foreach (ref readonly PageFragment page in pages[..n])
                page.{|BUF1001:Put|}();
        }
        """);

    [Fact]
    public Task Foreach_that_unpins_one_by_one_is_silent() => VerifyMembersAsync("""

        static void M(Memory<byte> buffer)
        {
            IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            int n = iter.ExtractPages(pages, 4096).Fragments;
            foreach (ref readonly PageFragment page in pages[..n])
                page.Unpin();
        }
        """);

    [Fact]
    public Task Foreach_that_asks_each_fragment_is_silent() => VerifyMembersAsync("""

        static void M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            int n = iter.ExtractPages(pages, 4096).Fragments;
            foreach (ref readonly PageFragment page in pages[..n])
            {
                if (page.Mode == ExtractMode.Pin)
                    page.Unpin();
            }
        }
        """);

    [Fact]
    public Task Extraction_again_in_another_mode_is_told_apart() => VerifyMembersAsync("""

        static void M(Memory<byte> buffer, BvecEntry[] entries)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
            iter.ExtractPages(pages, 4096);
            PageFragments.Unpin(pages);
            iter = IovIter.Bvec(entries, TransferDirection.Destination);
            iter.ExtractPages(pages, 4096);
            PageFragments.{|BUF1001:Unpin|}(pages);
        }
        """);

    [Fact]
    public Task Iterator_chosen_by_a_condition_that_also_chooses_the_verb_is_silent() => VerifyMembersAsync("""

        static void M(Memory<byte> buffer, BvecEntry[] entries, bool user)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            IovIter iter = user ? IovIter.Ubuf(buffer, TransferDirection.Destination) : IovIter.Bvec(entries, TransferDirection.Destination);
            int n = iter.ExtractPages(pages, 4096).Fragments;
            if (user)
                PageFragments.Unpin(pages[..n]);
        }
        """);

    [Fact]
    public Task Iterator_chosen_by_a_condition_with_one_verb_for_both_is_reported() => VerifyMembersAsync("""

        static void M(Memory<byte> buffer, BvecEntry[] entries, bool user)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            IovIter iter = user ? IovIter.Ubuf(buffer, TransferDirection.Destination) : IovIter.Bvec(entries, TransferDirection.Destination);
            int n = iter.ExtractPages(pages, 4096).Fragments;
            PageFragments.{|BUF1001:Unpin|}(pages[..n]);
        }
        """);

    [Fact]
    public Task Copy_of_the_iterator_has_the_same_mode() => VerifyMembersAsync("""

        static void M(Memory<byte> buffer)
        {
            IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
            IovIter copy = iter;
            copy.Advance(1);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            copy.ExtractPages(pages, 4096);
            PageFragments.{|BUF1001:Put|}(pages);
        }
        """);

    [Fact]
    public Task Converted_iterator_is_stable() => VerifyMembersAsync("""

        static void M(Memory<byte> buffer)
        {
            IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
            using ExtractedIter kept = iter.ExtractToBvec();
            IovIter stable = kept.Iter;
            Span<PageFragment> pages = stackalloc PageFragment[4];
            stable.ExtractPages(pages, 4096);
            PageFragments.{|BUF1001:Unpin|}(pages);
        }
        """);

    [Fact]
    public Task Converted_iterator_needs_no_release_of_its_pages() => VerifyMembersAsync("""

        static int M(Memory<byte> buffer)
        {
            IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
            using ExtractedIter kept = iter.ExtractToBvec();
            IovIter stable = kept.Iter;
            Span<PageFragment> pages = stackalloc PageFragment[4];
            return stable.ExtractPages(pages, 4096).Fragments;
        }
        """);

    [Fact]
    public Task Alias_of_the_pages_is_released_by_the_wrong_verb() => VerifyMembersAsync("""

        static void M(Memory<byte> buffer)
        {
            IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            Span<PageFragment> same = pages;
            int n = iter.ExtractPages(pages, 4096).Fragments;
            Span<PageFragment> taken = pages[..n];
            PageFragments.{|BUF1001:Put|}(taken);
        }
        """);

    [Fact]
    public Task Array_is_released_by_the_wrong_verb() => VerifyMembersAsync("""

        static void M(Memory<byte> buffer)
        {
            IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
            var pages = new PageFragment[4];
            int n = iter.ExtractPages(pages, 4096).Fragments;
            PageFragments.{|BUF1001:Put|}(pages.AsSpan(0, n));
        }
        """);

    [Fact]
    public Task Fragment_copied_to_a_local_is_released_by_the_wrong_verb() => VerifyMembersAsync("""

        static void M(Memory<byte> buffer)
        {
            IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
            Span<PageFragment> pages = stackalloc PageFragment[1];
            iter.ExtractPages(pages, 4096);
            PageFragment page = pages[0];
            page.{|BUF1001:Put|}();
        }
        """);

    [Fact]
    public Task Fragments_from_a_lease_are_released_by_the_wrong_verb() => VerifyMembersAsync("""

        static void M(Memory<byte> buffer)
        {
            IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
            PageLease lease = iter.ExtractPages();
            PageFragments.{|BUF1001:Put|}(lease.Fragments);
        }
        """);

    [Fact]
    public Task Pages_of_somebody_else_are_released_by_any_verb() => VerifyMembersAsync(["BUF1102"], """

        static void M(PageFragment page, ReadOnlySpan<PageFragment> pages, PageFragment[] more)
        {
            page.Unpin();
            PageFragments.Put(pages);
            foreach (PageFragment one in more)
                one.Put();
        }
        """);

    [Fact]
    public Task Async_method_is_analyzed() => VerifyMembersAsync("""

        static async Task M(Memory<byte> buffer)
        {
            IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
            var pages = new PageFragment[4];
            int n = iter.ExtractPages(pages, 4096).Fragments;
            await Any.Pause();
            PageFragments.{|BUF1001:Put|}(pages.AsSpan(0, n));
        }
        """);

    [Fact]
    public Task Local_function_and_lambda_are_analyzed() => VerifyMembersAsync("""

        static void M(Memory<byte> buffer)
        {
            Local();
            Action lambda = () =>
            {
                IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
                Span<PageFragment> pages = stackalloc PageFragment[4];
                iter.ExtractPages(pages, 4096);
                PageFragments.{|BUF1001:Put|}(pages);
            };

            void Local()
            {
                IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
                Span<PageFragment> pages = stackalloc PageFragment[4];
                iter.ExtractPages(pages, 4096);
                PageFragments.{|BUF1001:Put|}(pages);
            }
        }
        """);

    [Fact]
    public Task Release_in_a_nested_function_by_the_wrong_verb_of_what_it_captured_is_given_the_benefit_of_the_doubt() => VerifyMembersAsync("""

        static void M(Memory<byte> buffer)
        {
            IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
            PageFragment[] pages = new PageFragment[4];
            iter.ExtractPages(pages, 4096);
            Finish();

            void Finish() => PageFragments.Release(pages);
        }
        """);

    [Fact]
    public Task Generic_method_and_accessor_are_analyzed() => VerifyMembersAsync("""

        static void M<T>(T[] values)
            where T : unmanaged
        {
            byte[] bytes = new byte[values.Length];
            IovIter iter = IovIter.Ubuf(bytes, TransferDirection.Destination);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            iter.ExtractPages(pages, 4096);
            PageFragments.{|BUF1001:Put|}(pages);
        }

        int P
        {
            get
            {
                IovIter iter = IovIter.Ubuf(new byte[4], TransferDirection.Destination);
                Span<PageFragment> pages = stackalloc PageFragment[4];
                iter.ExtractPages(pages, 4096);
                PageFragments.{|BUF1001:Put|}(pages);
                return 0;
            }
        }
        """);

    [Fact]
    public Task Null_conditional_and_goto_keep_the_mode() => VerifyMembersAsync("""

        static void M(byte[]? buffer)
        {
            if (buffer is null)
                goto done;
            IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            iter.ExtractPages(pages, buffer?.Length ?? 0);
            PageFragments.{|BUF1001:Put|}(pages);
        done:
            return;
        }
        """);

    [Fact]
    public Task Release_of_what_was_not_taken_is_silent() => VerifyMembersAsync("""

        static void M(Memory<byte> buffer)
        {
            IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            int bytes = iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out _);
            if (bytes <= 0)
            {
                PageFragments.Put(pages[..0]);
                return;
            }

            PageFragments.Unpin(pages);
        }
        """);

    [Theory]
    [InlineData("IovIter.Pipe(result)", "TransferDirection.Source")]
    [InlineData("IovIter.Pipe(result.Buffer)", "TransferDirection.Source")]
    [InlineData("IovIter.FolioQueue(result.Buffer)", "TransferDirection.Source")]
    public Task Chain_of_managed_memory_is_pinned(string make, string direction) => VerifyMembersAsync($$"""

        static void Right(System.IO.Pipelines.ReadResult result)
        {
            IovIter iter = {{make}};
            Span<PageFragment> pages = stackalloc PageFragment[4];
            ExtractResult taken = iter.ExtractPages(pages, 4096);
            PageFragments.Unpin(pages[..taken.Fragments]);
        }

        static void Asked(System.IO.Pipelines.ReadResult result)
        {
            IovIter iter = {{make}};
            bool pinned = iter.ExtractWillPin;
            Span<PageFragment> pages = stackalloc PageFragment[4];
            ExtractResult taken = iter.ExtractPages(pages, 4096, ExtractFlags.GetForSource);
            if (pinned)
                PageFragments.Unpin(pages[..taken.Fragments]);
        }

        static void Wrong(System.IO.Pipelines.ReadResult result)
        {
            IovIter iter = {{make}};
            Span<PageFragment> pages = stackalloc PageFragment[4];
            ExtractResult taken = iter.ExtractPages(pages, 4096, ExtractFlags.GetForSource);
            PageFragments.{|BUF1001:Put|}(pages[..taken.Fragments]);
        }

        static void Lost(System.IO.Pipelines.ReadResult result)
        {
            IovIter iter = {{make}};
            PageLease lease = iter.{|BUF1002:ExtractPages|}();
            Any.Transfer(lease.IoVectors);
        }

        static async Task<long> Crosses(System.IO.Pipelines.ReadResult result)
        {
            IovIter iter = {{make}};
            Any.Keep({{direction}});
            await Any.Pause();
            return Any.Length(iter);
        }
        """);

    [Theory]
    [InlineData("FolioQueueSegment chain", "IovIter.FolioQueue(chain, TransferDirection.Source)")]
    [InlineData("FolioXarray store", "IovIter.Xarray(store, 0, 4096, TransferDirection.Source)")]
    public Task Chain_of_folios_is_not_pinned(string parameter, string make) => VerifyMembersAsync($$"""

        static void M({{parameter}})
        {
            IovIter iter = {{make}};
            Span<PageFragment> pages = stackalloc PageFragment[4];
            ExtractResult taken = iter.ExtractPages(pages, 4096);
            PageFragments.{|BUF1001:Unpin|}(pages[..taken.Fragments]);
        }
        """);

    [Fact]
    public Task Iterator_that_is_not_its_callers_may_still_be_pinned() => VerifyMembersAsync("""

        static void M(IovIter iter)
        {
            if (iter.IsUserBacked)
                return;
            Span<PageFragment> pages = stackalloc PageFragment[4];
            ExtractResult taken = iter.ExtractPages(pages, 4096);
            if (taken.Mode == ExtractMode.Pin)
                PageFragments.Unpin(pages[..taken.Fragments]);
        }
        """);
}
