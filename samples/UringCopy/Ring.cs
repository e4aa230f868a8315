using BufferLifetime;
using Microsoft.Win32.SafeHandles;

namespace UringCopy;

/// <summary>
/// One io_uring: a queue of operations and a queue of results, in memory that is shared with the kernel. One thread's; the kernel is the
/// other party, so each side's index is published after what it covers was written.
/// </summary>
internal sealed unsafe class Ring : IDisposable
{
    private const uint SingleMap = 1 << 0;
    private const uint NeverDrop = 1 << 1;
    private const uint GetEvents = 1 << 0;

    // Completions are worked on when they are asked for, by the only thread that asks. Kernels before 6.1 do not know all of these.
    private const uint CooperativeSingleIssuer = (1 << 8) | (1 << 12) | (1 << 13);

    private const long SubmissionEntriesAt = 0x10000000;
    private const uint RegisterBuffersOperation = 0;
    private const uint UnregisterBuffersOperation = 1;
    private const uint LimitWorkersOperation = 19;

    private readonly SafeFileHandle _handle;
    private readonly byte* _rings;
    private readonly nuint _ringsLength;
    private readonly Submission* _submissions;
    private readonly nuint _submissionsLength;
    private readonly uint* _submissionTail;
    private readonly uint _submissionMask;
    private readonly uint* _completionHead;
    private readonly uint* _completionTail;
    private readonly uint _completionMask;
    private readonly Completion* _completions;
    private uint _queued;

    /// <summary>Makes a ring.</summary>
    /// <param name="entries">Operations in flight at most; the kernel rounds up to a power of two.</param>
    /// <exception cref="RingUnavailableException">This kernel has no io_uring, or none for this process.</exception>
    public Ring(uint entries)
    {
        var parameters = new RingParameters { Flags = CooperativeSingleIssuer };
        int ring = SystemCalls.SetUp(entries, &parameters);
        if (ring == -Errors.Invalid)
        {
            parameters = default;
            ring = SystemCalls.SetUp(entries, &parameters);
        }

        RingUnavailableException.ThrowIfRefused("io_uring_setup", ring);
        _handle = new SafeFileHandle(ring, ownsHandle: true);
        Capacity = parameters.SubmissionEntries;
        try
        {
            if ((parameters.Features & (SingleMap | NeverDrop)) != (SingleMap | NeverDrop))
                throw new RingUnavailableException("the io_uring of this kernel is too old: it may drop completions");

            _ringsLength = Math.Max(
                parameters.Submissions.Array + (parameters.SubmissionEntries * sizeof(uint)),
                parameters.Completions.Completions + (parameters.CompletionEntries * (uint)sizeof(Completion)));
            _submissionsLength = parameters.SubmissionEntries * (uint)sizeof(Submission);
            _rings = SystemCalls.Map(_handle, 0, _ringsLength);
            _submissions = (Submission*)SystemCalls.Map(_handle, SubmissionEntriesAt, _submissionsLength);
        }
        catch
        {
            Dispose();
            throw;
        }

        _submissionTail = (uint*)(_rings + parameters.Submissions.Tail);
        _submissionMask = *(uint*)(_rings + parameters.Submissions.Mask);
        _completionHead = (uint*)(_rings + parameters.Completions.Head);
        _completionTail = (uint*)(_rings + parameters.Completions.Tail);
        _completionMask = *(uint*)(_rings + parameters.Completions.Mask);
        _completions = (Completion*)(_rings + parameters.Completions.Completions);

        // What a file system cannot do without blocking, tmpfs for one, runs on threads of the kernel. More than there are processors get into each
        // other's way and fill the caches with blocks that wait. Kernels before 5.15 do not know the limit; without it the ring is only slower.
        uint* workers = stackalloc uint[] { (uint)Environment.ProcessorCount, 0 };
        _ = SystemCalls.Register(Descriptor, LimitWorkersOperation, workers, 2);

        // Entry n of the queue is always submission n: the indirection is not used.
        uint* array = (uint*)(_rings + parameters.Submissions.Array);
        for (uint i = 0; i < parameters.SubmissionEntries; i++)
            array[i] = i;
    }

