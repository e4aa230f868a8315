using Xunit;

namespace BufferLifetime.Analyzers.Tests.Rules.BaseLibrary;

/// <summary>BUF2001 where native code was given a handle, or the address of what one holds, by a call that failed: who throws for that has to release it first.</summary>
public sealed class FailedStartTests
{
    private const string Usings = "using System.Buffers;\nusing System.Runtime.InteropServices;\n";

    [Theory]
    [InlineData("GCHandle h = GCHandle.{|BUF2001:Alloc|}(o); Err.Check(go(GCHandle.ToIntPtr(h), s_back));")]
    [InlineData("GCHandle h = GCHandle.{|BUF2001:Alloc|}(o); int status = go((nint)h, s_back); Err.Check(status);")]
    [InlineData("GCHandle h = GCHandle.{|BUF2001:Alloc|}(o); int status; status = go((nint)h, s_back); if (status != 0) throw new InvalidOperationException();")]
    [InlineData("GCHandle h = GCHandle.{|BUF2001:Alloc|}(o); if (go((nint)h, s_back) is not 0 and var status) { Any.Keep(status); throw new InvalidOperationException(); }")]
    [InlineData("GCHandle h = GCHandle.{|BUF2001:Alloc|}(o); go(GCHandle.ToIntPtr(h), s_back).OrThrow(\"go\"); lock (s_all) s_all.Add(h);")]
    [InlineData("GCHandle h = GCHandle.{|BUF2001:Alloc|}(bytes, GCHandleType.Pinned); use(h.AddrOfPinnedObject()).OrThrow(); h.Free();")]
    [InlineData("MemoryHandle h = bytes.AsMemory().{|BUF2001:Pin|}(); Err.Must(try_use(h.Pointer)); h.Dispose();")]
    [InlineData("nint p = Marshal.{|BUF2001:AllocHGlobal|}(8); Marshal.ThrowExceptionForHR(use(p)); Marshal.FreeHGlobal(p);")]
    [InlineData("nint p = Marshal.{|BUF2001:AllocHGlobal|}(8); int hr = use(p); Err.Through(hr); Marshal.FreeHGlobal(p);")]
    [InlineData("nint p = Marshal.{|BUF2001:AllocHGlobal|}(8); try { Err.Check(use(p)); } catch (InvalidOperationException) { Any.Number(); throw; } Marshal.FreeHGlobal(p);")]
    public Task Handle_that_a_failed_call_leaves_with_nobody_is_reported(string statements) => RuleCode.VerifyAsync(Code("public void M(object o, byte[] bytes) { " + statements + " }"));

    [Theory]
    [InlineData("GCHandle h = GCHandle.Alloc(o); try { Err.Check(go(GCHandle.ToIntPtr(h), s_back)); } catch { h.Free(); throw; }")]
    [InlineData("GCHandle h = GCHandle.Alloc(o); int status = go((nint)h, s_back); if (status != 0) { h.Free(); throw new InvalidOperationException(); }")]
    [InlineData("GCHandle h = GCHandle.Alloc(o); int status = go((nint)h, s_back); if (status != 0) h.Free(); Err.Check(status);")]
    [InlineData("GCHandle h = GCHandle.Alloc(o); s_all.Add(h); Err.Check(go(GCHandle.ToIntPtr(h), s_back));")]
    [InlineData("GCHandle h = GCHandle.Alloc(o); bool begun = false; try { go(GCHandle.ToIntPtr(h), s_back).OrThrow(); begun = true; } finally { if (!begun) h.Free(); }")]
    [InlineData("GCHandle h = GCHandle.Alloc(o); Err.Check(reg(GCHandle.ToIntPtr(h), s_back, s_back));")]
    [InlineData("GCHandle h = GCHandle.Alloc(o); Err.Log(go(GCHandle.ToIntPtr(h), s_back));")]
    [InlineData("GCHandle h = GCHandle.Alloc(o); Err.Quietly(go(GCHandle.ToIntPtr(h), s_back));")]
    [InlineData("Err.Check(bytes.Length); GCHandle h = GCHandle.Alloc(o); go(GCHandle.ToIntPtr(h), s_back);")]
    [InlineData("GCHandle h = GCHandle.Alloc(o); go(GCHandle.ToIntPtr(h), s_back); Err.Check(bytes.Length);")]
    [InlineData("GCHandle h = GCHandle.Alloc(o); int status = go(GCHandle.ToIntPtr(h), s_back); if (status != 0) Err.Fail(status, h);")]
    [InlineData("GCHandle h = GCHandle.Alloc(bytes, GCHandleType.Pinned); int status = use(h.AddrOfPinnedObject()); h.Free(); status.OrThrow();")]
    [InlineData("GCHandle h = GCHandle.Alloc(bytes, GCHandleType.Pinned); try { use(h.AddrOfPinnedObject()).OrThrow(); } finally { h.Free(); }")]
    [InlineData("using MemoryHandle h = bytes.AsMemory().Pin(); Err.Must(try_use(h.Pointer));")]
    [InlineData("nint p = Marshal.AllocHGlobal(8); try { Marshal.ThrowExceptionForHR(use(p)); } finally { Marshal.FreeHGlobal(p); }")]
    [InlineData("_state = GCHandle.Alloc(o); Err.Check(go(GCHandle.ToIntPtr(_state), s_back));")]
    public Task Handle_that_somebody_has_when_a_call_fails_is_silent(string statements) => RuleCode.VerifyAsync(Code("public void M(object o, byte[] bytes) { " + statements + " }"));

