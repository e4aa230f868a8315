using Xunit;
using Fix = BufferLifetime.Analyzers.Tests.CodeFixes.FixCode<BufferLifetime.CodeFixes.Direction.PinnedExtractionFix>;

namespace BufferLifetime.Analyzers.Tests.CodeFixes;

/// <summary>The legacy call, its uses and its release become a pin that is given back in a finally.</summary>
public sealed class PinnedExtractionTests
{
    [Fact]
    public Task Acquisition_use_and_release_are_repaired_together() =>
        Fix.VerifyStatementsAsync(
            """
            Span<PageFragment> pages = stackalloc PageFragment[16];
            int bytes = iter.{|BUF1102:GetPages|}(pages, 4096, out int offset);
            if (bytes <= 0)
                return bytes;

            // Send what was taken.
            int sent = Any.Transfer(pages[0].DangerousAddress + offset, bytes);
            PageFragments.PutPages(pages);
            return sent;
            """,
            """
            Span<PageFragment> pages = stackalloc PageFragment[16];
            int bytes = iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out int offset);
            if (bytes <= 0)
                return bytes;

            try
            {
                // Send what was taken.
                int sent = Any.Transfer(pages[0].Address + offset, bytes);
                return sent;
            }
            finally
            {
                PageFragments.Release(pages);
            }
            """);

    [Fact]
    public Task Pages_written_to_are_repaired_with_the_call() =>
        Fix.VerifyMembersAsync(
            """
                static int M(Memory<byte>[] parts)
                {
                    var iter = IovIter.Iovec(parts, TransferDirection.Destination);
                    Span<PageFragment> pages = stackalloc PageFragment[16];
                    int bytes = iter.{|BUF1101:{|BUF1102:GetPages|}|}(pages, 4096, out int offset);
                    if (bytes <= 0)
                        return bytes;

                    int got = Any.Transfer(pages[0].DangerousAddress + offset, bytes);
                    PageFragments.Put(pages[..1]);
                    return got;
                }
            """,
            """
                static int M(Memory<byte>[] parts)
                {
                    var iter = IovIter.Iovec(parts, TransferDirection.Destination);
                    Span<PageFragment> pages = stackalloc PageFragment[16];
                    int bytes = iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out int offset);
                    if (bytes <= 0)
                        return bytes;

                    try
                    {
                        int got = Any.Transfer(pages[0].Address + offset, bytes);
                        return got;
                    }
                    finally
                    {
                        PageFragments.Release(pages);
                    }
                }
            """);

    [Fact]
    public Task Statements_after_the_release_stay_outside_where_they_need_nothing_of_the_inside() =>
        Fix.VerifyStatementsAsync(
            """
            Span<PageFragment> pages = stackalloc PageFragment[16];
            int bytes = iter.{|BUF1102:GetPages|}(pages, 4096, out int offset);
            if (bytes == 0) { return 0; }
            Any.Transfer(pages[0].DangerousAddress + offset, bytes);
            PageFragments.Put(pages);
            Console.WriteLine(bytes);
            return bytes;
            """,
            """
            Span<PageFragment> pages = stackalloc PageFragment[16];
            int bytes = iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out int offset);
            if (bytes == 0) { return 0; }
            try
            {
                Any.Transfer(pages[0].Address + offset, bytes);
            }
            finally
            {
                PageFragments.Release(pages);
            }

            Console.WriteLine(bytes);
            return bytes;
            """);

    [Fact]
    public Task Comments_of_removed_releases_go_where_the_release_is_now() =>
        Fix.VerifyStatementsAsync(
            """
            Span<PageFragment> pages = stackalloc PageFragment[16];
            int bytes = iter.{|BUF1102:GetPages|}(pages, 4096, out int offset); // as much as fits
            if (bytes < 1)
                return 0;

            int sent = Any.Transfer(pages[0].DangerousAddress + offset, bytes);
            if (sent < 0)
            {
                // The peer is gone.
                PageFragments.Put(pages);
                return sent;
            }

            // Done with them.
            PageFragments.PutPages(pages); // all of them
            return sent;
            """,
            """
            Span<PageFragment> pages = stackalloc PageFragment[16];
            int bytes = iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out int offset); // as much as fits
            if (bytes < 1)
                return 0;

            try
            {
                int sent = Any.Transfer(pages[0].Address + offset, bytes);
                if (sent < 0)
                {
                    return sent;
                }

                return sent;
            }
            finally
            {
                // The peer is gone.
                // Done with them.
                // all of them
                PageFragments.Release(pages);
            }
            """);

