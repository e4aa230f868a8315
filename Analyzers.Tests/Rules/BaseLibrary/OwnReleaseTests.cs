using Xunit;

namespace BufferLifetime.Analyzers.Tests.Rules.BaseLibrary;

/// <summary>An object that is ended by a member of its own, not by disposal: what it has is owed to that member on every path, once some path calls it.</summary>
public sealed class OwnReleaseTests
{
    private const string Types = """

        using System.Buffers;
        using System.Runtime.InteropServices;

        internal sealed class Held
        {
            private MemoryHandle _pin;
            private nint _block;

            public Held(Memory<byte> memory)
            {
                _pin = memory.Pin();
                _block = Marshal.AllocHGlobal(8);
            }

            public unsafe nint Address => (nint)_pin.Pointer;

            public void ReleaseAll()
            {
                _pin.Dispose();
                Marshal.FreeHGlobal(_block);
                _block = 0;
            }
        }

        internal sealed unsafe class Operation : TaskCompletionSource<int>
        {
            private static readonly IOCompletionCallback s_done = (_, _, _) => { };
            private readonly ThreadPoolBoundHandle _binding;
            private NativeOverlapped* _overlapped;
            private MemoryHandle _pin;

            public Operation(ThreadPoolBoundHandle binding, Memory<byte> memory)
            {
                _binding = binding;
                _pin = memory.Pin();
                _overlapped = binding.AllocateNativeOverlapped(s_done, this, null);
            }

            public NativeOverlapped* Overlapped => _overlapped;

            public void Free()
            {
                if (_overlapped != null)
                {
                    _binding.FreeNativeOverlapped(_overlapped);
                    _overlapped = null;
                }

                _pin.Dispose();
            }
        }

        internal sealed class Counted
        {
            private GCHandle _pin;
            private int _count = 1;

            public Counted(byte[] bytes) => _pin = GCHandle.Alloc(bytes, GCHandleType.Pinned);

            public nint Address => _pin.AddrOfPinnedObject();

            public void Release()
            {
                if (Interlocked.Decrement(ref _count) == 0)
                    _pin.Free();
            }
        }

        internal sealed class Finalized
        {
            private GCHandle _pin;

            public Finalized(byte[] bytes) => _pin = GCHandle.Alloc(bytes, GCHandleType.Pinned);

            public nint Address => _pin.AddrOfPinnedObject();

            public void Unpin() { if (_pin.IsAllocated) _pin.Free(); }

            ~Finalized() => Unpin();
        }

        """;

    [Theory]
    [InlineData("var held = {|BUF2001:new Held(a)|}; if (Any.Transfer(held.Address, n) < 0) throw new IOException(); held.ReleaseAll();")]
    [InlineData("var held = {|BUF2001:new Held(a)|}; switch (Any.Transfer(held.Address, n)) { case 0: held.ReleaseAll(); return; case 1: throw new IOException(); default: held.ReleaseAll(); break; }")]
    public Task Way_out_past_the_members_that_release_is_reported(string statements) => RuleCode.VerifyAsync(Code(statements));

    [Theory]
    [InlineData("default: throw new IOException();", true)]
    [InlineData("default: operation.Free(); throw new IOException();", false)]
    public Task Operation_that_could_not_be_started_is_freed_by_whoever_made_it(string otherwise, bool isReported) => RuleCode.VerifyAsync(
        Types + "internal unsafe class C { [DllImport(\"n\")] private static extern int Begin(NativeOverlapped* overlapped); Task<int> M(byte[] a, ThreadPoolBoundHandle b) { var operation = "
        + (isReported ? "{|BUF2001:new Operation(b, a)|}" : "new Operation(b, a)")
        + "; if (Begin(operation.Overlapped) == 0) { int error = Marshal.GetLastPInvokeError(); switch (error) { case 109: operation.Free(); return Task.FromResult(0); case 997: break; " + otherwise + " } } return operation.Task; } }");

    [Theory]
    [InlineData("var held = new Held(a); try { if (Any.Transfer(held.Address, n) < 0) throw new IOException(); } finally { held.ReleaseAll(); }")]
    [InlineData("var held = new Held(a); if (Any.Transfer(held.Address, n) < 0) { held.ReleaseAll(); throw new IOException(); } held.ReleaseAll();")]
    [InlineData("var held = new Held(a); Any.Transfer(held.Address, n);")]
    [InlineData("var held = new Held(a); Any.Keep(held); if (n > 3) return; held.ReleaseAll();")]
    [InlineData("_kept = new Held(a); if (n > 3) throw new IOException(); _kept.ReleaseAll();")]
    [InlineData("var counted = new Counted(a); if (n > 3) return; Any.Transfer(counted.Address, n); counted.Release();")]
    [InlineData("var finalized = new Finalized(a); if (n > 3) return; Any.Transfer(finalized.Address, n); finalized.Unpin();")]
    public Task What_is_released_on_every_path_or_by_nobody_known_is_silent(string statements) => RuleCode.VerifyAsync(Code(statements));

    private static string Code(string statements) => Types + "internal class C { private Held? _kept; void M(byte[] a, int n) {" + statements + "} }";
}
