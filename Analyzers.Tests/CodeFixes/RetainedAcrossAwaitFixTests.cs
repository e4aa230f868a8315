using Xunit;
using Fix = BufferLifetime.Analyzers.Tests.CodeFixes.FixCode<BufferLifetime.CodeFixes.Suspension.RetainedAcrossAwaitFix>;

namespace BufferLifetime.Analyzers.Tests.CodeFixes;

public sealed class RetainedAcrossAwaitFixTests
{
    [Fact]
    public Task Parameter_is_converted_at_the_start() =>
        Fix.VerifyMembersAsync(
            """
                static async ValueTask<long> SendAsync(IovIter data)
                {
                    // Wait for room.
                    await Any.Pause();
                    return await Any.LengthAsync({|BUF1201:data|});
                }
            """,
            """
                static async ValueTask<long> SendAsync(IovIter data)
                {
                    using ExtractedIter kept = data.ExtractToBvec();
                    // Wait for room.
                    await Any.Pause();
                    return await Any.LengthAsync(kept.Iter);
                }
            """);

    [Fact]
    public Task Local_is_converted_after_its_declaration() =>
        Fix.VerifyMembersAsync(
            """
                static async Task<long> SendAsync(Memory<byte> buffer)
                {
                    Console.WriteLine();
                    IovIter data = IovIter.Ubuf(buffer, TransferDirection.Source);
                    long length = data.Count;
                    await Any.Pause();
                    return length + Any.Length({|BUF1201:data|});
                }
            """,
            """
                static async Task<long> SendAsync(Memory<byte> buffer)
                {
                    Console.WriteLine();
                    IovIter data = IovIter.Ubuf(buffer, TransferDirection.Source);
                    using ExtractedIter kept = data.ExtractToBvec();
                    long length = kept.Iter.Count;
                    await Any.Pause();
                    return length + Any.Length(kept.Iter);
                }
            """);

    [Fact]
    public Task Iterator_that_is_advanced_stays_a_variable() =>
        Fix.VerifyMembersAsync(
            """
                static async Task<long> SendAsync(IovIter data)
                {
                    await Any.Pause();
                    {|BUF1201:data|}.Advance(1);
                    return Any.Length(data);
                }
            """,
            """
                static async Task<long> SendAsync(IovIter data)
                {
                    using ExtractedIter kept = data.ExtractToBvec();
                    data = kept.Iter;
                    await Any.Pause();
                    data.Advance(1);
                    return Any.Length(data);
                }
            """);

    [Fact]
    public Task Name_that_is_taken_is_not_taken_again() =>
        Fix.VerifyMembersAsync(
            """
                static async Task<long> SendAsync(IovIter data, IovIter more)
                {
                    long kept = 1;
                    await Any.Pause();
                    return kept + Any.Length({|BUF1201:data|}) + Any.Length({|BUF1201:more|});
                }
            """,
            """
                static async Task<long> SendAsync(IovIter data, IovIter more)
                {
                    using ExtractedIter kept3 = more.ExtractToBvec();
                    using ExtractedIter kept2 = data.ExtractToBvec();
                    long kept = 1;
                    await Any.Pause();
                    return kept + Any.Length(kept2.Iter) + Any.Length(kept3.Iter);
                }
            """);

    [Fact]
    public Task Expression_body_becomes_a_block() =>
        Fix.VerifyMembersAsync(
            """
                static async Task<long> SendAsync(IovIter data) => await Any.PauseForNumber() + Any.Length({|BUF1201:data|});

                static async Task SendAllAsync(IovIter data) => Any.Keep(await Any.PauseForNumber() + Any.Length({|BUF1201:data|}));
            """,
            """
                static async Task<long> SendAsync(IovIter data)
                {
                    using ExtractedIter kept = data.ExtractToBvec();
                    return await Any.PauseForNumber() + Any.Length(kept.Iter);
                }

                static async Task SendAllAsync(IovIter data)
                {
                    using ExtractedIter kept = data.ExtractToBvec();
                    Any.Keep(await Any.PauseForNumber() + Any.Length(kept.Iter));
                }
            """);

    [Fact]
    public Task Lambda_and_local_function_are_bodies_of_their_own() =>
        Fix.VerifyMembersAsync(
            """
                static Func<IovIter, Task<long>> M()
                {
                    async Task<long> LocalAsync(IovIter data) => await Any.PauseForNumber() + Any.Length({|BUF1201:data|});
                    return async (IovIter data) =>
                    {
                        await Any.Pause();
                        return Any.Length({|BUF1201:data|}) + (await LocalAsync(IovIter.Discard(1)));
                    };
                }
            """,
            """
                static Func<IovIter, Task<long>> M()
                {
                    async Task<long> LocalAsync(IovIter data)
                    {
                        using ExtractedIter kept = data.ExtractToBvec();
                        return await Any.PauseForNumber() + Any.Length(kept.Iter);
                    }
                    return async (IovIter data) =>
                    {
                        using ExtractedIter kept2 = data.ExtractToBvec();
                        await Any.Pause();
                        return Any.Length(kept2.Iter) + (await LocalAsync(IovIter.Discard(1)));
                    };
                }
            """);

