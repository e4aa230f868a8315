using Xunit;
using static BufferLifetime.Analyzers.Tests.Rules.RuleCode;

namespace BufferLifetime.Analyzers.Tests.Rules.Modes;

/// <summary>BUF1002 over try, catch, finally, using and lock.</summary>
public sealed class NotReleasedExceptionTests
{
    [Fact]
    public Task Release_in_finally_is_silent() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            ExtractResult taken = iter.ExtractPages(pages, 4096);
            try
            {
                if (Any.Chance())
                    return -1;
                if (Any.Chance())
                    throw new IOException();
                return Any.Transfer(pages[0].Address, pages[0].Length);
            }
            finally
            {
                PageFragments.Release(pages[..taken.Fragments]);
            }
        }
        """);

    [Fact]
    public Task Release_at_the_end_of_the_try_is_reported_where_the_catch_returns() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            try
            {
                int sent = Any.Transfer(lease.IoVectors);
                lease.Dispose();
                return sent;
            }
            catch (IOException)
            {
                {|BUF1002:return -1;|}
            }
        }
        """);

    [Fact]
    public Task Release_in_the_try_and_in_the_catch_is_silent() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            try
            {
                int sent = Any.Transfer(lease.IoVectors);
                lease.Dispose();
                return sent;
            }
            catch (IOException)
            {
                lease.Dispose();
                return -1;
            }
        }
        """);

    [Fact]
    public Task Release_after_a_catch_that_falls_through_is_silent() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            int sent = 0;
            PageLease lease = iter.ExtractPages();
            try
            {
                sent = Any.Transfer(lease.IoVectors);
            }
            catch (IOException)
            {
                sent = -1;
            }

            lease.Dispose();
            return sent;
        }
        """);

    [Fact]
    public Task Rethrow_without_release_is_reported() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            int sent;
            try
            {
                sent = Any.Transfer(lease.IoVectors);
            }
            catch (IOException)
            {
                {|BUF1002:throw;|}
            }

            lease.Dispose();
            return sent;
        }
        """);

    [Fact]
    public Task Rethrow_after_the_release_is_silent() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            int sent;
            try
            {
                sent = Any.Transfer(lease.IoVectors);
            }
            catch
            {
                lease.Dispose();
                throw;
            }

            lease.Dispose();
            return sent;
        }
        """);

    [Fact]
    public Task Catch_that_throws_another_exception_is_reported() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            int sent;
            try
            {
                sent = Any.Transfer(lease.IoVectors);
            }
            catch (IOException failure)
            {
                {|BUF1002:throw new InvalidOperationException("", failure);|}
            }

            lease.Dispose();
            return sent;
        }
        """);

    [Fact]
    public Task Catch_with_a_filter_that_swallows_is_reported() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            try
            {
                int sent = Any.Transfer(lease.IoVectors);
                lease.Dispose();
                return sent;
            }
            catch (IOException failure) when (failure.HResult == 5)
            {
                {|BUF1002:return -1;|}
            }
        }
        """);

    [Fact]
    public Task Catch_with_a_filter_that_releases_is_silent() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            try
            {
                int sent = Any.Transfer(lease.IoVectors);
                lease.Dispose();
                return sent;
            }
            catch (IOException failure) when (failure.HResult == 5)
            {
                lease.Dispose();
                return -1;
            }
        }
        """);

    [Fact]
    public Task Extraction_inside_the_try_that_fails_itself_is_silent() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            try
            {
                PageLease lease = iter.ExtractPages();
                lease.Dispose();
                return 1;
            }
            catch (InvalidOperationException)
            {
                return 0;
            }
        }
        """);

    [Fact]
    public Task Extraction_inside_the_try_with_release_in_finally_under_a_null_check_is_silent() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            PageLease? lease = null;
            try
            {
                lease = iter.ExtractPages();
                return Any.Transfer(lease.IoVectors);
            }
            finally
            {
                if (lease != null)
                    lease.Dispose();
            }
        }
        """);

    [Fact]
    public Task Extraction_inside_the_try_with_conditional_release_in_finally_is_silent() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            PageLease? lease = null;
            try
            {
                lease = iter.ExtractPages();
                return Any.Transfer(lease.IoVectors);
            }
            catch (IOException)
            {
                return -1;
            }
            finally
            {
                lease?.Dispose();
            }
        }
        """);

    [Fact]
    public Task Release_in_finally_behind_an_unrelated_condition_is_reported() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            try
            {
                {|BUF1002:return Any.Transfer(lease.IoVectors);|}
            }
            finally
            {
                if (Any.Chance())
                    lease.Dispose();
            }
        }
        """);

    [Fact]
    public Task Flag_set_on_success_decides_in_finally() => VerifyMembersAsync("""

        static PageLease? M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            bool done = false;
            try
            {
                Any.Transfer(lease.IoVectors);
                done = true;
                return lease;
            }
            finally
            {
                if (!done)
                    lease.Dispose();
            }
        }
        """);

    [Fact]
    public Task Flag_that_is_asked_the_wrong_way_round_in_finally_is_reported() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            bool done = false;
            try
            {
                int sent = Any.Transfer(lease.IoVectors);
                done = true;
                {|BUF1002:return sent;|}
            }
            finally
            {
                if (!done)
                    lease.Dispose();
            }
        }
        """);

    [Fact]
    public Task Nested_finally_regions_release_what_each_took() => VerifyMembersAsync("""

        static int M(IovIter from, IovIter to)
        {
            PageLease read = from.ExtractPages();
            try
            {
                PageLease written = to.ExtractPages();
                try
                {
                    return Any.Transfer(read.IoVectors) + Any.Transfer(written.IoVectors);
                }
                finally
                {
                    written.Dispose();
                }
            }
            finally
            {
                read.Dispose();
            }
        }
        """);

    [Fact]
    public Task Nested_finally_that_releases_only_the_inner_is_reported_for_the_outer() => VerifyMembersAsync("""

        static int M(IovIter from, IovIter to)
        {
            PageLease read = from.{|BUF1002:ExtractPages|}();
            try
            {
                PageLease written = to.ExtractPages();
                try
                {
                    return Any.Transfer(read.IoVectors) + Any.Transfer(written.IoVectors);
                }
                finally
                {
                    written.Dispose();
                }
            }
            finally
            {
                Any.Chance();
            }
        }
        """);

    [Fact]
    public Task Extraction_between_the_release_and_a_return_from_finally_blocks_is_silent() => VerifyMembersAsync("""

        static void M(IovIter iter)
        {
            for (int i = 0; i < 4; i++)
            {
                PageLease lease = iter.ExtractPages();
                try
                {
                    if (Any.Chance())
                        continue;
                    if (Any.Chance())
                        break;
                }
                finally
                {
                    lease.Dispose();
                }
            }
        }
        """);

    [Fact]
    public Task Throw_that_an_own_handler_catches_and_releases_is_silent() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            try
            {
                if (Any.Transfer(lease.IoVectors) < 0)
                    throw new IOException();
                lease.Dispose();
                return 1;
            }
            catch (Exception)
            {
                lease.Dispose();
                return 0;
            }
        }
        """);

    [Fact]
    public Task Throw_that_only_another_handler_would_catch_is_reported() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            try
            {
                if (Any.Transfer(lease.IoVectors) < 0)
                    {|BUF1002:throw new IOException();|}
                lease.Dispose();
                return 1;
            }
            catch (ArgumentException)
            {
                lease.Dispose();
                return 0;
            }
        }
        """);

    [Fact]
    public Task Using_declaration_is_silent() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            using PageLease lease = iter.ExtractPages();
            if (lease.IsEmpty)
                return 0;
            if (Any.Chance())
                throw new IOException();
            return Any.Transfer(lease.IoVectors);
        }
        """);

    [Fact]
    public Task Using_statement_is_silent() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            using (PageLease lease = iter.ExtractPages())
            {
                if (Any.Chance())
                    return -1;
                return Any.Transfer(lease.IoVectors);
            }
        }
        """);

    [Fact]
    public Task Using_statement_over_an_expression_is_silent() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            using (lease)
            {
                return Any.Transfer(lease.IoVectors);
            }
        }
        """);

    [Fact]
    public Task Using_statement_without_a_name_is_silent() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            using (iter.ExtractPages())
                return Any.Number();
        }
        """);

    [Fact]
    public Task Using_over_two_leases_is_silent() => VerifyMembersAsync("""

        static int M(IovIter from, IovIter to)
        {
            using (PageLease read = from.ExtractPages(), written = to.ExtractPages())
                return Any.Transfer(read.IoVectors) + Any.Transfer(written.IoVectors);
        }
        """);

    [Fact]
    public Task Using_over_what_may_be_null_is_silent() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            using PageLease? lease = Any.Chance() ? iter.ExtractPages() : null;
            return lease is null ? 0 : Any.Transfer(lease.IoVectors);
        }
        """);

    [Fact]
    public Task Using_under_another_static_type_is_silent() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            using IDisposable held = iter.ExtractPages();
            return Any.Number();
        }
        """);

    [Fact]
    public Task Lease_taken_outside_and_another_one_held_with_using_is_reported() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            PageLease lost = iter.{|BUF1002:ExtractPages|}(4096);
            using PageLease held = iter.ExtractPages();
            return Any.Transfer(held.IoVectors) + Any.Transfer(lost.IoVectors);
        }
        """);

    [Fact]
    public Task Release_inside_a_lock_is_silent() => VerifyMembersAsync("""

        private readonly object _gate = new();

        int M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            lock (_gate)
            {
                int sent = Any.Transfer(lease.IoVectors);
                lease.Dispose();
                return sent;
            }
        }
        """);

    [Fact]
    public Task Return_from_inside_a_lock_is_reported() => VerifyMembersAsync("""

        private readonly object _gate = new();

        int M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            lock (_gate)
            {
                if (Any.Transfer(lease.IoVectors) < 0)
                    {|BUF1002:return -1;|}
            }

            lease.Dispose();
            return 0;
        }
        """);

    [Fact]
    public Task Return_from_inside_a_lock_on_the_new_lock_type_is_reported() => VerifyMembersAsync("""

        private readonly Lock _gate = new();

        int M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            lock (_gate)
            {
                if (Any.Transfer(lease.IoVectors) < 0)
                    {|BUF1002:return -1;|}
            }

            lease.Dispose();
            return 0;
        }
        """);

    [Fact]
    public Task Exception_caught_inside_a_loop_that_releases_in_finally_is_silent() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            for (int attempt = 0; ; attempt++)
            {
                int bytes = iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out _);
                if (bytes <= 0)
                    return 0;
                try
                {
                    return Any.Transfer(pages[0].Address, bytes);
                }
                catch (IOException) when (attempt < 3)
                {
                    iter.Revert(bytes);
                }
                finally
                {
                    PageFragments.Release(pages);
                }
            }
        }
        """);

    [Fact]
    public Task Exception_caught_inside_a_loop_that_extracts_again_is_reported() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            for (int attempt = 0; ; attempt++)
            {
                int bytes = iter.{|BUF1002:ExtractPages|}(pages, 4096, ExtractFlags.PerPage, out _);
                if (bytes <= 0)
                    return 0;
                try
                {
                    int sent = Any.Transfer(pages[0].Address, bytes);
                    PageFragments.Release(pages);
                    return sent;
                }
                catch (IOException) when (attempt < 3)
                {
                    iter.Revert(bytes);
                }
            }
        }
        """);

    [Fact]
    public Task Catch_all_that_returns_is_reported() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            int bytes = iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out _);
            if (bytes <= 0)
                return 0;
            try
            {
                Any.Transfer(pages[0].Address, bytes);
            }
            catch
            {
                {|BUF1002:return -1;|}
            }

            PageFragments.Release(pages);
            return bytes;
        }
        """);

    [Fact]
    public Task Second_extraction_that_throws_leaves_the_first_to_its_handler() => VerifyMembersAsync("""

        static int M(IovIter from, IovIter to)
        {
            PageLease? read = null, written = null;
            try
            {
                read = from.ExtractPages();
                written = to.ExtractPages();
                return Any.Transfer(read.IoVectors) + Any.Transfer(written.IoVectors);
            }
            catch (PeerMemoryException)
            {
                return -1;
            }
            finally
            {
                written?.Dispose();
                read?.Dispose();
            }
        }
        """);

    [Fact]
    public Task Assertion_that_throws_inside_a_helper_is_not_an_exit_of_its_own() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            ArgumentNullException.ThrowIfNull(lease);
            int sent = Any.Transfer(lease.IoVectors);
            lease.Dispose();
            return sent;
        }
        """);

    [Fact]
    public Task Checked_arithmetic_in_a_try_reaches_its_handler() => VerifyMembersAsync("""

        static int M(IovIter iter, int a, int b)
        {
            PageLease lease = iter.ExtractPages();
            try
            {
                int product = checked(a * b);
                lease.Dispose();
                return product;
            }
            catch (OverflowException)
            {
                {|BUF1002:return -1;|}
            }
        }
        """);

    [Fact]
    public Task Lambda_inside_a_try_is_a_body_of_its_own() => VerifyMembersAsync("""

        static void M(IovIter[] iters)
        {
            try
            {
                Any.Chance();
                foreach (IovIter iter in iters)
                    Any.Number();
            }
            finally
            {
                Func<IovIter, int> send = iter =>
                {
                    PageLease lease = iter.ExtractPages();
                    try
                    {
                        int sent = Any.Transfer(lease.IoVectors);
                        if (sent < 0)
                            {|BUF1002:throw new IOException();|}
                        lease.Dispose();
                        return sent;
                    }
                    catch (ArgumentException)
                    {
                        lease.Dispose();
                        return 0;
                    }
                };
                send(iters[0]);
            }
        }
        """);

    [Fact]
    public Task Handler_around_a_local_function_does_not_catch_for_it() => VerifyMembersAsync("""

        static void M(IovIter[] iters)
        {
            PageLease lease = new();
            try
            {
                Send(iters[0]);

                static void Send(IovIter iter)
                {
                    PageLease lease = iter.ExtractPages();
                    if (Any.Transfer(lease.IoVectors) < 0)
                        {|BUF1002:throw new IOException();|}
                    lease.Dispose();
                }
            }
            catch (Exception)
            {
                lease.Dispose();
            }
        }
        """);
}
