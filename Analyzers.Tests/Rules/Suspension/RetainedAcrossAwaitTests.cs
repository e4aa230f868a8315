using Xunit;
using static BufferLifetime.Analyzers.Tests.Rules.RuleCode;

namespace BufferLifetime.Analyzers.Tests.Rules.Suspension;

/// <summary>BUF1201 over paths, guards, aliases and what makes an iterator stable.</summary>
public sealed class RetainedAcrossAwaitTests
{
    [Fact]
    public Task Use_of_a_parameter_after_the_await_is_reported() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data)
        {
            await Any.Pause();
            return Any.Length({|BUF1201:data|});
        }
        """);

    [Fact]
    public Task Use_before_the_await_is_silent() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data)
        {
            long length = Any.Length(data);
            await Any.Pause();
            return length;
        }
        """);

    [Fact]
    public Task Argument_of_the_awaited_call_itself_is_silent() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data) => await Any.LengthAsync(data);
        """);

    [Fact]
    public Task Argument_of_the_second_awaited_call_is_reported() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data)
        {
            long first = await Any.LengthAsync(data);
            return first + await Any.LengthAsync({|BUF1201:data|});
        }
        """);

    [Fact]
    public Task Await_in_an_earlier_argument_is_a_suspension() => VerifyMembersAsync("""

        static long Add(int number, IovIter data) => number + data.Count;

        static async Task<long> M(IovIter data) => Add(await Any.PauseForNumber(), {|BUF1201:data|});
        """);

    [Fact]
    public Task Await_in_a_later_argument_leaves_a_copy_behind() => VerifyMembersAsync("""

        static long Add(IovIter data, int number) => number + data.Count;

        static async Task<long> M(IovIter data) => Add({|BUF1201:data|}, await Any.PauseForNumber());
        """);

    [Fact]
    public Task Iterator_over_a_local_array_is_reported() => VerifyMembersAsync("""

        static async Task<long> M(Memory<byte> buffer)
        {
            IovIter data = IovIter.Ubuf(buffer, TransferDirection.Destination);
            await Any.Pause();
            return Any.Length({|BUF1201:data|});
        }
        """);

    [Theory]
    [InlineData("IovIter.Kvec(vectors, TransferDirection.Source)")]
    [InlineData("IovIter.Bvec(entries, TransferDirection.Destination)")]
    [InlineData("IovIter.Discard(100)")]
    public Task Stable_iterator_across_the_await_is_silent(string made) => VerifyMembersAsync($$"""

        static async Task<long> M(IoVector[] vectors, BvecEntry[] entries)
        {
            IovIter data = {{made}};
            await Any.Pause();
            return Any.Length(data);
        }
        """);

    [Theory]
    [InlineData("IovIter.Ubuf(buffer, TransferDirection.Destination)")]
    [InlineData("IovIter.Ubuf((ReadOnlyMemory<byte>)buffer)")]
    [InlineData("IovIter.Iovec(new[] { buffer }, TransferDirection.Source)")]
    [InlineData("IovIter.Iovec(new ReadOnlyMemory<byte>[] { buffer })")]
    public Task User_backed_iterator_across_the_await_is_reported(string made) => VerifyMembersAsync($$"""

        static async Task<long> M(Memory<byte> buffer)
        {
            IovIter data = {{made}};
            await Any.Pause();
            return Any.Length({|BUF1201:data|});
        }
        """);

    [Fact]
    public Task Iterator_made_again_after_the_await_is_silent() => VerifyMembersAsync("""

        static async Task<long> M(Memory<byte> buffer)
        {
            IovIter data = IovIter.Ubuf(buffer, TransferDirection.Destination);
            long length = Any.Length(data);
            await Any.Pause();
            data = IovIter.Ubuf(buffer, TransferDirection.Destination);
            return length + Any.Length(data);
        }
        """);

    [Fact]
    public Task Parameter_assigned_a_stable_iterator_before_the_await_is_silent() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data, BvecEntry[] entries)
        {
            data = IovIter.Bvec(entries, TransferDirection.Source);
            await Any.Pause();
            return Any.Length(data);
        }
        """);

    [Fact]
    public Task Parameter_assigned_on_one_path_only_is_reported() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data, BvecEntry[] entries)
        {
            if (Any.Chance())
                data = IovIter.Bvec(entries, TransferDirection.Source);
            await Any.Pause();
            return Any.Length({|BUF1201:data|});
        }
        """);

    [Fact]
    public Task Conversion_before_the_await_is_silent() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data, CancellationToken cancel)
        {
            using ExtractedIter kept = data.ExtractToBvec();
            await Any.Pause().WaitAsync(cancel);
            return await Any.LengthAsync(kept.Iter);
        }
        """);

    [Fact]
    public Task Conversion_whose_iterator_is_kept_in_a_local_is_silent() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data)
        {
            using ExtractedIter kept = data.ExtractToBvec();
            IovIter stable = kept.Iter;
            await Any.Pause();
            return await Any.LengthAsync(stable);
        }
        """);

    [Fact]
    public Task Conversion_after_the_await_is_reported() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data)
        {
            await Any.Pause();
            using ExtractedIter kept = {|BUF1201:data|}.ExtractToBvec();
            return await Any.LengthAsync(kept.Iter);
        }
        """);

    [Fact]
    public Task Original_used_beside_its_conversion_is_reported() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data)
        {
            using ExtractedIter kept = data.ExtractToBvec();
            await Any.Pause();
            return await Any.LengthAsync({|BUF1201:data|});
        }
        """);

    [Fact]
    public Task Pages_extracted_before_the_await_are_silent() => VerifyMembersAsync("""

        static async Task<int> M(IovIter data)
        {
            using PageLease lease = data.ExtractPages();
            await Any.Pause();
            return Any.Transfer(lease.IoVectors);
        }
        """);

    [Theory]
    [InlineData("!data.IsUserBacked")]
    [InlineData("data.IsUserBacked == false")]
    [InlineData("data.IsUserBacked is false")]
    [InlineData("!data.ExtractWillPin")]
    [InlineData("data.ExtractMode() == ExtractMode.None")]
    [InlineData("data.Kind is not (IterKind.Ubuf or IterKind.Iovec)")]
    [InlineData("data.Kind == IterKind.Bvec")]
    [InlineData("data is { IsUserBacked: false }")]
    [InlineData("!data.IsUserBacked && Any.Chance()")]
    public Task Use_under_a_guard_after_the_await_is_silent(string stable) => VerifyMembersAsync($$"""

        static async Task<long> M(IovIter data)
        {
            await Any.Pause();
            if ({{stable}})
                return Any.Length(data);
            return 0;
        }
        """);

    [Fact]
    public Task Guard_that_converts_what_is_user_backed_is_silent() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data)
        {
            ExtractedIter? kept = null;
            if (data.IsUserBacked)
            {
                kept = data.ExtractToBvec();
                data = kept.Iter;
            }

            try
            {
                await Any.Pause();
                return Any.Length(data);
            }
            finally
            {
                kept?.Dispose();
            }
        }
        """);

    [Fact]
    public Task Guard_that_throws_for_what_is_user_backed_is_silent() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data)
        {
            if (data.IsUserBacked)
                throw new ArgumentException("", nameof(data));
            await Any.Pause();
            return Any.Length(data);
        }
        """);

    [Fact]
    public Task Guard_that_awaits_only_for_what_is_stable_is_silent() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data)
        {
            if (!data.IsUserBacked)
                await Any.Pause();
            return Any.Length(data);
        }
        """);

    [Fact]
    public Task Guard_the_wrong_way_round_is_reported() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data)
        {
            await Any.Pause();
            if (data.IsUserBacked)
                return Any.Length({|BUF1201:data|});
            return 0;
        }
        """);

    [Fact]
    public Task Guard_kept_in_a_flag_is_understood() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data)
        {
            bool stable = !data.IsUserBacked;
            await Any.Pause();
            return stable ? Any.Length(data) : 0;
        }
        """);

    [Fact]
    public Task Description_of_the_iterator_may_be_asked_after_the_await() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data)
        {
            await Any.Pause();
            if (data.IsEmpty || data.Direction == TransferDirection.Source)
                return data.Count;
            return (long)data.Kind;
        }
        """);

    [Theory]
    [InlineData("{|BUF1201:data|}.Advance(1)")]
    [InlineData("{|BUF1201:data|}.CopyTo(new byte[1])")]
    [InlineData("{|BUF1201:data|}.CopyFrom(new byte[1])")]
    [InlineData("{|BUF1201:data|}.Zero(1)")]
    public Task Members_that_touch_the_memory_are_reported_after_the_await(string use) => VerifyMembersAsync($$"""

        static async Task M(IovIter data)
        {
            await Any.Pause();
            {{use}};
        }
        """);

    [Fact]
    public Task Branch_that_does_not_await_is_silent() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data)
        {
            if (Any.Chance())
            {
                await Any.Pause();
                return 0;
            }

            return Any.Length(data);
        }
        """);

    [Fact]
    public Task Branch_that_awaits_before_a_common_use_is_reported() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data)
        {
            if (Any.Chance())
                await Any.Pause();
            return Any.Length({|BUF1201:data|});
        }
        """);

    [Fact]
    public Task Flag_that_tells_whether_the_method_awaited_is_understood() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data, bool wait)
        {
            if (wait)
                await Any.Pause();
            if (!wait)
                return Any.Length(data);
            return 0;
        }
        """);

    [Fact]
    public Task Use_in_the_next_round_of_a_loop_is_reported() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data)
        {
            long total = 0;
            for (int i = 0; i < 4; i++)
            {
                total += Any.Length({|BUF1201:data|});
                await Any.Pause();
            }

            return total;
        }
        """);

    [Fact]
    public Task Iterator_made_in_each_round_is_silent() => VerifyMembersAsync("""

        static async Task<long> M(Memory<byte> buffer)
        {
            long total = 0;
            for (int i = 0; i < 4; i++)
            {
                IovIter data = IovIter.Ubuf(buffer, TransferDirection.Destination);
                total += Any.Length(data);
                await Any.Pause();
            }

            return total;
        }
        """);

    [Fact]
    public Task Loop_that_leaves_after_the_await_is_silent() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data)
        {
            while (true)
            {
                if (Any.Length(data) == 0)
                    continue;
                await Any.Pause();
                return 1;
            }
        }
        """);

    [Fact]
    public Task While_loop_with_the_await_in_its_condition_is_reported() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data)
        {
            long total = 0;
            while (await Any.PauseForNumber() > 0)
                total += Any.Length({|BUF1201:data|});
            return total;
        }
        """);

    [Fact]
    public Task Await_foreach_is_a_suspension() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data, IAsyncEnumerable<int> numbers)
        {
            long total = 0;
            await foreach (int number in numbers)
                total += Any.Length({|BUF1201:data|});
            return total;
        }
        """);

    [Fact]
    public Task Use_before_await_foreach_is_silent() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data, IAsyncEnumerable<int> numbers)
        {
            long total = Any.Length(data);
            await foreach (int number in numbers.ConfigureAwait(false))
                total += number;
            return total;
        }
        """);

    [Fact]
    public Task Use_after_await_foreach_is_reported() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data, IAsyncEnumerable<int> numbers)
        {
            long total = 0;
            await foreach (int number in numbers)
                total += number;
            return total + Any.Length({|BUF1201:data|});
        }
        """);

    [Fact]
    public Task Await_using_statement_suspends_at_its_end() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data, IAsyncDisposable resource)
        {
            long length;
            await using (resource)
            {
                length = Any.Length(data);
            }

            return length + Any.Length({|BUF1201:data|});
        }
        """);

    [Fact]
    public Task Await_using_declaration_suspends_after_the_last_use() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data, IAsyncDisposable resource)
        {
            await using IAsyncDisposable held = resource;
            return Any.Length(data);
        }
        """);

    [Fact]
    public Task Yield_in_an_async_stream_is_a_suspension() => VerifyMembersAsync("""

        static async IAsyncEnumerable<long> M(Memory<byte> buffer)
        {
            IovIter data = IovIter.Ubuf(buffer, TransferDirection.Destination);
            yield return 1;
            yield return Any.Length({|BUF1201:data|});
            await Any.Pause();
        }
        """);

    [Fact]
    public Task Yield_in_an_iterator_method_is_a_suspension() => VerifyMembersAsync("""

        static IEnumerable<long> M(Memory<byte> buffer)
        {
            IovIter data = IovIter.Ubuf(buffer, TransferDirection.Destination);
            yield return 1;
            yield return Any.Length({|BUF1201:data|});
        }
        """);

    [Fact]
    public Task Iterator_method_that_makes_it_after_the_yield_is_silent() => VerifyMembersAsync("""

        static IEnumerable<long> M(Memory<byte> buffer)
        {
            yield return 1;
            IovIter data = IovIter.Ubuf(buffer, TransferDirection.Destination);
            yield return Any.Length(data);
        }
        """);

    [Theory]
    [InlineData("IEnumerable<long>", "long n = Any.Length({|BUF1201:data|}); yield return n;")]
    [InlineData("IEnumerator<long>", "long n = Any.Length({|BUF1201:data|}); yield return n;")]
    [InlineData("IEnumerable<long>", "yield return Any.Length({|BUF1201:data|});")]
    [InlineData("IEnumerable<long>", "{|BUF1201:data|}.Zero(1); yield return 1; data.Zero(1);")]
    [InlineData("IEnumerable<long>", "if (Any.Chance()) yield break; using PageLease pages = {|BUF1201:data|}.ExtractPages(); yield return 1;")]
    [InlineData("async IAsyncEnumerable<long>", "long n = Any.Length({|BUF1201:data|}); await Any.Pause(); yield return n;")]
    [InlineData("async IAsyncEnumerable<long>", "yield return await Any.LengthAsync({|BUF1201:data|});")]
    public Task What_the_caller_gave_to_an_iterator_method_is_too_old_before_the_first_yield_as_well(string returned, string statements) => VerifyMembersAsync($$"""

        static {{returned}} M(IovIter data)
        {
            {{statements}}
        }
        """);

    [Theory]
    [InlineData("if (data.IsUserBacked) throw new ArgumentException(nameof(data)); yield return Any.Length(data);")]
    [InlineData("if (!data.IsUserBacked) yield return Any.Length(data);")]
    [InlineData("if (data.Kind is IterKind.Bvec) yield return Any.Length(data);")]
    [InlineData("data = IovIter.Bvec(entries, TransferDirection.Source); yield return Any.Length(data); yield return Any.Length(data);")]
    [InlineData("data = IovIter.Ubuf(memory); yield return Any.Length(data);")]
    [InlineData("yield return data.Count;")]
    public Task Iterator_method_that_asks_first_or_uses_another_iterator_is_silent(string statements) => VerifyMembersAsync($$"""

        static IEnumerable<long> M(IovIter data, BvecEntry[] entries, Memory<byte> memory)
        {
            {{statements}}
        }
        """);

    [Fact]
    public Task Async_method_that_uses_what_it_was_given_before_it_suspends_is_silent() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data)
        {
            long n = Any.Length(data);
            await Any.Pause();
            return n;
        }
        """);

    [Fact]
    public Task Parameter_of_a_local_iterator_function_is_too_old_and_that_of_the_method_around_it_is_not() => VerifyMembersAsync("""

        static long M(IovIter data)
        {
            long total = Any.Length(data);
            foreach (long n in Parts(data))
                total += n;
            return total;

            static IEnumerable<long> Parts(IovIter given)
            {
                yield return Any.Length({|BUF1201:given|});
            }
        }
        """);

    [Fact]
    public Task Await_in_the_try_and_use_in_the_catch_is_reported() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data)
        {
            try
            {
                await Any.Pause();
                return 0;
            }
            catch (IOException)
            {
                return Any.Length({|BUF1201:data|});
            }
        }
        """);

    [Fact]
    public Task Failure_before_the_await_reaches_the_catch_with_the_iterator_still_good() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data)
        {
            long length = 0;
            try
            {
                length = Any.Length(data);
            }
            catch (IOException)
            {
                return Any.Length(data);
            }

            await Any.Pause();
            return length;
        }
        """);

    [Fact]
    public Task Use_in_finally_after_an_await_in_the_try_is_reported() => VerifyMembersAsync("""

        static async Task M(IovIter data)
        {
            try
            {
                await Any.Pause();
            }
            finally
            {
                Any.Length({|BUF1201:data|});
            }
        }
        """);

    [Fact]
    public Task Await_in_finally_before_a_later_use_is_reported() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data)
        {
            try
            {
                Any.Chance();
            }
            finally
            {
                await Any.Pause();
            }

            return Any.Length({|BUF1201:data|});
        }
        """);

    [Fact]
    public Task Copy_of_the_iterator_is_as_stale_as_the_original() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data)
        {
            IovIter copy = data;
            await Any.Pause();
            return Any.Length({|BUF1201:copy|});
        }
        """);

    [Fact]
    public Task Iterator_in_a_tuple_is_as_stale_as_the_original() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data)
        {
            (IovIter Data, int Retries) state = (data, 3);
            await Any.Pause();
            return Any.Length({|BUF1201:state.Data|});
        }
        """);

    [Fact]
    public Task Iterator_deconstructed_after_the_await_is_reported() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data)
        {
            (IovIter, int) state = (data, 3);
            await Any.Pause();
            var (same, _) = state;
            return Any.Length({|BUF1201:same|});
        }
        """);

    [Fact]
    public Task Iterator_in_a_struct_is_as_stale_as_the_original() => VerifyMembersAsync("""

        struct State
        {
            public IovIter Data;
        }

        static async Task<long> M(IovIter data)
        {
            State state = default;
            state.Data = data;
            await Any.Pause();
            return Any.Length({|BUF1201:state.Data|});
        }
        """);

    [Fact]
    public Task Nullable_iterator_is_as_stale_as_the_original() => VerifyMembersAsync("""

        static async Task<long> M(IovIter? data)
        {
            await Any.Pause();
            if (data is { } given)
                return Any.Length({|BUF1201:given|});
            return 0;
        }
        """);

    [Fact]
    public Task Iterator_given_by_reference_before_the_await_is_still_stale_after_it() => VerifyMembersAsync("""

        static void Skip(ref IovIter data) => data.Advance(1);

        static async Task<long> M(IovIter data)
        {
            Skip(ref data);
            await Any.Pause();
            return Any.Length({|BUF1201:data|});
        }
        """);

    [Fact]
    public Task Iterator_replaced_through_an_out_parameter_is_fresh() => VerifyMembersAsync("""

        static void Make(Memory<byte> buffer, out IovIter data) => data = IovIter.Ubuf(buffer, TransferDirection.Source);

        static async Task<long> M(IovIter data, Memory<byte> buffer)
        {
            await Any.Pause();
            Make(buffer, out data);
            return Any.Length(data);
        }
        """);

    [Fact]
    public Task Iterator_returned_by_unknown_code_is_given_the_benefit_of_the_doubt() => VerifyMembersAsync("""

        static IovIter Make() => default;

        static async Task<long> M()
        {
            IovIter data = Make();
            await Any.Pause();
            return Any.Length(data);
        }
        """);

    [Fact]
    public Task Method_that_does_not_suspend_is_silent() => VerifyMembersAsync("""

        static Task<long> M(IovIter data)
        {
            ValueTask<long> sent = Any.LengthAsync(data);
            Any.Length(data);
            return sent.AsTask();
        }
        """);

    [Fact]
    public Task Task_started_before_and_awaited_after_a_use_is_silent() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data)
        {
            Task pause = Any.Pause();
            long length = Any.Length(data);
            await pause;
            return length;
        }
        """);

    [Fact]
    public Task Await_of_several_tasks_is_a_suspension() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data)
        {
            await Task.WhenAll(Any.Pause(), Any.Pause()).ConfigureAwait(false);
            await Task.WhenAny(Any.Pause(), Any.Pause());
            await Any.Briefly();
            await Task.Yield();
            return Any.Length({|BUF1201:data|});
        }
        """);

    [Fact]
    public Task Use_in_a_lambda_that_runs_later_is_not_this_rule() => VerifyMembersAsync("""

        static async Task<long> M(Memory<byte> buffer)
        {
            Func<Task<long>> later = async () =>
            {
                IovIter data = IovIter.Ubuf(buffer, TransferDirection.Source);
                long length = Any.Length(data);
                await Any.Pause();
                return length;
            };
            await Any.Pause();
            return await later();
        }
        """);

    [Fact]
    public Task Async_lambda_is_a_body_of_its_own() => VerifyMembersAsync("""

        static readonly Func<IovIter, Task<long>> Send = async data =>
        {
            await Any.Pause();
            return Any.Length({|BUF1201:data|});
        };
        """);

    [Fact]
    public Task Async_local_function_is_a_body_of_its_own() => VerifyMembersAsync("""

        static Task<long> M(IovIter data)
        {
            return Send(data);

            static async Task<long> Send(IovIter data)
            {
                await Any.Pause();
                return Any.Length({|BUF1201:data|});
            }
        }
        """);

    [Fact]
    public Task Await_inside_a_nested_async_lambda_does_not_suspend_the_outer_method() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data)
        {
            Func<Task> pause = async () => await Any.Pause();
            Task running = pause();
            long length = Any.Length(data);
            await running;
            return length;
        }
        """);

    [Fact]
    public Task Switch_after_the_await_is_reported_in_the_arm_that_uses_it() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data, int kind)
        {
            await Any.Pause();
            return kind switch
            {
                0 => 0,
                1 => Any.Length({|BUF1201:data|}),
                _ => data.Count,
            };
        }
        """);

    [Fact]
    public Task Conditional_operators_with_an_await_are_followed() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data)
        {
            long length = Any.Chance() ? await Any.PauseForNumber() : Any.Length(data);
            return length > 0 && Any.Chance() ? Any.Length({|BUF1201:data|}) : 0;
        }
        """);

    [Fact]
    public Task One_report_for_each_suspension_that_ends_it() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data)
        {
            await Any.Pause();
            long a = Any.Length({|BUF1201:data|});
            long b = Any.Length(data);
            return a + b;
        }
        """);

    [Fact]
    public Task Two_iterators_are_told_apart() => VerifyMembersAsync("""

        static async Task<long> M(IovIter from, IovIter to)
        {
            using ExtractedIter kept = from.ExtractToBvec();
            await Any.Pause();
            return Any.Length(kept.Iter) + Any.Length({|BUF1201:to|});
        }
        """);

    [Fact]
    public Task Async_void_and_value_task_methods_are_analyzed() => VerifyMembersAsync("""

        static async void M(IovIter data)
        {
            await Any.Pause();
            Any.Length({|BUF1201:data|});
        }

        static async ValueTask N(IovIter data)
        {
            await Any.Briefly();
            Any.Length({|BUF1201:data|});
        }
        """);

    [Fact]
    public Task Goto_back_before_the_await_is_reported() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data)
        {
            long total = 0;
        again:
            total += Any.Length({|BUF1201:data|});
            await Any.Pause();
            if (total < 100)
                goto again;
            return total;
        }
        """);

    [Fact]
    public Task Top_level_await_is_a_suspension() => VerifyProgramAsync("""
        IovIter data = IovIter.Ubuf(new byte[100], TransferDirection.Destination);
        await Any.Pause();
        return (int)Any.Length({|BUF1201:data|});
        """);

    [Fact]
    public Task Saved_position_may_cross_the_await_with_a_stable_iterator() => VerifyMembersAsync("""

        static async Task<long> M(BvecEntry[] entries)
        {
            IovIter data = IovIter.Bvec(entries, TransferDirection.Source);
            IovIterState saved = data.SaveState();
            await Any.LengthAsync(data);
            data.Restore(saved);
            return Any.Length(data);
        }
        """);

    [Fact]
    public Task Iterator_with_await_in_a_using_block_is_reported() => VerifyMembersAsync("""

        static async Task<long> M(IovIter data, SemaphoreSlim gate)
        {
            await gate.WaitAsync();
            try
            {
                return await Any.LengthAsync({|BUF1201:data|}).ConfigureAwait(false);
            }
            finally
            {
                gate.Release();
            }
        }
        """);
}
