using Xunit;

namespace BufferLifetime.Analyzers.Tests.Rules.BaseLibrary;

/// <summary>Fields that own something, across the methods of their type: BUF2010, BUF2011, BUF2012, and leaks of a type.</summary>
public sealed class FieldTests
{
    private const string Usings = "using System.Buffers;\nusing System.IO.Pipelines;\nusing System.Runtime.InteropServices;\n";

    [Theory]
    [InlineData("private byte[] _b = Array.Empty<byte>(); public Span<byte> Room(int n) { if (_b.Length < n) { if (_b.Length > n) ArrayPool<byte>.Shared.Return(_b); {|BUF2012:_b = ArrayPool<byte>.Shared.Rent(n)|}; } return _b; } public void Dispose() { if (_b.Length > 0) { ArrayPool<byte>.Shared.Return(_b); _b = Array.Empty<byte>(); } }")]
    [InlineData("private byte[] _b = ArrayPool<byte>.Shared.Rent(8); public void Dispose() => ArrayPool<byte>.Shared.{|BUF2011:Return|}(_b);")]
    [InlineData("private readonly nint _p = Marshal.AllocHGlobal(8); public void OnError(int status) { if (status < 0) Marshal.FreeHGlobal(_p); } public void Dispose() => Marshal.{|BUF2011:FreeHGlobal|}(_p);")]
    [InlineData("private IMemoryOwner<byte> _o = MemoryPool<byte>.Shared.Rent(8); public void Grow() { {|BUF2012:_o = MemoryPool<byte>.Shared.Rent(16)|}; } public void Dispose() => _o.Dispose();")]
    [InlineData("private char[] _c = ArrayPool<char>.Shared.Rent(8); public void Grow() { char[] larger = ArrayPool<char>.Shared.Rent(_c.Length * 2); _c = larger; ArrayPool<char>.Shared.{|BUF2010:Return|}(_c); } public void Dispose() { char[] c = _c; _c = []; if (c.Length != 0) ArrayPool<char>.Shared.{|BUF2011:Return|}(c); }")]
    [InlineData("private GCHandle _self; public C() { _self = GCHandle.{|BUF2001:Alloc|}(this); } public void Dispose() { }")]
    [InlineData("private nint {|BUF2001:_p|}; private object? _owner; public void Begin(object owner) { if (_p != 0) throw new InvalidOperationException(); _owner = owner; _p = Marshal.AllocHGlobal(8); } public void Detach() => _owner = null; public void Dispose() { if (_owner != null) { _owner = null; if (_p != 0) { Marshal.FreeHGlobal(_p); _p = 0; } } }")]
    [InlineData("private GCHandle _pin; private byte* _at; public void Prepare(byte[] a) { _pin = GCHandle.Alloc(a, GCHandleType.Pinned); _at = (byte*)_pin.AddrOfPinnedObject(); } public int Finish() { Unpin(); return {|BUF2002:Parse()|}; } private void Unpin() { if (_pin.IsAllocated) _pin.Free(); } private int Parse() => {|BUF2011:_at|}[0]; public void Dispose() => Unpin();")]
    [InlineData("private readonly nint _p = Marshal.AllocHGlobal(8); private void Free() => Marshal.{|BUF2011:FreeHGlobal|}(_p); public void Dispose() => Free();")]
    [InlineData("private GCHandle _h; public C(byte[] a, int n) { _h = GCHandle.{|BUF2001:Alloc|}(a, GCHandleType.Pinned); if (n > a.Length) throw new ArgumentException(); } public void Dispose() { if (_h.IsAllocated) _h.Free(); }")]
    [InlineData("private GCHandle {|BUF2001:_h|}; private nint _session; public void Open() { if (_h.IsAllocated) _h.Free(); _h = GCHandle.Alloc(this); _session = 1; } public void Close() => _session = 0; public void Dispose() => Close();")]
    [InlineData("private MemoryHandle _pin; private byte* _next; public void SetInput(Memory<byte> a) { {|BUF2012:_pin = a.Pin()|}; _next = (byte*)_pin.Pointer; } public void Dispose() { _next = null; _pin.Dispose(); }")]
    [InlineData("private GCHandle _pin; private byte[]? _last; public void Use(byte[] a) { if (_last != a) { {|BUF2012:_pin = GCHandle.Alloc(a, GCHandleType.Pinned)|}; _last = a; } } public void Dispose() { if (_pin.IsAllocated) _pin.Free(); }")]
    [InlineData("private GCHandle _self; private nint _s; public void Open() { Close(); {|BUF2012:_self = GCHandle.Alloc(this)|}; _s = 1; } public void Close() => _s = 0; public void Dispose() { if (_self.IsAllocated) _self.Free(); }")]
    [InlineData("private GCHandle _h = GCHandle.Alloc(new byte[8], GCHandleType.Pinned); ~C() => Free(); public void Dispose() => Free(); private void Free() => _h.{|BUF2011:Free|}();")]
    [InlineData("private byte[]? _b; private void Take(int n) => _b = ArrayPool<byte>.Shared.Rent(n); private void Give() { if (_b != null) ArrayPool<byte>.Shared.{|BUF2011:Return|}(_b); } public int One() { Take(4); int r = _b![0]; Give(); return r; } public void Maybe(int n) { if (n > 0) Take(n); Give(); } public void Dispose() { }")]
    [InlineData("private IMemoryOwner<byte>? _o; private Memory<byte> _view; public void Start() => _o ??= MemoryPool<byte>.Shared.Rent(8); public void Set(int n) => _view = _o!.Memory[..n]; public int Take() { _o!.Dispose(); _o = null; return {|BUF2005:_view|}.Span[0]; } public void Dispose() { _o?.Dispose(); _o = null; }")]
    [InlineData("private readonly nint _p = Marshal.AllocHGlobal(8); private int _holds = 1; public void Take() => _holds++; public void Dispose() { _holds--; Marshal.{|BUF2011:FreeHGlobal|}(_p); }")]
    [InlineData("private readonly nint _p = Marshal.AllocHGlobal(8); private int _holds = 1; public void Dispose() { if (Interlocked.Decrement(ref _holds) == 0) { _holds = 0; } Marshal.{|BUF2011:FreeHGlobal|}(_p); }")]
    [InlineData("private readonly nint _p = Marshal.AllocHGlobal(8); private int _holds = 1; public void Take() => _holds++; public void Dispose() { if (_holds > 1) Console.WriteLine(_holds); Marshal.{|BUF2011:FreeHGlobal|}(_p); }")]
    [InlineData("private GCHandle _pin; private byte[]? _a; private nint _at; public int Read(int n) { if (_a == null) { _a = new byte[n]; _pin = GCHandle.Alloc(_a, GCHandleType.Pinned); _at = _pin.AddrOfPinnedObject(); } return ((byte*){|BUF2011:_at|})[0]; } public void Drop() { if (_pin.IsAllocated) _pin.Free(); } public void Dispose() => Drop();")]
    [InlineData("private IMemoryOwner<byte>? _o; private Memory<byte> _m = new byte[8]; public Span<byte> Room(int n) { if (n > _m.Length) { {|BUF2012:_o = MemoryPool<byte>.Shared.Rent(n)|}; _m = _o.Memory; } return _m.Span[..n]; } public void Clear() { _o?.Dispose(); _o = null; _m = new byte[8]; } public void Dispose() => Clear();")]
    [InlineData("private GCHandle _pin; private byte[] _a = []; public nint Room(int n) { if (_a.Length < n) { _a = new byte[n]; {|BUF2012:_pin = GCHandle.Alloc(_a, GCHandleType.Pinned)|}; } return _pin.AddrOfPinnedObject(); } public void Dispose() { if (_pin.IsAllocated) _pin.Free(); }")]
    [InlineData("private IMemoryOwner<byte>? _row; private void Prepare(int n) { {|BUF2012:_row = MemoryPool<byte>.Shared.Rent(n)|}; } public int Decode(int[] parts) { int sum = 0; foreach (int part in parts) { Prepare(part); sum += _row!.Memory.Span[0]; } return sum; } public void Dispose() => _row?.Dispose();")]
    [InlineData("private GCHandle _pin; private void Pin(byte[] a) => {|BUF2012:_pin = GCHandle.Alloc(a, GCHandleType.Pinned)|}; public nint Both(byte[] a, byte[] b) { if (_pin.IsAllocated) _pin.Free(); Pin(a); nint first = _pin.AddrOfPinnedObject(); if (b.Length > a.Length) Pin(b); return first; } public void Dispose() { if (_pin.IsAllocated) _pin.Free(); }")]
    [InlineData("private nint _p; public nint Table(int[] v) { {|BUF2012:_p = Marshal.AllocHGlobal(v.Length * 4)|}; for (int i = 0; i < v.Length; i++) Marshal.WriteInt32(_p, i * 4, v[i]); return _p; } private void Free() { if (_p == 0) return; Marshal.FreeHGlobal(_p); _p = 0; } public void Dispose() => Free();")]
    [InlineData("private GCHandle _pin; public nint AddressOf(byte[] a) { {|BUF2012:_pin = GCHandle.Alloc(a, GCHandleType.Pinned)|}; return _pin.AddrOfPinnedObject(); } public void Dispose() { if (_pin.IsAllocated) _pin.Free(); }")]
    [InlineData("private byte[]? _b; public Memory<byte> Room(int n) { {|BUF2012:_b = ArrayPool<byte>.Shared.Rent(n)|}; return _b.AsMemory(0, n); } public void Dispose() { if (_b != null) { ArrayPool<byte>.Shared.Return(_b); _b = null; } }")]
    [InlineData("private IMemoryOwner<byte>? _o; public IMemoryOwner<byte> Of(Stream from, int n) { {|BUF2012:_o = MemoryPool<byte>.Shared.Rent(n)|}; from.ReadExactly(_o.Memory.Span[..n]); return _o; } public void Dispose() => _o?.Dispose();")]
    public Task Field_that_outlives_what_it_owns_is_reported(string members) => RuleCode.VerifyAsync(Code(members));

