using BufferLifetime.CodeFixes.Modes;
using Xunit;
using Fix = BufferLifetime.Analyzers.Tests.CodeFixes.FixCode<BufferLifetime.CodeFixes.Modes.NotReleasedFix>;

namespace BufferLifetime.Analyzers.Tests.CodeFixes;

/// <summary>BUF2001: a typed handle in the place of a pinned <c>GCHandle</c>.</summary>
public sealed class PinnedHandleFixTests
{
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
