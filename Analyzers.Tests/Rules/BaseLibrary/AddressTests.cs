using Xunit;

namespace BufferLifetime.Analyzers.Tests.Rules.BaseLibrary;

/// <summary>BUF2003 of addresses that are used, by themselves or inside a struct, below the statement that held their memory in place.</summary>
public sealed class AddressTests
{
    private const string Usings = "using System.Runtime.InteropServices;\n";

    [Theory]
    [InlineData("byte* kept; fixed (byte* p = a) { kept = p; } {|BUF2003:kept[0]|} = 1;")]
    [InlineData("Request request; fixed (byte* p = a) { request = new Request { Body = (nint)p, Length = a.Length }; } send(ref {|BUF2003:request|});")]
    [InlineData("Request request = default; fixed (char* p = s) { request.Body = (nint)p; } send(ref {|BUF2003:request|});")]
    [InlineData("nint at; fixed (byte* p = &a[1]) at = (nint)p; Any.Transfer({|BUF2003:at|}, 1);")]
    public Task Address_used_below_its_fixed_statement_is_reported(string statements) => RuleCode.VerifyAsync(Code(statements));

    [Theory]
    [InlineData("fixed (byte* p = a) { var request = new Request { Body = (nint)p, Length = a.Length }; send(ref request); }")]
    [InlineData("Request request = default; fixed (byte* p = a) { request = new Request { Body = (nint)p }; send(ref request); } request = default; send(ref request);")]
    [InlineData("Request request = default; fixed (byte* p = a) { request.Body = (nint)p; send(ref request); } request.Body = 0; send(ref request);")]
    [InlineData("byte* kept; byte* end; fixed (byte* p = a) { kept = p; end = p + a.Length; } if (kept == end) Any.Number();")]
    [InlineData("Span<char> t = stackalloc char[4]; char* kept; fixed (char* p = t) { kept = p; } kept[0] = 'a';")]
    [InlineData("int length; fixed (byte* p = a) { length = p[0]; } Any.Transfer(0, length);")]
    public Task Address_used_while_its_memory_is_fixed_is_silent(string statements) => RuleCode.VerifyAsync(Code(statements));

    [Theory]
    [InlineData("static int M(System.Text.Encoding e) { ReadOnlySpan<byte> mark = e.Preamble; Span<byte> again = new Span<byte>(Unsafe.AsPointer(ref {|BUF2004:MemoryMarshal.GetReference(mark)|}), mark.Length); return again[0]; }")]
    [InlineData("static int M(string s) { ReadOnlySpan<char> text = s; char* at = (char*)Unsafe.AsPointer(ref {|BUF2004:MemoryMarshal.GetReference(text)|}); return at[0]; }")]
    [InlineData("static int M(string s) { ReadOnlySpan<char> text = s.AsSpan(1); var again = new Span<char>(Unsafe.AsPointer(ref {|BUF2004:MemoryMarshal.GetReference(text)|}), text.Length); return again[0]; }")]
    [InlineData("static int M(int n) { byte[] made = new byte[n]; Span<byte> span = made; byte* at = (byte*)Unsafe.AsPointer(ref {|BUF2004:MemoryMarshal.GetReference(span)|}); return at[0]; }")]
    public Task Address_of_a_span_over_what_can_move_is_reported(string member) => RuleCode.VerifyAsync(Usings + "unsafe class C { " + member + " }");

    [Theory]
    [InlineData("static int M(System.Text.Encoding e) { ReadOnlySpan<byte> mark = e.Preamble; fixed (byte* p = &MemoryMarshal.GetReference(mark)) { var again = new Span<byte>(p, mark.Length); return again[0]; } }")]
    [InlineData("static int M(System.Text.Encoding e) { ReadOnlySpan<byte> mark = e.Preamble; return mark.IsEmpty ? 0 : *(byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(mark)); }")]
    [InlineData("static int M() { ReadOnlySpan<byte> text = \"abc\"u8; byte* at = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(text)); return at[0]; }")]
    [InlineData("static int M() { ReadOnlySpan<char> text = \"abc\"; char* at = (char*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(text)); return at[0]; }")]
    [InlineData("static int M() { Span<byte> span = stackalloc byte[4]; byte* at = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(span)); return at[0]; }")]
    [InlineData("static int M(byte[] a) { Span<byte> span = a; byte* at = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(span)); return at[0]; }")]
    [InlineData("static ReadOnlySpan<byte> Table => new byte[] { 1, 2 }; static int M() { ReadOnlySpan<byte> table = Table; var again = new Span<byte>(Unsafe.AsPointer(ref MemoryMarshal.GetReference(table)), 2); return again[0]; }")]
    [InlineData("static int M(System.Text.Encoding e, bool b) { ReadOnlySpan<byte> mark = e.Preamble; if (b) mark = \"a\"u8; var again = new Span<byte>(Unsafe.AsPointer(ref MemoryMarshal.GetReference(mark)), 1); return again[0]; }")]
    public Task Address_of_a_span_over_what_may_stay_is_silent(string member) => RuleCode.VerifyAsync(Usings + "unsafe class C { " + member + " }");

    [Fact]
    public Task Struct_with_an_address_in_it_is_returned_with_that() => RuleCode.VerifyAsync(Usings + """
        unsafe class C
        {
            struct Request { public nint Body; public int Length; }

            static Request Make(byte[] a)
            {
                fixed (byte* p = a)
                    return {|BUF2003:new Request { Body = (nint)p, Length = a.Length }|};
            }
        }
        """);

    private static string Code(string statements) =>
        Usings + "unsafe class C { struct Request { public nint Body; public int Length; } [DllImport(\"n\")] static extern void send(ref Request request); static void M(byte[] a, string s) { " + statements + " } }";
}
