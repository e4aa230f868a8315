using Xunit;
using Fix = BufferLifetime.Analyzers.Tests.CodeFixes.FixCode<BufferLifetime.CodeFixes.Releases.ReleasedWhilePendingFix>;

namespace BufferLifetime.Analyzers.Tests.CodeFixes;

/// <summary>BUF1203 and BUF2007: the operation is awaited before what it uses is released.</summary>
public sealed class ReleasedWhilePendingFixTests
{
    [Fact]
    public Task Returned_read_is_awaited_before_the_finally() =>
        Fix.VerifyMembersAsync(
            """
                // Reads the header.
                static Task<int> ReadHeaderAsync(Stream stream)
                {
                    byte[] buffer = ArrayPool<byte>.Shared.Rent(4096);
                    try { return stream.ReadAsync(buffer, 0, 512); } // all of it
                    finally { ArrayPool<byte>.Shared.Return({|BUF2007:buffer|}); }
                }
            """,
            """
                // Reads the header.
                static async Task<int> ReadHeaderAsync(Stream stream)
                {
                    byte[] buffer = ArrayPool<byte>.Shared.Rent(4096);
                    try { return await stream.ReadAsync(buffer, 0, 512); } // all of it
                    finally { ArrayPool<byte>.Shared.Return(buffer); }
                }
            """);

    [Fact]
    public Task Every_way_out_of_the_method_waits() =>
        Fix.VerifyMembersAsync(
            """
                Task WriteAsync(Stream stream, ReadOnlyMemory<byte> data)
                {
                    if (data.IsEmpty)
                        return Task.CompletedTask;

                    if (data.Length > 4096)
                        return stream.WriteAsync(data).AsTask();

                    if (data.Length > 100)
                    {
                        // Flushed.
                        return stream.FlushAsync();
                    }

                    byte[] copy = ArrayPool<byte>.Shared.Rent(data.Length);
                    try
                    {
                        data.CopyTo(copy);
                        return stream.WriteAsync(copy, 0, data.Length);
                    }
                    finally
                    {
                        ArrayPool<byte>.Shared.Return({|BUF2007:copy|});
                    }
                }
            """,
            """
                async Task WriteAsync(Stream stream, ReadOnlyMemory<byte> data)
                {
                    if (data.IsEmpty)
                        return;

                    if (data.Length > 4096)
                    {
                        await stream.WriteAsync(data).AsTask();
                        return;
                    }

                    if (data.Length > 100)
                    {
                        // Flushed.
                        await stream.FlushAsync();
                        return;
                    }

                    byte[] copy = ArrayPool<byte>.Shared.Rent(data.Length);
                    try
                    {
                        data.CopyTo(copy);
                        await stream.WriteAsync(copy, 0, data.Length);
                    }
                    finally
                    {
                        ArrayPool<byte>.Shared.Return(copy);
                    }
                }
            """);

    [Fact]
    public Task Results_that_are_known_are_returned_as_they_are() =>
        Fix.VerifyMembersAsync(
            """
                internal static Task<int> ReadAsync(Stream stream, int length)
                {
                    if (length == 0)
                        return Task.FromResult(0);

                    using IMemoryOwner<byte> owner = MemoryPool<byte>.Shared.Rent(length);
                    return stream.{|BUF2007:ReadAsync|}(owner.Memory).AsTask();
                }
            """,
            """
                internal static async Task<int> ReadAsync(Stream stream, int length)
                {
                    if (length == 0)
                        return 0;

                    using IMemoryOwner<byte> owner = MemoryPool<byte>.Shared.Rent(length);
                    return await stream.ReadAsync(owner.Memory).AsTask();
                }
            """);

    [Fact]
    public Task Await_and_release_change_places() =>
        Fix.VerifyMembersAsync(
            """
                static async Task<int> M(Stream stream)
                {
                    byte[] buffer = ArrayPool<byte>.Shared.Rent(64);
                    ValueTask<int> reading = stream.ReadAsync(buffer.AsMemory());

                    // Back.
                    ArrayPool<byte>.Shared.Return({|BUF2007:buffer|});
                    int read = await reading; // now
                    return read;
                }
            """,
            """
                static async Task<int> M(Stream stream)
                {
                    byte[] buffer = ArrayPool<byte>.Shared.Rent(64);
                    ValueTask<int> reading = stream.ReadAsync(buffer.AsMemory());

                    int read = await reading; // now
                    // Back.
                    ArrayPool<byte>.Shared.Return(buffer);
                    return read;
                }
            """);

    [Fact]
    public Task Task_is_awaited_before_the_release_and_for_its_result_after_it() =>
        Fix.VerifyMembersAsync(
            """
                static async Task<int> M(Stream stream)
                {
                    byte[] buffer = ArrayPool<byte>.Shared.Rent(64);
                    Task<int> reading = stream.ReadAsync(buffer, 0, 64);
                    Console.WriteLine("Started.");
                    ArrayPool<byte>.Shared.Return({|BUF2007:buffer|});
                    Console.WriteLine("Returned.");
                    return await reading.ConfigureAwait(false);
                }
            """,
            """
                static async Task<int> M(Stream stream)
                {
                    byte[] buffer = ArrayPool<byte>.Shared.Rent(64);
                    Task<int> reading = stream.ReadAsync(buffer, 0, 64);
                    Console.WriteLine("Started.");
                    await reading.ConfigureAwait(false);
                    ArrayPool<byte>.Shared.Return(buffer);
                    Console.WriteLine("Returned.");
                    return await reading.ConfigureAwait(false);
                }
            """);

