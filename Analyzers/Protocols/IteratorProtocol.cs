using BufferLifetime.Analyzers.Flow;
using static BufferLifetime.Analyzers.Protocols.Row;

namespace BufferLifetime.Analyzers.Protocols;

/// <summary>Iterators over scattered memory: how they are made, and what can be asked of them without touching a byte.</summary>
internal static class IteratorProtocol
{
    public const string Iterator = "BufferLifetime.IovIter";
    public const string Direction = "BufferLifetime.TransferDirection";

    public static IEnumerable<Row> Rows()
    {
        foreach (string userBacked in new[] { "Ubuf", "Iovec" })
        {
            yield return Method(Iterator, userBacked)
                .Acquires(Slot.Result, ResourceKind.Iterator, Holding.UserBacked).DirectedBy(Direction, otherwise: Flowing.Source)
                .Views(Slot.Argument(0));
        }

        foreach (string stable in new[] { "Kvec", "Bvec", "FolioQueue", "Xarray", "Pipe" })
        {
            yield return Method(Iterator, stable)
                .Acquires(Slot.Result, ResourceKind.Iterator, Holding.Stable).DirectedBy(Direction, otherwise: Flowing.Source)
                .Views(Slot.Argument(0));
        }

        yield return Method(Iterator, "Discard")
            .Acquires(Slot.Result, ResourceKind.Iterator, Holding.Stable).DirectedBy(Direction, otherwise: Flowing.Destination);

        yield return Property(Iterator, "IsUserBacked").Tells(Inspection.IsUserBacked);
        yield return Property(Iterator, "ExtractWillPin").Tells(Inspection.IsUserBacked);
        yield return Method(Iterator, "ExtractMode").Tells(Inspection.Mode);
        yield return Property(Iterator, "Direction").Tells(Inspection.Direction);
        foreach (string description in new[] { "Kind", "Count", "IsEmpty" })
        {
            yield return Property(Iterator, description).Tells(Inspection.Detail);
        }
    }
}
