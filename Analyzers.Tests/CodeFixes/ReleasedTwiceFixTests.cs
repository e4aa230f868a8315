using Xunit;
using Fix = BufferLifetime.Analyzers.Tests.CodeFixes.FixCode<BufferLifetime.CodeFixes.Releases.ReleasedTwiceFix>;

namespace BufferLifetime.Analyzers.Tests.CodeFixes;

/// <summary>BUF1003, BUF2002 and BUF2006: of two releases one is left, and it is the right one.</summary>
public sealed class ReleasedTwiceFixTests
{
    [Fact]
    public Task Second_of_two_returns_is_removed() =>
        Fix.VerifyStatementsAsync(
            """
            byte[] buffer = ArrayPool<byte>.Shared.Rent(64);
            int sent = Any.Transfer(buffer);
            ArrayPool<byte>.Shared.Return(buffer); // Given back.

            // Twice.
            ArrayPool<byte>.Shared.{|BUF2006:Return|}(buffer);
            return sent;
            """,
            """
            byte[] buffer = ArrayPool<byte>.Shared.Rent(64);
            int sent = Any.Transfer(buffer);
            ArrayPool<byte>.Shared.Return(buffer); // Given back.

            return sent;
            """);

    [Fact]
    public Task Return_that_the_finally_repeats_is_removed() =>
        Fix.VerifyStatementsAsync(
            """
            byte[] buffer = ArrayPool<byte>.Shared.Rent(64);
            try
            {
                int sent = Any.Transfer(buffer);
                ArrayPool<byte>.Shared.Return(buffer);
                return sent;
            }
            finally
            {
                ArrayPool<byte>.Shared.{|BUF2006:Return|}(buffer);
            }
            """,
            """
            byte[] buffer = ArrayPool<byte>.Shared.Rent(64);
            try
            {
                int sent = Any.Transfer(buffer);
                return sent;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
            """);

    [Fact]
    public Task First_return_goes_where_the_buffer_is_used_after_it() =>
        Fix.VerifyStatementsAsync(
            """
            byte[] buffer = ArrayPool<byte>.Shared.Rent(64);
            ArrayPool<byte>.Shared.Return(buffer);
            int sent = Any.Transfer(buffer);
            ArrayPool<byte>.Shared.{|BUF2006:Return|}(buffer);
            return sent;
            """,
            """
            byte[] buffer = ArrayPool<byte>.Shared.Rent(64);
            int sent = Any.Transfer(buffer);
            ArrayPool<byte>.Shared.Return(buffer);
            return sent;
            """);

    [Fact]
    public Task Return_on_the_path_that_goes_on_to_the_other_is_removed() =>
        Fix.VerifyStatementsAsync(
            """
            byte[] buffer = ArrayPool<byte>.Shared.Rent(64);
            int sent = Any.Transfer(buffer);
            if (sent < 0)
            {
                Console.WriteLine("Failed.");
                ArrayPool<byte>.Shared.Return(buffer);
            }

            ArrayPool<byte>.Shared.{|BUF2006:Return|}(buffer);
            return sent;
            """,
            """
            byte[] buffer = ArrayPool<byte>.Shared.Rent(64);
            int sent = Any.Transfer(buffer);
            if (sent < 0)
            {
                Console.WriteLine("Failed.");
            }

            ArrayPool<byte>.Shared.Return(buffer);
            return sent;
            """);

    [Fact]
    public Task Handle_is_freed_once() =>
        Fix.VerifyStatementsAsync(
            """
            GCHandle handle = GCHandle.Alloc(new byte[8], GCHandleType.Pinned);
            nint address = handle.AddrOfPinnedObject();
            int sent = Any.Transfer(address, 8);
            handle.Free();
            handle.{|BUF2002:Free|}();
            return sent;
            """,
            """
            GCHandle handle = GCHandle.Alloc(new byte[8], GCHandleType.Pinned);
            nint address = handle.AddrOfPinnedObject();
            int sent = Any.Transfer(address, 8);
            handle.Free();
            return sent;
            """);

    [Fact]
    public Task Pages_are_released_once() =>
        Fix.VerifyStatementsAsync(
            """
            Span<PageFragment> pages = stackalloc PageFragment[16];
            ExtractResult taken = iter.ExtractPages(pages, 4096);
            if (taken.Bytes <= 0)
                return 0;

            int sent = Any.Transfer(pages[0].Address, pages[0].Length);
            PageFragments.Release(pages[..taken.Fragments]);
            PageFragments.{|BUF1003:Release|}(pages[..taken.Fragments]);
            return sent;
            """,
            """
            Span<PageFragment> pages = stackalloc PageFragment[16];
            ExtractResult taken = iter.ExtractPages(pages, 4096);
            if (taken.Bytes <= 0)
                return 0;

            int sent = Any.Transfer(pages[0].Address, pages[0].Length);
            PageFragments.Release(pages[..taken.Fragments]);
            return sent;
            """);

    [Fact]
    public Task Use_after_the_release_is_no_second_release()
    {
        const string Source = """
            GCHandle handle = GCHandle.Alloc(new byte[8], GCHandleType.Pinned);
            nint address = handle.AddrOfPinnedObject();
            handle.Free();
            return Any.Transfer({|BUF2002:address|}, 8);
            """;
        return Fix.VerifyStatementsAsync(Source, Source);
    }

    [Fact]
    public Task Release_in_a_loop_is_left_alone()
    {
        // It is one release that is done again: without it there would be none.
        const string Source = """
            byte[] buffer = ArrayPool<byte>.Shared.Rent(64);
            for (int i = 0; i < 3; i++)
            {
                Console.WriteLine(i);
                ArrayPool<byte>.Shared.{|BUF2006:Return|}(buffer);
            }

            return 0;
            """;
        return Fix.VerifyStatementsAsync(Source, Source);
    }

    [Fact]
    public Task Two_returns_that_are_both_needed_are_left_alone()
    {
        // Without either of them there is a path that returns nothing.
        const string Source = """
            byte[] buffer = ArrayPool<byte>.Shared.Rent(64);
            bool first = Any.Chance();
            bool second = Any.Chance();
            if (first)
                ArrayPool<byte>.Shared.Return(buffer);

            if (second)
                ArrayPool<byte>.Shared.{|BUF2006:Return|}(buffer);

            return 0;
            """;
        return Fix.VerifyStatementsAsync(Source, Source);
    }

    [Fact]
    public Task Return_that_is_part_of_an_expression_is_left_alone()
    {
        const string Source = """
            byte[] buffer = ArrayPool<byte>.Shared.Rent(64);
            ArrayPool<byte>.Shared.Return(buffer);
            Action again = () => ArrayPool<byte>.Shared.Return(buffer);
            again();
            return 0;
            """;
        return Fix.VerifyStatementsAsync(Source, Source);
    }

    [Fact]
    public Task Second_release_between_directives_is_left_alone()
    {
        const string Source = """
            byte[] buffer = ArrayPool<byte>.Shared.Rent(64);
            ArrayPool<byte>.Shared.Return(buffer);
            #if !NOTHING
            ArrayPool<byte>.Shared.{|BUF2006:Return|}(buffer);
            #endif
            return 0;
            """;
        return Fix.VerifyStatementsAsync(Source, Source);
    }
}
