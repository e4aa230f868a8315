using BufferLifetime.CodeFixes.Modes;
using Xunit;
using Fix = BufferLifetime.Analyzers.Tests.CodeFixes.FixCode<BufferLifetime.CodeFixes.Modes.NotReleasedFix>;

namespace BufferLifetime.Analyzers.Tests.CodeFixes;

/// <summary>BUF1301, BUF2001 and BUF2008: <c>using</c> for what can be disposed, a <c>finally</c> for rentals, handles and blocks.</summary>
public sealed class HeldToTheEndFixTests
{
    [Fact]
    public Task Owner_that_is_never_disposed_is_held_by_using() =>
        Fix.VerifyStatementsAsync(
            """
            // Scratch.
            IMemoryOwner<byte> owner = MemoryPool<byte>.Shared.{|BUF2008:Rent|}(64);
            return Any.Transfer(owner.Memory.Span);
            """,
            """
            // Scratch.
            using IMemoryOwner<byte> owner = MemoryPool<byte>.Shared.Rent(64);
            return Any.Transfer(owner.Memory.Span);
            """);

    [Fact]
    public Task Pin_that_a_path_leaves_behind_is_held_by_using() =>
        Fix.VerifyMembersAsync(
            """
                static unsafe int M(Memory<byte> memory)
                {
                    MemoryHandle handle = memory.{|BUF2001:Pin|}();
                    int sent = Any.Transfer((nint)handle.Pointer, memory.Length);
                    if (sent < 0)
                        return sent;

                    handle.Dispose();
                    return sent;
                }
            """,
            """
                static unsafe int M(Memory<byte> memory)
                {
                    using MemoryHandle handle = memory.Pin();
                    int sent = Any.Transfer((nint)handle.Pointer, memory.Length);
                    if (sent < 0)
                        return sent;

                    return sent;
                }
            """);

    [Fact]
    public Task Handle_with_a_type_of_its_own_is_held_by_using() =>
        Fix.VerifyMembersAsync(
            """
                static unsafe int M(byte[] array)
                {
                    var handle = {|BUF2001:new PinnedGCHandle<byte[]>(array)|};
                    return Any.Transfer((nint)handle.GetAddressOfArrayData(), array.Length);
                }
            """,
            """
                static unsafe int M(byte[] array)
                {
                    using var handle = new PinnedGCHandle<byte[]>(array);
                    return Any.Transfer((nint)handle.GetAddressOfArrayData(), array.Length);
                }
            """);

    [Fact]
    public Task Import_is_held_by_using() =>
        Fix.VerifyMembersAsync(
            """
                static long M(RegisteredBufferTable table)
                {
                    RegisteredImport import = table.{|BUF1301:Import|}(0, 0, 512, TransferDirection.Source);
                    return import.Bytes;
                }
            """,
            """
                static long M(RegisteredBufferTable table)
                {
                    using RegisteredImport import = table.Import(0, 0, 512, TransferDirection.Source);
                    return import.Bytes;
                }
            """);

    [Fact]
    public Task Import_that_one_path_gives_back_is_held_by_using() =>
        Fix.VerifyMembersAsync(
            """
                static long M(RegisteredBufferTable table)
                {
                    RegisteredImport import = table.Import(0, 0, 512, TransferDirection.Source);
                    if (Any.Chance())
                        {|BUF1301:return -1;|}

                    long length = Any.Length(import.Iter);
                    import.Dispose();
                    return length;
                }
            """,
            """
                static long M(RegisteredBufferTable table)
                {
                    using RegisteredImport import = table.Import(0, 0, 512, TransferDirection.Source);
                    if (Any.Chance())
                        return -1;

                    long length = Any.Length(import.Iter);
                    return length;
                }
            """);

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

    [Fact]
    public Task All_are_repaired_at_once() =>
        Fix.VerifyMembersAsync(
            """
                static int M(int length)
                {
                    byte[] first = ArrayPool<byte>.Shared.{|BUF2008:Rent|}(length);
                    byte[] second = ArrayPool<byte>.Shared.{|BUF2008:Rent|}(length);
                    first.AsSpan().CopyTo(second);
                    IMemoryOwner<byte> third = MemoryPool<byte>.Shared.{|BUF2008:Rent|}(length);
                    return Any.Transfer(second) + Any.Transfer(third.Memory.Span);
                }
            """,
            """
                static int M(int length)
                {
                    byte[] first = ArrayPool<byte>.Shared.Rent(length);
                    try
                    {
                        byte[] second = ArrayPool<byte>.Shared.Rent(length);
                        try
                        {
                            first.AsSpan().CopyTo(second);
                            using IMemoryOwner<byte> third = MemoryPool<byte>.Shared.Rent(length);
                            return Any.Transfer(second) + Any.Transfer(third.Memory.Span);
                        }
                        finally
                        {
                            ArrayPool<byte>.Shared.Return(second);
                        }
                    }
                    finally
                    {
                        ArrayPool<byte>.Shared.Return(first);
                    }
                }
            """);

