using Xunit;
using Fix = BufferLifetime.Analyzers.Tests.CodeFixes.FixCode<BufferLifetime.CodeFixes.Modes.NotReleasedFix>;

namespace BufferLifetime.Analyzers.Tests.CodeFixes;

/// <summary>BUF2001 and BUF2008: a <c>finally</c> for rentals, handles and blocks.</summary>
public sealed class ReleasedInFinallyFixTests
{
    [Fact]
    public Task Rental_is_returned_in_a_finally() =>
        Fix.VerifyStatementsAsync(
            """
            byte[] buffer = ArrayPool<byte>.Shared.{|BUF2008:Rent|}(64);

            // As much as there is.
            int sent = Any.Transfer(buffer);
            if (sent < 0)
                return sent;

            // Clean.
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
            Console.WriteLine(sent);
            return sent;
            """,
            """
            byte[] buffer = ArrayPool<byte>.Shared.Rent(64);

            try
            {
                // As much as there is.
                int sent = Any.Transfer(buffer);
                if (sent < 0)
                    return sent;

                Console.WriteLine(sent);
                return sent;
            }
            finally
            {
                // Clean.
                ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
            }
            """);

    [Fact]
    public Task Rental_of_a_pool_of_ones_own_is_returned_to_it() =>
        Fix.VerifyMembersAsync(
            """
                private readonly ArrayPool<char> _pool = ArrayPool<char>.Create();

                int M(string text)
                {
                    char[] chars = this._pool.{|BUF2008:Rent|}(text.Length);
                    text.CopyTo(chars);
                    Array.Reverse(chars, 0, text.Length);
                    return chars[0];
                }
            """,
            """
                private readonly ArrayPool<char> _pool = ArrayPool<char>.Create();

                int M(string text)
                {
                    char[] chars = this._pool.Rent(text.Length);
                    try
                    {
                        text.CopyTo(chars);
                        Array.Reverse(chars, 0, text.Length);
                        return chars[0];
                    }
                    finally
                    {
                        this._pool.Return(chars);
                    }
                }
            """);

    [Fact]
    public Task Rental_that_may_not_be_needed_is_returned_if_it_was() =>
        Fix.VerifyMembersAsync(
            """
                static int M(int length)
                {
                    byte[]? rented = null;
                    Span<byte> bytes = length <= 256 ? stackalloc byte[256] : (rented = ArrayPool<byte>.Shared.{|BUF2008:Rent|}(length));
                    int sent = Any.Transfer(bytes);
                    if (sent < 0)
                        return sent;

                    if (rented != null)
                        ArrayPool<byte>.Shared.Return(rented);

                    return sent;
                }
            """,
            """
                static int M(int length)
                {
                    byte[]? rented = null;
                    Span<byte> bytes = length <= 256 ? stackalloc byte[256] : (rented = ArrayPool<byte>.Shared.Rent(length));
                    try
                    {
                        int sent = Any.Transfer(bytes);
                        if (sent < 0)
                            return sent;

                        return sent;
                    }
                    finally
                    {
                        if (rented != null)
                            ArrayPool<byte>.Shared.Return(rented);
                    }
                }
            """);

    [Fact]
    public Task Rental_of_a_branch_that_is_never_returned_is_returned_if_it_was() =>
        Fix.VerifyMembersAsync(
            """
                static int M(byte[] given, int length)
                {
                    byte[]? rented = null;
                    if (length > given.Length)
                    {
                        rented = ArrayPool<byte>.Shared.{|BUF2008:Rent|}(length);
                        given = rented;
                    }

                    return Any.Transfer(rented);
                }
            """,
            """
                static int M(byte[] given, int length)
                {
                    byte[]? rented = null;
                    if (length > given.Length)
                    {
                        rented = ArrayPool<byte>.Shared.Rent(length);
                        given = rented;
                    }

                    try
                    {
                        return Any.Transfer(rented);
                    }
                    finally
                    {
                        if (rented != null)
                            ArrayPool<byte>.Shared.Return(rented);
                    }
                }
            """);

