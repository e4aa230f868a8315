using Xunit;

namespace BufferLifetime.Analyzers.Tests.Rules.BaseLibrary;

/// <summary>BUF2001 to BUF2004 over handles, native blocks and fixed statements, and BUF2009 over pipes.</summary>
public sealed class PinTests
{
    private const string Usings = "using System.Buffers;\nusing System.IO.Pipelines;\nusing System.Runtime.InteropServices;\n";

    [Theory]
    [InlineData("GCHandle h = GCHandle.{|BUF2001:Alloc|}(a, GCHandleType.Pinned); Any.Transfer(h.AddrOfPinnedObject(), 1);")]
    [InlineData("MemoryHandle h = a.AsMemory().{|BUF2001:Pin|}(); if (Any.Chance()) return; h.Dispose();")]
    [InlineData("nint p = Marshal.{|BUF2001:AllocHGlobal|}(8); *(byte*)p = 1;")]
    [InlineData("GCHandle h = GCHandle.Alloc(a, GCHandleType.Pinned); nint p = h.AddrOfPinnedObject(); h.Free(); Any.Transfer({|BUF2002:p|}, 1);")]
    [InlineData("nint p = Marshal.AllocHGlobal(8); Marshal.FreeHGlobal(p); Marshal.{|BUF2002:FreeHGlobal|}(p);")]
    [InlineData("GCHandle h = GCHandle.Alloc(a); Any.Transfer(h.{|BUF2004:AddrOfPinnedObject|}(), 1); h.Free();")]
    [InlineData("void* p = Unsafe.AsPointer(ref {|BUF2004:s_table[1]|}); Any.Transfer((nint)p, 1);")]
    [InlineData("byte[] b = new byte[4]; void* p = Unsafe.AsPointer(ref {|BUF2004:b[0]|}); Any.Transfer((nint)p, 1);")]
    [InlineData("int[] b = [1, 2]; nint p = Marshal.UnsafeAddrOfPinnedArrayElement({|BUF2004:b|}, 0); Any.Transfer(p, 1);")]
    [InlineData("byte[] b = ArrayPool<byte>.Shared.Rent(4); byte[] c = b.AsSpan().ToArray(); void* p = Unsafe.AsPointer(ref {|BUF2004:c[0]|}); Any.Transfer((nint)p, 1); ArrayPool<byte>.Shared.Return(b);")]
    [InlineData("var box = new Box(); void* p = Unsafe.AsPointer(ref {|BUF2004:box.Value|}); Any.Transfer((nint)p, 1);")]
    [InlineData("GCHandle h = default; try { for (int i = 0; i < 3; i++) { h = GCHandle.{|BUF2001:Alloc|}(a, GCHandleType.Pinned); if (Any.Transfer(h.AddrOfPinnedObject(), 1) == 1) return; } } finally { if (h.IsAllocated) h.Free(); }")]
    public Task Misused_pin_is_reported(string statements) => RuleCode.VerifyAsync(Code(statements));