    [Theory]
    [InlineData("private byte[] _b = Array.Empty<byte>(); public Span<byte> Room(int n) { if (_b.Length < n) { if (_b.Length > 0) ArrayPool<byte>.Shared.Return(_b); _b = ArrayPool<byte>.Shared.Rent(n); } return _b; } public void Dispose() { if (_b.Length > 0) { ArrayPool<byte>.Shared.Return(_b); _b = Array.Empty<byte>(); } }")]
    [InlineData("private byte[] _b = []; public Span<byte> Room(int n) { if (_b.Length == 0) _b = ArrayPool<byte>.Shared.Rent(n); else if (_b.Length < n) { byte[] old = _b; _b = ArrayPool<byte>.Shared.Rent(n); ArrayPool<byte>.Shared.Return(old); } return _b; } public void Dispose() { byte[] b = _b; _b = []; if (b.Length != 0) ArrayPool<byte>.Shared.Return(b); }")]
    [InlineData("private byte[] _b = new byte[0]; private int _n; public void Add(byte value) { if (_n == _b.Length) Grow(); _b[_n++] = value; } private void Grow() { byte[] next = ArrayPool<byte>.Shared.Rent(Math.Max(16, _b.Length * 2)); Array.Copy(_b, next, _n); byte[] old = _b; _b = next; if (old.Length > 0) ArrayPool<byte>.Shared.Return(old); } public void Dispose() { byte[] b = _b; _b = Array.Empty<byte>(); _n = 0; if (b.Length > 0) ArrayPool<byte>.Shared.Return(b); }")]
    [InlineData("private char[]? _c; public void Begin(int n) => _c ??= ArrayPool<char>.Shared.Rent(n); public int Count(int n) { int length = _c?.Length ?? 0; while (n > 5) { n--; length++; } return length; } public void Reset() => Drop(); public void Dispose() => Drop(); private void Drop() { if (_c != null) { ArrayPool<char>.Shared.Return(_c); _c = null; } }")]
    [InlineData("private GCHandle _c; public void Begin(byte[] data) { if (!_c.IsAllocated) _c = GCHandle.Alloc(data, GCHandleType.Pinned); } public long Count(int n) { nint at = _c.AddrOfPinnedObject(); for (int i = 0; i < n; i++) at++; return at; } public void Reset() => Drop(); public void Dispose() => Drop(); private void Drop() { if (_c.IsAllocated) _c.Free(); }")]
    [InlineData("private byte[]? _b = ArrayPool<byte>.Shared.Rent(8); public void Dispose() { byte[]? b = _b; _b = null; if (b != null) ArrayPool<byte>.Shared.Return(b); }")]
    [InlineData("private byte[] _b = ArrayPool<byte>.Shared.Rent(8); private bool _disposed; public void Dispose() { if (_disposed) return; _disposed = true; ArrayPool<byte>.Shared.Return(_b); }")]
    [InlineData("private nint _p = Marshal.AllocHGlobal(8); public void Dispose() { nint p = Interlocked.Exchange(ref _p, 0); if (p != 0) Marshal.FreeHGlobal(p); }")]
    [InlineData("private IMemoryOwner<byte> _o = MemoryPool<byte>.Shared.Rent(8); public void Grow() { IMemoryOwner<byte> old = _o; _o = MemoryPool<byte>.Shared.Rent(16); old.Dispose(); } public void Dispose() => _o.Dispose();")]
    [InlineData("private GCHandle _pin; public void Prepare(byte[] a) { _pin = GCHandle.Alloc(a, GCHandleType.Pinned); } public void Done() => _pin.Free(); public void Dispose() { if (_pin.IsAllocated) _pin.Free(); }")]
    [InlineData("private MemoryHandle _pin; public void Prepare(Memory<byte> a) => _pin = a.Pin(); public void Dispose() => _pin.Dispose();")]
    [InlineData("private byte[]? _b; private void Ensure() => _b ??= ArrayPool<byte>.Shared.Rent(8); public int Read() { Ensure(); return _b![0]; } public void Dispose() { if (_b is not null) { ArrayPool<byte>.Shared.Return(_b); _b = null; } }")]
    [InlineData("private nint _p = Marshal.AllocHGlobal(8); private void Free() { nint p = _p; _p = 0; Marshal.FreeHGlobal(p); } ~C() => Free(); public void Dispose() { Free(); GC.SuppressFinalize(this); }")]
    [InlineData("private readonly nint _p = Marshal.AllocHGlobal(8); private void Free() => Marshal.FreeHGlobal(_p); ~C() => Free(); public void Dispose() { }")]
    [InlineData("private GCHandle _h; public C(byte[] a, int n) { if (n > a.Length) throw new ArgumentException(); _h = GCHandle.Alloc(a, GCHandleType.Pinned); } public void Dispose() { if (_h.IsAllocated) _h.Free(); }")]
    [InlineData("private GCHandle _h; public C(byte[] a, int n) { _h = GCHandle.Alloc(a, GCHandleType.Pinned); try { Any.Keep(a); } catch { Dispose(); throw; } } public void Dispose() { if (_h.IsAllocated) _h.Free(); }")]
    [InlineData("private GCHandle _h; public C(byte[] a, int n) { _h = GCHandle.Alloc(a, GCHandleType.Pinned); if (n > a.Length) throw new ArgumentException(); } ~C() => Dispose(); public void Dispose() { if (_h.IsAllocated) _h.Free(); }")]
    [InlineData("private GCHandle _h; private nint _session; public void Open() { Close(); if (_h.IsAllocated) _h.Free(); _h = GCHandle.Alloc(this); _session = 1; } public void Close() => _session = 0; public void Dispose() { Close(); if (_h.IsAllocated) _h.Free(); }")]
    [InlineData("private MemoryHandle _pin; public void SetInput(Memory<byte> a) => _pin = a.Pin(); public void Clear() => _pin.Dispose(); public void Dispose() => _pin.Dispose();")]
    [InlineData("private MemoryHandle _pin; private bool _has; public void SetInput(Memory<byte> a) { if (_has) _pin.Dispose(); _pin = a.Pin(); _has = true; } public void Dispose() { if (_has) { _has = false; _pin.Dispose(); } }")]
    [InlineData("private MemoryHandle _pin; public void Setup(Memory<byte> a) => _pin = a.Pin(); public void Dispose() => _pin.Dispose();")]
    [InlineData("private GCHandle _pin; private byte[]? _last; public void Use(byte[] a) { if (_last != a) { if (_pin.IsAllocated) _pin.Free(); _pin = GCHandle.Alloc(a, GCHandleType.Pinned); _last = a; } } public void Dispose() { if (_pin.IsAllocated) _pin.Free(); }")]
    [InlineData("private GCHandle _h = GCHandle.Alloc(new byte[8], GCHandleType.Pinned); ~C() => Free(); public void Dispose() => Free(); private void Free() { if (_h.IsAllocated) _h.Free(); }")]
    [InlineData("private GCHandle _h = GCHandle.Alloc(new byte[8], GCHandleType.Pinned); ~C() => Free(); public void Dispose() { Free(); GC.SuppressFinalize(this); } private void Free() => _h.Free();")]
    [InlineData("private byte[]? _b; private void Take(int n) => _b = ArrayPool<byte>.Shared.Rent(n); private void Give() { if (_b != null) ArrayPool<byte>.Shared.Return(_b); } public int One() { Take(4); int r = _b![0]; Give(); return r; } public void Two(int n) { Take(n); Give(); } public void Dispose() { }")]
    [InlineData("private readonly nint _p = Marshal.AllocHGlobal(8); private int _holds = 1; public nint Take() { Interlocked.Increment(ref _holds); return _p; } public void Give() { if (Interlocked.Decrement(ref _holds) == 0) Marshal.FreeHGlobal(_p); } public void Dispose() => Give();")]
    [InlineData("private byte[] _b = ArrayPool<byte>.Shared.Rent(8); private int _users = 1; public int Use() { _users++; return _b[0]; } public void Dispose() { if (--_users > 0) return; ArrayPool<byte>.Shared.Return(_b); }")]
    [InlineData("private readonly nint _p = Marshal.AllocHGlobal(8); private int _holds = 1; public void Take() => Interlocked.Increment(ref _holds); public void Dispose() { int left = Interlocked.Decrement(ref _holds); if (left > 0) { return; } Marshal.FreeHGlobal(_p); }")]
    [InlineData("private GCHandle _h = GCHandle.Alloc(new byte[8], GCHandleType.Pinned); private int _holds = 1; public void Take() => Interlocked.Increment(ref _holds); public void Dispose() { int left; lock (this) { left = _holds--; } _ = left == 1 ? Free() : 0; int Free() { _h.Free(); return 1; } }")]
    [InlineData("private GCHandle _pin; private nint _at; public int Read(byte[] a) { if (!_pin.IsAllocated) { _pin = GCHandle.Alloc(a, GCHandleType.Pinned); _at = _pin.AddrOfPinnedObject(); } return ((byte*)_at)[0]; } public void Drop() { if (_pin.IsAllocated) _pin.Free(); } public void Dispose() => Drop();")]
    [InlineData("private GCHandle _pin; internal bool Begin(byte[] a) { _pin = GCHandle.Alloc(a, GCHandleType.Pinned); return true; } internal void Ended() { if (_pin.IsAllocated) _pin.Free(); } public void Dispose() { }")]
    [InlineData("private IMemoryOwner<byte>? _o; private Memory<byte> _m = new byte[8]; public Span<byte> Room(int n) { if (n > _m.Length) { _o?.Dispose(); _o = MemoryPool<byte>.Shared.Rent(n); _m = _o.Memory; } return _m.Span[..n]; } public void Dispose() { _o?.Dispose(); _o = null; _m = default; }")]
    [InlineData("private IMemoryOwner<byte>? _o; private int _n; public void Open(int n) { if (n > 16) _o = MemoryPool<byte>.Shared.Rent(n); _n = n; } public void Dispose() { _o?.Dispose(); _o = null; }")]
    [InlineData("private GCHandle _pin; private byte[] _a = []; public nint Room(int n) { if (_a.Length < n) { if (_pin.IsAllocated) _pin.Free(); _a = new byte[n]; _pin = GCHandle.Alloc(_a, GCHandleType.Pinned); } return _pin.AddrOfPinnedObject(); } public void Dispose() { if (_pin.IsAllocated) _pin.Free(); }")]
    [InlineData("private IMemoryOwner<byte>? _row; private void Prepare(int n) { _row?.Dispose(); _row = MemoryPool<byte>.Shared.Rent(n); } public int Decode(int[] parts) { int sum = 0; foreach (int part in parts) { Prepare(part); sum += _row!.Memory.Span[0]; } return sum; } public void Dispose() => _row?.Dispose();")]
    [InlineData("private IMemoryOwner<byte>? _row; private void Prepare(int n) => _row ??= MemoryPool<byte>.Shared.Rent(n); public int Decode(int[] parts) { int sum = 0; foreach (int part in parts) { Prepare(part); sum += _row!.Memory.Span[0]; } return sum; } public void Dispose() => _row?.Dispose();")]
    [InlineData("private IMemoryOwner<byte>? _row; private void Prepare(int n) => _row = MemoryPool<byte>.Shared.Rent(n); public int Decode(int[] parts) { int sum = 0; for (int i = 0; i < parts.Length; i++) { if (i == 0) Prepare(parts[i]); sum += _row!.Memory.Span[0]; } return sum; } public void Dispose() => _row?.Dispose();")]
    [InlineData("private IMemoryOwner<byte>? _row; private void Prepare(int n) => _row = MemoryPool<byte>.Shared.Rent(n); public int Decode(int[] parts) { int sum = 0; foreach (int part in parts) { Prepare(part); try { sum += _row!.Memory.Span[0]; } finally { _row!.Dispose(); _row = null; } } return sum; } public void Dispose() => _row?.Dispose();")]
    [InlineData("private IMemoryOwner<byte>? _row; private void Prepare(int n) => _row = MemoryPool<byte>.Shared.Rent(n); public int Decode(int n) { Prepare(n); return _row!.Memory.Span[0]; } public void Dispose() => _row?.Dispose();")]
    [InlineData("private IMemoryOwner<byte>? _row; private bool _ready; private void Prepare(int n) => _row = MemoryPool<byte>.Shared.Rent(n); public int Decode(int[] parts) { int sum = 0; foreach (int part in parts) { if (!_ready) { Prepare(part); _ready = true; } sum += _row!.Memory.Span[0]; } return sum; } public void Dispose() => _row?.Dispose();")]
    [InlineData("private IMemoryOwner<byte>? _row; private readonly System.Collections.Generic.List<IMemoryOwner<byte>> _all = []; private void Prepare(int n) => _row = MemoryPool<byte>.Shared.Rent(n); public void Decode(int[] parts) { foreach (int part in parts) { Prepare(part); _all.Add(_row!); } } public void Dispose() { foreach (IMemoryOwner<byte> one in _all) one.Dispose(); }")]
    [InlineData("private readonly SafeHandle _h; private bool _added; public C(SafeHandle h) { _h = h; h.DangerousAddRef(ref _added); } public void Dispose() { if (_added) { _added = false; _h.DangerousRelease(); } }")]
    [InlineData("private readonly SafeHandle _h; private bool _added; public C(SafeHandle h) { _h = h; bool added = false; _h.DangerousAddRef(ref added); _added = added; } public void Dispose() { if (_added) { _added = false; _h.DangerousRelease(); } }")]
    [InlineData("private readonly IMemoryOwner<byte> _o = MemoryPool<byte>.Shared.Rent(8); private int _state; private bool _asked; public void Begin() { if (Interlocked.CompareExchange(ref _state, 1, 0) != 0) throw new InvalidOperationException(); } public void End() { Volatile.Write(ref _state, 0); if (_asked) Dispose(); } public void Dispose() { _asked = true; if (Interlocked.CompareExchange(ref _state, 2, 0) != 0) return; _o.Dispose(); }")]
    [InlineData("private nint _p; public nint Table(int[] v) { Free(); _p = Marshal.AllocHGlobal(v.Length * 4); for (int i = 0; i < v.Length; i++) Marshal.WriteInt32(_p, i * 4, v[i]); return _p; } private void Free() { if (_p == 0) return; Marshal.FreeHGlobal(_p); _p = 0; } public void Dispose() => Free();")]
    [InlineData("private GCHandle _pin; public nint AddressOf(byte[] a) { if (_pin.IsAllocated) throw new InvalidOperationException(); _pin = GCHandle.Alloc(a, GCHandleType.Pinned); return _pin.AddrOfPinnedObject(); } public void Dispose() { if (_pin.IsAllocated) _pin.Free(); }")]
    [InlineData("private GCHandle _pin; public nint AddressOf(byte[] a) { _pin = GCHandle.Alloc(a, GCHandleType.Pinned); return _pin.AddrOfPinnedObject(); } public void Done() => _pin.Free(); public void Dispose() { if (_pin.IsAllocated) _pin.Free(); }")]
    [InlineData("private GCHandle _pin; public nint InitializeFrom(byte[] a) { _pin = GCHandle.Alloc(a, GCHandleType.Pinned); return _pin.AddrOfPinnedObject(); } public void Dispose() { if (_pin.IsAllocated) _pin.Free(); }")]
    [InlineData("private GCHandle _pin; public int Use(byte[] a) { _pin = GCHandle.Alloc(a, GCHandleType.Pinned); return Any.Transfer(_pin.AddrOfPinnedObject(), a.Length); } public void Dispose() { if (_pin.IsAllocated) _pin.Free(); }")]
    [InlineData("private byte[]? _b; public Memory<byte> Room(int n) { if (_b == null || _b.Length < n) { byte[]? old = _b; _b = ArrayPool<byte>.Shared.Rent(n); if (old != null) ArrayPool<byte>.Shared.Return(old); } return _b.AsMemory(0, n); } public void Dispose() { if (_b != null) { ArrayPool<byte>.Shared.Return(_b); _b = null; } }")]
    [InlineData("private byte[]? _b; public Memory<byte> Room(int n) => (_b ??= ArrayPool<byte>.Shared.Rent(n)).AsMemory(0, n); public void Dispose() { if (_b != null) { ArrayPool<byte>.Shared.Return(_b); _b = null; } }")]
    [InlineData("private byte[]? _b; public Memory<byte> Room(int n) { byte[] b = ArrayPool<byte>.Shared.Rent(n); _b = b; Drop(); return new byte[n]; } private void Drop() { if (_b != null) { ArrayPool<byte>.Shared.Return(_b); _b = null; } } public void Dispose() => Drop();")]
    public Task Field_that_lets_go_in_time_is_silent(string members) => RuleCode.VerifyAsync(Code(members));

