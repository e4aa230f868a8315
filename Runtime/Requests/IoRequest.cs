using System.Diagnostics.CodeAnalysis;
using System.Threading.Tasks.Sources;

namespace BufferLifetime;

/// <summary>
/// One operation in flight: owns what it transfers from submission until <see cref="Complete"/>, and is the awaited result. Nothing else ends the
/// ownership, cancellation least of all: it asks, and the buffers stay held until the operation itself has ended. Reusable, one operation at a time.
/// </summary>
/// <remarks>
/// An operation that never completes stays held for ever, since native code may still use its memory. Completion and cancellation may come from any thread.
/// </remarks>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "Only completion may end the ownership; disposal would be a way to end it early.")]
public sealed class IoRequest : IValueTaskSource<int>
{
    /// <summary>The result that stands for a cancelled operation: <c>-ECANCELED</c>.</summary>
    public const int Canceled = -125;

    private const int Idle = 0;
    private const int InFlight = 1;
    private const int Completing = 2;
    private const int Completed = 3;

    private readonly Action<IoRequest>? _cancel;
    private readonly PageLease _lease = new();
    private ManualResetValueTaskSourceCore<int> _core;
    private IDisposable? _owner;
    private CancellationTokenRegistration _registration;
    private CancellationToken _cancellation;
    private int _state;

    // Set while a result is being handed out. Who polls for it may be back with the next operation before that is over.
    private bool _signalling;

    /// <summary>Makes a request.</summary>
    /// <param name="cancel">
    /// Called, at most once for each operation, when its cancellation is asked for: tell the device. The operation still ends with
    /// <see cref="Complete"/>, which waits for a call that is under way: do not complete under a lock that the call takes.
    /// </param>
    public IoRequest(Action<IoRequest>? cancel = null)
    {
        _cancel = cancel;
        _core.RunContinuationsAsynchronously = true;
    }

    /// <summary>Whether an operation is in flight.</summary>
    public bool IsInFlight => Volatile.Read(ref _state) is InFlight or Completing;

    /// <summary>Whether cancellation of the operation in flight was asked for.</summary>
    public bool IsCancellationRequested => IsInFlight && _cancellation.IsCancellationRequested;

    /// <summary>
    /// The bytes of the operation in flight as vectors for native code. Empty when the operation was begun with an owner of its own.
    /// </summary>
    /// <exception cref="AlreadyReleasedException">No operation is in flight.</exception>
    public ReadOnlySpan<IoVector> IoVectors
    {
        [ReturnsBorrowed]
        get
        {
            if (!IsInFlight)
                throw new AlreadyReleasedException("The vectors of a request were asked for while no operation was in flight.");

            return _owner is null ? _lease.IoVectors : _owner is PageLease lease ? lease.IoVectors : default;
        }
    }

    /// <summary>Bytes of the operation in flight that were extracted from the iterator it was begun with.</summary>
    public long Bytes => _owner is PageLease lease ? lease.Bytes : _lease.Bytes;

    /// <summary>Begins an operation: extracts what it transfers and owns it until <see cref="Complete"/>. Submit it next.</summary>
    /// <param name="iter">What to transfer; advanced over what the operation covers.</param>
    /// <param name="maxBytes">Bytes at most.</param>
    /// <param name="flags">What to take.</param>
    /// <param name="cancellation">Asks the operation to end early.</param>
    /// <returns>The result of the operation, to be awaited once.</returns>
    /// <exception cref="InvalidOperationException">An operation is in flight already.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was asked for before. Nothing is held.</exception>
    /// <remarks>Fails as <see cref="IovIter.ExtractPages(long, ExtractFlags)"/> does; the request is free then.</remarks>
    public ValueTask<int> Begin(
        ref IovIter iter, long maxBytes = long.MaxValue, ExtractFlags flags = ExtractFlags.None, CancellationToken cancellation = default)
    {
        Enter(cancellation);
        try
        {
            _lease.Refill(ref iter, maxBytes, flags);
        }
        catch
        {
            Volatile.Write(ref _state, Idle);
            throw;
        }

        return Launch(cancellation);
    }

