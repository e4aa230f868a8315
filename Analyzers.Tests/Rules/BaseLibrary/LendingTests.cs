using Xunit;

namespace BufferLifetime.Analyzers.Tests.Rules.BaseLibrary;

/// <summary>BUF2007 and BUF1207 over what the operations of the framework borrow until their task has completed.</summary>
public sealed class LendingTests
{
    private const string Usings = "using System.Buffers;\nusing System.IO.Pipelines;\nusing System.Net;\nusing System.Net.Http;\nusing System.Net.Security;\nusing System.Net.Sockets;\nusing System.Net.WebSockets;\nusing Microsoft.Win32.SafeHandles;\n";

    public static readonly TheoryData<string> Operations = new(
        "stream.ReadAsync(b, 0, 8)",
        "stream.ReadAsync(b.AsMemory(0, 8))",
        "stream.ReadExactlyAsync(b.AsMemory(0, 8))",
        "stream.WriteAsync(b.AsMemory())",
        "ssl.ReadAsync(b.AsMemory())",
        "ssl.WriteAsync(b, 0, 8)",
        "socket.ReceiveAsync(b.AsMemory(), SocketFlags.None)",
        "socket.ReceiveAsync(new ArraySegment<byte>(b, 0, 8), SocketFlags.None)",
        "socket.ReceiveFromAsync(b.AsMemory(), SocketFlags.None, end)",
        "socket.ReceiveMessageFromAsync(b.AsMemory(), SocketFlags.None, end)",
        "socket.SendAsync(b.AsMemory(), SocketFlags.None)",
        "socket.SendToAsync(b.AsMemory(), SocketFlags.None, end)",
        "socket.SendFileAsync(null, b.AsMemory(), default, TransmitFileOptions.UseDefaultWorkerThread)",
        "web.ReceiveAsync(b.AsMemory(), default)",
        "web.ReceiveAsync(new ArraySegment<byte>(b), default)",
        "web.SendAsync(b.AsMemory(), WebSocketMessageType.Binary, true, default)",
        "RandomAccess.ReadAsync(file, b.AsMemory(), 0)",
        "RandomAccess.WriteAsync(file, b.AsMemory(), 0)",
        "pipe.WriteAsync(b.AsMemory())",
        "client.PostAsync(\"a\", new ByteArrayContent(b, 0, 8))",
        "client.PostAsync(\"a\", new ReadOnlyMemoryContent(b.AsMemory()))");

    [Theory]
    [MemberData(nameof(Operations))]
    public Task Buffer_released_while_the_operation_is_pending_is_reported(string operation) =>
        RuleCode.VerifyAsync(Code("byte[] b = ArrayPool<byte>.Shared.Rent(8); var task = " + operation + "; ArrayPool<byte>.Shared.Return({|BUF2007:b|}); await task;"));

    [Theory]
    [MemberData(nameof(Operations))]
    public Task Buffer_released_after_the_operation_is_silent(string operation) =>
        RuleCode.VerifyAsync(Code("byte[] b = ArrayPool<byte>.Shared.Rent(8); try { await " + operation + "; } finally { ArrayPool<byte>.Shared.Return(b); }"));

    [Theory]
    [InlineData("Task<int> read = stream.ReadAsync(b, 0, 8); if (read.Wait(100)) end.ToString(); ArrayPool<byte>.Shared.Return({|BUF2007:b|});")]
    [InlineData("Task<int> read = stream.ReadAsync(b, 0, 8); read.Wait(TimeSpan.FromSeconds(1)); ArrayPool<byte>.Shared.Return({|BUF2007:b|});")]
    public Task Wait_that_gives_up_is_no_wait(string statements) => RuleCode.VerifyAsync(Code("byte[] b = ArrayPool<byte>.Shared.Rent(8); " + statements));

    [Theory]
    [InlineData("Task<int> read = stream.ReadAsync(b, 0, 8); if (!read.Wait(100)) return; ArrayPool<byte>.Shared.Return(b);")]
    [InlineData("Task<int> read = stream.ReadAsync(b, 0, 8); read.Wait(); ArrayPool<byte>.Shared.Return(b);")]
    [InlineData("Task<int> read = stream.ReadAsync(b, 0, 8); try { using var source = new CancellationTokenSource(100); source.CancelAfter(50); await read; } finally { ArrayPool<byte>.Shared.Return(b); }")]
    public Task Wait_that_is_over_or_leaves_the_buffer_behind_is_silent(string statements) => RuleCode.VerifyAsync(Code("byte[] b = ArrayPool<byte>.Shared.Rent(8); " + statements));

