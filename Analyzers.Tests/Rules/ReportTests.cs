using BufferLifetime.Analyzers.Rules;
using BufferLifetime.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;
using Xunit;
using static BufferLifetime.Analyzers.Tests.Rules.RuleCode;
using VerifyCS = BufferLifetime.Analyzers.Tests.Verification.CSharpVerifier<BufferLifetime.Analyzers.BufferLifetimeAnalyzer>;

namespace BufferLifetime.Analyzers.Tests.Rules;

/// <summary>How reports read, where they point, and what they carry: certain ones and possible ones of each rule.</summary>
public sealed class ReportTests
{
    [Fact]
    public Task Certain_mismatch_says_what_happens_and_points_to_the_extraction() => VerifyMembersAsync("""

        static void M(Memory<byte> buffer)
        {
            IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            int n = iter.{|#1:ExtractPages|}(pages, 4096).Fragments;
            PageFragments.{|#0:Put|}(pages[..n]);
        }
        """,
        VerifyCS.Diagnostic("BUF1001").WithLocation(0).WithLocation(1)
            .WithMessage("'pages' was extracted by pin at line 6 but is released with Put: the memory stays pinned. Use Unpin, or Release, which follows the mode."));

    [Fact]
    public Task Mismatch_of_pages_taken_by_reference_says_so() => VerifyMembersAsync(["BUF1102"], """

        static void M(ReadOnlyMemory<byte> buffer)
        {
            IovIter iter = IovIter.Ubuf(buffer);
            if (iter.{|#1:GetPagesAlloc|}(out PageFragment[] taken, 4096, out _) > 0)
                PageFragments.{|#0:Unpin|}(taken);
        }
        """,
        VerifyCS.Diagnostic("BUF1001").WithLocation(0).WithLocation(1)
            .WithMessage("'taken' was extracted by reference at line 5 but is released with Unpin: a pin that was never taken is given back. Use Put, or Release, which follows the mode."));

    [Fact]
    public Task Mismatch_of_stable_pages_says_so() => VerifyMembersAsync(["BUF1007"], """

        static void M(BvecEntry[] entries)
        {
            IovIter iter = IovIter.Bvec(entries, TransferDirection.Source);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            iter.{|#1:ExtractPages|}(pages, 4096);
            PageFragments.{|#0:Unpin|}(pages);
        }
        """,
        VerifyCS.Diagnostic("BUF1001").WithLocation(0).WithLocation(1)
            .WithMessage("'pages' was extracted in mode None at line 6 but is released with Unpin: nothing was taken, so that somebody else's hold on the memory is given back. Use Release, which follows the mode."));

    [Fact]
    public Task Possible_mismatch_says_on_which_path() => VerifyMembersAsync("""

        static void M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            int n = iter.{|#1:ExtractPages|}(pages, 4096).Fragments;
            PageFragments.{|#0:Unpin|}(pages[..n]);
        }
        """,
        VerifyCS.Diagnostic("BUF1001").WithLocation(0).WithLocation(1)
            .WithMessage("'pages', extracted at line 5, is on some path extracted in mode None but released with Unpin: nothing was taken, so that somebody else's hold on the memory is given back. Use Release, which follows the mode."));

    [Fact]
    public Task Lease_that_is_never_released_is_named() => VerifyMembersAsync("""

        static long M(IovIter iter)
        {
            PageLease taken = iter.{|#0:ExtractPages|}();
            return taken.Bytes;
        }
        """,
        VerifyCS.Diagnostic("BUF1002").WithLocation(0)
            .WithMessage("'taken' is never released: its memory stays held after the method is left. Release it, or hold it with 'using'."));

    [Fact]
    public Task Way_out_that_leaks_is_named_by_its_kind() => VerifyMembersAsync("""

        static void M(IovIter iter, int kind)
        {
            PageLease lease = iter.{|#0:ExtractPages|}();
            switch (kind)
            {
                case 0:
                    {|#1:return;|}
                case 1:
                    {|#2:throw new IOException();|}
                case 2:
                    lease.Dispose();
                    break;
            }
        }
        """,
        VerifyCS.Diagnostic("BUF1002").WithLocation(1).WithLocation(0)
            .WithMessage("'lease', taken at line 4, is not released when this return is reached. Release it in a 'finally', or hold it with 'using'."),
        VerifyCS.Diagnostic("BUF1002").WithLocation(2).WithLocation(0)
            .WithMessage("'lease', taken at line 4, is not released when this throw is reached. Release it in a 'finally', or hold it with 'using'."),
        VerifyCS.Diagnostic("BUF1002").WithLocation(0).WithLocation(0)
            .WithMessage("'lease', taken at line 4, is not released when the end of the method is reached. Release it in a 'finally', or hold it with 'using'."));

