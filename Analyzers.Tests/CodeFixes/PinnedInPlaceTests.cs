using Xunit;
using Fix = BufferLifetime.Analyzers.Tests.CodeFixes.FixCode<BufferLifetime.CodeFixes.Direction.PinnedExtractionFix>;

namespace BufferLifetime.Analyzers.Tests.CodeFixes;

/// <summary>Where no finally can be sure to be right, the same statements pin and release in the mode that the pages have.</summary>
public sealed class PinnedInPlaceTests
{
    [Fact]
    public Task Release_in_a_finally_of_ones_own_stays_there() =>
        Fix.VerifyStatementsAsync(
            """
            Span<PageFragment> pages = stackalloc PageFragment[16];
            int bytes = iter.{|BUF1102:GetPages|}(pages, 4096, out int offset);
            try
            {
                return bytes > 0 ? Any.Transfer(pages[0].DangerousAddress + offset, bytes) : 0;
            }
            finally
            {
                PageFragments.PutPages(pages);
            }
            """,
            """
            Span<PageFragment> pages = stackalloc PageFragment[16];
            int bytes = iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out int offset);
            try
            {
                return bytes > 0 ? Any.Transfer(pages[0].Address + offset, bytes) : 0;
            }
            finally
            {
                PageFragments.Release(pages);
            }
            """);

    [Fact]
    public Task Pages_of_the_caller_are_released_in_place() =>
        Fix.VerifyMembersAsync(
            """
                static int M(ref IovIter iter, Span<PageFragment> pages, bool keep)
                {
                    int bytes = iter.{|BUF1102:GetPages|}(pages, 4096, out int offset);
                    int sent = Any.Transfer(pages[0].DangerousAddress + offset, bytes);
                    if (!keep)
                        PageFragments.Put(pages);
                    return sent;
                }
            """,
            """
                static int M(ref IovIter iter, Span<PageFragment> pages, bool keep)
                {
                    int bytes = iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out int offset);
                    int sent = Any.Transfer(pages[0].Address + offset, bytes);
                    if (!keep)
                        PageFragments.Release(pages);
                    return sent;
                }
            """);

    [Fact]
    public Task Pages_that_are_handed_on_are_only_pinned() =>
        Fix.VerifyMembersAsync(
            """
                private PageFragment[] _kept = [];

                PageFragment[] M(ref IovIter iter)
                {
                    var pages = new PageFragment[16];
                    iter.{|BUF1102:GetPages|}(pages, 4096, out int offset);
                    Any.Transfer(pages[0].DangerousAddress + offset, 1);
                    return pages;
                }

                void N(ref IovIter iter)
                {
                    int bytes = iter.{|BUF1102:GetPages|}(_kept, 4096, out int offset);
                    Any.Transfer(_kept[0].DangerousAddress + offset, bytes);
                }
            """,
            """
                private PageFragment[] _kept = [];

                PageFragment[] M(ref IovIter iter)
                {
                    var pages = new PageFragment[16];
                    iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out int offset);
                    Any.Transfer(pages[0].Address + offset, 1);
                    return pages;
                }

                void N(ref IovIter iter)
                {
                    int bytes = iter.ExtractPages(_kept, 4096, ExtractFlags.PerPage, out int offset);
                    Any.Transfer(_kept[0].Address + offset, bytes);
                }
            """);

    [Fact]
    public Task Call_that_may_have_taken_the_pages_over_keeps_its_ways_out() =>
        Fix.VerifyStatementsAsync(
            """
            Span<PageFragment> pages = stackalloc PageFragment[16];
            int bytes = iter.{|BUF1102:GetPages|}(pages, 4096, out _);
            if (bytes <= 0)
                return 0;
            if (Any.TransferPages(pages) > 0)
                return bytes;
            PageFragments.Put(pages);
            return 0;
            """,
            """
            Span<PageFragment> pages = stackalloc PageFragment[16];
            int bytes = iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out _);
            if (bytes <= 0)
                return 0;
            if (Any.TransferPages(pages) > 0)
                return bytes;
            PageFragments.Release(pages);
            return 0;
            """);

    [Fact]
    public Task Variable_that_is_filled_twice_is_repaired_in_place() =>
        Fix.VerifyStatementsAsync(
            """
            Span<PageFragment> pages = stackalloc PageFragment[16];
            int bytes = iter.{|BUF1102:GetPages|}(pages, 4096, out int offset);
            Any.Transfer(pages[0].DangerousAddress + offset, bytes);
            PageFragments.Put(pages);
            bytes = iter.{|BUF1102:GetPages|}(pages, 4096, out offset);
            Any.Transfer(pages[0].DangerousAddress + offset, bytes);
            PageFragments.Put(pages);
            return 0;
            """,
            """
            Span<PageFragment> pages = stackalloc PageFragment[16];
            int bytes = iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out int offset);
            Any.Transfer(pages[0].Address + offset, bytes);
            PageFragments.Release(pages);
            bytes = iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out offset);
            Any.Transfer(pages[0].Address + offset, bytes);
            PageFragments.Release(pages);
            return 0;
            """);

    [Fact]
    public Task Conditional_directives_between_the_statements_keep_them_in_place() =>
        Fix.VerifyStatementsAsync(
            """
            Span<PageFragment> pages = stackalloc PageFragment[16];
            int bytes = iter.{|BUF1102:GetPages|}(pages, 4096, out int offset);
            int sent = Any.Transfer(pages[0].DangerousAddress + offset, bytes);
            #if DEBUG
            Console.WriteLine(sent);
            #endif
            PageFragments.Put(pages);
            return sent;
            """,
            """
            Span<PageFragment> pages = stackalloc PageFragment[16];
            int bytes = iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out int offset);
            int sent = Any.Transfer(pages[0].Address + offset, bytes);
            #if DEBUG
            Console.WriteLine(sent);
            #endif
            PageFragments.Release(pages);
            return sent;
            """);

    [Fact]
    public Task Release_of_pages_from_elsewhere_follows_their_mode() =>
        Fix.VerifyMembersAsync(
            """
                static void All(Span<PageFragment> pages) => PageFragments.{|BUF1102:PutPages|}(pages);

                static void One(PageFragment page) => page.{|BUF1102:Put|}();
            """,
            """
                static void All(Span<PageFragment> pages) => PageFragments.Release(pages);

                static void One(PageFragment page) => page.Release();
            """);

    [Fact]
    public Task Pages_that_are_used_after_the_block_that_took_them_are_repaired_in_place() =>
        Fix.VerifyStatementsAsync(
            """
            Span<PageFragment> pages = stackalloc PageFragment[16];
            int filled = 0;
            while (filled < pages.Length)
            {
                int bytes = iter.{|BUF1102:GetPages|}(pages[filled..], 4096, out int offset);
                if (bytes <= 0)
                    break;

                Any.Transfer(pages[filled].DangerousAddress + offset, bytes);
                filled++;
            }

            return Any.TransferPages(pages[..filled]);
            """,
            """
            Span<PageFragment> pages = stackalloc PageFragment[16];
            int filled = 0;
            while (filled < pages.Length)
            {
                int bytes = iter.ExtractPages(pages[filled..], 4096, ExtractFlags.PerPage, out int offset);
                if (bytes <= 0)
                    break;

                Any.Transfer(pages[filled].Address + offset, bytes);
                filled++;
            }

            return Any.TransferPages(pages[..filled]);
            """);
}