    [Theory]
    [InlineData("public void TakeFrom(C other) { _o?.Dispose(); {|BUF2006:_o = other._o|}; _n = other._n; }", "_o?.Dispose(); _o = null;")]
    [InlineData("public void TakeFrom(C other) { IMemoryOwner<byte>? old = _o; {|BUF2006:this._o = other._o|}; old?.Dispose(); }", "if (_done) return; _done = true; _o?.Dispose();")]
    public Task Owner_that_two_objects_have_is_reported(string members, string end) => RuleCode.VerifyAsync(Code(Shared(members, end)));

    [Theory]
    [InlineData("public void TakeFrom(C other) { _o?.Dispose(); _o = other._o; other._o = null; }", "_o?.Dispose(); _o = null;")]
    [InlineData("public void TakeFrom(C other) { _o?.Dispose(); _o = other._o; other.Forget(); } private void Forget() => _o = null;", "_o?.Dispose(); _o = null;")]
    [InlineData("public void TakeFrom(C other) { _o?.Dispose(); _o = other._o; other._done = true; }", "if (!_done) _o?.Dispose(); _done = true;")]
    [InlineData("public void ViewOf(C other) { _o?.Dispose(); _o = other._o; _n = 0; }", "if (_n > 0) _o?.Dispose();")]
    [InlineData("public void TakeFrom(C other) { _o?.Dispose(); _o = other._o; } public static void Move(C a, C b) { b.TakeFrom(a); a._o = null; }", "_o?.Dispose(); _o = null;")]
    [InlineData("public void Swap(C other) { IMemoryOwner<byte>? mine = _o; _o = other._o; other._o = mine; }", "_o?.Dispose(); _o = null;")]
    public Task Owner_that_goes_from_one_object_to_another_is_silent(string members, string end) => RuleCode.VerifyAsync(Code(Shared(members, end)));

