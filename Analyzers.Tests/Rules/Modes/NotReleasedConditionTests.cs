using Xunit;
using static BufferLifetime.Analyzers.Tests.Rules.RuleCode;

namespace BufferLifetime.Analyzers.Tests.Rules.Modes;

/// <summary>BUF1002 where a condition tells whether anything was taken, or who owns it.</summary>
public sealed class NotReleasedConditionTests
{
    [Theory]
    [InlineData("bytes <= 0")]
    [InlineData("bytes < 1")]
    [InlineData("0 >= bytes")]
    [InlineData("1 > bytes")]
    [InlineData("!(bytes > 0)")]
    [InlineData("!(bytes >= 1)")]
    [InlineData("bytes is <= 0")]
    [InlineData("bytes is < 1")]
    [InlineData("bytes is not > 0")]
    [InlineData("bytes is not (> 0)")]
    [InlineData("bytes is 0 or < 0")]
    [InlineData("bytes is < 0 or 0")]
    [InlineData("bytes == 0 || bytes < 0")]
    [InlineData("(bytes <= 0) == true")]
    [InlineData("(bytes > 0) is false")]
    [InlineData("bytes <= 0 || bytes <= 0")]
    public Task Return_when_nothing_was_taken_is_silent(string nothing) => VerifyMembersAsync($$"""

        static int M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            int bytes = iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out int offset0);
            if ({{nothing}})
                return bytes;
            PageFragments.Release(pages);
            return bytes;
        }
        """);

    [Theory]
    [InlineData("bytes == 0")]
    [InlineData("bytes is 0")]
    [InlineData("0 == bytes")]
    public Task Return_on_zero_with_release_otherwise_is_silent(string nothing) => VerifyMembersAsync($$"""

        static int M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            int bytes = iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out int offset0);
            if ({{nothing}})
                return bytes;
            PageFragments.Release(pages);
            return bytes;
        }
        """);

    [Theory]
    [InlineData("bytes > 0")]
    [InlineData("bytes >= 1")]
    [InlineData("0 < bytes")]
    [InlineData("1 <= bytes")]
    [InlineData("bytes is > 0")]
    [InlineData("bytes is >= 1")]
    [InlineData("bytes is not <= 0")]
    [InlineData("bytes is > 0 and var taken")]
    [InlineData("bytes is int and > 0")]
    [InlineData("!(bytes <= 0)")]
    [InlineData("bytes > 0 && bytes >= 1")]
    public Task Release_when_something_was_taken_is_silent(string something) => VerifyMembersAsync($$"""

        static int M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            int bytes = iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out int offset0);
            if ({{something}})
            {
                PageFragments.Release(pages);
            }

            return bytes;
        }
        """);

    [Theory]
    [InlineData("bytes > 4095")]
    [InlineData("bytes >= 2")]
    [InlineData("bytes == 4096")]
    [InlineData("bytes < 0")]
    [InlineData("bytes is > 100 and < 200")]
    [InlineData("bytes < 4096")]
    public Task Return_on_a_size_that_says_something_was_taken_or_not_is_reported(string condition) => VerifyMembersAsync($$"""

        static int M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            int bytes = iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out int offset0);
            if (!({{condition}}))
                {|BUF1002:return bytes;|}
            PageFragments.Release(pages);
            return bytes;
        }
        """);

