using Xunit;

namespace BufferLifetime.Analyzers.Tests.Rules.BaseLibrary;

/// <summary>BUF2002 of the handle that a safe handle is asked for: good for as long as that is open.</summary>
public sealed class SafeHandleTests
{
    private const string Usings = "using System.Runtime.InteropServices;\nusing Microsoft.Win32.SafeHandles;\n";

    [Theory]
    [InlineData("SafeFileHandle f = File.OpenHandle(path); nint raw = f.DangerousGetHandle(); f.Dispose(); Any.Transfer({|BUF2002:raw|}, 1); return 0;")]
    [InlineData("nint raw; using (SafeFileHandle f = File.OpenHandle(path)) { raw = f.DangerousGetHandle(); } return {|BUF2002:raw|};")]
    [InlineData("using SafeFileHandle f = File.OpenHandle(path); return {|BUF2002:f.DangerousGetHandle()|};")]
    [InlineData("SafeFileHandle f = File.OpenHandle(path); try { return {|BUF2002:f.DangerousGetHandle()|}; } finally { f.Close(); }")]
    [InlineData("SafeFileHandle f = File.OpenHandle(path); nint raw = f.DangerousGetHandle(); if (Any.Chance()) f.Close(); Any.Transfer({|BUF2002:raw|}, 1); f.Dispose(); return 0;")]
    public Task Handle_used_after_its_safe_handle_was_closed_is_reported(string statements) => RuleCode.VerifyAsync(Code(statements));

    [Theory]
    [InlineData("using SafeFileHandle f = File.OpenHandle(path); return Any.Transfer(f.DangerousGetHandle(), 1);")]
    [InlineData("SafeFileHandle f = File.OpenHandle(path); nint raw = f.DangerousGetHandle(); Any.Transfer(raw, 1); f.Dispose(); return 0;")]
    [InlineData("SafeFileHandle f = File.OpenHandle(path); nint raw = f.DangerousGetHandle(); f.SetHandleAsInvalid(); f.Dispose(); return raw;")]
    [InlineData("SafeFileHandle f = File.OpenHandle(path); nint raw = f.DangerousGetHandle(); f.Dispose(); return f.IsClosed ? 1 : 0;")]
    [InlineData("bool added = false; try { kept.DangerousAddRef(ref added); nint raw = kept.DangerousGetHandle(); kept.Dispose(); return Any.Transfer(raw, 1); } finally { if (added) kept.DangerousRelease(); }")]
    [InlineData("SafeFileHandle f = File.OpenHandle(path); nint raw = f.DangerousGetHandle(); f.Dispose(); f = File.OpenHandle(path); raw = f.DangerousGetHandle(); Any.Transfer(raw, 1); f.Dispose(); return 0;")]
    [InlineData("return kept.DangerousGetHandle();")]
    public Task Handle_used_while_its_safe_handle_is_open_is_silent(string statements) => RuleCode.VerifyAsync(Code(statements));

    [Theory]
    [InlineData("nint p = Marshal.AllocHGlobal(8); try { return {|BUF2002:p|}; } finally { Marshal.FreeHGlobal(p); }")]
    [InlineData("nint p = Marshal.AllocHGlobal(8); try { return {|BUF2002:p + 4|}; } finally { Marshal.FreeHGlobal(p); }")]
    public Task Address_of_a_block_returned_past_its_release_is_reported(string statements) => RuleCode.VerifyAsync(Code(statements));

    [Theory]
    [InlineData("nint p = Marshal.AllocHGlobal(8); try { return Marshal.ReadIntPtr(p); } finally { Marshal.FreeHGlobal(p); }")]
    [InlineData("nint p = Marshal.AllocHGlobal(8); try { Any.Transfer(p, 8); return p; } catch { Marshal.FreeHGlobal(p); throw; }")]
    public Task What_is_read_out_of_a_block_may_be_returned(string statements) => RuleCode.VerifyAsync(Code(statements));

    private static string Code(string statements) => Usings + "class C { static nint M(string path, SafeFileHandle kept) { " + statements + " } }";
}