    private static string Shared(string members, string end) =>
        "private IMemoryOwner<byte>? _o; private int _n; private bool _done; public C(int n) { _o = MemoryPool<byte>.Shared.Rent(n); _n = n; } public int First => _done ? 0 : _o!.Memory.Span[_n - 1]; " + members + " public void Dispose() { " + end + " }";

    [Theory]
    [InlineData("private readonly Table _t; public void Dispose() { _t.{|BUF2011:Dispose|}(); }", "if (_pool != null) _pool.Return(_array!);")]
    [InlineData("private Table _t; public void Dispose() => _t.{|BUF2011:Dispose|}();", "if (_array != null) ArrayPool<int>.Shared.Return(_array);")]
    [InlineData("private readonly Table _t; public void Close() { if (Any.Chance()) Any.Pause(); _t.{|BUF2011:Dispose|}(); }", "if (_array != null) { ArrayPool<int>.Shared.Return(_array); _array = null; }")]
    [InlineData("private Table _t; public void Dispose() { GC.SuppressFinalize(this); Dispose(true); } private void Dispose(bool disposing) { if (disposing) _t.{|BUF2011:Dispose|}(); }", "_pool?.Return(_array!, clearArray: true);")]
    public Task Struct_that_gives_back_what_it_has_each_time_is_reported(string members, string end) => RuleCode.VerifyAsync(Holder(members, end));

