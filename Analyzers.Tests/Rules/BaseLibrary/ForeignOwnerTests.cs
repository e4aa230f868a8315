using Xunit;

namespace BufferLifetime.Analyzers.Tests.Rules.BaseLibrary;

/// <summary>BUF2010: what one owner gave is given back to another.</summary>
public sealed class ForeignOwnerTests
{
    private const string Usings = "using System.Buffers;\nusing System.Runtime.InteropServices;\n";

    [Theory]
    [InlineData("private readonly ArrayPool<byte> _pool = ArrayPool<byte>.Create(); private byte[]? _b; public void Load() => _b ??= _pool.Rent(8); public void Dispose() { if (_b != null) { ArrayPool<byte>.Shared.{|BUF2010:Return|}(_b); _b = null; } }")]
    [InlineData("private readonly ArrayPool<byte> _pool; public C() => _pool = ArrayPool<byte>.Create(1024, 4); public void M() { byte[] b = ArrayPool<byte>.Shared.Rent(8); _pool.{|BUF2010:Return|}(b); } public void Dispose() { }")]
    [InlineData("private ThreadPoolBoundHandle? _h; public void Restart(SafeHandle f) { _h?.Dispose(); _h = ThreadPoolBoundHandle.BindHandle(f); } private void Done(uint e, uint n, NativeOverlapped* o) => _h!.{|BUF2010:FreeNativeOverlapped|}(o); public void Dispose() => _h?.Dispose();")]
    [InlineData("public void M(int n) { byte[] b = n < 64 ? new byte[64] : ArrayPool<byte>.Shared.Rent(n); b[0] = 1; ArrayPool<byte>.Shared.{|BUF2010:Return|}(b); } public void Dispose() { }")]
    [InlineData("public void M() { byte[] a = ArrayPool<byte>.Shared.Rent(4); byte[] b = new byte[4]; a.CopyTo(b, 0); ArrayPool<byte>.Shared.Return(a); ArrayPool<byte>.Shared.{|BUF2010:Return|}(b); } public void Dispose() { }")]
    [InlineData("public void M(int n) { byte[] b = { 1, 2 }; try { if (n > 2) b = ArrayPool<byte>.Shared.Rent(n); b[0] = 1; } finally { ArrayPool<byte>.Shared.{|BUF2010:Return|}(b); } } public void Dispose() { }")]
    [InlineData("private byte[]? _b = new byte[16]; public void Grow() { byte[] old = _b!; _b = ArrayPool<byte>.Shared.Rent(old.Length * 2); ArrayPool<byte>.Shared.{|BUF2010:Return|}(old); } public void Dispose() => _b = null;")]
    [InlineData("private ArrayPool<byte> _pool = ArrayPool<byte>.Shared; private byte[]? _b; public void SetPool(ArrayPool<byte> pool) { _pool = pool; } public void Begin(int n) => _b ??= _pool.Rent(n); public void Dispose() { if (_b != null) { _pool.{|BUF2010:Return|}(_b); _b = null; } }")]
    [InlineData("private ArrayPool<char> _source = ArrayPool<char>.Shared; private char[]? _text; public void Isolate() => _source = ArrayPool<char>.Create(); public void Open() { Dispose(); _text = _source.Rent(16); } public void Dispose() { char[]? t = _text; _text = null; if (t != null) _source.{|BUF2010:Return|}(t); }")]
    public Task Release_to_another_owner_is_reported(string members) => RuleCode.VerifyAsync(Code(members));

