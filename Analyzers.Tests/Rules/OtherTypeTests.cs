using Xunit;

namespace BufferLifetime.Analyzers.Tests.Rules;

/// <summary>What methods, constructors and instances of other types of the same compilation do with a buffer is read from their own bodies.</summary>
public sealed class OtherTypeTests
{
    private const string Helpers = """
        internal static class Arrays
        {
            private static byte[]? s_last;
            public static void GiveBack(byte[] bytes) => ArrayPool<byte>.Shared.Return(bytes);
            public static void GiveBackIfThere(byte[]? bytes) { if (bytes != null) ArrayPool<byte>.Shared.Return(bytes); }
            public static void GiveBackByAnother(byte[] bytes) => Farther.GiveBack(bytes);
            public static void Perhaps(byte[] bytes) { if (Any.Chance()) ArrayPool<byte>.Shared.Return(bytes); }
            public static void Mark(byte[] bytes) => bytes[0] = 1;
            public static void Keep(byte[] bytes) => s_last = bytes;
            public static Span<byte> Head(byte[] bytes) => bytes.AsSpan(0, 4);
            public static Memory<byte> Tail(Memory<byte> bytes) => bytes.Slice(1);
            public static byte[] Same(byte[] bytes) { bytes[0] = 2; return bytes; }
            public static Span<byte> HeadOfOne(byte[] bytes, byte[] other) => Any.Chance() ? bytes.AsSpan() : other.AsSpan();
            public static byte[] Grown(byte[] bytes, int n) { if (n <= bytes.Length) return bytes; byte[] more = ArrayPool<byte>.Shared.Rent(n); bytes.CopyTo(more, 0); ArrayPool<byte>.Shared.Return(bytes); return more; }
            public static byte[] Sized(int n) { if (n < 16) return new byte[16]; if (n < 32) return new byte[32]; return ArrayPool<byte>.Shared.Rent(n); }
            public static byte[] Copy(byte[] bytes) => bytes.AsSpan().ToArray();
            public static IMemoryOwner<byte> Borrow(int n) => MemoryPool<byte>.Shared.Rent(n);
            public static Memory<byte> Whole(IMemoryOwner<byte> owner) => owner.Memory;
            public static void Ping(byte[] bytes, int n) { if (n > 0) Farther.Pong(bytes, n - 1); else ArrayPool<byte>.Shared.Return(bytes); }
        }

        internal static class Farther
        {
            public static void GiveBack(byte[] bytes) => ArrayPool<byte>.Shared.Return(bytes);
            public static void Pong(byte[] bytes, int n) => Arrays.Ping(bytes, n);
        }

        internal abstract class Sink { public virtual void Take(byte[] bytes) => bytes[0] = 1; }
        """;

    [Theory]
    [InlineData("byte[] a = ArrayPool<byte>.Shared.Rent(8); Arrays.GiveBack(a); {|BUF2005:a|}[0] = 1;")]
    [InlineData("byte[] a = ArrayPool<byte>.Shared.Rent(8); Arrays.GiveBackIfThere(a); ArrayPool<byte>.Shared.{|BUF2006:Return|}(a);")]
    [InlineData("byte[] a = ArrayPool<byte>.Shared.Rent(8); Arrays.GiveBackByAnother(a); Arrays.{|BUF2006:GiveBack|}({|BUF2005:a|});")]
    [InlineData("byte[] a = ArrayPool<byte>.Shared.{|BUF2008:Rent|}(8); Arrays.Mark(a);")]
    [InlineData("byte[] a = ArrayPool<byte>.Shared.Rent(8); Span<byte> s = Arrays.Head(a); ArrayPool<byte>.Shared.Return(a); {|BUF2005:s|}[0] = 1;")]
    [InlineData("byte[] a = ArrayPool<byte>.Shared.Rent(8); byte[] b = Arrays.Same(a); ArrayPool<byte>.Shared.Return(a); ArrayPool<byte>.Shared.{|BUF2006:Return|}(b);")]
    [InlineData("IMemoryOwner<byte> o = MemoryPool<byte>.Shared.Rent(8); Memory<byte> m = Arrays.Tail(o.Memory); o.Dispose(); {|BUF2005:m.Span|}[0] = 1;")]
    [InlineData("IMemoryOwner<byte> o = MemoryPool<byte>.Shared.Rent(8); Memory<byte> m = Arrays.Whole(o); o.Dispose(); {|BUF2005:m.Span|}[0] = 1;")]
    [InlineData("byte[] a = ArrayPool<byte>.Shared.Rent(8), b = new byte[8]; Span<byte> s = Arrays.HeadOfOne(a, b); ArrayPool<byte>.Shared.Return(a); {|BUF2005:s|}[0] = 1;")]
    [InlineData("IMemoryOwner<byte> o = Arrays.{|BUF2008:Borrow|}(8); o.Memory.Span[0] = 1;")]
    public Task Mistake_across_a_call_of_another_types_method_is_reported(string statements) => VerifyAsync(Helpers, statements);

