using Xunit;

namespace BufferLifetime.Analyzers.Tests.Rules.BaseLibrary;

/// <summary>BUF2005 to BUF2008 over rented arrays and owners of pooled memory.</summary>
public sealed class PoolTests
{
    private const string Usings = "using System.Buffers;\n";

    [Theory]
    [InlineData("byte[] b = ArrayPool<byte>.Shared.Rent(8); ArrayPool<byte>.Shared.Return(b); return {|BUF2005:b|}[0];")]
    [InlineData("byte[] b = ArrayPool<byte>.Shared.Rent(8); Span<byte> s = b.AsSpan(0, 4); ArrayPool<byte>.Shared.Return(b); return {|BUF2005:s|}[0];")]
    [InlineData("byte[] b = ArrayPool<byte>.Shared.Rent(8); if (Any.Chance()) ArrayPool<byte>.Shared.Return(b); int r = {|BUF2005:b|}[0]; ArrayPool<byte>.Shared.{|BUF2006:Return|}(b); return r;")]
    [InlineData("byte[] b = ArrayPool<byte>.Shared.Rent(8); byte[] alias = b; ArrayPool<byte>.Shared.Return(alias); ArrayPool<byte>.Shared.{|BUF2006:Return|}(b); return 0;")]
    [InlineData("byte[] b = ArrayPool<byte>.Shared.Rent(8); try { ArrayPool<byte>.Shared.Return(b); return 1; } finally { ArrayPool<byte>.Shared.{|BUF2006:Return|}(b); }")]
    [InlineData("IMemoryOwner<byte> o = MemoryPool<byte>.Shared.Rent(8); Memory<byte> m = o.Memory; o.Dispose(); return {|BUF2005:m|}.Span[0];")]
    [InlineData("byte[] b = ArrayPool<byte>.Shared.{|BUF2008:Rent|}(8); return b[0];")]
    [InlineData("IMemoryOwner<byte> o = MemoryPool<byte>.Shared.{|BUF2008:Rent|}(8); if (Any.Chance()) return 0; o.Dispose(); return 1;")]
    [InlineData("byte[] b = ArrayPool<byte>.Shared.Rent(8); byte[] r = b; if (n > 8) r = ArrayPool<byte>.Shared.Rent(n); ArrayPool<byte>.Shared.Return(b); ArrayPool<byte>.Shared.{|BUF2006:Return|}(r); return 0;")]
    [InlineData("byte[] b = ArrayPool<byte>.Shared.Rent(8); byte[] r = b; if (n > 8) r = ArrayPool<byte>.Shared.{|BUF2008:Rent|}(n); ArrayPool<byte>.Shared.Return(b); if (ReferenceEquals(r, b)) ArrayPool<byte>.Shared.{|BUF2006:Return|}(r); return 0;")]
    [InlineData("byte[] x = ArrayPool<byte>.Shared.{|BUF2008:Rent|}(4); byte[][] a = { x }; return a.Length;")]
    public Task Misused_rental_is_reported(string statements) =>
        RuleCode.VerifyAsync(Usings + "static class C { static int M(int n) { " + statements + " } }");

