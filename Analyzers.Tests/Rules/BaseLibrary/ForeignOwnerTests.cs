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
    public Task Release_to_another_owner_is_reported(string members) => RuleCode.VerifyAsync(Code(members));

    [Theory]
    [InlineData("private readonly ArrayPool<byte> _pool = ArrayPool<byte>.Create(); private byte[]? _b; public void Load() => _b ??= _pool.Rent(8); public void Dispose() { if (_b != null) { _pool.Return(_b); _b = null; } }")]
    [InlineData("private static readonly ArrayPool<byte> s_pool = ArrayPool<byte>.Shared; public void M() { byte[] b = ArrayPool<byte>.Shared.Rent(8); s_pool.Return(b); } public void Dispose() { }")]
    [InlineData("private readonly ArrayPool<byte> _pool; public C(ArrayPool<byte>? pool) => _pool = pool ?? ArrayPool<byte>.Shared; public void M() { byte[] b = _pool.Rent(8); ArrayPool<byte>.Shared.Return(b); } public void Dispose() { }")]
    [InlineData("private ThreadPoolBoundHandle? _h; public void Start(SafeHandle f) => _h ??= ThreadPoolBoundHandle.BindHandle(f); private void Done(uint e, uint n, NativeOverlapped* o) => _h!.FreeNativeOverlapped(o); public void Dispose() => _h?.Dispose();")]
    [InlineData("private ThreadPoolBoundHandle? _h; public void Start(SafeHandle f) { if (_h != null) throw new InvalidOperationException(); _h = ThreadPoolBoundHandle.BindHandle(f); } private void Done(uint e, uint n, NativeOverlapped* o) => _h!.FreeNativeOverlapped(o); public void Dispose() => _h?.Dispose();")]
    [InlineData("private readonly ThreadPoolBoundHandle _h; public C(SafeHandle f) => _h = ThreadPoolBoundHandle.BindHandle(f); private void Done(uint e, uint n, NativeOverlapped* o) => _h.FreeNativeOverlapped(o); public void Dispose() => _h.Dispose();")]
    public Task Release_to_the_owner_is_silent(string members) => RuleCode.VerifyAsync(Code(members));

    private static string Code(string members) => Usings + "sealed unsafe class C : IDisposable { " + members + " }";
}
