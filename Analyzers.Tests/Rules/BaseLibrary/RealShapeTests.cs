using Xunit;

namespace BufferLifetime.Analyzers.Tests.Rules.BaseLibrary;

/// <summary>Shapes of real code that are right, each beside the bug that looks like it.</summary>
public sealed class RealShapeTests
{
    private const string Usings = "using System.Buffers;\nusing System.IO.Pipelines;\nusing System.Runtime.InteropServices;\n";

    [Fact]
    public Task Failed_allocation_owes_no_release() => RuleCode.VerifyAsync(Usings + """
        unsafe class C
        {
            static void* Grow(void* old, int size)
            {
                IntPtr address = Marshal.AllocHGlobal(size);
                if (address == IntPtr.Zero)
                    throw new OutOfMemoryException();
                Buffer.MemoryCopy(old, (void*)address, size, size);
                Marshal.FreeHGlobal((IntPtr)old);
                return (void*)address;
            }

            static int Lost(int size)
            {
                IntPtr address = Marshal.{|BUF2001:AllocHGlobal|}(size);
                if (size > 16)
                    return 0;
                Marshal.FreeHGlobal(address);
                return 1;
            }

            static void Maybe(int size)
            {
                nint address = 0;
                try
                {
                    if (size > 16)
                        address = Marshal.AllocHGlobal(size);
                    Any.Chance();
                }
                finally
                {
                    if (address != IntPtr.Zero)
                        Marshal.FreeHGlobal(address);
                }
            }
        }
        """);

    [Fact]
    public Task Distance_between_addresses_is_no_address() => RuleCode.VerifyAsync(Usings + """
        unsafe class C
        {
            nint _kept;

            static bool Aligned(ReadOnlySpan<byte> memory, out int offset)
            {
                fixed (void* start = memory)
                {
                    nuint address = (nuint)start;
                    nuint up = address + 63 & ~(nuint)63;
                    offset = (int)(up - address);
                }

                return offset < memory.Length;
            }

            void Keep(byte[] memory)
            {
                fixed (byte* start = memory)
                {
                    {|BUF2003:_kept = (nint)start|};
                }
            }
        }
        """);

    [Fact]
    public Task Reference_made_of_a_pinned_address_is_no_address() => RuleCode.VerifyAsync(Usings + """
        unsafe class C
        {
            static ref int Header(Span<byte> span)
            {
                fixed (byte* start = span)
                {
                    *(int*)start = span.Length;
                    return ref Unsafe.AsRef<int>(start);
                }
            }

            static int* Raw(Span<byte> span)
            {
                fixed (byte* start = span)
                    return {|BUF2003:(int*)start|};
            }
        }
        """);

    [Fact]
    public Task Memory_of_a_rental_given_to_somebody_takes_it_along() => RuleCode.VerifyAsync(Usings + """
        sealed class Segments
        {
            private readonly List<ReadOnlyMemory<byte>> _all = new();
            public void Add(ReadOnlyMemory<byte> segment, bool returnToPool) => _all.Add(segment);
        }

        class C
        {
            private readonly Segments _segments = new();

            void Read(Stream source)
            {
                byte[] buffer = ArrayPool<byte>.Shared.Rent(100);
                int read = source.Read(buffer, 0, 100);
                _segments.Add(buffer.AsMemory(0, read), returnToPool: true);
            }

            void ReadWhole(Stream source)
            {
                byte[] buffer = ArrayPool<byte>.Shared.Rent(100);
                source.ReadExactly(buffer);
                _segments.Add(buffer, true);
            }

            int Count(Stream source)
            {
                byte[] buffer = ArrayPool<byte>.Shared.{|BUF2008:Rent|}(100);
                return source.Read(buffer.AsSpan(0, 50));
            }
        }
        """);

    [Fact]
    public Task Span_over_a_native_block_takes_the_block_along() => RuleCode.VerifyAsync(Usings + """
        unsafe class C
        {
            static Span<byte> Allocate(int length)
            {
                void* block = length > 8 ? NativeMemory.Alloc((nuint)length) : NativeMemory.AlignedAlloc(8, 8);
                return new(block, length);
            }

            static int Sum(int length)
            {
                void* block = NativeMemory.{|BUF2001:AllocZeroed|}((nuint)length);
                return new Span<byte>(block, length).Length;
            }
        }
        """);

