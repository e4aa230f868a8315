using System.Buffers;
using System.Runtime.CompilerServices;

namespace BufferLifetime;

public partial struct IovIter
{
    /// <summary>Moves the position forward.</summary>
    /// <param name="bytes">Bytes; more than <see cref="Count"/> means all that is left.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bytes"/> is negative.</exception>
    /// <exception cref="InvalidOperationException">Checked mode is on and the iterator is used outside the call that made it.</exception>
    /// <remarks>The kernel's <c>iov_iter_advance</c>.</remarks>
    public void Advance(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        CheckThread();
        Step(Math.Min(bytes, _count));
    }

    /// <summary>Moves the position back: the bytes are left again.</summary>
    /// <param name="bytes">Bytes, no more than were consumed.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="bytes"/> is negative, or more than was consumed since the iterator was made. The iterator is unchanged.
    /// </exception>
    /// <exception cref="InvalidOperationException">Checked mode is on and the iterator is used outside the call that made it.</exception>
    /// <remarks>
    /// The kernel's <c>iov_iter_revert</c>. Deviation: going back before the start is detected for every kind; the kernel reads out of bounds.
    /// </remarks>
    public void Revert(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        CheckThread();
        if (bytes > _consumed)
        {
            throw new ArgumentOutOfRangeException(
                nameof(bytes), bytes, $"A {_kind} iterator of which {_consumed} bytes were consumed cannot be reverted by {bytes}.");
        }

        _count += bytes;
        _consumed -= bytes;
        if (bytes <= _offset || _layout is IterLayout.Single or IterLayout.Store or IterLayout.Nothing)
        {
            _offset -= bytes;
            return;
        }

        switch (_layout)
        {
            case IterLayout.Queue:
                RevertQueue(bytes - _offset);
                break;
            case IterLayout.Sequence:
                FindInSequence(_consumed);
                break;
            default:
                RevertSegments(bytes - _offset);
                break;
        }
    }

    /// <summary>Leaves out the end, so that at most <paramref name="count"/> bytes are left. Only ever shrinks.</summary>
    /// <param name="count">Bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    /// <exception cref="InvalidOperationException">Checked mode is on and the iterator is used outside the call that made it.</exception>
    /// <remarks>The kernel's <c>iov_iter_truncate</c>.</remarks>
    public void Truncate(long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        CheckThread();
        if (count >= _count)
            return;

        _withheld += _count - count;
        _count = count;
    }

    /// <summary>Undoes truncation, in whole or in part, so that <paramref name="count"/> bytes are left.</summary>
    /// <param name="count">Bytes; the count before the truncation, less what was consumed since.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="count"/> is negative, or more than truncation took away. The iterator is unchanged.
    /// </exception>
    /// <exception cref="InvalidOperationException">Checked mode is on and the iterator is used outside the call that made it.</exception>
    /// <remarks>The kernel's <c>iov_iter_reexpand</c>. Deviation: expanding past the end is detected; the kernel trusts its caller.</remarks>
    public void Reexpand(long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        CheckThread();
        long more = count - _count;
        if (more > _withheld)
        {
            throw new ArgumentOutOfRangeException(
                nameof(count), count, $"A {_kind} iterator with {_count} bytes left, from which {_withheld} were truncated, cannot be expanded to {count}.");
        }

        _withheld -= more;
        _count = count;
        Settle();
    }

    /// <summary>Keeps the position, to be given to <see cref="Restore"/> when a lower layer may have truncated or advanced.</summary>
    /// <returns>The position.</returns>
    /// <exception cref="InvalidOperationException">Checked mode is on and the iterator is used outside the call that made it.</exception>
    /// <remarks>The kernel's <c>iov_iter_save_state</c>.</remarks>
    public readonly IovIterState SaveState()
    {
        CheckThread();
        return new IovIterState(_source, _cursor, _count, _offset, _consumed, _withheld, _index, _kind);
    }

