using Xunit;

namespace BufferLifetime.Analyzers.Tests.Rules.BaseLibrary;

/// <summary>BUF2007 over the members of a type: who ends the instance waits for what others have started over its buffers.</summary>
public sealed class ReleasedByDisposalTests
{
    private const string Usings = "using System.Buffers;\nusing System.Runtime.InteropServices;\n";

    private const string Rented = "private byte[]? _b = ArrayPool<byte>.Shared.Rent(64); ";

    private const string Worker = "private nint _p = Marshal.AllocHGlobal(8); private Thread? _worker; private volatile bool _stop; public void Start() { _worker = new Thread(Fill) { IsBackground = true }; _worker.Start(); } private void Fill() { while (!_stop) Marshal.WriteByte(_p, 1); } ";

    [Theory]
    [InlineData(Rented + "private Task<int>? _read; public void Begin() => _read = _s.ReadAsync(_b!, 0, 64); public void Dispose() { byte[]? b = _b; _b = null; if (b != null) ArrayPool<byte>.Shared.Return({|BUF2007:b|}); }")]
    [InlineData(Rented + "private Task? _loop; public void Start() => _loop = LoopAsync(); private async Task LoopAsync() { while (await _s.ReadAsync(_b) > 0) { } } public void Dispose() { _s.Dispose(); if (_b != null) { ArrayPool<byte>.Shared.Return({|BUF2007:_b|}); _b = null; } }")]
    [InlineData(Rented + "public void Send() { _ = _s.WriteAsync(_b!, 0, 64); } public void Close() => Release(); private void Release() { if (_b != null) { ArrayPool<byte>.Shared.Return({|BUF2007:_b|}); _b = null; } } public void Dispose() => Close();")]
    [InlineData("private IMemoryOwner<byte>? _o = MemoryPool<byte>.Shared.Rent(8); private ValueTask<int> _read; public void Begin() { if (_o != null) _read = _s.ReadAsync(_o.Memory); } public void Dispose() { _o?.{|BUF2007:Dispose|}(); _o = null; }")]
    [InlineData("private GCHandle _h = GCHandle.Alloc(new byte[8], GCHandleType.Pinned); private readonly Action<nint, Action<int>> _read = (_, _) => { }; public void Begin() => _read(_h.AddrOfPinnedObject(), Done); private void Done(int read) => GC.KeepAlive(_h.Target); public void Dispose() { if (_h.IsAllocated) {|BUF2007:_h|}.Free(); }")]
    [InlineData(Rented + "private Task? _loop; public void Start() => _loop = LoopAsync(); private async Task LoopAsync() { while (await _s.ReadAsync(_b) > 0) { } } public async Task DisposeAsync() { if (_b != null) { ArrayPool<byte>.Shared.Return({|BUF2007:_b|}); _b = null; } await _s.DisposeAsync(); } public void Dispose() { _ = DisposeAsync(); }")]
    [InlineData("private nint _p = Marshal.AllocHGlobal(8); private Task? _worker; public void Start() => _worker = Task.Run(Fill); private void Fill() => Marshal.WriteByte(_p, 1); public void Dispose() { if (_p != 0) { Marshal.FreeHGlobal({|BUF2007:_p|}); _p = 0; } }")]
    [InlineData(Rented + "private Task? _read; private async Task ReadAsync() => await _s.ReadAsync(_b!, 0, 64); public async Task RunAsync() { try { _read = ReadAsync(); await Any.Pause(); await _read; } finally { Dispose(); } } public void Dispose() { byte[]? b = _b; _b = null; if (b != null) ArrayPool<byte>.Shared.Return({|BUF2007:b|}); }")]
    [InlineData(Worker + "public void Dispose() { _stop = true; if (_p != 0) { Marshal.FreeHGlobal({|BUF2007:_p|}); _p = 0; } }")]
    [InlineData(Worker + "public void Dispose() { _stop = true; if (_p != 0) { Marshal.FreeHGlobal({|BUF2007:_p|}); _p = 0; } _worker?.Join(); }")]
    [InlineData(Worker + "public void Dispose() { _stop = true; _worker?.Join(500); if (_p != 0) { Marshal.FreeHGlobal({|BUF2007:_p|}); _p = 0; } }")]
    [InlineData(Worker + "public void Dispose() { _stop = true; _worker!.Join(TimeSpan.FromSeconds(1)); if (_p != 0) { Marshal.FreeHGlobal({|BUF2007:_p|}); _p = 0; } }")]
    public Task Buffer_of_an_operation_that_nobody_waits_for_is_reported(string members) => RuleCode.VerifyAsync(Code(members));

