using Xunit;

namespace BufferLifetime.Analyzers.Tests.Rules.BaseLibrary;

/// <summary>Pins that native code goes on using after the call: BUF2003 where it keeps a view, BUF2007 where it has a callback to come.</summary>
public sealed class NativeTests
{
    private const string Usings = "using System.Runtime.InteropServices;\n";

    [Theory]
    [InlineData("GCHandle pin = GCHandle.Alloc(a, GCHandleType.Pinned); GCHandle state = GCHandle.Alloc(source); Read((byte*)pin.AddrOfPinnedObject(), GCHandle.ToIntPtr(state)); {|BUF2007:pin|}.Free();")]
    [InlineData("GCHandle pin = GCHandle.Alloc(a, GCHandleType.Pinned); GCHandle state = GCHandle.Alloc(source); try { if (Read((byte*)pin.AddrOfPinnedObject(), GCHandle.ToIntPtr(state)) != 0) { state.Free(); } } finally { {|BUF2007:pin|}.Free(); }")]
    [InlineData("GCHandle pin = GCHandle.Alloc(a, GCHandleType.Pinned); try { _view = {|BUF2003:MakeView|}((byte*)pin.AddrOfPinnedObject()); } finally { pin.Free(); }")]
    public Task Pin_that_native_code_still_needs_is_reported(string statements) => RuleCode.VerifyAsync(Code(statements));

    [Theory]
    [InlineData("GCHandle pin = GCHandle.Alloc(a, GCHandleType.Pinned); GCHandle state = GCHandle.Alloc(source); Read((byte*)pin.AddrOfPinnedObject(), GCHandle.ToIntPtr(state)); pin.Free(); state.Free();")]
    [InlineData("GCHandle pin = GCHandle.Alloc(a, GCHandleType.Pinned); GCHandle state = GCHandle.Alloc(source); try { Read((byte*)pin.AddrOfPinnedObject(), GCHandle.ToIntPtr(state)); } finally { state.Free(); pin.Free(); }")]
    [InlineData("_pin = GCHandle.Alloc(a, GCHandleType.Pinned); GCHandle state = GCHandle.Alloc(source); if (Read((byte*)_pin.AddrOfPinnedObject(), GCHandle.ToIntPtr(state)) != 0) { _pin.Free(); state.Free(); }")]
    [InlineData("GCHandle pin = GCHandle.Alloc(a, GCHandleType.Pinned); nint view = MakeView((byte*)pin.AddrOfPinnedObject()); DropView(view); pin.Free();")]
    [InlineData("_pin = GCHandle.Alloc(a, GCHandleType.Pinned); _view = MakeView((byte*)_pin.AddrOfPinnedObject());")]
    public Task Pin_that_lasts_as_long_as_its_use_is_silent(string statements) => RuleCode.VerifyAsync(Code(statements));

    [Theory]
    [InlineData("fixed (byte* p = a) { nint at = (nint)p; Task.{|BUF2003:Run|}(() => Any.Transfer(at, 1)); }")]
    [InlineData("fixed (byte* p = a) { byte* q = p + 1; _ = Task.Factory.{|BUF2003:StartNew|}(() => { q[0] = 1; }); }")]
    [InlineData("fixed (byte* p = a) { nint at = (nint)p; var worker = {|BUF2003:new Thread(() => Any.Transfer(at, 1))|}; worker.Start(); }")]
    public Task Address_given_to_what_runs_when_the_fixed_statement_is_over_is_reported(string statements) => RuleCode.VerifyAsync(Code(statements));

    [Theory]
    [InlineData("fixed (byte* p = a) { nint at = (nint)p; Task.Run(() => Any.Transfer(at, 1)).Wait(); }")]
    [InlineData("fixed (byte* p = a) { nint at = (nint)p; Task one = Task.Run(() => Any.Transfer(at, 1)); Task two = Task.Run(() => Any.Transfer(at, 2)); Task.WaitAll(one, two); }")]
    [InlineData("fixed (byte* p = a) { nint at = (nint)p; var worker = new Thread(() => Any.Transfer(at, 1)); worker.Start(); worker.Join(); }")]
    [InlineData("fixed (byte* p = a) { int first = p[0]; Task.Run(() => Any.Transfer(0, first)); }")]
    [InlineData("Task.Run(() => { fixed (byte* p = a) Any.Transfer((nint)p, 1); });")]
    public Task Address_used_within_the_fixed_statement_is_silent(string statements) => RuleCode.VerifyAsync(Code(statements));

