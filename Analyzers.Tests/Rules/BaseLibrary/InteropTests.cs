using Xunit;

namespace BufferLifetime.Analyzers.Tests.Rules.BaseLibrary;

/// <summary>Blocks, texts, handles and begun operations of code that calls native code: each API with a bug and its repaired twin.</summary>
public sealed class InteropTests
{
    private const string Usings = "using System.Buffers;\nusing System.IO.Pipelines;\nusing System.Net.Sockets;\nusing System.Runtime.InteropServices;\n";

    [Theory]
    [InlineData("nint p = Marshal.{|BUF2001:StringToHGlobalUni|}(s); if (Marshal.ReadByte(p) == 0) return; Marshal.FreeHGlobal(p);")]
    [InlineData("nint p = Marshal.{|BUF2001:StringToCoTaskMemUTF8|}(s); Marshal.ReadByte(p);")]
    [InlineData("nint p = Marshal.StringToBSTR(s); Marshal.FreeBSTR(p); Any.Transfer({|BUF2002:p|}, 1);")]
    [InlineData("nint p = Marshal.AllocHGlobal(8); nint q = Marshal.ReAllocHGlobal(p, 16); Any.Transfer({|BUF2002:p|}, 1); Marshal.FreeHGlobal(q);")]
    [InlineData("void* p = NativeMemory.Alloc(8); void* q = NativeMemory.{|BUF2001:Realloc|}(p, 16); *(byte*)q = 1;")]
    [InlineData("void* p = NativeMemory.AlignedAlloc(8, 8); NativeMemory.AlignedFree(p); NativeMemory.{|BUF2002:AlignedFree|}(p);")]
    [InlineData("byte* p = null; b.{|BUF2001:AcquirePointer|}(ref p); Any.Transfer((nint)p, 1);")]
    [InlineData("bool added = false; h.{|BUF2001:DangerousAddRef|}(ref added); Any.Transfer(h.DangerousGetHandle(), 1);")]
    [InlineData("bool added = false; try { h.DangerousAddRef(ref added); Any.Transfer(h.DangerousGetHandle(), 1); } finally { h.{|BUF2002:DangerousRelease|}(); }")]
    [InlineData("bool taken = false; try { Any.Number(); b.DangerousAddRef(ref taken); Any.Transfer(b.DangerousGetHandle(), 1); } catch (InvalidOperationException) { Any.Number(); } finally { b.{|BUF2002:DangerousRelease|}(); }")]
    [InlineData("var pre = new PreAllocatedOverlapped((_, _, _) => { }, null, null); if (Any.Chance()) return; pre.Dispose();", "BUF2001", "new PreAllocatedOverlapped((_, _, _) => { }, null, null)")]
    [InlineData("GCHandle<string> g = new(s); Any.Number();", "BUF2001", "new(s)")]
    [InlineData("var g = new PinnedGCHandle<byte[]>(a); byte* p = g.GetAddressOfArrayData(); g.Dispose(); Any.Transfer((nint){|BUF2002:p|}, 1);")]
    [InlineData("var g = new WeakGCHandle<string>(s); Any.Transfer(1, 1);", "BUF2001", "new WeakGCHandle<string>(s)")]
    [InlineData("NativeOverlapped* o = new Overlapped().{|BUF2001:UnsafePack|}(null, a); if (Any.Chance()) return; Overlapped.Free(o);")]
    [InlineData("byte[] r = ArrayPool<byte>.Shared.Rent(8); IAsyncResult ar = f.BeginRead(r, 0, 8, null, null); ArrayPool<byte>.Shared.Return({|BUF2007:r|}); f.EndRead(ar);")]
    [InlineData("byte[] r = ArrayPool<byte>.Shared.Rent(8); IAsyncResult ar = k.BeginSend(r, 0, 8, SocketFlags.None, null, null); ArrayPool<byte>.Shared.Return({|BUF2007:r|}); k.EndSend(ar);")]
    [InlineData("Span<byte> t = w.GetSpan(8); w.Advance(4); {|BUF2009:t|}[0] = 1;")]
    [InlineData("Memory<byte> t = w.GetMemory(8); t.Span[0] = 1; w.Advance(1); Any.Keep({|BUF2009:t|});")]
    public Task Mistake_is_reported(string statements, string? id = null, string? marked = null) =>
        RuleCode.VerifyAsync(Code(id is null ? statements : statements.Replace(marked!, "{|" + id + ":" + marked + "|}", StringComparison.Ordinal)));