    [Theory]
    [InlineData(Rented + "private Task<int>? _read; public void Begin() => _read = _s.ReadAsync(_b!, 0, 64); public void Dispose() { _read?.Wait(); byte[]? b = _b; _b = null; if (b != null) ArrayPool<byte>.Shared.Return(b); }")]
    [InlineData(Rented + "private Task? _loop; public void Start() => _loop = LoopAsync(); private async Task LoopAsync() { try { while (await _s.ReadAsync(_b) > 0) { } } finally { Release(); } } private void Release() { byte[]? b = Interlocked.Exchange(ref _b, null); if (b != null) ArrayPool<byte>.Shared.Return(b); } public void Dispose() { if (_loop == null) Release(); }")]
    [InlineData(Rented + "private int _busy; public void Send() { _busy++; _ = SendAsync(); } private async Task SendAsync() { await _s.WriteAsync(_b!, 0, 64); _busy--; } public void Dispose() { if (_busy == 0 && _b != null) { ArrayPool<byte>.Shared.Return(_b); _b = null; } }")]
    [InlineData(Rented + "private readonly ManualResetEventSlim _idle = new(true); public void Send() { _idle.Reset(); _ = SendAsync(); } private async Task SendAsync() { await _s.WriteAsync(_b!, 0, 64); _idle.Set(); } public void Dispose() { _idle.Wait(); if (_b != null) { ArrayPool<byte>.Shared.Return(_b); _b = null; } }")]
    [InlineData(Rented + "public async Task<int> ReadAsync() => await _s.ReadAsync(_b!, 0, 64); public Task<int> Read2Async() => _s.ReadAsync(_b!, 0, 64); public void Dispose() { if (_b != null) { ArrayPool<byte>.Shared.Return(_b); _b = null; } }")]
    [InlineData("private GCHandle _h = GCHandle.Alloc(new byte[8], GCHandleType.Pinned); private readonly Action<nint, Action<string>> _each = (_, _) => { }; public void Visit() => _each(_h.AddrOfPinnedObject(), One); private void One(string item) => GC.KeepAlive(_h.Target); public void Dispose() { if (_h.IsAllocated) _h.Free(); }")]
    [InlineData(Rented + "private Task? _loop; public void Start() => _loop = LoopAsync(); private async Task LoopAsync() { while (await _s.ReadAsync(_b) > 0) { } } public async Task DisposeAsync() { await _s.DisposeAsync(); if (_b != null) { ArrayPool<byte>.Shared.Return(_b); _b = null; } } public void Dispose() { _ = DisposeAsync(); }")]
    [InlineData("private nint _p = Marshal.AllocHGlobal(8); private Task? _worker; public void Start() => _worker = Task.Run(Fill); private void Fill() => Marshal.WriteByte(_p, 1); public void Dispose() { _worker?.Wait(); if (_p != 0) { Marshal.FreeHGlobal(_p); _p = 0; } }")]
    [InlineData("private nint _p = Marshal.AllocHGlobal(8); private Task? _worker; public void Start() => _worker = Task.Run(Fill); private void Fill() => _s.Flush(); public void Dispose() { if (_p != 0) { Marshal.FreeHGlobal(_p); _p = 0; } }")]
    [InlineData(Rented + "private Task? _read; private async Task ReadAsync() => await _s.ReadAsync(_b!, 0, 64); public async Task RunAsync() { try { _read = ReadAsync(); try { await Any.Pause(); } finally { await _read; } } finally { Dispose(); } } public void Dispose() { byte[]? b = _b; _b = null; if (b != null) ArrayPool<byte>.Shared.Return(b); }")]
    [InlineData(Rented + "private Task? _read; private async Task ReadAsync() => await _s.ReadAsync(_b!, 0, 64); public async Task RunAsync() { _read = ReadAsync(); await Any.Pause(); await _read; Dispose(); } public void Dispose() { byte[]? b = _b; _b = null; if (b != null) ArrayPool<byte>.Shared.Return(b); }")]
    [InlineData(Worker + "public void Dispose() { _stop = true; _worker?.Join(); if (_p != 0) { Marshal.FreeHGlobal(_p); _p = 0; } }")]
    [InlineData(Worker + "public void Dispose() { _stop = true; if (!_worker!.Join(500)) return; if (_p != 0) { Marshal.FreeHGlobal(_p); _p = 0; } }")]
    [InlineData(Worker + "public void Dispose() { _stop = true; _worker!.Join(Timeout.Infinite); if (_p != 0) { Marshal.FreeHGlobal(_p); _p = 0; } }")]
    [InlineData(Worker + "public void Dispose() { _stop = true; while (_worker!.IsAlive) _worker.Join(10); if (_p != 0) { Marshal.FreeHGlobal(_p); _p = 0; } }")]
    public Task Disposal_that_may_know_is_silent(string members) => RuleCode.VerifyAsync(Code(members));