    [Theory]
    [InlineData("GCHandle h = GCHandle.Alloc(a, GCHandleType.Pinned); try { Any.Transfer(h.AddrOfPinnedObject(), 1); } finally { h.Free(); }")]
    [InlineData("GCHandle h = default; try { h = GCHandle.Alloc(a, GCHandleType.Pinned); Any.Transfer(h.AddrOfPinnedObject(), 1); } finally { if (h.IsAllocated) h.Free(); }")]
    [InlineData("using MemoryHandle h = a.AsMemory().Pin(); Any.Transfer((nint)h.Pointer, 1);")]
    [InlineData("nint p = Marshal.AllocHGlobal(8); try { Any.Transfer(p, 8); } finally { Marshal.FreeHGlobal(p); }")]
    [InlineData("void* p = Marshal.AllocHGlobal(8).ToPointer(); Marshal.FreeHGlobal((nint)p);")]
    [InlineData("fixed (byte* p = a) Any.Transfer((nint)p, 1);")]
    [InlineData("fixed (uint* p = s_table) { void* q = Unsafe.AsPointer(ref s_table[1]); Any.Transfer((nint)q, 1); }")]
    [InlineData("byte[] b = GC.AllocateUninitializedArray<byte>(4, pinned: true); nint p = Marshal.UnsafeAddrOfPinnedArrayElement(b, 0); Any.Transfer(p, 1);")]
    [InlineData("byte[] b = new byte[4]; GCHandle h = GCHandle.Alloc(b, GCHandleType.Pinned); try { Any.Transfer(Marshal.UnsafeAddrOfPinnedArrayElement(b, 0), 1); } finally { h.Free(); }")]
    [InlineData("int n = 1; void* p = Unsafe.AsPointer(ref n); Any.Transfer((nint)p, 1);")]
    [InlineData("var box = new Pair(); void* p = Unsafe.AsPointer(ref box.Value); Any.Transfer((nint)p, 1);")]
    [InlineData("nint p = Marshal.UnsafeAddrOfPinnedArrayElement(a, 0); Any.Transfer(p, 1);")]
    [InlineData("byte[][] pages = new byte[2][]; pages[0] = GC.AllocateArray<byte>(4, pinned: true); void* p = Unsafe.AsPointer(ref pages[0][0]); Any.Transfer((nint)p, 1);")]
    [InlineData("GCHandle h = default; try { for (int i = 0; i < 3; i++) { if (!h.IsAllocated) h = GCHandle.Alloc(a, GCHandleType.Pinned); if (Any.Transfer(h.AddrOfPinnedObject(), 1) == 1) return; } } finally { if (h.IsAllocated) h.Free(); }")]
    [InlineData("GCHandle h = default; try { for (int i = 0; i < 3; i++) { h = GCHandle.Alloc(a, GCHandleType.Pinned); Any.Transfer(h.AddrOfPinnedObject(), 1); h.Free(); } } finally { if (h.IsAllocated) h.Free(); }")]
    public Task Pin_held_as_long_as_its_address_is_silent(string statements) => RuleCode.VerifyAsync(Code(statements));

    [Theory]
    [InlineData("public static ref byte First<T>(ref T value) where T : unmanaged => ref Unsafe.AsRef<byte>(Unsafe.AsPointer(ref {|BUF2004:value|}));")]
    [InlineData("internal static int Read(ref long value) { ref int low = ref Unsafe.AsRef<int>(Unsafe.AsPointer(ref {|BUF2004:value|})); fixed (int* p = &low) return Any.Transfer((nint)p, 4); }")]
    public Task Reference_that_is_an_address_in_between_is_reported(string member) => RuleCode.VerifyAsync(Usings + "static unsafe class C { " + member + " }");

    [Theory]
    [InlineData("public static ref byte First<T>(ref T value) where T : unmanaged => ref Unsafe.As<T, byte>(ref value);")]
    [InlineData("public static ref byte First<T>(ref T pinned) where T : unmanaged => ref Unsafe.AsRef<byte>(Unsafe.AsPointer(ref pinned));")]
    [InlineData("static ref byte First<T>(ref T value) where T : unmanaged => ref Unsafe.AsRef<byte>(Unsafe.AsPointer(ref value)); public static int Read(long value) => First(ref value);")]
    [InlineData("public static int Read(long value) { ref int low = ref Unsafe.AsRef<int>(Unsafe.AsPointer(ref value)); return low; }")]
    [InlineData("public static ref int Low(void* p) => ref Unsafe.AsRef<int>(p);")]
    public Task Reference_that_stays_one_or_is_of_the_stack_is_silent(string member) => RuleCode.VerifyAsync(Usings + "static unsafe class C { " + member + " }");

    [Fact]
    public Task Address_that_leaves_its_fixed_statement_is_reported() => RuleCode.VerifyAsync(Usings + """
        unsafe class C
        {
            private byte* _kept;

            static Span<byte> Bad(byte[] a)
            {
                fixed (byte* p = a)
                    return {|BUF2003:new Span<byte>(p, a.Length)|};
            }

            void Keep(byte[] a)
            {
                fixed (byte* p = a)
                    {|BUF2003:_kept = p|};
            }

            void Clear(byte[] a)
            {
                fixed (byte* p = a)
                {
                    _kept = p;
                    Any.Transfer((nint)_kept, 1);
                    _kept = null;
                }
            }

            static int Good(byte[] a)
            {
                fixed (byte* p = a)
                    return *p;
            }

            static Span<byte> OfPinned(ReadOnlySpan<byte> a)
            {
                fixed (byte* p = a)
                    return new Span<byte>(p, a.Length);
            }

            static string Text(sbyte[] a)
            {
                fixed (sbyte* p = a)
                    return new string(p, 0, a.Length);
            }
        }
        """);

