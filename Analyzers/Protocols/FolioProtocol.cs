using BufferLifetime.Analyzers.Flow;
using static BufferLifetime.Analyzers.Protocols.Row;

namespace BufferLifetime.Analyzers.Protocols;

/// <summary>Folios: blocks with a lifetime of their own, held by their creator, by references and by pins.</summary>
internal static class FolioProtocol
{
    private const string Folio = "BufferLifetime.Folio";

    public static IEnumerable<Row> Rows()
    {
        foreach (string factory in new[] { "Native", "Pooled", "Mapped", "Peer", "Adopt" })
        {
            yield return Method(Folio, factory).Acquires(Slot.Result, ResourceKind.Folio);
        }

        yield return Method(Folio, "Dispose").Releases(Slot.Receiver, repeatable: true);
        foreach (string hold in new[] { "Get", "Put", "Pin", "Unpin" })
        {
            // Whoever counts references keeps the block alive by them: when its creator lets go says nothing any more.
            yield return Method(Folio, hold).Retains(Slot.Receiver);
        }

        foreach (string description in new[] { "Kind", "Length", "PageCount", "IsPeer", "IsReadOnly", "IsReleased", "ReferenceCount", "PinCount" })
        {
            yield return Property(Folio, description).Tells(Inspection.Detail);
        }

        yield return Property(Folio, "Address").Views(Slot.Receiver);
        yield return Property(Folio, "Memory").Views(Slot.Receiver);
        yield return Method(Folio, "Slice").Views(Slot.Receiver);
        yield return Method(Folio, "AsSpan").Views(Slot.Receiver);
    }
}
