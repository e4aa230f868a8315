using Xunit;
using static BufferLifetime.Analyzers.Tests.Rules.RuleCode;

namespace BufferLifetime.Analyzers.Tests.Rules.Direction;

/// <summary>BUF1101: pages held by reference in a transfer into memory, or written through.</summary>
public sealed class GetPagesWrittenTests
{
    private static readonly string[] OfNoConcern = ["BUF1102", "BUF1103"];

    [Theory]
    [InlineData("IovIter.Ubuf(buffer, TransferDirection.Destination)")]
    [InlineData("IovIter.Ubuf(direction: TransferDirection.Destination, buffer: buffer)")]
    [InlineData("IovIter.Iovec(new[] { buffer }, TransferDirection.Destination)")]
    [InlineData("IovIter.Iovec(new ReadOnlyMemory<Memory<byte>>(new[] { buffer }), TransferDirection.Destination)")]
    [InlineData("IovIter.Ubuf(buffer, (TransferDirection)0)")]
    [InlineData("IovIter.Ubuf(buffer, default)")]
    public Task Legacy_getter_on_a_destination_is_reported(string made) => VerifyMembersAsync(OfNoConcern, $$"""

        static void M(Memory<byte> buffer)
        {
            IovIter iter = {{made}};
            Span<PageFragment> pages = stackalloc PageFragment[4];
            if (iter.{|BUF1101:GetPages|}(pages, 4096, out _) > 0)
                PageFragments.Put(pages);
        }
        """);

    [Theory]
    [InlineData("IovIter.Ubuf(buffer, TransferDirection.Source)")]
    [InlineData("IovIter.Ubuf((ReadOnlyMemory<byte>)buffer)")]
    [InlineData("IovIter.Iovec(new[] { buffer }, TransferDirection.Source)")]
    [InlineData("IovIter.Iovec(new ReadOnlyMemory<byte>[] { buffer })")]
    public Task Legacy_getter_on_a_source_is_silent(string made) => VerifyMembersAsync(OfNoConcern, $$"""

        static void M(Memory<byte> buffer)
        {
            IovIter iter = {{made}};
            Span<PageFragment> pages = stackalloc PageFragment[4];
            if (iter.GetPages(pages, 4096, out _) > 0)
                PageFragments.Put(pages);
        }
        """);

    [Fact]
    public Task Allocating_getter_on_a_destination_is_reported() => VerifyMembersAsync(OfNoConcern, """

        static void M(Memory<byte> buffer)
        {
            IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
            if (iter.{|BUF1101:GetPagesAlloc|}(out PageFragment[] pages, 4096, out _) > 0)
                PageFragments.PutPages(pages);
        }
        """);

    [Fact]
    public Task Extraction_with_a_pin_on_a_destination_is_silent() => VerifyMembersAsync("""

        static void M(Memory<byte> buffer)
        {
            IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            if (iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out _) > 0)
                PageFragments.Release(pages);
        }
        """);

    [Fact]
    public Task Flag_that_asks_for_references_is_overruled_on_a_destination() => VerifyMembersAsync("""

        static void M(Memory<byte> buffer)
        {
            IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            int n = iter.ExtractPages(pages, 4096, ExtractFlags.GetForSource).Fragments;
            PageFragments.Release(pages[..n]);
        }
        """);

    [Fact]
    public Task Direction_of_a_parameter_is_not_known() => VerifyMembersAsync(OfNoConcern, """

        static void M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            if (iter.GetPages(pages, 4096, out _) > 0)
                PageFragments.Put(pages);
        }
        """);

    [Theory]
    [InlineData("iter.Direction == TransferDirection.Destination")]
    [InlineData("iter.Direction != TransferDirection.Source")]
    [InlineData("iter.Direction is TransferDirection.Destination")]
    [InlineData("TransferDirection.Destination == iter.Direction")]
    [InlineData("iter is { Direction: TransferDirection.Destination }")]
    public Task Direction_asked_of_the_iterator_is_known_in_the_branch(string destination) => VerifyMembersAsync(OfNoConcern, $$"""

        static void M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            if ({{destination}})
            {
                if (iter.{|BUF1101:GetPages|}(pages, 4096, out _) > 0)
                    PageFragments.Put(pages);
            }
            else if (iter.GetPages(pages, 4096, out _) > 0)
            {
                PageFragments.Put(pages);
            }
        }
        """);

    [Fact]
    public Task Guard_that_leaves_for_a_destination_is_understood() => VerifyMembersAsync(OfNoConcern, """

        static int M(Memory<byte> buffer, TransferDirection direction)
        {
            IovIter iter = IovIter.Ubuf(buffer, direction);
            if (iter.Direction == TransferDirection.Destination)
                return 0;
            Span<PageFragment> pages = stackalloc PageFragment[4];
            int bytes = iter.GetPages(pages, 4096, out _);
            if (bytes > 0)
                PageFragments.Put(pages);
            return bytes;
        }
        """);