    [Theory]
    [InlineData("byte[] b = ArrayPool<byte>.Shared.Rent(8); int r = b[0]; ArrayPool<byte>.Shared.Return(b); return r;")]
    [InlineData("byte[]? rented = null; Span<byte> s = n <= 256 ? stackalloc byte[256] : (rented = ArrayPool<byte>.Shared.Rent(n)); int r = s[0]; if (rented != null) ArrayPool<byte>.Shared.Return(rented); return r;")]
    [InlineData("byte[] b = ArrayPool<byte>.Shared.Rent(8); bool owns = true; if (Any.Chance()) { ArrayPool<byte>.Shared.Return(b); owns = false; } if (owns) ArrayPool<byte>.Shared.Return(b); return 0;")]
    [InlineData("byte[] b = ArrayPool<byte>.Shared.Rent(8); try { return b[0]; } finally { ArrayPool<byte>.Shared.Return(b); }")]
    [InlineData("for (int i = 0; i < n; i++) { byte[] b = ArrayPool<byte>.Shared.Rent(i); b[0] = 1; ArrayPool<byte>.Shared.Return(b); } return 0;")]
    [InlineData("byte[] b = ArrayPool<byte>.Shared.Rent(8); if (n < 0) throw new ArgumentException(); ArrayPool<byte>.Shared.Return(b); return 0;")]
    [InlineData("using IMemoryOwner<byte> o = MemoryPool<byte>.Shared.Rent(8); return o.Memory.Span[0];")]
    [InlineData("byte[] b = ArrayPool<byte>.Shared.Rent(8); byte first = b.AsSpan()[0]; ArrayPool<byte>.Shared.Return(b); return first;")]
    [InlineData("var kept = new Queue<byte[]>(); kept.Enqueue(ArrayPool<byte>.Shared.Rent(8)); return kept.Count;")]
    [InlineData("byte[] b = ArrayPool<byte>.Shared.Rent(8); byte[] r = b; if (n > 8) r = ArrayPool<byte>.Shared.Rent(n); ArrayPool<byte>.Shared.Return(b); if (!ReferenceEquals(r, b)) ArrayPool<byte>.Shared.Return(r); return 0;")]
    [InlineData("byte[] b = ArrayPool<byte>.Shared.Rent(8); byte[] r = b; if (n > 8) r = ArrayPool<byte>.Shared.Rent(n); if (r != b) ArrayPool<byte>.Shared.Return(r); ArrayPool<byte>.Shared.Return(b); return 0;")]
    [InlineData("byte[] b = ArrayPool<byte>.Shared.Rent(8); byte[]? last = null; ArrayPool<byte>.Shared.Return(b); return ReferenceEquals(b, last) ? 1 : 0;")]
    [InlineData("byte[][] a = [ArrayPool<byte>.Shared.Rent(4), ArrayPool<byte>.Shared.Rent(4)]; ArrayPool<byte>.Shared.Return(a[0]); ArrayPool<byte>.Shared.Return(a[1]); return 0;")]
    [InlineData("byte[] x = ArrayPool<byte>.Shared.Rent(4), y = ArrayPool<byte>.Shared.Rent(4); byte[][] a = { x, y }; foreach (byte[] b in a) ArrayPool<byte>.Shared.Return(b); return 0;")]
    public Task Rental_given_back_once_is_silent(string statements) =>
        RuleCode.VerifyAsync(Usings + "static class C { static int M(int n) { " + statements + " } }");

    private const string Readers = """

            private int _sum;
            private byte[] _last = [];
            private ReadOnlyMemory<byte> _kept;
            private void Sum(ReadOnlyMemory<byte> bytes) { foreach (byte b in bytes.Span) _sum += b; }
            private void SumArray(byte[] bytes) { foreach (byte b in bytes.AsSpan()) _sum += b; }
            private void Cut(Memory<byte> bytes) { Span<byte> left = bytes.Span; while (!left.IsEmpty) { int n = Math.Min(left.Length, 4); _sum += n; left = left.Slice(n); } }
            private static void Write(Stream to, ArraySegment<byte> bytes) { foreach (byte b in bytes.AsSpan()) to.WriteByte(b); }
            private void Copy(ReadOnlyMemory<byte> bytes) => _last = bytes.ToArray();
            private void Keep(ReadOnlyMemory<byte> bytes) => _kept = bytes;
            private void KeepLater(ReadOnlyMemory<byte> bytes) { foreach (byte b in bytes.Span) _sum += b; Keep(bytes.Slice(1)); }
            private static void Give(ReadOnlyMemory<byte> bytes) { if (System.Runtime.InteropServices.MemoryMarshal.TryGetArray(bytes, out ArraySegment<byte> of)) System.Buffers.ArrayPool<byte>.Shared.Return(of.Array!); }
        """;