    [Theory]
    [InlineData("byte[] a = ArrayPool<byte>.Shared.Rent(8); a[0] = 1; Arrays.GiveBack(a);")]
    [InlineData("byte[] a = ArrayPool<byte>.Shared.Rent(8); try { Arrays.Mark(a); } finally { Arrays.GiveBackIfThere(a); }")]
    [InlineData("byte[] a = ArrayPool<byte>.Shared.Rent(8); Arrays.Perhaps(a); a[0] = 1;")]
    [InlineData("byte[] a = ArrayPool<byte>.Shared.Rent(8); Arrays.Keep(a);")]
    [InlineData("byte[] a = ArrayPool<byte>.Shared.Rent(8); byte[] c = Arrays.Copy(a); ArrayPool<byte>.Shared.Return(a); c[0] = 1;")]
    [InlineData("byte[] a = ArrayPool<byte>.Shared.Rent(8); a = Arrays.Grown(a, 16); a[9] = 1; ArrayPool<byte>.Shared.Return(a);")]
    [InlineData("byte[] a = ArrayPool<byte>.Shared.Rent(8); ArrayPool<byte>.Shared.Return(Arrays.Same(a));")]
    [InlineData("byte[] a = ArrayPool<byte>.Shared.Rent(8); Span<byte> s = Arrays.Head(a); s[0] = 1; ArrayPool<byte>.Shared.Return(a);")]
    [InlineData("using IMemoryOwner<byte> o = Arrays.Borrow(8); Arrays.Tail(o.Memory).Span[0] = 1;")]
    [InlineData("byte[] a = ArrayPool<byte>.Shared.Rent(8); Arrays.Ping(a, 3);")]
    [InlineData("byte[] a = ArrayPool<byte>.Shared.Rent(8); Arrays.Ping(a, 3); a[0] = 1;")]
    [InlineData("byte[] a = ArrayPool<byte>.Shared.Rent(8); sink.Take(a);")]
    [InlineData("byte[] a = Arrays.Sized(Any.Number()); a[0] = 1;")]
    public Task Right_use_of_another_types_methods_is_silent(string statements) => VerifyAsync(Helpers, statements);

