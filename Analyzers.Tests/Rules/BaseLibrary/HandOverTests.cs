using Xunit;

namespace BufferLifetime.Analyzers.Tests.Rules.BaseLibrary;

/// <summary>BUF2001 and BUF2008 where somebody else ends what was taken: a safe handle, who asks whether there is anything, who ends an instance in two steps.</summary>
public sealed class HandOverTests
{
    private const string Usings = "using System.Buffers;\nusing System.Runtime.InteropServices;\n";

    [Theory]
    [InlineData("GCHandle? h = null; if (o is not null) h = GCHandle.Alloc(o); try { Check(set(n, h.HasValue ? GCHandle.ToIntPtr(h.Value) : 0)); } catch { h?.Free(); throw; } if (h is { } rooted) s_all[n] = rooted;")]
    [InlineData("GCHandle? h = o is null ? null : GCHandle.Alloc(o); try { Any.Number(); } catch { if (h.HasValue) h.Value.Free(); throw; } if (h.HasValue) s_all[n] = h.Value;")]
    [InlineData("GCHandle? h = null; if (o is byte[] bytes) h = GCHandle.Alloc(bytes, GCHandleType.Pinned); try { Check(set(n, h?.AddrOfPinnedObject() ?? 0)); } finally { h?.Free(); }")]
    [InlineData("MemoryHandle? h = null; try { if (o is byte[] bytes) h = bytes.AsMemory().Pin(); Any.Number(); } finally { h?.Dispose(); }")]
    [InlineData("GCHandle? h = null; if (o is not null) h = GCHandle.Alloc(o); try { Any.Number(); } finally { if (h != null) h.GetValueOrDefault().Free(); }")]
    [InlineData("GCHandle? h = null; if (o is not null) h = GCHandle.Alloc(o); try { Any.Number(); } finally { switch (h) { case { } there: there.Free(); break; } }")]
    [InlineData("GCHandle? h = null; if (o is not null) h = GCHandle.Alloc(o); s_all.Add(n, h ?? default);")]
    public Task Handle_that_may_be_missing_and_is_released_where_it_is_there_is_silent(string statements) => RuleCode.VerifyAsync(Roots(statements));

    [Theory]
    [InlineData("GCHandle? h = null; if (o is not null) h = GCHandle.{|BUF2001:Alloc|}(o); Any.Number(); if (h is { } there && Any.Chance()) there.Free();")]
    [InlineData("GCHandle? h = GCHandle.{|BUF2001:Alloc|}(o); Any.Number();")]
    [InlineData("MemoryHandle? h = null; if (o is byte[] bytes) h = bytes.AsMemory().{|BUF2001:Pin|}(); if (Any.Chance()) return; h?.Dispose();")]
    [InlineData("GCHandle? h = GCHandle.Alloc(o); h.Value.Free(); Any.Keep({|BUF2002:h.Value|}.Target!);")]
    public Task Handle_that_may_be_missing_and_is_lost_is_reported(string statements) => RuleCode.VerifyAsync(Roots(statements));

    [Theory]
    [InlineData("nint o", "base(0, true) => SetHandle(o)", "new Closing((nint)overlapped)")]
    [InlineData("nint o", "base(o, true) { }", "new Closing((nint)overlapped)")]
    [InlineData("NativeOverlapped* o", "base(0, true) => SetHandle((nint)o)", "new Closing(overlapped)")]
    [InlineData("NativeOverlapped* o", "base(0, true) => handle = (nint)o", "new Closing(overlapped)")]
    [InlineData("NativeOverlapped* o", "base((nint)o, ownsHandle: true) { }", "new Closing(overlapped)")]
    public Task Structure_that_a_safe_handle_closes_is_silent(string parameter, string body, string made) => RuleCode.VerifyAsync(Closing(parameter, body) + $$"""
        unsafe class C
        {
            static Closing Make(Overlapped from) { NativeOverlapped* overlapped = from.Pack(null, null); return {{made}}; }
            static void Use(Overlapped from) { NativeOverlapped* overlapped = from.Pack(null, null); using Closing c = {{made}}; Any.Keep(c.IsClosed); }
            static void Store(Overlapped from) { NativeOverlapped* overlapped = from.Pack(null, null); Closing c = {{made}}; s_all.Add(c); }
            static readonly List<Closing> s_all = [];
        }
        """);

