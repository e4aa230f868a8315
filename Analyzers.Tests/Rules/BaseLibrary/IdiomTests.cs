using Xunit;

namespace BufferLifetime.Analyzers.Tests.Rules.BaseLibrary;

/// <summary>Ways of owning a buffer that are right and must stay silent, each in its usual shape.</summary>
public sealed class IdiomTests
{
    private const string Usings = "using System.Buffers;\nusing System.IO.Pipelines;\nusing System.Runtime.InteropServices;\n";

    [Theory]
    [InlineData("static void Grow(ref byte[] b) { byte[] old = b; b = ArrayPool<byte>.Shared.Rent(old.Length * 2); old.CopyTo(b, 0); ArrayPool<byte>.Shared.Return(old); }")]
    [InlineData("static void Rent(int n, out byte[] b) => b = ArrayPool<byte>.Shared.Rent(n);")]
    [InlineData("static void Use(int n) { byte[] b = ArrayPool<byte>.Shared.Rent(n); try { Grow(ref b); b[0] = 1; } finally { ArrayPool<byte>.Shared.Return(b); } } static void Grow(ref byte[] b) { byte[] old = b; b = ArrayPool<byte>.Shared.Rent(old.Length * 2); ArrayPool<byte>.Shared.Return(old); }")]
    [InlineData("static Kept Make(int n) => new Kept(ArrayPool<byte>.Shared.Rent(n));")]
    [InlineData("static Kept Make(int n) { byte[] b = ArrayPool<byte>.Shared.Rent(n); b[0] = 1; return new Kept(b); }")]
    [InlineData("static void Queue(ConcurrentQueue<byte[]> all, int n) { byte[] b = ArrayPool<byte>.Shared.Rent(n); b[0] = 1; all.Enqueue(b); }")]
    [InlineData("static async Task Channel(ChannelWriter<IMemoryOwner<byte>> all, int n) { IMemoryOwner<byte> o = MemoryPool<byte>.Shared.Rent(n); await all.WriteAsync(o); }")]
    [InlineData("static async Task Consume(ChannelReader<IMemoryOwner<byte>> all) { await foreach (IMemoryOwner<byte> o in all.ReadAllAsync()) { using (o) { o.Memory.Span.Clear(); } } }")]
    [InlineData("static async Task Cancelled(Stream s, CancellationToken c) { byte[] b = ArrayPool<byte>.Shared.Rent(64); try { while (await s.ReadAsync(b, c) > 0) { c.ThrowIfCancellationRequested(); } } catch (OperationCanceledException) { } finally { ArrayPool<byte>.Shared.Return(b); } }")]
    [InlineData("static async Task Disposed(Stream from) { await using Stream s = from; byte[] b = ArrayPool<byte>.Shared.Rent(64); try { await s.ReadExactlyAsync(b.AsMemory(0, 8)); } finally { ArrayPool<byte>.Shared.Return(b); } }")]
    [InlineData("static int Nested(int n) { using IMemoryOwner<byte> a = MemoryPool<byte>.Shared.Rent(n); using IMemoryOwner<byte> b = MemoryPool<byte>.Shared.Rent(n); a.Memory.CopyTo(b.Memory); return b.Memory.Span[0]; }")]
    [InlineData("static async Task Drain(PipeReader r) { while (true) { ReadResult result = await r.ReadAsync(); ReadOnlySequence<byte> buffer = result.Buffer; while (buffer.PositionOf((byte)10) is { } end) { buffer = buffer.Slice(buffer.GetPosition(1, end)); } r.AdvanceTo(buffer.Start, buffer.End); if (result.IsCompleted) break; } await r.CompleteAsync(); }")]
    [InlineData("static async Task Fill(PipeWriter w, Stream s) { int n; do { Memory<byte> m = w.GetMemory(512); n = await s.ReadAsync(m); w.Advance(n); } while (n > 0 && !(await w.FlushAsync()).IsCompleted); }")]
    [InlineData("static byte[] Copy(ReadOnlySequence<byte> data) { byte[] b = ArrayPool<byte>.Shared.Rent((int)data.Length); try { data.CopyTo(b); return b[..(int)data.Length]; } finally { ArrayPool<byte>.Shared.Return(b, clearArray: true); } }")]
    [InlineData("static IMemoryOwner<byte> Slice(int n) { IMemoryOwner<byte> o = MemoryPool<byte>.Shared.Rent(n); try { o.Memory.Span[..n].Clear(); return o; } catch { o.Dispose(); throw; } }")]
    [InlineData("static string Text(int n) { char[]? rented = null; Span<char> s = n <= 64 ? stackalloc char[64] : (rented = ArrayPool<char>.Shared.Rent(n)); try { s[..n].Fill('x'); return new string(s[..n]); } finally { if (rented is not null) ArrayPool<char>.Shared.Return(rented); } }")]
    public Task Method_that_owns_rightly_is_silent(string members) =>
        RuleCode.VerifyAsync(Usings + "sealed class Kept(byte[] b) : IDisposable { private byte[]? _b = b; public void Dispose() { byte[]? b = Interlocked.Exchange(ref _b, null); if (b != null) ArrayPool<byte>.Shared.Return(b); } }\nstatic class C { " + members + " }");

    [Fact]
    public Task Pooled_writer_is_silent() => RuleCode.VerifyAsync(Usings + """
        sealed class PooledWriter : IBufferWriter<byte>, IDisposable
        {
            private byte[] _buffer = ArrayPool<byte>.Shared.Rent(256);
            private int _written;

            public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _written);

            public void Advance(int count) => _written += count;

            public Memory<byte> GetMemory(int sizeHint = 0) { Ensure(sizeHint); return _buffer.AsMemory(_written); }

            public Span<byte> GetSpan(int sizeHint = 0) { Ensure(sizeHint); return _buffer.AsSpan(_written); }

            private void Ensure(int sizeHint)
            {
                if (_buffer.Length - _written >= Math.Max(sizeHint, 1))
                    return;

                byte[] larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2 + sizeHint);
                _buffer.AsSpan(0, _written).CopyTo(larger);
                byte[] old = _buffer;
                _buffer = larger;
                ArrayPool<byte>.Shared.Return(old);
            }

            public void Dispose()
            {
                byte[] buffer = _buffer;
                _buffer = [];
                _written = 0;
                if (buffer.Length > 0)
                    ArrayPool<byte>.Shared.Return(buffer);
            }
        }
        """);

    [Fact]
    public Task Pooled_builder_that_is_a_ref_struct_is_silent() => RuleCode.VerifyAsync(Usings + """
        ref struct Builder(Span<char> initial)
        {
            private char[]? _rented;
            private Span<char> _chars = initial;
            private int _length;

            public void Append(char c)
            {
                if (_length == _chars.Length)
                    Grow();

                _chars[_length++] = c;
            }

            private void Grow()
            {
                char[] larger = ArrayPool<char>.Shared.Rent(Math.Max(16, _chars.Length * 2));
                _chars.CopyTo(larger);
                char[]? old = _rented;
                _chars = _rented = larger;
                if (old != null)
                    ArrayPool<char>.Shared.Return(old);
            }

            public override string ToString()
            {
                string text = _chars[.._length].ToString();
                Dispose();
                return text;
            }

            public void Dispose()
            {
                char[]? rented = _rented;
                this = default;
                if (rented != null)
                    ArrayPool<char>.Shared.Return(rented);
            }
        }
        """);
}