    [Fact]
    public Task Direction_kept_in_a_local_is_known() => VerifyMembersAsync(OfNoConcern, """

        static void M(Memory<byte> buffer)
        {
            TransferDirection direction = TransferDirection.Destination;
            IovIter iter = IovIter.Ubuf(buffer, direction);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            if (iter.{|BUF1101:GetPages|}(pages, 4096, out _) > 0)
                PageFragments.Put(pages);
        }
        """);

    [Fact]
    public Task Direction_chosen_by_a_condition_is_reported_as_possible() => VerifyMembersAsync(OfNoConcern, """

        static void M(Memory<byte> buffer, bool read)
        {
            IovIter iter = read ? IovIter.Ubuf(buffer, TransferDirection.Destination) : IovIter.Ubuf(buffer, TransferDirection.Source);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            if (iter.{|BUF1101:GetPages|}(pages, 4096, out _) > 0)
                PageFragments.Put(pages);
        }
        """);

    [Fact]
    public Task Direction_chosen_by_a_condition_that_also_chooses_the_getter_is_silent() => VerifyMembersAsync(OfNoConcern, """

        static void M(Memory<byte> buffer, bool read)
        {
            IovIter iter = read ? IovIter.Ubuf(buffer, TransferDirection.Destination) : IovIter.Ubuf(buffer, TransferDirection.Source);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            if (read)
            {
                int n = iter.ExtractPages(pages, 4096).Fragments;
                PageFragments.Release(pages[..n]);
            }
            else if (iter.GetPages(pages, 4096, out _) > 0)
            {
                PageFragments.Put(pages);
            }
        }
        """);

    [Fact]
    public Task Copy_of_the_iterator_flows_the_same_way() => VerifyMembersAsync(OfNoConcern, """

        static void M(Memory<byte> buffer)
        {
            IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
            IovIter copy = iter;
            Span<PageFragment> pages = stackalloc PageFragment[4];
            if (copy.{|BUF1101:GetPages|}(pages, 4096, out _) > 0)
                PageFragments.Put(pages);
        }
        """);

    [Fact]
    public Task Iterator_made_anew_flows_the_new_way() => VerifyMembersAsync(OfNoConcern, """

        static void M(Memory<byte> buffer)
        {
            IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
            iter.CopyTo(new byte[1]);
            iter = IovIter.Ubuf(buffer, TransferDirection.Source);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            if (iter.GetPages(pages, 4096, out _) > 0)
                PageFragments.Put(pages);
        }
        """);

    [Fact]
    public Task Iterator_passed_by_reference_flows_the_same_way() => VerifyMembersAsync(OfNoConcern, """

        static void Skip(ref IovIter iter) => iter.Advance(1);

        static void M(Memory<byte> buffer)
        {
            IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
            Skip(ref iter);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            if (iter.{|BUF1101:GetPages|}(pages, 4096, out _) > 0)
                PageFragments.Put(pages);
        }
        """);

    [Theory]
    [InlineData("{|BUF1101:pages[0].Memory.Span|}[0] = 1")]
    [InlineData("{|BUF1101:pages[0].Memory.Span|}.Clear()")]
    [InlineData("{|BUF1101:pages[0].Memory.Span|}.Fill(7)")]
    [InlineData("data.CopyTo({|BUF1101:pages[0].Memory.Span|})")]
    [InlineData("data.AsSpan().CopyTo({|BUF1101:pages[0].Memory.Span|})")]
    public Task Bytes_written_through_pages_held_by_reference_are_reported(string write) => VerifyMembersAsync(OfNoConcern, $$"""

        static void M(ReadOnlyMemory<byte> buffer, byte[] data)
        {
            IovIter iter = IovIter.Ubuf(buffer);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            if (iter.GetPages(pages, 4096, out _) <= 0)
                return;
            {{write}};
            PageFragments.Put(pages);
        }
        """);

    [Theory]
    [InlineData("data[0] = pages[0].Memory.Span[0]")]
    [InlineData("pages[0].Memory.Span.CopyTo(data)")]
    [InlineData("pages[0].Memory.CopyTo(data)")]
    [InlineData("data = pages[0].Memory.ToArray()")]
    [InlineData("Any.Transfer(pages[0].Address, pages[0].Length)")]
    public Task Bytes_read_through_pages_held_by_reference_are_silent(string read) => VerifyMembersAsync(OfNoConcern, $$"""

        static void M(ReadOnlyMemory<byte> buffer, byte[] data)
        {
            IovIter iter = IovIter.Ubuf(buffer);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            if (iter.GetPages(pages, 4096, out _) <= 0)
                return;
            {{read}};
            PageFragments.Put(pages);
        }
        """);

    [Fact]
    public Task Bytes_written_through_pinned_pages_are_silent() => VerifyMembersAsync("""

        static void M(Memory<byte> buffer)
        {
            IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            int n = iter.ExtractPages(pages, 4096).Fragments;
            pages[0].Memory.Span[0] = 1;
            pages[0].Memory.Span.Clear();
            PageFragments.Release(pages[..n]);
        }
        """);

