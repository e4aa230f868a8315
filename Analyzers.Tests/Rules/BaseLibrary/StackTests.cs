using Xunit;

namespace BufferLifetime.Analyzers.Tests.Rules.BaseLibrary;

/// <summary>BUF2003 over memory of the stack: it is the next call's as soon as the method has returned.</summary>
public sealed class StackTests
{
    [Theory]
    [InlineData("private byte* _p; void M() { byte* b = stackalloc byte[8]; b[0] = 1; {|BUF2003:_p = b|}; }")]
    [InlineData("private int* _p; void M() { int x = 1; {|BUF2003:_p = &x|}; }")]
    [InlineData("private static Pair* s_p; static void M() { Pair x = default; {|BUF2003:s_p = &x|}; s_p->First = 1; }")]
    [InlineData("private static int* s_p; static void M() { Pair x = default; {|BUF2003:s_p = &x.First|}; }")]
    [InlineData("static int* M() { int* b = stackalloc int[4]; return {|BUF2003:b|}; }")]
    [InlineData("static int* M() { int* b = stackalloc int[4]; return {|BUF2003:b + 1|}; }")]
    [InlineData("static nint M(int x) { return {|BUF2003:(nint)(&x)|}; }")]
    [InlineData("static ReadOnlySpan<byte> M() { byte* b = stackalloc byte[8]; b[0] = 1; return {|BUF2003:new ReadOnlySpan<byte>(b, 8)|}; }")]
    [InlineData("static void M(out byte* p) { byte* b = stackalloc byte[8]; {|BUF2003:p = b|}; }")]
    [InlineData("static int* M() { int x = 1; int* p = &x, q = stackalloc int[2]; q[0] = *p; return {|BUF2003:p|}; }")]
    [InlineData("private int* _p; void M() { int x = 1; int* p = (int*)(&x); int* q = stackalloc int[2]; q[0] = *p; {|BUF2003:_p = p|}; }")]
    public Task Address_of_the_stack_that_leaves_its_call_is_reported(string members) => RuleCode.VerifyAsync(Code(members));

    [Theory]
    [InlineData("private byte* _p; int M() { byte* b = stackalloc byte[8]; _p = b; try { return Use(); } finally { _p = null; } } int Use() => _p[0];")]
    [InlineData("static int M() { int* b = stackalloc int[4]; b[0] = 1; return b[0] + *(b + 1); }")]
    [InlineData("static long M() { int* b = stackalloc int[4]; int* end = b; while (end < b + 4) end++; return end - b; }")]
    [InlineData("static byte[] M() { byte* b = stackalloc byte[8]; return new ReadOnlySpan<byte>(b, 8).ToArray(); }")]
    [InlineData("static string M() { char* b = stackalloc char[8]; b[0] = 'x'; return new string(b, 0, 1); }")]
    [InlineData("static int* M(int* given, bool use) { int* b = stackalloc int[4]; if (use) b = given; return b; }")]
    [InlineData("static int M() { Pair x; int* p = &x.First; *p = 2; return x.First; }")]
    [InlineData("static int* M(Pair* pair) => &pair->First;")]
    [InlineData("static nint M(byte[] a) { Pair x = default; int* p = &x.First; nint kept = (nint)p; return Any.Transfer(kept, 4); }")]
    [InlineData("static void M(int** slots) { int x = 1; slots[0] = &x; Any.Transfer((nint)slots, 1); }")]
    [InlineData("static void M() { int x = 1; Chain c = default; c.Next = &x; Any.Transfer((nint)(&c), 1); }")]
    [InlineData("private int* _p; void M() { static int* Of(int* p) => p; int* b = stackalloc int[4]; Of(b)[0] = 1; }")]
    [InlineData("static Span<byte> M(Span<byte> to) { Span<byte> b = stackalloc byte[8]; b.CopyTo(to); return to; }")]
    public Task Address_of_the_stack_that_stays_in_its_call_is_silent(string members) => RuleCode.VerifyAsync(Code(members));

    private static string Code(string members) => "struct Pair { public int First; public int Second; } unsafe struct Chain { public int* Next; } unsafe class C { " + members + " }";
}
