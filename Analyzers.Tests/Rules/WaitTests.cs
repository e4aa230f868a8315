using Xunit;

namespace BufferLifetime.Analyzers.Tests.Rules;

/// <summary>The ways to wait for an operation, and those that only look like it.</summary>
public sealed class WaitTests
{
    [Theory]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); ValueTask<int> t = s.ReadAsync(a); ArrayPool<byte>.Shared.Return({|BUF2007:a|}); await t; }")]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); Task<int> t = s.ReadAsync(a).AsTask(); ArrayPool<byte>.Shared.Return({|BUF2007:a|}); await t; }")]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); ValueTask<int> t = s.ReadAsync(a).Preserve(); ArrayPool<byte>.Shared.Return({|BUF2007:a|}); await t; }")]
    [InlineData("void M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); _stored = s.ReadAsync(a); ArrayPool<byte>.Shared.Return({|BUF2007:a|}); }")]
    public Task Release_under_a_stored_value_task_is_reported(string member) => VerifyAsync(member);

    [Theory]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); ArrayPool<byte>.Shared.Return(a); await s.ReadAsync({|BUF2005:a|}, 0, 8); }")]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); ArrayPool<byte>.Shared.Return(a); Task t = s.WriteAsync({|BUF2005:a|}, 0, 8); await t; }")]
    [InlineData("async Task M(Task t) { Task[] ts = ArrayPool<Task>.Shared.Rent(8); ts.AsSpan().Fill(t); ArrayPool<Task>.Shared.Return(ts); await Task.WhenAny({|BUF2005:ts|}); }")]
    public Task Start_of_a_wait_or_an_operation_over_what_was_released_is_reported(string member) => VerifyAsync(member);

    [Theory]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); ValueTask<int> t = s.ReadAsync(a); await t.ConfigureAwait(false); ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); Task<int> t = s.ReadAsync(a).AsTask(); await t; ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); ValueTask<int> t = s.ReadAsync(a); int n = t.IsCompletedSuccessfully ? t.Result : await t; ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("void M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); s.ReadAsync(a).AsTask().GetAwaiter().GetResult(); ArrayPool<byte>.Shared.Return(a); }")]
    public Task Value_task_that_is_waited_for_is_silent(string member) => VerifyAsync(member);

    [Theory]
    [InlineData("async Task M(Stream s, Stream r) { byte[] a = ArrayPool<byte>.Shared.Rent(8), b = ArrayPool<byte>.Shared.Rent(8); Task[] ts = [s.WriteAsync(a, 0, 8), r.WriteAsync(b, 0, 8)]; Task all = Task.WhenAll(ts); ArrayPool<byte>.Shared.Return({|BUF2007:a|}); await all; ArrayPool<byte>.Shared.Return(b); }")]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); await Task.WhenAny(s.WriteAsync(a, 0, 8), Task.Delay(5)); ArrayPool<byte>.Shared.Return({|BUF2007:a|}); }")]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); Task[] ts = { s.WriteAsync(a, 0, 8), Task.Delay(5) }; await Task.WhenAny(ts); ArrayPool<byte>.Shared.Return({|BUF2007:a|}); }")]
    [InlineData("void M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); Task[] ts = [s.WriteAsync(a, 0, 8), Task.Delay(9)]; Task.WaitAny(ts); ArrayPool<byte>.Shared.Return({|BUF2007:a|}); }")]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); Task t = s.WriteAsync(a, 0, 8), d = Task.Delay(5); if (await Task.WhenAny(t, d) == d) ArrayPool<byte>.Shared.Return({|BUF2007:a|}); else { await t; ArrayPool<byte>.Shared.Return(a); } }")]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); Task[] ts = [s.WriteAsync(a, 0, 8), s.FlushAsync()]; ArrayPool<byte>.Shared.Return({|BUF2007:a|}); foreach (Task t in ts) await t; }")]
    [InlineData("async Task M(Stream s, int n) { byte[] a = ArrayPool<byte>.Shared.Rent(8); Task t = s.WriteAsync(a, 0, 8); for (int i = 0; i < n; i++) { await t; } ArrayPool<byte>.Shared.Return({|BUF2007:a|}); }")]
    [InlineData("async Task M(Stream s, bool c) { byte[] a = ArrayPool<byte>.Shared.Rent(8); Task? t = null; if (c) t = s.ReadAsync(a, 0, 8); if (t == null) Console.WriteLine(c); ArrayPool<byte>.Shared.Return({|BUF2007:a|}); if (t != null) await t; }")]
    public Task Release_with_some_of_the_operations_under_way_is_reported(string member) => VerifyAsync(member);

    [Theory]
    [InlineData("async Task M(Stream s, Stream r) { byte[] a = ArrayPool<byte>.Shared.Rent(8), b = ArrayPool<byte>.Shared.Rent(8); Task[] ts = [s.WriteAsync(a, 0, 8), r.WriteAsync(b, 0, 8)]; await Task.WhenAll(ts); ArrayPool<byte>.Shared.Return(a); ArrayPool<byte>.Shared.Return(b); }")]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); var ts = new List<Task>(); ts.Add(s.WriteAsync(a, 0, 8)); await Task.WhenAll(ts); ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("async Task M(Stream s, Stream r) { byte[] a = ArrayPool<byte>.Shared.Rent(8); await Task.WhenAll(s.WriteAsync(a, 0, 8), r.WriteAsync(a, 0, 8)); ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); Task t = s.WriteAsync(a, 0, 8); if (await Task.WhenAny(t, Task.Delay(5)) != t) await t; ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); Task[] ts = [s.WriteAsync(a, 0, 8), s.FlushAsync()]; foreach (Task t in ts) await t; ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("void M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); Task[] ts = [s.WriteAsync(a, 0, 8), s.FlushAsync()]; Task.WaitAll(ts); ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); Task t = s.WriteAsync(a, 0, 8); Task first = await Task.WhenAny(t, Task.Delay(5)); if (first == t) { ArrayPool<byte>.Shared.Return(a); return; } await t; ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); Task t = s.WriteAsync(a, 0, 8); while (await Task.WhenAny(t, Task.Delay(5)) != t) Console.WriteLine(); ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); Task[] ts = [s.WriteAsync(a, 0, 8), s.FlushAsync()]; for (int i = 0; i < ts.Length; i++) await ts[i]; ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("async Task M(Stream s, bool c) { byte[] a = ArrayPool<byte>.Shared.Rent(8); Task? t = null; if (c) t = s.ReadAsync(a, 0, 8); Console.WriteLine(c); if (t != null) await t; ArrayPool<byte>.Shared.Return(a); }")]
    public Task Waiting_for_all_or_for_the_one_that_counts_is_silent(string member) => VerifyAsync(member);

    [Theory]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); var t = s.ReadAsync(a, 0, 8).ConfigureAwait(false); ArrayPool<byte>.Shared.Return({|BUF2007:a|}); await t; }")]
    [InlineData("void M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); s.WriteAsync(a, 0, 8).ContinueWith(t => Console.WriteLine()); ArrayPool<byte>.Shared.Return({|BUF2007:a|}); }")]
    [InlineData("void M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); var w = s.WriteAsync(a, 0, 8).GetAwaiter(); w.OnCompleted(() => Console.WriteLine()); ArrayPool<byte>.Shared.Return({|BUF2007:a|}); }")]
    public Task Release_beside_a_continuation_is_reported(string member) => VerifyAsync(member);

    [Theory]
    [InlineData("void M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); s.WriteAsync(a, 0, 8).ContinueWith(t => ArrayPool<byte>.Shared.Return(a)); }")]
    [InlineData("Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); return s.WriteAsync(a, 0, 8).ContinueWith(static (t, o) => ArrayPool<byte>.Shared.Return((byte[])o!), a); }")]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); await s.WriteAsync(a, 0, 8).ContinueWith(t => Console.WriteLine()); ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("async Task M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); await s.WriteAsync(a, 0, 8).ContinueWith(t => s.FlushAsync()).Unwrap(); ArrayPool<byte>.Shared.Return(a); }")]
    [InlineData("void M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); var w = s.ReadAsync(a).ConfigureAwait(false).GetAwaiter(); if (!w.IsCompleted) w.UnsafeOnCompleted(() => ArrayPool<byte>.Shared.Return(a)); else { int n = w.GetResult(); ArrayPool<byte>.Shared.Return(a); } }")]
    [InlineData("void M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); var w = s.WriteAsync(a, 0, 8).GetAwaiter(); w.OnCompleted(() => ArrayPool<byte>.Shared.Return(a)); }")]
    [InlineData("void M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); var w = s.ReadAsync(a).ConfigureAwait(false).GetAwaiter(); w.UnsafeOnCompleted(() => { ArrayPool<byte>.Shared.Return(a); }); }")]
    [InlineData("void M(Stream s) { byte[] a = ArrayPool<byte>.Shared.Rent(8); var w = s.WriteAsync(a, 0, 8).GetAwaiter(); if (w.IsCompleted) { ArrayPool<byte>.Shared.Return(a); return; } w.OnCompleted(() => ArrayPool<byte>.Shared.Return(a)); }")]
    public Task Continuation_that_releases_or_is_waited_for_is_silent(string member) => VerifyAsync(member);

    private static Task VerifyAsync(string member) => RuleCode.VerifyAsync("#nullable enable\nusing System.Buffers;\nclass C { ValueTask<int> _stored; " + member + " }");
}