    [Fact]
    public Task Release_loop_is_removed_as_a_whole() =>
        Fix.VerifyStatementsAsync(
            """
            Span<PageFragment> pages = stackalloc PageFragment[16];
            int bytes = iter.{|BUF1102:GetPages|}(pages, 4096, out _);
            if (bytes <= 0)
                return 0;
            int count = (bytes + 4095) / 4096;
            int sum = 0;
            for (int i = 0; i < count; i++)
            {
                PageFragment page = pages[i];
                sum += Any.Transfer(page.DangerousAddress, page.Length);
            }

            for (int i = 0; i < count; i++)
                pages[i].Put();
            return sum;
            """,
            """
            Span<PageFragment> pages = stackalloc PageFragment[16];
            int bytes = iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out _);
            if (bytes <= 0)
                return 0;
            try
            {
                int count = (bytes + 4095) / 4096;
                int sum = 0;
                for (int i = 0; i < count; i++)
                {
                    PageFragment page = pages[i];
                    sum += Any.Transfer(page.Address, page.Length);
                }

                return sum;
            }
            finally
            {
                PageFragments.Release(pages);
            }
            """);

    [Fact]
    public Task Foreach_that_releases_is_removed_as_a_whole() =>
        Fix.VerifyStatementsAsync(
            """
            Span<PageFragment> pages = stackalloc PageFragment[16];
            int bytes = iter.{|BUF1102:GetPages|}(pages, 4096, out _);
            if (bytes > 0)
            {
                foreach (PageFragment page in pages)
                    Any.Transfer(page.DangerousAddress, page.Length);
                foreach (PageFragment page in pages)
                {
                    page.Put();
                }
            }

            return bytes;
            """,
            """
            Span<PageFragment> pages = stackalloc PageFragment[16];
            int bytes = iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out _);
            if (bytes > 0)
            {
                try
                {
                    foreach (PageFragment page in pages)
                        Any.Transfer(page.Address, page.Length);
                }
                finally
                {
                    PageFragments.Release(pages);
                }
            }

            return bytes;
            """);

    [Fact]
    public Task Call_in_the_condition_of_a_loop_is_repaired() =>
        Fix.VerifyStatementsAsync(
            """
            Span<PageFragment> pages = stackalloc PageFragment[16];
            int bytes;
            while ((bytes = iter.{|BUF1102:GetPages|}(pages, 4096, out int offset)) > 0)
            {
                Any.Transfer(pages[0].DangerousAddress + offset, bytes);
                PageFragments.Put(pages);
            }

            return 0;
            """,
            """
            Span<PageFragment> pages = stackalloc PageFragment[16];
            int bytes;
            while ((bytes = iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out int offset)) > 0)
            {
                try
                {
                    Any.Transfer(pages[0].Address + offset, bytes);
                }
                finally
                {
                    PageFragments.Release(pages);
                }
            }

            return 0;
            """);

    [Fact]
    public Task Call_in_a_condition_that_leaves_is_repaired() =>
        Fix.VerifyStatementsAsync(
            """
            Span<PageFragment> pages = stackalloc PageFragment[16];
            if (iter.{|BUF1102:GetPages|}(pages, maxBytes: 4096, out int offset) is <= 0)
                return 0;

            int sent = Any.Transfer(pages[0].DangerousAddress + offset, 1);
            PageFragments.Put(pages);
            return sent;
            """,
            """
            Span<PageFragment> pages = stackalloc PageFragment[16];
            if (iter.ExtractPages(pages, maxBytes: 4096, ExtractFlags.PerPage, out int offset) is <= 0)
                return 0;

            try
            {
                int sent = Any.Transfer(pages[0].Address + offset, 1);
                return sent;
            }
            finally
            {
                PageFragments.Release(pages);
            }
            """);

