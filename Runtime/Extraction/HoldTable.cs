using System.Runtime.CompilerServices;

namespace BufferLifetime;

/// <summary>
/// The records of everything that is held. A fragment names its record by index and version, which keeps fragments plain
/// values that fit on the stack and lets a second release, also of a copy, be told from the first.
/// </summary>
internal static class HoldTable
{
    internal const int BatchSize = 64;

    private const int ChunkShift = 8;
    private const int ChunkSize = 1 << ChunkShift;

    private static readonly object Gate = new();

    // Grown by copying the outer array, so readers need no lock and a record never moves.
    private static Hold[][] _chunks = [];
    private static readonly Stack<int[]> Batches = new();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ref Hold At(int index) => ref _chunks[index >> ChunkShift][index & (ChunkSize - 1)];

    /// <summary>Records there are, free or not.</summary>
    internal static int Capacity => _chunks.Length << ChunkShift;

    /// <summary>Fills the start of a list with <see cref="BatchSize"/> free records.</summary>
    internal static void TakeBatch(Span<int> free)
    {
        lock (Gate)
        {
            if (!Batches.TryPop(out int[]? batch))
                batch = Grow();

            batch.CopyTo(free);
        }
    }

    internal static void GiveBatch(ReadOnlySpan<int> free)
    {
        lock (Gate)
            Batches.Push(free.ToArray());
    }

    private static int[] Grow()
    {
        int start = _chunks.Length << ChunkShift;
        Hold[][] grown = [.. _chunks, new Hold[ChunkSize]];
        Volatile.Write(ref _chunks, grown);
        for (int first = ChunkSize - BatchSize; first >= 0; first -= BatchSize)
            Batches.Push([.. Enumerable.Range(start + first, BatchSize).Reverse()]);

        return Batches.Pop();
    }
}
