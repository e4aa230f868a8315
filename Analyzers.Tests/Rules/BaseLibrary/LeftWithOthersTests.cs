using Xunit;

namespace BufferLifetime.Analyzers.Tests.Rules.BaseLibrary;

/// <summary>BUF2005 where the use is somebody else's: what is returned to the caller, or left in a collection, while the pool gets it back.</summary>
public sealed class LeftWithOthersTests
{
    private const string Usings = "using System.Buffers;\n";

    [Theory]
    [InlineData("Memory<byte> M(int n) { using IMemoryOwner<byte> o = MemoryPool<byte>.Shared.Rent(n); return {|BUF2005:o.Memory|}; }")]
    [InlineData("ReadOnlyMemory<byte> M(int n) { IMemoryOwner<byte> o = MemoryPool<byte>.Shared.Rent(n); try { return {|BUF2005:o.Memory[..n]|}; } finally { if (o is not null) o.Dispose(); } }")]
    [InlineData("ArraySegment<byte> M(int n) { byte[] b = ArrayPool<byte>.Shared.Rent(n); try { return {|BUF2005:new ArraySegment<byte>(b, 0, n)|}; } finally { ArrayPool<byte>.Shared.Return(b); } }")]
    [InlineData("Stream M(int n) { byte[] b = ArrayPool<byte>.Shared.Rent(n); try { var s = new MemoryStream(b); return {|BUF2005:s|}; } finally { ArrayPool<byte>.Shared.Return(b); } }")]
    [InlineData("Frame M(int n) { byte[] b = ArrayPool<byte>.Shared.Rent(n); try { return {|BUF2005:new Frame(b)|}; } finally { ArrayPool<byte>.Shared.Return(b); } }")]
    [InlineData("Box M(int n) { byte[] b = ArrayPool<byte>.Shared.Rent(n); var box = new Box(); {|BUF2005:box.Bytes = b.AsMemory(0, n)|}; ArrayPool<byte>.Shared.Return(b); return box; } sealed class Box { public ReadOnlyMemory<byte> Bytes; }")]
    [InlineData("IMemoryOwner<byte>? _kept; void M(int n) { using IMemoryOwner<byte> o = MemoryPool<byte>.Shared.Rent(n); o.Memory.Span.Clear(); {|BUF2005:_kept = o|}; }")]
    [InlineData("void M(List<Frame> all, int n) { byte[] b = ArrayPool<byte>.Shared.Rent(n); all.{|BUF2005:Add|}(new Frame(b)); ArrayPool<byte>.Shared.Return(b); }")]
    [InlineData("readonly Queue<ReadOnlyMemory<byte>> _all = new(); void M(int n) { byte[] b = ArrayPool<byte>.Shared.Rent(n); try { _all.{|BUF2005:Enqueue|}(b.AsMemory(0, n)); } finally { ArrayPool<byte>.Shared.Return(b); } }")]
    [InlineData("readonly Dictionary<string, ReadOnlyMemory<byte>> _all = new(); void M(string key, int n) { byte[] b = ArrayPool<byte>.Shared.Rent(n); try { {|BUF2005:_all[key] = b.AsMemory(0, n)|}; } finally { ArrayPool<byte>.Shared.Return(b); } }")]
    [InlineData("void M(ConcurrentDictionary<int, Frame> all, int n) { byte[] b = ArrayPool<byte>.Shared.Rent(n); {|BUF2005:all[n] = new Frame(b)|}; ArrayPool<byte>.Shared.Return(b); }")]
    [InlineData("readonly System.Threading.Channels.Channel<byte[]> _all = System.Threading.Channels.Channel.CreateUnbounded<byte[]>(); void M(int n) { byte[] b = ArrayPool<byte>.Shared.Rent(n); _all.Writer.{|BUF2005:TryWrite|}(b); ArrayPool<byte>.Shared.Return(b); }")]
    [InlineData("void M(ConcurrentDictionary<int, Frame> all, int n) { byte[] b = ArrayPool<byte>.Shared.Rent(n); _ = all.{|BUF2005:TryAdd|}(n, new Frame(b)); ArrayPool<byte>.Shared.Return(b); }")]
    public Task Buffer_left_with_others_when_it_goes_back_is_reported(string member) => RuleCode.VerifyAsync(Code(member));

