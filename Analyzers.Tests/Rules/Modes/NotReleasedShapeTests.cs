using Xunit;
using static BufferLifetime.Analyzers.Tests.Rules.RuleCode;

namespace BufferLifetime.Analyzers.Tests.Rules.Modes;

/// <summary>BUF1002 in every kind of body, in nested functions, in async and iterator methods, and over switches.</summary>
public sealed class NotReleasedShapeTests
{
    [Fact]
    public Task Switch_statement_on_the_mode_is_silent() => VerifyMembersAsync("""

        static long M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            ExtractResult taken = iter.ExtractPages(pages, 4096);
            switch (taken.Mode)
            {
                case ExtractMode.Pin:
                    PageFragments.Unpin(pages[..taken.Fragments]);
                    break;
                case ExtractMode.Get:
                    PageFragments.Put(pages[..taken.Fragments]);
                    break;
                case ExtractMode.None:
                    break;
            }

            return taken.Bytes;
        }
        """);

    [Fact]
    public Task Switch_statement_that_forgets_the_mode_that_is_held_is_reported() => VerifyMembersAsync("""

        static long M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            ExtractResult taken = iter.ExtractPages(pages, 4096, ExtractFlags.GetForSource);
            switch (taken.Mode)
            {
                case ExtractMode.Pin:
                    PageFragments.Unpin(pages[..taken.Fragments]);
                    break;
            }

            {|BUF1002:return taken.Bytes;|}
        }
        """);

    [Fact]
    public Task Switch_expression_on_the_mode_is_silent() => VerifyMembersAsync("""

        static int Unpin(ReadOnlySpan<PageFragment> pages)
        {
            PageFragments.Unpin(pages);
            return 1;
        }

        static int M(IovIter iter)
        {
            PageFragment[] pages = new PageFragment[4];
            ExtractResult taken = iter.ExtractPages(pages, 4096);
            return taken.Mode switch
            {
                ExtractMode.Pin => Unpin(pages),
                ExtractMode.Get => Unpin(pages),
                _ => 0,
            };
        }
        """);

    [Fact]
    public Task Switch_with_return_in_each_case_is_followed() => VerifyMembersAsync("""

        static int M(IovIter iter, int kind)
        {
            PageLease lease = iter.ExtractPages();
            switch (kind)
            {
                case 0:
                    lease.Dispose();
                    return 0;
                case 1:
                    {|BUF1002:return 1;|}
                case > 5 when Any.Chance():
                    lease.Dispose();
                    goto default;
                default:
                    lease.Release();
                    return 2;
            }
        }
        """);

    [Fact]
    public Task Switch_expression_that_throws_is_reported() => VerifyMembersAsync("""

        static int M(IovIter iter, int kind)
        {
            PageLease lease = iter.ExtractPages();
            int result = kind switch
            {
                0 => 1,
                1 => 2,
                _ => {|BUF1002:throw new ArgumentOutOfRangeException(nameof(kind))|},
            };
            lease.Dispose();
            return result;
        }
        """);

    [Fact]
    public Task Switch_on_a_tuple_is_followed() => VerifyMembersAsync("""

        static int M(IovIter iter, bool a, bool b)
        {
            PageLease lease = iter.ExtractPages();
            switch (a, b)
            {
                case (true, true):
                    lease.Dispose();
                    return 0;
                case (true, false):
                    {|BUF1002:return 1;|}
                default:
                    lease.Dispose();
                    return 2;
            }
        }
        """);

    [Fact]
    public Task Constructor_is_analyzed() => VerifyAsync("""
        class C
        {
            private readonly long _bytes;

            public C(IovIter iter)
            {
                PageLease lease = iter.{|BUF1002:ExtractPages|}();
                _bytes = lease.Bytes;
            }
        }
        """);

    [Fact]
    public Task Constructor_that_keeps_the_lease_is_silent() => VerifyAsync("""
        sealed class C : IDisposable
        {
            private readonly PageLease _lease;

            public C(IovIter iter)
            {
                _lease = iter.ExtractPages();
            }

            public void Dispose() => _lease.Dispose();
        }
        """);

    [Fact]
    public Task Constructor_initializer_is_analyzed() => VerifyAsync("""
        class B
        {
            public B(long bytes) { }
        }

        class C(IovIter iter) : B(iter.{|BUF1002:ExtractPages|}().Bytes)
        {
        }

        class D : B
        {
            public D(IovIter iter)
                : base(iter.{|BUF1002:ExtractPages|}().Bytes)
            {
            }
        }
        """);

