using Xunit;
using static BufferLifetime.Analyzers.Tests.Rules.RuleCode;

namespace BufferLifetime.Analyzers.Tests.Rules.Direction;

/// <summary>BUF1104: extractions that throw for the kind of iterator.</summary>
public sealed class UnsupportedExtractionTests
{
    [Fact]
    public Task Device_memory_asked_of_a_stable_iterator_is_reported() => VerifyMembersAsync("""

        static void M(IoVector[] vectors)
        {
            var iter = IovIter.Kvec(vectors, TransferDirection.Source);
            using PageLease lease = iter.{|BUF1104:ExtractPages|}(4096, ExtractFlags.AllowPeerMemory);
        }
        """);

    [Theory]
    [InlineData("IovIter.Pipe(sequence)", "{|BUF1104:ExtractToRdma|}", "{|BUF1104:ExtractPages|}")]
    [InlineData("IovIter.FolioQueue(sequence)", "{|BUF1104:ExtractToRdma|}", "{|BUF1104:ExtractPages|}")]
    [InlineData("IovIter.FolioQueue(chain, TransferDirection.Source)", "ExtractToRdma", "{|BUF1104:ExtractPages|}")]
    public Task Chain_of_managed_memory_is_neither_its_callers_nor_in_place(string make, string toRdma, string extract) => VerifyMembersAsync($$"""

        static void M(System.Buffers.ReadOnlySequence<byte> sequence, FolioQueueSegment chain, RdmaElement[] elements)
        {
            var iter = {{make}};
            int used = 0;
            iter.{{toRdma}}(elements, ref used, 1u);
            using PageLease lease = iter.{{extract}}(4096, ExtractFlags.AllowPeerMemory);
        }
        """);

    [Fact]
    public Task Device_memory_asked_of_a_user_backed_iterator_is_silent() => VerifyMembersAsync("""

        static void M(Memory<byte> memory)
        {
            var iter = IovIter.Ubuf(memory, TransferDirection.Source);
            using PageLease lease = iter.ExtractPages(4096, ExtractFlags.AllowPeerMemory);
        }
        """);

    [Fact]
    public Task Device_memory_allowed_only_where_the_iterator_is_user_backed_is_silent() => VerifyMembersAsync("""

        static void M(IovIter iter)
        {
            using PageLease lease = iter.IsUserBacked ? iter.ExtractPages(4096, ExtractFlags.AllowPeerMemory) : iter.ExtractPages(4096);
        }
        """);

    [Fact]
    public Task Device_memory_allowed_only_where_the_iterator_is_not_user_backed_is_reported() => VerifyMembersAsync("""

        static void M(IovIter iter)
        {
            if (iter.IsUserBacked)
                return;

            using ExtractedIter kept = iter.{|BUF1104:ExtractToBvec|}(4096, ExtractFlags.AllowPeerMemory);
        }
        """);

    [Fact]
    public Task Device_memory_asked_of_an_unknown_iterator_is_silent() => VerifyMembersAsync("""

        static void M(IovIter iter)
        {
            using PageLease lease = iter.ExtractPages(4096, ExtractFlags.AllowPeerMemory);
        }
        """);

    [Fact]
    public Task Extraction_from_a_discarding_iterator_is_reported() => VerifyMembersAsync("""

        static void M()
        {
            var iter = IovIter.Discard(4096);
            using PageLease lease = iter.{|BUF1104:ExtractPages|}();
        }
        """);

    [Fact]
    public Task Copy_to_a_discarding_iterator_is_silent() => VerifyMembersAsync("""

        static void M(byte[] bytes)
        {
            var iter = IovIter.Discard(4096);
            iter.CopyTo(bytes);
        }
        """);

    [Fact]
    public Task Discarding_iterator_on_one_branch_is_reported_as_possible() => VerifyMembersAsync("""

        static void M(Memory<byte> memory)
        {
            var iter = Any.Chance() ? IovIter.Discard(4096) : IovIter.Ubuf(memory, TransferDirection.Destination);
            using PageLease lease = iter.{|BUF1104:ExtractPages|}();
        }
        """);

    [Fact]
    public Task Discarding_iterator_that_is_left_out_is_silent() => VerifyMembersAsync("""

        static void M(Memory<byte> memory)
        {
            bool drop = Any.Chance();
            var iter = drop ? IovIter.Discard(4096) : IovIter.Ubuf(memory, TransferDirection.Destination);
            if (drop)
                return;

            using PageLease lease = iter.ExtractPages();
        }
        """);
}