    [Theory]
    [InlineData("args.SetBuffer(b, 0, 8); socket.ReceiveAsync(args); ArrayPool<byte>.Shared.Return({|BUF2007:b|});")]
    [InlineData("args.SetBuffer(b.AsMemory(0, 4)); if (!socket.SendAsync(args)) { done(args); } ArrayPool<byte>.Shared.Return({|BUF2007:b|});")]
    [InlineData("args.SetBuffer(b, 0, 8); try { if (socket.ReceiveAsync(args)) pending++; } finally { ArrayPool<byte>.Shared.Return({|BUF2007:b|}); }")]
    [InlineData("args.SetBuffer(b, 0, 8); if (socket.SendToAsync(args)) { pending++; ArrayPool<byte>.Shared.Return({|BUF2007:b|}); return; } done(args); ArrayPool<byte>.Shared.Return(b);")]
    public Task Buffer_of_event_arguments_released_while_their_operation_may_go_on_is_reported(string statements) =>
        RuleCode.VerifyAsync(Code(Arguments + "byte[] b = ArrayPool<byte>.Shared.Rent(8); " + statements + " await Task.Yield();"));

    [Theory]
    [InlineData("args.SetBuffer(b, 0, 8); if (!socket.ReceiveAsync(args)) { done(args); ArrayPool<byte>.Shared.Return(b); }")]
    [InlineData("args.SetBuffer(b, 0, 8); if (socket.ReceiveAsync(args)) { return; } done(args); ArrayPool<byte>.Shared.Return(b);")]
    [InlineData("args.SetBuffer(b, 0, 8); if (socket.ReceiveAsync(args)) { ended.Wait(); } ArrayPool<byte>.Shared.Return(b);")]
    [InlineData("args.SetBuffer(b, 0, 8); socket.ReceiveAsync(args); await ended.WaitAsync(); ArrayPool<byte>.Shared.Return(b);")]
    [InlineData("args.SetBuffer(b, 0, 8); args.SetBuffer(null, 0, 0); ArrayPool<byte>.Shared.Return(b); socket.ReceiveAsync(args);")]
    [InlineData("args.SetBuffer(new byte[8], 0, 8); socket.ReceiveAsync(args); ArrayPool<byte>.Shared.Return(b);")]
    public Task Buffer_of_event_arguments_whose_operation_is_over_is_silent(string statements) =>
        RuleCode.VerifyAsync(Code(Arguments + "byte[] b = ArrayPool<byte>.Shared.Rent(8); " + statements + " await Task.Yield();"));

    private const string Arguments = "int pending = 0; Action<SocketAsyncEventArgs> done = static _ => { }; var ended = new SemaphoreSlim(0); var args = new SocketAsyncEventArgs(); ";

    [Theory]
    [InlineData("Task<int> one = stream.ReadAsync(b.AsMemory(0, 4)).AsTask(); Task<int> two = ssl.{|BUF1207:ReadAsync|}(b.AsMemory(0, 4)).AsTask(); await Task.WhenAll(one, two);")]
    [InlineData("Task write = Task.CompletedTask; int n; while ((n = await stream.{|BUF1207:ReadAsync|}(b.AsMemory())) > 0) { await write; write = ssl.WriteAsync(b.AsMemory(0, n)).AsTask(); } await write;")]
    public Task Bytes_of_one_operation_given_to_another_are_reported(string statements) => RuleCode.VerifyAsync(Code("byte[] b = ArrayPool<byte>.Shared.Rent(8); " + statements + " ArrayPool<byte>.Shared.Return(b);"));