    [Fact]
    public Task Structure_that_is_put_in_what_a_field_disposes_is_silent() => RuleCode.VerifyAsync(Closing("NativeOverlapped* o", "base(0, true) => SetHandle((nint)o)") + """
        sealed class Request(Closing closing, int id) : IDisposable { public int Id => id; public void Dispose() => closing.Dispose(); }

        sealed unsafe class Accepting : IDisposable
        {
            private Request? _request;

            public Accepting(Overlapped from) => Begin(from);

            public void Begin(Overlapped from)
            {
                _request?.Dispose();
                _request = null;
                Closing closing = new(from.Pack(null, null));
                _request = new Request(closing, 1);
            }

            public void Dispose() => _request?.Dispose();
        }
        """);

    [Fact]
    public Task Structure_that_is_given_to_what_only_reads_it_is_reported() => RuleCode.VerifyAsync(Closing("NativeOverlapped* o", "base(0, true) => Any.Keep(o->OffsetLow)") + """
        unsafe class C
        {
            static void Use(Overlapped from) { NativeOverlapped* overlapped = from.{|BUF2001:Pack|}(null, null); using Closing c = new(overlapped); }
        }
        """);

    [Theory]
    [InlineData("_buffer?.Unpin(); _buffer?.Dispose();")]
    [InlineData("Buffer b = _buffer; b.Unpin(); b.Dispose();")]
    [InlineData("try { Any.Number(); } finally { _buffer.Unpin(); _buffer.Dispose(); }")]
    public Task Instance_that_another_type_ends_in_two_steps_is_silent(string end) => RuleCode.VerifyAsync(Buffer("") + """
        sealed class User(Buffer buffer) { private readonly Buffer _buffer = buffer; public void End() {
        """ + end + " } }");

    [Theory]
    [InlineData("public", "_buffer.Dispose();")]
    [InlineData("public", "_buffer.Unpin(true); _buffer.Dispose();")]
    public Task Instance_whose_pin_nobody_else_ends_is_reported(string access, string end) => RuleCode.VerifyAsync(Buffer(access + " void Unpin(bool now) { }").Replace("GCHandle _pin;", "GCHandle {|BUF2001:_pin|};") + """
        sealed class User(Buffer buffer) { private readonly Buffer _buffer = buffer; public void End() {
        """ + end + " } }");

    private static string Roots(string statements) => Usings + "static unsafe class C { [DllImport(\"gui\")] private static extern int set(string n, nint state); private static readonly Dictionary<string, GCHandle> s_all = []; static void Check(int status) { if (status != 0) throw new InvalidOperationException(); } static void M(string n, object? o) { " + statements + " } }";

    private static string Closing(string parameter, string body) => Usings + "sealed unsafe class Closing : SafeHandle { public Closing(" + parameter + ") : " + body + (body.EndsWith('}') ? "" : ";") + " public override bool IsInvalid => handle == 0; protected override bool ReleaseHandle() { Overlapped.Free((NativeOverlapped*)handle); return true; } }\n";

    private static string Buffer(string members) => Usings + "public sealed class Buffer : IDisposable { private readonly SafeHandle _file; private GCHandle _pin; public Buffer(SafeHandle file, byte[] bytes) { _file = file; _pin = GCHandle.Alloc(bytes, GCHandleType.Pinned); } public nint Address => _pin.AddrOfPinnedObject(); public void Unpin() => _pin.Free(); public void Dispose() => _file.Dispose(); " + members + " }\n";
}
