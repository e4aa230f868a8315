using Xunit;

namespace BufferLifetime.Analyzers.Tests.Rules.BaseLibrary;

/// <summary>BUF2003 where the address of a fixed statement goes along with what is to be called when the memory is not needed any more.</summary>
public sealed class KeptUntilReleasedTests
{
    private const string Usings = "using System.Buffers;\nusing System.Runtime.InteropServices;\n";

    [Theory]
    [InlineData("fixed (byte* p = bytes) { return {|BUF2003:new Blob((nint)p, bytes.Length, () => Any.Number())|}; }")]
    [InlineData("fixed (byte* p = bytes) { nint blob = {|BUF2003:make(p, bytes.Length, s_free)|}; return new Blob(blob); }")]
    [InlineData("fixed (byte* p = &bytes[4]) { Blob b = {|BUF2003:Blob.Over(p + 1, bytes.Length - 5, s_free)|}; return b; }")]
    public Task Address_that_is_kept_until_it_is_released_is_reported(string statements) => RuleCode.VerifyAsync(Code(statements));

    [Theory]
    [InlineData("fixed (byte* p = bytes) { return new Blob((nint)p, bytes.Length, null); }")]
    [InlineData("fixed (byte* p = bytes) { return new Blob(copy(p, bytes.Length, default)); }")]
    [InlineData("GCHandle pin = GCHandle.Alloc(bytes, GCHandleType.Pinned); return new Blob(pin.AddrOfPinnedObject(), bytes.Length, () => pin.Free());")]
    [InlineData("nint p = Marshal.AllocHGlobal(8); return new Blob(p, 8, () => Marshal.FreeHGlobal(p));")]
    [InlineData("fixed (byte* p = bytes) { int sum = each(p, bytes.Length, s_visit); return new Blob(sum); }")]
    public Task Address_that_is_only_used_by_the_call_is_silent(string statements) => RuleCode.VerifyAsync(Code(statements));

    [Theory]
    [InlineData("private readonly ArrayPool<int> _pool = ArrayPool<int>.Create(); public int[] Get(int n) => _pool.{|BUF2008:Rent|}(n);")]
    [InlineData("private static readonly ArrayPool<int> s_pool = ArrayPool<int>.Create(64, 8); public void Get(int n, ref object? into) { int[] a = s_pool.{|BUF2008:Rent|}(n); a[0] = 1; into = a; }")]
    [InlineData("private readonly ArrayPool<int> _pool; public Renting() { _pool = ArrayPool<int>.Create(); } public void Get(int n, List<int[]> all) { for (int i = 0; i < n; i++) all.Add(this._pool.{|BUF2008:Rent|}(i)); }")]
    public Task Rental_of_a_pool_that_nobody_returns_to_is_reported(string members) => RuleCode.VerifyAsync(Usings + "sealed class Renting { " + members + " }");

    [Theory]
    [InlineData("private readonly ArrayPool<int> _pool = ArrayPool<int>.Create(); public int[] Get(int n) => _pool.Rent(n); public void Put(int[] a) => _pool.Return(a);")]
    [InlineData("private readonly ArrayPool<int> _pool = ArrayPool<int>.Shared; public int[] Get(int n) => _pool.Rent(n);")]
    [InlineData("private readonly ArrayPool<int> _pool; public Renting(ArrayPool<int> pool) { _pool = pool; } public int[] Get(int n) => _pool.Rent(n);")]
    [InlineData("private readonly ArrayPool<int> _pool = ArrayPool<int>.Create(); public Rented Get(int n) => new(_pool.Rent(n), _pool); public sealed class Rented(int[] a, ArrayPool<int> pool) { public int[] Array => a; public void Return() => pool.Return(a); }")]
    [InlineData("internal readonly ArrayPool<int> _pool = ArrayPool<int>.Create(); public int[] Get(int n) => _pool.Rent(n);")]
    public Task Rental_that_somebody_can_return_is_silent(string members) => RuleCode.VerifyAsync(Usings + "sealed class Renting { " + members + " }");

    private static string Code(string statements) => Usings + """
        delegate void Freed(nint context);

        delegate int Visit(byte value);

        sealed unsafe class Blob
        {
            private readonly nint _native;

            public Blob(nint native) => _native = native;

            public Blob(nint data, int length, Action? onRelease) => _native = Any.Transfer(data, length) + (onRelease is null ? 0 : 1);

            public static Blob Over(byte* data, int length, Freed free) => new(C.make(data, length, free));
        }

        unsafe class C
        {
            [DllImport("x")] public static extern nint make(byte* data, int length, Freed destroy);
            [DllImport("x")] public static extern nint copy(byte* data, int length, Freed? destroy);
            [DllImport("x")] public static extern int each(byte* data, int length, Visit visit);
            private static readonly Freed s_free = static context => Any.Keep(context);
            private static readonly Visit s_visit = static value => value;

            static Blob M(byte[] bytes) {
        """ + statements + " } }";
}
