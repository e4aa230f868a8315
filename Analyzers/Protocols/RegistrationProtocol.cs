using BufferLifetime.Analyzers.Flow;
using static BufferLifetime.Analyzers.Protocols.Row;

namespace BufferLifetime.Analyzers.Protocols;

/// <summary>Registered and lent buffers, what is imported from them, and requests that own what they transfer until they are completed.</summary>
internal static class RegistrationProtocol
{
    private const string Table = "BufferLifetime.RegisteredBufferTable";
    private const string Lent = "BufferLifetime.LentBuffer";
    private const string Import = "BufferLifetime.RegisteredImport";
    private const string Request = "BufferLifetime.IoRequest";

    public static IEnumerable<Row> Rows()
    {
        foreach (string lender in new[] { Table, Lent })
        {
            Row import = Method(lender, "Import")
                .Acquires(Slot.Result, ResourceKind.Import).DirectedBy(IteratorProtocol.Direction, otherwise: Flowing.Unknown)
                .DemandsArgument(Slot.Receiver, IteratorProtocol.Direction).Borrows(Slot.Receiver);
            yield return lender == Table ? import.UsesEntry(Slot.Argument(0)) : import;
        }

        yield return Method(Table, "GetVector").ShowsEntry(Slot.Argument(0));
        yield return Method(Table, "Unregister").UsesEntry(Slot.Argument(0)).EmptiesEntry(Slot.Argument(0));
        yield return Method(Table, "Register").Taking("System.ReadOnlySpan`1", at: 1).FillsEntries(Slot.Receiver);
        yield return Method(Table, "Register").FillsEntry(Slot.Argument(0));
        yield return Method(Table, "CloneTo").FillsEntries(Slot.Argument(1));

        yield return Property(Import, "Iter").Acquires(Slot.Result, ResourceKind.Iterator, Holding.Stable, tag: Tags.Converted).Views(Slot.Receiver);
        yield return Property(Import, "Bytes").Tells(Inspection.Detail);
        yield return Method(Import, "Dispose").Releases(Slot.Receiver, repeatable: true);

        yield return Constructor(Lent)
            .Acquires(Slot.Result, ResourceKind.Lender).DirectedBy(IteratorProtocol.Direction, otherwise: Flowing.Unknown).Borrows(Slot.Argument(0));
        yield return Property(Lent, "Length").Tells(Inspection.Detail);
        yield return Property(Lent, "Allowed").Tells(Inspection.Detail);

        // A request owns what it transfers from its beginning on, and gives it back when it is completed.
        yield return Method(Request, "Begin").Taking("System.IDisposable").Retains(Slot.Argument(0));
    }
}
