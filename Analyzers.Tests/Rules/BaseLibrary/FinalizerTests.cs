using Xunit;

namespace BufferLifetime.Analyzers.Tests.Rules.BaseLibrary;

/// <summary>BUF2003 of what a finalizer reads through an address that is not its own.</summary>
public sealed class FinalizerTests
{
    [Theory]
    [InlineData("~Cursor() => _closed({|BUF2003:_head[2]|});", "")]
    [InlineData("~Cursor() => Close();", "public void Close() { if ({|BUF2003:*_head|} != 0) _closed(1); GC.SuppressFinalize(this); }")]
    [InlineData("~Cursor() { Close(); }", "public void Close() => Report(); private void Report() { int kind = {|BUF2003:_head[0]|}; _closed(kind); }")]
    public Task Memory_of_others_that_is_read_when_the_object_is_finalized_is_reported(string finalizer, string member) =>
        RuleCode.VerifyAsync(Cursor(finalizer, member, "_head = head;"));

    [Theory]
    [InlineData("~Cursor() => _closed(_kind);", "public int Kind => _head[0];", "_head = head; _kind = head[0];")]
    [InlineData("~Cursor() => Dispose(false);", "private void Dispose(bool disposing) { if (disposing) _closed(_head[0]); }", "_head = head;")]
    [InlineData("~Cursor() { _closed(_head[0]); System.Runtime.InteropServices.NativeMemory.Free(_head); }", "", "_head = head;")]
    [InlineData("~Cursor() { _closed(_head[0]); Release(_head); }", "private static void Release(byte* head) { }", "_head = head;")]
    [InlineData("~Cursor() { if (_head != null) _closed(0); }", "public int Kind => _head[0];", "_head = head;")]
    public Task What_a_finalizer_has_itself_is_silent(string finalizer, string member, string constructor) =>
        RuleCode.VerifyAsync(Cursor(finalizer, member, constructor));

    [Fact]
    public Task Disposal_without_a_finalizer_is_called_while_the_memory_is_there() =>
        RuleCode.VerifyAsync(Cursor("public void Dispose() => _closed(_head[0]);", "", "_head = head;"));

    private static string Cursor(string finalizer, string member, string constructor) => $$"""
        sealed unsafe class Cursor
        {
            private readonly byte* _head;
            private readonly int _kind;
            private readonly Action<int> _closed;

            public Cursor(byte* head, Action<int> closed)
            {
                _closed = closed;
                _kind = 0;
                {{constructor}}
            }

            public int Known => _kind;

            {{member}}

            {{finalizer}}
        }
        """;
}