    [Fact]
    public Task Address_that_native_code_keeps_outlives_its_fixed_statement() => RuleCode.VerifyAsync(Usings + """
        unsafe class C
        {
            [DllImport("native")] private static extern nint tensor_wrap(float* data, int length);
            [DllImport("native")] private static extern nint key_import(byte* data, int length);
            [DllImport("native")] private static extern float tensor_sum(nint tensor);
            [DllImport("native")] private static extern int CreateTextReference(char* text, int length, nint* reference);
            [DllImport("native")] private static extern int read_file(SafeHandle file, byte* into, int length, NativeOverlapped* overlapped);
            [DllImport("native")] private static extern int wait_for(SafeHandle file, NativeOverlapped* overlapped);

            private nint _tensor, _text;

            void Wrap(float[] data) { fixed (float* p = data) _tensor = {|BUF2003:tensor_wrap|}(p, data.Length); }

            void Refer(string text) { fixed (char* p = text) fixed (nint* r = &_text) _ = {|BUF2003:CreateTextReference|}(p, text.Length, r); }

            static float Sum(float[] data) { fixed (float* p = data) { nint tensor = tensor_wrap(p, data.Length); return tensor_sum(tensor); } }

            static nint Import(byte[] data) { fixed (byte* p = data) return key_import(p, data.Length); }

            static int Read(SafeHandle file, byte[] data, ThreadPoolBoundHandle bound, IOCompletionCallback done)
            {
                NativeOverlapped* o = bound.AllocateNativeOverlapped(done, null, null);
                fixed (byte* p = data) return {|BUF2003:read_file|}(file, p, data.Length, o);
            }

            static int ReadPinned(SafeHandle file, byte[] data, ThreadPoolBoundHandle bound, IOCompletionCallback done)
            {
                NativeOverlapped* o = bound.AllocateNativeOverlapped(done, null, data);
                fixed (byte* p = data) return read_file(file, p, data.Length, o);
            }

            static int ReadAndWait(SafeHandle file, byte[] data, ThreadPoolBoundHandle bound, IOCompletionCallback done)
            {
                NativeOverlapped* o = bound.AllocateNativeOverlapped(done, null, null);
                fixed (byte* p = data) { read_file(file, p, data.Length, o); return wait_for(file, o); }
            }
        }
        """);

    [Fact]
    public Task Span_whose_address_goes_to_native_code_is_pinned_first() => RuleCode.VerifyAsync(Usings + """
        static unsafe class C
        {
            [DllImport("native")] private static extern int transfer(byte* p, int length);

            static int Bad(ReadOnlySpan<byte> data)
            {
                byte* p = (byte*)Unsafe.AsPointer(ref {|BUF2004:MemoryMarshal.GetReference(data)|});
                return transfer(p, data.Length);
            }

            static int Good(ReadOnlySpan<byte> data)
            {
                fixed (byte* p = data)
                    return transfer(p, data.Length);
            }

            static int OfPinned(ReadOnlySpan<byte> pinned) => transfer((byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(pinned)), pinned.Length);

            static byte Read(ReadOnlySpan<byte> data) => *(byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(data));
        }
        """);

    [Fact]
    public Task Pipe_buffer_read_after_the_reader_was_advanced_is_reported() => RuleCode.VerifyAsync(Usings + """
        static class C
        {
            static async Task<long> Bad(PipeReader reader)
            {
                ReadResult result = await reader.ReadAsync();
                ReadOnlySequence<byte> buffer = result.Buffer;
                reader.AdvanceTo(buffer.End);
                return {|BUF2009:buffer|}.Length;
            }

            static async Task<long> Good(PipeReader reader)
            {
                long total = 0;
                while (true)
                {
                    ReadResult result = await reader.ReadAsync();
                    ReadOnlySequence<byte> buffer = result.Buffer;
                    total += buffer.Length;
                    byte first = buffer.First.Span[0];
                    reader.AdvanceTo(buffer.End);
                    if (result.IsCompleted || first == 0)
                        return total;
                }
            }
        }
        """);

