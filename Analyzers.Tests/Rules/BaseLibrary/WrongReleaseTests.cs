using Xunit;

namespace BufferLifetime.Analyzers.Tests.Rules.BaseLibrary;

/// <summary>BUF2010 of native blocks: freed by another heap, or by another address than the one that was given.</summary>
public sealed class WrongReleaseTests
{
    private const string Usings = "using System.Runtime.InteropServices;\n";

    [Theory]
    [InlineData("nint text = Marshal.StringToCoTaskMemUni(s); Any.Transfer(text, 2); Marshal.{|BUF2010:FreeHGlobal|}(text);")]
    [InlineData("nint text = Marshal.StringToBSTR(s); try { Any.Transfer(text, 2); } finally { Marshal.{|BUF2010:FreeCoTaskMem|}(text); }")]
    [InlineData("void* page = NativeMemory.AlignedAlloc(4096, 512); Any.Transfer((nint)page, 8); NativeMemory.{|BUF2010:Free|}(page);")]
    [InlineData("void* page = (void*)Marshal.AllocHGlobal(64); Any.Transfer((nint)page, 8); NativeMemory.{|BUF2010:Free|}(page);")]
    [InlineData("nint block = Marshal.AllocCoTaskMem(n); block = Marshal.{|BUF2010:ReAllocHGlobal|}(block, 16); Any.Transfer(block, 8); Marshal.FreeHGlobal(block);")]
    [InlineData("nint block = n > 8 ? Marshal.AllocHGlobal(n) : 0; Any.Transfer(block, n); if (block != 0) Marshal.{|BUF2010:ZeroFreeCoTaskMemUTF8|}(block);")]
    [InlineData("void* page = NativeMemory.AlignedAlloc(4096, 512); GiveBack(page); static void GiveBack(void* page) => NativeMemory.Free(page);", "GiveBack(page);")]
    public Task Block_freed_by_another_heap_is_reported(string statements, string? marked = null) =>
        RuleCode.VerifyAsync(Code(marked is null ? statements : statements.Replace(marked, "{|BUF2010:GiveBack|}(page);", StringComparison.Ordinal)));

    [Theory]
    [InlineData("nint text = Marshal.StringToCoTaskMemUni(s); Any.Transfer(text, 2); Marshal.ZeroFreeCoTaskMemUnicode(text);")]
    [InlineData("nint text = Marshal.StringToBSTR(s); try { Any.Transfer(text, 2); } finally { Marshal.ZeroFreeBSTR(text); }")]
    [InlineData("void* page = NativeMemory.AlignedAlloc(4096, 512); Any.Transfer((nint)page, 8); NativeMemory.AlignedFree(page);")]
    [InlineData("void* page = NativeMemory.AllocZeroed(64); page = NativeMemory.Realloc(page, 128); Any.Transfer((nint)page, 8); NativeMemory.Free(page);")]
    [InlineData("bool aligned = n > 8; void* page = aligned ? NativeMemory.AlignedAlloc(64, 64) : NativeMemory.Alloc(64); Any.Transfer((nint)page, 8); if (aligned) NativeMemory.AlignedFree(page); else NativeMemory.Free(page);")]
    [InlineData("nint foreign = Any.Number(); Marshal.FreeCoTaskMem(foreign);")]
    [InlineData("nint text = Marshal.StringToHGlobalUni(s); Any.Transfer(text, 2); Marshal.FreeHGlobal(text); text = Marshal.StringToCoTaskMemUni(s); Any.Transfer(text, 2); Marshal.FreeCoTaskMem(text);")]
    public Task Block_freed_by_its_own_heap_is_silent(string statements) => RuleCode.VerifyAsync(Code(statements));