    [Fact]
    public Task Extraction_that_forgets_the_last_round_says_so() => VerifyMembersAsync("""

        static void M(IovIter iter)
        {
            PageLease lease = new();
            for (int i = 0; i < 4; i++)
                lease = iter.{|#0:ExtractPages|}();
            lease.Dispose();
        }
        """,
        VerifyCS.Diagnostic("BUF1002").WithLocation(0).WithLocation(0)
            .WithMessage("'lease', taken at line 6, is not released when this call takes the next one. Release it in a 'finally', or hold it with 'using'."));

    [Fact]
    public Task Write_through_references_is_named() => VerifyMembersAsync(["BUF1102"], """

        static void M(ReadOnlyMemory<byte> buffer)
        {
            IovIter iter = IovIter.Ubuf(buffer);
            if (iter.{|#1:GetPagesAlloc|}(out PageFragment[] pages, 4096, out _) <= 0)
                return;
            Span<byte> bytes = pages[0].Memory.Span;
            {|#0:bytes|}[0] = 1;
            PageFragments.Put(pages);
        }
        """,
        VerifyCS.Diagnostic("BUF1101").WithLocation(0).WithLocation(1)
            .WithMessage("'pages' is held by reference only, but bytes are written through it here: the garbage collector may move the buffer while it is written. Extract with a pin (ExtractPages)."));

    [Fact]
    public Task Possible_transfer_into_references_says_so() => VerifyMembersAsync(["BUF1102"], """

        static void M(Memory<byte> buffer, bool read)
        {
            IovIter iter = read ? IovIter.Ubuf(buffer, TransferDirection.Destination) : IovIter.Ubuf(buffer, TransferDirection.Source);
            if (iter.{|#0:GetPagesAlloc|}(out PageFragment[] pages, 4096, out _) > 0)
                PageFragments.Put(pages);
        }
        """,
        VerifyCS.Diagnostic("BUF1101").WithLocation(0).WithOptions(DiagnosticOptions.IgnoreAdditionalLocations)
            .WithMessage("'pages' is on some path held by reference only, but the transfer is into memory: the garbage collector may move the buffer while it is written. Extract with a pin (ExtractPages)."));

    [Fact]
    public Task Legacy_putter_of_pages_from_elsewhere_says_so() => VerifyMembersAsync("""

        static void M(PageFragment[] pages)
        {
            PageFragments.{|#0:PutPages|}(pages);
        }
        """,
        VerifyCS.Diagnostic("BUF1102").WithLocation(0)
            .WithMessage("'PutPages' is the legacy page API: it gives back references, whatever the pages are held by. Use Release, which follows the mode."));

    [Fact]
    public Task Possible_use_after_the_await_says_so() => VerifyMembersAsync("""

        static async Task<long> M(IovIter {|#1:data|})
        {
            if (Any.Chance())
                {|#2:await Any.Pause()|};
            return Any.Length({|#0:data|});
        }
        """,
        VerifyCS.Diagnostic("BUF1201").WithLocation(0).WithLocation(1).WithLocation(2)
            .WithMessage("'data' describes its caller's memory and can be used after the await at line 5, when that memory may have been moved or reused. Convert it before the first await (ExtractToBvec)."));

    [Fact]
    public Task Use_after_the_yield_says_so() => VerifyMembersAsync("""

        static IEnumerable<long> M(Memory<byte> buffer)
        {
            IovIter data = IovIter.{|#1:Ubuf|}(buffer, TransferDirection.Destination);
            {|#2:yield return 1;|}
            yield return Any.Length({|#0:data|});
        }
        """,
        VerifyCS.Diagnostic("BUF1201").WithLocation(0).WithLocation(1).WithLocation(2)
            .WithMessage("'data' describes its caller's memory and is used after the yield at line 5, when that memory may have been moved or reused. Convert it before the first yield (ExtractToBvec)."));

    [Fact]
    public Task Use_in_a_body_that_begins_later_says_so() => VerifyMembersAsync("""

        static IEnumerable<long> M(IovIter {|#1:data|})
        {
            yield return Any.Length({|#0:data|});
        }
        """,
        VerifyCS.Diagnostic("BUF1201").WithLocation(0).WithLocation(1)
            .WithMessage("'data' describes its caller's memory and is used in the body of an iterator, which runs only when that is enumerated: the memory may have been moved or reused by then. Convert it before the iterator is called (ExtractToBvec)."));

    [Fact]
    public Task First_of_several_suspensions_is_named() => VerifyMembersAsync("""

        static async Task<long> M(IovIter {|#1:data|})
        {
            {|#2:await Any.Pause()|};
            await Any.Pause();
            return Any.Length({|#0:data|});
        }
        """,
        VerifyCS.Diagnostic("BUF1201").WithLocation(0).WithLocation(1).WithLocation(2).WithArguments("data", "await", 4));

