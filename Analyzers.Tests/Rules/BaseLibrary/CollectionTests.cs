using Xunit;

namespace BufferLifetime.Analyzers.Tests.Rules.BaseLibrary;

/// <summary>BUF2001 and BUF2011 where pins and rentals are collected and released one by one.</summary>
public sealed class CollectionTests
{
    private const string Usings = "using System.Buffers;\nusing System.Runtime.InteropServices;\n";

    [Theory]
    [InlineData("private readonly List<GCHandle> _all = new(); public void Add(byte[] a) => _all.Add(GCHandle.Alloc(a, GCHandleType.Pinned)); public void Dispose() { foreach (GCHandle h in _all) h.{|BUF2011:Free|}(); }")]
    [InlineData("private readonly List<byte[]> _all = []; public void Add(int n) => _all.Add(ArrayPool<byte>.Shared.Rent(n)); public void Reset() { foreach (byte[] b in _all) ArrayPool<byte>.Shared.{|BUF2011:Return|}(b); } public void Dispose() { }")]
    [InlineData("private readonly List<byte[]> _all = []; public void Add(int n) { byte[] b = ArrayPool<byte>.Shared.Rent(n); b[0] = 1; _all.Add(b); } public void Clear() { foreach (byte[] b in _all) ArrayPool<byte>.Shared.{|BUF2011:Return|}(b); } public void Dispose() => Clear();")]
    [InlineData("private readonly byte[][] _all = new byte[4][]; private int _n; public void Add(int n) => _all[_n++] = ArrayPool<byte>.Shared.Rent(n); public void Dispose() { for (int i = 0; i < _all.Length; i++) ArrayPool<byte>.Shared.{|BUF2011:Return|}(_all[i]); }")]
    [InlineData("private readonly List<nint> _all = []; public void Add(int n) { nint p = Marshal.AllocHGlobal(n); _all.Add(p); } public void Dispose() { for (int i = 0; i < _all.Count; i++) { nint p = _all[i]; Marshal.{|BUF2011:FreeHGlobal|}(p); } }")]
    [InlineData("private struct Entry { public GCHandle Handle; } private readonly List<Entry> _all = []; public void Add(byte[] a) => _all.Add(new Entry { Handle = GCHandle.Alloc(a, GCHandleType.Pinned) }); public void Release(int i) { Entry e = _all[i]; if (e.Handle.IsAllocated) e.Handle.{|BUF2011:Free|}(); } public void Dispose() { for (int i = 0; i < _all.Count; i++) Release(i); }")]
    [InlineData("private readonly Dictionary<int, byte[]> _all = []; public void Add(int n) { byte[] b = ArrayPool<byte>.Shared.Rent(n); _all[n] = b; } public void Dispose() { foreach (byte[] b in _all.Values) ArrayPool<byte>.Shared.{|BUF2011:Return|}(b); }")]
    public Task Elements_released_and_left_in_their_collection_are_reported(string members) => RuleCode.VerifyAsync(Code(members));

    [Theory]
    [InlineData("private readonly List<byte[]> _all = []; public void Add(int n) => _all.Add(ArrayPool<byte>.Shared.Rent(n)); public void Reset() { foreach (byte[] b in _all) ArrayPool<byte>.Shared.Return(b); _all.Clear(); } public void Dispose() { }")]
    [InlineData("private readonly List<byte[]> _all = []; public void Add(int n) => _all.Add(ArrayPool<byte>.Shared.Rent(n)); public void Finish() { foreach (byte[] b in _all) ArrayPool<byte>.Shared.Return(b); } public void Dispose() { }")]
    [InlineData("private readonly List<byte[]> _all = []; private int _used; public void Add(int n) { _all.Add(ArrayPool<byte>.Shared.Rent(n)); _used++; } public void Reset() { for (int i = 0; i < _used; i++) ArrayPool<byte>.Shared.Return(_all[i]); _used = 0; } public void Dispose() { }")]
    [InlineData("private readonly List<GCHandle> _all = new(); public void Add(byte[] a) => _all.Add(GCHandle.Alloc(a, GCHandleType.Pinned)); public void Dispose() { foreach (GCHandle h in _all) h.Free(); _all.Clear(); }")]
    [InlineData("private List<byte[]>? _all = []; public void Add(int n) => _all!.Add(ArrayPool<byte>.Shared.Rent(n)); public void Dispose() { if (_all == null) return; foreach (byte[] b in _all) ArrayPool<byte>.Shared.Return(b); _all = null; }")]
    [InlineData("private readonly List<byte[]> _all = []; private bool _disposed; public void Add(int n) => _all.Add(ArrayPool<byte>.Shared.Rent(n)); public void Dispose() { if (_disposed) return; _disposed = true; foreach (byte[] b in _all) ArrayPool<byte>.Shared.Return(b); }")]
    [InlineData("private readonly List<byte[]> _all = []; private int _disposed; public void Add(int n) => _all.Add(ArrayPool<byte>.Shared.Rent(n)); public void Dispose() { if (Interlocked.Exchange(ref _disposed, 1) == 0) Free(); } private void Free() { foreach (byte[] b in _all) ArrayPool<byte>.Shared.Return(b); }")]
    [InlineData("private readonly List<byte[]> _all = []; public void Add(int n) => _all.Add(ArrayPool<byte>.Shared.Rent(n)); private void Free() { foreach (byte[] b in _all) ArrayPool<byte>.Shared.Return(b); } public void Dispose() { Free(); _all.Clear(); }")]
    [InlineData("private readonly byte[]?[] _all = new byte[4][]; private int _n; public void Add(int n) => _all[_n++] = ArrayPool<byte>.Shared.Rent(n); public void Dispose() { for (int i = 0; i < _all.Length; i++) { if (_all[i] is { } b) { _all[i] = null; ArrayPool<byte>.Shared.Return(b); } } }")]
    [InlineData("private readonly byte[][] _all = new byte[4][]; private int _n; public void Add(int n) => _all[_n++] = ArrayPool<byte>.Shared.Rent(n); public void Dispose() { while (_n > 0) ArrayPool<byte>.Shared.Return(_all[--_n]); }")]
    [InlineData("private readonly GCHandle[] _all = new GCHandle[4]; private int _n; public void Add(byte[] a) => _all[_n++] = GCHandle.Alloc(a); public void Dispose() { for (int i = 0; i < _all.Length; i++) { if (_all[i].IsAllocated) _all[i].Free(); } }")]
    [InlineData("private readonly Queue<byte[]> _all = new(); public void Add(int n) => _all.Enqueue(ArrayPool<byte>.Shared.Rent(n)); public void Dispose() { while (_all.Count > 0) ArrayPool<byte>.Shared.Return(_all.Dequeue()); }")]
    [InlineData("private readonly Dictionary<int, byte[]> _all = []; public void Add(int n) => _all[n] = ArrayPool<byte>.Shared.Rent(n); public void Release(int n) { if (_all.Remove(n, out byte[]? b)) ArrayPool<byte>.Shared.Return(b); } public void Dispose() { foreach (int n in new List<int>(_all.Keys)) Release(n); }")]
    [InlineData("private struct Entry { public GCHandle Handle; } private readonly List<Entry> _all = []; public void Add(byte[] a) => _all.Add(new Entry { Handle = GCHandle.Alloc(a, GCHandleType.Pinned) }); public void Release(int i) { Entry e = _all[i]; if (e.Handle.IsAllocated) e.Handle.Free(); _all[i] = e; } public void Dispose() { for (int i = 0; i < _all.Count; i++) Release(i); }")]
    [InlineData("private readonly List<byte[]> _all = []; public void Add(int n) => _all.Add(ArrayPool<byte>.Shared.Rent(n)); public void Run() { foreach (byte[] b in _all) ArrayPool<byte>.Shared.Return(b); } public void Dispose() { }")]
    [InlineData("private readonly List<MemoryHandle> _all = new(); public void Add(Memory<byte> a) => _all.Add(a.Pin()); public void Dispose() { foreach (MemoryHandle h in _all) h.Dispose(); }")]
    public Task Elements_that_are_met_once_are_silent(string members) => RuleCode.VerifyAsync(Code(members));

