using Xunit;

namespace BufferLifetime.Analyzers.Tests.Rules.BaseLibrary;

/// <summary>BUF2001 over overlapped structures of operations that could not be started.</summary>
public sealed class OverlappedTests
{
    private const string Usings = "using System.Runtime.InteropServices;\n";

    [Theory]
    [InlineData("NativeOverlapped* o = _h.{|BUF2001:AllocateNativeOverlapped|}(Done, null, null); if (!Start(o)) { int error = Marshal.GetLastPInvokeError(); if (error != 997) throw new IOException(); }")]
    [InlineData("NativeOverlapped* o = _h.{|BUF2001:AllocateNativeOverlapped|}(Done, null, null); if (!Start(o) && Marshal.GetLastPInvokeError() != ERROR_IO_PENDING) { Any.Number(); return; }")]
    [InlineData("NativeOverlapped* o = new Overlapped().{|BUF2001:Pack|}(Done, null); if (Begin(o) != Errors.IOPending) throw new IOException();")]
    [InlineData("NativeOverlapped* o = _h.{|BUF2001:AllocateNativeOverlapped|}(Done, null, null); if (Begin(o) == ERROR_IO_PENDING) { Any.Number(); } else { throw new IOException(); }")]
    [InlineData("NativeOverlapped* o = _h.{|BUF2001:AllocateNativeOverlapped|}(Done, null, null); if (!Start(o)) { int error = Marshal.GetLastPInvokeError(); switch (error) { case ERROR_IO_PENDING: return; case 38: _h.FreeNativeOverlapped(o); return; default: throw new IOException(); } }")]
    [InlineData("NativeOverlapped* o = _h.{|BUF2001:AllocateNativeOverlapped|}(Done, null, null); int error = Begin(o); if (error == 38) return; if (error != 997 && error != 0) { _h.FreeNativeOverlapped(o); throw new IOException(); }")]
    public Task Overlapped_of_an_operation_that_did_not_start_is_reported(string statements) => RuleCode.VerifyAsync(Code(statements));

    [Theory]
    [InlineData("NativeOverlapped* o = _h.AllocateNativeOverlapped(Done, null, null); if (!Start(o)) { int error = Marshal.GetLastPInvokeError(); if (error != 997) { _h.FreeNativeOverlapped(o); throw new IOException(); } }")]
    [InlineData("NativeOverlapped* o = _h.AllocateNativeOverlapped(Done, null, null); try { if (!Start(o) && Marshal.GetLastPInvokeError() != ERROR_IO_PENDING) throw new IOException(); } catch { _h.FreeNativeOverlapped(o); throw; }")]
    [InlineData("NativeOverlapped* o = _h.AllocateNativeOverlapped(Done, null, null); _kept = o; if (!Start(o) && Marshal.GetLastPInvokeError() != ERROR_IO_PENDING) throw new IOException();")]
    [InlineData("NativeOverlapped* o = _h.AllocateNativeOverlapped(Done, null, null); if (!Start(o)) { int error = Marshal.GetLastPInvokeError(); if (error != 997) Fail(o, error); }")]
    [InlineData("NativeOverlapped* o = _h.AllocateNativeOverlapped(Done, null, null); if (!Start(o) && Marshal.GetLastPInvokeError() == ERROR_IO_PENDING) return;")]
    [InlineData("NativeOverlapped* o = _h.AllocateNativeOverlapped(Done, null, null); if (!Start(o)) { int error = Marshal.GetLastPInvokeError(); switch (error) { case ERROR_IO_PENDING: return; case 0: break; default: _h.FreeNativeOverlapped(o); throw new IOException(); } }")]
    [InlineData("NativeOverlapped* o = _h.AllocateNativeOverlapped(Done, null, null); int error = Begin(o); if (error == 997 || error == 0) return; _h.FreeNativeOverlapped(o); if (error == 38) return; throw new IOException();")]
    [InlineData("NativeOverlapped* o = _h.AllocateNativeOverlapped(Done, null, null); int error = Begin(o); if (error == 997) { WaitHandle.WaitAny([]); error = Marshal.GetLastPInvokeError(); } if (error == 38) return; Any.Number();")]
    [InlineData("NativeOverlapped* o = _h.AllocateNativeOverlapped(Done, null, null); int count = Begin(o); if (count == 38) return; Any.Number();")]
    public Task Overlapped_that_its_completion_or_its_failure_frees_is_silent(string statements) => RuleCode.VerifyAsync(Code(statements));

