using Xunit;

namespace BufferLifetime.Analyzers.Tests.Rules.BaseLibrary;

/// <summary>Handles that native code has as the state of its callbacks, over the life of a type: BUF2007 freed too early, BUF2001 never.</summary>
public sealed class CallbackStateTests
{
    private const string Usings = "using System.Buffers;\nusing System.Runtime.InteropServices;\n";

    [Theory]
    [InlineData("{|BUF2007:_state|}.Free(); timer_destroy(_timer);")]
    [InlineData("timer_shutdown(_timer); {|BUF2007:_state|}.Free();")]
    [InlineData("if (_timer != 0) { timer_abort(_timer, 3); if (_state.IsAllocated) {|BUF2007:_state|}.Free(); }")]
    [InlineData("Any.Number(); {|BUF2007:_state|}.Free(); timer_destroy(_timer);")]
    public Task State_freed_while_callbacks_may_come_is_reported(string dispose) => RuleCode.VerifyAsync(Timer(dispose));

    [Theory]
    [InlineData("timer_destroy(_timer); _state.Free();")]
    [InlineData("timer_shutdown(_timer); timer_destroy(_timer); _state.Free();")]
    [InlineData("timer_shutdown(_timer); _ended.Wait(); _state.Free();")]
    [InlineData("timer_shutdown(_timer); Drain(); _state.Free();")]
    [InlineData("_state.Free();")]
    [InlineData("timer_shutdown(_timer); while (_ticks > 0) Thread.Yield(); _state.Free();")]
    public Task State_freed_when_no_callback_can_come_is_silent(string dispose) => RuleCode.VerifyAsync(Timer(dispose));

    [Fact]
    public Task State_that_goes_to_native_code_inside_a_struct_is_still_the_types() => RuleCode.VerifyAsync(Usings + """
        struct Context { public nint Version; public nint Info; }

        unsafe class Watcher : IDisposable
        {
            private nint _target;
            private GCHandle _self;

            public Watcher(nint target) => _target = target;

            [DllImport("n")] static extern int watch(nint target, delegate* unmanaged<nint, void> changed, Context* context);
            [DllImport("n")] static extern void drop(nint target);

            [UnmanagedCallersOnly]
            private static void OnChanged(nint info) => Any.Keep(GCHandle.FromIntPtr(info).Target!);

            public int Start()
            {
                _self = GCHandle.{|BUF2001:Alloc|}(this);
                var context = new Context { Version = 1, Info = GCHandle.ToIntPtr(_self) };
                return watch(_target, &OnChanged, &context);
            }

            public void Dispose()
            {
                drop(_target);
                _target = 0;
            }
        }
        """);

    [Theory]
    [InlineData("GCHandle self = GCHandle.{|BUF2001:Alloc|}(this, GCHandleType.Weak); if (listen(_socket, &OnData, GCHandle.ToIntPtr(self)) != 0) throw new IOException();", "")]
    [InlineData("GCHandle self = GCHandle.{|BUF2001:Alloc|}(new object()); listen(_socket, &OnData, (nint)self);", "")]
    [InlineData("GCHandle self = GCHandle.Alloc(this); listen(_socket, &OnData, GCHandle.ToIntPtr(self));", "private static void Forget(nint state) => GCHandle.FromIntPtr(state).Free();")]
    [InlineData("GCHandle self = GCHandle.Alloc(this); Kept.Add(self); listen(_socket, &OnData, GCHandle.ToIntPtr(self));", "public static readonly List<GCHandle> Kept = [];")]
    public Task State_that_only_native_code_has_is_freed_by_a_callback_or_by_nobody(string start, string member) => RuleCode.VerifyAsync(Usings + $$"""
        unsafe class Listener
        {
            private readonly nint _socket;

            public Listener(nint socket) => _socket = socket;

            [DllImport("n")] static extern int listen(nint socket, delegate* unmanaged<nint, void> data, nint state);

            [UnmanagedCallersOnly]
            private static void OnData(nint state) => Any.Keep(GCHandle.FromIntPtr(state).Target!);

            {{member}}

            public void Start()
            {
                {{start}}
            }
        }
        """);

    [Theory]
    [InlineData("fixed (byte* first = bytes) {|BUF2003:send_begin|}(_stream, first, bytes.Length, &OnDone, GCHandle.ToIntPtr(state));")]
    [InlineData("fixed (byte* first = bytes) { int status = {|BUF2003:send_begin|}(_stream, first, bytes.Length, &OnDone, (nint)state); if (status != 0) { state.Free(); throw new IOException(); } }")]
    [InlineData("if ({|BUF2003:run_async|}(_stream, bytes, bytes.Length, &OnDone, GCHandle.ToIntPtr(state)) != 0) { state.Free(); throw new IOException(); }")]
    [InlineData("try { {|BUF2003:run_async|}(_stream, bytes, bytes.Length, &OnDone, GCHandle.ToIntPtr(state)); } catch { state.Free(); throw; }")]
    public Task Memory_held_for_the_call_that_starts_what_a_callback_ends_is_reported(string start) => RuleCode.VerifyAsync(Started(start, "Done((Sender)handle.Target!);"));