    [Fact]
    public Task Write_that_nobody_waits_for_is_awaited() =>
        Fix.VerifyMembersAsync(
            """
                static async Task M(Stream stream)
                {
                    byte[] buffer = ArrayPool<byte>.Shared.Rent(64);
                    _ = stream.WriteAsync(buffer, 0, 64);
                    ArrayPool<byte>.Shared.Return({|BUF2007:buffer|});
                    await stream.FlushAsync();
                }
            """,
            """
                static async Task M(Stream stream)
                {
                    byte[] buffer = ArrayPool<byte>.Shared.Rent(64);
                    await stream.WriteAsync(buffer, 0, 64);
                    ArrayPool<byte>.Shared.Return(buffer);
                    await stream.FlushAsync();
                }
            """);

    [Fact]
    public Task Lambda_waits() =>
        Fix.VerifyMembersAsync(
            """
                static Func<Stream, Task<int>> M() => stream =>
                {
                    using IMemoryOwner<byte> owner = MemoryPool<byte>.Shared.Rent(8);
                    return stream.{|BUF2007:ReadAsync|}(owner.Memory).AsTask();
                };
            """,
            """
                static Func<Stream, Task<int>> M() => async stream =>
                {
                    using IMemoryOwner<byte> owner = MemoryPool<byte>.Shared.Rent(8);
                    return await stream.ReadAsync(owner.Memory).AsTask();
                };
            """);

    [Fact]
    public Task Local_function_waits() =>
        Fix.VerifyMembersAsync(
            """
                static Task<int> M(Stream stream)
                {
                    return Read();

                    Task<int> Read()
                    {
                        using IMemoryOwner<byte> owner = MemoryPool<byte>.Shared.Rent(8);
                        return stream.{|BUF2007:ReadAsync|}(owner.Memory).AsTask();
                    }
                }
            """,
            """
                static Task<int> M(Stream stream)
                {
                    return Read();

                    async Task<int> Read()
                    {
                        using IMemoryOwner<byte> owner = MemoryPool<byte>.Shared.Rent(8);
                        return await stream.ReadAsync(owner.Memory).AsTask();
                    }
                }
            """);

    [Fact]
    public Task Extracted_pages_are_held_until_the_operation_is_done() =>
        Fix.VerifyMembersAsync(
            """
                static async Task<long> M(IovIter iter)
                {
                    ExtractedIter kept = iter.ExtractToBvec();
                    ValueTask<long> sending = Any.LengthAsync(kept.Iter);
                    {|BUF1203:kept|}.Dispose();
                    return await sending;
                }
            """,
            """
                static async Task<long> M(IovIter iter)
                {
                    ExtractedIter kept = iter.ExtractToBvec();
                    ValueTask<long> sending = Any.LengthAsync(kept.Iter);
                    long result = await sending;
                    kept.Dispose();
                    return result;
                }
            """);

    [Fact]
    public Task Leased_pages_of_a_returned_operation_are_held_until_it_is_done() =>
        Fix.VerifyMembersAsync(
            """
                static ValueTask<long> M(IovIter iter)
                {
                    using ExtractedIter kept = iter.ExtractToBvec();
                    return Any.{|BUF1203:LengthAsync|}(kept.Iter);
                }
            """,
            """
                static async ValueTask<long> M(IovIter iter)
                {
                    using ExtractedIter kept = iter.ExtractToBvec();
                    return await Any.LengthAsync(kept.Iter);
                }
            """);

    [Theory]
    // What is passed by reference does not last until the operation is done.
    [InlineData("static Task<int> M(Stream stream, ref int count) { count++; using IMemoryOwner<byte> owner = MemoryPool<byte>.Shared.Rent(8); return stream.{|BUF2007:ReadAsync|}(owner.Memory).AsTask(); }")]
    // Nor does a span, and nobody can wait in its method.
    [InlineData("static Task<int> M(Stream stream, Span<byte> first) { first.Clear(); using IMemoryOwner<byte> owner = MemoryPool<byte>.Shared.Rent(8); return stream.{|BUF2007:ReadAsync|}(owner.Memory).AsTask(); }")]
    // The caller is not told when a method without a task has ended.
    [InlineData("static void M(Stream stream) { byte[] buffer = ArrayPool<byte>.Shared.Rent(8); _ = stream.WriteAsync(buffer, 0, 8); ArrayPool<byte>.Shared.Return({|BUF2007:buffer|}); }")]
    // A method with pointers cannot wait.
    [InlineData("static unsafe Task<int> M(Stream stream, byte[] bytes) { fixed (byte* p = bytes) { p[0] = 1; } using IMemoryOwner<byte> owner = MemoryPool<byte>.Shared.Rent(8); return stream.{|BUF2007:ReadAsync|}(owner.Memory).AsTask(); }")]
    public Task Method_that_cannot_wait_is_left_alone(string members) => Fix.VerifyMembersAsync(members, members);
}