    [Theory]
    [InlineData("public void Dispose() { _socket.Dispose(); if (_b != null) { ArrayPool<byte>.Shared.Return({|BUF2007:_b|}); _b = null; } }", "if (e.BytesTransferred > 0) Start();")]
    [InlineData("private bool _done; public void Dispose() { if (_done) return; _done = true; _args.Dispose(); ArrayPool<byte>.Shared.Return({|BUF2007:_b!|}); _b = null; }", "if (e.BytesTransferred > 0) Start();")]
    [InlineData("public void Dispose() => _socket.Dispose();", "byte[]? b = _b; _b = null; if (b != null) ArrayPool<byte>.Shared.Return(b);")]
    [InlineData("private int _busy; public void Dispose() { _socket.Dispose(); if (_busy == 0 && _b != null) { ArrayPool<byte>.Shared.Return(_b); _b = null; } }", "_busy--;")]
    [InlineData("public void Dispose() { _socket.Dispose(); _idle.WaitOne(); if (_b != null) { ArrayPool<byte>.Shared.Return(_b); _b = null; } } private readonly AutoResetEvent _idle = new(false);", "_idle.Set();")]
    public Task Buffer_of_the_arguments_of_a_socket_operation_is_theirs_until_it_has_completed(string dispose, string completed) => RuleCode.VerifyAsync(
        "using System.Buffers;\nusing System.Net.Sockets;\nsealed class C : IDisposable { private readonly Socket _socket; private readonly SocketAsyncEventArgs _args = new(); private byte[]? _b = ArrayPool<byte>.Shared.Rent(64); public C(Socket socket) { _socket = socket; _args.SetBuffer(_b, 0, 64); _args.Completed += Completed; } public void Start() => _socket.ReceiveAsync(_args); private void Completed(object? sender, SocketAsyncEventArgs e) { " + completed + " } " + dispose + " }");

    [Fact]
    public Task Arguments_made_for_each_operation_do_not_tell_whether_it_has_completed() => RuleCode.VerifyAsync("""
        using System.Buffers;
        using System.Net.Sockets;

        sealed class C(Socket socket) : IDisposable
        {
            private readonly Socket _socket = socket;
            private SocketAsyncEventArgs? _args;
            private byte[]? _b = ArrayPool<byte>.Shared.Rent(64);

            public void Start()
            {
                _args = new SocketAsyncEventArgs();
                _args.SetBuffer(_b, 0, 64);
                _socket.ReceiveAsync(_args);
            }

            public void Dispose()
            {
                _args?.Dispose();
                if (_b != null)
                {
                    ArrayPool<byte>.Shared.Return({|BUF2007:_b|});
                    _b = null;
                }
            }
        }
        """);

    private static string Code(string members) => Usings + "sealed class C(Stream s) : IDisposable { private readonly Stream _s = s; " + members + " }";

    [Theory]
    [InlineData("if (Volatile.Read(ref _pending) != 0) cancel(_file, _read); close(_file); if (_pin.IsAllocated) {|BUF2007:_pin|}.Free();")]
    [InlineData("cancel(_file, _read); {|BUF2007:_pin|}.Free();")]
    [InlineData("_binding.Dispose(); if (_pin.IsAllocated) { {|BUF2007:_pin|}.Free(); }")]
    public Task Pin_of_an_overlapped_operation_freed_by_disposal_is_reported(string dispose) => RuleCode.VerifyAsync(Overlapped(dispose));

    [Theory]
    [InlineData("cancel(_file, _read); SpinWait.SpinUntil(() => Volatile.Read(ref _pending) == 0); if (_pin.IsAllocated) _pin.Free();")]
    [InlineData("if (Volatile.Read(ref _pending) == 0 && _pin.IsAllocated) _pin.Free();")]
    [InlineData("if (Volatile.Read(ref _pending) != 0) { cancel(_file, _read); return; } if (_pin.IsAllocated) _pin.Free();")]
    [InlineData("CancelAndDrain(); if (_pin.IsAllocated) _pin.Free();")]
    [InlineData("cancel(_file, _read); close(_file);")]
    public Task Pin_of_an_overlapped_operation_that_is_over_or_left_to_its_callback_is_silent(string dispose) => RuleCode.VerifyAsync(Overlapped(dispose));

    private static string Overlapped(string dispose) => $$"""
        using System.Runtime.InteropServices;

        sealed unsafe class Port : IDisposable
        {
            private readonly nint _file;
            private readonly ThreadPoolBoundHandle _binding;
            private NativeOverlapped* _read;
            private GCHandle _pin;
            private int _pending;

            public Port(nint file, ThreadPoolBoundHandle binding)
            {
                _file = file;
                _binding = binding;
            }

            [DllImport("n")] private static extern int read(nint file, nint bytes, int count, NativeOverlapped* overlapped);
            [DllImport("n")] private static extern int cancel(nint file, NativeOverlapped* overlapped);
            [DllImport("n")] private static extern int close(nint file);

            public void Read(byte[] bytes)
            {
                _pin = GCHandle.Alloc(bytes, GCHandleType.Pinned);
                _read = _binding.AllocateNativeOverlapped(OnRead, this, null);
                _pending = 1;
                read(_file, _pin.AddrOfPinnedObject(), bytes.Length, _read);
            }

            private static void OnRead(uint error, uint count, NativeOverlapped* overlapped)
            {
                var port = (Port)ThreadPoolBoundHandle.GetNativeOverlappedState(overlapped)!;
                port._binding.FreeNativeOverlapped(overlapped);
                if (port._pin.IsAllocated)
                    port._pin.Free();
                Volatile.Write(ref port._pending, 0);
            }

            private void CancelAndDrain()
            {
                cancel(_file, _read);
                while (Volatile.Read(ref _pending) != 0)
                    Thread.Yield();
            }

            public void Dispose() { {{dispose}} }
        }
        """;
}