    [Theory]
    [InlineData("Task<int> one = stream.ReadAsync(b.AsMemory(0, 4)).AsTask(); Task<int> two = ssl.ReadAsync(b.AsMemory(4, 4)).AsTask(); await Task.WhenAll(one, two);")]
    [InlineData("Task one = stream.WriteAsync(b.AsMemory(0, 4)).AsTask(); Task two = ssl.WriteAsync(b.AsMemory(0, 4)).AsTask(); await Task.WhenAll(one, two);")]
    [InlineData("int n; while ((n = await stream.ReadAsync(b.AsMemory())) > 0) { Task write = ssl.WriteAsync(b.AsMemory(0, n)).AsTask(); await write; }")]
    [InlineData("Task<int> one = stream.ReadAsync(b.AsMemory(4, 4)).AsTask(); Task<int> two = ssl.ReadAsync(b.AsMemory(0, 4)).AsTask(); await Task.WhenAll(one, two);")]
    public Task Bytes_that_no_two_operations_disagree_on_are_silent(string statements) => RuleCode.VerifyAsync(Code("byte[] b = ArrayPool<byte>.Shared.Rent(8); " + statements + " ArrayPool<byte>.Shared.Return(b);"));

    [Theory]
    [InlineData("await Task.WhenAny(read, Task.Delay(10, token)); await read;")]
    [InlineData("Task first = await Task.WhenAny(read, Task.Delay(10)).ConfigureAwait(false); if (first != read) { web.Abort(); } await read;")]
    [InlineData("using var source = new CancellationTokenSource(); Task first = await Task.WhenAny(read, Task.Delay(10, source.Token)); if (first != read) { source.Cancel(); try { await read; } catch (WebSocketException) { } return; } await read;")]
    public Task Wait_for_the_first_of_several_does_not_fail_while_one_is_under_way(string statements) =>
        RuleCode.VerifyAsync(Code("CancellationToken token = default; using (IMemoryOwner<byte> o = MemoryPool<byte>.Shared.Rent(8)) { Task read = web.ReceiveAsync(o.Memory, token).AsTask(); " + statements + " }"));

    [Fact]
    public Task Wait_for_the_first_of_several_is_no_wait_for_each() =>
        RuleCode.VerifyAsync(Code("using (IMemoryOwner<byte> o = MemoryPool<byte>.Shared.Rent(8)) { Task read = web.{|BUF2007:ReceiveAsync|}(o.Memory, default).AsTask(); await Task.WhenAny(read, Task.Delay(10)); }"));

    [Theory]
    [InlineData("await write; n = await stream.ReadAsync(b.AsMemory(), token); write = ssl.WriteAsync(c.AsMemory(0, n), token).AsTask();")]
    [InlineData("n = await stream.ReadAsync(b.AsMemory(), token); await write; write = ssl.WriteAsync(c.AsMemory(0, n), token).AsTask();")]
    public Task Token_that_two_operations_share_is_no_memory(string statements) =>
        RuleCode.VerifyAsync(Code("CancellationToken token = default; byte[] b = new byte[8], c = new byte[8]; int n; Task write = Task.CompletedTask; do { " + statements + " } while (n > 0); await write;"));

    [Theory]
    [InlineData("Task<int> send = socket.SendAsync(new List<ArraySegment<byte>> { new(b, 0, 8) }, SocketFlags.None); ArrayPool<byte>.Shared.Return({|BUF2007:b|}); await send;")]
    [InlineData("var parts = new List<ArraySegment<byte>> { new(a), new ArraySegment<byte>(b, 0, 8) }; Task<int> send = socket.SendAsync(parts, SocketFlags.None); ArrayPool<byte>.Shared.Return({|BUF2007:b|}); await send;")]
    [InlineData("var parts = new List<ArraySegment<byte>> { new(a), new ArraySegment<byte>(b, 0, 8) }; await socket.SendAsync(parts, SocketFlags.None); ArrayPool<byte>.Shared.Return(b); Any.Keep(a);")]
    public Task Collection_made_of_segments_lends_what_they_are_of(string statements) =>
        RuleCode.VerifyAsync(Code("byte[] a = new byte[1]; byte[] b = ArrayPool<byte>.Shared.Rent(8); " + statements));

