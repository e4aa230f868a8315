using BufferLifetime.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Rules.BaseLibrary;

/// <summary>BUF2014: off by default, except where a contract is broken that somebody has written down.</summary>
public sealed class KeptBeyondCallTests
{
    private const string Usings = "using System.Buffers;\n";

    [Theory]
    [InlineData("private ReadOnlyMemory<byte> _next; public void Set(ReadOnlyMemory<byte> data) => _next = {|BUF2014:data|};")]
    [InlineData("private Memory<byte> _next; public void Set(Memory<byte> data) { if (data.Length > 4) _next = {|BUF2014:data.Slice(4)|}; }")]
    [InlineData("private ReadOnlySequence<byte> _next; public bool TrySet(in ReadOnlySequence<byte> data) { _next = {|BUF2014:data|}; return true; }")]
    [InlineData("private readonly Queue<ReadOnlyMemory<byte>> _all = new(); public void Send(ReadOnlyMemory<byte> data) => _all.{|BUF2014:Enqueue|}(data);")]
    [InlineData("private readonly Channel<Item> _all = Channel.CreateUnbounded<Item>(); public bool Send(ReadOnlyMemory<byte> data) => _all.Writer.{|BUF2014:TryWrite|}(new Item(data));")]
    [InlineData("private static Memory<byte> s_last; public static void Set(Memory<byte> data) => s_last = {|BUF2014:data|};")]
    [InlineData("public static void Put(List<ReadOnlyMemory<byte>> all, ReadOnlyMemory<byte> data) => all.{|BUF2014:Add|}(data);")]
    [InlineData("public void Later(ReadOnlyMemory<byte> data) => ThreadPool.{|BUF2014:QueueUserWorkItem|}(_ => Console.WriteLine(data.Length));")]
    [InlineData("private ReadOnlyMemory<byte> _next; public async Task Set(ReadOnlyMemory<byte> data) { _next = {|BUF2014:data|}; await Any.Pause(); }")]
    public Task Memory_kept_by_a_method_that_does_not_say_so_is_reported(string members) => RuleCode.VerifyAsync(Code(members), disabled: []);

    [Theory]
    [InlineData("private byte[] _next = []; public void Set(ReadOnlyMemory<byte> data) => _next = data.ToArray();")]
    [InlineData("private ReadOnlyMemory<byte> _in; public void Attach(ReadOnlyMemory<byte> input) { _in = input; } public void Detach() => _in = default; public int Count => _in.Length;")]
    [InlineData("private ReadOnlyMemory<byte> _next; public void Set([RetainsBuffer] ReadOnlyMemory<byte> data) => _next = data;")]
    [InlineData("private readonly ReadOnlyMemory<byte> _next; public C(ReadOnlyMemory<byte> data) => _next = data;")]
    [InlineData("private ReadOnlyMemory<byte> _next; public ReadOnlyMemory<byte> Next { get => _next; set => _next = value; }")]
    [InlineData("private ReadOnlyMemory<byte> _next; public void Use(ReadOnlyMemory<byte> data) { _next = data; Any.Number(); _next = default; }")]
    [InlineData("private ReadOnlyMemory<byte> _next; public async Task Use(ReadOnlyMemory<byte> data) { _next = data; try { await Any.Pause(); } finally { _next = default; } }")]
    [InlineData("public int Sum(ReadOnlyMemory<byte> data) { var parts = new List<ReadOnlyMemory<byte>>(); parts.Add(data); return parts.Count; }")]
    [InlineData("private int _length; public void Set(ReadOnlyMemory<byte> data) => _length = data.Length;")]
    [InlineData("public Task Run(ReadOnlyMemory<byte> data) => Task.Run(() => Console.WriteLine(data.Length));")]
    [InlineData("private byte[] _last = []; public void Set(byte[] data) => _last = data;")]
    [InlineData("private Link? _last; public Link Append(ReadOnlyMemory<byte> data) { var next = new Link(data); _last = next; return next; } internal sealed class Link(ReadOnlyMemory<byte> data) { public ReadOnlyMemory<byte> Data { get; } = data; }")]
    [InlineData("public static Link Append(Link last, ReadOnlyMemory<byte> data) { var next = new Link(data); last.Next = next; return next; } internal sealed class Link(ReadOnlyMemory<byte> data) { public ReadOnlyMemory<byte> Data { get; } = data; public Link? Next; }")]
    public Task Memory_let_go_in_time_is_silent(string members) => RuleCode.VerifyAsync(Code(members), disabled: []);