    [Fact]
    public Task Bytes_written_through_pages_asked_for_by_reference_are_reported() => VerifyMembersAsync(OfNoConcern, """

        static void M(ReadOnlyMemory<byte> buffer)
        {
            IovIter iter = IovIter.Ubuf(buffer);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            int n = iter.ExtractPages(pages, 4096, ExtractFlags.GetForSource).Fragments;
            Span<byte> bytes = pages[0].Memory.Span;
            {|BUF1101:bytes|}[0] = 1;
            PageFragments.Put(pages[..n]);
        }
        """);

    [Fact]
    public Task Bytes_written_through_an_alias_of_a_view_are_reported() => VerifyMembersAsync(OfNoConcern, """

        static void M(ReadOnlyMemory<byte> buffer)
        {
            IovIter iter = IovIter.Ubuf(buffer);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            if (iter.GetPages(pages, 4096, out _) <= 0)
                return;
            PageFragment first = pages[0];
            Memory<byte> memory = first.Memory;
            Span<byte> half = memory.Span[..(memory.Length / 2)];
            {|BUF1101:half|}.Clear();
            PageFragments.Put(pages);
        }
        """);

    [Fact]
    public Task Bytes_written_through_a_pointer_are_reported() => VerifyMembersAsync(OfNoConcern, """

        static unsafe void M(ReadOnlyMemory<byte> buffer)
        {
            IovIter iter = IovIter.Ubuf(buffer);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            if (iter.GetPages(pages, 4096, out int skip) <= 0)
                return;
            byte* p = (byte*)pages[0].DangerousAddress + skip;
            {|BUF1101:*p|} = 1;
            PageFragments.Put(pages);
        }
        """);

    [Fact]
    public Task Slot_of_the_span_written_is_no_write_through_the_pages() => VerifyMembersAsync(["BUF1102", "BUF1002"], """

        static void M(ReadOnlyMemory<byte> buffer)
        {
            IovIter iter = IovIter.Ubuf(buffer);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            if (iter.GetPages(pages, 4096, out _) <= 0)
                return;
            pages[1] = default;
            pages.Clear();
        }
        """);

    [Fact]
    public Task Addresses_kept_in_an_array_are_no_write_through_the_pages() => VerifyMembersAsync(OfNoConcern, """

        static int M(ReadOnlyMemory<byte> buffer)
        {
            IovIter iter = IovIter.Ubuf(buffer);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            int bytes = iter.GetPages(pages, 4096, out int skip);
            if (bytes <= 0)
                return bytes;
            Span<IoVector> vectors = stackalloc IoVector[4];
            vectors[0] = new IoVector(pages[0].DangerousAddress + skip, bytes);
            int sent = Any.Transfer(vectors);
            PageFragments.Put(pages);
            return sent;
        }
        """);

    [Fact]
    public Task Getter_in_a_loop_is_reported_once() => VerifyMembersAsync(OfNoConcern, """

        static long M(Memory<byte>[] parts)
        {
            IovIter iter = IovIter.Iovec(parts, TransferDirection.Destination);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            long total = 0;
            while (!iter.IsEmpty)
            {
                int bytes = iter.{|BUF1101:GetPages|}(pages, 4096, out _);
                if (bytes <= 0)
                    break;
                total += bytes;
                PageFragments.Put(pages);
            }

            return total;
        }
        """);

    [Fact]
    public Task Getter_in_finally_catch_and_switch_is_reported_once() => VerifyMembersAsync(OfNoConcern, """

        static void M(Memory<byte> buffer, int kind)
        {
            IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            try
            {
                switch (kind)
                {
                    case 0:
                        return;
                    case 1:
                        throw new IOException();
                }
            }
            finally
            {
                if (iter.{|BUF1101:GetPages|}(pages, 4096, out _) > 0)
                    PageFragments.Put(pages);
            }
        }
        """);

    [Fact]
    public Task Lambdas_local_functions_and_accessors_are_analyzed() => VerifyMembersAsync(OfNoConcern, """

        static readonly Action<Memory<byte>> Read = buffer =>
        {
            IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
            if (iter.{|BUF1101:GetPagesAlloc|}(out PageFragment[] pages, 4096, out _) > 0)
                PageFragments.PutPages(pages);
        };

        int this[Memory<byte> buffer]
        {
            get
            {
                return Local();

                int Local()
                {
                    IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
                    int bytes = iter.{|BUF1101:GetPagesAlloc|}(out PageFragment[] pages, 4096, out _);
                    if (bytes > 0)
                        PageFragments.PutPages(pages);
                    return bytes;
                }
            }
        }

        static async Task<int> Later(Memory<byte> buffer)
        {
            await Any.Pause();
            IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
            int bytes = iter.{|BUF1101:GetPagesAlloc|}(out PageFragment[] pages, 4096, out _);
            if (bytes > 0)
                PageFragments.PutPages(pages);
            return bytes;
        }
        """);

    [Fact]
    public Task Iterator_captured_by_a_lambda_is_known_by_its_direction_in_the_outer_method_only() => VerifyMembersAsync(OfNoConcern, """

        static void M(Memory<byte> buffer)
        {
            IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Source);
            Action get = () =>
            {
                if (iter.GetPagesAlloc(out PageFragment[] pages, 4096, out _) > 0)
                    PageFragments.PutPages(pages);
            };
            get();
        }
        """);
}