    [Theory]
    [InlineData("private Table _t; public void Dispose() { _t.Dispose(); }", "if (_array != null) { ArrayPool<int>.Shared.Return(_array); _array = null; }")]
    [InlineData("private Table _t; public void Dispose() { _t.Dispose(); }", "if (_pool != null) _pool.Return(_array!); this = default;")]
    [InlineData("private Table _t; public void Dispose() { _t.Dispose(); _t = default; }", "if (_pool != null) _pool.Return(_array!);")]
    [InlineData("private readonly Table _t; private bool _disposed; public void Dispose() { if (_disposed) return; _disposed = true; _t.Dispose(); }", "if (_pool != null) _pool.Return(_array!);")]
    [InlineData("private readonly Table _t; private int _disposed; public void Dispose() { if (Interlocked.Exchange(ref _disposed, 1) == 0) _t.Dispose(); }", "if (_pool != null) _pool.Return(_array!);")]
    [InlineData("private readonly Table _t; private bool _disposed; public void Dispose() { if (!_disposed) Dispose(true); _disposed = true; } private void Dispose(bool disposing) { if (disposing) _t.Dispose(); }", "if (_pool != null) _pool.Return(_array!);")]
    [InlineData("private readonly Table _t; private Table _u; public void Drop() => _t.Dispose(); public void Dispose() { End(ref _u); } private static void End(ref Table t) { t.Dispose(); t = default; }", "if (_pool != null) _pool.Return(_array!);")]
    public Task Struct_that_gives_back_what_it_has_once_is_silent(string members, string end) => RuleCode.VerifyAsync(Holder(members, end));

