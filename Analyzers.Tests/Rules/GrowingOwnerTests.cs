using Xunit;

namespace BufferLifetime.Analyzers.Tests.Rules;

/// <summary>What an object of another type owns is followed although its members put something larger in its place.</summary>
public sealed class GrowingOwnerTests
{
    private const string Types = """
        internal ref struct TextBuilder
        {
            private char[]? _rented;
            private Span<char> _chars;
            private int _length;

            public TextBuilder(int capacity)
            {
                _rented = ArrayPool<char>.Shared.Rent(capacity);
                _chars = _rented;
            }

            public void Append(char c)
            {
                if ((uint)_length < (uint)_chars.Length)
                    _chars[_length++] = c;
                else
                    GrowAndAppend(c);
            }

            public void Append(string text)
            {
                if (text.Length > _chars.Length - _length)
                    Grow(text.Length);
                text.CopyTo(_chars.Slice(_length));
                _length += text.Length;
            }

            private void GrowAndAppend(char c)
            {
                Grow(1);
                Append(c);
            }

            private void Grow(int more)
            {
                char[] larger = ArrayPool<char>.Shared.Rent(Math.Max(_length + more, _chars.Length * 2));
                _chars.Slice(0, _length).CopyTo(larger);
                char[]? old = _rented;
                _chars = _rented = larger;
                if (old != null)
                    ArrayPool<char>.Shared.Return(old);
            }

            public ReadOnlySpan<char> Text => _chars.Slice(0, _length);

            public override string ToString()
            {
                string text = _chars.Slice(0, _length).ToString();
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

        internal sealed class ByteWriter : IDisposable
        {
            private byte[]? _bytes;
            private int _count;

            public ByteWriter(int capacity) => _bytes = ArrayPool<byte>.Shared.Rent(capacity);

            public void Write(byte value)
            {
                if (_count == _bytes!.Length)
                {
                    byte[] larger = ArrayPool<byte>.Shared.Rent(_count * 2);
                    _bytes.CopyTo(larger, 0);
                    ArrayPool<byte>.Shared.Return(_bytes);
                    _bytes = larger;
                }

                _bytes[_count++] = value;
            }

            /// <summary>Forgets the larger one where it is not needed.</summary>
            public void Trim(int n)
            {
                if (n > 0)
                    ArrayPool<byte>.Shared.Return(_bytes!);
                _bytes = n > 0 ? null : _bytes;
            }

            public void Revive(int n)
            {
                if (n > 0)
                {
                    ArrayPool<byte>.Shared.Return(_bytes!);
                    _bytes = null;
                    Revive(n - 1);
                }
            }

            public byte[]? Detach()
            {
                byte[]? bytes = _bytes;
                _bytes = null;
                return bytes;
            }

            public void Dispose()
            {
                byte[]? bytes = _bytes;
                _bytes = null;
                if (bytes != null)
                    ArrayPool<byte>.Shared.Return(bytes);
            }
        }
        """;

    [Theory]
    [InlineData("var b = {|BUF2008:new TextBuilder(8)|}; b.Append('x'); if (n == 3) return 1; return b.ToString().Length;")]
    [InlineData("var b = {|BUF2008:new TextBuilder(8)|}; b.Append(\"xyz\"); b.Append('x'); return b.Text.Length;")]
    [InlineData("var w = {|BUF2008:new ByteWriter(8)|}; w.Write(1); if (n == 3) return 1; w.Dispose(); return 2;")]
    [InlineData("var w = {|BUF2008:new ByteWriter(8)|}; for (int i = 0; i < n; i++) w.Write((byte)i); return n;")]
    public Task Owner_that_has_grown_is_still_owed(string statements) => VerifyAsync(statements);

    [Theory]
    [InlineData("var b = new TextBuilder(8); b.Append('x'); if (n == 3) { b.Dispose(); return 1; } return b.ToString().Length;")]
    [InlineData("var b = new TextBuilder(8); try { b.Append(\"xyz\"); return b.Text.Length; } finally { b.Dispose(); }")]
    [InlineData("var b = new TextBuilder(8); b.Append('x'); string s = b.ToString(); b.Dispose(); return s.Length;")]
    [InlineData("using var w = new ByteWriter(8); w.Write(1); return 2;")]
    [InlineData("var w = new ByteWriter(8); w.Write(1); byte[]? bytes = w.Detach(); if (bytes != null) ArrayPool<byte>.Shared.Return(bytes); return 2;")]
    [InlineData("var w = new ByteWriter(8); w.Trim(n); return 2;")]
    [InlineData("var w = new ByteWriter(8); w.Revive(n); return 2;")]
    public Task Owner_that_has_grown_and_is_ended_is_silent(string statements) => VerifyAsync(statements);

    private static Task VerifyAsync(string statements) => RuleCode.VerifyAsync($$"""
        using System.Buffers;

        {{Types}}

        static class User
        {
            static int M(int n)
            {
                {{statements}}
            }
        }
        """);
}