    private const string Owners = """
        internal sealed class Block : IDisposable
        {
            private byte[]? _bytes;
            private readonly int _length;
            public Block(int length) { _length = length; _bytes = ArrayPool<byte>.Shared.Rent(length); }
            public Span<byte> Span => _bytes.AsSpan(0, _length);
            public byte[] Bytes => _bytes ?? throw new ObjectDisposedException(nameof(Block));
            public bool IsEmpty => _bytes is null;
            public void Grow(int length) { byte[] larger = ArrayPool<byte>.Shared.Rent(length); ArrayPool<byte>.Shared.Return(_bytes!); _bytes = larger; }
            public byte[] Detach() { byte[] bytes = _bytes!; _bytes = null; return bytes; }
            public void Set(int at) => _bytes![at] = 1;
            public void Dispose() { if (_bytes != null) { ArrayPool<byte>.Shared.Return(_bytes); _bytes = null; } }
        }

        internal struct Piece : IDisposable
        {
            private byte[]? _bytes;
            public Piece(int length) => _bytes = ArrayPool<byte>.Shared.Rent(length);
            public readonly Span<byte> Span => _bytes;
            public void Dispose() { byte[]? bytes = _bytes; _bytes = null; if (bytes != null) ArrayPool<byte>.Shared.Return(bytes); }
        }

        internal sealed class Scratch : IDisposable
        {
            private readonly byte[] _bytes = ArrayPool<byte>.Shared.Rent(16);
            private bool _ended;
            public Span<byte> Span => _bytes;
            public void Dispose() { Dispose(true); GC.SuppressFinalize(this); }
            private void Dispose(bool disposing) { if (_ended) return; _ended = true; if (disposing) ArrayPool<byte>.Shared.Return(_bytes); }
        }

        internal sealed class Flagged : IDisposable
        {
            private readonly byte[] bytes = ArrayPool<byte>.Shared.Rent(16);
            private bool ended;
            public Span<byte> Span => this.bytes;
            public void Dispose() { if (this.ended) return; this.ended = true; ArrayPool<byte>.Shared.Return(this.bytes); }
        }

        internal sealed class Keeper : IDisposable
        {
            private readonly IMemoryOwner<byte> _owner;
            private int _ended;
            public Keeper(IMemoryOwner<byte> owner) => _owner = owner;
            public Memory<byte> Memory => _owner.Memory;
            public void Dispose() { if (Interlocked.Exchange(ref _ended, 1) == 0) _owner.Dispose(); }
        }

        internal sealed class ArrayKeeper : IDisposable
        {
            private byte[]? _bytes;
            public ArrayKeeper(byte[] bytes) => _bytes = bytes;
            public void Dispose() { byte[]? bytes = Interlocked.Exchange(ref _bytes, null); if (bytes != null) ArrayPool<byte>.Shared.Return(bytes); }
        }

        internal sealed class Pinned : IDisposable
        {
            private GCHandle _handle;
            public Pinned(byte[] bytes) => _handle = GCHandle.Alloc(bytes, GCHandleType.Pinned);
            public nint Address => _handle.AddrOfPinnedObject();
            public void Dispose() { if (_handle.IsAllocated) _handle.Free(); }
        }

        internal sealed class Loose : IDisposable
        {
            private readonly IMemoryOwner<byte> _owner;
            private readonly bool _leaveOpen;
            public Loose(IMemoryOwner<byte> owner, bool leaveOpen = false) { _owner = owner; _leaveOpen = leaveOpen; }
            public void Dispose() { if (!_leaveOpen) _owner.Dispose(); }
        }

        internal sealed class Reader : IDisposable
        {
            private readonly byte[] _bytes;
            public Reader(byte[] bytes) => _bytes = bytes;
            public void Dispose() { }
        }

        internal sealed class Listed : IDisposable
        {
            private static readonly List<Listed> s_all = [];
            private readonly byte[] _bytes = ArrayPool<byte>.Shared.Rent(16);
            private bool _ended;
            public Listed() => s_all.Add(this);
            public void Dispose() { if (!_ended) { _ended = true; ArrayPool<byte>.Shared.Return(_bytes); } }
        }

        internal sealed class Finalized : IDisposable
        {
            private byte[]? _bytes = ArrayPool<byte>.Shared.Rent(16);
            ~Finalized() => Dispose();
            public void Dispose() { if (_bytes != null) ArrayPool<byte>.Shared.Return(_bytes); _bytes = null; }
        }

        internal static class Blocks
        {
            private static Block? s_last;
            public static Block Make(int length) => new Block(length);
            public static void Keep(Block block) => s_last = block;
            public static void End(Block block) => block.Dispose();
            public static void EndPiece(Piece piece) => piece.Dispose();
            public static void EndPieceOf(ref Piece piece) => piece.Dispose();
            public static void Perhaps(Block block) { if (Any.Chance()) block.Dispose(); }
        }
        """;

