using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace BufferLifetime;

public partial struct IovIter
{
    /// <summary>All segments of the caller's memory.</summary>
    private readonly ReadOnlySpan<Memory<byte>> AllSegments()
    {
        if (_layout == IterLayout.Segments)
            return Unsafe.As<Memory<byte>[]>(_source!);

        // The two types of memory have one layout, which the base class library relies on itself (MemoryMarshal.AsMemory).
        var segments = Unsafe.As<ReadOnlyMemory<byte>[]>(_source!);
        return MemoryMarshal.CreateReadOnlySpan(
            ref Unsafe.As<ReadOnlyMemory<byte>, Memory<byte>>(ref MemoryMarshal.GetArrayDataReference(segments)), segments.Length);
    }

    /// <summary>The contiguous bytes at the position, in a layout that managed code sees as memory.</summary>
    private readonly Memory<byte> PeekMemory(long limit)
    {
        if (_layout == IterLayout.Single)
            return PeekSingle((int)Math.Min(limit, _count));

        Memory<byte> segment = _layout == IterLayout.Sequence
            ? MemoryMarshal.AsMemory(Unsafe.As<ReadOnlySequenceSegment<byte>>(_cursor!).Memory)
            : AllSegments()[_index];
        int start = (int)_offset;
        return segment.Slice(start, (int)Math.Min(segment.Length - start, Math.Min(limit, _count)));
    }

    private readonly Memory<byte> PeekSingle(int length)
    {
        int start = _index + (int)_offset;
        return _source switch
        {
            byte[] array => new Memory<byte>(array, start, length),
            null => default,
            _ => Unsafe.As<MemoryManager<byte>>(_source).Memory.Slice(start, length),
        };
    }

    /// <summary>The contiguous bytes at the position, in a layout of addresses; empty at a hole of a sparse store and at the end of a chain.</summary>
    private readonly BvecEntry PeekStable(long limit)
    {
        BvecEntry entry;
        switch (_layout)
        {
            case IterLayout.Vectors:
                IoVector vector = Unsafe.As<IoVector[]>(_source!)[_index];
                entry = new BvecEntry(vector.Base, (long)vector.Length);
                break;
            case IterLayout.Bvecs:
                entry = Unsafe.As<BvecEntry[]>(_source!)[_index];
                break;
            case IterLayout.Queue:
                var segment = Unsafe.As<FolioQueueSegment>(_cursor!);
                if (_index >= segment.Count)
                    return default;
                entry = segment[_index];
                break;
            case IterLayout.Store:
                entry = Unsafe.As<FolioXarray>(_source!).RunAt(_offset);
                return entry.Within(0, Math.Min(entry.Length, Math.Min(limit, _count)));
            default:
                return default;
        }

        return entry.Within(_offset, Math.Min(entry.Length - _offset, Math.Min(limit, _count)));
    }

    /// <summary>
    /// Checks a run before its bytes are used: whether they are there, and may be written to if they will be. A store is filled after the iterator was
    /// made, which could not look then.
    /// </summary>
    private readonly void CheckUsable(in BvecEntry run)
    {
        run.Folio?.ThrowIfReleased();
        CheckWritable(run.Folio, _direction);
    }

    /// <summary>The contiguous bytes at the position; empty only where there is no memory.</summary>
    private readonly unsafe Span<byte> PeekSpan(long limit)
    {
        if (ExtractWillPin)
        {
            Memory<byte> memory = PeekMemory(limit);
            if (_direction == TransferDirection.Destination)
                CheckWritable(FolioMemory.FolioOf(memory), _direction);

            return memory.Span;
        }

        BvecEntry run = PeekStable(Math.Min(limit, int.MaxValue));
        CheckUsable(in run);
        return new Span<byte>((void*)run.Address, (int)run.Length);
    }
}
