using Xunit;
using Fix = BufferLifetime.Analyzers.Tests.CodeFixes.FixCode<BufferLifetime.CodeFixes.Direction.PinnedExtractionFix>;

namespace BufferLifetime.Analyzers.Tests.CodeFixes;

/// <summary>The getter that allocated an array for its caller: the caller allocates it.</summary>
public sealed class AllocatedPagesTests
{
    [Fact]
    public Task Array_is_allocated_before_the_call() =>
        Fix.VerifyStatementsAsync(
            """
            // All that is left.
            int bytes = iter.{|BUF1102:GetPagesAlloc|}(out PageFragment[] pages, 4096, out int offset);
            if (bytes <= 0)
                return bytes;

            int sent = Any.Transfer(pages[0].DangerousAddress + offset, bytes);
            PageFragments.PutPages(pages);
            return sent;
            """,
            """
            // All that is left.
            var pages = new PageFragment[iter.PageCount(int.MaxValue)];
            int bytes = iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out int offset);
            if (bytes <= 0)
                return bytes;

            try
            {
                int sent = Any.Transfer(pages[0].Address + offset, bytes);
                return sent;
            }
            finally
            {
                PageFragments.Release(pages);
            }
            """);

    [Fact]
    public Task Variable_declared_earlier_gets_the_array() =>
        Fix.VerifyStatementsAsync(
            """
            PageFragment[] pages;
            int bytes;
            bytes = iter.{|BUF1102:GetPagesAlloc|}(out pages, 4096, out int offset);
            Any.Transfer(pages[0].DangerousAddress + offset, bytes);
            PageFragments.PutPages(pages);
            return bytes;
            """,
            """
            PageFragment[] pages;
            int bytes;
            pages = new PageFragment[iter.PageCount(int.MaxValue)];
            bytes = iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out int offset);
            try
            {
                Any.Transfer(pages[0].Address + offset, bytes);
            }
            finally
            {
                PageFragments.Release(pages);
            }

            return bytes;
            """);

    [Fact]
    public Task Array_whose_length_counts_is_cut_to_what_was_taken() =>
        Fix.VerifyStatementsAsync(
            """
            int bytes = iter.{|BUF1102:GetPagesAlloc|}(out var pages, 4096, out int offset);
            if (bytes <= 0)
                return bytes;

            int sent = 0;
            for (int i = 0; i < pages.Length; i++)
                sent += Any.Transfer(pages[i].DangerousAddress, 1);
            PageFragments.PutPages(pages);
            return sent;
            """,
            """
            var pages = new PageFragment[iter.PageCount(int.MaxValue)];
            int bytes = iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out int offset);
            Array.Resize(ref pages, (offset + bytes + IovIter.PageSize - 1) / IovIter.PageSize);
            if (bytes <= 0)
                return bytes;

            try
            {
                int sent = 0;
                for (int i = 0; i < pages.Length; i++)
                    sent += Any.Transfer(pages[i].Address, 1);
                return sent;
            }
            finally
            {
                PageFragments.Release(pages);
            }
            """);

    [Fact]
    public Task Array_that_is_returned_is_cut_to_what_was_taken() =>
        Fix.VerifyMembersAsync(
            """
                static PageFragment[] M(IovIter iter)
                {
                    int bytes = iter.{|BUF1102:GetPagesAlloc|}(out PageFragment[] pages, 4096, out int offset);
                    return pages;
                }
            """,
            """
                static PageFragment[] M(IovIter iter)
                {
                    var pages = new PageFragment[iter.PageCount(int.MaxValue)];
                    int bytes = iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out int offset);
                    Array.Resize(ref pages, (offset + bytes + IovIter.PageSize - 1) / IovIter.PageSize);
                    return pages;
                }
            """);

    [Fact]
    public Task Array_whose_length_counts_and_cannot_be_said_is_left_alone()
    {
        const string Source = """
                static int M(IovIter iter, out PageFragment[] pages) => iter.{|BUF1102:GetPagesAlloc|}(out pages, 4096, out _);
            """;
        return Fix.VerifyMembersAsync(Source, Source);
    }

    [Fact]
    public Task Iterator_that_is_not_the_same_twice_is_left_alone()
    {
        const string Source = """
                static IovIter Next() => IovIter.Discard(1);

                static int M()
                {
                    int bytes = Next().{|BUF1102:GetPagesAlloc|}(out PageFragment[] pages, 4096, out int offset);
                    PageFragments.PutPages(pages);
                    return bytes;
                }
            """;
        return Fix.VerifyMembersAsync(Source, Source);
    }

    [Fact]
    public Task Call_in_a_condition_that_leaves_gets_the_array_before_it() =>
        Fix.VerifyStatementsAsync(
            """
            if (iter.{|BUF1102:GetPagesAlloc|}(out PageFragment[] pages, 4096, out int offset) <= 0)
                return 0;

            int sent = Any.Transfer(pages[0].DangerousAddress + offset, 1);
            PageFragments.PutPages(pages);
            return sent;
            """,
            """
            var pages = new PageFragment[iter.PageCount(int.MaxValue)];
            if (iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out int offset) <= 0)
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
}