    private static string Holder(string members, string end) => Usings + $$"""
        {{(end.Contains("_array = ") || end.Contains("this = ") ? "" : "readonly ")}}struct Table
        {
            private {{(end.Contains("_array = ") || end.Contains("this = ") ? "" : "readonly ")}}ArrayPool<int>? _pool;
            private {{(end.Contains("_array = ") || end.Contains("this = ") ? "" : "readonly ")}}int[]? _array;

            public Table(ArrayPool<int> pool, int n)
            {
                _pool = pool;
                _array = pool.Rent(n);
            }

            public Span<int> Rows => _array;

            public void Dispose() { {{end}} }
        }

        sealed class Index : IDisposable
        {
            public Index(ArrayPool<int> pool) => (_t, _n) = (new Table(pool, 8), 8);

            private readonly int _n;

            {{members}}

            {{(members.Contains("Dispose()") ? "" : "public void Dispose() { }")}}

            public int First => _t.Rows[_n - 1];
        }
        """;

    [Theory]
    [InlineData("{|BUF2012:_pin = GCHandle.Alloc(_bytes, GCHandleType.Pinned)|}; return new MemoryHandle((byte*)_pin.AddrOfPinnedObject() + i);", "")]
    [InlineData("if (!_pin.IsAllocated) _pin = GCHandle.Alloc(_bytes, GCHandleType.Pinned); return new MemoryHandle((byte*)_pin.AddrOfPinnedObject() + i);", "")]
    [InlineData("_pin = GCHandle.Alloc(_bytes, GCHandleType.Pinned); return new MemoryHandle((byte*)_pin.AddrOfPinnedObject() + i, pinnable: this);", "_pin.Free();")]
    public Task Memory_is_pinned_as_often_as_its_users_like(string pin, string unpin) => RuleCode.VerifyAsync(Usings + $$"""
        sealed unsafe class Block : MemoryManager<byte>
        {
            private readonly byte[] _bytes = new byte[8];
            private GCHandle _pin;

            public override Span<byte> GetSpan() => _bytes;

            public override MemoryHandle Pin(int i = 0) { {{pin}} }

            public override void Unpin() { {{unpin}} }

            protected override void Dispose(bool disposing)
            {
                if (_pin.IsAllocated)
                    _pin.Free();
            }
        }
        """);