    [Theory]
    [InlineData("NativeOverlapped* o = new Overlapped().{|BUF2001:Pack|}((e, n, ended) => Console.WriteLine(e), null); Start(o);")]
    [InlineData("NativeOverlapped* o = new Overlapped().{|BUF2001:UnsafePack|}(Looked, null); if (!Start(o)) { int error = Marshal.GetLastPInvokeError(); if (error != 997) { Overlapped.Free(o); throw new IOException(); } }")]
    [InlineData("NativeOverlapped* o = _h.{|BUF2001:AllocateNativeOverlapped|}(Looked, this, null); Start(o);")]
    [InlineData("NativeOverlapped* o = new Overlapped().{|BUF2001:Pack|}(Local, null); Start(o); static void Local(uint e, uint n, NativeOverlapped* ended) { if (ended->OffsetLow == 0) Console.WriteLine(n); }")]
    public Task Overlapped_that_its_completion_only_looks_at_is_reported(string statements) => RuleCode.VerifyAsync(Code(statements));

    [Theory]
    [InlineData("NativeOverlapped* o = new Overlapped().Pack((e, n, ended) => Overlapped.Free(ended), null); Start(o);")]
    [InlineData("NativeOverlapped* o = new Overlapped().Pack((e, n, ended) => { Console.WriteLine(e); Fail(ended, (int)e); }, null); Start(o);")]
    [InlineData("NativeOverlapped* o = new Overlapped().Pack((e, n, ended) => Console.WriteLine(e), null); Start(o); WaitHandle.WaitAny([]); Overlapped.Free(o);")]
    [InlineData("NativeOverlapped* o = new Overlapped().Pack((e, n, ended) => Console.WriteLine(e), null); Begun(o);")]
    [InlineData("NativeOverlapped* o = new Overlapped().Pack((e, n, ended) => Console.WriteLine(e), null); _kept = o; Start(o);")]
    [InlineData("NativeOverlapped* o = new Overlapped().Pack((e, n, ended) => _kept = ended, null); Start(o);")]
    [InlineData("NativeOverlapped* o = new Overlapped().Pack((e, n, ended) => { NativeOverlapped* done = ended; Overlapped.Free(done); }, null); Start(o);")]
    [InlineData("NativeOverlapped* o = new Overlapped().Pack((e, n, ended) => Console.WriteLine(e), null); if (!Start(o)) { int error = Marshal.GetLastPInvokeError(); if (error == 0) { bool ok = Begin(o) > 0; Overlapped.Free(o); if (ok) return; throw new IOException(); } }")]
    public Task Overlapped_that_somebody_can_still_free_is_silent(string statements) => RuleCode.VerifyAsync(Code(statements));

    [Theory]
    [InlineData("using (MemoryHandle pin = data.Pin()) { if (!{|BUF2003:Send|}((byte*)pin.Pointer, o) && Marshal.GetLastPInvokeError() != 997) return Task.FromException(new IOException()); return Ended; }")]
    [InlineData("MemoryHandle pin = data.Pin(); try { if (!{|BUF2003:Send|}((byte*)pin.Pointer, o)) { int error = Marshal.GetLastPInvokeError(); if (error != ERROR_IO_PENDING) throw new IOException(); } } finally { pin.Dispose(); } return Ended;")]
    public Task Pin_that_ends_when_the_operation_is_under_way_is_reported(string statements) => RuleCode.VerifyAsync(Sending(statements));

