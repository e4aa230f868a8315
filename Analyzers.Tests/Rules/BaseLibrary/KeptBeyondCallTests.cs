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
