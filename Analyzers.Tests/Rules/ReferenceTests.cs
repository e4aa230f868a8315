using Xunit;

namespace BufferLifetime.Analyzers.Tests.Rules;

/// <summary>What a method of the same type does with what it is given by reference: gives it back, empties it, puts another in its place.</summary>
public sealed class ReferenceTests
{
    private const string Callees = """

            private static byte[]? s_kept;
            private static void Grow(ref byte[] a) { byte[] b = ArrayPool<byte>.Shared.Rent(a.Length * 2); a.CopyTo(b, 0); ArrayPool<byte>.Shared.Return(a); a = b; }
            private static void GrowTo(ref byte[] a, int n) { if (n <= a.Length) return; byte[] b = ArrayPool<byte>.Shared.Rent(n); a.CopyTo(b, 0); ArrayPool<byte>.Shared.Return(a); a = b; }
            private static void Free(ref byte[]? a) { if (a != null) { ArrayPool<byte>.Shared.Return(a); a = null; } }
            private static void FreeExchange(ref byte[]? a) { byte[]? t = a; a = null; if (t != null) ArrayPool<byte>.Shared.Return(t); }
            private static void FreeOnly(ref byte[] a) { ArrayPool<byte>.Shared.Return(a); }
            private static void FreeOwner(ref IMemoryOwner<byte>? o) { o?.Dispose(); o = null; }
            private static void Look(ref byte[] a) { Console.WriteLine(a.Length); }
            private static void Fill(ref byte[] a) { a[0] = 1; }
            private static void Make(out byte[] a) => a = ArrayPool<byte>.Shared.Rent(8);
            private static bool TryMake(int n, out byte[]? a) { if (n < 0) { a = null; return false; } a = ArrayPool<byte>.Shared.Rent(n); return true; }
            private static void MakeRef(ref byte[]? a) { a = ArrayPool<byte>.Shared.Rent(8); }
            private static void MakeIfNull(ref byte[]? a) { a ??= ArrayPool<byte>.Shared.Rent(8); }
            private static void Perhaps(ref byte[] a) { if (Environment.TickCount > 3) ArrayPool<byte>.Shared.Return(a); }
            private static void Keep(ref byte[] a) { s_kept = a; }
            private static void Swap(ref byte[] a, ref byte[] b) { (a, b) = (b, a); }
            private static void GrowSpan(ref byte[] a, ref Span<byte> s) { byte[] b = ArrayPool<byte>.Shared.Rent(a.Length * 2); s.CopyTo(b); ArrayPool<byte>.Shared.Return(a); a = b; s = b; }
            private static void GrowFirst(ref Span<byte> s, ref byte[]? rented) { byte[] b = ArrayPool<byte>.Shared.Rent(s.Length * 2); s.CopyTo(b); if (rented != null) ArrayPool<byte>.Shared.Return(rented); s = rented = b; }
            private static void GrowTwo(ref byte[] a) { Grow(ref a); Grow(ref a); }
            private void GrowInst(ref byte[] a) { byte[] b = ArrayPool<byte>.Shared.Rent(a.Length * 2); a.CopyTo(b, 0); ArrayPool<byte>.Shared.Return(a); a = b; }
            private static byte[] Grown(byte[] a) { byte[] b = ArrayPool<byte>.Shared.Rent(a.Length * 2); a.CopyTo(b, 0); ArrayPool<byte>.Shared.Return(a); return b; }
            static void FillIt(ref byte[] a) { a[0] = 1; }
            private static void MakeAgain(ref byte[] a) { a = ArrayPool<byte>.Shared.Rent(8); }
            private static void GrowChecked(ref byte[]? a, int n) { byte[] b = ArrayPool<byte>.Shared.Rent(n); if (a != null) { a.CopyTo(b, 0); ArrayPool<byte>.Shared.Return(a); } a = b; }
            private static bool TryGrow(ref byte[] a, int n) { if (a.Length >= n) return false; byte[] b = ArrayPool<byte>.Shared.Rent(n); a.CopyTo(b, 0); ArrayPool<byte>.Shared.Return(a); a = b; return true; }
            private static void Reset(ref byte[]? a, bool really) { if (really && a != null) { ArrayPool<byte>.Shared.Return(a); a = null; } }
            private static void Throwing(ref byte[]? a) { if (a == null) throw new IOException(); ArrayPool<byte>.Shared.Return(a); a = null; }
            private static void Owner(ref IMemoryOwner<byte> o, int n) { IMemoryOwner<byte> larger = MemoryPool<byte>.Shared.Rent(n); o.Memory.CopyTo(larger.Memory); o.Dispose(); o = larger; }
            private static T Exchange<T>(ref T a, T b) { T old = a; a = b; return old; }
            private static byte[] Take(ref byte[]? a) { byte[] t = a!; a = null; return t; }
            private static void Handle(ref GCHandle h) { if (h.IsAllocated) h.Free(); h = default; }
            private static void Native(ref nint p) { if (p != 0) Marshal.FreeHGlobal(p); p = 0; }
            private static void SafeFree(ref IMemoryOwner<byte>? o) { var t = Interlocked.Exchange(ref o, null); t?.Dispose(); }
        """;