    [Theory]
    [InlineData("using (MemoryHandle pin = data.Pin()) { if (!Send((byte*)pin.Pointer, o) && Marshal.GetLastPInvokeError() != 997) return Task.FromException(new IOException()); Ended.Wait(); return Ended; }")]
    [InlineData("using (MemoryHandle pin = data.Pin()) { if (!Send((byte*)pin.Pointer, null)) return Task.FromException(new IOException()); return Ended; }")]
    [InlineData("_pin = data.Pin(); if (!Send((byte*)_pin.Pointer, o) && Marshal.GetLastPInvokeError() != 997) { _pin.Dispose(); return Task.FromException(new IOException()); } return Ended;")]
    [InlineData("using (MemoryHandle pin = data.Pin()) { if (!Send((byte*)pin.Pointer, o) && Marshal.GetLastPInvokeError() == 997) GetOverlappedResult(o, true); return Ended; }")]
    public Task Pin_that_lasts_as_long_as_the_operation_is_silent(string statements) => RuleCode.VerifyAsync(Sending(statements));

    private static string Sending(string statements) => "using System.Buffers;\n" + Usings + $$"""
        sealed unsafe class C(Task ended)
        {
            private const int ERROR_IO_PENDING = 997;
            private MemoryHandle _pin;
            private Task Ended => ended;
            [DllImport("n", SetLastError = true)] private static extern bool Send(byte* data, NativeOverlapped* o);
            [DllImport("n", SetLastError = true)] private static extern bool GetOverlappedResult(NativeOverlapped* o, bool wait);
            public void Done() => _pin.Dispose();
            public Task M(Memory<byte> data, NativeOverlapped* o) { {{statements}} }
        }
        """;

    [Theory]
    [InlineData("_registration.Dispose(); ", "_native")]
    [InlineData("", "{|BUF2011:_native|}")]
    public Task Overlapped_is_met_by_a_cancellation_only_while_that_is_registered(string before, string cancelled) => RuleCode.VerifyAsync(Usings + $$"""
        sealed unsafe class Transfer(ThreadPoolBoundHandle binding)
        {
            private NativeOverlapped* _native;
            private CancellationTokenRegistration _registration;
            [DllImport("n")] private static extern bool Cancel(NativeOverlapped* o);
            public NativeOverlapped* Start() => _native = binding.AllocateNativeOverlapped((e, n, o) => Release(), this, null);
            public void CancelWith(CancellationToken token) => _registration = token.Register(GiveUp);
            private void GiveUp() => Cancel({{cancelled}});
            private void Release() { {{before}}binding.FreeNativeOverlapped(_native); }
            public void Fail() => Release();
        }
        """);

    private static string Code(string statements) => Usings + """
        static class Errors { public const int IOPending = 997; }

        sealed unsafe class C(ThreadPoolBoundHandle h) : IDisposable
        {
            private const int ERROR_IO_PENDING = 997;
            private readonly ThreadPoolBoundHandle _h = h;
            private NativeOverlapped* _kept;

            [DllImport("n")] private static extern bool Start(NativeOverlapped* o);
            [DllImport("n")] private static extern int Begin(NativeOverlapped* o);

            private void Looked(uint e, uint n, NativeOverlapped* ended) { try { if (e != 0) Console.WriteLine(Overlapped.Unpack(ended).AsyncResult); } finally { Any.Number(); } }
            private void Begun(NativeOverlapped* o) => _kept = o;
            private void Done(uint e, uint n, NativeOverlapped* o) => _h.FreeNativeOverlapped(o);
            private void Fail(NativeOverlapped* o, int error) { _h.FreeNativeOverlapped(o); throw new IOException(error.ToString()); }

            public void Dispose() { if (_kept != null) { NativeOverlapped* o = _kept; _kept = null; _h.FreeNativeOverlapped(o); } }
            public void M() {
        """ + " " + statements + " } }";
}
