using System.Diagnostics.CodeAnalysis;
using Xunit;
using Clear = BufferLifetime.Analyzers.Tests.CodeFixes.FixCode<BufferLifetime.CodeFixes.Fields.FieldNotClearedFix>;
using Overwrite = BufferLifetime.Analyzers.Tests.CodeFixes.FixCode<BufferLifetime.CodeFixes.Fields.FieldOverwrittenFix>;

namespace BufferLifetime.Analyzers.Tests.CodeFixes;

/// <summary>BUF2011 and BUF2012: fields that are emptied with the release, and release what they had.</summary>
public sealed class FieldFixTests
{
    [Fact]
    public Task Nullable_field_is_emptied_when_it_is_returned() =>
        Cleared(
            """
                private byte[]? _buffer = ArrayPool<byte>.Shared.Rent(8);

                public void Dispose()
                {
                    // Back to the pool.
                    if (_buffer != null)
                        ArrayPool<byte>.Shared.{|BUF2011:Return|}(_buffer, clearArray: true); // cleared
                }
            """,
            """
                private byte[]? _buffer = ArrayPool<byte>.Shared.Rent(8);

                public void Dispose()
                {
                    // Back to the pool.
                    if (Interlocked.Exchange(ref _buffer, null) is { } buffer)
                    {
                        ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
                    } // cleared
                }
            """);

    [Fact]
    public Task Field_that_nobody_reads_becomes_nullable_and_writable() =>
        Cleared(
            """
                private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(8);

                public void Dispose() => ArrayPool<byte>.Shared.{|BUF2011:Return|}(_buffer);
            """,
            """
                private byte[]? _buffer = ArrayPool<byte>.Shared.Rent(8);

                public void Dispose()
                {
                    if (Interlocked.Exchange(ref _buffer, null) is { } buffer)
                    {
                        ArrayPool<byte>.Shared.Return(buffer);
                    }
                }
            """);

    [Fact]
    public Task Field_that_others_read_stays_as_it_is_declared() =>
        Cleared(
            """
                private byte[] _buffer = ArrayPool<byte>.Shared.Rent(8);

                public int Length => _buffer.Length;

                public void Dispose()
                {
                    ArrayPool<byte>.Shared.{|BUF2011:Return|}(_buffer);
                }
            """,
            """
                private byte[] _buffer = ArrayPool<byte>.Shared.Rent(8);

                public int Length => _buffer.Length;

                public void Dispose()
                {
                    if (Interlocked.Exchange(ref _buffer, null!) is { } buffer)
                    {
                        ArrayPool<byte>.Shared.Return(buffer);
                    }
                }
            """);

    [Fact]
    public Task All_releases_of_a_field_empty_it() =>
        Cleared(
            """
                private readonly nint _block = Marshal.AllocHGlobal(8);

                public void OnError(int status)
                {
                    if (status < 0)
                        Marshal.FreeHGlobal(_block);
                }

                public void Dispose()
                {
                    Console.WriteLine("Done.");
                    Marshal.{|BUF2011:FreeHGlobal|}(_block);
                }
            """,
            """
                private nint _block = Marshal.AllocHGlobal(8);

                public void OnError(int status)
                {
                    if (status < 0)
                    {
                        nint block = Interlocked.Exchange(ref _block, 0);
                        if (block != 0)
                            Marshal.FreeHGlobal(block);
                    }
                }

                public void Dispose()
                {
                    Console.WriteLine("Done.");
                    nint block = Interlocked.Exchange(ref _block, 0);
                    if (block != 0)
                        Marshal.FreeHGlobal(block);
                }
            """);

    [Fact]
    public Task Address_is_emptied_in_the_words_of_its_declaration() =>
        Cleared(
            """
                private readonly IntPtr _block = Marshal.AllocHGlobal(8);

                public void Dispose() => Marshal.{|BUF2011:FreeHGlobal|}(_block);
            """,
            """
                private IntPtr _block = Marshal.AllocHGlobal(8);

                public void Dispose()
                {
                    IntPtr block = Interlocked.Exchange(ref _block, IntPtr.Zero);
                    if (block != IntPtr.Zero)
                        Marshal.FreeHGlobal(block);
                }
            """);

    [Fact]
    public Task Pointer_is_emptied_beside_the_release() =>
        Cleared(
            """
                private byte* _block = (byte*)NativeMemory.Alloc(8);

                public void Dispose()
                {
                    NativeMemory.{|BUF2011:Free|}(_block);
                }
            """,
            """
                private byte* _block = (byte*)NativeMemory.Alloc(8);

                public void Dispose()
                {
                    if (_block != null)
                    {
                        NativeMemory.Free(_block);
                        _block = null;
                    }
                }
            """);