    [Theory]
    [InlineData("nint table = Marshal.AllocHGlobal(8); Marshal.WriteIntPtr(table, Marshal.StringToCoTaskMemUTF8(\"a\")); Marshal.WriteIntPtr(table, 4, Marshal.AllocHGlobal(1)); Any.Transfer(table, 8); Marshal.FreeHGlobal(table);")]
    public Task Block_written_into_native_memory_is_found_there(string statements) => RuleCode.VerifyAsync(Code(statements));

    [Theory]
    [InlineData("public int Step() { try { return Go(_session); } finally { if (_state.IsAllocated) {|BUF2007:_state|}.Free(); } } public void Dispose() { Drop(_session); if (_state.IsAllocated) _state.Free(); }")]
    public Task Handle_freed_while_the_object_that_calls_back_lives_on_is_reported(string members) => RuleCode.VerifyAsync(Session(members));

    [Theory]
    [InlineData("public int Step() => Go(_session); public void Dispose() { Drop(_session); if (_state.IsAllocated) _state.Free(); }")]
    [InlineData("public int Step() => Go(_session); public void Finish() { Drop(_session); if (_state.IsAllocated) _state.Free(); } public void Dispose() => Finish();")]
    [InlineData("public int Last() { int r = Go(_session); CloseSession(_session); if (_state.IsAllocated) _state.Free(); return r; } public void Dispose() => Last();")]
    public Task Handle_freed_with_the_object_that_calls_back_is_silent(string members) => RuleCode.VerifyAsync(Session(members));

    [Theory]
    [InlineData("public void Dispose() { EndRead(_device); if (_pin.IsAllocated) {|BUF2007:_pin|}.Free(); }")]
    [InlineData("private bool _closed; public void Dispose() { if (_closed) return; _closed = true; if (_pin.IsAllocated) {|BUF2007:_pin|}.Free(); }")]
    public Task Pin_that_a_completion_frees_is_not_freed_by_disposal_before_it(string dispose) => RuleCode.VerifyAsync(Device(dispose));

    [Theory]
    [InlineData("public void Dispose() => EndRead(_device);")]
    [InlineData("public void Dispose() { EndRead(_device); if (_pending == null && _pin.IsAllocated) _pin.Free(); }")]
    [InlineData("public void Dispose() { WaitForRead(_device); if (_pin.IsAllocated) _pin.Free(); }")]
    [InlineData("public void Dispose() { EndRead(_device); OnRead(0); if (_pin.IsAllocated) _pin.Free(); }")]
    public Task Pin_that_disposal_knows_to_be_free_is_silent(string dispose) => RuleCode.VerifyAsync(Device(dispose));

    private static string Device(string dispose) => Usings + "sealed class C(nint device) : IDisposable { private readonly nint _device = device; private GCHandle _pin; private Action<int>? _pending; [DllImport(\"n\")] private static extern int BeginRead(nint device, nint at, int n); [DllImport(\"n\")] private static extern void EndRead(nint device); [DllImport(\"n\")] private static extern void WaitForRead(nint device); public void Read(byte[] a, Action<int> done) { _pending = done; _pin = GCHandle.Alloc(a, GCHandleType.Pinned); if (BeginRead(_device, _pin.AddrOfPinnedObject(), a.Length) != 0) { _pin.Free(); _pending = null; } } internal void OnRead(int n) { if (_pin.IsAllocated) _pin.Free(); Action<int>? done = _pending; _pending = null; done?.Invoke(n); } " + dispose + " }";

    private static string Session(string members) => Usings + """
        sealed class C : IDisposable
        {
            private GCHandle _state;
            private nint _session;

            [DllImport("n")] private static extern nint Make();
            [DllImport("n")] private static extern void OnEvent(nint session, nint callback, nint state);
            [DllImport("n")] private static extern int Go(nint session);
            [DllImport("n")] private static extern void Drop(nint session);
            [DllImport("n")] private static extern void CloseSession(nint session);

            public void Configure(object options, nint callback)
            {
                _session = Make();
                _state = GCHandle.Alloc(options);
                OnEvent(_session, callback, GCHandle.ToIntPtr(_state));
            }
        """ + " " + members + " }";

    private static string Code(string statements) => Usings + """
        sealed unsafe class C
        {
            private nint _view;
            private GCHandle _pin;

            [DllImport("n")] private static extern int Read(byte* p, nint state);
            [DllImport("n")] private static extern nint MakeView(byte* p);
            [DllImport("n")] private static extern void DropView(nint view);

            public void Close() { DropView(_view); if (_pin.IsAllocated) _pin.Free(); }
            public void M(byte[] a, object source) {
        """ + " " + statements + " } }";
}