    [Theory]
    [InlineData("var reads = new List<Task<int>>(); for (int i = 0; i < 4; i++) reads.Add(stream.ReadAsync(b, i, 1)); foreach (Task<int> read in reads) total += await read;")]
    [InlineData("var writes = new Task[2]; for (int i = 0; i < writes.Length; i++) writes[i] = stream.WriteAsync(b, i, 1); for (int i = 0; i < writes.Length; i++) await writes[i].ConfigureAwait(false);")]
    [InlineData("List<Task> sends = []; foreach (byte part in new byte[] { 1, 2 }) sends.Add(pipe.WriteAsync(b.AsMemory(part)).AsTask()); foreach (Task send in sends) await send;")]
    [InlineData("var reads = new Task<int>[3]; for (int i = 0; i < 3; i++) reads[i] = stream.ReadAsync(b, i, 1); Task<int> first = await Task.WhenAny(reads); total += await first;")]
    [InlineData("var writes = new Task[3]; for (int i = 0; i < 3; i++) writes[i] = stream.WriteAsync(b, i, 1); Task.WaitAny(writes);")]
    [InlineData("var reads = new List<Task<int>>(); reads.Add(stream.ReadAsync(b, 0, 1)); reads.Add(ssl.ReadAsync(b, 1, 1)); foreach (var read in reads) total += await read;")]
    public Task Buffer_of_operations_that_are_awaited_one_by_one_is_released_by_the_first_that_fails(string statements) =>
        RuleCode.VerifyAsync(Code("int total = 0; byte[] b = ArrayPool<byte>.Shared.Rent(8); try { " + statements + " } finally { ArrayPool<byte>.Shared.Return({|BUF2007:b|}); }"));

    [Theory]
    [InlineData("var reads = new List<Task<int>>(); for (int i = 0; i < 4; i++) reads.Add(stream.ReadAsync(b, i, 1)); foreach (int read in await Task.WhenAll(reads)) total += read;")]
    [InlineData("var reads = new List<Task<int>>(); for (int i = 0; i < 4; i++) reads.Add(stream.ReadAsync(b, i, 1)); await Task.WhenAll(reads); foreach (Task<int> read in reads) total += await read;")]
    [InlineData("var writes = new Task[2]; for (int i = 0; i < writes.Length; i++) writes[i] = stream.WriteAsync(b, i, 1); Task.WaitAll(writes);")]
    [InlineData("var writes = new List<Task>(); for (int i = 0; i < 2; i++) writes.Add(stream.WriteAsync(b, i, 1)); foreach (Task write in writes) { try { await write; } catch (IOException) { } }")]
    [InlineData("var writes = new List<Task>(); for (int i = 0; i < 2; i++) { writes.Add(stream.WriteAsync(b, i, 1)); if (writes.Count == 2) { await Task.WhenAll(writes); writes.Clear(); } } await Task.WhenAll(writes);")]
    [InlineData("var reads = new Task<int>[3]; for (int i = 0; i < 3; i++) reads[i] = stream.ReadAsync(b, i, 1); Task<int> first = await Task.WhenAny(reads); await Task.WhenAll(reads); total += await first;")]
    [InlineData("var reads = new List<Task<int>>(); for (int i = 0; i < 3; i++) reads.Add(stream.ReadAsync(b, i, 1)); while (reads.Count > 0) { Task<int> first = await Task.WhenAny(reads); reads.Remove(first); total += await first; }")]
    [InlineData("var writes = new List<Task>(); foreach (byte part in new byte[] { 1, 2 }) { Task write = stream.WriteAsync(b, part, 1); await write; writes.Add(write); } foreach (Task write in writes) await write;")]
    [InlineData("var writes = new List<Task>(); for (int i = 0; i < 2; i++) writes.Add(stream.WriteAsync(b, i, 1)); Any.Keep(writes); foreach (Task write in writes) await write;")]
    public Task Buffer_of_operations_that_are_awaited_together_is_released_after_all(string statements) =>
        RuleCode.VerifyAsync(Code("int total = 0; byte[] b = ArrayPool<byte>.Shared.Rent(8); try { " + statements + " } finally { ArrayPool<byte>.Shared.Return(b); }"));

    [Fact]
    public Task Array_is_left_to_an_operation_that_was_given_up() =>
        RuleCode.VerifyAsync(Code("byte[] b = ArrayPool<byte>.Shared.Rent(8); Task write = stream.WriteAsync(b, 0, 8); try { await write.WaitAsync(TimeSpan.FromSeconds(1)); ArrayPool<byte>.Shared.Return(b); } catch (TimeoutException) { }"));

    private static string Code(string statements) =>
        Usings + "static class C { static async Task M(Stream stream, SslStream ssl, Socket socket, WebSocket web, EndPoint end, SafeFileHandle file, PipeWriter pipe, HttpClient client) { await Task.Yield(); " + statements + " } }";
}
