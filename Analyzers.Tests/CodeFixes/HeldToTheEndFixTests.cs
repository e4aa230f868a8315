using Xunit;
using Fix = BufferLifetime.Analyzers.Tests.CodeFixes.FixCode<BufferLifetime.CodeFixes.Modes.NotReleasedFix>;

namespace BufferLifetime.Analyzers.Tests.CodeFixes;

/// <summary>BUF1301, BUF2001 and BUF2008: <c>using</c> for what can be disposed, all at once, and what is left alone.</summary>
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
}
