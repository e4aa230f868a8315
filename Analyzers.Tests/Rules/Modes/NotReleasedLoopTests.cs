using Xunit;
using static BufferLifetime.Analyzers.Tests.Rules.RuleCode;

namespace BufferLifetime.Analyzers.Tests.Rules.Modes;

/// <summary>BUF1002 over loops.</summary>
public sealed class NotReleasedLoopTests
{
    [Fact]
    public Task Loop_that_extracts_the_next_pages_without_releasing_the_last_is_reported() => VerifyMembersAsync("""

        static long M(IovIter iter)
        {
            long total = 0;
            PageLease lease = new();
            while (!iter.IsEmpty)
            {
                lease = iter.{|BUF1002:ExtractPages|}(4096);
                total += lease.Bytes;
            }

            lease.Dispose();
            return total;
        }
        """);

    [Fact]
    public Task Loop_that_releases_each_round_is_silent() => VerifyMembersAsync("""

        static long M(IovIter iter)
        {
            long total = 0;
            while (!iter.IsEmpty)
            {
                PageLease lease = iter.ExtractPages(4096);
                total += lease.Bytes;
                lease.Dispose();
            }

            return total;
        }
        """);

    [Fact]
    public Task Return_right_after_a_loop_is_where_the_leak_is_shown() => VerifyMembersAsync("""

        static void M(IovIter iter, bool keep)
        {
            PageLease lease = iter.ExtractPages();
            if (keep)
            {
                do
                {
                    Any.Transfer(lease.IoVectors);
                }
                while (Any.Chance());
                {|BUF1002:return;|}
            }

            lease.Dispose();
        }
        """);

    [Fact]
    public Task Loop_that_uses_one_span_for_each_round_is_silent() => VerifyMembersAsync("""

        static long M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[16];
            long total = 0;
            while (true)
            {
                ExtractResult taken = iter.ExtractPages(pages, 65536);
                if (taken.Bytes <= 0)
                    break;
                total += taken.Bytes;
                PageFragments.Release(pages[..taken.Fragments]);
            }

            return total;
        }
        """);

    [Fact]
    public Task Break_between_extraction_and_release_is_reported() => VerifyMembersAsync("""

        static long M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[16];
            long total = 0;
            while (true)
            {
                ExtractResult taken = iter.ExtractPages(pages, 65536);
                if (taken.Bytes <= 0)
                    break;
                if (Any.Chance())
                    break;
                total += taken.Bytes;
                PageFragments.Release(pages[..taken.Fragments]);
            }

            {|BUF1002:return total;|}
        }
        """);

    [Fact]
    public Task Continue_between_extraction_and_release_is_reported_at_the_next_extraction() => VerifyMembersAsync("""

        static long M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[16];
            long total = 0;
            while (true)
            {
                ExtractResult taken = iter.{|BUF1002:ExtractPages|}(pages, 65536);
                if (taken.Bytes <= 0)
                    break;
                if (Any.Chance())
                    continue;
                total += taken.Bytes;
                PageFragments.Release(pages[..taken.Fragments]);
            }

            return total;
        }
        """);

    [Fact]
    public Task Continue_after_the_release_is_silent() => VerifyMembersAsync("""

        static long M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[16];
            long total = 0;
            for (int round = 0; round < 8; round++)
            {
                ExtractResult taken = iter.ExtractPages(pages, 65536);
                if (taken.Bytes <= 0)
                    continue;
                PageFragments.Release(pages[..taken.Fragments]);
                if (Any.Chance())
                    continue;
                total += taken.Bytes;
            }

            return total;
        }
        """);

    [Fact]
    public Task Do_loop_that_releases_each_round_is_silent() => VerifyMembersAsync("""

        static long M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[16];
            long total = 0;
            ExtractResult taken;
            do
            {
                taken = iter.ExtractPages(pages, 65536);
                total += taken.Bytes;
                PageFragments.Release(pages[..taken.Fragments]);
            }
            while (taken.Bytes > 0);
            return total;
        }
        """);