    [Fact]
    public Task Block_returned_as_a_reference_is_the_callers() => RuleCode.VerifyAsync(Usings + """
        static unsafe class C
        {
            static ref byte Allocate(int size)
            {
                void* block = NativeMemory.Alloc((nuint)size);
                return ref Unsafe.AsRef<byte>(block);
            }
        }
        """);

    [Theory]
    [InlineData("_all.{|BUF2009:Enqueue|}(buffer.Slice(0, 4));")]
    [InlineData("_parts.{|BUF2009:Add|}(buffer.First);")]
    public Task Pipe_buffer_kept_beyond_the_advance_is_reported(string keep) => RuleCode.VerifyAsync(Pump(keep));

    [Theory]
    [InlineData("_all.Enqueue(new ReadOnlySequence<byte>(buffer.Slice(0, 4).ToArray()));")]
    [InlineData("_all.Enqueue(buffer.Slice(0, 4)); Any.Keep(_all.Dequeue());")]
    [InlineData("_counts.Add(buffer.Length);")]
    public Task Pipe_buffer_copied_or_let_go_before_the_advance_is_silent(string keep) => RuleCode.VerifyAsync(Pump(keep));

    [Theory]
    [InlineData("while (Next(ref rest, out ReadOnlySequence<byte> line)) total += line.Length; reader.AdvanceTo(rest.Start); total += {|BUF2009:rest|}.Length;")]
    [InlineData("bool any = Next(ref rest, out ReadOnlySequence<byte> line); reader.AdvanceTo(rest.Start, rest.End); if (any) total += {|BUF2009:line|}.Length;")]
    [InlineData("var lines = new List<ReadOnlySequence<byte>>(); lines.Add(rest.Slice(0, 1)); reader.AdvanceTo(rest.End); foreach (var line in {|BUF2009:lines|}) total += line.Length;")]
    [InlineData("var lines = new List<ReadOnlyMemory<byte>>(); lines.Add(rest.First); reader.AdvanceTo(rest.End); for (int i = 0; i < lines.Count; i++) total += {|BUF2009:lines|}[i].Span[0];")]
    public Task Part_of_a_pipe_buffer_used_after_the_advance_is_reported(string statements) => RuleCode.VerifyAsync(Lines(statements));

    [Theory]
    [InlineData("while (Next(ref rest, out ReadOnlySequence<byte> line)) total += line.Length; total += rest.Length; reader.AdvanceTo(rest.Start, rest.End);")]
    [InlineData("bool any = Next(ref rest, out ReadOnlySequence<byte> line); long length = line.Length; reader.AdvanceTo(rest.Start, rest.End); if (any) total += length;")]
    [InlineData("var lines = new List<ReadOnlySequence<byte>>(); lines.Add(rest.Slice(0, 1)); foreach (var line in lines) total += line.Length; reader.AdvanceTo(rest.End); total += lines.Count; lines.Clear();")]
    [InlineData("var lengths = new List<long>(); lengths.Add(rest.Length); reader.AdvanceTo(rest.End); foreach (long length in lengths) total += length;")]
    [InlineData("var lines = new List<byte[]>(); lines.Add(rest.Slice(0, 1).ToArray()); reader.AdvanceTo(rest.End); foreach (byte[] line in lines) total += line.Length;")]
    public Task Part_of_a_pipe_buffer_used_before_the_advance_is_silent(string statements) => RuleCode.VerifyAsync(Lines(statements));