    [Fact]
    public Task Growing_between_two_rentals_is_silent_where_nothing_can_fail() => RuleCode.VerifyAsync(Usings + """
        class C
        {
            static async Task Copy(Stream source, Stream target, IEnumerable<int> sizes)
            {
                byte[] buffer = ArrayPool<byte>.Shared.Rent(64);
                try
                {
                    foreach (int size in sizes)
                    {
                        if (size > buffer.Length)
                        {
                            ArrayPool<byte>.Shared.Return(buffer);
                            buffer = ArrayPool<byte>.Shared.Rent(size);
                        }

                        await source.ReadExactlyAsync(buffer, 0, size);
                        await target.WriteAsync(buffer, 0, size);
                    }
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                }
            }

            static void Fragile(Stream source, int size)
            {
                byte[] buffer = ArrayPool<byte>.Shared.Rent(64);
                try
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                    size += source.ReadByte();
                    buffer = ArrayPool<byte>.Shared.Rent(size);
                }
                finally
                {
                    ArrayPool<byte>.Shared.{|BUF2006:Return|}(buffer);
                }
            }
        }
        """);

    [Fact]
    public Task Pin_is_kept_by_the_list_even_if_something_fails_later() => RuleCode.VerifyAsync(Usings + """
        unsafe class C
        {
            private readonly List<GCHandle> _pins = new();

            void Start(byte[] data, delegate*<nint, void> write)
            {
                try
                {
                    var pin = GCHandle.Alloc(data, GCHandleType.Pinned);
                    _pins.Add(pin);
                    write(pin.AddrOfPinnedObject());
                }
                catch
                {
                    Unpin();
                    throw;
                }
            }

            void Unpin()
            {
                foreach (GCHandle pin in _pins)
                    pin.Free();
                _pins.Clear();
            }
        }
        """);

    [Fact]
    public Task Struct_that_is_cleared_by_whoever_releases_it_is_silent() => RuleCode.VerifyAsync(Usings + """
        struct Owner<T> : IDisposable
        {
            private readonly ArrayPool<T>? _pool;
            private T[]? _array;

            public Owner(ArrayPool<T> pool, int length)
            {
                _pool = pool;
                _array = pool.Rent(length);
            }

            public readonly Memory<T> Memory => _array.AsMemory();

            internal readonly void Release()
            {
                if (_array is not null && _pool is not null)
                    _pool.Return(_array);
            }

            public void Dispose()
            {
                Release();
                this = default;
            }
        }

        struct Forgetful<T> : IDisposable
        {
            private T[] _array;

            public Forgetful(int length) => _array = ArrayPool<T>.Shared.Rent(length);

            public void Dispose() => ArrayPool<T>.Shared.{|BUF2011:Return|}(_array);
        }
        """);

    [Fact]
    public Task Readonly_struct_over_a_block_is_released_once_by_its_owner() => RuleCode.VerifyAsync(Usings + """
        readonly unsafe struct Block : IDisposable
        {
            private readonly nint _address;

            public Block(int length)
            {
                void* block = length < 8 ? NativeMemory.AlignedAlloc(8, 8) : NativeMemory.AlignedAlloc(64, 64);
                _address = (nint)block;
            }

            public void Dispose() => NativeMemory.AlignedFree((void*)_address);
        }
        """);

    [Fact]
    public Task Pin_that_a_callback_releases_is_not_disposals_to_release() => RuleCode.VerifyAsync(Usings + """
        unsafe class Connection : IDisposable
        {
            private readonly CancellationTokenSource _closed = new();
            private MemoryHandle _pin;

            public nint OnAllocate(Memory<byte> memory)
            {
                _pin = memory.Pin();
                return (nint)_pin.Pointer;
            }

            public static void ReadCallback(object state, int status) => ((Connection)state).OnRead(status);

            private void OnRead(int status)
            {
                _pin.Dispose();
                GC.KeepAlive(status);
            }

            public void Dispose() => _closed.Dispose();
        }

        unsafe class Window : IDisposable
        {
            private MemoryHandle {|BUF2001:_pin|};

            public nint Open(Memory<byte> memory)
            {
                _pin.Dispose();
                _pin = memory.Pin();
                return (nint)_pin.Pointer;
            }

            public void Close(bool really)
            {
                if (really)
                    _pin.Dispose();
            }

            public void Dispose() => GC.SuppressFinalize(this);
        }
        """);