    [Theory]
    // Somebody sees the bytes after the method has ended.
    [InlineData("static ReadOnlySpan<byte> M() { byte[] buffer = ArrayPool<byte>.Shared.{|BUF2008:Rent|}(8); Any.Transfer(buffer); return buffer.AsSpan(); }")]
    // The variable gets another buffer: no release is right for both.
    [InlineData("static int M() { byte[] buffer = ArrayPool<byte>.Shared.{|BUF2008:Rent|}(8); int sent = Any.Transfer(buffer); buffer = new byte[9]; return sent + Any.Transfer(buffer); }")]
    // A lambda may run at any time.
    [InlineData("static int M() { byte[] buffer = ArrayPool<byte>.Shared.{|BUF2008:Rent|}(8); Func<int> run = () => buffer[0]; return run(); }")]
    // Who gives back is decided by something else.
    [InlineData("static int M(bool mine) { byte[] buffer = ArrayPool<byte>.Shared.{|BUF2008:Rent|}(8); int sent = Any.Transfer(buffer); if (mine) ArrayPool<byte>.Shared.Return(buffer); return sent; }")]
    // A new one in each round.
    [InlineData("static int M(int n) { byte[]? buffer = null; while (n-- > 0) { buffer = ArrayPool<byte>.Shared.{|BUF2008:Rent|}(8); Any.Transfer(buffer); } return n; }")]
    // The handlers were not written for what would be moved under them.
    [InlineData("static int M() { byte[] buffer = ArrayPool<byte>.Shared.{|BUF2008:Rent|}(8); if (Any.Chance()) return 0; try { return Any.Transfer(buffer); } catch (IOException) { return -1; } finally { ArrayPool<byte>.Shared.Return(buffer); } }")]
    // A release in a handler is part of a structure that somebody thought about.
    [InlineData("static int M() { byte[] buffer = ArrayPool<byte>.Shared.{|BUF2008:Rent|}(8); if (Any.Chance()) return 0; try { return Any.Transfer(buffer); } catch (IOException) { ArrayPool<byte>.Shared.Return(buffer); throw; } }")]
    // The pool is not to be had again.
    [InlineData("static ArrayPool<byte> Pool() => ArrayPool<byte>.Shared; static int M() { byte[] buffer = Pool().{|BUF2008:Rent|}(8); return Any.Transfer(buffer); }")]
    // One path gives it to the caller, who would be left with nothing.
    [InlineData("static int M(byte[] payload, out IMemoryOwner<byte>? other) { IMemoryOwner<byte> owner = MemoryPool<byte>.Shared.{|BUF2008:Rent|}(8); payload.CopyTo(owner.Memory.Span); if (payload[0] == 1) { other = null; return 1; } other = owner; return 0; }")]
    // One path gives it to an object that stays.
    [InlineData("private byte[]? _b; int M(int n) { byte[] buffer = ArrayPool<byte>.Shared.{|BUF2008:Rent|}(8); if (n == 1) return 1; if (n == 2) { ArrayPool<byte>.Shared.Return(buffer); return 2; } Keep(buffer); return 0; } void Keep(byte[] b) => _b = b;")]
    // The struct is disposed in the middle, and would be once more at the end.
    [InlineData("static unsafe int M(Memory<byte> memory) { MemoryHandle handle = memory.{|BUF2001:Pin|}(); int sent = Any.Transfer((nint)handle.Pointer, 1); if (sent < 0) throw new IOException(); handle.Dispose(); handle = default; Console.WriteLine(); return sent; }")]
    public Task Release_that_would_not_be_right_is_not_offered(string members) => Fix.VerifyMembersAsync(members, members);

    [Fact]
    public Task Pinned_array_gets_a_handle_that_knows_it() =>
        Fix.VerifyMembersAsync(
            """
                static unsafe int M(byte[] array)
                {
                    // Held in place.
                    GCHandle handle = GCHandle.{|BUF2001:Alloc|}(array, GCHandleType.Pinned);
                    nint address = handle.AddrOfPinnedObject();
                    int sent = Any.Transfer(address, array.Length);
                    if (sent < 0)
                        return sent;

                    handle.Free();
                    return sent;
                }
            """,
            """
                static unsafe int M(byte[] array)
                {
                    // Held in place.
                    using PinnedGCHandle<byte[]> handle = new(array);
                    nint address = (nint)handle.GetAddressOfArrayData();
                    int sent = Any.Transfer(address, array.Length);
                    if (sent < 0)
                        return sent;

                    return sent;
                }
            """,
            NotReleasedFix.PinnedHandleKey);

    [Fact]
    public Task Pinned_string_in_a_variable_of_any_type_gets_a_handle_that_knows_it() =>
        Fix.VerifyMembersAsync(
            """
                static unsafe int M(string text)
                {
                    var handle = GCHandle.{|BUF2001:Alloc|}(text, GCHandleType.Pinned);
                    return handle.IsAllocated ? Any.Transfer(handle.AddrOfPinnedObject(), text.Length * 2) : 0;
                }
            """,
            """
                static unsafe int M(string text)
                {
                    using var handle = new PinnedGCHandle<string>(text);
                    return handle.IsAllocated ? Any.Transfer((nint)handle.GetAddressOfStringData(), text.Length * 2) : 0;
                }
            """,
            NotReleasedFix.PinnedHandleKey);

    [Theory]
    // What is pinned is not known, so neither is where its bytes begin.
    [InlineData("static unsafe int M(object thing) { GCHandle handle = GCHandle.{|BUF2001:Alloc|}(thing, GCHandleType.Pinned); return Any.Transfer(handle.AddrOfPinnedObject(), 8); }")]
    // A handle that does not pin has another type.
    [InlineData("static unsafe int M(byte[] array) { GCHandle handle = GCHandle.{|BUF2001:Alloc|}(array, GCHandleType.Normal); return handle.Target is null ? 1 : 0; }")]
    // Without 'unsafe' there is no address to be had from it.
    [InlineData("static int M(byte[] array) { GCHandle handle = GCHandle.{|BUF2001:Alloc|}(array, GCHandleType.Pinned); return Any.Transfer(handle.AddrOfPinnedObject(), 8); }")]
    public Task Handle_of_another_kind_is_not_offered_for_what_it_cannot_do(string members) =>
        Fix.VerifyMembersAsync(members, members, NotReleasedFix.PinnedHandleKey);
}