    /// <summary>Goes back to a saved position.</summary>
    /// <param name="state">A state that was saved from this iterator or a copy of it.</param>
    /// <exception cref="ArgumentException">The state is another iterator's. This one is unchanged.</exception>
    /// <exception cref="InvalidOperationException">Checked mode is on and the iterator is used outside the call that made it.</exception>
    /// <remarks>The kernel's <c>iov_iter_restore</c>. Deviation: every kind can be restored.</remarks>
    public void Restore(in IovIterState state)
    {
        CheckThread();
        bool same = state.Kind == _kind && ReferenceEquals(state.Source, _source)
            && state.Consumed + state.Count + state.Withheld == _consumed + _count + _withheld
            && (_layout is not (IterLayout.Single or IterLayout.Sequence) || state.Index == _index);
        if (!same || !StartsWhere(in state))
            throw new ArgumentException($"The state was saved from another {state.Kind} iterator than this {_kind} iterator.", nameof(state));

        MoveTo(in state);
    }

    /// <summary>
    /// Whether a state of the same segments counts from the same start: another window of them, such as an import of another range of one registered
    /// buffer, may be as long.
    /// </summary>
    private readonly bool StartsWhere(in IovIterState state)
    {
        if (_layout is IterLayout.Single or IterLayout.Sequence or IterLayout.Nothing || _consumed + _count + _withheld == 0)
            return true;
        if (_layout == IterLayout.Store || (state.Index == _index && ReferenceEquals(state.Cursor, _cursor)))
            return state.Offset - state.Consumed == _offset - _consumed;

        // The first byte is in one segment only, so going back to it from anywhere ends in the same place.
        IovIter here = this, there = this;
        there.MoveTo(in state);
        here.Revert(_consumed);
        there.Revert(state.Consumed);
        return here._index == there._index && here._offset == there._offset && ReferenceEquals(here._cursor, there._cursor);
    }

    private void MoveTo(in IovIterState state)
    {
        _cursor = state.Cursor;
        _count = state.Count;
        _offset = state.Offset;
        _consumed = state.Consumed;
        _withheld = state.Withheld;
        _index = state.Index;
    }

    /// <summary>
    /// A copy of what is left, with a segment array of its own: the caller may change or reuse the array it made this iterator with. The memory
    /// that the segments describe is borrowed as before.
    /// </summary>
    /// <returns>An iterator that starts at the position of this one, and cannot be reverted before it.</returns>
    /// <exception cref="InvalidOperationException">Checked mode is on and the iterator is used outside the call that made it.</exception>
    /// <remarks>The kernel's <c>dup_iter</c>. Kinds that have no array are copied as they are.</remarks>
    public readonly IovIter Duplicate()
    {
        CheckThread();
        IovIter copy = this;
        copy._consumed = 0;
        switch (_layout)
        {
            case IterLayout.Segments:
                copy.Own(Unsafe.As<Memory<byte>[]>(_source!));
                break;
            case IterLayout.ReadOnlySegments:
                copy.Own(Unsafe.As<ReadOnlyMemory<byte>[]>(_source!));
                break;
            case IterLayout.Vectors:
                copy.Own(Unsafe.As<IoVector[]>(_source!));
                break;
            case IterLayout.Bvecs:
                copy.Own(Unsafe.As<BvecEntry[]>(_source!));
                break;
            case IterLayout.Sequence:
                // Going back is walking from the start, which is here now.
                copy._source = _cursor;
                copy._index = (int)_offset;
                break;
        }

        return copy;
    }

    private void Own<T>(T[] segments)
    {
        _source = segments[_index.._end];
        _end -= _index;
        _index = 0;
    }

    /// <summary>Consumes bytes that are known to be left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Step(long bytes)
    {
        _count -= bytes;
        _consumed += bytes;
        _offset += bytes;
        Settle();
    }