    [Theory]
    [InlineData("{|BUF2012:_rented = ArrayPool<byte>.Shared.Rent(sizeHint + 1)|};")]
    [InlineData("_rented ??= ArrayPool<byte>.Shared.Rent(sizeHint + 1);")]
    [InlineData("if (_rented != null) ArrayPool<byte>.Shared.Return(_rented); _rented = ArrayPool<byte>.Shared.Rent(sizeHint + 1);")]
    public Task Room_is_asked_for_as_often_as_there_is_something_to_write(string take) => RuleCode.VerifyAsync(Usings + $$"""
        sealed class Writer : IBufferWriter<byte>, IDisposable
        {
            private byte[]? _rented;

            public void Advance(int count) { }

            public Memory<byte> GetMemory(int sizeHint = 0) { {{take}} return _rented; }

            public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

            public void Dispose()
            {
                if (_rented != null)
                    ArrayPool<byte>.Shared.Return(_rented);
                _rented = null;
            }
        }
        """);

    [Fact]
    public Task Field_cleared_before_what_is_in_it_is_released_is_reported() => RuleCode.VerifyAsync(Usings + """
        sealed class Bad
        {
            public Memory<byte> Bytes { get; private set; } = ArrayPool<byte>.Shared.{|BUF2008:Rent|}(64);

            public void End()
            {
                Bytes = default;
                Release();
            }

            private void Release()
            {
                if (MemoryMarshal.TryGetArray<byte>(Bytes, out ArraySegment<byte> part) && part.Array is { } array)
                    ArrayPool<byte>.Shared.Return(array);
            }
        }

        sealed class Good
        {
            public Memory<byte> Bytes { get; private set; } = ArrayPool<byte>.Shared.Rent(64);

            public void End()
            {
                Release();
                Bytes = default;
            }

            private void Release()
            {
                if (MemoryMarshal.TryGetArray<byte>(Bytes, out ArraySegment<byte> part) && part.Array is { } array)
                    ArrayPool<byte>.Shared.Return(array);
            }
        }

        sealed class KeptBeside
        {
            private byte[]? _array = ArrayPool<byte>.Shared.Rent(64);
            private Memory<byte> _bytes;

            public KeptBeside() => _bytes = _array;

            public void End()
            {
                _bytes = default;
                Release();
            }

            private void Release()
            {
                byte[]? array = _array;
                _array = null;
                if (array != null && _bytes.IsEmpty)
                    ArrayPool<byte>.Shared.Return(array);
            }
        }
        """);

    [Fact]
    public Task Attempt_that_alone_finishes_a_struct_releases_on_failure_too() => RuleCode.VerifyAsync(Usings + """
        ref struct Bad(int capacity)
        {
            private byte[]? _rented = ArrayPool<byte>.Shared.Rent(capacity);

            public bool TryFinish(Span<byte> target)
            {
                if (!_rented.AsSpan().TryCopyTo(target))
                {
                    {|BUF2008:return false;|}
                }

                Release();
                return true;
            }

            private void Release() { byte[]? b = _rented; this = default; if (b != null) ArrayPool<byte>.Shared.Return(b); }
        }

        ref struct Good(int capacity)
        {
            private byte[]? _rented = ArrayPool<byte>.Shared.Rent(capacity);

            public bool TryFinish(Span<byte> target)
            {
                bool copied = _rented.AsSpan().TryCopyTo(target);
                Release();
                return copied;
            }

            private void Release() { byte[]? b = _rented; this = default; if (b != null) ArrayPool<byte>.Shared.Return(b); }
        }

        ref struct Retried(int capacity)
        {
            private byte[]? _rented = ArrayPool<byte>.Shared.Rent(capacity);

            public bool TryFinish(Span<byte> target)
            {
                if (!_rented.AsSpan().TryCopyTo(target))
                {
                    return false;
                }

                Release();
                return true;
            }

            public void Release() { byte[]? b = _rented; this = default; if (b != null) ArrayPool<byte>.Shared.Return(b); }
        }
        """);

    [Fact]
    public Task Overlapped_of_an_earlier_operation_is_not_handed_out_again() => RuleCode.VerifyAsync(Usings + """
        sealed unsafe class Bad(ThreadPoolBoundHandle bound, IOCompletionCallback done) : IDisposable
        {
            private NativeOverlapped* _overlapped;
            private int _size;

            public NativeOverlapped* Next(int size)
            {
                if (_overlapped != null && size > _size)
                {
                    bound.FreeNativeOverlapped(_overlapped);
                    _overlapped = null;
                }

                if (_overlapped == null)
                {
                    _size = size;
                    _overlapped = bound.AllocateNativeOverlapped(done, this, null);
                }

                return {|BUF2002:_overlapped|};
            }

            public void Dispose() { if (_overlapped != null) { bound.FreeNativeOverlapped(_overlapped); _overlapped = null; } }
        }

        sealed unsafe class Good(ThreadPoolBoundHandle bound, IOCompletionCallback done) : IDisposable
        {
            private NativeOverlapped* _overlapped;

            public NativeOverlapped* Next()
            {
                Dispose();
                _overlapped = bound.AllocateNativeOverlapped(done, this, null);
                return _overlapped;
            }

            public NativeOverlapped* Current => _overlapped;

            public void Dispose() { if (_overlapped != null) { bound.FreeNativeOverlapped(_overlapped); _overlapped = null; } }
        }
        """);

