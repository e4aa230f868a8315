using Xunit;
using static BufferLifetime.Analyzers.Tests.Rules.RuleCode;

namespace BufferLifetime.Analyzers.Tests.Rules.Modes;

/// <summary>BUF1007: results that nobody reads, and loops that do not end at zero.</summary>
public sealed class ResultIgnoredTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("_ = ", "")]
    [InlineData("ExtractResult taken = ", "")]
    [InlineData("ExtractResult taken; taken = ", "")]
    public Task Result_that_nobody_reads_is_reported(string before, string after) => VerifyEveryRuleAsync($$"""

        static void M(IovIter iter)
        {
            PageFragment[] pages = new PageFragment[4];
            {{before}}iter.{|BUF1007:ExtractPages|}(pages, 4096){{after}};
            PageFragments.Release(pages);
        }
        """);

    [Theory]
    [InlineData("ExtractResult taken = iter.ExtractPages(pages, 4096); Any.Transfer(0, taken.Fragments);")]
    [InlineData("Any.Transfer(0, iter.ExtractPages(pages, 4096).Fragments);")]
    [InlineData("ExtractResult taken = iter.ExtractPages(pages, 4096); Action later = () => Any.Transfer(0, taken.Fragments); later();")]
    [InlineData("if (iter.ExtractPages(pages, 4096).Bytes < 4096) Any.Number();")]
    public Task Result_that_is_read_is_silent(string statement) => VerifyEveryRuleAsync($$"""

        static void M(IovIter iter)
        {
            PageFragment[] pages = new PageFragment[4];
            {{statement}}
            PageFragments.Release(pages);
        }
        """);

    [Fact]
    public Task Page_array_form_without_its_result_is_reported() => VerifyEveryRuleAsync("""

        static void M(IovIter iter)
        {
            PageFragment[] pages = new PageFragment[4];
            iter.{|BUF1007:ExtractPages|}(pages, 4096, ExtractFlags.PerPage, out int offset0);
            Any.Transfer(pages[0].Address + offset0, 4096);
            PageFragments.Release(pages);
        }
        """);

    [Fact]
    public Task Pages_that_are_lost_with_the_result_are_told_once() => VerifyEveryRuleAsync("""

        static void M(IovIter iter)
        {
            PageFragment[] pages = new PageFragment[4];
            iter.{|BUF1002:ExtractPages|}(pages, 4096);
        }
        """);

    [Fact]
    public Task Lease_has_no_result_to_read() => VerifyEveryRuleAsync("""

        static void M(IovIter iter)
        {
            using PageLease lease = iter.ExtractPages();
        }
        """);

    [Fact]
    public Task Loop_that_only_ends_on_errors_is_reported() => VerifyEveryRuleAsync("""

        static void M(IovIter iter, long left)
        {
            PageFragment[] pages = new PageFragment[4];
            do
            {
                int n = iter.{|BUF1007:ExtractPages|}(pages, left, ExtractFlags.PerPage, out int offset0);
                if (n < 0)
                    throw new IOException();
                Any.Transfer(offset0, n);
                PageFragments.Release(pages);
                left -= n;
            }
            while (left > 0);
        }
        """);

    [Theory]
    [InlineData("n <= 0")]
    [InlineData("n == 0")]
    [InlineData("n < 1")]
    [InlineData("!(n > 0)")]
    [InlineData("iter.IsEmpty")]
    [InlineData("iter.Count == 0")]
    [InlineData("n is 0")]
    [InlineData("Any.Chance()")]
    public Task Loop_that_can_end_at_zero_is_silent(string end) => VerifyEveryRuleAsync($$"""

        static void M(IovIter iter, long left)
        {
            PageFragment[] pages = new PageFragment[4];
            do
            {
                int n = iter.ExtractPages(pages, left, ExtractFlags.PerPage, out int offset0);
                Any.Transfer(offset0, n);
                PageFragments.Release(pages);
                if ({{end}})
                    break;
                left -= n;
            }
            while (left > 0);
        }
        """);

    [Fact]
    public Task Loop_that_ends_on_what_no_round_changes_is_reported() => VerifyEveryRuleAsync("""

        static void M(IovIter iter, long left, bool tolerant)
        {
            PageFragment[] pages = new PageFragment[4];
            do
            {
                int n = iter.{|BUF1007:ExtractPages|}(pages, left, ExtractFlags.PerPage, out int offset0);
                if ((n < 0) == !tolerant)
                {
                    PageFragments.Release(pages);
                    throw new IOException();
                }

                Any.Transfer(offset0, n);
                PageFragments.Release(pages);
                left -= n;
            }
            while (left > 0);
        }
        """);

    [Fact]
    public Task Result_subtracted_in_place_without_an_end_is_reported() => VerifyEveryRuleAsync("""

        static void M(IovIter iter, int length)
        {
            PageFragment[] pages = new PageFragment[4];
            int left = length;
            while (left > 0)
            {
                left -= iter.{|BUF1007:ExtractPages|}(pages, left, ExtractFlags.PerPage, out _);
                PageFragments.Release(pages);
            }
        }
        """);

    [Fact]
    public Task Loop_over_what_the_iterator_holds_is_silent() => VerifyEveryRuleAsync("""

        static void M(IovIter iter)
        {
            PageFragment[] pages = new PageFragment[4];
            long left = iter.Count;
            while (left > 0)
            {
                ExtractResult taken = iter.ExtractPages(pages, left);
                left -= taken.Bytes;
                PageFragments.Release(pages.AsSpan(0, taken.Fragments));
            }
        }
        """);

    [Fact]
    public Task Loop_that_counts_its_rounds_is_silent() => VerifyEveryRuleAsync("""

        static long M(IovIter iter)
        {
            PageFragment[] pages = new PageFragment[4];
            long sum = 0;
            for (int i = 0; i < 10; i++)
            {
                ExtractResult taken = iter.ExtractPages(pages, 4096);
                sum += taken.Bytes;
                PageFragments.Release(pages.AsSpan(0, taken.Fragments));
            }

            return sum;
        }
        """);

    [Fact]
    public Task Loop_without_any_end_is_reported() => VerifyEveryRuleAsync("""

        static void M(IovIter iter)
        {
            PageFragment[] pages = new PageFragment[4];
            while (true)
            {
                ExtractResult taken = iter.{|BUF1007:ExtractPages|}(pages, 4096);
                if (taken.Fragments > 0)
                    PageFragments.Release(pages.AsSpan(0, taken.Fragments));
            }
        }
        """);

    [Fact]
    public Task Extraction_in_the_condition_is_silent() => VerifyEveryRuleAsync("""

        static void M(IovIter iter)
        {
            PageFragment[] pages = new PageFragment[4];
            ExtractResult taken;
            while ((taken = iter.ExtractPages(pages, 4096)).Fragments > 0)
                PageFragments.Release(pages.AsSpan(0, taken.Fragments));
        }
        """);
}
