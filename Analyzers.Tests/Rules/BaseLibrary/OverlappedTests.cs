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

    private static string Code(string statements) => Usings + """
        static class Errors { public const int IOPending = 997; }

        sealed unsafe class C(ThreadPoolBoundHandle h) : IDisposable
        {
            private const int ERROR_IO_PENDING = 997;
            private readonly ThreadPoolBoundHandle _h = h;
            private NativeOverlapped* _kept;

            [DllImport("n")] private static extern bool Start(NativeOverlapped* o);
            [DllImport("n")] private static extern int Begin(NativeOverlapped* o);

            private void Done(uint e, uint n, NativeOverlapped* o) => _h.FreeNativeOverlapped(o);
            private void Fail(NativeOverlapped* o, int error) { _h.FreeNativeOverlapped(o); throw new IOException(error.ToString()); }

            public void Dispose() { if (_kept != null) { NativeOverlapped* o = _kept; _kept = null; _h.FreeNativeOverlapped(o); } }
            public void M() {
        """ + " " + statements + " } }";
}
