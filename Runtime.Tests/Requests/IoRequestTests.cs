#pragma warning disable CA2012 // A test completes its operation between beginning and awaiting it.

namespace BufferLifetime.Tests;

public sealed class IoRequestTests : BalancedTest
{
    [Fact]
    public async Task What_is_transferred_is_held_from_submission_to_completion()
    {
        var request = new IoRequest();
        IovIter iter = IovIter.Ubuf(new byte[100], TransferDirection.Destination);
        ValueTask<int> pending = request.Begin(ref iter, 60);
        Assert.Equal((60L, 1, true), (request.Bytes, request.IoVectors.Length, request.IsInFlight));
        Assert.Equal(40, iter.Count);
        Assert.Equal(1, PinsHeld);
        Assert.False(pending.IsCompleted);

        request.Complete(60);

        AssertNothingHeld();
        Assert.Equal(60, await pending);
        Assert.Throws<AlreadyReleasedException>(() => request.IoVectors.Length);
    }

    [Fact]
    public async Task A_request_completes_once_for_each_operation_and_is_reusable()
    {
        var request = new IoRequest();
        Assert.Throws<AlreadyReleasedException>(() => request.Complete(0));
        for (int round = 1; round < 5; round++)
        {
            IovIter iter = IovIter.Ubuf(new byte[100], TransferDirection.Destination);
            ValueTask<int> pending = request.Begin(ref iter);
            IovIter other = IovIter.Ubuf(new byte[10]);
            Assert.Throws<InvalidOperationException>(() => request.Begin(ref other));
            Assert.Throws<InvalidOperationException>(() => request.Begin(new PageLease()));
            Assert.Equal(10, other.Count);
            request.Complete(round);
            Assert.Throws<AlreadyReleasedException>(() => request.Complete(round));
            Assert.Throws<AlreadyReleasedException>(() => request.Fail(new TimeoutException()));
            Assert.Equal(round, await pending);
        }
    }

    [Fact]
    public async Task Many_threads_that_complete_one_operation_complete_it_once()
    {
        var request = new IoRequest();
        for (int round = 0; round < 200; round++)
        {
            IovIter iter = IovIter.Ubuf(new byte[100], TransferDirection.Destination);
            ValueTask<int> pending = request.Begin(ref iter);
            int completed = 0;
            Parallel.For(0, 4, i =>
            {
                try
                {
                    request.Complete(i);
                    Interlocked.Increment(ref completed);
                }
                catch (AlreadyReleasedException)
                {
                }
            });
            Assert.Equal(1, completed);
            Assert.InRange(await pending, 0, 3);
            Assert.Equal(0, PinsHeld);
        }
    }

    [Fact]
    public async Task Cancellation_asks_and_never_releases()
    {
        using var cancellation = new CancellationTokenSource();
        int asked = 0;
        var request = new IoRequest(_ => asked++);
        IovIter iter = IovIter.Ubuf(new byte[100], TransferDirection.Destination);
        ValueTask<int> pending = request.Begin(ref iter, cancellation: cancellation.Token);

        await cancellation.CancelAsync();

        Assert.Equal(1, asked);
        Assert.True(request.IsCancellationRequested);
        Assert.False(pending.IsCompleted);
        Assert.Equal(1, PinsHeld);

        request.Complete(IoRequest.Canceled);
        var thrown = await Assert.ThrowsAsync<OperationCanceledException>(async () => await pending);
        Assert.Equal(cancellation.Token, thrown.CancellationToken);
        AssertNothingHeld();
    }

    [Fact]
    public async Task An_operation_that_finished_before_its_cancellation_took_effect_has_its_result()
    {
        using var cancellation = new CancellationTokenSource();
        var request = new IoRequest(asked => asked.Complete(42));
        IovIter iter = IovIter.Ubuf(new byte[100], TransferDirection.Destination);
        ValueTask<int> pending = request.Begin(ref iter, cancellation: cancellation.Token);
        await cancellation.CancelAsync();
        Assert.Equal(42, await pending);

        IovIter next = IovIter.Ubuf(new byte[100], TransferDirection.Destination);
        Assert.Throws<OperationCanceledException>(() => request.Begin(ref next, cancellation: cancellation.Token));
        pending = request.Begin(ref next);
        request.Complete(IoRequest.Canceled);
        Assert.Equal(IoRequest.Canceled, await pending);
    }

