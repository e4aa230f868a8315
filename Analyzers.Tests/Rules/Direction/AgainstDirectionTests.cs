using Xunit;
using static BufferLifetime.Analyzers.Tests.Rules.RuleCode;

namespace BufferLifetime.Analyzers.Tests.Rules.Direction;

/// <summary>BUF1103: a source is written to, or a destination read.</summary>
public sealed class AgainstDirectionTests
{
    [Theory]
    [InlineData("CopyTo(new byte[8])")]
    [InlineData("CopyToExactly(stackalloc byte[8])")]
    [InlineData("Zero(8)")]
    public Task Source_written_to_is_reported(string call) => VerifyMembersAsync($$"""

        static void M(Memory<byte> memory)
        {
            var iter = IovIter.Ubuf(memory, TransferDirection.Source);
            iter.{|BUF1103:{{call[..call.IndexOf('(')]}}|}{{call[call.IndexOf('(')..]}};
        }
        """);

    [Theory]
    [InlineData("CopyTo(new byte[8])")]
    [InlineData("CopyToExactly(stackalloc byte[8])")]
    [InlineData("Zero(8)")]
    public Task Destination_written_to_is_silent(string call) => VerifyMembersAsync($$"""

        static void M(Memory<byte> memory)
        {
            var iter = IovIter.Ubuf(memory, TransferDirection.Destination);
            iter.{{call}};
        }
        """);

    [Theory]
    [InlineData("CopyFrom")]
    [InlineData("CopyFromExactly")]
    public Task Destination_read_is_reported(string call) => VerifyMembersAsync($$"""

        static void M(Memory<byte>[] parts, byte[] into)
        {
            var iter = IovIter.Iovec(parts, TransferDirection.Destination);
            iter.{|BUF1103:{{call}}|}(into);
        }
        """);

    [Theory]
    [InlineData("CopyFrom")]
    [InlineData("CopyFromExactly")]
    public Task Source_read_is_silent(string call) => VerifyMembersAsync($$"""

        static void M(Memory<byte>[] parts, byte[] into)
        {
            var iter = IovIter.Iovec(parts, TransferDirection.Source);
            iter.{{call}}(into);
        }
        """);

    [Fact]
    public Task Factory_without_a_direction_makes_a_source() => VerifyMembersAsync("""

        static void M(ReadOnlyMemory<byte> memory, byte[] bytes)
        {
            var iter = IovIter.Ubuf(memory);
            iter.CopyFrom(bytes);
            iter.{|BUF1103:CopyTo|}(bytes);
        }
        """);

    [Fact]
    public Task Discarding_iterator_is_a_destination() => VerifyMembersAsync("""

        static void M(byte[] bytes)
        {
            var iter = IovIter.Discard(100);
            iter.CopyTo(bytes);
            iter.{|BUF1103:CopyFrom|}(bytes);
        }
        """);

    [Fact]
    public Task Direction_on_one_of_two_branches_is_reported_as_possible() => VerifyMembersAsync("""

        static void M(Memory<byte> memory, byte[] bytes)
        {
            var iter = IovIter.Ubuf(memory, TransferDirection.Destination);
            if (Any.Chance())
                iter = IovIter.Ubuf(memory, TransferDirection.Source);

            iter.{|BUF1103:CopyTo|}(bytes);
        }
        """);

    [Fact]
    public Task Direction_that_was_asked_for_is_believed() => VerifyMembersAsync("""

        static void Right(IovIter iter, byte[] bytes)
        {
            if (iter.Direction == TransferDirection.Destination)
                iter.CopyTo(bytes);
            else
                iter.CopyFrom(bytes);
        }

        static void Wrong(IovIter iter, byte[] bytes)
        {
            if (iter.Direction == TransferDirection.Source)
                iter.{|BUF1103:CopyTo|}(bytes);
        }
        """);

    [Fact]
    public Task Parameter_of_unknown_direction_is_silent() => VerifyMembersAsync("""

        static void M(IovIter iter, byte[] bytes)
        {
            iter.CopyTo(bytes);
            iter.CopyFrom(bytes);
        }
        """);

    [Fact]
    public Task Direction_from_a_variable_is_silent() => VerifyMembersAsync("""

        static void M(Memory<byte> memory, TransferDirection direction, byte[] bytes)
        {
            var iter = IovIter.Ubuf(memory, direction);
            iter.CopyTo(bytes);
        }
        """);

    [Fact]
    public Task Conversion_keeps_the_direction() => VerifyMembersAsync("""

        static void M(Memory<byte> memory, byte[] bytes)
        {
            var iter = IovIter.Ubuf(memory, TransferDirection.Source);
            using ExtractedIter kept = iter.ExtractToBvec();
            IovIter converted = kept.Iter;
            converted.{|BUF1103:CopyTo|}(bytes);
        }
        """);

    [Fact]
    public Task Pages_of_a_source_written_through_are_reported() => VerifyMembersAsync("""

        static void M(Memory<byte> memory)
        {
            var iter = IovIter.Ubuf(memory, TransferDirection.Source);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            ExtractResult taken = iter.ExtractPages(pages, 4096);
            if (taken.Fragments > 0)
                {|BUF1103:pages[0].Memory.Span|}.Clear();
            PageFragments.Release(pages[..taken.Fragments]);
        }
        """);

    [Fact]
    public Task Pages_of_a_destination_written_through_are_silent() => VerifyMembersAsync("""

        static void M(Memory<byte> memory)
        {
            var iter = IovIter.Ubuf(memory, TransferDirection.Destination);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            ExtractResult taken = iter.ExtractPages(pages, 4096);
            if (taken.Fragments > 0)
                pages[0].Memory.Span.Clear();
            PageFragments.Release(pages[..taken.Fragments]);
        }
        """);

    [Fact]
    public Task Count_is_asked_anew_after_the_iterator_has_moved() => VerifyMembersAsync("""

        static void M(IovIter iter, byte[] bytes)
        {
            while (iter.Count > 0)
                iter.CopyTo(bytes);

            iter.{|BUF1002:ExtractPages|}();
        }
        """);
}