    /// <summary>Operations that the queue has room for.</summary>
    public uint Capacity { get; }

    /// <summary>Operations whose results have not been taken: those that were submitted, and those that are queued for it.</summary>
    public int InFlight { get; private set; }

    /// <summary>Makes the kernel look up the memory of some slots now, once, instead of for every operation.</summary>
    /// <param name="table">The table; its slots become the kernel's, with the same numbers.</param>
    /// <exception cref="RingUnavailableException">The kernel refuses, most often because this user may not lock that much memory.</exception>
    public void RegisterBuffers(RegisteredBufferTable table)
    {
        var vectors = new IoVector[table.SlotCount];
        for (int slot = 0; slot < vectors.Length; slot++)
            vectors[slot] = table.GetVector(slot);

        fixed (IoVector* first = vectors)
        {
            int result = SystemCalls.Register(Descriptor, RegisterBuffersOperation, first, (uint)vectors.Length);
            RingUnavailableException.ThrowIfRefused("registering buffers with io_uring", result);
        }
    }

    /// <summary>Ends what <see cref="RegisterBuffers"/> began; only when nothing is in flight.</summary>
    public void UnregisterBuffers()
    {
        if (InFlight != 0)
            throw new InvalidOperationException($"{InFlight} operations are in flight; their buffers stay registered.");

        SystemCallException.Check("unregistering buffers", SystemCalls.Register(Descriptor, UnregisterBuffersOperation, null, 0));
    }

    /// <summary>Queues operations that belong together: none of them is submitted without the others.</summary>
    /// <param name="operations">The operations.</param>
    public void Queue(params ReadOnlySpan<Submission> operations)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)(InFlight + operations.Length), Capacity, nameof(operations));

        // What is queued and not submitted is in flight, too, so there is room.
        uint tail = *_submissionTail;
        foreach (ref readonly Submission operation in operations)
            _submissions[tail++ & _submissionMask] = operation;

        Volatile.Write(ref *_submissionTail, tail);
        _queued += (uint)operations.Length;
        InFlight += operations.Length;
    }

    /// <summary>Submits what is queued, as far as the kernel takes it now; the rest, and what is wrong with it, is <see cref="SubmitAndWait"/>'s.</summary>
    public void Submit()
    {
        if (_queued != 0 && SystemCalls.Enter(Descriptor, _queued, wait: 0, flags: 0) is > 0 and int submitted)
            _queued -= (uint)submitted;
    }

    /// <summary>Submits what is queued and waits until there is a result to take, or until the kernel wants results to be taken first.</summary>
    public void SubmitAndWait()
    {
        while (*_completionHead == Volatile.Read(ref *_completionTail) || _queued != 0)
        {
            int submitted = SystemCalls.Enter(Descriptor, _queued, wait: 1, GetEvents);
            if (submitted >= 0)
                _queued -= (uint)submitted;
            else if (submitted is -Errors.Busy or -Errors.Again)
                return;
            else if (submitted != -Errors.Interrupted)
                throw new SystemCallException("io_uring_enter", -submitted);
        }
    }

    /// <summary>Takes a result, if there is one.</summary>
    /// <param name="completion">How an operation ended.</param>
    public bool TryTake(out Completion completion)
    {
        uint head = *_completionHead;
        if (head == Volatile.Read(ref *_completionTail))
        {
            completion = default;
            return false;
        }

        completion = _completions[head & _completionMask];
        Volatile.Write(ref *_completionHead, head + 1);
        InFlight--;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_submissions is not null)
            SystemCalls.Unmap((byte*)_submissions, _submissionsLength);
        if (_rings is not null)
            SystemCalls.Unmap(_rings, _ringsLength);
        _handle.Dispose();
    }

    private int Descriptor => (int)_handle.DangerousGetHandle();
}
