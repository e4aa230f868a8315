using Xunit;

namespace BufferLifetime.Analyzers.Tests.Rules.BaseLibrary;

/// <summary>BUF2011 where one member of a type does not ask, as the others do, whether the instance was disposed.</summary>
public sealed class DisposedTests
{
    private const string Usings = "using System.Buffers;\n";

    [Theory]
    [InlineData("public int First() { Check(); return _b[0]; } public int Last() { Check(); return _b[^1]; } public void Write(Stream s) => s.Write({|BUF2011:_b|}, 0, 4); private void Check() { if (_disposed) throw new ObjectDisposedException(null); }")]
    [InlineData("public int First() { ObjectDisposedException.ThrowIf(_disposed, this); return _b[0]; } public Span<byte> All { get { ObjectDisposedException.ThrowIf(_disposed, this); return _b.AsSpan(); } } public int Last() => {|BUF2011:_b|}[^1];")]
    public Task Member_that_does_not_ask_is_reported(string members) => RuleCode.VerifyAsync(Code(members));

    [Theory]
    [InlineData("public int First() { Check(); return _b[0]; } public int Last() { Check(); return _b[^1]; } public void Write(Stream s) { Check(); s.Write(_b, 0, 4); } private void Check() { if (_disposed) throw new ObjectDisposedException(null); }")]
    [InlineData("public int First() { Check(); return _b[0]; } public int Last() { Check(); return _b[^1]; } public int Both() => First() + _b[1]; private void Check() { if (_disposed) throw new ObjectDisposedException(null); }")]
    [InlineData("public int First() { Check(); return _b[0]; } public int Last() { Check(); return _b[^1]; } public int Length => _b.Length; private void Check() { if (_disposed) throw new ObjectDisposedException(null); }")]
    [InlineData("public int First() => _b[0]; public int Last() => _b[^1];")]
    [InlineData("public int First() { Check(); return _b[0]; } public int Last() => _b[^1]; public int Next() => _b[1]; private void Check() { if (_disposed) throw new ObjectDisposedException(null); }")]
    [InlineData("public int First() { Check(); return _b[0]; } public int Last() { Check(); return _b[^1]; } private void Check() { if (_disposed) throw new ObjectDisposedException(null); } private int Unchecked() => _b[1];")]
    public Task Types_that_ask_everywhere_or_hardly_anywhere_are_silent(string members) => RuleCode.VerifyAsync(Code(members));

    private static string Code(string members) => Usings + "sealed class C : IDisposable { private readonly byte[] _b = ArrayPool<byte>.Shared.Rent(8); private bool _disposed; public void Dispose() { if (!_disposed) { _disposed = true; ArrayPool<byte>.Shared.Return(_b); } } " + members + " }";
}