    [Fact]
    public Task Field_initializer_is_analyzed() => VerifyAsync("""
        class C
        {
            private static IovIter s_iter;
            private static readonly PageLease s_kept = s_iter.ExtractPages();
            private readonly long _lost = s_iter.{|BUF1002:ExtractPages|}().Bytes;

            static long Read(C c) => c._lost + s_kept.Bytes;
        }
        """);

    [Fact]
    public Task Property_accessors_are_analyzed() => VerifyAsync("""
        class C
        {
            private IovIter _iter;

            public long Lost
            {
                get
                {
                    PageLease lease = _iter.{|BUF1002:ExtractPages|}();
                    return lease.Bytes;
                }

                set
                {
                    PageLease lease = _iter.ExtractPages(value);
                    if (value < 0)
                        {|BUF1002:return;|}
                    lease.Dispose();
                }
            }

            public PageLease Fresh => _iter.ExtractPages();

            public long this[int index]
            {
                get => _iter.{|BUF1002:ExtractPages|}(index).Bytes;
            }

            public PageLease Initialized { get; } = default(IovIter).ExtractPages();
        }
        """);

    [Fact]
    public Task Event_accessors_operators_and_finalizers_are_analyzed() => VerifyAsync("""
        class C
        {
            private IovIter _iter;

            public event Action Happened
            {
                add => _iter.{|BUF1002:ExtractPages|}();
                remove
                {
                    using PageLease lease = _iter.ExtractPages();
                }
            }

            public static long operator +(C left, C right)
            {
                PageLease lease = left._iter.{|BUF1002:ExtractPages|}();
                return lease.Bytes;
            }

            public static explicit operator PageLease(C c) => c._iter.ExtractPages();

            ~C()
            {
                _iter.{|BUF1002:ExtractPages|}();
            }
        }
        """);

    [Fact]
    public Task Generic_method_is_analyzed() => VerifyMembersAsync("""

        static T M<T>(IovIter iter, T value)
            where T : IComparable<T>
        {
            PageLease lease = iter.ExtractPages();
            if (value.CompareTo(value) < 0)
                {|BUF1002:return value;|}
            lease.Dispose();
            return value;
        }
        """);

    [Fact]
    public Task Partial_method_is_analyzed() => VerifyAsync("""
        partial class C
        {
            public partial long M(IovIter iter);
        }

        partial class C
        {
            public partial long M(IovIter iter) => iter.{|BUF1002:ExtractPages|}().Bytes;
        }
        """);

    [Fact]
    public Task Top_level_statements_are_analyzed() => VerifyProgramAsync("""
        IovIter iter = IovIter.Ubuf(new byte[100], TransferDirection.Destination);
        PageLease lease = iter.ExtractPages();
        if (args.Length > 3)
            {|BUF1002:return 1;|}
        lease.Dispose();
        return 0;
        """);

    [Fact]
    public Task Local_function_is_a_body_of_its_own() => VerifyMembersAsync("""

        static long M(IovIter iter)
        {
            return Inner(iter);

            static long Inner(IovIter iter)
            {
                PageLease lease = iter.{|BUF1002:ExtractPages|}();
                return lease.Bytes;
            }
        }
        """);

    [Fact]
    public Task Local_function_that_releases_what_it_captured_is_silent() => VerifyMembersAsync("""

        static long M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            long bytes = lease.Bytes;
            Finish();
            return bytes;

            void Finish() => lease.Dispose();
        }
        """);

    [Fact]
    public Task Local_function_that_releases_but_is_called_on_one_path_only_is_reported() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            if (Any.Chance())
                {|BUF1002:return 1;|}
            Finish();
            return 0;

