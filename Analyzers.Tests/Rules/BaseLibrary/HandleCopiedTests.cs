using Xunit;

namespace BufferLifetime.Analyzers.Tests.Rules.BaseLibrary;

/// <summary>BUF2013: a handle is a value; who releases a copy leaves the original believing that it still holds.</summary>
public sealed class HandleCopiedTests
{
    private const string Usings = "using System.Buffers;\nusing System.Runtime.InteropServices;\n";

    [Theory]
    [InlineData("private readonly GCHandle _h; public C(byte[] a) { _h = GCHandle.Alloc(a, GCHandleType.Pinned); } public void Dispose() { if (_h.IsAllocated) _h.{|BUF2013:Free|}(); }")]
    [InlineData("private readonly MemoryHandle _h; public C(Memory<byte> m) { _h = m.Pin(); } public void Dispose() => _h.{|BUF2013:Dispose|}();")]
    [InlineData("private readonly GCHandle _h = GCHandle.Alloc(new object()); public void Close() => _h.{|BUF2013:Free|}(); public void Dispose() => Close();")]
    [InlineData("private MemoryHandle _h; public C(Memory<byte> m) { _h = m.Pin(); } public void Dispose() { MemoryHandle h = _h; h.{|BUF2013:Dispose|}(); }")]
    [InlineData("private MemoryHandle _h; public C(Memory<byte> m) { _h = m.Pin(); } public void Stop() { MemoryHandle h = _h; h.Dispose(); } public void Dispose() => _h.{|BUF2013:Dispose|}();")]
    [InlineData("private GCHandle H { get; } public C(byte[] a) { H = GCHandle.Alloc(a, GCHandleType.Pinned); } public void Dispose() { if (H.IsAllocated) H.{|BUF2013:Free|}(); }")]
    public Task Handle_of_a_type_released_by_way_of_a_copy_is_reported(string members) => RuleCode.VerifyAsync(Code(members));

    [Theory]
    [InlineData("private GCHandle _h; public C(byte[] a) { _h = GCHandle.Alloc(a, GCHandleType.Pinned); } public void Dispose() { if (_h.IsAllocated) _h.Free(); }")]
    [InlineData("private MemoryHandle _h; public C(Memory<byte> m) { _h = m.Pin(); } public void Dispose() => _h.Dispose();")]
    [InlineData("private readonly GCHandle _h; private bool _done; public C(byte[] a) { _h = GCHandle.Alloc(a, GCHandleType.Pinned); } public void Dispose() { if (_done) return; _done = true; _h.Free(); }")]
    [InlineData("private readonly GCHandle _h; public C(byte[] a) { _h = GCHandle.Alloc(a, GCHandleType.Pinned); } ~C() => _h.Free(); public void Dispose() { }")]
    [InlineData("private readonly GCHandle _h; private bool _done; public C(byte[] a) { _h = GCHandle.Alloc(a, GCHandleType.Pinned); } ~C() => _h.Free(); public void Dispose() { if (_done) return; _done = true; _h.Free(); GC.SuppressFinalize(this); }")]
    [InlineData("private MemoryHandle _h; public C(Memory<byte> m) { _h = m.Pin(); } public void Dispose() { MemoryHandle h = _h; _h = default; h.Dispose(); }")]
    [InlineData("private readonly GCHandle _h; public C(byte[] a, bool bad) { _h = GCHandle.Alloc(a, GCHandleType.Pinned); if (bad) { _h.Free(); throw new ArgumentException(); } } ~C() => _h.Free(); public void Dispose() { }")]
    public Task Handle_of_a_type_released_where_it_is_kept_is_silent(string members) => RuleCode.VerifyAsync(Code(members));