    [Theory]
    [InlineData("var b = new Block(8); Span<byte> s = b.Span; b.Dispose(); {|BUF2005:s|}[0] = 1;")]
    [InlineData("var b = new Block(8); byte[] a = b.Bytes; b.Dispose(); {|BUF2005:a|}[0] = 1;")]
    [InlineData("var b = new Block(8); ArrayPool<byte>.Shared.Return(b.Bytes); b.{|BUF2006:Dispose|}();")]
    [InlineData("var b = {|BUF2008:new Block(8)|}; b.Set(1);")]
    [InlineData("var b = new Piece(8); Piece c = b; b.Dispose(); c.{|BUF2006:Dispose|}();")]
    [InlineData("var b = new Piece(8); Blocks.EndPiece(b); b.{|BUF2006:Dispose|}();")]
    [InlineData("var b = new Block(8); Span<byte> s = b.Span; Blocks.End(b); {|BUF2005:s|}[0] = 1;")]
    [InlineData("var s = new Scratch(); Span<byte> span = s.Span; s.Dispose(); {|BUF2005:span|}[0] = 1;")]
    [InlineData("var s = new Scratch(); s.Dispose(); {|BUF2005:s.Span|}[0] = 1;")]
    [InlineData("IMemoryOwner<byte> o = MemoryPool<byte>.Shared.Rent(8); var k = new Keeper(o); k.Dispose(); Memory<byte> m = {|BUF2005:o|}.Memory;")]
    [InlineData("var k = new Keeper(MemoryPool<byte>.Shared.Rent(8)); Memory<byte> m = k.Memory; k.Dispose(); {|BUF2005:m.Span|}[0] = 1;")]
    [InlineData("byte[] a = ArrayPool<byte>.Shared.Rent(8); var k = new ArrayKeeper(a); k.Dispose(); ArrayPool<byte>.Shared.{|BUF2006:Return|}(a);")]
    [InlineData("byte[] a = ArrayPool<byte>.Shared.Rent(8); var k = new ArrayKeeper(a); var l = new ArrayKeeper(a); k.Dispose(); l.{|BUF2006:Dispose|}();")]
    [InlineData("byte[] a = ArrayPool<byte>.Shared.{|BUF2008:Rent|}(8); var k = new ArrayKeeper(a); a[0] = 1;")]
    [InlineData("var p = {|BUF2001:new Pinned(new byte[8])|}; Any.Transfer(p.Address, 8);")]
    [InlineData("var p = new Pinned(new byte[8]); nint address = p.Address; p.Dispose(); Any.Transfer({|BUF2002:address|}, 8);")]
    [InlineData("var f = new Flagged(); Span<byte> span = f.Span; f.Dispose(); {|BUF2005:span|}[0] = 1;")]
    [InlineData("var f = {|BUF2008:new Flagged()|}; f.Span[0] = 1;")]
    public Task Misuse_of_what_another_type_owns_is_reported(string statements) => VerifyAsync(Owners, statements);