    [Fact]
    public Task Result_passed_to_the_method_that_advances_is_used_before() => RuleCode.VerifyAsync(Usings + """
        class C
        {
            private readonly PipeReader _reader = PipeReader.Create(Stream.Null);

            bool Right()
            {
                if (_reader.TryRead(out ReadResult result))
                    Consume(result);
                return true;
            }

            bool Wrong()
            {
                if (!_reader.TryRead(out ReadResult result))
                    return false;
                Consume(result);
                return {|BUF2009:result|}.Buffer.IsEmpty;
            }

            private void Consume(in ReadResult result)
            {
                System.Buffers.ReadOnlySequence<byte> buffer = result.Buffer;
                _reader.AdvanceTo(buffer.End);
            }
        }
        """);

    [Fact]
    public Task Handle_kept_as_an_address_is_released_by_the_address() => RuleCode.VerifyAsync(Usings + """
        sealed class State : IDisposable
        {
            private nint _handle;

            public State(object value) => _handle = GCHandle<object>.ToIntPtr(new(value));

            public void Dispose()
            {
                if (_handle != 0)
                    GCHandle<object>.FromIntPtr(_handle).Dispose();
                _handle = 0;
            }
        }

        sealed class Forgotten
        {
            private readonly GCHandle<object> _handle;

            public Forgotten(object value) => _handle = {|BUF2001:new(value)|};

            public object Value => _handle.Target;
        }
        """);

    [Fact]
    public Task Buffer_that_moves_from_name_to_name_in_a_loop_is_silent() => RuleCode.VerifyAsync(Usings + """
        class C
        {
            static void Fill(char[] buffer, int length, bool rented, bool supportsRental)
            {
                for (int i = 0; i < length; i++)
                {
                    if (buffer == null || buffer.Length < length + i)
                    {
                        char[] larger;
                        bool returnsOld = rented;
                        if (supportsRental && i < 19)
                        {
                            larger = ArrayPool<char>.Shared.Rent(length + i);
                            rented = true;
                        }
                        else
                        {
                            larger = new char[length + i];
                            rented = false;
                        }

                        if (returnsOld)
                            ArrayPool<char>.Shared.Return(buffer!);
                        buffer = larger;
                    }
                }

                if (rented)
                    ArrayPool<char>.Shared.Return(buffer);
            }

            static void ReturnsTheNew(int length)
            {
                char[] buffer = ArrayPool<char>.Shared.Rent(4);
                char[] larger = ArrayPool<char>.Shared.Rent(length);
                buffer.CopyTo(larger, 0);
                ArrayPool<char>.Shared.Return(buffer);
                buffer = larger;
                ArrayPool<char>.Shared.Return(larger);
                ArrayPool<char>.Shared.{|BUF2006:Return|}(buffer);
            }
        }
        """);

    [Fact]
    public Task Same_words_are_said_once_of_one_place() => RuleCode.VerifyAsync(Usings + """
        class C
        {
            static async Task Drain(PipeReader reader)
            {
                ReadResult result = await reader.ReadAsync();
                System.Buffers.ReadOnlySequence<byte> buffer;
                do
                {
                    buffer = result.Buffer;
                    reader.AdvanceTo(buffer.End);
                }
                while (!{|BUF2009:buffer|}.IsEmpty && reader.TryRead(out result));
            }
        }
        """);

    [Fact]
    public Task Address_for_a_hint_or_of_an_array_from_elsewhere_is_silent() => RuleCode.VerifyAsync(Usings + """
        using System.Runtime.Intrinsics.X86;

        unsafe class C
        {
            private readonly long[] _sketch = new long[64];
            private readonly long[][] _pages = new long[4][];
            private nint _first;

            C(bool pinned)
            {
                _pages[0] = GC.AllocateArray<long>(64, pinned);
                if (pinned)
                    _first = (nint)Unsafe.AsPointer(ref _pages[0][0]);
            }

            void Prefetch(int slot)
            {
                if (Sse.IsSupported)
                    Sse.Prefetch0(Unsafe.AsPointer(ref _sketch[slot]));
            }

            long Read(int slot)
            {
                long* address = (long*)Unsafe.AsPointer(ref {|BUF2004:_sketch[slot]|});
                GC.Collect();
                return *address + _first;
            }
        }
        """);
}
