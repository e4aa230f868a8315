using BufferLifetime;
using Microsoft.Win32.SafeHandles;

namespace UringCopy;

/// <summary>
/// Runs asynchronous work and its ring on one thread: what the work awaits continues here, and while all of it waits, so does the thread,
/// for the ring. Ends when the work has ended and every operation that was submitted has reported, not before.
/// </summary>
internal sealed class RingLoop : SynchronizationContext, IDisposable
{
    private const ulong WakeUserData = ulong.MaxValue;
    private const ulong CancelUserData = ulong.MaxValue - 1;
    private const uint PollReadable = 1;

    private readonly Ring _ring;
    private readonly SafeFileHandle _wake = SystemCalls.NewEvent();
    private readonly List<IoRequest> _requests = [];
    private readonly Queue<Posted> _posted = new();
    private readonly Lock _lock = new();
    private bool _isWakeQueued;

    /// <summary>Makes a loop.</summary>
    /// <param name="operations">Operations in flight at most.</param>
    public RingLoop(int operations)
    {
        try
        {
            // Each may have its cancellation in flight beside it; and one waits to be woken.
            _ring = new Ring((2 * (uint)operations) + 1);
        }
        catch
        {
            _wake.Dispose();
            throw;
        }
    }

    /// <summary>The ring, on which this loop alone submits.</summary>
    public Ring Ring => _ring;

    /// <summary>Operations begun so far.</summary>
    public long Begun { get; private set; }

    /// <summary>Operations that have reported so far.</summary>
    public long Ended { get; private set; }

    /// <summary>Makes a request whose operations run on this ring.</summary>
    /// <param name="userData">What <see cref="Submission.UserData"/> of each of its operations has to be.</param>
    public IoRequest NewRequest(out ulong userData)
    {
        ulong own = (ulong)_requests.Count;
        var request = new IoRequest(_ => Submit(new Submission { Opcode = RingOpcode.AsyncCancel, File = -1, Address = own, UserData = CancelUserData }));
        _requests.Add(request);
        userData = own;
        return request;
    }

    /// <summary>
    /// Submits operations of requests that have begun, together and at once: the kernel has begun with the first ones while the others are prepared.
    /// </summary>
    /// <param name="operations">The operations.</param>
    public void Submit(params ReadOnlySpan<Submission> operations)
    {
        _ring.Queue(operations);
        _ring.Submit();
        foreach (ref readonly Submission operation in operations)
            Begun += operation.UserData < CancelUserData ? 1 : 0;
    }

    /// <summary>Runs work to its end on this thread.</summary>
    /// <param name="work">Starts the work.</param>
    public void Run(Func<Task> work)
    {
        SynchronizationContext? before = Current;
        SetSynchronizationContext(this);
        try
        {
            Task running = work();
            while (true)
            {
                RunPosted();
                if (running.IsCompleted && _ring.InFlight == (_isWakeQueued ? 1 : 0))
                    break;

                if (!_isWakeQueued)
                    QueueWake();
                _ring.SubmitAndWait();
                TakeResults();
            }

            if (_isWakeQueued)
                SystemCalls.Signal(_wake);
            while (_ring.InFlight != 0)
            {
                _ring.SubmitAndWait();
                TakeResults();
            }

            running.GetAwaiter().GetResult();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    /// <summary>Runs a callback on the loop's thread. Callable from any thread.</summary>
    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_lock)
            _posted.Enqueue(new Posted(d, state));

        if (Current != this)
            SystemCalls.Signal(_wake);
    }

    /// <inheritdoc/>
    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("The loop's thread waits for its ring.");

    /// <inheritdoc/>
    public void Dispose()
    {
        _ring.Dispose();
        _wake.Dispose();
    }

    private void QueueWake()
    {
        Submit(new Submission
        {
            Opcode = RingOpcode.PollAdd,
            File = (int)_wake.DangerousGetHandle(),
            OperationFlags = PollReadable,
            UserData = WakeUserData,
        });
        _isWakeQueued = true;
    }

    private void RunPosted()
    {
        while (true)
        {
            Posted? next;
            lock (_lock)
            {
                if (!_posted.TryDequeue(out next))
                    return;
            }

            next.Callback(next.State);
        }
    }

    private void TakeResults()
    {
        while (_ring.TryTake(out Completion completion))
        {
            switch (completion.UserData)
            {
                case WakeUserData:
                    SystemCalls.Reset(_wake);
                    _isWakeQueued = false;
                    break;

                case CancelUserData:
                    // Whether or not it came in time, the operation reports for itself.
                    break;

                case ulong request:
                    Ended++;
                    _requests[(int)request].Complete(completion.Result);
                    break;
            }
        }
    }

    // A class: the framework has the code of queues of classes ready, and a copy may be over before that of others is.
    private sealed record Posted(SendOrPostCallback Callback, object? State);
}