    [Theory]
    [InlineData("using var b = new Block(8); b.Span[0] = 1;")]
    [InlineData("var b = new Block(8); b.Dispose(); b.Dispose();")]
    [InlineData("var b = new Block(8); try { b.Set(1); } finally { b.Dispose(); }")]
    [InlineData("var b = new Block(8); Block c = b; b.Dispose(); c.Dispose(); int left = c.Span.Length;")]
    [InlineData("Block? b = Any.Chance() ? new Block(8) : null; b?.Dispose(); b?.Dispose();")]
    [InlineData("var b = new Block(8); using (b) { b.Set(1); b.Dispose(); }")]
    [InlineData("var s = new Scratch(); s.Dispose(); s.Dispose();")]
    [InlineData("var s = new Scratch(); using (s) { s.Span[0] = 1; s.Dispose(); }")]
    [InlineData("var k = new Keeper(MemoryPool<byte>.Shared.Rent(8)); k.Dispose(); IDisposable d = k; d.Dispose();")]
    [InlineData("Block? b = null; try { b = new Block(8); b.Set(1); } finally { b?.Dispose(); }")]
    [InlineData("var b = new Block(8); b.Grow(16); b.Set(9); b.Dispose();")]
    [InlineData("var b = new Block(8); Span<byte> s = b.Span; b.Grow(16); s = b.Span; s[0] = 1; b.Dispose();")]
    [InlineData("var b = new Block(8); byte[] a = b.Detach(); ArrayPool<byte>.Shared.Return(a); b.Dispose();")]
    [InlineData("var b = new Block(8); if (b.IsEmpty) return; b.Dispose();")]
    [InlineData("var b = new Block(8); Blocks.Keep(b);")]
    [InlineData("var b = new Block(8); Blocks.End(b);")]
    [InlineData("var b = new Block(8); Blocks.Perhaps(b); b.Dispose();")]
    [InlineData("_field = new Block(8);")]
    [InlineData("var b = new Block(8); _field = b; b.Set(1);")]
    [InlineData("var all = new List<Block>(); for (int i = 0; i < 3; i++) all.Add(new Block(i)); foreach (Block b in all) b.Dispose();")]
    [InlineData("Block[] all = { new Block(1), new Block(2) }; foreach (Block b in all) b.Dispose();")]
    [InlineData("var a = new Block(1); var b = new Block(2); (a, b) = (b, a); a.Dispose(); b.Dispose();")]
    [InlineData("for (int i = 0; i < 3; i++) { using var b = new Block(i); b.Set(0); }")]
    [InlineData("var b = new Block(8); Task.Run(() => b.Dispose());")]
    [InlineData("var b = new Block(8); Action end = b.Dispose; end();")]
    [InlineData("Func<Block> late; { var b = new Block(8); late = () => b; } late().Dispose();")]
    [InlineData("IDisposable b = new Block(8); b.Dispose();")]
    [InlineData("using (Block b = Blocks.Make(8)) b.Set(1);")]
    [InlineData("var b = new Block(8); Block c = b; b = new Block(9); b.Dispose(); c.Dispose();")]
    [InlineData("Block b; if (Any.Chance()) b = new Block(8); else b = new Block(9); b.Dispose();")]
    [InlineData("var b = new Piece(8); Piece c = b; c.Dispose();")]
    [InlineData("var b = new Piece(8); b.Dispose(); b.Dispose();")]
    [InlineData("var b = new Piece(8); Piece c = b; b = default; c.Dispose(); b.Dispose();")]
    [InlineData("var b = new Piece(8); Blocks.EndPieceOf(ref b); b.Dispose();")]
    [InlineData("var b = new Piece(8); Blocks.EndPiece(b);")]
    [InlineData("var b = new Piece(8); ref Piece r = ref b; r.Dispose();")]
    [InlineData("using var s = new Scratch(); s.Span[0] = 1;")]
    [InlineData("using var k = new Keeper(MemoryPool<byte>.Shared.Rent(8)); k.Memory.Span[0] = 1;")]
    [InlineData("using IMemoryOwner<byte> o = MemoryPool<byte>.Shared.Rent(8); using var l = new Loose(o, leaveOpen: true); o.Memory.Span[0] = 1;")]
    [InlineData("byte[] a = ArrayPool<byte>.Shared.Rent(8); using (var r = new Reader(a)) { } ArrayPool<byte>.Shared.Return(a);")]
    [InlineData("byte[] a = ArrayPool<byte>.Shared.Rent(8); using var k = new ArrayKeeper(a); a[0] = 1;")]
    [InlineData("var l = new Listed();")]
    [InlineData("var f = new Finalized();")]
    [InlineData("using var p = new Pinned(new byte[8]); Any.Transfer(p.Address, 8);")]
    [InlineData("var f = new Flagged(); f.Span[0] = 1; f.Dispose(); f.Dispose();")]
    public Task Right_use_of_what_another_type_owns_is_silent(string statements) => VerifyAsync(Owners, statements);

    private const string Takers = """
        internal sealed class Answer : IDisposable
        {
            private IMemoryOwner<byte>? _bytes;
            public Answer(IMemoryOwner<byte> bytes) => _bytes = bytes;
            public IMemoryOwner<byte>? Bytes => _bytes;
            public IMemoryOwner<byte>? Detach() { IMemoryOwner<byte>? bytes = _bytes; _bytes = null; return bytes; }
            public void Dispose() { _bytes?.Dispose(); _bytes = null; }
        }

        internal sealed class Batch : IDisposable
        {
            private readonly List<IMemoryOwner<byte>> _all = [];
            public int Count => _all.Count;
            public void Collect(Answer answer) { if (answer.Bytes is { } bytes) _all.Add(bytes); }
            public void CollectAll(Answer answer) => _all.Add(answer.Bytes!);
            public void Move(Answer answer) { if (answer.Detach() is { } bytes) _all.Add(bytes); }
            public void CollectSome(Answer answer) { if (Any.Chance()) _all.Add(answer.Bytes!); }
            public void Forget(Answer answer) => _all.Remove(answer.Bytes!);
            public void Dispose() { foreach (IMemoryOwner<byte> bytes in _all) bytes.Dispose(); _all.Clear(); }
        }

        internal sealed class Index : IDisposable
        {
            private readonly List<IMemoryOwner<byte>> _all = [];
            public void Collect(Answer answer) => _all.Add(answer.Bytes!);
            public void Dispose() => _all.Clear();
        }

        internal sealed class Slot : IDisposable
        {
            private IMemoryOwner<byte>? _bytes;
            public void Attach(IMemoryOwner<byte> bytes) { _bytes?.Dispose(); _bytes = bytes; }
            public void Detach() => _bytes = null;
            public void Dispose() { _bytes?.Dispose(); _bytes = null; }
        }

        internal class Loan : IDisposable
        {
            private IMemoryOwner<byte>? _bytes;
            public void Attach(IMemoryOwner<byte> bytes) { _bytes?.Dispose(); _bytes = bytes; }
            public void Dispose() => Free();
            protected virtual void Free() { _bytes?.Dispose(); _bytes = null; }
        }

        internal sealed class LeftOpen : Loan
        {
            protected override void Free() { }
        }
        """;

