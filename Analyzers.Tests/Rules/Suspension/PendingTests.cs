using Xunit;
using static BufferLifetime.Analyzers.Tests.Rules.RuleCode;

namespace BufferLifetime.Analyzers.Tests.Rules.Suspension;

/// <summary>BUF1204, BUF1205 and BUF1207: what happens to the memory of an operation that has not completed.</summary>
public sealed class PendingTests
{
    [Theory]
    [InlineData("Folio folio = Folio.Native(4096); IovIter iter = Entries(folio); folio.Dispose(); Any.Length({|BUF1204:iter|});")]
    [InlineData("Folio folio = Folio.Native(4096); IovIter iter = Entries(folio); ValueTask<long> task = Any.LengthAsync(iter); {|BUF1204:folio|}.Dispose(); await task;")]
    [InlineData("Folio folio = Folio.Pooled(4096); IovIter iter = Entries(folio); if (Any.Chance()) folio.Dispose(); Any.Length({|BUF1204:iter|});")]
    public Task Folio_let_go_of_under_an_iterator_is_reported(string statements) => VerifyMembersAsync(Method(Bvec(statements)));

    [Theory]
    [InlineData("Folio folio = Folio.Native(4096); IovIter iter = Entries(folio); Any.Length(iter); folio.Dispose();")]
    [InlineData("using Folio folio = Folio.Native(4096); IovIter iter = Entries(folio); await Any.LengthAsync(iter);")]
    [InlineData("Folio folio = Folio.Native(4096); IovIter iter = Entries(folio); folio.Get(); folio.Dispose(); Any.Length(iter); folio.Put();")]
    [InlineData("Folio folio = Folio.Native(4096); IovIter iter = Entries(folio); folio.Pin(); folio.Dispose(); Any.Length(iter); folio.Unpin();")]
    [InlineData("Folio folio = Folio.Native(4096); IovIter iter = Entries(folio); folio.Dispose(); iter = default; Any.Length(iter);")]
    public Task Folio_that_outlives_the_iterator_is_silent(string statements) => VerifyMembersAsync(Method(Bvec(statements)));

    [Fact]
    public Task Rental_under_an_iterator_is_told_once() => VerifyMembersAsync("""

        static async Task<long> M(System.Buffers.ArrayPool<byte> pool)
        {
            byte[] rented = pool.Rent(4096);
            IovIter iter = IovIter.Ubuf(rented, TransferDirection.Source);
            ValueTask<long> task = Any.LengthAsync(iter);
            pool.Return({|BUF2007:rented|});
            return await task;
        }

        static long N(System.Buffers.ArrayPool<byte> pool)
        {
            byte[] rented = pool.Rent(4096);
            IovIter iter = IovIter.Ubuf(rented, TransferDirection.Source);
            pool.Return(rented);
            return Any.Length({|BUF2005:iter|});
        }
        """);

    [Theory]
    [InlineData("IovIter iter = IovIter.Ubuf(memory, TransferDirection.Source); Task<long> task = Any.LengthAsync(iter).AsTask(); done.{|BUF1205:SetResult|}(1); await task;")]
    [InlineData("IovIter iter = IovIter.Ubuf(memory, TransferDirection.Source); Task<long> task = Any.LengthAsync(iter).AsTask(); done.{|BUF1205:TrySetResult|}(1); await task;")]
    [InlineData("PageLease lease = iter0.ExtractPages(); Task<int> task = Send(lease); request.{|BUF1205:Complete|}(1); await task; lease.Dispose();")]
    public Task Success_reported_before_the_transfer_is_awaited_is_reported(string statements) => VerifyMembersAsync(Method(statements));

    [Theory]
    [InlineData("IovIter iter = IovIter.Ubuf(memory, TransferDirection.Source); long n = await Any.LengthAsync(iter); done.SetResult(n);")]
    [InlineData("IovIter iter = IovIter.Ubuf(memory, TransferDirection.Source); Task<long> task = Any.LengthAsync(iter).AsTask(); started.SetResult(true); done.SetResult(await task);")]
    [InlineData("using PageLease lease = iter0.ExtractPages(); request.Complete(await Send(lease));")]
    [InlineData("Task pause = Any.Pause(); done.SetResult(1); await pause;")]
    public Task Success_reported_afterwards_is_silent(string statements) => VerifyMembersAsync(Method(statements));

    [Theory]
    [InlineData("IovIter iter = IovIter.Ubuf(memory, TransferDirection.Destination); Task<long> task = Any.LengthAsync(iter).AsTask(); {|BUF1207:memory.Span|}[0] = 1; await task;")]
    [InlineData("IovIter iter = IovIter.Ubuf(memory, TransferDirection.Destination); Task<long> task = Any.LengthAsync(iter).AsTask(); byte b = {|BUF1207:memory|}.Span[0]; await task;")]
    [InlineData("IovIter iter = IovIter.Ubuf(memory, TransferDirection.Source); Task<long> task = Any.LengthAsync(iter).AsTask(); {|BUF1207:memory.Span|}[0] = 1; await task;")]
    [InlineData("IovIter iter = IovIter.Ubuf(bytes, TransferDirection.Destination); Task<long> task = Any.LengthAsync(iter).AsTask(); {|BUF1207:bytes|}[0] = 1; await task;")]
    [InlineData("IovIter iter = IovIter.Ubuf(bytes, TransferDirection.Source); Task task = stream.WriteAsync(memory).AsTask(); {|BUF1207:memory.Span|}.Clear(); await task;")]
    [InlineData("IovIter iter = IovIter.Ubuf(bytes, TransferDirection.Source); Task<int> task = stream.ReadAsync(memory).AsTask(); Any.Transfer(0, {|BUF1207:memory|}.ToArray().Length); await task;")]
    public Task Bytes_touched_before_the_operation_completes_are_reported(string statements) => VerifyMembersAsync(Method(statements));

