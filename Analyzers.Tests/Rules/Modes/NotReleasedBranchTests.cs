using Xunit;
using static BufferLifetime.Analyzers.Tests.Rules.RuleCode;

namespace BufferLifetime.Analyzers.Tests.Rules.Modes;

/// <summary>BUF1002 over straight lines, branches and jumps.</summary>
public sealed class NotReleasedBranchTests
{
    [Fact]
    public Task Pages_that_no_path_releases_are_reported_where_they_are_taken() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            ExtractResult taken = iter.{|BUF1002:ExtractPages|}(pages, 4096);
            return taken.Fragments;
        }
        """);

    [Fact]
    public Task Pages_released_on_the_only_path_are_silent() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            ExtractResult taken = iter.ExtractPages(pages, 4096);
            PageFragments.Release(pages[..taken.Fragments]);
            return taken.Fragments;
        }
        """);

    [Fact]
    public Task Lease_that_no_path_disposes_is_reported() => VerifyMembersAsync("""

        static long M(IovIter iter)
        {
            PageLease lease = iter.{|BUF1002:ExtractPages|}();
            return lease.Bytes;
        }
        """);

    [Fact]
    public Task Lease_disposed_at_the_end_is_silent() => VerifyMembersAsync("""

        static long M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            long bytes = lease.Bytes;
            lease.Dispose();
            return bytes;
        }
        """);

    [Fact]
    public Task Conversion_that_no_path_disposes_is_reported() => VerifyMembersAsync("""

        static long M(IovIter iter)
        {
            ExtractedIter kept = iter.{|BUF1002:ExtractToBvec|}();
            return kept.Iter.Count;
        }
        """);

    [Fact]
    public Task Conversion_disposed_at_the_end_is_silent() => VerifyMembersAsync("""

        static long M(IovIter iter)
        {
            ExtractedIter kept = iter.ExtractToBvec();
            long count = kept.Iter.Count;
            kept.Dispose();
            return count;
        }
        """);

    [Fact]
    public Task Result_dropped_at_once_is_reported() => VerifyMembersAsync("""

        static void M(IovIter iter)
        {
            iter.{|BUF1002:ExtractPages|}();
        }
        """);

    [Fact]
    public Task Result_discarded_is_reported() => VerifyMembersAsync("""

        static void M(IovIter iter)
        {
            _ = iter.{|BUF1002:ExtractPages|}();
        }
        """);

    [Fact]
    public Task Lease_asked_one_question_and_lost_is_reported() => VerifyMembersAsync("""

        static long M(IovIter iter) => iter.{|BUF1002:ExtractPages|}().Bytes;
        """);

    [Fact]
    public Task Early_return_between_extraction_and_release_is_reported() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            ExtractResult taken = iter.ExtractPages(pages, 4096);
            if (Any.Chance())
                {|BUF1002:return -1;|}

            PageFragments.Release(pages[..taken.Fragments]);
            return taken.Fragments;
        }
        """);

    [Fact]
    public Task Early_return_that_releases_first_is_silent() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            ExtractResult taken = iter.ExtractPages(pages, 4096);
            if (Any.Chance())
            {
                PageFragments.Release(pages[..taken.Fragments]);
                return -1;
            }

            PageFragments.Release(pages[..taken.Fragments]);
            return taken.Fragments;
        }
        """);

    [Fact]
    public Task Bare_return_between_extraction_and_release_is_reported() => VerifyMembersAsync("""

        static void M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            if (Any.Transfer(lease.IoVectors) < 0)
            {
                {|BUF1002:return;|}
            }

            lease.Dispose();
        }
        """);

    [Fact]
    public Task Every_return_that_leaks_is_reported() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            if (Any.Chance())
                {|BUF1002:return 1;|}
            if (Any.Chance())
                {|BUF1002:return 2;|}
            lease.Dispose();
            return 3;
        }
        """);

    [Fact]
    public Task Release_in_one_branch_only_is_reported_where_the_method_is_left() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            if (Any.Chance())
                lease.Dispose();
            {|BUF1002:return 0;|}
        }
        """);

    [Fact]
    public Task Release_in_both_branches_is_silent() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            if (Any.Chance())
                lease.Dispose();
            else
                lease.Release();
            return 0;
        }
        """);

    [Fact]
    public Task Release_in_one_branch_of_a_void_method_is_reported_at_the_extraction() => VerifyMembersAsync("""

        static void M(IovIter iter)
        {
            PageLease lease = iter.{|BUF1002:ExtractPages|}();
            if (Any.Chance())
                lease.Dispose();
        }
        """);

    [Fact]
    public Task Throw_between_extraction_and_release_is_reported() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            int sent = Any.Transfer(lease.IoVectors);
            if (sent < 0)
                {|BUF1002:throw new IOException();|}
            lease.Dispose();
            return sent;
        }
        """);

    [Fact]
    public Task Throw_after_the_release_is_silent() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            int sent = Any.Transfer(lease.IoVectors);
            lease.Dispose();
            if (sent < 0)
                throw new IOException();
            return sent;
        }
        """);

    [Fact]
    public Task Throw_expression_between_extraction_and_release_is_reported() => VerifyMembersAsync("""

        static int M(IovIter iter, string? name)
        {
            PageLease lease = iter.ExtractPages();
            string given = name ?? {|BUF1002:throw new ArgumentNullException(nameof(name))|};
            lease.Dispose();
            return given.Length;
        }
        """);

    [Fact]
    public Task Throw_expression_before_the_extraction_is_silent() => VerifyMembersAsync("""

        static int M(IovIter iter, string? name)
        {
            string given = name ?? throw new ArgumentNullException(nameof(name));
            PageLease lease = iter.ExtractPages();
            lease.Dispose();
            return given.Length;
        }
        """);

    [Fact]
    public Task Ternary_that_releases_on_one_side_is_reported() => VerifyMembersAsync("""

        static int Give(PageFragment page)
        {
            page.Release();
            return 0;
        }

        static int M(IovIter iter, bool all)
        {
            Span<PageFragment> pages = stackalloc PageFragment[1];
            iter.ExtractPages(pages, 4096);
            int result = all ? Give(pages[0]) : 1;
            {|BUF1002:return result;|}
        }
        """);

    [Fact]
    public Task Ternary_that_releases_on_both_sides_is_silent() => VerifyMembersAsync("""

        static int Give(PageFragment page)
        {
            page.Release();
            return 0;
        }

        static int M(IovIter iter, bool all)
        {
            Span<PageFragment> pages = stackalloc PageFragment[1];
            iter.ExtractPages(pages, 4096);
            int result = all ? Give(pages[0]) : Give(pages[0]);
            return result;
        }
        """);

    [Fact]
    public Task Goto_around_the_release_is_reported() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            if (Any.Chance())
                goto done;
            lease.Dispose();
        done:
            {|BUF1002:return 0;|}
        }
        """);

    [Fact]
    public Task Goto_to_the_release_is_silent() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            int result = 0;
            PageLease lease = iter.ExtractPages();
            if (Any.Chance())
            {
                result = -1;
                goto done;
            }

            result = Any.Transfer(lease.IoVectors);
        done:
            lease.Dispose();
            return result;
        }
        """);

    [Fact]
    public Task Goto_backwards_that_extracts_again_is_reported() => VerifyMembersAsync("""

        static void M(IovIter iter)
        {
        again:
            PageLease lease = iter.{|BUF1002:ExtractPages|}();
            if (Any.Chance())
                goto again;
            lease.Dispose();
        }
        """);

    [Fact]
    public Task Goto_backwards_after_the_release_is_silent() => VerifyMembersAsync("""

        static void M(IovIter iter)
        {
        again:
            PageLease lease = iter.ExtractPages();
            lease.Dispose();
            if (Any.Chance())
                goto again;
        }
        """);

    [Fact]
    public Task Expression_body_that_returns_the_lease_is_silent() => VerifyMembersAsync("""

        static PageLease M(IovIter iter) => iter.ExtractPages(4096);
        """);

    [Fact]
    public Task Two_extractions_one_of_which_is_released_are_told_apart() => VerifyMembersAsync("""

        static void M(IovIter from, IovIter to)
        {
            PageLease read = from.ExtractPages();
            PageLease written = to.{|BUF1002:ExtractPages|}();
            Any.Transfer(written.IoVectors);
            read.Dispose();
        }
        """);

    [Fact]
    public Task Failure_to_take_the_second_that_returns_without_the_first_is_reported() => VerifyMembersAsync("""

        static int M(IovIter from, IovIter to)
        {
            Span<PageFragment> read = stackalloc PageFragment[4];
            Span<PageFragment> written = stackalloc PageFragment[4];
            ExtractResult first = from.ExtractPages(read, 4096);
            if (first.Bytes <= 0)
                return 0;
            ExtractResult second = to.ExtractPages(written, 4096);
            if (second.Bytes <= 0)
                {|BUF1002:return 0;|}
            PageFragments.Release(read[..first.Fragments]);
            PageFragments.Release(written[..second.Fragments]);
            return 1;
        }
        """);

    [Fact]
    public Task Failure_to_take_the_second_that_gives_the_first_back_is_silent() => VerifyMembersAsync("""

        static int M(IovIter from, IovIter to)
        {
            Span<PageFragment> read = stackalloc PageFragment[4];
            Span<PageFragment> written = stackalloc PageFragment[4];
            ExtractResult first = from.ExtractPages(read, 4096);
            if (first.Bytes <= 0)
                return 0;
            ExtractResult second = to.ExtractPages(written, 4096);
            if (second.Bytes <= 0)
            {
                PageFragments.Release(read[..first.Fragments]);
                return 0;
            }

            PageFragments.Release(read[..first.Fragments]);
            PageFragments.Release(written[..second.Fragments]);
            return 1;
        }
        """);

    [Fact]
    public Task Method_that_never_ends_is_silent() => VerifyMembersAsync("""

        static void M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            while (true)
                Any.Transfer(lease.IoVectors);
        }
        """);
}