    [Theory]
    [InlineData("GCHandle pin = GCHandle.Alloc(bytes, GCHandleType.Pinned); _pins.Add(pin); send_begin(_stream, (byte*)pin.AddrOfPinnedObject(), bytes.Length, &OnDone, GCHandle.ToIntPtr(state));", "Done((Sender)handle.Target!);")]
    [InlineData("fixed (byte* first = bytes) { send_begin(_stream, first, bytes.Length, &OnDone, GCHandle.ToIntPtr(state)); _ended.Wait(); }", "Done((Sender)handle.Target!);")]
    [InlineData("fixed (byte* first = bytes) send_begin(_stream, first, bytes.Length, &OnDone, GCHandle.ToIntPtr(state)); state.Free();", "Done((Sender)handle.Target!);")]
    [InlineData("fixed (byte* first = bytes) set_handler(_stream, first, &OnDone, GCHandle.ToIntPtr(state));", "Done((Sender)handle.Target!);")]
    [InlineData("fixed (byte* first = bytes) send_begin(_stream, first, bytes.Length, &OnDone, GCHandle.ToIntPtr(state));", "")]
    [InlineData("run_async(_stream, null, 0, &OnDone, GCHandle.ToIntPtr(state));", "Done((Sender)handle.Target!);")]
    public Task Memory_that_stays_in_place_or_is_used_by_the_call_alone_is_silent(string start, string done) => RuleCode.VerifyAsync(Started(start, done));

    private static string Started(string start, string done) => Usings + $$"""
        unsafe class Sender
        {
            private readonly nint _stream;
            private readonly List<GCHandle> _pins = [];
            private readonly ManualResetEventSlim _ended = new();

            public Sender(nint stream) => _stream = stream;

            [DllImport("n")] static extern int send_begin(nint stream, byte* first, int count, delegate* unmanaged<nint, void> done, nint state);
            [DllImport("n")] static extern int run_async(nint stream, byte[]? bytes, int count, delegate* unmanaged<nint, void> done, nint state);
            [DllImport("n")] static extern int set_handler(nint stream, byte* name, delegate* unmanaged<nint, void> done, nint state);

            [UnmanagedCallersOnly]
            private static void OnDone(nint state)
            {
                GCHandle handle = GCHandle.FromIntPtr(state);
                {{done}}
                handle.Free();
            }

            private static void Done(Sender sender)
            {
                sender._ended.Set();
                foreach (GCHandle pin in sender._pins)
                    pin.Free();
            }

            public void Send(byte[] bytes)
            {
                GCHandle state = GCHandle.Alloc(this);
                {{start}}
            }
        }
        """;

    [Theory]
    [InlineData("if (status < 0) throw new IOException();", "", "{|BUF2001:Pin|}")]
    [InlineData("if (status < 0) { _count = 0; throw new IOException(); }", "", "{|BUF2001:Pin|}")]
    [InlineData("if (status < 0) { Unpin(); throw new IOException(); }", "", "Pin")]
    [InlineData("if (status < 0) throw new IOException();", "public void Dispose() => Unpin();", "Pin")]
    [InlineData("if (status < 0) return;", "", "Pin")]
    [InlineData("if (_count < 0) throw new IOException();", "", "Pin")]
    [InlineData("if (status < 0) throw new IOException();", "", "{|BUF2001:Pin|}", "foreach (MemoryHandle pin in _pins) pin.Dispose();")]
    [InlineData("if (status < 0) { Unpin(); throw new IOException(); }", "", "Pin", "foreach (MemoryHandle pin in _pins) pin.Dispose();")]
    [InlineData("if (status < 0) throw new IOException();", "", "Pin", "foreach (MemoryHandle pin in _pins) Any.Transfer((nint)pin.Pointer, 1);")]
    [InlineData("if (status < 0) throw new IOException();", "private readonly List<IDisposable> _others = [];", "Pin", "foreach (IDisposable other in _others) other.Dispose();")]
    public Task Pins_collected_for_an_operation_that_could_not_be_started_are_released(string failed, string member, string pin, string unpin = "for (int i = 0; i < _count; i++) _pins[i].Dispose();") => RuleCode.VerifyAsync(Usings + $$"""
        unsafe class Sender
        {
            private readonly MemoryHandle[] _pins = new MemoryHandle[8];
            private int _count;

            [DllImport("n")] static extern int send(void* first, int count);

            public void Send(IReadOnlyList<ReadOnlyMemory<byte>> parts)
            {
                for (int i = 0; i < parts.Count; i++)
                    _pins[i] = parts[i].{{pin}}();
                _count = parts.Count;
                int status = send(_pins[0].Pointer, parts.Count);
                {{failed}}
            }

            internal void OnSent() => Unpin();

            private void Unpin()
            {
                {{unpin}}
                _count = 0;
            }

            {{member}}
        }
        """);