    [Theory]
    [InlineData("nint p = Marshal.StringToHGlobalUni(s); try { if (Any.Transfer(p, 1) == 0) return; } finally { Marshal.FreeHGlobal(p); }")]
    [InlineData("nint p = 0; try { p = Marshal.StringToCoTaskMemUTF8(s); Any.Transfer(p, 1); } finally { if (p != 0) Marshal.FreeCoTaskMem(p); }")]
    [InlineData("nint p = Marshal.StringToBSTR(s); Any.Transfer(p, 1); Marshal.ZeroFreeBSTR(p);")]
    [InlineData("nint p = Marshal.AllocHGlobal(8); p = Marshal.ReAllocHGlobal(p, 16); Any.Transfer(p, 1); Marshal.FreeHGlobal(p);")]
    [InlineData("void* p = NativeMemory.Alloc(8); p = NativeMemory.Realloc(p, 16); Any.Transfer((nint)p, 1); NativeMemory.Free(p);")]
    [InlineData("void* p = NativeMemory.AlignedAlloc(8, 8); p = NativeMemory.AlignedRealloc(p, 16, 8); NativeMemory.AlignedFree(p);")]
    [InlineData("byte* p = null; try { b.AcquirePointer(ref p); Any.Transfer((nint)p, 1); } finally { if (p != null) b.ReleasePointer(); }")]
    [InlineData("byte* p = null; b.AcquirePointer(ref p); try { Any.Transfer((nint)p, 1); } finally { b.ReleasePointer(); }")]
    [InlineData("bool added = false; try { h.DangerousAddRef(ref added); Any.Transfer(h.DangerousGetHandle(), 1); } finally { if (added) h.DangerousRelease(); }")]
    [InlineData("bool added = false; h.DangerousAddRef(ref added); try { Any.Transfer(h.DangerousGetHandle(), 1); } finally { h.DangerousRelease(); }")]
    [InlineData("bool added = false; try { h.DangerousAddRef(ref added); Any.Transfer(h.DangerousGetHandle(), 1); } finally { bool has = added; if (has) h.DangerousRelease(); }")]
    [InlineData("bool added = false; try { h.DangerousAddRef(ref added); Any.Transfer(h.DangerousGetHandle(), 1); } catch (ObjectDisposedException) { if (!added) return; } h.DangerousRelease();")]
    [InlineData("using var pre = new PreAllocatedOverlapped((_, _, _) => { }, null, null); Any.Number();")]
    [InlineData("using GCHandle<string> g = new(s); Any.Transfer(GCHandle<string>.ToIntPtr(g), 1);")]
    [InlineData("using var g = new PinnedGCHandle<byte[]>(a); byte* p = g.GetAddressOfArrayData(); Any.Transfer((nint)p, 1);")]
    [InlineData("using var g = new WeakGCHandle<string>(s); Any.Number();")]
    [InlineData("NativeOverlapped* o = new Overlapped().UnsafePack(null, a); Overlapped.Unpack(o); Overlapped.Free(o);")]
    [InlineData("byte[] r = ArrayPool<byte>.Shared.Rent(8); IAsyncResult ar = f.BeginRead(r, 0, 8, null, null); f.EndRead(ar); ArrayPool<byte>.Shared.Return(r);")]
    [InlineData("byte[] r = ArrayPool<byte>.Shared.Rent(8); k.BeginReceive(r, 0, 8, SocketFlags.None, ar => { k.EndReceive(ar); ArrayPool<byte>.Shared.Return(r); }, null);")]
    [InlineData("byte[] r = ArrayPool<byte>.Shared.Rent(8); f.BeginWrite(r, 0, 8, Done, r);")]
    [InlineData("byte[] r = ArrayPool<byte>.Shared.Rent(8); IAsyncResult ar = f.BeginRead(r, 0, 8, null, null); ar.AsyncWaitHandle.WaitOne(); ArrayPool<byte>.Shared.Return(r);")]
    [InlineData("byte[] r = ArrayPool<byte>.Shared.Rent(8); e.SetBuffer(r, 0, 8); if (!k.ReceiveAsync(e)) { e.SetBuffer(null, 0, 0); ArrayPool<byte>.Shared.Return(r); }")]
    [InlineData("Span<byte> t = w.GetSpan(8); t[0] = 1; w.Advance(1); t = w.GetSpan(8); t[0] = 2; w.Advance(1);")]
    public Task Repaired_twin_is_silent(string statements) => RuleCode.VerifyAsync(Code(statements));

    private static string Code(string statements) =>
        Usings + "unsafe class C { static void Done(IAsyncResult ar) { } static void M(byte[] a, string s, SafeHandle h, SafeBuffer b, Stream f, Socket k, SocketAsyncEventArgs e, PipeWriter w) { " + statements + " } }";
}