    [Theory]
    [InlineData("IMemoryOwner<byte> M(int n) { IMemoryOwner<byte> o = MemoryPool<byte>.Shared.Rent(n); bool ok = false; try { o.Memory.Span.Clear(); ok = true; return o; } finally { if (!ok) o.Dispose(); } }")]
    [InlineData("Box M(int n) { byte[] b = ArrayPool<byte>.Shared.Rent(n); var box = new Box(); box.Bytes = b.AsMemory(0, n).ToArray(); ArrayPool<byte>.Shared.Return(b); return box; } sealed class Box { public ReadOnlyMemory<byte> Bytes; }")]
    [InlineData("Box M(int n) { byte[] b = ArrayPool<byte>.Shared.Rent(n); var box = new Box(); box.Bytes = b; Any.Keep(box); box.Bytes = default; ArrayPool<byte>.Shared.Return(b); return box; } sealed class Box { public ReadOnlyMemory<byte> Bytes; }")]
    [InlineData("Box M(int n) { byte[] b = ArrayPool<byte>.Shared.Rent(n); var box = new Box(); box.Bytes = b; return box; } sealed class Box { public ReadOnlyMemory<byte> Bytes; }")]
    [InlineData("IMemoryOwner<byte>? _kept; void M(int n) { using IMemoryOwner<byte> o = MemoryPool<byte>.Shared.Rent(n); _kept = o; Any.Number(); _kept = null; }")]
    [InlineData("byte[] M(int n) { byte[] b = ArrayPool<byte>.Shared.Rent(n); try { return b.AsSpan(0, n).ToArray(); } finally { ArrayPool<byte>.Shared.Return(b); } }")]
    [InlineData("string M(int n) { char[] b = ArrayPool<char>.Shared.Rent(n); try { return new string(b, 0, n); } finally { ArrayPool<char>.Shared.Return(b); } }")]
    [InlineData("Version M(int n) { Version[] b = ArrayPool<Version>.Shared.Rent(n); try { return b[0]; } finally { ArrayPool<Version>.Shared.Return(b); } }")]
    [InlineData("System.Net.IPAddress M() { byte[] b = ArrayPool<byte>.Shared.Rent(4); try { return new System.Net.IPAddress(b.AsSpan(0, 4)); } finally { ArrayPool<byte>.Shared.Return(b); } }")]
    [InlineData("System.Net.IPAddress M() { byte[] b = ArrayPool<byte>.Shared.Rent(4); try { return new System.Net.IPAddress(b); } finally { ArrayPool<byte>.Shared.Return(b); } }")]
    [InlineData("Sum M(int n) { byte[] b = ArrayPool<byte>.Shared.Rent(n); try { return new Sum(b); } finally { ArrayPool<byte>.Shared.Return(b); } }")]
    [InlineData("void M(Queue<byte[]> all, int n) { byte[] b = ArrayPool<byte>.Shared.Rent(n); if (b[0] == 0) all.Enqueue(b); else ArrayPool<byte>.Shared.Return(b); }")]
    [InlineData("readonly HashSet<byte[]> _busy = new(); void M(int n) { byte[] b = ArrayPool<byte>.Shared.Rent(n); _busy.Add(b); try { b[0] = 1; } finally { _busy.Remove(b); ArrayPool<byte>.Shared.Return(b); } }")]
    [InlineData("int M(int n) { byte[] b = ArrayPool<byte>.Shared.Rent(n); var all = new List<Frame>(); all.Add(new Frame(b)); int count = all.Count; ArrayPool<byte>.Shared.Return(b); return count; }")]
    [InlineData("readonly Dictionary<string, ReadOnlyMemory<byte>> _all = new(); void M(string key, int n) { byte[] b = ArrayPool<byte>.Shared.Rent(n); _all[key] = b.AsSpan(0, n).ToArray(); ArrayPool<byte>.Shared.Return(b); }")]
    [InlineData("readonly Dictionary<string, byte> _all = new(); void M(string key, int n) { byte[] b = ArrayPool<byte>.Shared.Rent(n); _all[key] = b[0]; ArrayPool<byte>.Shared.Return(b); }")]
    [InlineData("readonly Dictionary<int, byte[]> _busy = new(); void M(int n) { byte[] b = ArrayPool<byte>.Shared.Rent(n); _busy[n] = b; try { b[0] = 1; } finally { _busy.Remove(n); ArrayPool<byte>.Shared.Return(b); } }")]
    [InlineData("readonly System.Threading.Channels.Channel<byte[]> _all = System.Threading.Channels.Channel.CreateUnbounded<byte[]>(); void M(int n) { byte[] b = ArrayPool<byte>.Shared.Rent(n); if (!_all.Writer.TryWrite(b)) ArrayPool<byte>.Shared.Return(b); }")]
    [InlineData("readonly ConcurrentDictionary<int, byte[]> _all = new(); byte[]? M(int n) { byte[] b = ArrayPool<byte>.Shared.Rent(n); bool isNew = _all.TryAdd(n, b); if (isNew) return b; ArrayPool<byte>.Shared.Return(b); return null; }")]
    [InlineData("readonly HashSet<byte[]> _all = new(); void M(int n) { byte[] b = ArrayPool<byte>.Shared.Rent(n); if (_all.Add(b)) return; ArrayPool<byte>.Shared.Return(b); }")]
    public Task Buffer_that_nobody_has_when_it_goes_back_is_silent(string member) => RuleCode.VerifyAsync(Code(member));

