using BufferLifetime.Analyzers.Flow;
using static BufferLifetime.Analyzers.Protocols.Row;

namespace BufferLifetime.Analyzers.Protocols;

/// <summary>Extraction of pages from iterators, the legacy page getters, and the verbs that give pages back.</summary>
internal static class ExtractionProtocol
{
    private const string Flags = "BufferLifetime.ExtractFlags";
    public const string Fragment = "BufferLifetime.PageFragment";
    private const string Fragments = "BufferLifetime.PageFragments";
    private const string Lease = "BufferLifetime.PageLease";
    private const string Extracted = "BufferLifetime.ExtractedIter";
    private const string Result = "BufferLifetime.ExtractResult";

    public static IEnumerable<Row> Rows()
    {
        yield return Method(IteratorProtocol.Iterator, "ExtractPages").Returning(Lease)
            .Acquires(Slot.Result, ResourceKind.Lease, Slot.Receiver).FlaggedBy(Flags).Advances(Slot.Receiver);
        yield return Method(IteratorProtocol.Iterator, "ExtractPages").Returning(Result)
            .Acquires(Slot.Argument(0), ResourceKind.Pages, Slot.Receiver, Success.ResultTells).FlaggedBy(Flags).AdvancesByResult(Slot.Receiver);
        yield return Method(IteratorProtocol.Iterator, "ExtractPages").Returning("System.Int32")
            .Acquires(Slot.Argument(0), ResourceKind.Pages, Slot.Receiver, Success.ResultPositive).FlaggedBy(Flags).AdvancesByResult(Slot.Receiver);
        yield return Method(IteratorProtocol.Iterator, "ExtractToBvec")
            .Acquires(Slot.Result, ResourceKind.Lease, Slot.Receiver).FlaggedBy(Flags).Advances(Slot.Receiver);
        yield return Method(IteratorProtocol.Iterator, "ExtractToScatterList")
            .Acquires(Slot.Argument(1), ResourceKind.Pages, Slot.Receiver, Success.ResultPositive).FlaggedBy(Flags)
            .Fills(Slot.Argument(0), Slot.Argument(1)).AdvancesByResult(Slot.Receiver);
        yield return Method(IteratorProtocol.Iterator, "ExtractToRdma")
            .Demands(Slot.Receiver, Holding.Stable).Borrows(Slot.Receiver).Writes(Slot.Argument(0)).AdvancesByResult(Slot.Receiver);
        foreach (string getter in new[] { "GetPages", "GetPagesAlloc" })
        {
            yield return Method(IteratorProtocol.Iterator, getter)
                .Acquires(Slot.Argument(0), ResourceKind.Pages, Holding.HeldGet, Success.ResultPositive, Tags.Legacy).AdvancesByResult(Slot.Receiver);
        }

        yield return Property(Result, "Bytes").Tells(Inspection.Amount);
        yield return Property(Result, "Fragments").Tells(Inspection.Amount);
        yield return Property(Result, "Mode").Tells(Inspection.Mode);

        foreach (Row row in Verbs())
        {
            yield return row;
        }

        yield return Property(Fragment, "Mode").Tells(Inspection.Mode);
        yield return Property(Fragment, "Length").Tells(Inspection.Detail);
        foreach (string access in new[] { "Address", "DangerousAddress", "Memory" })
        {
            yield return Property(Fragment, access).Views(Slot.Receiver);
        }

        yield return Property(Lease, "Mode").Tells(Inspection.Mode);
        yield return Property(Extracted, "Mode").Tells(Inspection.Mode);
        yield return Property(Lease, "IsEmpty").Tells(Inspection.IsEmpty);
        yield return Property(Lease, "Bytes").Tells(Inspection.LeaseAmount);
        yield return Property(Extracted, "Bytes").Tells(Inspection.LeaseAmount);
        foreach (string access in new[] { "IoVectors", "WsaBuffers", "Fragments" })
        {
            yield return Property(Lease, access).Views(Slot.Receiver);
        }

        yield return Property("BufferLifetime.IoVector", "Base").Views(Slot.Receiver);
        yield return Property(Extracted, "Iter").Acquires(Slot.Result, ResourceKind.Iterator, Holding.Stable, tag: Tags.Converted).Views(Slot.Receiver);
    }

    private static IEnumerable<Row> Verbs()
    {
        foreach ((string verb, Holding accepts, string? tag) in new[]
        {
            ("Unpin", Holding.HeldPin, (string?)null),
            ("Put", Holding.HeldGet, Tags.Legacy),
            ("Release", Holding.AnyMode, null),
        })
        {
            yield return Method(Fragment, verb).Releases(Slot.Receiver, accepts, ofPieces: true, tag: tag);
            yield return Method(Fragments, verb).Releases(Slot.Argument(0), accepts, ofPieces: true, tag: tag);
        }

        yield return Method(Fragments, "PutPages").Releases(Slot.Argument(0), Holding.HeldGet, ofPieces: true, tag: Tags.Legacy);
        yield return Method(Lease, "Refill").Borrows(Slot.Receiver).Advances(Slot.Argument(0));
        yield return Method(Lease, "Dispose").Releases(Slot.Receiver, Holding.AnyMode, repeatable: true);
        yield return Method(Lease, "Release").Releases(Slot.Receiver, Holding.AnyMode, repeatable: true);
        yield return Method(Extracted, "Dispose").Releases(Slot.Receiver, Holding.AnyMode, repeatable: true);
        yield return Method("System.IAsyncDisposable", "DisposeAsync").Releases(Slot.Receiver, Holding.AnyMode | Holding.Held, repeatable: true);
        yield return Method("System.IDisposable", "Dispose").Releases(Slot.Receiver, Holding.AnyMode | Holding.Held, repeatable: true);
    }
}
