namespace BufferLifetime;

/// <summary>Works on contiguous bytes for the length of a call.</summary>
/// <typeparam name="TState">What the caller hands through.</typeparam>
/// <param name="state">What the caller hands through.</param>
/// <param name="run">The bytes, held for the length of the call.</param>
/// <returns>Bytes done; fewer than there are ends the walk.</returns>
public delegate int PageCallback<in TState>(TState state, FoundRun run);

public partial struct IovIter
{
    /// <summary>
    /// Walks the memory for <c>foreach</c> without holding it: takes nothing on stable memory and pins memory that can move for the step only. Does not
    /// move the iterator.
    /// </summary>
    /// <param name="maxBytes">Bytes at most.</param>
    /// <param name="flags"><see cref="ExtractFlags.AllowPeerMemory"/> or nothing.</param>
    /// <returns>The walk: one step for each contiguous run.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxBytes"/> is negative or <paramref name="flags"/> has unknown bits.</exception>
    /// <exception cref="ArgumentException">
    /// <see cref="ExtractFlags.AllowPeerMemory"/> on an iterator that is not user-backed, or flags that a walk has no use for.
    /// </exception>
    /// <exception cref="NotSupportedException">The iterator discards: it has no memory.</exception>
    /// <exception cref="InvalidOperationException">Checked mode is on and the iterator is used outside the call that made it.</exception>
    [ReturnsBorrowed]
    public readonly PageFinder FindPages(long maxBytes = long.MaxValue, ExtractFlags flags = ExtractFlags.None)
    {
        CheckWalk(maxBytes, flags);
        return new PageFinder(in this, maxBytes, flags);
    }

    /// <summary>
    /// Calls back for each contiguous run, which is held for the length of the call, and advances over what was done. No lock is held meanwhile. When
    /// the callback throws, nothing is held and the iterator is at the bytes that the callback was called for.
    /// </summary>
    /// <typeparam name="TState">What is handed to the callback.</typeparam>
    /// <param name="maxBytes">Bytes at most.</param>
    /// <param name="state">What is handed to the callback.</param>
    /// <param name="callback">Works on the bytes and returns how many it has done; fewer than it was given ends the walk.</param>
    /// <param name="flags"><see cref="ExtractFlags.AllowPeerMemory"/> or nothing.</param>
    /// <returns>Bytes done; the iterator was advanced by as many.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxBytes"/> is negative or <paramref name="flags"/> has unknown bits.</exception>
    /// <exception cref="ArgumentException">
    /// <see cref="ExtractFlags.AllowPeerMemory"/> on an iterator that is not user-backed, or flags that a walk has no use for.
    /// </exception>
    /// <exception cref="NotSupportedException">The iterator discards: it has no memory.</exception>
    /// <exception cref="PeerMemoryException">Device memory was met and not allowed for.</exception>
    /// <exception cref="TransferDirectionException">The iterator is a destination and reaches a read-only folio.</exception>
    /// <exception cref="ObjectDisposedException">The bytes are a folio's whose last hold was released.</exception>
    /// <exception cref="InvalidOperationException">
    /// The callback returned less than nothing or more than it was given; or checked mode is on and the iterator is used outside the call that made it.
    /// </exception>
    /// <remarks>The kernel's <c>iterate_and_advance</c>, with a pin where the kernel faults pages in.</remarks>
    public long ForEachPage<TState>(long maxBytes, TState state, PageCallback<TState> callback, ExtractFlags flags = ExtractFlags.None)
    {
        ArgumentNullException.ThrowIfNull(callback);
        CheckWalk(maxBytes, flags);
        long done = 0;
        var step = default(PageFragment);
        while (done < maxBytes && _count > 0)
        {
            IovIter next = this;
            if (next.ExtractPages(new Span<PageFragment>(ref step), maxBytes - done, flags).Bytes == 0)
                break;

            int part;
            try
            {
                part = callback(state, new FoundRun(step.FirstByte, step.Length));
            }
            finally
            {
                step.Release();
            }

            if ((uint)part > (uint)step.Length)
                throw new InvalidOperationException($"A callback that was given {step.Length} bytes returned that it has done {part}.");

            Step(part);
            done += part;
            if (part < step.Length)
                break;
        }

        return done;
    }

    private readonly void CheckWalk(long maxBytes, ExtractFlags flags)
    {
        CheckThread();
        CheckArguments(maxBytes, flags);
        if ((flags & ~ExtractFlags.AllowPeerMemory) != 0)
            throw new ArgumentException($"A walk holds runs for its steps; it cannot be made with {flags}.", nameof(flags));
        if (_count != 0 && maxBytes != 0 && _layout == IterLayout.Nothing)
            ThrowNoMemory();
    }
}