    [Theory]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); {|BUF2008:Grow|}(ref a); Console.WriteLine(a[0]); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); Grow(ref a); ArrayPool<byte>.Shared.Return(a); ArrayPool<byte>.Shared.{|BUF2006:Return|}(a); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); ArrayPool<byte>.Shared.Return(a); {|BUF2006:Grow|}(ref a); ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); Grow(ref a); ArrayPool<byte>.Shared.Return(a); {|BUF2005:a|}[0] = 1; }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); Span<byte> s = a; Grow(ref a); {|BUF2005:s|}[0] = 1; ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); byte[] old = a; Grow(ref a); ArrayPool<byte>.Shared.{|BUF2006:Return|}(old); ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("void M(int n) { byte[] a = ArrayPool<byte>.Shared.Rent(8); Span<byte> s = a; int used = 0; while (n-- > 0) { if (used == s.Length) Grow(ref a); {|BUF2005:s|}[used++] = 1; } ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("void M(int n) { byte[] a = ArrayPool<byte>.Shared.Rent(8); GrowTo(ref a, n); ArrayPool<byte>.Shared.Return(a); ArrayPool<byte>.Shared.{|BUF2006:Return|}(a); }")]
    [InlineData("void M(int n) { byte[] a = ArrayPool<byte>.Shared.Rent(8); Span<byte> s = a; GrowTo(ref a, n); {|BUF2005:s|}[0] = 1; ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("void M() { byte[]? a = ArrayPool<byte>.Shared.Rent(8); Span<byte> s = a; Free(ref a); {|BUF2005:s|}[0] = 1; }")]
    [InlineData("void M() { byte[]? a = ArrayPool<byte>.Shared.Rent(8); byte[] old = a; Free(ref a); ArrayPool<byte>.Shared.{|BUF2006:Return|}(old); }")]
    [InlineData("void M(int n) { byte[]? a = ArrayPool<byte>.Shared.{|BUF2008:Rent|}(8); if (n > 3) return; Free(ref a); }")]
    [InlineData("void M() { byte[]? a = ArrayPool<byte>.Shared.Rent(8); Span<byte> s = a; FreeExchange(ref a); {|BUF2005:s|}[0] = 1; }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); FreeOnly(ref a); ArrayPool<byte>.Shared.{|BUF2006:Return|}(a); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); FreeOnly(ref a); {|BUF2005:a|}[0] = 1; }")]
    [InlineData("void M() { IMemoryOwner<byte>? o = MemoryPool<byte>.Shared.Rent(8); Memory<byte> m = o.Memory; FreeOwner(ref o); {|BUF2005:m.Span|}.Clear(); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.{|BUF2008:Rent|}(8); Look(ref a); Fill(ref a); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); ArrayPool<byte>.Shared.Return(a); FillIt(ref {|BUF2005:a|}); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); Look(ref a); ArrayPool<byte>.Shared.Return(a); ArrayPool<byte>.Shared.{|BUF2006:Return|}(a); }")]
    [InlineData("void M() { {|BUF2008:Make|}(out byte[] a); Console.WriteLine(a[0]); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.{|BUF2008:Rent|}(8); Make(out a); ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("void M(int n) { if ({|BUF2008:TryMake|}(n, out byte[]? a)) Console.WriteLine(a![0]); }")]
    [InlineData("void M() { byte[]? a = null; {|BUF2008:MakeRef|}(ref a); Console.WriteLine(a![0]); }")]
    [InlineData("void M() { byte[]? a = null; MakeRef(ref a); ArrayPool<byte>.Shared.Return(a!); ArrayPool<byte>.Shared.{|BUF2006:Return|}(a!); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); Span<byte> s = a; G(ref a); {|BUF2005:s|}[0] = 1; ArrayPool<byte>.Shared.Return(a); static void G(ref byte[] x) { byte[] b = ArrayPool<byte>.Shared.Rent(99); x.CopyTo(b, 0); ArrayPool<byte>.Shared.Return(x); x = b; } }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); Span<byte> s = a; GrowTwo(ref a); {|BUF2005:s|}[0] = 1; ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); Span<byte> s = a; GrowInst(ref a); {|BUF2005:s|}[0] = 1; ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); Span<byte> s = a; a = Grown(a); {|BUF2005:s|}[0] = 1; ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); a = {|BUF2008:Grown|}(a); a[0] = 1; }")]
    [InlineData("void M() { byte[]? a = ArrayPool<byte>.Shared.Rent(8); Span<byte> s = a; GrowChecked(ref a, 99); {|BUF2005:s|}[0] = 1; ArrayPool<byte>.Shared.Return(a!); }")]
    [InlineData("void M() { byte[]? a = null; {|BUF2008:GrowChecked|}(ref a, 99); a![0] = 1; }")]
    [InlineData("void M() { nint p = Marshal.AllocHGlobal(8); nint q = p; Native(ref p); Marshal.{|BUF2002:FreeHGlobal|}(q); }")]
    public Task Mistake_across_a_reference_is_reported(string caller) => VerifyAsync(caller);

    [Theory]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); Grow(ref a); Console.WriteLine(a[0]); ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); Span<byte> s = a; s[0] = 1; Grow(ref a); s = a; s[1] = 2; ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("void M(int n) { byte[] a = ArrayPool<byte>.Shared.Rent(8); int used = 0; while (n-- > 0) { if (used == a.Length) Grow(ref a); a[used++] = 1; } ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("void M(int n) { byte[] a = ArrayPool<byte>.Shared.Rent(8); GrowTo(ref a, n); a[0] = 1; ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); try { Grow(ref a); Console.WriteLine(a[0]); Grow(ref a); } finally { ArrayPool<byte>.Shared.Return(a); } }")]
    [InlineData("void M() { byte[]? a = ArrayPool<byte>.Shared.Rent(8); Console.WriteLine(a[0]); Free(ref a); }")]
    [InlineData("void M() { byte[]? a = ArrayPool<byte>.Shared.Rent(8); Free(ref a); Free(ref a); }")]
    [InlineData("void M() { byte[]? a = ArrayPool<byte>.Shared.Rent(8); FreeExchange(ref a); FreeExchange(ref a); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); FreeOnly(ref a); }")]
    [InlineData("void M() { IMemoryOwner<byte>? o = MemoryPool<byte>.Shared.Rent(8); Console.WriteLine(o.Memory.Length); FreeOwner(ref o); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); Look(ref a); Fill(ref a); ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("void M() { Make(out byte[] a); Console.WriteLine(a[0]); ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("void M(int n) { if (TryMake(n, out byte[]? a)) ArrayPool<byte>.Shared.Return(a!); }")]
    [InlineData("void M() { byte[]? a = null; MakeRef(ref a); Console.WriteLine(a![0]); ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("void M(int n) { byte[]? a = null; if (n > 3) MakeIfNull(ref a); if (a != null) ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("void M(int n) { byte[]? a = null; while (n-- > 3) { MakeIfNull(ref a); a![0] = 1; } if (a != null) ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); Perhaps(ref a); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); Perhaps(ref a); ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); Keep(ref a); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8), b = ArrayPool<byte>.Shared.Rent(9); Swap(ref a, ref b); ArrayPool<byte>.Shared.Return(a); ArrayPool<byte>.Shared.Return(b); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8), b = new byte[7]; Swap(ref a, ref b); a[0] = 1; ArrayPool<byte>.Shared.Return(b); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); Span<byte> s = a; GrowSpan(ref a, ref s); s[0] = 1; ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("void M(int n) { Span<byte> s = stackalloc byte[8]; byte[]? r = null; int used = 0; while (n-- > 0) { if (used == s.Length) GrowFirst(ref s, ref r); s[used++] = 1; } if (r != null) ArrayPool<byte>.Shared.Return(r); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); GrowTwo(ref a); ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("void M() { byte[] a = new byte[8]; Array.Resize(ref a, 99); a[0] = 1; }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); a = Grown(a); a[0] = 1; ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); ArrayPool<byte>.Shared.Return(a); MakeAgain(ref a); ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("void M(int n) { byte[]? a = null; while (n-- > 0) { GrowChecked(ref a, n); a![0] = 1; } if (a != null) ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("void M(int n) { byte[] a = ArrayPool<byte>.Shared.Rent(8); Span<byte> s = a; if (TryGrow(ref a, n)) s = a; s[0] = 1; ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("void M(byte[][] all, int n) { byte[] b = ArrayPool<byte>.Shared.Rent(8); all[0] = b; MakeAgain(ref all[1]); ArrayPool<byte>.Shared.Return(all[0]); }")]
    [InlineData("void M() { byte[]? a = ArrayPool<byte>.Shared.Rent(8); Reset(ref a, true); }")]
    [InlineData("void M() { byte[]? a = ArrayPool<byte>.Shared.Rent(8); Reset(ref a, false); ArrayPool<byte>.Shared.Return(a!); }")]
    [InlineData("void M() { byte[]? a = ArrayPool<byte>.Shared.Rent(8); try { Throwing(ref a); } catch (IOException) { if (a != null) ArrayPool<byte>.Shared.Return(a); } }")]
    [InlineData("void M() { IMemoryOwner<byte> o = MemoryPool<byte>.Shared.Rent(8); Owner(ref o, 99); o.Memory.Span.Clear(); o.Dispose(); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); byte[] old = Exchange(ref a, ArrayPool<byte>.Shared.Rent(9)); ArrayPool<byte>.Shared.Return(old); ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("void M() { byte[]? a = ArrayPool<byte>.Shared.Rent(8); byte[] t = Take(ref a); ArrayPool<byte>.Shared.Return(t); }")]
    [InlineData("void M(byte[] b) { var h = GCHandle.Alloc(b, GCHandleType.Pinned); Handle(ref h); Handle(ref h); }")]
    [InlineData("void M() { nint p = Marshal.AllocHGlobal(8); Native(ref p); Native(ref p); }")]
    [InlineData("void M() { IMemoryOwner<byte>? o = MemoryPool<byte>.Shared.Rent(8); SafeFree(ref o); SafeFree(ref o); }")]
    [InlineData("private static byte[] Lazy(ref byte[]? a) => a ??= ArrayPool<byte>.Shared.Rent(8); void M() { byte[]? a = null; byte[] b = Lazy(ref a); Console.WriteLine(b[0]); ArrayPool<byte>.Shared.Return(b); }")]
    [InlineData("private static byte[] Lazy(ref byte[]? a) => a ??= ArrayPool<byte>.Shared.Rent(8); void M() { byte[]? a = null; Console.WriteLine(Lazy(ref a)[0]); if (a != null) ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("private static void Advance(ref nint p) { p += 4; } void M() { nint p = Marshal.AllocHGlobal(8), q = p; Advance(ref q); Advance(ref q); Marshal.FreeHGlobal(p); }")]
    [InlineData("private static void Skip(ref Span<byte> s) { s = s.Slice(1); } void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); Span<byte> s = a; Skip(ref s); s[0] = 1; ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("private static void ToOwn(ref byte[] a) { a = (byte[])a.Clone(); } void M() { byte[] r = ArrayPool<byte>.Shared.Rent(8), a = r; ToOwn(ref a); ArrayPool<byte>.Shared.Return(r); a[0] = 1; }")]
    [InlineData("private static void Trim(ref byte[] a) { byte[] t = new byte[3]; Array.Copy(a, t, 3); ArrayPool<byte>.Shared.Return(a); a = t; } void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); Trim(ref a); a[0] = 1; }")]
    [InlineData("private static void Trim(ref byte[] a) { byte[] t = new byte[3]; Array.Copy(a, t, 3); ArrayPool<byte>.Shared.Return(a); a = t; } byte[] M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); Trim(ref a); return a; }")]
    [InlineData("void M(int n, byte[] given) { byte[] a = given; bool owns = false; if (n > 3) Rent(ref a, ref owns, n); Console.WriteLine(a[0]); if (owns) ArrayPool<byte>.Shared.Return(a); } private static void Rent(ref byte[] a, ref bool owns, int n) { a = ArrayPool<byte>.Shared.Rent(n); owns = true; }")]
    [InlineData("private static bool TryRent(ref byte[]? a, int n) { if (n < 3) return false; a = ArrayPool<byte>.Shared.Rent(n); return true; } void M(int n) { byte[]? a = null; if (TryRent(ref a, n)) { Console.WriteLine(a![0]); ArrayPool<byte>.Shared.Return(a!); } }")]
    [InlineData("private static byte[] RentOrNew(int n) => n > 64 ? ArrayPool<byte>.Shared.Rent(n) : new byte[n]; void M(int n) { byte[] a = RentOrNew(n); Console.WriteLine(a[0]); if (n > 64) ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("struct Builder { public byte[] Buf; public int Pos; public Builder(int n) { Buf = ArrayPool<byte>.Shared.Rent(n); Pos = 0; } public void Dispose() { byte[] b = Buf; this = default; if (b != null) ArrayPool<byte>.Shared.Return(b); } } private static void GrowB(ref Builder b) { byte[] n = ArrayPool<byte>.Shared.Rent(b.Buf.Length * 2); b.Buf.CopyTo(n, 0); ArrayPool<byte>.Shared.Return(b.Buf); b.Buf = n; } private static void Append(ref Builder b, byte c) { if (b.Pos == b.Buf.Length) GrowB(ref b); b.Buf[b.Pos++] = c; } private static void End(ref Builder b) { ArrayPool<byte>.Shared.Return(b.Buf); b = default; } void M() { var b = new Builder(8); Append(ref b, 1); Append(ref b, 2); Console.WriteLine(b.Buf[0]); b.Dispose(); }")]
    [InlineData("struct Builder { public byte[] Buf; public int Pos; public Builder(int n) { Buf = ArrayPool<byte>.Shared.Rent(n); Pos = 0; } public void Dispose() { byte[] b = Buf; this = default; if (b != null) ArrayPool<byte>.Shared.Return(b); } } private static void GrowB(ref Builder b) { byte[] n = ArrayPool<byte>.Shared.Rent(b.Buf.Length * 2); b.Buf.CopyTo(n, 0); ArrayPool<byte>.Shared.Return(b.Buf); b.Buf = n; } private static void Append(ref Builder b, byte c) { if (b.Pos == b.Buf.Length) GrowB(ref b); b.Buf[b.Pos++] = c; } private static void End(ref Builder b) { ArrayPool<byte>.Shared.Return(b.Buf); b = default; } void M() { var b = new Builder(8); try { Append(ref b, 1); Append(ref b, 2); } finally { b.Dispose(); } }")]
    [InlineData("struct Builder { public byte[] Buf; public int Pos; public Builder(int n) { Buf = ArrayPool<byte>.Shared.Rent(n); Pos = 0; } public void Dispose() { byte[] b = Buf; this = default; if (b != null) ArrayPool<byte>.Shared.Return(b); } } private static void GrowB(ref Builder b) { byte[] n = ArrayPool<byte>.Shared.Rent(b.Buf.Length * 2); b.Buf.CopyTo(n, 0); ArrayPool<byte>.Shared.Return(b.Buf); b.Buf = n; } private static void Append(ref Builder b, byte c) { if (b.Pos == b.Buf.Length) GrowB(ref b); b.Buf[b.Pos++] = c; } private static void End(ref Builder b) { ArrayPool<byte>.Shared.Return(b.Buf); b = default; } void M() { var b = new Builder { Buf = ArrayPool<byte>.Shared.Rent(8) }; Append(ref b, 1); End(ref b); }")]
    [InlineData("struct Builder { public byte[] Buf; public int Pos; public Builder(int n) { Buf = ArrayPool<byte>.Shared.Rent(n); Pos = 0; } public void Dispose() { byte[] b = Buf; this = default; if (b != null) ArrayPool<byte>.Shared.Return(b); } } private static void GrowB(ref Builder b) { byte[] n = ArrayPool<byte>.Shared.Rent(b.Buf.Length * 2); b.Buf.CopyTo(n, 0); ArrayPool<byte>.Shared.Return(b.Buf); b.Buf = n; } private static void Append(ref Builder b, byte c) { if (b.Pos == b.Buf.Length) GrowB(ref b); b.Buf[b.Pos++] = c; } private static void End(ref Builder b) { ArrayPool<byte>.Shared.Return(b.Buf); b = default; } void M() { Builder b = default; b.Buf = ArrayPool<byte>.Shared.Rent(8); Append(ref b, 1); End(ref b); }")]
    [InlineData("private static byte[] RentIt(int n) => ArrayPool<byte>.Shared.Rent(n); private static void ReturnIt(byte[] a) => ArrayPool<byte>.Shared.Return(a); void M(int n) { byte[] a = RentIt(n); try { Console.WriteLine(a[0]); } finally { ReturnIt(a); } }")]
    [InlineData("private static byte[] RentIt(int n) => ArrayPool<byte>.Shared.Rent(n); private static void ReturnIt(byte[] a) => ArrayPool<byte>.Shared.Return(a); byte[] M(int n) { byte[] a = RentIt(n); a[0] = 1; return a; }")]
    [InlineData("private static byte[] RentIt(int n) => ArrayPool<byte>.Shared.Rent(n); private static void ReturnIt(byte[] a) => ArrayPool<byte>.Shared.Return(a); Memory<byte> M(int n) { byte[] a = RentIt(n); return a.AsMemory(0, n); }")]
    [InlineData("private static byte[] RentIt(int n) => ArrayPool<byte>.Shared.Rent(n); private static void ReturnIt(byte[] a) => ArrayPool<byte>.Shared.Return(a); ArraySegment<byte> M(int n) => new(RentIt(n), 0, n);")]
    [InlineData("private static byte[] RentIt(int n) => ArrayPool<byte>.Shared.Rent(n); private static void ReturnIt(byte[] a) => ArrayPool<byte>.Shared.Return(a); void M(int n, Queue<byte[]> q) { q.Enqueue(RentIt(n)); }")]
    [InlineData("private static byte[] RentIt(int n) => ArrayPool<byte>.Shared.Rent(n); private static void ReturnIt(byte[] a) => ArrayPool<byte>.Shared.Return(a); ReadOnlySequence<byte> M(int n) => new(RentIt(n));")]
    public Task Right_use_of_what_is_behind_a_reference_is_silent(string caller) => VerifyAsync(caller);

    private static Task VerifyAsync(string caller) => RuleCode.VerifyAsync("#nullable enable\nusing System.Buffers;\nusing System.Runtime.InteropServices;\nclass C {" + Callees + caller + "\n}");
}