    [Theory]
    [InlineData("batch.Collect(answer); answer.{|BUF2006:Dispose|}();")]
    [InlineData("if (Any.Chance()) batch.CollectAll(answer); answer.{|BUF2006:Dispose|}();")]
    [InlineData("try { batch.CollectAll(answer); } finally { answer.{|BUF2006:Dispose|}(); }")]
    [InlineData("IMemoryOwner<byte> o = MemoryPool<byte>.Shared.Rent(8); slot.Attach(o); o.{|BUF2006:Dispose|}();")]
    [InlineData("using IMemoryOwner<byte> {|BUF2006:o = MemoryPool<byte>.Shared.Rent(8)|}; slot.Attach(o);")]
    public Task Release_of_what_another_object_took_over_is_reported(string statements) => VerifyAsync(Takers, statements);

    [Theory]
    [InlineData("if (Any.Chance()) batch.Collect(answer); else answer.Dispose();")]
    [InlineData("batch.Collect(answer);")]
    [InlineData("batch.Move(answer); answer.Dispose();")]
    [InlineData("batch.CollectSome(answer); answer.Dispose();")]
    [InlineData("batch.Collect(answer); batch.Forget(answer); answer.Dispose();")]
    [InlineData("try { batch.Collect(answer); } catch (IOException) { answer.Dispose(); throw; }")]
    [InlineData("index.Collect(answer); answer.Dispose();")]
    [InlineData("IMemoryOwner<byte> o = MemoryPool<byte>.Shared.Rent(8); slot.Attach(o);")]
    [InlineData("IMemoryOwner<byte> o = MemoryPool<byte>.Shared.Rent(8); slot.Attach(o); slot.Detach(); o.Dispose();")]
    [InlineData("IMemoryOwner<byte> o = MemoryPool<byte>.Shared.Rent(8); loan.Attach(o); o.Dispose();")]
    public Task What_another_object_took_over_and_is_left_to_it_is_silent(string statements) => VerifyAsync(Takers, statements, "Answer answer, Batch batch, Index index, Slot slot, Loan loan");

    [Theory]
    [InlineData("NativeMemory.Free(_block);", "NativeMemory.AlignedFree(_block);")]
    [InlineData("Heaps.Free(_block);", "Heaps.FreeAligned(_block);")]
    public Task Heap_that_is_chosen_anew_where_the_block_goes_back_is_silent(string free, string freeAligned) => RuleCode.VerifyMembersAsync($$"""
            private unsafe void* _block;

            internal unsafe C(int n) => _block = IsNatural(n) ? System.Runtime.InteropServices.NativeMemory.Alloc(8) : System.Runtime.InteropServices.NativeMemory.AlignedAlloc(8, 64);

            private static bool IsNatural(int n) => n < 16;

            internal unsafe void Dispose(int n)
            {
                if (IsNatural(n)) { {{free.Replace("Native", "System.Runtime.InteropServices.Native", StringComparison.Ordinal)}} }
                else { {{freeAligned.Replace("Native", "System.Runtime.InteropServices.Native", StringComparison.Ordinal)}} }
                _block = null;
            }
        }

        internal static unsafe class Heaps
        {
            public static void Free(void* block) => System.Runtime.InteropServices.NativeMemory.Free(block);
            public static void FreeAligned(void* block) => System.Runtime.InteropServices.NativeMemory.AlignedFree(block);
        """);

    private static Task VerifyAsync(string types, string statements) => VerifyAsync(types, statements, types == Takers ? "Answer answer, Batch batch, Slot slot" : types == Helpers ? "Sink sink" : "int n");

    private static Task VerifyAsync(string types, string statements, string parameters) => RuleCode.VerifyAsync($$"""
        using System.Buffers;
        using System.Runtime.InteropServices;

        internal class C
        {
            {{(types == Owners ? "private Block? _field;" : "")}}

            private void M({{parameters}})
            {
                {{statements}}
            }
        }

        {{types}}
        """);
}