    [Theory]
    [InlineData("byte* cursor = (byte*)NativeMemory.Alloc((nuint)n); while (*cursor != 0) cursor++; NativeMemory.Free({|BUF2010:cursor|});")]
    [InlineData("byte* block = (byte*)NativeMemory.Alloc((nuint)n + 8); byte* body = block + 8; body[0] = 1; NativeMemory.Free({|BUF2010:body|});")]
    [InlineData("nint block = Marshal.AllocHGlobal(n + 63); nint lines = (block + 63) & ~63; Any.Transfer(lines, n); Marshal.FreeHGlobal({|BUF2010:lines|});")]
    [InlineData("nint block = Marshal.AllocCoTaskMem(n + 16); long rounded = ((long)block + 15) & ~15L; Any.Transfer((nint)rounded, n); Marshal.FreeCoTaskMem({|BUF2010:(nint)rounded|});")]
    [InlineData("byte* block = (byte*)Marshal.AllocHGlobal(n); block += 4; Any.Transfer((nint)block, 1); Marshal.FreeHGlobal({|BUF2010:(nint)block|});")]
    public Task Block_freed_by_an_address_inside_it_is_reported(string statements) => RuleCode.VerifyAsync(Code(statements));

    [Theory]
    [InlineData("byte* block = (byte*)NativeMemory.Alloc((nuint)n); byte* cursor = block; while (*cursor != 0) cursor++; NativeMemory.Free(block);")]
    [InlineData("byte* block = (byte*)NativeMemory.Alloc((nuint)n + 8); byte* body = block + 8; body[0] = 1; NativeMemory.Free(body - 8);")]
    [InlineData("byte* cursor = (byte*)NativeMemory.Alloc((nuint)n); int moved = 0; while (*cursor != 0) { cursor++; moved++; } cursor -= moved; NativeMemory.Free(cursor);")]
    [InlineData("nint block = Marshal.AllocHGlobal(n + 63); nint lines = (block + 63) & ~63; Any.Transfer(lines, n); Marshal.FreeHGlobal(block);")]
    [InlineData("byte* block = (byte*)NativeMemory.Alloc((nuint)n); long distance = (long)block - 16; Any.Number(); NativeMemory.Free(block); if (distance > 0) Any.Number();")]
    [InlineData("byte* block = (byte*)NativeMemory.Alloc((nuint)n); byte* same = block + 0; NativeMemory.Free(same);")]
    [InlineData("byte* next = (byte*)NativeMemory.Alloc((nuint)n); byte* first = next; next++; next = first; NativeMemory.Free(next);")]
    [InlineData("const int Back = -8; byte* block = (byte*)NativeMemory.Alloc((nuint)n + 8); byte* body = block + 8; body[0] = 1; body += Back; NativeMemory.Free(body);")]
    [InlineData("const long Back = -8; byte* block = (byte*)NativeMemory.Alloc((nuint)n + 8); byte* body = block + 8; body[0] = 1; body += Back; NativeMemory.Free(body);")]
    public Task Block_freed_by_its_first_address_is_silent(string statements) => RuleCode.VerifyAsync(Code(statements));

    [Fact]
    public Task Rounded_address_in_a_field_is_not_the_block() => RuleCode.VerifyAsync(Usings + """
        unsafe class Wrong : IDisposable
        {
            private readonly byte* _lines;

            public Wrong(int size)
            {
                byte* block = (byte*)NativeMemory.Alloc((nuint)size + 63);
                _lines = (byte*)(((nint)block + 63) & ~63);
            }

            public byte this[int index] => _lines[index];

            public void Dispose() => NativeMemory.Free({|BUF2010:_lines|});
        }

        unsafe class Right : IDisposable
        {
            private byte* _block;
            private readonly byte* _lines;

            public Right(int size)
            {
                _block = (byte*)NativeMemory.Alloc((nuint)size + 63);
                _lines = (byte*)(((nint)_block + 63) & ~63);
            }

            public byte this[int index] => _lines[index];

            public void Dispose()
            {
                NativeMemory.Free(_block);
                _block = null;
            }
        }
        """);

    [Fact]
    public Task Other_block_that_its_own_heap_takes_back_excuses_no_wrong_release() => RuleCode.VerifyAsync(Usings + """
        unsafe class Pair : IDisposable
        {
            private void* _first = NativeMemory.AlignedAlloc(4096, 512);
            private void* _second = NativeMemory.AlignedAlloc(4096, 512);

            public void Dispose()
            {
                NativeMemory.{|BUF2010:Free|}(_first);
                _first = null;
                NativeMemory.AlignedFree(_second);
                _second = null;
            }
        }
        """);

    private static string Code(string statements) => Usings + "unsafe class C { void M(string s, int n) { " + statements + " } }";
}
