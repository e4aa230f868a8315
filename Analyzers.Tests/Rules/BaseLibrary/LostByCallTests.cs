using Xunit;

namespace BufferLifetime.Analyzers.Tests.Rules.BaseLibrary;

/// <summary>BUF2001: what a handler releases is lost where a call fails that stands between its acquisition and the statement whose handler that is.</summary>
public sealed class LostByCallTests
{
    private const string Callees = """

            [DllImport("n")] private static extern int Fill(nint block, int length);
            [DllImport("n")] private static extern int Status();
            private static void Check(int n) { if (n < 0) throw new IOException("bad"); }
            private static void CheckAll(int n) => Check(n - 1);
            private static int Parse(int n) => n > 2 ? n : throw new FormatException();
            private static void Guard(object o) { if (o == null) throw new ArgumentNullException(nameof(o)); }
            private static bool Caught(int n) { try { Check(n); return true; } catch (IOException) { return false; } }
            private static void Quiet(int n) => Any.Number();
        """;

    [Theory]
    [InlineData("nint block = Marshal.{|BUF2001:AllocHGlobal|}(n); Check(n); try { Any.Transfer(block, n); } finally { Marshal.FreeHGlobal(block); }")]
    [InlineData("nint block = Marshal.{|BUF2001:AllocHGlobal|}(n); CheckAll(n); try { Any.Transfer(block, n); } finally { Marshal.FreeHGlobal(block); }")]
    [InlineData("GCHandle pin = GCHandle.{|BUF2001:Alloc|}(a, GCHandleType.Pinned); int m = Parse(n); try { Any.Transfer(pin.AddrOfPinnedObject(), m); } finally { pin.Free(); }")]
    [InlineData("nint block = Marshal.{|BUF2001:AllocHGlobal|}(n); int status = Fill(block, n); try { Check(status); Any.Transfer(block, n); } finally { Marshal.FreeHGlobal(block); }")]
    [InlineData("nint block = Marshal.{|BUF2001:AllocCoTaskMem|}(n); Check(n); try { Any.Transfer(block, n); } catch { Marshal.FreeCoTaskMem(block); throw; } Marshal.FreeCoTaskMem(block);")]
    [InlineData("nint block = Marshal.{|BUF2001:AllocHGlobal|}(n); Marshal.ThrowExceptionForHR(n); try { Any.Transfer(block, n); } finally { Marshal.FreeHGlobal(block); }")]
    public Task Call_that_may_fail_before_the_try_is_reported(string statements) => RuleCode.VerifyAsync(Code("void M(byte[] a, int n) {" + statements + "}"));

    [Theory]
    [InlineData("[DllImport(\"n\")] private static extern int Send(nint block, int length);")]
    [InlineData("[LibraryImport(\"n\")] private static partial int Send(nint block, int length);\nprivate static partial int Send(nint block, int length) => length;")]
    public Task Generated_import_is_native_code_like_any_other(string import) => RuleCode.VerifyAsync(Code(import + """

        void M(int n)
        {
            nint block = Marshal.{|BUF2001:AllocHGlobal|}(n);
            int status = Send(block, n);
            try { Any.Transfer(block, status); } finally { Marshal.FreeHGlobal(block); }
        }
        """));

    [Theory]
    [InlineData("async Task M(Memory<byte> memory) { MemoryHandle held = memory.{|BUF2001:Pin|}(); await Any.Pause(); try { Use(held); } finally { held.Dispose(); } } static unsafe void Use(MemoryHandle held) => Any.Transfer((nint)held.Pointer, 1);")]
    public Task Await_before_the_try_is_reported(string members) => RuleCode.VerifyAsync(Code(members));

    [Theory]
    [InlineData("nint block = Marshal.AllocHGlobal(n); try { Check(n); Any.Transfer(block, n); } finally { Marshal.FreeHGlobal(block); }")]
    [InlineData("Check(n); nint block = Marshal.AllocHGlobal(n); try { Any.Transfer(block, n); } finally { Marshal.FreeHGlobal(block); }")]
    [InlineData("nint block = Marshal.AllocHGlobal(n); Check(n); Any.Transfer(block, n); Marshal.FreeHGlobal(block);")]
    [InlineData("nint block = Marshal.AllocHGlobal(n); Quiet(n); Guard(a); if (!Caught(n)) { n++; } int status = Status(); try { Any.Transfer(block, status); } finally { Marshal.FreeHGlobal(block); }")]
    [InlineData("nint block = Marshal.AllocHGlobal(n); try { Check(n); try { Any.Transfer(block, n); } finally { Any.Number(); } } finally { Marshal.FreeHGlobal(block); }")]
    [InlineData("_block = Marshal.AllocHGlobal(n); Check(n); try { Any.Transfer(_block, n); } finally { Marshal.FreeHGlobal(_block); _block = 0; }")]
    [InlineData("nint block = 0; try { block = Marshal.AllocHGlobal(n); Check(n); } finally { Marshal.FreeHGlobal(block); }")]
    public Task Call_in_the_try_or_without_one_is_silent(string statements) => RuleCode.VerifyAsync(Code("private nint _block; void M(byte[] a, int n) {" + statements + "}"));

    [Theory]
    [InlineData("private static byte[] Start(byte[] key, out GCHandle pin) { pin = GCHandle.{|BUF2001:Alloc|}(key, GCHandleType.Pinned); Check(key.Length); return key; } int M(byte[] key) { Start(key, out GCHandle pin); try { return key.Length; } finally { pin.Free(); } }")]
    [InlineData("private static void Start(byte[] key, out GCHandle pin) { pin = GCHandle.{|BUF2001:Alloc|}(key, GCHandleType.Pinned); if (key.Length > 8) throw new IOException(); } void M(byte[] key) { Start(key, out var held); try { Any.Transfer(held.AddrOfPinnedObject(), 1); } finally { held.Free(); } }")]
    public Task Failure_after_a_parameter_was_given_what_the_caller_would_release_is_reported(string members) => RuleCode.VerifyAsync(Code(members));

    [Theory]
    [InlineData("private static void Start(byte[] key, out GCHandle pin) { Check(key.Length); pin = GCHandle.Alloc(key, GCHandleType.Pinned); } int M(byte[] key) { Start(key, out GCHandle pin); try { return key.Length; } finally { pin.Free(); } }")]
    [InlineData("private static void Start(byte[] key, out GCHandle pin) { pin = GCHandle.Alloc(key, GCHandleType.Pinned); Check(key.Length); } int M(byte[] key) { GCHandle pin = default; try { Start(key, out pin); return key.Length; } finally { if (pin.IsAllocated) pin.Free(); } }")]
    [InlineData("private static void Start(byte[] key, out GCHandle pin) { pin = GCHandle.Alloc(key, GCHandleType.Pinned); Check(key.Length); } int M(byte[] key) { Start(key, out GCHandle pin); pin.Free(); return 1; }")]
    [InlineData("internal static void Start(byte[] key, out GCHandle pin) { pin = GCHandle.Alloc(key, GCHandleType.Pinned); Check(key.Length); } int M(byte[] key) { Start(key, out GCHandle pin); try { return key.Length; } finally { pin.Free(); } }")]
    public Task Failure_that_callers_see_to_or_nobody_is_known_to_is_silent(string members) => RuleCode.VerifyAsync(Code(members));

    private static string Code(string members) => "using System.Buffers;\nusing System.Runtime.InteropServices;\ninternal partial class C\n{\n" + Callees + "\n" + members + "\n}";
}