    [Fact]
    public Task Arguments_out_of_order_stay_named() =>
        Fix.VerifyMembersAsync(
            """
                static int M(ref IovIter iter, Span<PageFragment> pages) => iter.{|BUF1102:GetPages|}(offset0: out _, pages: pages, maxBytes: 4096);
            """,
            """
                static int M(ref IovIter iter, Span<PageFragment> pages) => iter.ExtractPages(offset0: out _, pages: pages, flags: ExtractFlags.PerPage, maxBytes: 4096);
            """);

    [Fact]
    public Task Call_that_gives_the_pages_back_is_no_way_out() =>
        Fix.VerifyStatementsAsync(
            """
            Span<PageFragment> pages = stackalloc PageFragment[16];
            int bytes = iter.{|BUF1102:GetPages|}(pages, 4096, out _);
            if (bytes <= 0)
                return 0;
            int sent = Any.TransferPages(pages);
            PageFragments.Put(pages);
            return sent;
            """,
            """
            Span<PageFragment> pages = stackalloc PageFragment[16];
            int bytes = iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out _);
            if (bytes <= 0)
                return 0;
            try
            {
                int sent = Any.TransferPages(pages);
                return sent;
            }
            finally
            {
                PageFragments.Release(pages);
            }
            """);

    [Fact]
    public Task Two_calls_in_one_block_are_repaired_in_one_pass() =>
        Fix.VerifyStatementsAsync(
            """
            Span<PageFragment> first = stackalloc PageFragment[16], second = stackalloc PageFragment[16];
            int one = iter.{|BUF1102:GetPages|}(first, 4096, out int offset);
            if (one <= 0)
                return 0;

            int two = iter.{|BUF1102:GetPages|}(second, 4096, out _);
            int sent = Any.Transfer(first[0].DangerousAddress + offset, one);
            if (two > 0)
            {
                sent += Any.Transfer(second[0].DangerousAddress, two);
                PageFragments.Put(second);
            }

            PageFragments.Put(first);
            return sent;
            """,
            """
            Span<PageFragment> first = stackalloc PageFragment[16], second = stackalloc PageFragment[16];
            int one = iter.ExtractPages(first, 4096, ExtractFlags.PerPage, out int offset);
            if (one <= 0)
                return 0;

            try
            {
                int two = iter.ExtractPages(second, 4096, ExtractFlags.PerPage, out _);
                try
                {
                    int sent = Any.Transfer(first[0].Address + offset, one);
                    if (two > 0)
                    {
                        sent += Any.Transfer(second[0].Address, two);
                    }

                    return sent;
                }
                finally
                {
                    PageFragments.Release(second);
                }
            }
            finally
            {
                PageFragments.Release(first);
            }
            """);

    [Fact]
    public Task Branch_that_only_released_is_removed() =>
        Fix.VerifyStatementsAsync(
            """
            Span<PageFragment> pages = stackalloc PageFragment[16];
            int bytes = iter.{|BUF1102:GetPages|}(
                pages,
                4096, // one page
                out int offset);
            int sent = Any.Transfer(pages[0].DangerousAddress + offset, bytes);
            if (sent > 0)
            {
                PageFragments.Put(pages);
                Console.WriteLine(sent);
            }
            else
            {
                PageFragments.Put(pages);
            }

            return 0;
            """,
            """
            Span<PageFragment> pages = stackalloc PageFragment[16];
            int bytes = iter.ExtractPages(
                pages,
                4096, // one page
                ExtractFlags.PerPage,
                out int offset);
            try
            {
                int sent = Any.Transfer(pages[0].Address + offset, bytes);
                if (sent > 0)
                {
                    Console.WriteLine(sent);
                }
            }
            finally
            {
                PageFragments.Release(pages);
            }

            return 0;
            """);
}
