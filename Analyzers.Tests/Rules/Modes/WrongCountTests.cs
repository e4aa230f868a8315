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
}