    private const string Encoders = """
        internal sealed class Encoder
        {
            private ReadOnlyMemory<byte> _input;
            public bool IsDone => _input.IsEmpty;
            public void Attach(ReadOnlyMemory<byte> input) => _input = input;
            public void Copy(ReadOnlyMemory<byte> input) => _input = input.ToArray();
            public void Detach() => _input = default;
            public int Encode(Span<byte> into) { int n = Math.Min(into.Length, _input.Length); _input.Span.Slice(0, n).CopyTo(into); _input = _input.Slice(n); return n; }
        }

        internal sealed unsafe class PinningEncoder
        {
            private System.Buffers.MemoryHandle _pin;
            private byte* _next;
            private int _left;
            public bool IsDone => _left == 0;
            public void Attach(ReadOnlyMemory<byte> input) { _pin = input.Pin(); _next = (byte*)_pin.Pointer; _left = input.Length; }
            public void Detach() { _left = 0; _next = null; _pin.Dispose(); }
            public int Encode(Span<byte> into) { int n = Math.Min(into.Length, _left); new ReadOnlySpan<byte>(_next, n).CopyTo(into); _next += n; _left -= n; return n; }
        }
        """;

    private const string WriteAll = "while (!_encoder.IsDone) { int n = _encoder.Encode(_block); await _target.WriteAsync(_block.AsMemory(0, n)); }";

    [Theory]
    [InlineData("Encoder", "_encoder.{|BUF2014:Attach|}(data); " + WriteAll, WriteAll)]
    [InlineData("PinningEncoder", "_encoder.{|BUF2014:Attach|}(data); " + WriteAll, WriteAll + " _encoder.Detach();")]
    [InlineData("Encoder", "try { _encoder.{|BUF2014:Attach|}(data); " + WriteAll + " } catch (IOException) { throw new InvalidOperationException(); }", WriteAll)]
    public Task Memory_that_a_failure_leaves_in_another_object_is_reported(string type, string write, string end) => RuleCode.VerifyAsync(Writer(type, write, end), disabled: ["BUF2011", "BUF2012", "BUF2002", "BUF2001"]);

    [Theory]
    [InlineData("Encoder", "_encoder.Attach(data); try { " + WriteAll + " } finally { _encoder.Detach(); }", WriteAll)]
    [InlineData("PinningEncoder", "_encoder.Attach(data); try { " + WriteAll + " } catch { _encoder.Detach(); throw; }", WriteAll)]
    [InlineData("Encoder", "_encoder.Attach(data); " + WriteAll, "await Any.Pause();")]
    [InlineData("Encoder", "_encoder.Attach(data); " + WriteAll, "_encoder.Detach(); " + WriteAll)]
    [InlineData("Encoder", "_encoder.Copy(data); " + WriteAll, WriteAll)]
    [InlineData("Encoder", "_encoder.Attach(data); int n = _encoder.Encode(_block); _encoder.Detach(); _target.Write(_block, 0, n); return;", WriteAll)]
    public Task Memory_that_another_object_lets_go_in_time_is_silent(string type, string write, string end) => RuleCode.VerifyAsync(Writer(type, write, end), disabled: ["BUF2011", "BUF2012", "BUF2002", "BUF2001", "CS1998"]);

    private static string Writer(string type, string write, string end) => Usings + $$"""
        {{Encoders}}

        internal sealed class Writer(Stream target) : IAsyncDisposable
        {
            private readonly {{type}} _encoder = new();
            private readonly Stream _target = target;
            private readonly byte[] _block = new byte[64];
            public async Task WriteAsync(ReadOnlyMemory<byte> data) { {{write}} }
            public async ValueTask DisposeAsync() { {{end}} }
        }
        """;

    [Fact]
    public Task Span_of_it_in_a_ref_struct_is_silent() =>
        RuleCode.VerifyAsync("ref struct Writer { private Span<byte> _rest; public void Start(Memory<byte> into) { _rest = into.Span; } public int Left => _rest.Length; }", disabled: []);

    [Fact]
    public async Task Rule_is_off_until_it_is_asked_for() =>
        Assert.Empty(await IdsOf("class C { System.Memory<byte> _m; void Set(System.Memory<byte> data) => _m = data; }"));

    [Theory]
    [InlineData("System.Memory<byte>")]
    [InlineData("byte[]")]
    public async Task Declared_contract_that_is_broken_is_told_by_default(string type) =>
        Assert.Equal(["BUF2014"], await IdsOf($"class C {{ {type} _m = default!; void Set([BufferLifetime.BorrowsBuffer] {type} data) => _m = data; }}"));

    private static async Task<IEnumerable<string>> IdsOf(string source)
    {
        AnalyzerHarness harness = new(new BufferLifetimeAnalyzer());
        AnalysisRun run = await harness.RunAsync(harness.Compile(source));
        Assert.Empty(run.Exceptions);
        return run.Diagnostics.Select(diagnostic => diagnostic.Id);
    }

    private static string Code(string members) =>
        Usings + "sealed record Item(ReadOnlyMemory<byte> Data); sealed class C { " + (members.Contains("public C(", StringComparison.Ordinal) ? "" : "public C() { } ") + members + " }";
}