    [Theory]
    [InlineData("byte[] b = System.Buffers.ArrayPool<byte>.Shared.{|BUF2008:Rent|}(8); Sum(b.AsMemory(0, 4));")]
    [InlineData("byte[] b = System.Buffers.ArrayPool<byte>.Shared.{|BUF2008:Rent|}(8); SumArray(b);")]
    [InlineData("byte[] b = System.Buffers.ArrayPool<byte>.Shared.{|BUF2008:Rent|}(8); Cut(b);")]
    [InlineData("byte[] b = System.Buffers.ArrayPool<byte>.Shared.{|BUF2008:Rent|}(8); Copy(new ReadOnlyMemory<byte>(b, 0, 4));")]
    [InlineData("byte[] b = System.Buffers.ArrayPool<byte>.Shared.{|BUF2008:Rent|}(8); Write(Stream.Null, new ArraySegment<byte>(b, 0, 4));")]
    public Task Array_that_own_methods_only_read_as_memory_is_still_owed(string statements) =>
        RuleCode.VerifyMembersAsync(["BUF2014", "BUF1007"], Readers + "void M() { " + statements + " }");

    [Theory]
    [InlineData("Sum(b.AsMemory(0, 4)); System.Buffers.ArrayPool<byte>.Shared.Return(b);")]
    [InlineData("try { Cut(b); } finally { System.Buffers.ArrayPool<byte>.Shared.Return(b); }")]
    [InlineData("Keep(b.AsMemory(0, 4));")]
    [InlineData("KeepLater(b.AsMemory(0, 4));")]
    [InlineData("Give(b.AsMemory(0, 4));")]
    public Task Array_that_is_given_back_or_kept_after_an_own_method_had_it_as_memory_is_silent(string statements) =>
        RuleCode.VerifyMembersAsync(["BUF2014", "BUF1007"], Readers + "void M() { byte[] b = System.Buffers.ArrayPool<byte>.Shared.Rent(8); " + statements + " }");

    /// <summary>What is said of memory that a callee keeps does not change what is known of one that does not.</summary>
    [Fact]
    public Task Array_read_as_memory_is_owed_also_where_callees_are_held_to_what_they_keep() => RuleCode.VerifyEveryRuleAsync("""

        private int _sum;
        private void Sum(ReadOnlyMemory<byte> bytes) { foreach (byte b in bytes.Span) _sum += b; }
        void M() { byte[] b = System.Buffers.ArrayPool<byte>.Shared.{|BUF2008:Rent|}(8); Sum(b.AsMemory(0, 4)); }
        """);

    [Fact]
    public Task Buffer_that_grows_in_a_loop_is_silent() => RuleCode.VerifyAsync(Usings + """
        static class C
        {
            static int M(IEnumerable<int> items)
            {
                int[] scratch = ArrayPool<int>.Shared.Rent(4);
                int count = 0;
                foreach (int item in items)
                {
                    if (count == scratch.Length)
                    {
                        int[] larger = ArrayPool<int>.Shared.Rent(count * 2);
                        scratch.CopyTo(larger, 0);
                        ArrayPool<int>.Shared.Return(scratch);
                        scratch = larger;
                    }

                    scratch[count++] = item;
                }

                int sum = scratch.AsSpan(0, count).Length;
                ArrayPool<int>.Shared.Return(scratch);
                return sum;
            }
        }
        """);

    [Fact]
    public Task Array_returned_while_the_read_goes_on_is_reported_where_it_is_returned() => RuleCode.VerifyAsync(Usings + """
        static class C
        {
            static Task<int> Bad(Stream stream)
            {
                byte[] buffer = ArrayPool<byte>.Shared.Rent(4096);
                try { return stream.ReadAsync(buffer, 0, 512); }
                finally { ArrayPool<byte>.Shared.Return({|BUF2007:buffer|}); }
            }

            static async Task<int> Good(Stream stream)
            {
                byte[] buffer = ArrayPool<byte>.Shared.Rent(4096);
                try { return await stream.ReadAsync(buffer, 0, 512); }
                finally { ArrayPool<byte>.Shared.Return(buffer); }
            }

            static async Task All(Stream stream)
            {
                byte[] a = ArrayPool<byte>.Shared.Rent(8), b = ArrayPool<byte>.Shared.Rent(8);
                try { await Task.WhenAll(stream.WriteAsync(a, 0, 8), stream.WriteAsync(b, 0, 8)).ConfigureAwait(false); }
                finally { ArrayPool<byte>.Shared.Return(a); ArrayPool<byte>.Shared.Return(b); }
            }
        }
        """);