    /// <summary>Begins an operation on memory that somebody holds already, and takes that owner over until <see cref="Complete"/>.</summary>
    /// <param name="owner">A lease, a converted iterator or an import of a registered buffer; disposed when the operation has ended.</param>
    /// <param name="cancellation">Asks the operation to end early.</param>
    /// <returns>The result of the operation, to be awaited once.</returns>
    /// <exception cref="InvalidOperationException">An operation is in flight already; the owner stays the caller's.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was asked for before; the owner stays the caller's.</exception>
    public ValueTask<int> Begin([RetainsBuffer] IDisposable owner, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(owner);
        Enter(cancellation);
        _owner = owner;
        return Launch(cancellation);
    }

    /// <summary>Ends the operation: releases what it transferred and then gives its result to whoever awaits it. Once for each operation.</summary>
    /// <param name="result">
    /// Bytes transferred, or a negative error number, which the awaiter gets as it is; <see cref="Canceled"/> of an operation whose cancellation was
    /// asked for becomes an <see cref="OperationCanceledException"/>.
    /// </param>
    /// <exception cref="AlreadyReleasedException">No operation is in flight: it was completed before or never begun. Nothing changes.</exception>
    [ReleasesBuffer]
    public void Complete(int result)
    {
        Leave();
        if (result == Canceled && _cancellation.IsCancellationRequested)
            Finish(0, new OperationCanceledException(_cancellation));
        else
            Finish(result, null);
    }

    /// <summary>Ends the operation with an exception. Once for each operation.</summary>
    /// <param name="error">What the awaiter gets.</param>
    /// <exception cref="AlreadyReleasedException">No operation is in flight: it was completed before or never begun. Nothing changes.</exception>
    [ReleasesBuffer]
    public void Fail(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        Leave();
        Finish(0, error);
    }

    int IValueTaskSource<int>.GetResult(short token)
    {
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            if (token == _core.Version)
                Interlocked.CompareExchange(ref _state, Idle, Completed);
        }
    }

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void Enter(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        bool free = Interlocked.CompareExchange(ref _state, Completing, Idle) == Idle
            || Interlocked.CompareExchange(ref _state, Completing, Completed) == Completed;
        if (!free)
            throw new InvalidOperationException("An operation is in flight on this request already.");

        SpinWait spin = default;
        while (Volatile.Read(ref _signalling))
            spin.SpinOnce();

        _owner = null;
    }

    private ValueTask<int> Launch(CancellationToken cancellation)
    {
        _core.Reset();
        var task = new ValueTask<int>(this, _core.Version);
        _cancellation = cancellation;
        Volatile.Write(ref _state, InFlight);
        if (_cancel is not null && cancellation.CanBeCanceled)
            _registration = cancellation.UnsafeRegister(static request => ((IoRequest)request!).AskToCancel(), this);

        return task;
    }

    private void AskToCancel()
    {
        if (Volatile.Read(ref _state) == InFlight)
            _cancel!(this);
    }

    private void Leave()
    {
        if (Interlocked.CompareExchange(ref _state, Completing, InFlight) != InFlight)
            throw new AlreadyReleasedException("A request was completed while no operation was in flight.");
    }

    private void Finish(int result, Exception? error)
    {
        // Waits for a cancellation that is just being asked for, which must not reach the next operation.
        _registration.Dispose();
        _registration = default;
        try
        {
            if (_owner is { } owner)
                owner.Dispose();
            else
                _lease.Dispose();
        }
        catch (Exception thrown)
        {
            error ??= thrown;
        }

        Volatile.Write(ref _signalling, true);
        Volatile.Write(ref _state, Completed);
        if (error is null)
            _core.SetResult(result);
        else
            _core.SetException(error);

        Volatile.Write(ref _signalling, false);
    }
}