    [Theory]
    [InlineData("void M(int n) { IMemoryOwner<byte> o = MemoryPool<byte>.Shared.Rent(n); o.Memory.Span.Clear(); _sink.Accept(o); o.{|BUF2005:Dispose|}(); }")]
    [InlineData("void M(int n) { byte[] b = ArrayPool<byte>.Shared.Rent(n); try { _sink.Post(b); } finally { ArrayPool<byte>.Shared.{|BUF2005:Return|}(b); } }")]
    public Task Buffer_that_another_object_has_collected_is_not_given_back(string member) => RuleCode.VerifyAsync(Code(Collector + member));

    [Theory]
    [InlineData("void M(int n) { IMemoryOwner<byte> o = MemoryPool<byte>.Shared.Rent(n); o.Memory.Span.Clear(); _sink.Accept(o); }")]
    [InlineData("void M(int n) { IMemoryOwner<byte> o = MemoryPool<byte>.Shared.Rent(n); if (n > 3) _sink.Accept(o); else o.Dispose(); }")]
    [InlineData("void M(int n) { byte[] b = ArrayPool<byte>.Shared.Rent(n); try { _sink.Post(b); _sink.Clear(); } finally { ArrayPool<byte>.Shared.Return(b); } }")]
    [InlineData("void M(int n) { byte[] b = ArrayPool<byte>.Shared.Rent(n); _sink.Copy(b); ArrayPool<byte>.Shared.Return(b); }")]
    [InlineData("void M(int n) { byte[] b = ArrayPool<byte>.Shared.Rent(n); bool given = false; try { b[0] = 1; _sink.Post(b); given = true; } finally { if (!given) ArrayPool<byte>.Shared.Return(b); } }")]
    public Task Buffer_that_another_object_has_not_collected_or_has_let_go_is_silent(string member) => RuleCode.VerifyAsync(Code(Collector + member));

    private const string Collector = "readonly Sink _sink = new(); sealed class Sink : IDisposable { private readonly List<IMemoryOwner<byte>> _all = []; private readonly Queue<byte[]> _posted = new(); private readonly List<byte[]> _copies = []; public void Accept(IMemoryOwner<byte> one) => _all.Add(one); public void Post(byte[] one) => _posted.Enqueue(one); public void Copy(byte[] one) => _copies.Add((byte[])one.Clone()); public void Clear() => _posted.Clear(); public void Dispose() { foreach (var one in _all) one.Dispose(); _all.Clear(); } } ";

    [Fact]
    public Task Task_of_a_delegate_that_leaves_before_the_buffer_is_free_is_told_where_it_leaves() => RuleCode.VerifyAsync(Usings + """
        static class C
        {
            static Task Bad(Func<byte[], Task> use)
            {
                byte[] b = ArrayPool<byte>.Shared.Rent(8);
                try { return {|BUF2007:use(b)|}; }
                finally { ArrayPool<byte>.Shared.Return(b); }
            }

            static async Task Good(Func<byte[], Task> use)
            {
                byte[] b = ArrayPool<byte>.Shared.Rent(8);
                try { await use(b); }
                finally { ArrayPool<byte>.Shared.Return(b); }
            }
        }
        """);

    private static string Code(string member) =>
        Usings + "sealed class Frame(byte[] data) { public byte[] Data { get; } = data; }\nsealed class Sum { public Sum(byte[] data) => Total = data[0]; public int Total { get; } }\nsealed class C { " + member + " }";
}
