using Xunit;

namespace BufferLifetime.Analyzers.Tests.Rules.BaseLibrary;

/// <summary>A block or a pin that an own method makes for its caller is the caller's from the call on, as if it had been taken there.</summary>
public sealed class MadeByCalleeTests
{
    private const string Makers = """

            [DllImport("n")] private static extern int Fill(nint block, int length);
            private static nint Block(int length) => Marshal.AllocHGlobal(length);
            private static nint TaskBlock(int length) { nint block = Marshal.AllocCoTaskMem(length); Any.Transfer(block, length); return block; }
            private static nint EitherBlock(int length) => Any.Chance() ? Marshal.AllocCoTaskMem(length) : Marshal.AllocHGlobal(length);
            private static nint Text(string? text) { if (text == null) { return IntPtr.Zero; } return Marshal.StringToHGlobalUni(text); }
            private static byte* Bytes(int length) => (byte*)NativeMemory.Alloc((nuint)length);
            private static byte* BytesOrNull(int length) { if (length == 0) { return null; } return (byte*)NativeMemory.Alloc((nuint)length); }
            private static void Into(int length, out nint block) => block = Marshal.AllocHGlobal(length);
            private static void Behind(int length, ref nint block) { block = Marshal.AllocHGlobal(length); }
            private static GCHandle Pinned(byte[] bytes) => GCHandle.Alloc(bytes, GCHandleType.Pinned);
            private static bool TryPin(byte[]? bytes, out GCHandle pin) { pin = default; if (bytes == null) { return false; } pin = GCHandle.Alloc(bytes, GCHandleType.Pinned); return true; }
            private static MemoryHandle Held(Memory<byte> memory) => memory.Pin();
            private static nint s_cached;
            private static nint Cached() { if (s_cached == 0) { s_cached = Marshal.AllocHGlobal(8); } return s_cached; }
            private static nint Inside(nint block) => block + 8;
            private static void Free(nint block) => Marshal.FreeHGlobal(block);
        """;

    [Theory]
    [InlineData("nint block = {|BUF2001:Block|}(n); if (n > 3) return; Marshal.FreeHGlobal(block);")]
    [InlineData("nint block = {|BUF2001:Block|}(n); if (Fill(block, n) != 0) throw new IOException(); Free(block);")]
    [InlineData("nint text = {|BUF2001:Text|}(n > 2 ? null : \"a\"); if (text == 0) return; if (n > 1) return; Marshal.FreeHGlobal(text);")]
    [InlineData("byte* bytes = {|BUF2001:Bytes|}(n); if (bytes[0] == 1) return; NativeMemory.Free(bytes);")]
    [InlineData("{|BUF2001:Into|}(n, out nint block); if (n > 3) return; Free(block);")]
    [InlineData("nint block = 0; {|BUF2001:Behind|}(n, ref block); if (n > 3) return; Free(block);")]
    [InlineData("GCHandle pin = {|BUF2001:Pinned|}(a); if (a.Length == 0) return; pin.Free();")]
    [InlineData("if (!{|BUF2001:TryPin|}(a, out GCHandle pin)) return; if (n > 1) return; pin.Free();")]
    [InlineData("MemoryHandle held = {|BUF2001:Held|}(a); if (n > 1) return; held.Dispose();")]
    public Task Way_out_past_the_release_is_reported(string statements) => RuleCode.VerifyAsync(Code("void M(byte[] a, int n) {" + statements + "}"));

    [Theory]
    [InlineData("byte* M(int n) { byte* first = null; nint block = 0; try { Behind(n, ref block); first = (byte*)block; if (*first == 0) throw new IOException(); } finally { Marshal.FreeHGlobal(block); } return {|BUF2002:first|}; }")]
    [InlineData("nint M(int n) { nint block = Block(n); try { Fill(block, n); } finally { Free(block); } return {|BUF2002:block|}; }")]
    [InlineData("void M(int n) { nint block = Block(n); Free(block); Any.Transfer({|BUF2002:block|}, n); }")]
    [InlineData("void M(int n) { Into(n, out nint block); Free(block); Marshal.{|BUF2002:FreeHGlobal|}(block); }")]
    public Task Block_of_a_callee_used_or_freed_after_its_release_is_reported(string member) => RuleCode.VerifyAsync(Code("static " + member));

    [Theory]
    [InlineData("nint block = TaskBlock(n); Marshal.{|BUF2010:FreeHGlobal|}(block);")]
    [InlineData("nint block = TaskBlock(n); {|BUF2010:Free|}(block);")]
    [InlineData("byte* bytes = BytesOrNull(n); Marshal.{|BUF2010:FreeHGlobal|}((nint)bytes);")]
    public Task Block_that_a_callee_took_of_another_heap_is_reported(string statements) => RuleCode.VerifyAsync(Code("void M(int n) {" + statements + "}"));

    [Theory]
    [InlineData("nint block = Block(n); try { Fill(block, n); } finally { Free(block); }")]
    [InlineData("nint block = Block(n); if (Fill(block, n) != 0) { Free(block); throw new IOException(); } _kept = block;")]
    [InlineData("_kept = Block(n);")]
    [InlineData("nint text = Text(\"a\"); if (text == IntPtr.Zero) return; Marshal.FreeHGlobal(text);")]
    [InlineData("nint text = Text(\"a\"); if (text != 0) Marshal.FreeHGlobal(text);")]
    [InlineData("byte* bytes = BytesOrNull(n); if (bytes == null) return; NativeMemory.Free(bytes);")]
    [InlineData("nint block = TaskBlock(n); Marshal.FreeCoTaskMem(block);")]
    [InlineData("nint block = EitherBlock(n); Marshal.FreeCoTaskMem(block);")]
    [InlineData("nint block = Cached(); if (n > 3) return; Any.Transfer(block, n);")]
    [InlineData("nint at = Inside(_kept); if (n > 3) return; Any.Transfer(at, n);")]
    [InlineData("Into(n, out nint block); try { Any.Transfer(block, n); } finally { Free(block); }")]
    [InlineData("Into(n, out _kept);")]
    [InlineData("GCHandle pin = Pinned(a); try { Any.Transfer(pin.AddrOfPinnedObject(), n); } finally { pin.Free(); }")]
    [InlineData("_pin = Pinned(a);")]
    [InlineData("if (!TryPin(a, out GCHandle pin)) return; pin.Free();")]
    [InlineData("TryPin(a, out GCHandle pin); if (pin.IsAllocated) pin.Free();")]
    [InlineData("using MemoryHandle held = Held(a); if (n > 1) return; Any.Transfer((nint)held.Pointer, n);")]
    public Task What_is_released_or_kept_as_if_taken_here_is_silent(string statements) =>
        RuleCode.VerifyAsync(Code("private nint _kept; private GCHandle _pin; void Drop() { Marshal.FreeHGlobal(_kept); _kept = 0; if (_pin.IsAllocated) _pin.Free(); } void M(byte[] a, int n) {" + statements + "}"), ["BUF1007", "BUF2014", "BUF2012"]);

    private static string Code(string members) => "using System.Buffers;\nusing System.Runtime.InteropServices;\ninternal unsafe class C\n{\n" + Makers + "\n" + members + "\n}";
}
