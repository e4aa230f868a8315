using Xunit;
using static BufferLifetime.Analyzers.Tests.Rules.RuleCode;

namespace BufferLifetime.Analyzers.Tests.Engine;

/// <summary>Pieces in storage that goes by several names, loops that go through the pieces, and values that hold others.</summary>
public sealed class StorageEngineFixTests
{
    [Fact]
    public Task Second_extraction_into_the_same_storage_loses_the_first() => VerifyMembersAsync("""

        static void M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[16];
            if (iter.{|BUF1002:ExtractPages|}(pages, 4096).Bytes == 0)
                return;
            int m = iter.ExtractPages(pages, 4096).Fragments;
            PageFragments.Release(pages[..m]);
        }
        """);

    [Fact]
    public Task Second_extraction_behind_the_first_does_not_lose_it() => VerifyMembersAsync("""

        static void M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[16];
            int n = iter.ExtractPages(pages[..8], 4096).Fragments;
            int m = iter.ExtractPages(pages.Slice(n, 8), 4096).Fragments;
            PageFragments.Release(pages[..(n + m)]);
        }
        """);

    [Fact]
    public Task Same_slice_filled_in_each_round_is_released_in_each_round() => VerifyMembersAsync("""

        static void M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[16];
            while (iter.ExtractPages(pages[..4], 4096).Fragments is > 0 and var n)
                PageFragments.Release(pages[..n]);
        }
        """);

    [Fact]
    public Task Argument_that_branches_does_not_hide_the_storage() => VerifyMembersAsync("""

        static void M(IovIter iter, bool perPage)
        {
            var pages = new PageFragment[16];
            int n = iter.ExtractPages(pages, 4096, perPage ? ExtractFlags.PerPage : ExtractFlags.None).Fragments;
            PageFragments.Release(pages.AsSpan(0, n));
        }
        """);

    [Fact]
    public Task Other_name_made_before_the_extraction_finds_the_pages() => VerifyMembersAsync("""

        static void M(IovIter iter)
        {
            var array = new PageFragment[16];
            Span<PageFragment> all = array;
            int n = iter.ExtractPages(array, 4096).Fragments;
            PageFragments.Release(all[..n]);
        }
        """);

    [Fact]
    public Task Locals_assigned_from_each_other_in_a_loop_are_analyzed() => VerifyMembersAsync("""

        static void M(IovIter iter, int rounds)
        {
            Span<PageFragment> a = new PageFragment[16], b = new PageFragment[16];
            for (int i = 0; i < rounds; i++)
            {
                Span<PageFragment> c = a;
                a = b;
                b = c;
                a = a[..2];
            }

            using PageLease lease = iter.ExtractPages();
        }
        """);

    [Fact]
    public Task Condition_of_a_loop_can_change_in_the_next_round() => VerifyMembersAsync("""

        static void M(IovIter iter)
        {
            PageLease? lease = null;
            while (Any.Chance())
            {
                lease = iter.{|BUF1002:ExtractPages|}();
                if (Any.Chance())
                    continue;
                lease.Dispose();
            }
        }
        """);

    [Fact]
    public Task Loop_that_extracts_is_not_settled_by_the_loop_inside_that_releases() => VerifyMembersAsync("""

        static void M(IovIter iter, int rounds)
        {
            Span<PageFragment> pages = stackalloc PageFragment[16];
            for (int r = 0; r < rounds; r++)
            {
                int n = iter.{|BUF1002:ExtractPages|}(pages, 4096).Fragments;
                if (Any.Chance())
                    continue;
                foreach (PageFragment page in pages[..n])
                    page.Release();
            }
        }
        """);

    [Fact]
    public Task Release_loop_that_something_else_ends_is_reported() => VerifyMembersAsync("""

        static void M(IovIter iter, bool stop)
        {
            var pages = new PageFragment[16];
            if (iter.{|BUF1002:ExtractPages|}(pages, 4096).Bytes == 0)
                return;
            foreach (PageFragment page in pages)
            {
                if (stop)
                    break;
                page.Release();
            }
        }
        """);

    [Fact]
    public Task Handler_sees_only_what_it_can_catch() => VerifyMembersAsync("""

        static int M(IovIter iter, int a, int b)
        {
            PageLease lease = iter.ExtractPages();
            try
            {
                int product = checked(a * b);
                lease.Dispose();
                return product;
            }
            catch (IOException)
            {
                return -1;
            }
        }
        """);

    [Fact]
    public Task Thrown_exception_goes_to_the_handler_of_its_type() => VerifyMembersAsync("""

        static int M(IovIter iter, int a)
        {
            PageLease lease = iter.ExtractPages();
            try
            {
                if (a < 0)
                    throw new InvalidOperationException();
                lease.Dispose();
                if (a > 10)
                    throw new IOException();
                return 1;
            }
            catch (InvalidOperationException)
            {
                lease.Dispose();
                return -1;
            }
            catch (IOException)
            {
                return -2;
            }
        }
        """);

    [Fact]
    public Task Element_of_a_tuple_that_is_not_released_is_reported() => VerifyMembersAsync("""

        static void M(IovIter a, IovIter b)
        {
            (PageLease Read, PageLease Written) pair = (a.ExtractPages(), b.{|BUF1002:ExtractPages|}());
            pair.Read.Dispose();
        }
        """);
}
