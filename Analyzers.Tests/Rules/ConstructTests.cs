using Xunit;

namespace BufferLifetime.Analyzers.Tests.Rules;

/// <summary>What the language can write around a mistake, or make of it: the mistake is found there, its repaired twin silent.</summary>
public sealed class ConstructTests
{
    [Theory]
    [InlineData("void M(int k) { byte[] a = ArrayPool<byte>.Shared.{|BUF2008:Rent|}(8); switch (k) { case 1 or 2: ArrayPool<byte>.Shared.Return(a); break; case > 5: break; default: ArrayPool<byte>.Shared.Return(a); break; } }")]
    [InlineData("void M(int k) { byte[]? a = null; switch (k) { case 1 or 2: a = ArrayPool<byte>.Shared.{|BUF2008:Rent|}(8); break; case > 5: Console.WriteLine(); break; } if (k is 1) ArrayPool<byte>.Shared.Return(a!); }")]
    [InlineData("int M(int k) { byte[] a = ArrayPool<byte>.Shared.Rent(8); ArrayPool<byte>.Shared.Return(a); return k switch { 0 => 1, 1 => {|BUF2005:a|}[0], _ => 2 }; }")]
    [InlineData("void M(int n) { IMemoryOwner<byte>? o = n > 3 ? MemoryPool<byte>.Shared.{|BUF2008:Rent|}(n) : null; if (o is { Memory.Length: > 3 } x) { x.Dispose(); } }")]
    [InlineData("void M(int n) { byte[]? a = n > 3 ? ArrayPool<byte>.Shared.{|BUF2008:Rent|}(n) : null; if (a is null) return; Console.WriteLine(a[0]); }")]
    [InlineData("void M(int n) { byte[] a = ArrayPool<byte>.Shared.Rent(n); ArrayPool<byte>.Shared.Return(a); if ({|BUF2005:a|} is [1, .., 2]) { Console.WriteLine(); } }")]
    [InlineData("void M(int n) { byte[] a = ArrayPool<byte>.Shared.Rent(n); Span<byte> s = a; if (s is [1, .. var rest]) { ArrayPool<byte>.Shared.Return(a); Console.WriteLine({|BUF2005:rest|}[0]); } else ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("void M(object q) { byte[] a = ArrayPool<byte>.Shared.{|BUF2008:Rent|}(8); switch (q) { case string { Length: > 3 }: ArrayPool<byte>.Shared.Return(a); break; case int i when i > 3: return; default: ArrayPool<byte>.Shared.Return(a); break; } }")]
    public Task Mistake_behind_a_pattern_is_reported(string member) => VerifyAsync(member);

    [Theory]
    [InlineData("void M(int k) { byte[] a = ArrayPool<byte>.Shared.Rent(8); switch (k) { case 1 or 2: ArrayPool<byte>.Shared.Return(a); break; case > 5: ArrayPool<byte>.Shared.Return(a); break; default: ArrayPool<byte>.Shared.Return(a); break; } }")]
    [InlineData("void M(int k) { byte[]? a = null; switch (k) { case 1 or 2: a = ArrayPool<byte>.Shared.Rent(8); break; case > 5: Console.WriteLine(); break; } if (k is 1 or 2) ArrayPool<byte>.Shared.Return(a!); }")]
    [InlineData("int M(int k) { byte[] a = ArrayPool<byte>.Shared.Rent(8); int r = k switch { 0 => 1, 1 => a[0], _ => 2 }; ArrayPool<byte>.Shared.Return(a); return r; }")]
    [InlineData("void M(int n) { IMemoryOwner<byte>? o = n > 3 ? MemoryPool<byte>.Shared.Rent(n) : null; if (o is { Memory.Length: > 3 } x) { x.Dispose(); } else { o?.Dispose(); } }")]
    [InlineData("void M(int n) { byte[]? a = n > 3 ? ArrayPool<byte>.Shared.Rent(n) : null; if (a is not null) ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("void M(int n) { byte[] a = ArrayPool<byte>.Shared.Rent(n); if (a is [1, .., 2]) { Console.WriteLine(); } ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("void M(int n) { byte[] a = ArrayPool<byte>.Shared.Rent(n); if (a is [1, .. var rest]) { ArrayPool<byte>.Shared.Return(a); Console.WriteLine(rest.Length); } else ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("void M(int n) { byte[] a = ArrayPool<byte>.Shared.Rent(n); Span<byte> s = a; if (s is [1, .. var rest]) { Console.WriteLine(rest[0]); ArrayPool<byte>.Shared.Return(a); } else ArrayPool<byte>.Shared.Return(a); }")]
    public Task Right_use_behind_a_pattern_is_silent(string member) => VerifyAsync(member);

    [Theory]
    [InlineData("void M(int n) { byte[] a = ArrayPool<byte>.Shared.{|BUF2008:Rent|}(8); if (n > 3) goto end; ArrayPool<byte>.Shared.Return(a); end: Console.WriteLine(); }")]
    [InlineData("void M(int n) { byte[] a = ArrayPool<byte>.Shared.Rent(8); again: ArrayPool<byte>.Shared.{|BUF2006:Return|}(a); if (n-- > 3) goto again; }")]
    [InlineData("void M(int n) { byte[] a = ArrayPool<byte>.Shared.Rent(8); switch (n) { case 0: ArrayPool<byte>.Shared.Return(a); goto case 1; case 1: ArrayPool<byte>.Shared.{|BUF2006:Return|}(a); break; default: ArrayPool<byte>.Shared.Return(a); break; } }")]
    [InlineData("void M(int n) { byte[] a = ArrayPool<byte>.Shared.Rent(8); try { if (n > 3) goto end; Console.WriteLine(); } finally { ArrayPool<byte>.Shared.Return(a); } return; end: ArrayPool<byte>.Shared.{|BUF2006:Return|}(a); }")]
    [InlineData("void M(int n) { byte[] a = ArrayPool<byte>.Shared.{|BUF2008:Rent|}(8); for (int i = 0; i < n; i++) for (int j = 0; j < n; j++) if (i * j == 7) goto found; ArrayPool<byte>.Shared.Return(a); return; found: Console.WriteLine(); }")]
    public Task Mistake_that_a_jump_makes_is_reported(string member) => VerifyAsync(member);

    [Theory]
    [InlineData("void M(int n) { byte[] a = ArrayPool<byte>.Shared.Rent(8); if (n > 3) goto end; Console.WriteLine(); end: ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("void M(int n) { again: byte[] a = ArrayPool<byte>.Shared.Rent(8); ArrayPool<byte>.Shared.Return(a); if (n-- > 3) goto again; }")]
    [InlineData("void M(int n) { byte[] a = ArrayPool<byte>.Shared.Rent(8); switch (n) { case 0: Console.WriteLine(); goto case 1; case 1: ArrayPool<byte>.Shared.Return(a); break; default: goto case 1; } }")]
    [InlineData("void M(int n) { byte[] a = ArrayPool<byte>.Shared.Rent(8); try { if (n > 3) goto end; Console.WriteLine(); } finally { ArrayPool<byte>.Shared.Return(a); } end: Console.WriteLine(); }")]
    [InlineData("void M(int n) { byte[] a = ArrayPool<byte>.Shared.Rent(8); for (int i = 0; i < n; i++) for (int j = 0; j < n; j++) if (i * j == 7) goto found; ArrayPool<byte>.Shared.Return(a); return; found: ArrayPool<byte>.Shared.Return(a); }")]
    public Task Jump_to_the_release_is_silent(string member) => VerifyAsync(member);

    [Theory]
    [InlineData("async Task M(IAsyncEnumerable<int> s) { byte[] a = ArrayPool<byte>.Shared.{|BUF2008:Rent|}(8); await foreach (var x in s) { if (x > 3) return; } ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("async IAsyncEnumerable<int> M(Stream s) { byte[] a = ArrayPool<byte>.Shared.{|BUF2008:Rent|}(8); while (await s.ReadAsync(a) > 0) yield return a[0]; }")]
    [InlineData("IEnumerable<int> M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); try { yield return a[0]; } finally { ArrayPool<byte>.Shared.Return(a); } yield return {|BUF2005:a|}[0]; }")]
    [InlineData("async IAsyncEnumerable<int> M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); Task<int> t = s.ReadAsync(a, 0, 8); try { yield return 1; } finally { ArrayPool<byte>.Shared.Return({|BUF2007:a|}); } await t; }")]
    public Task Mistake_in_a_stream_is_reported(string member) => VerifyAsync(member);

    [Theory]
    [InlineData("async Task M(IAsyncEnumerable<int> s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); try { await foreach (var x in s.ConfigureAwait(false)) { if (x > 3) return; } } finally { ArrayPool<byte>.Shared.Return(a); } }")]
    [InlineData("async IAsyncEnumerable<int> M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); try { while (await s.ReadAsync(a) > 0) yield return a[0]; } finally { ArrayPool<byte>.Shared.Return(a); } }")]
    [InlineData("IEnumerable<int> M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); try { yield return a[0]; yield return 2; } finally { ArrayPool<byte>.Shared.Return(a); } }")]
    public Task Stream_that_gives_back_at_its_end_is_silent(string member) => VerifyAsync(member);

    [Theory]
    [InlineData("void M() { (byte[] a, int n) = (ArrayPool<byte>.Shared.{|BUF2008:Rent|}(8), 3); Console.WriteLine(a[0] + n); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8), b = ArrayPool<byte>.Shared.Rent(9); (a, b) = (b, a); ArrayPool<byte>.Shared.Return(a); ArrayPool<byte>.Shared.{|BUF2006:Return|}(a); ArrayPool<byte>.Shared.Return(b); }")]
    [InlineData("void M() { var t = (Buf: ArrayPool<byte>.Shared.Rent(8), N: 1); var u = t; ArrayPool<byte>.Shared.Return(t.Buf); ArrayPool<byte>.Shared.{|BUF2006:Return|}(u.Item1); }")]
    [InlineData("void M() { var ((a, x), y) = ((ArrayPool<byte>.Shared.{|BUF2008:Rent|}(8), 1), 2); Console.WriteLine(a[0] + x + y); }")]
    public Task Mistake_with_the_parts_of_a_tuple_is_reported(string member) => VerifyAsync(member);

    [Theory]
    [InlineData("void M() { (byte[] a, int n) = (ArrayPool<byte>.Shared.Rent(8), 3); Console.WriteLine(a[0] + n); ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8), b = ArrayPool<byte>.Shared.Rent(9); (a, b) = (b, a); ArrayPool<byte>.Shared.Return(a); ArrayPool<byte>.Shared.Return(b); }")]
    [InlineData("void M() { var t = (Buf: ArrayPool<byte>.Shared.Rent(8), N: 1); var u = t; Console.WriteLine(t.Buf[0]); ArrayPool<byte>.Shared.Return(u.Item1); }")]
    [InlineData("(byte[], int) M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); return (a, 3); }")]
    public Task Tuple_whose_parts_are_given_back_is_silent(string member) => VerifyAsync(member);

    [Theory]
    [InlineData("void M() { IMemoryOwner<byte> o = MemoryPool<byte>.Shared.Rent(8); using (o) { Console.WriteLine(o.Memory.Length); } Console.WriteLine({|BUF2005:o|}.Memory.Span[0]); }")]
    [InlineData("Memory<byte> M() { using IMemoryOwner<byte> o = MemoryPool<byte>.Shared.Rent(8); return {|BUF2005:o.Memory|}; }")]
    [InlineData("async Task M(Stream s) { using IMemoryOwner<byte> o = MemoryPool<byte>.Shared.Rent(8); await using Stream r = s; Task t = r.{|BUF2007:ReadAsync|}(o.Memory).AsTask(); return; }")]
    [InlineData("void M() { Memory<byte> m; using (MemoryPool<byte>.Shared.Rent(8)) { } using (var o = MemoryPool<byte>.Shared.Rent(8)) { m = o.Memory; } {|BUF2005:m.Span|}.Clear(); }")]
    public Task Mistake_around_a_using_is_reported(string member) => VerifyAsync(member);

    [Theory]
    [InlineData("void M() { IMemoryOwner<byte> o = MemoryPool<byte>.Shared.Rent(8); using (o) { Console.WriteLine(o.Memory.Length); } }")]
    [InlineData("void M() { using (IMemoryOwner<byte> o = MemoryPool<byte>.Shared.Rent(8), p = MemoryPool<byte>.Shared.Rent(8)) Console.WriteLine(o.Memory.Length + p.Memory.Length); }")]
    [InlineData("async Task M(Stream s) { using IMemoryOwner<byte> o = MemoryPool<byte>.Shared.Rent(8); await using (s.ConfigureAwait(false)) { await s.ReadAsync(o.Memory); } }")]
    [InlineData("void M(bool b) { using IMemoryOwner<byte>? o = b ? MemoryPool<byte>.Shared.Rent(8) : null; Console.WriteLine(o?.Memory.Length); }")]
    public Task Using_in_every_form_is_silent(string member) => VerifyAsync(member);

    [Theory]
    [InlineData("void M(byte[]? given) { byte[]? rented = null; byte[] a = given ?? (rented = ArrayPool<byte>.Shared.{|BUF2008:Rent|}(8)); Console.WriteLine(a[0]); }")]
    [InlineData("void M() { byte[]? a = null; a ??= ArrayPool<byte>.Shared.{|BUF2008:Rent|}(8); Console.WriteLine(a[0]); }")]
    [InlineData("void M(bool b) { byte[]? r = null; Span<byte> s = b ? stackalloc byte[8] : (r = ArrayPool<byte>.Shared.Rent(8)); if (r is not null) ArrayPool<byte>.Shared.Return(r); {|BUF2005:s|}.Clear(); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); ArrayPool<byte>.Shared.Return(a); {|BUF2005:a|}[0] += 3; }")]
    [InlineData("void M(bool b) { IMemoryOwner<byte>? o = b ? MemoryPool<byte>.Shared.Rent(8) : null; o?.Dispose(); {|BUF2005:o|}?.Memory.Span.Clear(); }")]
    [InlineData("void M(bool b) { byte[]? a = b ? ArrayPool<byte>.Shared.Rent(8) : null; if (a != null) ArrayPool<byte>.Shared.Return(a); Console.WriteLine({|BUF2005:a|}?[0]); }")]
    public Task Mistake_in_a_conditional_or_compound_assignment_is_reported(string member) => VerifyAsync(member);

    [Theory]
    [InlineData("void M(byte[]? given) { byte[]? rented = null; byte[] a = given ?? (rented = ArrayPool<byte>.Shared.Rent(8)); Console.WriteLine(a); if (rented != null) ArrayPool<byte>.Shared.Return(rented); }")]
    [InlineData("void M() { byte[]? a = null; a ??= ArrayPool<byte>.Shared.Rent(8); Console.WriteLine(a[0]); ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("void M(bool b) { byte[]? r = null; Span<byte> s = b ? stackalloc byte[8] : (r = ArrayPool<byte>.Shared.Rent(8)); s.Clear(); if (r is not null) ArrayPool<byte>.Shared.Return(r); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); a[0] += 3; a[1]++; ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("void M(bool b) { IMemoryOwner<byte>? o = b ? MemoryPool<byte>.Shared.Rent(8) : null; o?.Memory.Span.Clear(); o?.Dispose(); }")]
    public Task Conditional_or_compound_assignment_is_silent(string member) => VerifyAsync(member);

    [Theory]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); ArrayPool<byte>.Shared.Return(a); List<byte> all = [.. {|BUF2005:a|}]; Console.WriteLine(all.Count); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); byte[][] all = [a]; ArrayPool<byte>.Shared.Return(a); Console.WriteLine({|BUF2005:all|}[0][0]); }")]
    public Task Mistake_with_a_collection_expression_is_reported(string member) => VerifyAsync(member);

    [Theory]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); List<byte[]> all = [a]; foreach (var x in all) ArrayPool<byte>.Shared.Return(x); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); byte[] copy = [.. a, 1]; ArrayPool<byte>.Shared.Return(a); Console.WriteLine(copy[0]); }")]
    public Task Collection_expression_is_silent(string member) => VerifyAsync(member);

    [Theory]
    [InlineData("void M(int n) { byte[] a = ArrayPool<byte>.Shared.{|BUF2008:Rent|}(8); lock (_gate) { if (n > 3) return; ArrayPool<byte>.Shared.Return(a); } }")]
    [InlineData("byte[]? _held = ArrayPool<byte>.Shared.Rent(8); void M() { byte[]? a = Interlocked.Exchange(ref _held, null); if (a != null) { ArrayPool<byte>.Shared.Return(a); ArrayPool<byte>.Shared.{|BUF2006:Return|}(a); } }")]
    public Task Mistake_under_a_lock_or_an_exchange_is_reported(string member) => VerifyAsync(member);

    [Theory]
    [InlineData("void M(int n) { byte[] a = ArrayPool<byte>.Shared.Rent(8); lock (_gate) { if (n > 3) { ArrayPool<byte>.Shared.Return(a); return; } ArrayPool<byte>.Shared.Return(a); } }")]
    [InlineData("byte[]? _held = ArrayPool<byte>.Shared.Rent(8); void M() { byte[]? a = Interlocked.Exchange(ref _held, null); if (a != null) ArrayPool<byte>.Shared.Return(a); }")]
    public Task Lock_and_exchange_are_silent(string member) => VerifyAsync(member);

    [Theory]
    [InlineData("ref struct R { byte[]? _a; Span<byte> _s; public R(int n) { _a = ArrayPool<byte>.Shared.Rent(n); _s = _a; } public void Grow() { byte[] b = ArrayPool<byte>.Shared.Rent(99); _s.CopyTo(b); ArrayPool<byte>.Shared.Return(_a!); _a = b; } public void Clear() => {|BUF2011:_s|}.Clear(); public void Dispose() { byte[]? a = _a; this = default; if (a != null) ArrayPool<byte>.Shared.Return(a); } }")]
    [InlineData("class R(int n) { private readonly byte[] _a = ArrayPool<byte>.Shared.{|BUF2008:Rent|}(n); public int First => _a[0]; }")]
    public Task Mistake_in_a_ref_struct_or_behind_a_primary_constructor_is_reported(string type) => RuleCode.VerifyAsync("#nullable enable\nusing System.Buffers;\n" + type);

    [Theory]
    [InlineData("ref struct R { byte[]? _a; Span<byte> _s; public R(int n) { _a = ArrayPool<byte>.Shared.Rent(n); _s = _a; } public void Grow() { byte[] b = ArrayPool<byte>.Shared.Rent(99); _s.CopyTo(b); ArrayPool<byte>.Shared.Return(_a!); _s = _a = b; } public void Clear() => _s.Clear(); public void Dispose() { byte[]? a = _a; this = default; if (a != null) ArrayPool<byte>.Shared.Return(a); } }")]
    [InlineData("class R(int n) : IDisposable { private byte[]? _a = ArrayPool<byte>.Shared.Rent(n); public int First => _a![0]; public void Dispose() { if (_a != null) ArrayPool<byte>.Shared.Return(_a); _a = null; } }")]
    [InlineData("class R(IMemoryOwner<byte> owner) : IDisposable { public int First => owner.Memory.Span[0]; public void Dispose() => owner.Dispose(); }")]
    public Task Ref_struct_and_primary_constructor_are_silent(string type) => RuleCode.VerifyAsync("#nullable enable\nusing System.Buffers;\n" + type);

    private static Task VerifyAsync(string member) => RuleCode.VerifyAsync("#nullable enable\nusing System.Buffers;\nclass C { private readonly object _gate = new(); " + member + " }");
}