    [Theory]
    [InlineData("ReadResult first = await r.ReadAsync(); long n = first.Buffer.Length; ReadResult next = await r.{|BUF2009:ReadAsync|}(); n += next.Buffer.Length; r.AdvanceTo(next.Buffer.End); return n;")]
    [InlineData("while (true) { ReadResult read = await r.ReadAsync(); if (read.Buffer.Length < 8) {|BUF2009:continue;|} r.AdvanceTo(read.Buffer.End); if (read.IsCompleted) return 0; }")]
    [InlineData("if (r.TryRead(out ReadResult first) && first.Buffer.IsEmpty) { ReadResult next = await r.{|BUF2009:ReadAsync|}(); r.AdvanceTo(next.Buffer.End); } return 1;")]
    [InlineData("for (;;) { ReadResult read = await r.{|BUF2009:ReadAtLeastAsync|}(4); if (read.IsCompleted) return read.Buffer.Length; }")]
    public Task Pipe_read_again_without_an_advance_is_reported(string statements) => RuleCode.VerifyAsync(Reading(statements));

    [Theory]
    [InlineData("ReadResult first = await r.ReadAsync(); long n = first.Buffer.Length; r.AdvanceTo(first.Buffer.End); ReadResult next = await r.ReadAsync(); n += next.Buffer.Length; r.AdvanceTo(next.Buffer.End); return n;")]
    [InlineData("while (true) { ReadResult read = await r.ReadAsync(); if (read.Buffer.Length < 8) { r.AdvanceTo(read.Buffer.Start, read.Buffer.End); continue; } r.AdvanceTo(read.Buffer.End); if (read.IsCompleted) return 0; }")]
    [InlineData("while (true) { ReadResult read = await r.ReadAsync(); try { if (read.Buffer.Length < 8) continue; if (read.IsCompleted) return 0; } finally { r.AdvanceTo(read.Buffer.End); } }")]
    [InlineData("while (true) { ReadResult read = await r.ReadAsync(); Any.Keep(r); if (read.IsCompleted) return 0; }")]
    [InlineData("while (true) { ReadResult read = await r.ReadAsync(); long n = Take(r, read); if (n == 0) return 0; } static long Take(PipeReader of, ReadResult read) { long n = read.Buffer.Length; of.AdvanceTo(read.Buffer.End); return n; }")]
    [InlineData("PipeReader same = r; while (true) { ReadResult read = await r.ReadAsync(); same.AdvanceTo(read.Buffer.End); if (read.IsCompleted) return 0; }")]
    [InlineData("if (!r.TryRead(out ReadResult read)) read = await r.ReadAsync(); r.AdvanceTo(read.Buffer.End); return 1;")]
    [InlineData("ReadResult one = await r.ReadAsync(); ReadResult two = await other.ReadAsync(); r.AdvanceTo(one.Buffer.End); other.AdvanceTo(two.Buffer.End); return 2;")]
    [InlineData("bool isOpen = true; while (isOpen) { ReadResult read = await r.ReadAsync(); if (read.IsCanceled) isOpen = false; else r.AdvanceTo(read.Buffer.End); } return 0;")]
    public Task Pipe_advanced_between_reads_is_silent(string statements) => RuleCode.VerifyAsync(Reading(statements));

    private static string Reading(string statements) => Usings + "static class C { static async Task<long> M(PipeReader r, PipeReader other) { " + statements + " } }";

    private static string Lines(string statements) => Usings + "static class C { static bool Next(ref ReadOnlySequence<byte> rest, out ReadOnlySequence<byte> line) { if (rest.PositionOf((byte)10) is not { } end) { line = default; return false; } line = rest.Slice(0, end); rest = rest.Slice(rest.GetPosition(1, end)); return true; } static async Task<long> M(PipeReader reader) { long total = 0; while (true) { ReadResult result = await reader.ReadAsync(); ReadOnlySequence<byte> rest = result.Buffer; " + statements + " if (result.IsCompleted) return total; } } }";

    private static string Pump(string keep) => Usings + "sealed class C { private readonly Queue<ReadOnlySequence<byte>> _all = new(); private readonly List<ReadOnlyMemory<byte>> _parts = []; private readonly List<long> _counts = []; public int Count => _all.Count + _parts.Count + _counts.Count; async Task M(PipeReader reader) { ReadResult result = await reader.ReadAsync(); ReadOnlySequence<byte> buffer = result.Buffer; " + keep + " reader.AdvanceTo(buffer.End); } }";

    private static string Code(string statements) =>
        Usings + "class Box { public int Value; } struct Pair { public int Value; } unsafe class C { private static readonly uint[] s_table = { 1, 2, 3 }; static void M(byte[] a) { " + statements + " } }";
}