    [Theory]
    [InlineData("GCHandle h = GCHandle.Alloc(a); GCHandle copy = h; h.Free(); if (copy.IsAllocated) copy.{|BUF2013:Free|}();")]
    [InlineData("MemoryHandle h = a.AsMemory().Pin(); MemoryHandle copy = h; copy.Dispose(); h.{|BUF2013:Dispose|}();")]
    [InlineData("GCHandle h = GCHandle.Alloc(a); GCHandle copy = h; if (Any.Chance()) h.Free(); copy.{|BUF2013:Free|}();")]
    public Task Copy_released_beside_its_original_is_reported(string statements) => RuleCode.VerifyAsync(Method(statements));

    [Theory]
    [InlineData("GCHandle h = GCHandle.Alloc(a); h.Free(); if (h.IsAllocated) h.Free();")]
    [InlineData("MemoryHandle h = a.AsMemory().Pin(); h.Dispose(); h.Dispose();")]
    [InlineData("GCHandle h = GCHandle.Alloc(a); GCHandle copy = h; copy.Free();")]
    [InlineData("GCHandle h = GCHandle.Alloc(a); GCHandle copy = h; h = default; copy.Free(); if (h.IsAllocated) h.Free();")]
    public Task Handle_released_once_is_silent(string statements) => RuleCode.VerifyAsync(Method(statements));

    [Theory]
    [InlineData("return new MemoryHandle((void*)_h.AddrOfPinnedObject(), {|BUF2013:_h|});", "if (_h.IsAllocated) _h.Free();")]
    [InlineData("return new MemoryHandle((void*)_h.AddrOfPinnedObject(), {|BUF2013:_h|}, this);", "if (_h.IsAllocated) _h.Free();")]
    [InlineData("var made = new MemoryHandle((void*)_h.AddrOfPinnedObject(), handle: {|BUF2013:_h|}); return made;", "_h.Free();")]
    public Task Handle_of_a_field_given_to_what_frees_its_copy_is_reported(string pin, string unpin) => RuleCode.VerifyAsync(Manager(pin, unpin));

    [Theory]
    [InlineData("return new MemoryHandle((void*)_h.AddrOfPinnedObject(), pinnable: this);", "if (_h.IsAllocated) _h.Free();")]
    [InlineData("var made = new MemoryHandle((void*)_h.AddrOfPinnedObject(), _h); _h = default; return made;", "if (_h.IsAllocated) _h.Free();")]
    [InlineData("return new MemoryHandle((void*)_h.AddrOfPinnedObject(), _h);", "")]
    [InlineData("GCHandle own = GCHandle.Alloc(_a, GCHandleType.Pinned); return new MemoryHandle((void*)own.AddrOfPinnedObject(), own);", "if (_h.IsAllocated) _h.Free();")]
    public Task Handle_that_one_of_two_frees_is_silent(string pin, string unpin) => RuleCode.VerifyAsync(Manager(pin, unpin));

    private static string Manager(string pin, string unpin) => Usings + $$"""
        sealed unsafe class Manager(byte[] a) : MemoryManager<byte>
        {
            private readonly byte[] _a = a;
            private GCHandle _h;

            public override Span<byte> GetSpan() => _a;
            public override MemoryHandle Pin(int elementIndex = 0)
            {
                if (!_h.IsAllocated) _h = GCHandle.Alloc(_a, GCHandleType.Pinned);
                {{pin}}
            }
            public override void Unpin() { {{unpin}} }
            protected override void Dispose(bool disposing) { }
        }
        """;

    [Fact]
    public Task Scope_that_using_ends_is_silent() => RuleCode.VerifyAsync(Usings + """
        readonly struct PinScope(byte[] a) : IDisposable
        {
            private readonly GCHandle _handle = GCHandle.Alloc(a, GCHandleType.Pinned);

            public nint Address => _handle.AddrOfPinnedObject();

            public void Dispose() => _handle.Free();
        }
        """);

    private static string Code(string members) => Usings + "sealed class C : IDisposable { " + members + " }";

    private static string Method(string statements) => Usings + "static class C { static void M(byte[] a) { " + statements + " } }";
}
