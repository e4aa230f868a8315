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