    [Theory]
    [InlineData("if (_pin.IsAllocated) { _pin.{|BUF2013:Free|}(); }", "readonly")]
    [InlineData("if (_pin.IsAllocated) { _pin.Free(); }", "")]
    [InlineData("_pin.Free();", "readonly")]
    public Task Handle_in_a_readonly_field_does_not_know_of_its_release(string end, string modifier) => RuleCode.VerifyAsync(Usings + $$"""
        sealed class Block
        {
            private {{modifier}} GCHandle _pin;

            public Block(byte[] bytes) => _pin = GCHandle.Alloc(bytes, GCHandleType.Pinned);

            public void End()
            {
                {{end}}
            }
        }
        """);

    [Theory]
    [InlineData("if (!_names.IsAllocated) _names = GCHandle.Alloc(names, GCHandleType.Pinned); {|BUF2012:_sizes = GCHandle.Alloc(sizes, GCHandleType.Pinned)|};")]
    [InlineData("if (!_names.IsAllocated) _names = GCHandle.Alloc(names, GCHandleType.Pinned); if (!_sizes.IsAllocated) _sizes = GCHandle.Alloc(sizes, GCHandleType.Pinned);")]
    [InlineData("if (_names.IsAllocated) _names.Free(); _names = GCHandle.Alloc(names, GCHandleType.Pinned); if (_sizes.IsAllocated) _sizes.Free(); _sizes = GCHandle.Alloc(sizes, GCHandleType.Pinned);")]
    [InlineData("_names = GCHandle.Alloc(names, GCHandleType.Pinned); _sizes = GCHandle.Alloc(sizes, GCHandleType.Pinned);")]
    [InlineData("Unpin(); if (!_names.IsAllocated) _names = GCHandle.Alloc(names, GCHandleType.Pinned); _sizes = GCHandle.Alloc(sizes, GCHandleType.Pinned);")]
    public Task Second_of_two_pins_is_asked_for_like_the_first(string begin) => RuleCode.VerifyAsync(Usings + $$"""
        sealed class Query : IDisposable
        {
            private GCHandle _names, _sizes;

            public void Begin(byte[] names, int[] sizes)
            {
                {{begin}}
            }

            public void Clear() => Unpin();

            private void Unpin()
            {
                if (_names.IsAllocated)
                    _names.Free();
                if (_sizes.IsAllocated)
                    _sizes.Free();
            }

            public void Dispose() => Unpin();
        }
        """);

    [Fact]
    public Task Pin_that_a_callback_releases_by_way_of_another_method_is_not_left_behind() => RuleCode.VerifyAsync(Usings + """
        sealed class Operation : IDisposable
        {
            private readonly PreAllocatedOverlapped _overlapped;
            private MemoryHandle _pin;
            private bool _busy;

            public unsafe Operation() => _overlapped = new PreAllocatedOverlapped(OnDone, this, null);

            public void Begin(Memory<byte> bytes)
            {
                _busy = true;
                _pin = bytes.Pin();
            }

            private void Finish()
            {
                _pin.Dispose();
                _busy = false;
            }

            private unsafe void OnDone(uint error, uint bytes, NativeOverlapped* overlapped) => Finish();

            public bool IsBusy => _busy;

            public void Dispose() => _overlapped.Dispose();
        }
        """);

    private static string Timer(string dispose) => Usings + $$"""
        unsafe class Ticker : IDisposable
        {
            private readonly nint _timer;
            private readonly ManualResetEventSlim _ended = new();
            private GCHandle _state;
            private int _ticks;

            [DllImport("n")] static extern nint timer_create(delegate* unmanaged<nint, void> tick, nint state);
            [DllImport("n")] static extern void timer_shutdown(nint timer);
            [DllImport("n")] static extern void timer_abort(nint timer, int code);
            [DllImport("n")] static extern void timer_destroy(nint timer);

            public Ticker()
            {
                _state = GCHandle.Alloc(this);
                _timer = timer_create(&OnTick, GCHandle.ToIntPtr(_state));
            }

            [UnmanagedCallersOnly]
            private static void OnTick(nint state) => ((Ticker)GCHandle.FromIntPtr(state).Target!)._ticks++;

            private void Drain() => _ended.Wait();

            public void Dispose()
            {
                {{dispose}}
            }
        }
        """;
}
