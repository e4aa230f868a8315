using Xunit;
using static BufferLifetime.Analyzers.Tests.Rules.RuleCode;

namespace BufferLifetime.Analyzers.Tests.Rules.Modes;

/// <summary>BUF1006: a number of bytes where the number of pages belongs.</summary>
public sealed class WrongCountTests
{
    [Theory]
    [InlineData("PageFragments.Release(pages[..{|BUF1006:bytes|}]);")]
    [InlineData("PageFragments.Release(pages[..{|BUF1006:wanted|}]);")]
    [InlineData("PageFragments.Release(pages.Slice(0, {|BUF1006:bytes|}));")]
    public Task Number_of_bytes_is_reported(string release) => VerifyMembersAsync($$"""

        static int M(IovIter iter, int wanted)
        {
            Span<PageFragment> pages = stackalloc PageFragment[16];
            int bytes = iter.ExtractPages(pages, wanted, ExtractFlags.PerPage, out int offset0);
            {{release}}
            return bytes;
        }
        """);

    [Theory]
    [InlineData("PageFragments.Release(pages);")]
    [InlineData("PageFragments.Release(pages[..count]);")]
    [InlineData("PageFragments.Release(pages[..((offset0 + bytes + 4095) / 4096)]);")]
    public Task Number_of_pages_is_silent(string release) => VerifyMembersAsync($$"""

        static int M(IovIter iter, int wanted)
        {
            Span<PageFragment> pages = stackalloc PageFragment[16];
            int bytes = iter.ExtractPages(pages, wanted, ExtractFlags.PerPage, out int offset0);
            int count = (offset0 + bytes + 4095) / 4096;
            {{release}}
            return bytes;
        }
        """);

    [Fact]
    public Task Bytes_of_a_result_are_reported_and_its_fragments_are_silent() => VerifyMembersAsync("""

        static void Wrong(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[16];
            ExtractResult taken = iter.ExtractPages(pages, 4096);
            PageFragments.Release(pages[..(int){|BUF1006:taken.Bytes|}]);
        }

        static void Right(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[16];
            ExtractResult taken = iter.ExtractPages(pages, 4096);
            PageFragments.Release(pages[..taken.Fragments]);
        }
        """);

    [Theory]
    [InlineData("PageFragment last = pages[{|BUF1006:taken.Fragments - 1|}]; Any.Keep(last.Length);")]
    [InlineData("int n = taken.Fragments; Any.Keep(pages[{|BUF1006:n - 1|}].Length);")]
    [InlineData("int n = taken.Fragments; Any.Keep(list[{|BUF1006:n - 1|}]);")]
    [InlineData("Any.Keep({|BUF1006:wanted / taken.Bytes|});")]
    [InlineData("int n = taken.Fragments; Any.Keep({|BUF1006:wanted % n|});")]
    [InlineData("if (taken.Fragments < 8) Any.Keep(pages[{|BUF1006:taken.Fragments - 1|}].Length);")]
    public Task Number_that_may_be_zero_is_reported_where_that_breaks(string use) => VerifyMembersAsync($$"""

        static void M(IovIter iter, int wanted, List<int> list)
        {
            PageFragment[] pages = new PageFragment[16];
            ExtractResult taken = iter.ExtractPages(pages, wanted);
            {{use}}
            PageFragments.Release(pages);
        }
        """);

    [Theory]
    [InlineData("if (taken.Fragments > 0) Any.Keep(pages[taken.Fragments - 1].Length);")]
    [InlineData("int n = taken.Fragments; if (n >= 1) Any.Keep(list[n - 1]);")]
    [InlineData("if (taken.Bytes == 0) return; Any.Keep(wanted / taken.Bytes);")]
    [InlineData("if (taken.Fragments == 0) { PageFragments.Release(pages); return; } Any.Keep(pages[taken.Fragments - 1].Length);")]
    [InlineData("for (int i = 0; i < taken.Fragments; i++) Any.Keep(pages[i].Length);")]
    [InlineData("for (int i = taken.Fragments - 1; i >= 0; i--) Any.Keep(pages[i].Length);")]
    [InlineData("Any.Keep(wanted - taken.Bytes);")]
    [InlineData("Any.Keep(taken.Bytes / 4096);")]
    [InlineData("int n = taken.Fragments; n = Math.Max(n, 1); Any.Keep(pages[n - 1].Length);")]
    [InlineData("Any.Keep(pages[wanted - 1].Length);")]
    public Task Number_that_was_looked_at_or_may_be_zero_is_silent(string use) => VerifyMembersAsync($$"""

        static void M(IovIter iter, int wanted, List<int> list)
        {
            PageFragment[] pages = new PageFragment[16];
            ExtractResult taken = iter.ExtractPages(pages, wanted);
            {{use}}
            PageFragments.Release(pages);
        }
        """);

    [Fact]
    public Task Bytes_that_may_be_none_are_no_divisor() => VerifyMembersAsync("""

        static int Wrong(IovIter iter, PageFragment[] pages, int total)
        {
            int bytes = iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out int offset0);
            int each = {|BUF1006:total / bytes|} + offset0;
            PageFragments.Release(pages);
            return each;
        }

        static int Right(IovIter iter, PageFragment[] pages, int total)
        {
            int bytes = iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out int offset0);
            if (bytes <= 0)
                return offset0;
            PageFragments.Release(pages);
            return total / bytes;
        }
        """);
}