    [Theory]
    [InlineData("IovIter iter = IovIter.Ubuf(memory, TransferDirection.Source); Task<long> task = Any.LengthAsync(iter).AsTask(); byte b = memory.Span[0]; await task;")]
    [InlineData("IovIter iter = IovIter.Ubuf(memory, TransferDirection.Destination); Task<long> task = Any.LengthAsync(iter).AsTask(); await task; memory.Span[0] = 1;")]
    [InlineData("IovIter iter = IovIter.Ubuf(memory, TransferDirection.Destination); memory.Span[0] = 1; await Any.LengthAsync(iter);")]
    [InlineData("IovIter iter = IovIter.Ubuf(memory, TransferDirection.Destination); Task<long> task = Any.LengthAsync(iter).AsTask(); int n = memory.Length; bool e = memory.IsEmpty; await task;")]
    [InlineData("IovIter iter = IovIter.Ubuf(memory, TransferDirection.Destination); Task<long> task = Any.LengthAsync(iter).AsTask(); if (task.IsCompleted) memory.Span[0] = 1; await task;")]
    [InlineData("IovIter iter = IovIter.Ubuf(memory[..8], TransferDirection.Destination); Task<long> task = Any.LengthAsync(iter).AsTask(); memory.Span[9] = 1; await task;")]
    [InlineData("IovIter iter = IovIter.Ubuf(memory, TransferDirection.Destination); Task<long> task = Any.LengthAsync(iter).AsTask(); memory = new byte[4]; memory.Span[0] = 1; await task;")]
    [InlineData("IovIter iter = IovIter.Ubuf(bytes, TransferDirection.Source); Task<int> task = stream.ReadAsync(memory[..4]).AsTask(); memory.Span[5] = 1; await task;")]
    public Task Bytes_left_alone_until_the_operation_completes_are_silent(string statements) => VerifyMembersAsync(Method(statements));

    private static string Bvec(string statements) => statements.Replace("Entries(folio)", "IovIter.Bvec([new BvecEntry(folio)], TransferDirection.Source)");

    private static string Method(string statements) => $$"""

        static Task<int> Send(PageLease lease) => Task.FromResult(lease.IoVectors.Length);

        static async Task M(Memory<byte> memory, byte[] bytes, IovIter iter0, Stream stream, IoRequest request, TaskCompletionSource<long> done, TaskCompletionSource<bool> started)
        {
            {{statements}}
        }
        """;

    [Theory]
    [InlineData("MemoryHandle pin = memory.Pin();", "(nint)pin.Pointer", "{0}.Dispose()")]
    [InlineData("GCHandle pin = GCHandle.Alloc(bytes, GCHandleType.Pinned);", "pin.AddrOfPinnedObject()", "{0}.Free()")]
    [InlineData("nint pin = Marshal.AllocHGlobal(4096);", "pin", "Marshal.FreeHGlobal({0})")]
    [InlineData("void* pin = NativeMemory.Alloc(4096);", "(nint)pin", "NativeMemory.Free({0})")]
    public Task Pin_or_native_block_under_an_iterator_is_released_after_its_last_use(string make, string address, string release) => RuleCode.VerifyAsync($$"""
        using System.Buffers;
        using System.Runtime.InteropServices;

        internal unsafe class C
        {
            static long Wrong(Memory<byte> memory, byte[] bytes)
            {
                {{make}}
                IovIter iter = IovIter.Kvec([new IoVector({{address}}, 4096)], TransferDirection.Source);
                {{string.Format(null, release, "pin")}};
                return Any.Length({|BUF1204:iter|});
            }

            static long Right(Memory<byte> memory, byte[] bytes)
            {
                {{make}}
                IovIter iter = IovIter.Kvec([new IoVector({{address}}, 4096)], TransferDirection.Source);
                long length = Any.Length(iter);
                {{string.Format(null, release, "pin")}};
                return length;
            }

            static Task<long> WrongWhilePending(Memory<byte> memory, byte[] bytes)
            {
                {{make}}
                IoVector[] vectors = new IoVector[1];
                vectors[0] = new IoVector({{address}}, 4096);
                IovIter iter = IovIter.Kvec(vectors, TransferDirection.Source);
                Task<long> task = Any.LengthAsync(iter).AsTask();
                {{string.Format(null, release, "{|BUF1204:pin|}")}};
                return task;
            }

            static long RightWhenDone(Memory<byte> memory, byte[] bytes)
            {
                {{make}}
                IovIter iter = IovIter.Kvec([new IoVector({{address}}, 4096)], TransferDirection.Source);
                Task<long> task = Any.LengthAsync(iter).AsTask();
                task.Wait();
                {{string.Format(null, release, "pin")}};
                return task.Result;
            }
        }
        """);

    [Fact]
    public Task Address_that_is_used_without_an_iterator_is_the_pins_own_matter() => RuleCode.VerifyAsync("""
        using System.Runtime.InteropServices;

        internal class C
        {
            static int M(byte[] bytes)
            {
                GCHandle pin = GCHandle.Alloc(bytes, GCHandleType.Pinned);
                nint at = pin.AddrOfPinnedObject();
                pin.Free();
                return Any.Transfer({|BUF2002:at|}, 1);
            }
        }
        """);
}
