using Xunit;

namespace BufferLifetime.Analyzers.Tests.Rules.BaseLibrary;

/// <summary>Fields with objects of own types that own something: BUF2012 where a new one takes the place of one that is there, BUF2011 where a struct is disposed and stays.</summary>
public sealed class OwnerReplacedTests
{
    private const string Usings = "using System.Buffers;\nusing System.Runtime.InteropServices;\n";

    [Theory]
    [InlineData("public void Grow(int n) { if (n > _block!.Size) {|BUF2012:_block = new Block(n)|}; }")]
    [InlineData("public void Grow() { {|BUF2012:_block = new Block(_block!.Size * 2)|}; }")]
    [InlineData("public void Write(int n) { while (n > _block!.Size) Make(n); } private void Make(int n) { int size = n * 2; {|BUF2012:_block = new(size)|}; }")]
    [InlineData("public int Run(int n) { if (_block!.Size < n) { Make(n, _block.Size); } return 0; } private void Make(int n, int least) => {|BUF2012:_block = new Block(Math.Max(n, least))|};")]
    public Task Object_that_a_new_one_replaces_while_it_is_there_is_reported(string members) => RuleCode.VerifyAsync(Owning(members));

    [Theory]
    [InlineData("public void Grow(int n) { if (n > _block!.Size) { _block.Dispose(); _block = new Block(n); } }")]
    [InlineData("public void Grow(int n) { Block? old = _block; _block = new Block(n); old?.Dispose(); }")]
    [InlineData("public void Open(int n) { _block = new Block(n); }")]
    [InlineData("public int Get(int n) { if (_block == null) _block = new Block(n); return _block.Size; }")]
    [InlineData("public int Get(int n) { _block ??= new Block(n); return _block.Size; }")]
    [InlineData("public void Write(int n) { while (n > _block!.Size) Make(n); } private void Make(int n) { _block?.Dispose(); _block = new Block(n); }")]
    [InlineData("public void Write(int n) { while (n > _block!.Size) { _block.Dispose(); Make(n); } } private void Make(int n) { _block = new Block(n); }")]
    [InlineData("public void Write(int n) { if (n > _block!.Size) { Drop(); _block = new Block(n); } } private void Drop() { _block?.Dispose(); _block = null; }")]
    [InlineData("public void Stop() => _block!.Dispose(); public void Start() { int n = _block!.Size; _block = new Block(n); }")]
    [InlineData("public void Grow() { _all.Add(_block!); _block = new Block(_block!.Size * 2); } private readonly List<Block> _all = [];")]
    [InlineData("public Block Current => _block!; public void Grow() { _block = new Block(_block!.Size * 2); }")]
    [InlineData("public void Swap() { Any.Keep(_block!.Size); _block = new Block(1); } public void Done() { Block? b = Interlocked.Exchange(ref _block, null); b?.Dispose(); }")]
    public Task Object_that_somebody_ends_or_has_is_silent(string members) => RuleCode.VerifyAsync(Owning(members));

    [Theory]
    [InlineData("public void Grow() { _block = new Block(_block!.Size * 2); }", "")]
    [InlineData("public void Grow() { _plain = new Plain(_plain!.Size * 2); }", "_plain?.Dispose();")]
    public Task Object_that_the_type_does_not_end_or_that_owns_nothing_is_silent(string members, string dispose) => RuleCode.VerifyAsync(Owning(members).Replace("_block?.Dispose();\n}", dispose + "\n}"));

    [Theory]
    [InlineData("public void Clear() { _piece.{|BUF2011:Dispose|}(); _used = 0; }")]
    [InlineData("public void Reset() => _piece.{|BUF2011:Dispose|}();")]
    public Task Struct_that_is_disposed_and_stays_in_its_field_is_reported(string members) => RuleCode.VerifyAsync(Writer(members));

    [Theory]
    [InlineData("public void Clear() { _piece.Dispose(); _piece = default; _used = 0; }")]
    [InlineData("public void Clear() { if (_used > 0) { _piece.Dispose(); _used = 0; } }")]
    [InlineData("public void Finish() { _piece.Dispose(); _disposed = true; }")]
    [InlineData("private void Clear() { _piece.Dispose(); } public void Next(int n) { Clear(); _piece = new Piece(ArrayPool<byte>.Shared, n); }")]
    [InlineData("public void Next(int n) { _piece.Dispose(); _piece = new Piece(ArrayPool<byte>.Shared, n); }")]
    public Task Struct_that_is_replaced_or_noted_to_be_disposed_is_silent(string members) => RuleCode.VerifyAsync(Writer(members));

    private static string Owning(string members) => Usings + """
        sealed class Block : IDisposable
        {
            private byte[]? _bytes;

            public Block(int n) { Size = n; _bytes = ArrayPool<byte>.Shared.Rent(n); }

            public int Size { get; }

            public void Dispose() { byte[]? bytes = _bytes; _bytes = null; if (bytes is not null) ArrayPool<byte>.Shared.Return(bytes); }
        }

        sealed class Plain(int n) : IDisposable { public int Size => n; public void Dispose() { } }

        sealed class C : IDisposable
        {
            private Block? _block;
            private Plain? _plain = new(1);

            public C(int n) { _block = new Block(n); Any.Keep(_plain!.Size); }

            public void Dispose() { _block?.Dispose();
        }

        """ + members + " }";

    private static string Writer(string members) => Usings + """
        readonly struct Piece : IDisposable
        {
            private readonly ArrayPool<byte>? _pool;
            private readonly byte[]? _bytes;

            public Piece(ArrayPool<byte> pool, int n) { _pool = pool; _bytes = pool.Rent(n); }

            public int Length => _bytes?.Length ?? 0;

            public void Dispose() { if (_bytes is not null) _pool!.Return(_bytes); }
        }

        sealed class Writer : IDisposable
        {
            private Piece _piece;
            private int _used;
            private bool _disposed;

            public Writer(Func<int, Piece> make) => _piece = make(16);

            public int Left { get { ObjectDisposedException.ThrowIf(_disposed, this); return _piece.Length - _used; } }

            public void Dispose()
            {
                if (!_disposed)
                {
                    _disposed = true;
                    _piece.Dispose();
                    _piece = default;
                }
            }

        """ + members + " }";
}