    [Fact]
    public async Task A_late_cancellation_does_not_reach_the_next_operation()
    {
        using var first = new CancellationTokenSource();
        int asked = 0;
        var request = new IoRequest(_ => asked++);
        IovIter iter = IovIter.Ubuf(new byte[100], TransferDirection.Destination);
        ValueTask<int> pending = request.Begin(ref iter, 50, cancellation: first.Token);
        request.Complete(50);
        await pending;
        pending = request.Begin(ref iter, 50);
        await first.CancelAsync();
        Assert.Equal(0, asked);
        Assert.False(request.IsCancellationRequested);
        request.Complete(50);
        await pending;
    }

    [Fact]
    public async Task An_owner_that_is_handed_over_is_disposed_by_completion()
    {
        var request = new IoRequest();
        IovIter iter = IovIter.Ubuf(new byte[100], TransferDirection.Destination);
        ExtractedIter kept = iter.ExtractToBvec();
        ValueTask<int> pending = request.Begin(kept);
        Assert.Equal(0, request.IoVectors.Length);
        Assert.Equal(1, PinsHeld);
        request.Fail(new IOException("device gone"));
        Assert.Throws<AlreadyReleasedException>(() => kept.Iter);
        await Assert.ThrowsAsync<IOException>(async () => await pending);

        IovIter next = IovIter.Ubuf(new byte[100], TransferDirection.Destination);
        pending = request.Begin(next.ExtractPages());
        Assert.Equal((1, 100L), (request.IoVectors.Length, request.Bytes));
        request.Complete(-5);
        Assert.Equal(-5, await pending);
    }

    [Fact]
    public async Task An_operation_that_cannot_begin_leaves_the_request_free()
    {
        using var refusing = new CountingManager(10) { Refusal = new IOException("device gone") };
        var request = new IoRequest();
        IovIter bad = IovIter.Ubuf(refusing.Memory, TransferDirection.Destination);
        Assert.Throws<IOException>(() => request.Begin(ref bad));
        Assert.False(request.IsInFlight);
        IovIter good = IovIter.Ubuf(new byte[10], TransferDirection.Destination);
        ValueTask<int> pending = request.Begin(ref good);
        request.Complete(10);
        Assert.Equal(10, await pending);
    }

    [Fact]
    public async Task Polling_for_a_result_and_beginning_again_at_once_mixes_no_operations_up()
    {
        const int Rounds = 3000;
        var request = new IoRequest();
        int next = 0;
        var device = new Thread(() =>
        {
            for (int round = 1; round <= Rounds; round++)
            {
                SpinWait.SpinUntil(() => Volatile.Read(ref next) == round);
                request.Complete(round);
            }
        });
        device.Start();
        var bytes = new byte[10];
        for (int round = 1; round <= Rounds; round++)
        {
            IovIter iter = IovIter.Ubuf(bytes, TransferDirection.Destination);
            ValueTask<int> pending = request.Begin(ref iter);
            Volatile.Write(ref next, round);
            SpinWait spin = default;
            while (!pending.IsCompleted)
                spin.SpinOnce();

            Assert.Equal(round, await pending);
        }

        device.Join();
    }

    [Fact]
    public void Beginning_and_completing_allocates_nothing_in_steady_state()
    {
        using var noChecks = new CheckedScope(enabled: false);
        var request = new IoRequest();
        Memory<byte>[] segments = [new byte[10], new byte[20]];
        RoundTrip();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            RoundTrip();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void RoundTrip()
        {
            IovIter iter = IovIter.Iovec(segments, TransferDirection.Destination);
            ValueTask<int> pending = request.Begin(ref iter);
            _ = request.IoVectors.Length;
            request.Complete(30);
            if (pending.GetAwaiter().GetResult() != 30)
                throw new InvalidOperationException();
        }
    }
}
