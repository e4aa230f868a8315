using BufferLifetime.Analyzers.Flow;
using static BufferLifetime.Analyzers.Protocols.Row;

namespace BufferLifetime.Analyzers.Protocols;

/// <summary>Pipe readers: what a read lends until the reader is advanced, and the sequences sliced from it.</summary>
internal static class PipeProtocol
{
    private const string Reader = "System.IO.Pipelines.PipeReader";
    private const string Result = "System.IO.Pipelines.ReadResult";
    private const string Sequence = "System.Buffers.ReadOnlySequence`1";

    public static IEnumerable<Row> Rows()
    {
        foreach (string read in new[] { "ReadAsync", "ReadAtLeastAsync" })
        {
            yield return Method(Reader, read).Acquires(Slot.Result, ResourceKind.PipeRead).KeptBy(Slot.Receiver);
        }

        yield return Method(Reader, "TryRead").Acquires(Slot.Argument(0), ResourceKind.PipeRead, when: Success.ResultTrue).KeptBy(Slot.Receiver);
        yield return Method(Reader, "AdvanceTo").ReleasesKept(Slot.Receiver, ResourceKind.PipeRead);
        yield return Property(Result, "Buffer").Views(Slot.Receiver);
        yield return Property(Result, "IsCompleted").Tells(Inspection.Detail);
        yield return Property(Result, "IsCanceled").Tells(Inspection.Detail);
        foreach (string property in new[] { "First", "FirstSpan" })
        {
            yield return Property(Sequence, property).Views(Slot.Receiver);
        }

        yield return Method(Sequence, "Slice").Views(Slot.Receiver);
        yield return Method(Sequence, "GetEnumerator").Views(Slot.Receiver);
        yield return Property(Sequence + "+Enumerator", "Current").Views(Slot.Receiver);
        yield return Method("System.Buffers.BuffersExtensions", "ToArray").Borrows(Slot.Argument(0));
        yield return Method("System.Buffers.BuffersExtensions", "CopyTo").Borrows(Slot.Argument(0)).Writes(Slot.Argument(1));
    }
}