    [Fact]
    public Task Array_returned_when_the_wait_for_its_operation_was_given_up_is_reported() => RuleCode.VerifyAsync(Usings + """
        static class C
        {
            static async Task<byte> Bad(Action<byte[], Action> begin, TimeSpan limit)
            {
                var done = new SemaphoreSlim(0);
                byte[] buffer = ArrayPool<byte>.Shared.Rent(16);
                begin(buffer, () => done.Release());
                if (!await done.WaitAsync(limit))
                {
                    ArrayPool<byte>.Shared.Return({|BUF2007:buffer|});
                    throw new TimeoutException();
                }

                byte first = buffer[0];
                ArrayPool<byte>.Shared.Return(buffer);
                return first;
            }

            static async Task<byte> Good(Action<byte[], Action> begin, TimeSpan limit)
            {
                var done = new SemaphoreSlim(0);
                byte[] buffer = ArrayPool<byte>.Shared.Rent(16);
                begin(buffer, () => done.Release());
                if (!await done.WaitAsync(limit))
                    throw new TimeoutException();

                byte first = buffer[0];
                ArrayPool<byte>.Shared.Return(buffer);
                return first;
            }

            static async Task Late(Stream stream, TimeSpan limit)
            {
                byte[] buffer = ArrayPool<byte>.Shared.Rent(16);
                try { await stream.WriteAsync(buffer, 0, 16).WaitAsync(limit); }
                finally { ArrayPool<byte>.Shared.Return({|BUF2007:buffer|}); }
            }
        }
        """);

    [Fact]
    public Task Awaiting_through_an_own_extension_is_silent() => RuleCode.VerifyAsync(Usings + """
        static class C
        {
            public static ConfiguredTaskAwaitable<int> Quietly(this Task<int> task) => task.ConfigureAwait(false);

            static async Task<int> M(Stream stream)
            {
                byte[] buffer = ArrayPool<byte>.Shared.Rent(16);
                try { return await stream.ReadAsync(buffer, 0, 16).Quietly(); }
                finally { ArrayPool<byte>.Shared.Return(buffer); }
            }
        }
        """);

    [Theory]
    [InlineData("if (!write.IsCompletedSuccessfully) await write; ArrayPool<byte>.Shared.Return(buffer);")]
    [InlineData("if (write.IsCompleted) { ArrayPool<byte>.Shared.Return(buffer); return; } await write; ArrayPool<byte>.Shared.Return(buffer);")]
    public Task Array_returned_when_its_operation_says_that_it_is_over_is_silent(string statements) => RuleCode.VerifyAsync(Usings + $$"""
        static class C
        {
            static async Task M(Stream stream)
            {
                byte[] buffer = ArrayPool<byte>.Shared.Rent(16);
                ValueTask write = stream.WriteAsync(buffer);
                {{statements}}
            }
        }
        """);

    [Fact]
    public Task Array_returned_when_its_operation_says_that_it_is_not_over_is_reported() => RuleCode.VerifyAsync(Usings + """
        static class C
        {
            static async Task M(Stream stream)
            {
                byte[] buffer = ArrayPool<byte>.Shared.Rent(16);
                ValueTask write = stream.WriteAsync(buffer);
                if (!write.IsCompleted)
                {
                    ArrayPool<byte>.Shared.Return({|BUF2007:buffer|});
                    return;
                }

                await write;
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
        """);
}