    [Fact]
    public Task Iterator_of_an_iterator_method_is_converted_at_the_start() =>
        Fix.VerifyMembersAsync(
            """
                static IEnumerable<long> Lengths(Memory<byte> buffer)
                {
                    IovIter data = IovIter.Ubuf(buffer, TransferDirection.Source);
                    yield return 1;
                    yield return Any.Length({|BUF1201:data|});
                }
            """,
            """
                static IEnumerable<long> Lengths(Memory<byte> buffer)
                {
                    IovIter data = IovIter.Ubuf(buffer, TransferDirection.Source);
                    using ExtractedIter kept = data.ExtractToBvec();
                    yield return 1;
                    yield return Any.Length(kept.Iter);
                }
            """);

    [Fact]
    public Task What_was_given_to_an_iterator_method_is_its_callers_to_convert()
    {
        const string Source = """
                static IEnumerable<long> Lengths(IovIter data)
                {
                    yield return Any.Length({|BUF1201:data|});
                    yield return Any.Length(data);
                }
            """;
        return Fix.VerifyMembersAsync(Source, Source);
    }

    [Fact]
    public Task Iterator_that_is_reassigned_or_captured_is_left_alone()
    {
        const string Source = """
                static async Task<long> ReassignedAsync(IovIter data, Memory<byte> more)
                {
                    await Any.Pause();
                    long length = Any.Length({|BUF1201:data|});
                    data = IovIter.Ubuf(more, TransferDirection.Source);
                    return length + Any.Length(data);
                }

                static async Task<long> CapturedAsync(IovIter data)
                {
                    Func<long> length = () => data.Count;
                    await Any.Pause();
                    return Any.Length({|BUF1201:data|}) + length();
                }
            """;
        return Fix.VerifyMembersAsync(Source, Source);
    }

    [Fact]
    public Task Operation_that_is_not_awaited_is_left_alone()
    {
        const string Source = """
                private ValueTask<long> _pending;

                async Task StartAsync(IovIter data)
                {
                    await Any.Pause();
                    _pending = Any.LengthAsync({|BUF1201:data|});
                }
            """;
        return Fix.VerifyMembersAsync(Source, Source);
    }

    [Fact]
    public Task Iterator_whose_kind_decides_is_left_alone()
    {
        const string Source = """
                static async Task<long> SendAsync(IovIter data)
                {
                    if (data.IsUserBacked)
                        Console.WriteLine("the caller's");
                    await Any.Pause();
                    return Any.Length({|BUF1201:data|});
                }
            """;
        return Fix.VerifyMembersAsync(Source, Source);
    }

    [Fact]
    public Task Await_in_a_loop_and_over_a_stream_is_a_suspension_like_any_other() =>
        Fix.VerifyMembersAsync(
            """
                static async Task<long> SendAsync(IovIter data, IAsyncEnumerable<int> signals)
                {
                    long total = 0;
                    await foreach (int signal in signals.ConfigureAwait(false))
                        total += await Any.LengthAsync({|BUF1201:data|}).ConfigureAwait(false);
                    return total;
                }
            """,
            """
                static async Task<long> SendAsync(IovIter data, IAsyncEnumerable<int> signals)
                {
                    using ExtractedIter kept = data.ExtractToBvec();
                    long total = 0;
                    await foreach (int signal in signals.ConfigureAwait(false))
                        total += await Any.LengthAsync(kept.Iter).ConfigureAwait(false);
                    return total;
                }
            """);

    [Fact]
    public Task Accessor_that_yields_is_a_body_of_its_own() =>
        Fix.VerifyMembersAsync(
            """
                private byte[] _buffer = [];

                IEnumerable<long> Lengths
                {
                    get
                    {
                        IovIter data = IovIter.Ubuf(_buffer);
                        yield return 1;
                        yield return Any.Length({|BUF1201:data|});
                    }
                }
            """,
            """
                private byte[] _buffer = [];

                IEnumerable<long> Lengths
                {
                    get
                    {
                        IovIter data = IovIter.Ubuf(_buffer);
                        using ExtractedIter kept = data.ExtractToBvec();
                        yield return 1;
                        yield return Any.Length(kept.Iter);
                    }
                }
            """);
}
