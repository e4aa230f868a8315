using System.Runtime.CompilerServices;

namespace BufferLifetime;

/// <summary>
/// The records of everything that is held. A fragment names its record by index and version, which keeps fragments plain
/// values that fit on the stack and lets a second release, also of a copy, be told from the first.
/// </summary>
internal static class HoldTable
{
    internal const int None = -1;
    internal const int BatchSize = 64;

    private const int ChunkShift = 8;
    private const int ChunkSize = 1 << ChunkShift;

    private static readonly object Gate = new();

    // Grown by copying the outer array, so readers need no lock and a record never moves.
    private static Hold[][] _chunks = [];
    private static readonly Stack<int> Batches = new();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ref Hold At(int index) => ref _chunks[index >> ChunkShift][index & (ChunkSize - 1)];

    /// <summary>Records there are, free or not.</summary>
    internal static int Capacity => _chunks.Length << ChunkShift;

    /// <summary>A linked list of free records.</summary>
    internal static int TakeBatch(out int count)
    {
        lock (Gate)
        {
            if (Batches.TryPop(out int first))
            {
                count = BatchSize;
                return first;
            }

            return Grow(out count);
        }
    }

    internal static void GiveBatch(int first, int last)
    {
        At(last).Next = None;
        lock (Gate)
            Batches.Push(first);
    }

    private static int Grow(out int count)
    {
        int start = _chunks.Length << ChunkShift;
        var chunk = new Hold[ChunkSize];
        for (int i = 0; i < ChunkSize; i++)
            chunk[i].Next = i % BatchSize == BatchSize - 1 ? None : start + i + 1;

        Hold[][] grown = [.. _chunks, chunk];
        Volatile.Write(ref _chunks, grown);
        for (int batch = BatchSize; batch < ChunkSize; batch += BatchSize)
            Batches.Push(start + batch);

        count = BatchSize;
        return start;
    }
}