    [Theory]
    // A use is no release: what it should do without the buffer, nobody knows.
    [InlineData("private GCHandle _pin; private byte* _at; public void Prepare(byte[] a) { _pin = GCHandle.Alloc(a, GCHandleType.Pinned); _at = (byte*)_pin.AddrOfPinnedObject(); } public int Finish() { Unpin(); return Parse(); } private void Unpin() { if (_pin.IsAllocated) _pin.Free(); } private int Parse() => {|BUF2011:_at|}[0]; public void Dispose() => Unpin();")]
    // Another name of what the field holds is released.
    [InlineData("private char[] _c = ArrayPool<char>.Shared.Rent(8); public void Dispose() { char[] c = _c; if (c.Length != 0) ArrayPool<char>.Shared.{|BUF2011:Return|}(c); }")]
    // The return is a part of an expression.
    [InlineData("private byte[] _b = ArrayPool<byte>.Shared.Rent(8); public void Dispose() { Action all = () => ArrayPool<byte>.Shared.Return(_b); all(); }")]
    public Task Field_that_is_not_simply_released_is_left_alone(string members) => Cleared(members, members);

    [Fact]
    public Task Type_with_parts_elsewhere_is_left_alone()
    {
        // A release in the other part would be given null.
        const string Source = """
            public partial class C : IDisposable
            {
                private byte[]? _buffer = ArrayPool<byte>.Shared.Rent(8);

                public void Dispose()
                {
                    if (_buffer != null)
                        ArrayPool<byte>.Shared.{|BUF2011:Return|}(_buffer);
                }
            }
            """;
        var test = Clear.Test(Source, Source);
        foreach (var state in new[] { test.TestState, test.FixedState })
        {
            state.Sources.Add("public partial class C { public int Length => 8; }");
        }

        return test.RunAsync();
    }

    [Fact]
    public Task Old_owner_is_disposed_after_the_new_one_is_in_place() =>
        Overwritten(
            """
                private IMemoryOwner<byte> _owner = MemoryPool<byte>.Shared.Rent(8);

                public void Grow()
                {
                    // Twice as much.
                    {|BUF2012:_owner = MemoryPool<byte>.Shared.Rent(16)|}; // bytes
                }

                public void Dispose() => _owner.Dispose();
            """,
            """
                private IMemoryOwner<byte> _owner = MemoryPool<byte>.Shared.Rent(8);

                public void Grow()
                {
                    // Twice as much.
                    IMemoryOwner<byte> old = _owner;
                    _owner = MemoryPool<byte>.Shared.Rent(16);
                    old.Dispose(); // bytes
                }

                public void Dispose() => _owner.Dispose();
            """);

    [Fact]
    public Task Old_array_is_returned_after_it_was_copied() =>
        Overwritten(
            """
                private char[] _chars = ArrayPool<char>.Shared.Rent(8);

                public void Grow()
                {
                    char[] larger = ArrayPool<char>.Shared.Rent(_chars.Length * 2);
                    _chars.CopyTo(larger, 0);
                    {|BUF2012:_chars = larger|};
                }

                public void Dispose() { char[] chars = _chars; _chars = []; if (chars.Length != 0) ArrayPool<char>.Shared.Return(chars); }
            """,
            """
                private char[] _chars = ArrayPool<char>.Shared.Rent(8);

                public void Grow()
                {
                    char[] larger = ArrayPool<char>.Shared.Rent(_chars.Length * 2);
                    _chars.CopyTo(larger, 0);
                    char[] old = _chars;
                    _chars = larger;
                    ArrayPool<char>.Shared.Return(old);
                }

                public void Dispose() { char[] chars = _chars; _chars = []; if (chars.Length != 0) ArrayPool<char>.Shared.Return(chars); }
            """);

    [Fact]
    public Task Arrow_body_becomes_a_block() =>
        Overwritten(
            """
                private IMemoryOwner<byte> _owner = MemoryPool<byte>.Shared.Rent(8);

                public void Reset() => {|BUF2012:_owner = MemoryPool<byte>.Shared.Rent(8)|};

                public void Dispose() => _owner.Dispose();
            """,
            """
                private IMemoryOwner<byte> _owner = MemoryPool<byte>.Shared.Rent(8);

                public void Reset()
                {
                    IMemoryOwner<byte> old = _owner;
                    _owner = MemoryPool<byte>.Shared.Rent(8);
                    old.Dispose();
                }

                public void Dispose() => _owner.Dispose();
            """);

    private static Task Cleared([StringSyntax("C#-test")] string members, [StringSyntax("C#-test")] string repaired) =>
        Clear.VerifyAsync(Type(members), Type(repaired));

    private static Task Overwritten([StringSyntax("C#-test")] string members, [StringSyntax("C#-test")] string repaired) =>
        Overwrite.VerifyAsync(Type(members), Type(repaired));

    private static string Type(string members) => $"#nullable enable\npublic sealed unsafe class C : IDisposable\n{{\n{members}\n}}\n";
}
