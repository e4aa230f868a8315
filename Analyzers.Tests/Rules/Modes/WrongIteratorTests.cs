using Xunit;
using static BufferLifetime.Analyzers.Tests.Rules.RuleCode;

namespace BufferLifetime.Analyzers.Tests.Rules.Modes;

/// <summary>BUF1005: the mode is asked of an iterator that the pages do not come from.</summary>
public sealed class WrongIteratorTests
{
    [Theory]
    [InlineData("kept.Iter.{|BUF1005:ExtractWillPin|}")]
    [InlineData("kept.Iter.{|BUF1005:ExtractMode|}() == ExtractMode.Pin")]
    public Task Mode_of_a_converted_iterator_is_reported(string question) => VerifyMembersAsync($$"""

        static bool M(IovIter iter)
        {
            using ExtractedIter kept = iter.ExtractToBvec();
            return {{question}};
        }
        """);

    [Fact]
    public Task Mode_of_a_converted_iterator_in_a_variable_is_reported() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            using ExtractedIter kept = iter.ExtractToBvec();
            IovIter converted = kept.Iter;
            return converted.{|BUF1005:ExtractWillPin|} ? 1 : 0;
        }
        """);

    [Theory]
    [InlineData("iter.ExtractWillPin")]
    [InlineData("kept.Mode == ExtractMode.Pin")]
    public Task Mode_of_the_source_is_silent(string question) => VerifyMembersAsync($$"""

        static bool M(IovIter iter)
        {
            using ExtractedIter kept = iter.ExtractToBvec();
            return {{question}};
        }
        """);

    [Fact]
    public Task Mode_of_a_converted_iterator_that_is_itself_extracted_is_silent() => VerifyMembersAsync("""

        static bool M(IovIter iter)
        {
            using ExtractedIter kept = iter.ExtractToBvec();
            IovIter converted = kept.Iter;
            using PageLease lease = converted.ExtractPages();
            return converted.ExtractWillPin;
        }
        """);

    [Fact]
    public Task Variable_with_another_iterator_since_the_extraction_is_reported() => VerifyMembersAsync("""

        static void M(Memory<byte> first, Memory<byte> second)
        {
            var iter = IovIter.Ubuf(first, TransferDirection.Destination);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            ExtractResult taken = iter.ExtractPages(pages, 4096);
            iter = IovIter.Ubuf(second, TransferDirection.Destination);
            if (iter.{|BUF1005:ExtractWillPin|})
                PageFragments.Unpin(pages[..taken.Fragments]);
            else
                PageFragments.Release(pages[..taken.Fragments]);
        }
        """);

    [Fact]
    public Task Variable_asked_before_it_changes_is_silent() => VerifyMembersAsync("""

        static void M(Memory<byte> first, Memory<byte> second)
        {
            var iter = IovIter.Ubuf(first, TransferDirection.Destination);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            ExtractResult taken = iter.ExtractPages(pages, 4096);
            bool pinned = iter.ExtractWillPin;
            iter = IovIter.Ubuf(second, TransferDirection.Destination);
            if (pinned)
                PageFragments.Unpin(pages[..taken.Fragments]);
            else
                PageFragments.Release(pages[..taken.Fragments]);
        }
        """);

    [Fact]
    public Task Variable_asked_for_its_next_extraction_is_silent() => VerifyMembersAsync("""

        static void M(Memory<byte> first, Memory<byte> second)
        {
            var iter = IovIter.Ubuf(first, TransferDirection.Destination);
            using PageLease one = iter.ExtractPages();
            iter = IovIter.Ubuf(second, TransferDirection.Destination);
            if (iter.ExtractWillPin)
            {
                using PageLease two = iter.ExtractPages();
            }
        }
        """);

    [Fact]
    public Task Copy_of_the_iterator_is_the_same_iterator() => VerifyMembersAsync("""

        static bool M(IovIter iter)
        {
            IovIter walk = iter;
            using PageLease lease = walk.ExtractPages();
            walk = iter;
            return walk.ExtractWillPin;
        }
        """);
}
