using BufferLifetime.Analyzers.Flow;
using static BufferLifetime.Analyzers.Protocols.Row;

namespace BufferLifetime.Analyzers.Protocols;

/// <summary>Pipes: what a reader lends until it is advanced, the sequences sliced from it, and what a writer lends to be filled.</summary>
internal static class PipeProtocol
{
    private const string Reader = "System.IO.Pipelines.PipeReader";
    private const string Writer = "System.IO.Pipelines.PipeWriter";
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
        foreach (string get in new[] { "GetMemory", "GetSpan" })
        {
            yield return Method(Writer, get).Acquires(Slot.Result, ResourceKind.PipeWrite).KeptBy(Slot.Receiver);
        }

        yield return Method(Writer, "Advance").ReleasesKept(Slot.Receiver, ResourceKind.PipeWrite);
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
