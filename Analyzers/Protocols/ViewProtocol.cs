using BufferLifetime.Analyzers.Flow;
using static BufferLifetime.Analyzers.Protocols.Row;

namespace BufferLifetime.Analyzers.Protocols;

/// <summary>Spans, memories, segments: what is derived from a buffer and lives no longer than it.</summary>
internal static class ViewProtocol
{
    private const string Span = "System.Span`1";
    private const string ReadOnlySpan = "System.ReadOnlySpan`1";
    private const string Memory = "System.Memory`1";
    private const string ReadOnlyMemory = "System.ReadOnlyMemory`1";
    private const string Segment = "System.ArraySegment`1";
    private const string Extensions = "System.MemoryExtensions";

    public static IEnumerable<Row> Rows()
    {
        foreach (string view in new[] { Span, ReadOnlySpan, Memory, ReadOnlyMemory, Segment })
        {
            yield return Method(view, "op_Implicit").IsPartOf(Slot.Argument(0));
            yield return Method(view, "Slice").IsPartOf(Slot.Receiver);
            yield return Constructor(view).IsPartOf(Slot.Argument(0));
            yield return Method(view, "CopyTo").Borrows(Slot.Receiver).Writes(Slot.Argument(0)).Copies(Slot.Receiver, Slot.Argument(0));
            yield return Method(view, "ToArray").Borrows(Slot.Receiver).Copies(Slot.Receiver, Slot.Result);
            if (view != Segment)
            {
                yield return Method(view, "TryCopyTo").Borrows(Slot.Receiver).Writes(Slot.Argument(0)).Copies(Slot.Receiver, Slot.Argument(0));
                yield return Property(view, "Length").Tells(Inspection.Detail);
                yield return Property(view, "IsEmpty").Tells(Inspection.Detail);
            }
        }

        foreach (string span in new[] { Span, ReadOnlySpan })
        {
            yield return Property(span, "Item").ViewsElement(Slot.Receiver);
            yield return Method(span, "GetEnumerator").IsPartOf(Slot.Receiver);
            yield return Property(span + "+Enumerator", "Current").ViewsElement(Slot.Receiver);
            yield return Method(span + "+Enumerator", "MoveNext").Tells(Inspection.Detail);
        }

        foreach (string collection in new[] { "List`1", "HashSet`1", "Queue`1", "Stack`1", "LinkedList`1" })
        {
            string type = "System.Collections.Generic." + collection;
            yield return Method(type, "GetEnumerator").IsPartOf(Slot.Receiver);
            yield return Property(type + "+Enumerator", "Current").ViewsElement(Slot.Receiver);
            yield return Method(type + "+Enumerator", "MoveNext").Tells(Inspection.Detail);
        }

        foreach (string enumerable in new[] { "System.Array", "System.Collections.IEnumerable", "System.Collections.Generic.IEnumerable`1", Segment })
        {
            yield return Method(enumerable, "GetEnumerator").IsPartOf(Slot.Receiver);
        }

        foreach (string enumerator in new[] { "System.Collections.IEnumerator", "System.Collections.Generic.IEnumerator`1", Segment + "+Enumerator" })
        {
            yield return Property(enumerator, "Current").ViewsElement(Slot.Receiver);
            yield return Method(enumerator, "MoveNext").Tells(Inspection.Detail);
        }

        yield return Method(Span, "Clear").Writes(Slot.Receiver);
        yield return Method(Span, "Fill").Writes(Slot.Receiver);
        yield return Property(Memory, "Span").IsPartOf(Slot.Receiver);
        yield return Property(ReadOnlyMemory, "Span").IsPartOf(Slot.Receiver);
        yield return Property(Segment, "Array").Recovers(Slot.Receiver);
        yield return Method("System.Runtime.InteropServices.MemoryMarshal", "GetReference").Views(Slot.Argument(0));
        foreach (string cast in new[] { "Cast", "AsBytes", "AsMemory" })
        {
            yield return Method("System.Runtime.InteropServices.MemoryMarshal", cast).IsPartOf(Slot.Argument(0));
        }

        // What the arguments of a socket operation are given is theirs until they are given something else.
        yield return Method("System.Net.Sockets.SocketAsyncEventArgs", "SetBuffer").Retains(Slot.Argument(0));
        yield return Method("System.Runtime.InteropServices.MemoryMarshal", "TryGetArray").Fills(Slot.Argument(1), Slot.Argument(0));
        foreach (string exchange in new[] { "Exchange", "CompareExchange" })
        {
            yield return Method("System.Threading.Interlocked", exchange).Exchanges(Slot.Argument(0), Slot.Argument(1));
        }

        // What may be there or not is the thing itself where it is.
        yield return Property("System.Nullable`1", "Value").Is(Slot.Receiver);
        yield return Method("System.Nullable`1", "GetValueOrDefault").Is(Slot.Receiver);
        yield return Constructor("System.Nullable`1").Is(Slot.Argument(0));

        yield return Method("System.Threading.Volatile", "Read").Is(Slot.Argument(0));
        yield return Property(Segment, "Count").Tells(Inspection.Detail);
        foreach (string extension in new[] { "AsSpan", "AsMemory" })
        {
            yield return Method(Extensions, extension).IsPartOf(Slot.Argument(0));
        }

        yield return Method(Extensions, "CopyTo").Borrows(Slot.Argument(0)).Writes(Slot.Argument(1)).Copies(Slot.Argument(0), Slot.Argument(1));
        yield return Method("System.GC", "SuppressFinalize").Disarms(Slot.Argument(0));
        yield return Property("System.Array", "Length").Tells(Inspection.Detail);

        // What takes an object and only looks at it.
        yield return Method("System.Object", "ReferenceEquals").Compares(Slot.Argument(0), Slot.Argument(1));
        yield return Method("System.ArgumentNullException", "ThrowIfNull").Borrows(Slot.Argument(0));
        yield return Method("System.ObjectDisposedException", "ThrowIf").Borrows(Slot.Argument(1));
        yield return Method("System.GC", "KeepAlive").Borrows(Slot.Argument(0));
    }
}
