using System.Buffers;

namespace BufferLifetime.Tests;

/// <summary>Sequences of several segments, the first and last of which are used in part.</summary>
internal static class Sequence
{
    internal static ReadOnlySequence<byte> Of(ReadOnlyMemory<byte>[] parts)
    {
        var first = new Node(new byte[7], 0);
        Node last = first;
        foreach (ReadOnlyMemory<byte> part in parts)
            last = last.Append(part);

        last = last.Append(new byte[5]);
        var all = new ReadOnlySequence<byte>(first, 0, last, 5);
        return all.Slice(7, all.Length - 12);
    }

    private sealed class Node : ReadOnlySequenceSegment<byte>
    {
        internal Node(ReadOnlyMemory<byte> memory, long runningIndex)
        {
            Memory = memory;
            RunningIndex = runningIndex;
        }

        internal Node Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Node(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