    [Theory]
    [InlineData("_at = Marshal.UnsafeAddrOfPinnedArrayElement(_bytes, 0);", "", "{|BUF2011:_at|}")]
    [InlineData("_at = _pin.AddrOfPinnedObject();", "", "{|BUF2011:_at|}")]
    [InlineData("_at = Marshal.UnsafeAddrOfPinnedArrayElement(_bytes, 0);", "_at = 0;", "_at")]
    [InlineData("_at = Marshal.UnsafeAddrOfPinnedArrayElement(Other, 0);", "", "_at")]
    public Task Address_of_a_pinned_array_goes_with_the_pin(string keep, string reset, string use) => RuleCode.VerifyAsync(Usings + $$"""
        sealed class Sink : IDisposable
        {
            public static readonly byte[] Other = GC.AllocateArray<byte>(8, pinned: true);

            private readonly byte[] _bytes = new byte[8];
            private GCHandle _pin;
            private nint _at;

            public void Send()
            {
                if (_at == 0)
                {
                    _pin = GCHandle.Alloc(_bytes, GCHandleType.Pinned);
                    {{keep}}
                }

                Any.Transfer({{use}}, 8);
            }

            public void Unpin()
            {
                if (_pin.IsAllocated)
                {
                    _pin.Free();
                    {{reset}}
                }
            }

            public void Dispose() => Unpin();
        }
        """);

    [Fact]
    public Task Handle_that_is_freed_by_reference_is_cleared_by_that() => RuleCode.VerifyAsync(Usings + """
        sealed class Arguments : IDisposable
        {
            private GCHandle _names;

            public Arguments(string[] names) => _names = GCHandle.Alloc(names, GCHandleType.Normal);

            public object? Names => _names.Target;

            public void Dispose() => Free(ref _names);

            private static void Free(ref GCHandle handle)
            {
                if (handle.IsAllocated)
                    handle.Free();
            }

            public static void Twice(object value)
            {
                GCHandle one = GCHandle.Alloc(value);
                Free(ref one);
                Free(ref one);
            }
        }
        """);

    [Fact]
    public Task Part_of_disposal_that_derived_types_may_extend_is_disposal() => RuleCode.VerifyAsync(Usings + """
        unsafe class Twice : IDisposable
        {
            private byte* _bytes = (byte*)NativeMemory.Alloc(16);

            public void Touch() => _bytes[0] = 1;

            protected virtual void Free(bool disposing) => NativeMemory.{|BUF2011:Free|}(_bytes);

            public void Dispose() => Free(true);

            ~Twice() => Free(false);
        }

        unsafe class Once : IDisposable
        {
            private byte* _bytes = (byte*)NativeMemory.Alloc(16);

            public void Touch() => _bytes[0] = 1;

            protected virtual void Free(bool disposing) => NativeMemory.Free(_bytes);

            public void Dispose()
            {
                Free(true);
                _bytes = null;
                GC.SuppressFinalize(this);
            }

            ~Once() => Free(false);
        }
        """);

    [Fact]
    public Task Result_kept_in_a_field_past_the_advance_is_reported() => RuleCode.VerifyAsync(Usings + """
        sealed class Limited(PipeReader inner)
        {
            private readonly PipeReader _inner = inner;
            private ReadResult _prior;

            public async ValueTask<ReadOnlySequence<byte>> ReadAsync(bool again)
            {
                if (again)
                    return {|BUF2011:_prior|}.Buffer;

                _prior = await _inner.ReadAsync();
                return _prior.Buffer;
            }

            public void AdvanceTo(SequencePosition consumed) => _inner.AdvanceTo(consumed);
        }
        """);

    [Theory]
    [InlineData("private GCHandle _pin; private byte[]? _last; public void Use(byte[] a) { if (_stage == 2) Any.Number(); if (_last != a) { {|BUF2012:_pin = GCHandle.Alloc(a, GCHandleType.Pinned)|}; _last = a; } } public void Dispose() { if (_pin.IsAllocated) _pin.Free(); }")]
    [InlineData("private byte[]? _b; public void Take(int n) { if (_stage == 2) Any.Number(); _b = ArrayPool<byte>.Shared.Rent(n); } public void Dispose() { if (_b != null) ArrayPool<byte>.Shared.{|BUF2011:Return|}(_b); }")]
    [InlineData("private nint _p; public void Open() { if (_stage == 2) Any.Number(); if (_p == 0) _p = Marshal.AllocHGlobal(8); } public void OnError() { if (_p != 0) Marshal.FreeHGlobal(_p); } public void Dispose() { if (_p != 0) { Marshal.{|BUF2011:FreeHGlobal|}(_p); _p = 0; } }")]
    public Task Field_of_a_type_with_more_stages_than_are_told_apart_is_followed(string members) =>
        RuleCode.VerifyAsync(Code("private int _stage; " + string.Concat(Enumerable.Range(1, 14).Select(static stage => $"public void To{stage}() => _stage = {stage}; ")) + members));

    private static string Code(string members) => Usings + "sealed unsafe class C : IDisposable { " + members + " }";
}