    [Fact]
    public Task Span_of_a_rental_is_not_used_after_the_return() =>
        Fix.VerifyMembersAsync(
            """
                static int M(int length)
                {
                    byte[] rented = ArrayPool<byte>.Shared.{|BUF2008:Rent|}(length);
                    Span<byte> bytes = rented;
                    Span<byte> part = bytes[1..];
                    Console.WriteLine(length);
                    int sent = Any.Transfer(part);
                    Console.WriteLine(sent);
                    return length;
                }
            """,
            """
                static int M(int length)
                {
                    byte[] rented = ArrayPool<byte>.Shared.Rent(length);
                    try
                    {
                        Span<byte> bytes = rented;
                        Span<byte> part = bytes[1..];
                        Console.WriteLine(length);
                        int sent = Any.Transfer(part);
                        Console.WriteLine(sent);
                    }
                    finally
                    {
                        ArrayPool<byte>.Shared.Return(rented);
                    }

                    return length;
                }
            """);

    [Fact]
    public Task Try_that_begins_too_late_begins_with_the_rental() =>
        Fix.VerifyStatementsAsync(
            """
            byte[] buffer = ArrayPool<byte>.Shared.{|BUF2008:Rent|}(64);

            // Nothing to do?
            int length = Any.Number();
            if (length == 0)
                return 0;

            // Sent.
            try
            {
                return Any.Transfer(buffer.AsSpan(0, length));
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer); // Given back.
            }
            """,
            """
            byte[] buffer = ArrayPool<byte>.Shared.Rent(64);

            // Sent.
            try
            {
                // Nothing to do?
                int length = Any.Number();
                if (length == 0)
                    return 0;

                return Any.Transfer(buffer.AsSpan(0, length));
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer); // Given back.
            }
            """);

    [Fact]
    public Task Handle_is_freed_in_a_finally() =>
        Fix.VerifyMembersAsync(
            """
                static int M(object thing)
                {
                    GCHandle handle = GCHandle.{|BUF2001:Alloc|}(thing);
                    return handle.Target is string text ? text.Length : 0;
                }
            """,
            """
                static int M(object thing)
                {
                    GCHandle handle = GCHandle.Alloc(thing);
                    try
                    {
                        return handle.Target is string text ? text.Length : 0;
                    }
                    finally
                    {
                        handle.Free();
                    }
                }
            """);

    [Fact]
    public Task Handle_that_may_be_empty_is_freed_if_it_is_not() =>
        Fix.VerifyMembersAsync(
            """
                static int M(byte[] array, bool pin)
                {
                    GCHandle handle = default;
                    if (pin)
                        handle = GCHandle.{|BUF2001:Alloc|}(array, GCHandleType.Pinned);

                    return handle.IsAllocated ? Any.Transfer(handle.AddrOfPinnedObject(), 8) : 0;
                }
            """,
            """
                static int M(byte[] array, bool pin)
                {
                    GCHandle handle = default;
                    if (pin)
                        handle = GCHandle.Alloc(array, GCHandleType.Pinned);

                    try
                    {
                        return handle.IsAllocated ? Any.Transfer(handle.AddrOfPinnedObject(), 8) : 0;
                    }
                    finally
                    {
                        if (handle.IsAllocated)
                            handle.Free();
                    }
                }
            """);

    [Fact]
    public Task Block_is_freed_in_a_finally() =>
        Fix.VerifyMembersAsync(
            """
                static unsafe int M(nuint length)
                {
                    byte* block = (byte*)NativeMemory.{|BUF2001:Alloc|}(length);
                    block[0] = 1;
                    return block[length - 1];
                }
            """,
            """
                static unsafe int M(nuint length)
                {
                    byte* block = (byte*)NativeMemory.Alloc(length);
                    try
                    {
                        block[0] = 1;
                        return block[length - 1];
                    }
                    finally
                    {
                        NativeMemory.Free(block);
                    }
                }
            """);
}