    [Theory]
    [InlineData("private readonly ArrayPool<byte> _pool = ArrayPool<byte>.Create(); private byte[]? _b; public void Load() => _b ??= _pool.Rent(8); public void Dispose() { if (_b != null) { _pool.Return(_b); _b = null; } }")]
    [InlineData("private static readonly ArrayPool<byte> s_pool = ArrayPool<byte>.Shared; public void M() { byte[] b = ArrayPool<byte>.Shared.Rent(8); s_pool.Return(b); } public void Dispose() { }")]
    [InlineData("private readonly ArrayPool<byte> _pool; public C(ArrayPool<byte>? pool) => _pool = pool ?? ArrayPool<byte>.Shared; public void M() { byte[] b = _pool.Rent(8); ArrayPool<byte>.Shared.Return(b); } public void Dispose() { }")]
    [InlineData("private ThreadPoolBoundHandle? _h; public void Start(SafeHandle f) => _h ??= ThreadPoolBoundHandle.BindHandle(f); private void Done(uint e, uint n, NativeOverlapped* o) => _h!.FreeNativeOverlapped(o); public void Dispose() => _h?.Dispose();")]
    [InlineData("private ThreadPoolBoundHandle? _h; public void Start(SafeHandle f) { if (_h != null) throw new InvalidOperationException(); _h = ThreadPoolBoundHandle.BindHandle(f); } private void Done(uint e, uint n, NativeOverlapped* o) => _h!.FreeNativeOverlapped(o); public void Dispose() => _h?.Dispose();")]
    [InlineData("private readonly ThreadPoolBoundHandle _h; public C(SafeHandle f) => _h = ThreadPoolBoundHandle.BindHandle(f); private void Done(uint e, uint n, NativeOverlapped* o) => _h.FreeNativeOverlapped(o); public void Dispose() => _h.Dispose();")]
    [InlineData("public void M(int n) { byte[]? rented = n < 64 ? null : ArrayPool<byte>.Shared.Rent(n); byte[] b = rented ?? new byte[64]; b[0] = 1; if (rented != null) ArrayPool<byte>.Shared.Return(rented); } public void Dispose() { }")]
    [InlineData("public void M(int n) { byte[] b = new byte[64]; bool isRented = false; if (n > 64) { b = ArrayPool<byte>.Shared.Rent(n); isRented = true; } b[0] = 1; if (isRented) ArrayPool<byte>.Shared.Return(b); } public void Dispose() { }")]
    [InlineData("public void M(int n) { byte[] b = Array.Empty<byte>(); if (n > 0) b = ArrayPool<byte>.Shared.Rent(n); ArrayPool<byte>.Shared.Return(b); } public void Dispose() { }")]
    [InlineData("public void M(int n) { byte[] b = new byte[4]; b = ArrayPool<byte>.Shared.Rent(n); ArrayPool<byte>.Shared.Return(b); } public void Dispose() { }")]
    [InlineData("public void M(ref byte[] b) { b = new byte[4]; Fill(ref b); ArrayPool<byte>.Shared.Return(b); } private static void Fill(ref byte[] b) => b = ArrayPool<byte>.Shared.Rent(b.Length); public void Dispose() { }")]
    [InlineData("private ArrayPool<byte> _pool = ArrayPool<byte>.Shared; private byte[]? _b; public void SetPool(ArrayPool<byte> pool) { if (_b != null) throw new InvalidOperationException(); _pool = pool; } public void Begin(int n) => _b ??= _pool.Rent(n); public void Dispose() { if (_b != null) { _pool.Return(_b); _b = null; } }")]
    [InlineData("private ArrayPool<byte> _pool = ArrayPool<byte>.Shared; private byte[]? _b; public void SetPool(ArrayPool<byte> pool) { Dispose(); _pool = pool; } public void Begin(int n) => _b ??= _pool.Rent(n); public void Dispose() { if (_b != null) { _pool.Return(_b); _b = null; } }")]
    [InlineData("private ArrayPool<byte> _pool = ArrayPool<byte>.Shared; private ArrayPool<byte>? _from; private byte[]? _b; public void SetPool(ArrayPool<byte> pool) { _pool = pool; } public void Begin(int n) { if (_b != null) return; _from = _pool; _b = _pool.Rent(n); } public void Dispose() { if (_b != null) { _from!.Return(_b); _b = null; } }")]
    [InlineData("private ArrayPool<byte> _pool; public C(ArrayPool<byte> pool) { _pool = pool; } private byte[]? _b; public void Begin(int n) => _b ??= _pool.Rent(n); public void Dispose() { if (_b != null) { _pool.Return(_b); _b = null; } }")]
    public Task Release_to_the_owner_is_silent(string members) => RuleCode.VerifyAsync(Code(members));

    private static string Code(string members) => Usings + "sealed unsafe class C : IDisposable { " + members + " }";
}