    /// <summary>Consumes bytes that are known to be in the segment at the position, of which <paramref name="length"/> is the length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void StepWithin(long length, long bytes)
    {
        _count -= bytes;
        _consumed += bytes;
        long offset = _offset + bytes;
        if (offset != length)
        {
            _offset = offset;
            return;
        }

        _offset = 0;
        int next = _index + 1;
        _index = next;
        if (next < _end)
            SettleSegments();
    }

    /// <summary>
    /// Leaves segments that are consumed or empty, so that the position, if any bytes are left, is always at one. The kernel does
    /// the same eagerly in some kinds and once only in others, which is how two empty entries came to look like the end.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Settle()
    {
        if (_layout is not (IterLayout.Single or IterLayout.Store or IterLayout.Nothing))
            SettleSegments();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void SettleSegments()
    {
        switch (_layout)
        {
            case IterLayout.Vectors:
            {
                var vectors = Unsafe.As<IoVector[]>(_source!);
                while (_index < _end && _offset >= (long)vectors[_index].Length)
                    _offset -= (long)vectors[_index++].Length;
                break;
            }

            case IterLayout.Bvecs:
            {
                var entries = Unsafe.As<BvecEntry[]>(_source!);
                while (_index < _end && _offset >= entries[_index].Length)
                    _offset -= entries[_index++].Length;
                break;
            }

            case IterLayout.Queue:
                SettleQueue();
                break;
            case IterLayout.Sequence:
                SettleSequence();
                break;
            default:
            {
                ReadOnlySpan<Memory<byte>> segments = AllSegments();
                while (_index < _end && _offset >= segments[_index].Length)
                    _offset -= segments[_index++].Length;
                break;
            }
        }
    }

    private readonly long LengthAt(int index) => _layout switch
    {
        IterLayout.Vectors => (long)Unsafe.As<IoVector[]>(_source!)[index].Length,
        IterLayout.Bvecs => Unsafe.As<BvecEntry[]>(_source!)[index].Length,
        _ => AllSegments()[index].Length,
    };

    private void RevertSegments(long bytes)
    {
        while (true)
        {
            long length = LengthAt(--_index);
            if (bytes <= length)
            {
                _offset = length - bytes;
                return;
            }

            bytes -= length;
        }
    }

    private void SettleQueue()
    {
        var segment = Unsafe.As<FolioQueueSegment>(_cursor!);
        while (true)
        {
            if (_index < segment.Count)
            {
                long length = segment[_index].Length;
                if (_offset < length)
                    break;

                _offset -= length;
                _index++;
            }
            else if (segment.Next is { } next)
            {
                segment = next;
                _index = 0;
            }
            else
            {
                // Parked behind the last slot: the chain may grow later.
                break;
            }
        }

        _cursor = segment;
    }

    private void RevertQueue(long bytes)
    {
        var segment = Unsafe.As<FolioQueueSegment>(_cursor!);
        while (true)
        {
            if (_index == 0)
            {
                segment = segment.Previous!;
                _index = segment.Count;
                continue;
            }

            long length = segment[--_index].Length;
            if (bytes <= length)
            {
                _cursor = segment;
                _offset = length - bytes;
                return;
            }

            bytes -= length;
        }
    }

    private void SettleSequence()
    {
        // With nothing left it rests at the end of a segment, since what follows is not the sequence's.
        var node = Unsafe.As<ReadOnlySequenceSegment<byte>>(_cursor!);
        while ((_offset > node.Memory.Length || (_offset == node.Memory.Length && _count > 0)) && node.Next is { } next)
        {
            _offset -= node.Memory.Length;
            node = next;
        }

        _cursor = node;
    }

    // A chain of memory links forwards only, so going back means walking from its start, where _index bytes are skipped.
    private void FindInSequence(long consumed)
    {
        _cursor = _source;
        _offset = _index + consumed;
        SettleSequence();
    }
}