    [Fact]
    public Task Handle_in_a_readonly_field_is_released_as_a_copy_and_the_report_says_why() => VerifyMembersAsync("""

        private readonly System.Buffers.MemoryHandle _pin;
        public C(Memory<byte> memory) => _pin = memory.{|#1:Pin|}();
        public void Dispose() => _pin.{|#0:Dispose|}();
        """,
        VerifyCS.Diagnostic("BUF2013").WithLocation(0).WithLocation(0).WithLocation(1)
            .WithMessage("'_pin' can be released again: on some path it was released at line 4 on a copy, as the field is readonly, and '_pin' does not know of it. Let the field be written: take 'readonly' away."));

    [Fact]
    public Task Handle_released_by_another_name_is_said_to_be_a_copy() => VerifyMembersAsync("""

        static void M(Memory<byte> memory)
        {
            System.Buffers.MemoryHandle pin = memory.{|#2:Pin|}();
            System.Buffers.MemoryHandle copy = pin;
            pin.{|#1:Dispose|}();
            copy.{|#0:Dispose|}();
        }
        """,
        VerifyCS.Diagnostic("BUF2013").WithLocation(0).WithLocation(1).WithLocation(2)
            .WithMessage("'copy' is released again: its release at line 6 was done on a copy, and 'copy' does not know of it. Release one of the two, and clear the other."));

    [Fact]
    public Task Nothing_is_reported_in_generated_code_or_under_a_pragma() => new VerifyCS.Test
    {
        TestCode = """
            using System;
            using System.Threading.Tasks;
            using BufferLifetime;

            class C
            {
                static void Modes(Memory<byte> buffer)
                {
                    IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
                    Span<PageFragment> pages = stackalloc PageFragment[4];
                    if (iter.{|BUF1101:{|BUF1102:GetPages|}|}(pages, 4096, out _) <= 0)
                        return;
                    PageFragments.{|BUF1001:Unpin|}(pages);
                    iter.{|BUF1002:ExtractPages|}();
                }

                static async Task<long> Suspension(IovIter data)
                {
                    await Task.Yield();
                    return {|BUF1201:data|}.Zero(1);
                }
            }
            """,
    }.RunAsync();

    [Theory]
    [InlineData("PageFragments.Put(pages)", "BUF1001", "certain", "Unpin")]
    [InlineData("if (Any()) PageFragments.Put(pages); else PageFragments.Unpin(pages)", "BUF1001", "certain", "Unpin")]
    public async Task Diagnostic_carries_its_confidence_and_the_right_verb(string release, string id, string confidence, string verb)
    {
        Diagnostic diagnostic = Assert.Single(await ReportsAsync($$"""
            using System;
            using BufferLifetime;

            class C
            {
                static bool Any() => Environment.TickCount == 0;

                static void M(Memory<byte> buffer)
                {
                    IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
                    Span<PageFragment> pages = stackalloc PageFragment[4];
                    _ = iter.ExtractPages(pages, 4096).Fragments;
                    {{release}};
                }
            }
            """));

        Assert.Equal(id, diagnostic.Id);
        Assert.Equal(confidence, diagnostic.Properties[DiagnosticProperties.Confidence]);
        Assert.Equal(verb, diagnostic.Properties[DiagnosticProperties.Verb]);
    }

    [Theory]
    [InlineData("", "certain")]
    [InlineData("if (buffer.IsEmpty)", "possible")]
    public async Task Leak_and_retention_carry_their_confidence(string condition, string confidence)
    {
        IReadOnlyList<Diagnostic> diagnostics = await ReportsAsync($$"""
            using System;
            using System.Threading.Tasks;
            using BufferLifetime;

            class C
            {
                static async Task M(Memory<byte> buffer)
                {
                    IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
                    PageLease lease = iter.ExtractPages();
                    {{condition}}
                        await Task.Yield();
                    iter.Zero(1);
                    {{(condition.Length == 0 ? "" : condition + " lease.Dispose();")}}
                }
            }
            """);

        Assert.Equal(["BUF1002", "BUF1201"], diagnostics.Select(diagnostic => diagnostic.Id));
        Assert.All(diagnostics, diagnostic => Assert.Equal(confidence, diagnostic.Properties[DiagnosticProperties.Confidence]));
    }

    private static async Task<IReadOnlyList<Diagnostic>> ReportsAsync(string source) =>
        (await new AnalyzerHarness(new BufferLifetimeAnalyzer()).RunAsync(source)).Diagnostics;
}