            void Finish() => lease.Dispose();
        }
        """);

    [Fact]
    public Task Lambda_is_a_body_of_its_own() => VerifyMembersAsync("""

        static readonly Func<IovIter, long> Length = iter =>
        {
            PageLease lease = iter.{|BUF1002:ExtractPages|}();
            return lease.Bytes;
        };
        """);

    [Fact]
    public Task Lambda_that_returns_the_lease_is_silent() => VerifyMembersAsync("""

        static readonly Func<IovIter, PageLease> Take = iter => iter.ExtractPages();

        static readonly Func<IovIter, PageLease> TakeSome = static iter =>
        {
            PageLease lease = iter.ExtractPages(100);
            return lease;
        };
        """);

    [Fact]
    public Task Lambda_inside_a_lambda_is_analyzed() => VerifyMembersAsync("""

        static Func<Func<IovIter, long>> M() => () => iter => iter.{|BUF1002:ExtractPages|}().Bytes;
        """);

    [Fact]
    public Task Lambda_that_releases_on_completion_is_silent() => VerifyMembersAsync("""

        static Task M(IovIter iter, Task operation)
        {
            PageLease lease = iter.ExtractPages();
            return operation.ContinueWith(_ => lease.Dispose());
        }
        """);

    [Fact]
    public Task Lambda_that_only_reads_the_lease_does_not_release_it() => VerifyMembersAsync("""

        static Func<long> M(IovIter iter)
        {
            PageLease lease = iter.{|BUF1002:ExtractPages|}();
            return () => lease.Bytes;
        }
        """);

    [Fact]
    public Task Lambda_that_takes_what_the_method_releases_is_silent() => VerifyMembersAsync("""

        static long M(IovIter iter)
        {
            PageLease? lease = null;
            Action take = () => lease = iter.ExtractPages();
            take();
            lease?.Dispose();
            return 0;
        }
        """);

    [Fact]
    public Task Delegate_to_the_release_is_silent() => VerifyMembersAsync("""

        static Action M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            return lease.Dispose;
        }
        """);

    [Fact]
    public Task Async_method_that_disposes_after_the_await_is_silent() => VerifyMembersAsync("""

        static async Task<int> M(Stream stream, IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            int sent = Any.Transfer(lease.IoVectors);
            await Any.Pause().ConfigureAwait(false);
            lease.Dispose();
            return sent;
        }
        """);

    [Fact]
    public Task Async_method_that_returns_before_it_disposes_is_reported() => VerifyMembersAsync("""

        static async Task<int> M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            await Any.Pause();
            if (Any.Chance())
                {|BUF1002:return -1;|}
            lease.Dispose();
            return 0;
        }
        """);

    [Fact]
    public Task Async_method_with_using_is_silent() => VerifyMembersAsync("""

        static async ValueTask<int> M(IovIter iter, CancellationToken cancel)
        {
            using ExtractedIter kept = iter.ExtractToBvec();
            await Any.Pause().WaitAsync(cancel).ConfigureAwait(false);
            await foreach (int number in Numbers(cancel).ConfigureAwait(false))
            {
                if (number < 0)
                    return number;
            }

            return (int)await Any.LengthAsync(kept.Iter);
        }

        static async IAsyncEnumerable<int> Numbers([EnumeratorCancellation] CancellationToken cancel)
        {
            await Task.Delay(1, cancel);
            yield return 1;
        }
        """);

    [Fact]
    public Task Async_method_with_finally_is_silent() => VerifyMembersAsync("""

        static async Task<int> M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            try
            {
                await Any.Pause();
                if (Any.Chance())
                    return -1;
                return await Any.PauseForNumber();
            }
            catch (OperationCanceledException)
            {
                return 0;
            }
            finally
            {
                await Any.Pause();
                lease.Dispose();
            }
        }
        """);

    [Fact]
    public Task Cancellation_that_is_caught_without_release_is_reported() => VerifyMembersAsync("""

        static async Task<int> M(IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            try
            {
                await Any.Pause();
            }
            catch (OperationCanceledException)
            {
                {|BUF1002:return -1;|}
            }

            lease.Dispose();
            return 0;
        }
        """);

    [Fact]
    public Task Iterator_method_that_stops_early_is_reported() => VerifyMembersAsync("""

        static IEnumerable<int> M(IovIter[] iters)
        {
            IovIter iter = iters[0];
            PageLease lease = iter.ExtractPages();
            yield return 1;
            if (Any.Chance())
                {|BUF1002:yield break;|}
            lease.Dispose();
        }
        """);

    [Fact]
    public Task Iterator_method_with_using_is_silent() => VerifyMembersAsync("""

        static IEnumerable<int> M(IovIter[] iters)
        {
            using PageLease lease = iters[0].ExtractPages();
            yield return 1;
            if (Any.Chance())
                yield break;
            yield return 2;
        }
        """);

    [Fact]
    public Task Iterator_method_that_yields_its_leases_is_silent() => VerifyMembersAsync("""

        static IEnumerable<PageLease> M(IovIter[] iters)
        {
            foreach (IovIter iter in iters)
                yield return iter.ExtractPages();
        }
        """);

    [Fact]
    public Task Iterator_method_that_yields_between_extraction_and_release_in_finally_is_silent() => VerifyMembersAsync("""

        static IEnumerable<long> M(IovIter[] iters)
        {
            foreach (IovIter iter in iters)
            {
                PageLease lease = iter.ExtractPages();
                try
                {
                    yield return lease.Bytes;
                }
                finally
                {
                    lease.Dispose();
                }
            }
        }
        """);

    [Fact]
    public Task Async_stream_that_disposes_each_round_is_silent() => VerifyMembersAsync("""

        static async IAsyncEnumerable<long> M(ChannelReader<Memory<byte>> buffers)
        {
            await foreach (Memory<byte> buffer in buffers.ReadAllAsync())
            {
                IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
                using PageLease lease = iter.ExtractPages();
                yield return lease.Bytes;
            }
        }
        """);

    [Fact]
    public Task Async_stream_that_continues_without_disposing_is_reported() => VerifyMembersAsync("""

        static async IAsyncEnumerable<long> M(ChannelReader<Memory<byte>> buffers)
        {
            await foreach (Memory<byte> buffer in buffers.ReadAllAsync())
            {
                IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
                PageLease lease = iter.{|BUF1002:ExtractPages|}();
                if (Any.Chance())
                    continue;
                yield return lease.Bytes;
                lease.Dispose();
            }
        }
        """);

    [Fact]
    public Task Await_using_around_the_work_does_not_release_the_lease() => VerifyMembersAsync("""

        static async Task<int> M(Stream stream, IovIter iter)
        {
            PageLease lease = iter.{|BUF1002:ExtractPages|}();
            await using (stream)
            {
                return Any.Transfer(lease.IoVectors);
            }
        }
        """);

    [Fact]
    public Task Pages_of_a_ref_struct_enumerator_are_silent() => VerifyMembersAsync("""

        ref struct Batch
        {
            private readonly PageLease _lease;

            public Batch(IovIter iter) => _lease = iter.ExtractPages();

            public void Dispose() => _lease.Dispose();
        }

        static void M(IovIter iter)
        {
            using Batch batch = new(iter);
        }
        """);

    [Fact]
    public Task Static_abstract_implementation_is_analyzed() => VerifyAsync("""
        interface ITake<TSelf>
            where TSelf : ITake<TSelf>
        {
            static abstract long Take(IovIter iter);
        }

        struct S : ITake<S>
        {
            public static long Take(IovIter iter) => iter.{|BUF1002:ExtractPages|}().Bytes;
        }
        """);

    [Fact]
    public Task Default_interface_member_is_analyzed() => VerifyAsync("""
        interface ITake
        {
            long Take(IovIter iter) => iter.{|BUF1002:ExtractPages|}().Bytes;
        }
        """);

    [Fact]
    public Task Unsafe_and_fixed_code_is_analyzed() => VerifyMembersAsync("""

        static unsafe int M(IovIter iter, byte[] other)
        {
            PageLease lease = iter.ExtractPages();
            fixed (byte* p = other)
            {
                if (p[0] == 0)
                    {|BUF1002:return -1;|}
            }

            lease.Dispose();
            return 0;
        }
        """);

    [Fact]
    public Task Stackalloc_in_a_ternary_is_analyzed() => VerifyMembersAsync("""

        static int M(IovIter iter, int n)
        {
            Span<PageFragment> pages = n <= 16 ? stackalloc PageFragment[16] : new PageFragment[n];
            int taken = iter.ExtractPages(pages, 65536).Fragments;
            if (Any.Transfer(pages[0].Address, 1) < 0)
                {|BUF1002:return -1;|}
            PageFragments.Release(pages[..taken]);
            return taken;
        }
        """);

    [Fact]
    public Task Query_expression_that_takes_leases_is_silent() => VerifyMembersAsync("""

        static PageLease[] M(IovIter[] iters) => (from iter in iters select iter.ExtractPages()).ToArray();
        """);

    [Fact]
    public Task Collection_expression_of_leases_is_silent() => VerifyMembersAsync("""

        static PageLease[] M(IovIter a, IovIter b) => [a.ExtractPages(), b.ExtractPages()];
        """);

    [Fact]
    public Task With_expression_and_object_initializer_hand_the_lease_on() => VerifyAsync("""
        record Transfer(PageLease? Lease, int Size);

        class C
        {
            static Transfer M(IovIter iter, Transfer template) => template with { Lease = iter.ExtractPages() };
        }
        """);

    [Fact]
    public Task Interpolated_string_over_a_lease_is_reported() => VerifyMembersAsync("""

        static string M(IovIter iter) => $"{iter.{|BUF1002:ExtractPages|}().Bytes} bytes";
        """);
}