    [Theory]
    [InlineData("GCHandle[] all = new GCHandle[a.Length]; for (int i = 0; i < a.Length; i++) all[i] = GCHandle.{|BUF2001:Alloc|}(a[i], GCHandleType.Pinned); if (Any.Chance()) throw new InvalidOperationException(); foreach (GCHandle h in all) h.Free();")]
    [InlineData("List<GCHandle> all = new(); foreach (byte[] b in a) { GCHandle h = GCHandle.{|BUF2001:Alloc|}(b, GCHandleType.Pinned); all.Add(h); } if (Any.Chance()) { Any.Number(); return; } for (int i = 0; i < all.Count; i++) all[i].Free();")]
    [InlineData("List<MemoryHandle> all = new(); foreach (byte[] b in a) all.Add(b.AsMemory().{|BUF2001:Pin|}()); if (Any.Chance()) return; foreach (MemoryHandle h in all) h.Dispose();")]
    public Task Collected_pins_that_a_way_out_leaves_are_reported(string statements) => RuleCode.VerifyAsync(Code("public void M(byte[][] a) { " + statements + " } public void Dispose() { }"));

    [Theory]
    [InlineData("GCHandle[] all = new GCHandle[a.Length]; try { for (int i = 0; i < a.Length; i++) all[i] = GCHandle.Alloc(a[i], GCHandleType.Pinned); if (Any.Chance()) throw new InvalidOperationException(); } finally { foreach (GCHandle h in all) if (h.IsAllocated) h.Free(); }")]
    [InlineData("GCHandle[] all = new GCHandle[a.Length]; for (int i = 0; i < a.Length; i++) all[i] = GCHandle.Alloc(a[i], GCHandleType.Pinned); bool ok = Any.Chance(); foreach (GCHandle h in all) h.Free(); if (!ok) throw new InvalidOperationException();")]
    [InlineData("GCHandle[] all = new GCHandle[a.Length]; for (int i = 0; i < a.Length; i++) all[i] = GCHandle.Alloc(a[i], GCHandleType.Pinned); if (Any.Chance()) { Free(all); return; } foreach (GCHandle h in all) h.Free();")]
    [InlineData("if (a.Length == 0) return; GCHandle[] all = new GCHandle[a.Length]; for (int i = 0; i < a.Length; i++) all[i] = GCHandle.Alloc(a[i], GCHandleType.Pinned); Any.Number(); foreach (GCHandle h in all) h.Free();")]
    [InlineData("List<GCHandle> all = new(); foreach (byte[] b in a) all.Add(GCHandle.Alloc(b, GCHandleType.Pinned)); if (Any.Chance()) { foreach (GCHandle h in all) h.Free(); return; } foreach (GCHandle h in all) h.Free();")]
    public Task Collected_pins_that_every_way_out_releases_are_silent(string statements) => RuleCode.VerifyAsync(Code("public void M(byte[][] a) { " + statements + " } private static void Free(GCHandle[] all) { foreach (GCHandle h in all) h.Free(); } public void Dispose() { }"));

    private static string Code(string members) => Usings + "sealed unsafe class C : IDisposable { " + members + " }";
}