    [Theory]
    [InlineData("_state = GCHandle.{|BUF2001:Alloc|}(this); Err.Check(go(GCHandle.ToIntPtr(_state), s_back));")]
    [InlineData("_state = GCHandle.{|BUF2001:Alloc|}(this); Err.Check(set(GCHandle.ToIntPtr(_state), 3, out int accepted)); if (accepted == 0) { _state.Free(); throw new InvalidOperationException(); }")]
    [InlineData("_state = GCHandle.{|BUF2001:Alloc|}(this); if (go(GCHandle.ToIntPtr(_state), s_back) < 0) throw new InvalidOperationException();")]
    public Task Handle_that_a_failed_constructor_leaves_in_a_lost_instance_is_reported(string statements) => RuleCode.VerifyAsync(Code("public C(Setter set) { " + statements + " }"));

    [Theory]
    [InlineData("public C(Setter set) { _state = GCHandle.Alloc(this); try { Err.Check(set(GCHandle.ToIntPtr(_state), 3, out int accepted)); } catch { _state.Free(); throw; } }")]
    [InlineData("public C(Setter set) { Err.Check(set(0, 3, out int accepted)); _state = GCHandle.Alloc(this); }")]
    [InlineData("public C(Setter set) { _state = GCHandle.Alloc(this); Err.Check(go(GCHandle.ToIntPtr(_state), s_back)); } ~C() => Dispose();")]
    public Task Handle_that_a_failed_constructor_releases_is_silent(string members) => RuleCode.VerifyAsync(Code(members));

    [Theory]
    [InlineData("public void Begin(byte[] bytes) { GCHandle h = GCHandle.{|BUF2001:Alloc|}(bytes, GCHandleType.Pinned); _pins.Add(h); Err.Check(go(h.AddrOfPinnedObject(), s_back)); }")]
    [InlineData("public void Begin(byte[] bytes) { GCHandle h = GCHandle.{|BUF2001:Alloc|}(bytes, GCHandleType.Pinned); _pins.Add(h); int status = go(h.AddrOfPinnedObject(), s_back); status.OrThrow(); }")]
    public Task Collected_pins_that_a_failed_start_leaves_to_its_end_are_reported(string members) => RuleCode.VerifyAsync(Collected(members));

    [Theory]
    [InlineData("public void Begin(byte[] bytes) { try { GCHandle h = GCHandle.Alloc(bytes, GCHandleType.Pinned); _pins.Add(h); Err.Check(go(h.AddrOfPinnedObject(), s_back)); } catch { Unpin(); throw; } }")]
    [InlineData("public void Begin(byte[] bytes) { Err.Check(bytes.Length); GCHandle h = GCHandle.Alloc(bytes, GCHandleType.Pinned); _pins.Add(h); Err.Log(go(h.AddrOfPinnedObject(), s_back)); }")]
    [InlineData("public void Begin(byte[] bytes) { GCHandle h = GCHandle.Alloc(bytes, GCHandleType.Pinned); _pins.Add(h); Err.Check(go(h.AddrOfPinnedObject(), s_back)); } public void Stop() { Unpin(); } public new void Dispose() => Unpin();")]
    public Task Collected_pins_that_somebody_releases_when_the_start_fails_are_silent(string members) => RuleCode.VerifyAsync(Collected(members));

    private static string Collected(string members) => Code("private readonly List<GCHandle> _pins = []; private void Unpin() { foreach (GCHandle pin in _pins) pin.Free(); _pins.Clear(); } private void Ended(int status) { Unpin(); Any.Keep(status); } " + members)
        .Replace("public void Dispose() { if (_state.IsAllocated) _state.Free(); }", members.Contains("new void Dispose") ? "" : "public void Dispose() { }").Replace("public new void", "public void");

    private static string Code(string members) => Usings + """
        delegate void Back(nint state);

        delegate int Setter(nint state, int kind, out int accepted);

        static class Err
        {
            public static void Check(int status) { if (status != 0) throw new InvalidOperationException(); }
            public static int OrThrow(this int status, string what = "") { if (status >= 0) return status; throw new InvalidOperationException(what); }
            public static void Must(bool success) => _ = success ? 0 : throw new InvalidOperationException();
            public static void Through(int hr) => Marshal.ThrowExceptionForHR(hr);
            public static void Log(int status) { if (status != 0) Console.WriteLine(status); }
            public static void Quietly(int status) { try { if (status != 0) throw new InvalidOperationException(); } catch (InvalidOperationException) { } }
            public static void Fail(int status, GCHandle state) { state.Free(); throw new InvalidOperationException(status.ToString()); }
        }

        sealed unsafe class C : IDisposable
        {
            [DllImport("x")] private static extern int go(nint state, Back back);
            [DllImport("x")] private static extern int reg(nint state, Back back, Back ended);
            [DllImport("x")] private static extern int use(nint address);
            [DllImport("x")] private static extern bool try_use(void* address);
            private static readonly Back s_back = static state => { GCHandle h = GCHandle.FromIntPtr(state); Any.Keep(h.Target!); h.Free(); };
            private static readonly List<GCHandle> s_all = [];
            private GCHandle _state;
            public void Dispose() { if (_state.IsAllocated) _state.Free(); }

        """ + members + " }";
}
