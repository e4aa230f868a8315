using Xunit;

namespace BufferLifetime.Analyzers.Tests.Rules;

/// <summary>Lambdas and local functions share variables with the body around them: what a call of one does to these, and when.</summary>
public sealed class CaptureTests
{
    [Theory]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); Done(); {|BUF2006:Done|}(); void Done() { ArrayPool<byte>.Shared.Return(a); } }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); Done(); {|BUF2005:a|}[0] = 1; void Done() { ArrayPool<byte>.Shared.Return(a); } }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); Span<byte> s = a; Done(); {|BUF2005:s|}[0] = 1; void Done() { ArrayPool<byte>.Shared.Return(a); } }")]
    [InlineData("void M(int n) { byte[] a = ArrayPool<byte>.Shared.{|BUF2008:Rent|}(8); Console.WriteLine(a[0]); if (n > 3) Done(); return; void Done() { ArrayPool<byte>.Shared.Return(a); } }")]
    [InlineData("void M(int n) { byte[] a = ArrayPool<byte>.Shared.Rent(8); try { Console.WriteLine(a[0]); Done(); } finally { {|BUF2006:Done|}(); } void Done() => ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("void M(int n) { byte[]? a = null; {|BUF2008:Take|}(); Console.WriteLine(a![0]);  void Take() { a = ArrayPool<byte>.Shared.Rent(8); } }")]
    [InlineData("void M(int n) { byte[] a = ArrayPool<byte>.Shared.{|BUF2008:Rent|}(8); Console.WriteLine(a[0]); void Done() { ArrayPool<byte>.Shared.Return(a); } }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); Done(a); {|BUF2005:a|}[0] = 1; static void Done(byte[] x) => ArrayPool<byte>.Shared.Return(x); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); Done(a); {|BUF2006:Done|}({|BUF2005:a|}); static void Done(byte[] x) => ArrayPool<byte>.Shared.Return(x); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.{|BUF2008:Rent|}(8); Look(a); static void Look(byte[] x) => Console.WriteLine(x[0]); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); var seq = Each(); ArrayPool<byte>.Shared.Return(a); foreach (int i in {|BUF2005:seq|}) Console.WriteLine(i); IEnumerable<int> Each() { yield return a[0]; } }")]
    [InlineData("IEnumerable<int> M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); try { return {|BUF2005:Each()|}; } finally { ArrayPool<byte>.Shared.Return(a); } IEnumerable<int> Each() { yield return a[0]; } }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); Action f = () => Console.WriteLine(a[0]); ArrayPool<byte>.Shared.Return(a); {|BUF2005:f|}(); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); ArrayPool<byte>.Shared.Return(a); {|BUF2005:Show()|}; void Show() => Console.WriteLine(a[0]); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.{|BUF2008:Rent|}(8); Show(); void Show() => Console.WriteLine(a[0]); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); byte[] old = a; Grow(); {|BUF2005:old|}[0] = 1; ArrayPool<byte>.Shared.Return(a); void Grow() { byte[] b = ArrayPool<byte>.Shared.Rent(99); a.CopyTo(b, 0); ArrayPool<byte>.Shared.Return(a); a = b; } }")]
    [InlineData("void M() { IMemoryOwner<byte> o = MemoryPool<byte>.Shared.Rent(8); Memory<byte> m = o.Memory; Done(); {|BUF2005:m.Span|}.Clear(); void Done() { o.Dispose(); } }")]
    [InlineData("void M(int n) { byte[]? a = null; for (int i = 0; i < n; i++) { {|BUF2008:Next|}(); Console.WriteLine(a![0]); } void Next() { if (a != null) ArrayPool<byte>.Shared.Return(a); a = ArrayPool<byte>.Shared.Rent(8); } }")]
    [InlineData("void M() { byte[]? a = ArrayPool<byte>.Shared.Rent(8); Free(); {|BUF2005:a|}![0] = 1; void Free() { if (a != null) { ArrayPool<byte>.Shared.Return(a); } } }")]
    public Task Mistake_with_a_captured_variable_is_reported(string member) => VerifyAsync(member);

    [Theory]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); Console.WriteLine(a[0]); Done(); void Done() { ArrayPool<byte>.Shared.Return(a); } }")]
    [InlineData("void M(int n) { byte[] a = ArrayPool<byte>.Shared.Rent(8); if (n > 3) { Done(); return; } Console.WriteLine(a[0]); Done(); void Done() => ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("void M(int n) { byte[] a = ArrayPool<byte>.Shared.Rent(8); try { Console.WriteLine(a[0]); } finally { Done(); } void Done() => ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("void M(int n) { byte[]? a = ArrayPool<byte>.Shared.Rent(8); Done(); Done(); void Done() { if (a != null) { ArrayPool<byte>.Shared.Return(a); a = null; } } }")]
    [InlineData("void M(int n) { byte[]? a = null; Take(); Console.WriteLine(a![0]); Done(); void Take() { a = ArrayPool<byte>.Shared.Rent(8); } void Done() { ArrayPool<byte>.Shared.Return(a!); } }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); Look(a); Done(a); static void Done(byte[] x) => ArrayPool<byte>.Shared.Return(x); static void Look(byte[] x) => Console.WriteLine(x[0]); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); foreach (int i in Each()) Console.WriteLine(i); ArrayPool<byte>.Shared.Return(a); IEnumerable<int> Each() { yield return a[0]; } }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); foreach (int i in Each()) Console.WriteLine(i); IEnumerable<int> Each() { try { yield return a[0]; } finally { ArrayPool<byte>.Shared.Return(a); } } }")]
    [InlineData("void M() { byte[] a = new byte[3]; Action f = () => Console.WriteLine(a[0]); a = ArrayPool<byte>.Shared.Rent(8); f(); ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); Action f = () => ArrayPool<byte>.Shared.Return(a); f(); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); Action f = () => ArrayPool<byte>.Shared.Return(a); a[0] = 1; f(); }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); Show(); ArrayPool<byte>.Shared.Return(a); void Show() => Console.WriteLine(a[0]); }")]
    [InlineData("void M(int n) { byte[] a = ArrayPool<byte>.Shared.Rent(8); Done(n > 3); void Done(bool b) { if (b) ArrayPool<byte>.Shared.Return(a); } }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); Grow(); a[0] = 1; ArrayPool<byte>.Shared.Return(a); void Grow() { byte[] b = ArrayPool<byte>.Shared.Rent(99); a.CopyTo(b, 0); ArrayPool<byte>.Shared.Return(a); a = b; } }")]
    [InlineData("void M() { IMemoryOwner<byte> o = MemoryPool<byte>.Shared.Rent(8); Done(); void Done() { o.Dispose(); } }")]
    [InlineData("void M(bool b) { byte[] a = ArrayPool<byte>.Shared.Rent(8); bool done = false; Done(); Done(); void Done() { if (!done) { ArrayPool<byte>.Shared.Return(a); done = true; } } }")]
    [InlineData("void M(bool b) { byte[] a = ArrayPool<byte>.Shared.Rent(8); bool done = false; ArrayPool<byte>.Shared.Return(a); done = true; Show(); void Show() { if (!done) Console.WriteLine(a[0]); } }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); Outer(); void Outer() { Console.WriteLine(); Inner(); } void Inner() { ArrayPool<byte>.Shared.Return(a); } }")]
    [InlineData("void M(int n) { byte[] a = ArrayPool<byte>.Shared.Rent(8); Down(n); void Down(int k) { if (k > 0) Down(k - 1); else ArrayPool<byte>.Shared.Return(a); } }")]
    [InlineData("void M() { byte[] a = ArrayPool<byte>.Shared.Rent(8); Action f = Done; f(); void Done() { ArrayPool<byte>.Shared.Return(a); } }")]
    [InlineData("void M(int n) { byte[] a = ArrayPool<byte>.Shared.Rent(8); if (n < 0) Fail(); Console.WriteLine(a[0]); ArrayPool<byte>.Shared.Return(a); void Fail() { ArrayPool<byte>.Shared.Return(a); throw new IOException(); } }")]
    [InlineData("int M(int n) { byte[] a = ArrayPool<byte>.Shared.Rent(8); if (n < 0) return Done(3); return Done(4); int Done(int k) { ArrayPool<byte>.Shared.Return(a); return k; } }")]
    [InlineData("void M(int n) { byte[]? a = null; for (int i = 0; i < n; i++) { Next(); Console.WriteLine(a![0]); } if (a != null) ArrayPool<byte>.Shared.Return(a); void Next() { if (a != null) ArrayPool<byte>.Shared.Return(a); a = ArrayPool<byte>.Shared.Rent(8); } }")]
    public Task Captured_variable_that_is_given_back_once_is_silent(string member) => VerifyAsync(member);

    [Theory]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); Task t = Local(); ArrayPool<byte>.Shared.Return({|BUF2007:a|}); await t; async Task Local() { await s.ReadAsync(a, 0, 8); } }")]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); Task t = Local(); ArrayPool<byte>.Shared.Return({|BUF2007:a|}); await t; async Task Local() { await Pause(); a[0] = 1; } }")]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); Func<Task> f = async () => { await s.ReadAsync(a, 0, 8); }; Task t = f(); ArrayPool<byte>.Shared.Return({|BUF2007:a|}); await t; }")]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); Task t = Task.Run(async () => await s.ReadAsync(a, 0, 8)); ArrayPool<byte>.Shared.Return({|BUF2007:a|}); await t; }")]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); Task t = Task.Run(() => Console.WriteLine(a[0])); ArrayPool<byte>.Shared.Return({|BUF2007:a|}); await t; }")]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); await Local(); ArrayPool<byte>.Shared.{|BUF2006:Return|}(a); async Task Local() { await s.ReadAsync(a, 0, 8); ArrayPool<byte>.Shared.Return(a); } }")]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); Task t = Go(s, a); ArrayPool<byte>.Shared.Return({|BUF2007:a|}); await t; static async Task Go(Stream s, byte[] x) { await s.ReadAsync(x, 0, 8); } }")]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); await Go(s, a); {|BUF2005:a|}[0] = 1; static async Task Go(Stream s, byte[] x) { try { await s.ReadAsync(x, 0, 8); } finally { ArrayPool<byte>.Shared.Return(x); } } }")]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8), b = ArrayPool<byte>.Shared.Rent(8); Func<Task> f = async () => { await s.ReadAsync(a, 0, 8); }, g = async () => { await s.ReadAsync(b, 0, 8); }; Task t = g(); ArrayPool<byte>.Shared.Return({|BUF2007:b|}); await t; ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); Task t = Local(); ArrayPool<byte>.Shared.Return({|BUF2007:a|}); await t; Task Local() => s.ReadAsync(a, 0, 8); }")]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); try { _ = Local(); } finally { ArrayPool<byte>.Shared.Return({|BUF2007:a|}); } async Task Local() { await Pause(); a[0] = 1; } }")]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); Memory<byte> m = a; Task t = Local(); ArrayPool<byte>.Shared.Return({|BUF2007:a|}); await t; async Task Local() { await s.ReadAsync(m); } }")]
    public Task Release_under_a_function_that_is_still_running_is_reported(string member) => VerifyAsync(member);

    [Theory]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); Task t = Local(); await t; ArrayPool<byte>.Shared.Return(a); async Task Local() { await s.ReadAsync(a, 0, 8); } }")]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); Task t = Local(); ArrayPool<byte>.Shared.Return(a); await t; async Task Local() { a[0] = 1; await Pause(); Console.WriteLine(); } }")]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); Func<Task> f = async () => { await s.ReadAsync(a, 0, 8); }; await f(); ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); Task t = Task.Run(async () => await s.ReadAsync(a, 0, 8)); await t; ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); await Local(); async Task Local() { try { await s.ReadAsync(a, 0, 8); } finally { ArrayPool<byte>.Shared.Return(a); } } }")]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); await Go(s, a); static async Task Go(Stream s, byte[] x) { try { await s.ReadAsync(x, 0, 8); } finally { ArrayPool<byte>.Shared.Return(x); } } }")]
    [InlineData("async Task M(Stream s) { byte[]? a = null; Task t = Local(); await t; if (a != null) ArrayPool<byte>.Shared.Return(a); async Task Local() { await Pause(); a = ArrayPool<byte>.Shared.Rent(8); } }")]
    [InlineData("async Task M(Stream s) { byte[]? a = null; Task t = Local(); Console.WriteLine(a!.Length); await t; ArrayPool<byte>.Shared.Return(a); async Task Local() { a = ArrayPool<byte>.Shared.Rent(8); await Pause(); } }")]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); Func<Task> f = async () => { a[0] = 1; await Pause(); }; Task t = f(); ArrayPool<byte>.Shared.Return(a); await t; }")]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8), b = ArrayPool<byte>.Shared.Rent(8); Func<Task> f = async () => { await s.ReadAsync(a, 0, 8); }, g = async () => { await s.ReadAsync(b, 0, 8); }; Task t = f(); ArrayPool<byte>.Shared.Return(b); await t; ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); Task t = Local(); await t; ArrayPool<byte>.Shared.Return(a); Task Local() => s.ReadAsync(a, 0, 8); }")]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); Task t = Local(); ArrayPool<byte>.Shared.Return(a); await t; Task Local() { s.ReadExactly(a); return Pause(); } }")]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); try { await Local(); } finally { ArrayPool<byte>.Shared.Return(a); } async Task Local() { await Pause(); a[0] = 1; } }")]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); await Task.WhenAll(Local(0), Local(4)); ArrayPool<byte>.Shared.Return(a); async Task Local(int n) { await s.ReadAsync(a, n, 4); } }")]
    public Task Function_that_is_waited_for_or_is_done_with_the_variable_is_silent(string member) => VerifyAsync(member);

    private static Task VerifyAsync(string member) => RuleCode.VerifyAsync("#nullable enable\nusing System.Buffers;\nclass C { static Task Pause() => Any.Pause(); " + member + " }");
}
