using Xunit;
using Fix = BufferLifetime.Analyzers.Tests.CodeFixes.FixCode<BufferLifetime.CodeFixes.Modes.NotReleasedFix>;

namespace BufferLifetime.Analyzers.Tests.CodeFixes;

public sealed class NotReleasedFixTests
{
    [Fact]
    public Task Lease_that_is_never_released_is_held_by_using() =>
        Fix.VerifyStatementsAsync(
            """
            // Everything.
            PageLease lease = iter.{|BUF1002:ExtractPages|}();
            return Any.Transfer(lease.IoVectors);
            """,
            """
            // Everything.
            using PageLease lease = iter.ExtractPages();
            return Any.Transfer(lease.IoVectors);
            """);

    [Fact]
    public Task Releases_that_using_makes_superfluous_are_removed() =>
        Fix.VerifyStatementsAsync(
            """
            var lease = iter.ExtractPages();
            int sent = Any.Transfer(lease.IoVectors);
            if (sent < 0)
                {|BUF1002:return sent;|}

            if (sent == 0)
            {
                lease.Dispose();
                return 0;
            }

            lease.Dispose();
            return sent;
            """,
            """
            using var lease = iter.ExtractPages();
            int sent = Any.Transfer(lease.IoVectors);
            if (sent < 0)
                return sent;

            if (sent == 0)
            {
                return 0;
            }

            return sent;
            """);

    [Fact]
    public Task Release_before_further_work_stays() =>
        Fix.VerifyStatementsAsync(
            """
            var kept = iter.ExtractToBvec();
            if (Any.Chance())
                {|BUF1002:return -1;|}

            long length = Any.Length(kept.Iter);
            kept.Dispose();
            Console.WriteLine(length);
            return 0;
            """,
            """
            using var kept = iter.ExtractToBvec();
            if (Any.Chance())
                return -1;

            long length = Any.Length(kept.Iter);
            kept.Dispose();
            Console.WriteLine(length);
            return 0;
            """);

    [Fact]
    public Task Lease_that_is_also_returned_is_left_alone()
    {
        const string Source = """
                static PageLease? M(IovIter iter)
                {
                    PageLease lease = iter.ExtractPages();
                    if (Any.Chance())
                        {|BUF1002:return null;|}
                    return lease;
                }
            """;
        return Fix.VerifyMembersAsync(Source, Source);
    }

    [Fact]
    public Task Lease_in_a_switch_section_which_can_have_no_using_is_released_in_a_finally() =>
        Fix.VerifyMembersAsync(
            """
                static int M(IovIter iter, int kind)
                {
                    switch (kind)
                    {
                        case 1:
                            PageLease lease = iter.{|BUF1002:ExtractPages|}();
                            return Any.Transfer(lease.IoVectors);
                        default:
                            return 0;
                    }
                }
            """,
            """
                static int M(IovIter iter, int kind)
                {
                    switch (kind)
                    {
                        case 1:
                            PageLease lease = iter.ExtractPages();
                            try
                            {
                                return Any.Transfer(lease.IoVectors);
                            }
                            finally
                            {
                                lease.Dispose();
                            }
                        default:
                            return 0;
                    }
                }
            """);

    [Fact]
    public Task Pages_are_released_in_a_finally() =>
        Fix.VerifyStatementsAsync(
            """
            Span<PageFragment> pages = stackalloc PageFragment[16];
            ExtractResult taken = iter.ExtractPages(pages, 4096);
            if (taken.Bytes <= 0)
                return 0;

            int sent = Any.Transfer(pages[0].Address, pages[0].Length);
            if (sent < 0)
                {|BUF1002:return sent;|}

            PageFragments.Unpin(pages[..taken.Fragments]);
            return sent;
            """,
            """
            Span<PageFragment> pages = stackalloc PageFragment[16];
            ExtractResult taken = iter.ExtractPages(pages, 4096);
            if (taken.Bytes <= 0)
                return 0;

            try
            {
                int sent = Any.Transfer(pages[0].Address, pages[0].Length);
                if (sent < 0)
                    return sent;

                return sent;
            }
            finally
            {
                PageFragments.Release(pages);
            }
            """);

    [Fact]
    public Task Pages_of_a_legacy_call_are_released_in_a_finally() =>
        Fix.VerifyStatementsAsync(
            """
            Span<PageFragment> pages = stackalloc PageFragment[16];
            int bytes = iter.GetPages(pages, 4096, out int offset);
            if (bytes <= 0)
                return 0;

            int sent = Any.Transfer(pages[0].DangerousAddress + offset, bytes);
            if (sent < 0)
                {|BUF1002:return sent;|}

            if (sent == 0)
                {|BUF1002:return 1;|}

            PageFragments.Put(pages);
            return sent;
            """,
            """
            Span<PageFragment> pages = stackalloc PageFragment[16];
            int bytes = iter.GetPages(pages, 4096, out int offset);
            if (bytes <= 0)
                return 0;

            try
            {
                int sent = Any.Transfer(pages[0].DangerousAddress + offset, bytes);
                if (sent < 0)
                    return sent;

                if (sent == 0)
                    return 1;

                return sent;
            }
            finally
            {
                PageFragments.Release(pages);
            }
            """);

    [Fact]
    public Task Lease_of_an_operation_that_is_still_pending_is_left_alone()
    {
        const string Source = """
                static ValueTask<long> SendAsync(IovIter data)
                {
                    ExtractedIter kept = data.{|BUF1002:ExtractToBvec|}();
                    return Any.LengthAsync(kept.Iter);
                }
            """;
        return Fix.VerifyMembersAsync(Source, Source);
    }

    [Fact]
    public Task Lease_in_a_loop_is_held_for_one_round() =>
        Fix.VerifyStatementsAsync(
            """
            int total = 0;
            while (!iter.IsEmpty)
            {
                PageLease lease = iter.{|BUF1002:ExtractPages|}(4096);
                total += Any.Transfer(lease.IoVectors);
            }

            return total;
            """,
            """
            int total = 0;
            while (!iter.IsEmpty)
            {
                using PageLease lease = iter.ExtractPages(4096);
                total += Any.Transfer(lease.IoVectors);
            }

            return total;
            """);

    [Fact]
    public Task Several_in_one_block_are_repaired_in_one_pass() =>
        Fix.VerifyStatementsAsync(
            """
            PageLease first = iter.{|BUF1002:ExtractPages|}(4096);
            PageLease second = iter.{|BUF1002:ExtractPages|}(4096);
            Span<PageFragment> pages = stackalloc PageFragment[16];
            ExtractResult taken = iter.{|BUF1002:ExtractPages|}(pages, 4096);
            if (taken.Fragments == 0)
                return 0;
            return Any.Transfer(first.IoVectors) + Any.Transfer(second.IoVectors) + Any.Transfer(pages[0].Address, 1);
            """,
            """
            using PageLease first = iter.ExtractPages(4096);
            using PageLease second = iter.ExtractPages(4096);
            Span<PageFragment> pages = stackalloc PageFragment[16];
            ExtractResult taken = iter.ExtractPages(pages, 4096);
            if (taken.Fragments == 0)
                return 0;
            try
            {
                return Any.Transfer(first.IoVectors) + Any.Transfer(second.IoVectors) + Any.Transfer(pages[0].Address, 1);
            }
            finally
            {
                PageFragments.Release(pages);
            }
            """);
}