    [Fact]
    public Task Do_loop_that_releases_only_after_the_last_round_is_reported() => VerifyMembersAsync("""

        static long M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[16];
            long total = 0;
            ExtractResult taken;
            do
            {
                taken = iter.{|BUF1002:ExtractPages|}(pages, 65536);
                total += taken.Bytes;
            }
            while (taken.Bytes > 0 && Any.Chance());
            PageFragments.Release(pages[..taken.Fragments]);
            return total;
        }
        """);

    [Fact]
    public Task Retry_until_something_was_taken_is_silent() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[16];
            int bytes;
            do
            {
                bytes = iter.ExtractPages(pages, 65536, ExtractFlags.PerPage, out _);
            }
            while (bytes <= 0);
            PageFragments.Release(pages);
            return bytes;
        }
        """);

    [Fact]
    public Task Extraction_in_the_condition_of_the_loop_is_silent() => VerifyMembersAsync("""

        static long M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[16];
            long total = 0;
            int bytes;
            while ((bytes = iter.ExtractPages(pages, 65536, ExtractFlags.PerPage, out _)) > 0)
            {
                total += bytes;
                PageFragments.Release(pages);
            }

            return total;
        }
        """);

    [Fact]
    public Task Extraction_in_the_condition_of_the_loop_without_release_is_reported() => VerifyMembersAsync("""

        static long M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[16];
            long total = 0;
            int bytes;
            while ((bytes = iter.{|BUF1002:ExtractPages|}(pages, 65536, ExtractFlags.PerPage, out _)) > 0)
                total += bytes;
            return total;
        }
        """);

    [Fact]
    public Task Extraction_in_the_header_of_a_for_loop_is_silent() => VerifyMembersAsync("""

        static long M(IovIter iter)
        {
            long total = 0;
            for (PageLease lease = iter.ExtractPages(4096); ; lease = iter.ExtractPages(4096))
            {
                if (lease.IsEmpty)
                {
                    lease.Dispose();
                    break;
                }

                total += lease.Bytes;
                lease.Dispose();
            }

            return total;
        }
        """);

    [Fact]
    public Task Pages_put_one_by_one_in_a_for_loop_are_silent() => VerifyMembersAsync("""

        static void M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[16];
            ExtractResult taken = iter.ExtractPages(pages, 65536);
            for (int i = 0; i < taken.Fragments; i++)
                pages[i].Release();
        }
        """);

    [Fact]
    public Task Pages_put_one_by_one_backwards_are_silent() => VerifyMembersAsync("""

        static void M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[16];
            ExtractResult taken = iter.ExtractPages(pages, 65536);
            int n = taken.Fragments;
            while (n-- > 0)
                pages[n].Release();
        }
        """);

    [Fact]
    public Task Pages_released_in_a_foreach_loop_are_silent() => VerifyMembersAsync("""

        static void M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[16];
            int n = iter.ExtractPages(pages, 65536).Fragments;
            foreach (PageFragment page in pages[..n])
                page.Release();
        }
        """);

    [Fact]
    public Task Pages_released_by_reference_in_a_foreach_loop_are_silent() => VerifyMembersAsync("""

        static void M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[16];
            int n = iter.ExtractPages(pages, 65536).Fragments;
            foreach (ref readonly PageFragment page in pages[..n])
                page.Release();
        }
        """);

    [Fact]
    public Task Pages_of_an_array_released_in_a_foreach_loop_are_silent() => VerifyMembersAsync("""

        static void M(IovIter iter)
        {
            PageFragment[] pages = new PageFragment[16];
            int n = iter.ExtractPages(pages, 65536).Fragments;
            foreach (PageFragment page in pages)
            {
                if (page.IsEmpty)
                    break;
                page.Release();
            }
        }
        """);

    [Fact]
    public Task Pages_of_an_array_segment_released_in_a_foreach_loop_are_silent() => VerifyMembersAsync("""

        static void M(IovIter iter)
        {
            PageFragment[] pages = new PageFragment[16];
            int n = iter.ExtractPages(pages, 65536).Fragments;
            foreach (PageFragment page in new ArraySegment<PageFragment>(pages, 0, n))
                page.Release();
        }
        """);

    [Fact]
    public Task Return_before_the_release_loop_is_reported() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[16];
            int n = iter.ExtractPages(pages, 65536).Fragments;
            if (Any.Transfer(pages[0].Address, pages[0].Length) < 0)
                {|BUF1002:return -1;|}
            foreach (ref readonly PageFragment page in pages[..n])
                page.Release();
            return n;
        }
        """);

    [Fact]
    public Task Loop_that_only_looks_at_the_pages_is_reported() => VerifyMembersAsync("""

        static long M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[16];
            long total = 0;
            int n = iter.{|BUF1002:ExtractPages|}(pages, 65536).Fragments;
            foreach (PageFragment page in pages[..n])
                total += page.Length;
            return total;
        }
        """);

    [Fact]
    public Task Leases_gathered_in_a_list_and_disposed_in_a_second_loop_are_silent() => VerifyMembersAsync("""

        static void M(IovIter[] iters)
        {
            var leases = new List<PageLease>();
            foreach (IovIter iter in iters)
                leases.Add(iter.ExtractPages());
            foreach (PageLease lease in leases)
                lease.Dispose();
        }
        """);

    [Fact]
    public Task Leases_gathered_in_an_array_are_silent() => VerifyMembersAsync("""

        static void M(IovIter[] iters)
        {
            var leases = new PageLease[iters.Length];
            for (int i = 0; i < iters.Length; i++)
                leases[i] = iters[i].ExtractPages();
            for (int i = 0; i < iters.Length; i++)
                leases[i].Dispose();
        }
        """);

    [Fact]
    public Task Return_inside_a_foreach_loop_is_reported() => VerifyMembersAsync("""

        static int M(IovIter iter, int[] numbers)
        {
            PageLease lease = iter.ExtractPages();
            foreach (int number in numbers)
            {
                if (number < 0)
                    {|BUF1002:return number;|}
            }

            lease.Dispose();
            return 0;
        }
        """);

    [Fact]
    public Task Lease_taken_before_a_loop_and_replaced_after_its_release_is_silent() => VerifyMembersAsync("""

        static void M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages(4096);
            while (!lease.IsEmpty)
            {
                Any.Transfer(lease.IoVectors);
                lease.Dispose();
                lease = iter.ExtractPages(4096);
            }

            lease.Dispose();
        }
        """);

    [Fact]
    public Task Lease_replaced_before_its_release_is_reported() => VerifyMembersAsync("""

        static void M(IovIter iter)
        {
            PageLease lease = iter.{|BUF1002:ExtractPages|}(4096);
            Any.Transfer(lease.IoVectors);
            lease = iter.ExtractPages(4096);
            lease.Dispose();
        }
        """);

    [Fact]
    public Task Lease_refilled_in_each_round_is_silent() => VerifyMembersAsync("""

        static long M(IovIter iter)
        {
            long total = 0;
            using PageLease lease = new();
            while (lease.Refill(ref iter, 65536) > 0)
            {
                total += Any.Transfer(lease.IoVectors);
                lease.Release();
            }

            return total;
        }
        """);

    [Fact]
    public Task Nested_loops_that_release_in_the_outer_are_silent() => VerifyMembersAsync("""

        static long M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[16];
            long total = 0;
            for (int bytes; (bytes = iter.ExtractPages(pages, 65536, ExtractFlags.PerPage, out int skip)) > 0;)
            {
                int left = bytes, i = 0;
                while (left > 0)
                {
                    int part = Math.Min(IovIter.PageSize - skip, left);
                    for (int retry = 0; retry < 3 && Any.Transfer(pages[i].Address + skip, part) < 0; retry++)
                        total--;
                    left -= part;
                    skip = 0;
                    i++;
                }

                PageFragments.Release(pages[..i]);
                total += bytes;
            }

            return total;
        }
        """);

    [Fact]
    public Task Nested_loop_that_returns_from_inside_is_reported() => VerifyMembersAsync("""

        static long M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[16];
            while (true)
            {
                int bytes = iter.ExtractPages(pages, 65536, ExtractFlags.PerPage, out int skip);
                if (bytes <= 0)
                    return 0;
                for (int i = 0; i < 16; i++)
                {
                    if (Any.Transfer(pages[i].Address + skip, 1) < 0)
                        {|BUF1002:return -1;|}
                }

                PageFragments.Release(pages);
            }
        }
        """);
}