    [Fact]
    public Task Return_when_something_was_taken_is_reported() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            int bytes = iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out int offset0);
            if (bytes > 0)
                {|BUF1002:return bytes;|}
            PageFragments.Release(pages);
            return bytes;
        }
        """);

    [Theory]
    [InlineData("taken.Bytes <= 0")]
    [InlineData("taken.Bytes == 0")]
    [InlineData("taken.Bytes is 0")]
    [InlineData("taken.Bytes < 1")]
    [InlineData("taken.Fragments == 0")]
    [InlineData("taken.Fragments <= 0")]
    [InlineData("taken is { Bytes: 0 }")]
    [InlineData("taken is { Bytes: <= 0 }")]
    [InlineData("taken is { Fragments: 0 }")]
    [InlineData("taken is (0, _, _)")]
    [InlineData("taken is { Bytes: 0, Fragments: 0 }")]
    [InlineData("!(taken.Bytes > 0)")]
    public Task Return_when_the_result_says_nothing_was_taken_is_silent(string nothing) => VerifyMembersAsync($$"""

        static long M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            ExtractResult taken = iter.ExtractPages(pages, 4096);
            if ({{nothing}})
                return 0;
            PageFragments.Release(pages[..taken.Fragments]);
            return taken.Bytes;
        }
        """);

    [Theory]
    [InlineData("lease.IsEmpty")]
    [InlineData("lease.Bytes == 0")]
    [InlineData("lease.Bytes <= 0")]
    [InlineData("lease is { IsEmpty: true }")]
    [InlineData("lease is { Bytes: 0 }")]
    public Task Return_when_the_lease_is_empty_is_silent(string empty) => VerifyMembersAsync($$"""

        static long M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            if ({{empty}})
                return 0;
            long bytes = lease.Bytes;
            lease.Dispose();
            return bytes;
        }
        """);

    [Fact]
    public Task Result_kept_in_a_flag_tells_whether_anything_was_taken() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            int bytes = iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out int offset0);
            bool any = bytes > 0;
            Any.Chance();
            if (any)
                PageFragments.Release(pages);
            return bytes;
        }
        """);

    [Fact]
    public Task Result_kept_in_a_negated_flag_tells_whether_anything_was_taken() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            int bytes = iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out int offset0);
            bool failed = bytes <= 0;
            bool fine = !failed;
            if (fine)
                PageFragments.Release(pages);
            return bytes;
        }
        """);

    [Fact]
    public Task Result_copied_to_another_local_tells_whether_anything_was_taken() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            int bytes = iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out int offset0);
            int left = bytes;
            if (left <= 0)
                return 0;
            while (left > 0)
                left -= 100;
            PageFragments.Release(pages);
            return bytes;
        }
        """);

    [Fact]
    public Task Result_assigned_inside_the_condition_tells_whether_anything_was_taken() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            int bytes;
            if ((bytes = iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out _)) <= 0)
                return bytes;
            PageFragments.Release(pages);
            return bytes;
        }
        """);

    [Fact]
    public Task Pattern_that_binds_the_result_tells_whether_anything_was_taken() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            if (iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out _) is > 0 and var bytes)
            {
                PageFragments.Release(pages);
                return bytes;
            }

            return 0;
        }
        """);

    [Fact]
    public Task Pattern_that_binds_the_result_and_forgets_the_pages_is_reported() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            if (iter.{|BUF1002:ExtractPages|}(pages, 4096, ExtractFlags.PerPage, out _) is > 0 and var bytes)
                return bytes;
            return 0;
        }
        """);

    [Fact]
    public Task Ternary_on_the_result_is_silent() => VerifyMembersAsync("""

        static long Finish(IovIter iter, PageLease lease)
        {
            lease.Dispose();
            return iter.Count;
        }

        static long M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            return lease.IsEmpty ? 0 : Finish(iter, lease);
        }
        """);

    [Fact]
    public Task Amount_copied_from_the_result_tells_whether_anything_was_taken() => VerifyMembersAsync("""

        static long M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            ExtractResult taken = iter.ExtractPages(pages, 4096);
            long bytes = taken.Bytes;
            int count = taken.Fragments;
            if (count == 0)
                return bytes;
            PageFragments.Release(pages[..count]);
            return bytes;
        }
        """);

    [Fact]
    public Task Deconstructed_result_tells_whether_anything_was_taken() => VerifyMembersAsync("""

        static long M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            (long bytes, int count, _) = iter.ExtractPages(pages, 4096);
            if (bytes == 0)
                return 0;
            PageFragments.Release(pages[..count]);
            return bytes;
        }
        """);

    [Fact]
    public Task Flag_that_says_who_owns_is_understood() => VerifyMembersAsync("""

        static int M(IovIter iter, bool take)
        {
            PageLease? lease = null;
            if (take)
                lease = iter.ExtractPages();
            int sent = Any.Number();
            if (take)
                lease!.Dispose();
            return sent;
        }
        """);

    [Fact]
    public Task Flag_that_is_asked_the_wrong_way_round_is_reported() => VerifyMembersAsync("""

        static int M(IovIter iter, bool take)
        {
            PageLease lease = new();
            if (take)
                lease = iter.{|BUF1002:ExtractPages|}();
            if (!take)
                lease.Dispose();
            return 0;
        }
        """);

    [Fact]
    public Task Local_flag_set_with_the_extraction_is_understood() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            bool owns = false;
            ExtractResult taken = default;
            if (Any.Chance())
            {
                taken = iter.ExtractPages(pages, 4096);
                owns = true;
            }

            int sent = Any.Number();
            if (owns)
                PageFragments.Release(pages[..taken.Fragments]);
            return sent;
        }
        """);

    [Fact]
    public Task Enum_that_says_who_owns_is_understood() => VerifyMembersAsync("""

        enum Owner { Nobody, Us }

        static int M(IovIter iter)
        {
            PageLease? lease = null;
            Owner owner = Owner.Nobody;
            if (Any.Chance())
            {
                lease = iter.ExtractPages();
                owner = Owner.Us;
            }

            int sent = Any.Number();
            switch (owner)
            {
                case Owner.Us:
                    lease!.Dispose();
                    break;
            }

            return sent;
        }
        """);

    [Fact]
    public Task Owner_that_was_handed_on_with_its_flag_cleared_is_silent() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            bool owned = true;
            if (Any.Chance())
            {
                Any.Keep(lease);
                owned = false;
            }

            if (owned)
                lease.Dispose();
            return 0;
        }
        """);

    [Theory]
    [InlineData("lease != null")]
    [InlineData("lease is not null")]
    [InlineData("null != lease")]
    [InlineData("lease is { }")]
    [InlineData("lease is PageLease")]
    [InlineData("lease is { } held")]
    [InlineData("lease is object")]
    [InlineData("!(lease is null)")]
    [InlineData("!ReferenceEquals(lease, null)")]
    public Task Null_check_before_the_release_is_understood(string held) => VerifyMembersAsync($$"""

        static int M(IovIter iter)
        {
            PageLease? lease = Any.Chance() ? iter.ExtractPages() : null;
            int sent = Any.Number();
            if ({{held}})
                lease!.Dispose();
            return sent;
        }
        """);

    [Fact]
    public Task Conditional_access_releases_what_was_taken() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            PageLease? lease = null;
            if (Any.Chance())
                lease = iter.ExtractPages();
            int sent = Any.Number();
            lease?.Dispose();
            return sent;
        }
        """);

    [Fact]
    public Task Null_check_that_returns_early_is_understood() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            PageLease? lease = Any.Chance() ? iter.ExtractPages() : null;
            if (lease is null)
                return 0;
            int sent = Any.Transfer(lease.IoVectors);
            lease.Dispose();
            return sent;
        }
        """);

    [Fact]
    public Task Null_check_that_returns_when_something_is_held_is_reported() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            PageLease? lease = Any.Chance() ? iter.{|BUF1002:ExtractPages|}() : null;
            if (lease is not null)
                return 0;
            lease?.Dispose();
            return 1;
        }
        """);

    [Fact]
    public Task Null_coalescing_assignment_is_understood() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            PageLease? lease = null;
            if (Any.Chance())
                lease ??= iter.ExtractPages();
            lease?.Dispose();
            return 0;
        }
        """);

    [Fact]
    public Task Null_coalescing_assignment_without_release_is_reported() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            PageLease? lease = null;
            lease ??= iter.{|BUF1002:ExtractPages|}();
            return (int)lease.Bytes;
        }
        """);

    [Fact]
    public Task Condition_over_two_flags_is_understood() => VerifyMembersAsync("""

        static int M(IovIter iter, bool a, bool b)
        {
            PageLease? lease = null;
            if (a && b)
                lease = iter.ExtractPages();
            int sent = Any.Number();
            if (a && b)
                lease!.Dispose();
            return sent;
        }
        """);

    [Fact]
    public Task Integer_that_is_compared_again_is_understood() => VerifyMembersAsync("""

        static int M(IovIter iter, int length)
        {
            PageLease? lease = null;
            if (length > 4096)
                lease = iter.ExtractPages();
            int sent = Any.Number();
            if (length > 4096)
                lease!.Dispose();
            return sent;
        }
        """);

    [Fact]
    public Task Integer_that_has_changed_in_between_is_reported() => VerifyMembersAsync("""

        static int M(IovIter iter, int length)
        {
            PageLease lease = new();
            if (length > 4096)
                lease = iter.ExtractPages();
            length = Any.Number();
            if (length > 4096)
                lease.Dispose();
            {|BUF1002:return 0;|}
        }
        """);

    [Fact]
    public Task Nullable_flag_is_understood() => VerifyMembersAsync("""

        static int M(IovIter iter, int? limit)
        {
            PageLease? lease = null;
            if (limit.HasValue)
                lease = iter.ExtractPages(limit.Value);
            int sent = Any.Number();
            if (limit.HasValue)
                lease!.Dispose();
            return sent;
        }
        """);

    [Fact]
    public Task Nullable_value_that_is_tested_for_null_is_understood() => VerifyMembersAsync("""

        static int M(IovIter iter, int? limit)
        {
            PageLease? lease = null;
            if (limit is { } bytes)
                lease = iter.ExtractPages(bytes);
            int sent = Any.Number();
            if (limit is not null)
                lease!.Dispose();
            return sent;
        }
        """);

    [Theory]
    [InlineData("pin")]
    [InlineData("pin == true")]
    [InlineData("pin is true")]
    [InlineData("pin && true")]
    [InlineData("pin != false")]
    public Task Release_that_follows_what_the_iterator_said_before_is_silent(string pinned) => VerifyMembersAsync($$"""

        static int M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            bool pin = iter.ExtractWillPin;
            int bytes = iter.ExtractPages(pages, 4096, ExtractFlags.None, out _);
            if (bytes <= 0)
                return bytes;
            if ({{pinned}})
                PageFragments.Unpin(pages);
            return bytes;
        }
        """);

    [Fact]
    public Task Release_that_asks_the_opposite_of_what_the_iterator_said_is_reported() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            bool pin = iter.ExtractWillPin;
            int bytes = iter.ExtractPages(pages, 4096, ExtractFlags.None, out _);
            if (bytes <= 0)
                return bytes;
            if (pin)
                {|BUF1002:return bytes;|}
            PageFragments.Release(pages);
            return bytes;
        }
        """);

    [Fact]
    public Task Release_under_the_mode_of_the_result_is_silent() => VerifyMembersAsync("""

        static long M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            ExtractResult taken = iter.ExtractPages(pages, 4096);
            if (taken.Mode == ExtractMode.Pin)
                PageFragments.Unpin(pages[..taken.Fragments]);
            return taken.Bytes;
        }
        """);

    [Fact]
    public Task Release_under_the_wrong_mode_of_the_result_is_reported() => VerifyMembersAsync("""

        static long M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            ExtractResult taken = iter.ExtractPages(pages, 4096);
            if (taken.Mode != ExtractMode.Pin)
                PageFragments.Release(pages[..taken.Fragments]);
            {|BUF1002:return taken.Bytes;|}
        }
        """);

    [Fact]
    public Task Short_circuit_release_is_understood() => VerifyMembersAsync("""

        static bool Give(PageLease lease)
        {
            lease.Dispose();
            return true;
        }

        static bool M(IovIter iter)
        {
            PageLease? lease = Any.Chance() ? iter.ExtractPages() : null;
            return lease != null && Give(lease);
        }
        """);

    [Theory]
    [InlineData("if (taken.Mode == ExtractMode.Pin) PageFragments.Unpin(pages[..taken.Fragments]);")]
    [InlineData("if (pages[0].Mode == ExtractMode.Pin) PageFragments.Unpin(pages[..taken.Fragments]);")]
    [InlineData("if (asked == ExtractMode.Pin) PageFragments.Unpin(pages[..taken.Fragments]);")]
    [InlineData("switch (taken.Mode) { case ExtractMode.Pin: PageFragments.Unpin(pages[..taken.Fragments]); break; }")]
    public Task Reference_taken_by_flags_that_only_the_run_knows_is_left_where_only_pins_are_released(string release) => VerifyMembersAsync($$"""

        static void M(IovIter iter, ExtractFlags flags)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            ExtractMode asked = iter.ExtractMode(flags);
            ExtractResult taken = iter.ExtractPages(pages, 4096, flags);
            Any.Transfer(pages[0].Address, 1);
            {{release}}
        }
        """.Replace("ExtractPages", "{|BUF1002:ExtractPages|}", StringComparison.Ordinal));

    [Theory]
    [InlineData("if (taken.Mode == ExtractMode.Pin) PageFragments.Unpin(pages[..taken.Fragments]); else if (taken.Mode == ExtractMode.Get) PageFragments.Put(pages[..taken.Fragments]);")]
    [InlineData("if (asked == ExtractMode.Pin) PageFragments.Unpin(pages[..taken.Fragments]); else if (asked == ExtractMode.Get) PageFragments.Put(pages[..taken.Fragments]);")]
    [InlineData("switch (asked) { case ExtractMode.Pin: PageFragments.Unpin(pages[..taken.Fragments]); break; case ExtractMode.Get: PageFragments.Put(pages[..taken.Fragments]); break; }")]
    [InlineData("if (asked != ExtractMode.None) PageFragments.Release(pages[..taken.Fragments]);")]
    [InlineData("PageFragments.Release(pages[..taken.Fragments]);")]
    public Task What_flags_mean_for_the_iterator_is_how_its_pages_are_held(string release) => VerifyMembersAsync($$"""

        static void M(IovIter iter, ExtractFlags flags)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            ExtractMode asked = iter.ExtractMode(flags);
            ExtractResult taken = iter.ExtractPages(pages, 4096, flags);
            Any.Transfer(pages[0].Address, 1);
            {{release}}
        }
        """);

    [Theory]
    [InlineData("PageLease chosen = first ? a : b;")]
    [InlineData("PageLease chosen; if (first) chosen = a; else chosen = b;")]
    [InlineData("PageLease chosen = a; if (!first) chosen = b;")]
    [InlineData("PageLease chosen = first switch { true => a, false => b };")]
    public Task Of_two_the_one_that_was_not_chosen_is_left(string choose) => VerifyMembersAsync($$"""

        static long M(IovIter iter, bool first)
        {
            PageLease a = iter.ExtractPages(4096);
            PageLease b = iter.ExtractPages(4096);
            {{choose}}
            long bytes = chosen.Bytes;
            chosen.Dispose();
            {|BUF1002:{|BUF1002:return bytes;|}|}
        }
        """);

    [Theory]
    [InlineData("PageLease chosen = first ? a : b; PageLease other = first ? b : a; Any.Transfer(chosen.IoVectors); chosen.Dispose(); other.Dispose();")]
    [InlineData("PageLease chosen = first ? a : b; chosen.Dispose(); if (first) b.Dispose(); else a.Dispose();")]
    [InlineData("PageLease chosen = first ? a : b; Any.Transfer(chosen.IoVectors); a.Dispose(); b.Dispose();")]
    [InlineData("PageLease chosen = first ? a : b; chosen.Dispose(); if (chosen == a) b.Dispose(); else a.Dispose();")]
    [InlineData("(PageLease x, PageLease y) = first ? (a, b) : (b, a); Any.Transfer(x.IoVectors); x.Dispose(); y.Dispose();")]
    [InlineData("while (Any.Chance()) (a, b) = (b, a); a.Dispose(); b.Dispose();")]
    public Task Of_two_both_are_released_by_whatever_name(string statements) => VerifyMembersAsync($$"""

        static void M(IovIter iter, bool first)
        {
            PageLease a = iter.ExtractPages(4096);
            PageLease b = iter.ExtractPages(4096);
            {{statements}}
        }
        """);
}
