using BufferLifetime.Analyzers.Flow;
using static BufferLifetime.Analyzers.Protocols.Row;

namespace BufferLifetime.Analyzers.Protocols;

/// <summary>Iterators over scattered memory: how they are made, and what can be asked of them without touching a byte.</summary>
internal static class IteratorProtocol
{
    public const string IteratorName = "IovIter";
    public const string Iterator = "BufferLifetime." + IteratorName;
    public const string Direction = "BufferLifetime.TransferDirection";

    /// <summary>IterKind.Ubuf and IterKind.Iovec.</summary>
    public static readonly object[] UserBackings = [(byte)0, (byte)1];

    public static IEnumerable<Row> Rows()
    {
        foreach (string userBacked in new[] { "Ubuf", "Iovec" })
        {
            yield return Method(Iterator, userBacked)
                .Follows(Slot.Argument(0)).Acquires(Slot.Result, ResourceKind.Iterator, Holding.UserBacked).DirectedBy(Direction, otherwise: Flowing.Source)
                .Views(Slot.Argument(0));
        }

        // Links of managed memory that its creator keeps alive, and nobody in place.
        foreach (string sequence in new[] { "FolioQueue", "Pipe" })
        {
            yield return Method(Iterator, sequence).Taking("System.Buffers.ReadOnlySequence`1")
                .Acquires(Slot.Result, ResourceKind.Iterator, Holding.Movable).DirectedBy(Direction, otherwise: Flowing.Source)
                .Views(Slot.Argument(0));
        }

        yield return Method(Iterator, "Pipe").Taking("System.IO.Pipelines.ReadResult")
            .Acquires(Slot.Result, ResourceKind.Iterator, Holding.Movable).DirectedBy(Direction, otherwise: Flowing.Source)
            .Views(Slot.Argument(0));
        foreach (string stable in new[] { "Kvec", "Bvec", "FolioQueue", "Xarray" })
        {
            yield return Method(Iterator, stable)
                .Acquires(Slot.Result, ResourceKind.Iterator, Holding.Stable).DirectedBy(Direction, otherwise: Flowing.Source)
                .Views(Slot.Argument(0));
        }

        yield return Method(Iterator, "Discard")
            .Acquires(Slot.Result, ResourceKind.Iterator, Holding.Stable, tag: Tags.Discards).DirectedBy(Direction, otherwise: Flowing.Destination);

        yield return Property(Iterator, "IsUserBacked").Tells(Inspection.IsUserBacked);
        yield return Property(Iterator, "ExtractWillPin").Tells(Inspection.WillPin, Tags.ReleaseMode);
        yield return Method(Iterator, "ExtractMode").Tells(Inspection.Mode, Tags.ReleaseMode);
        yield return Property(Iterator, "Direction").Tells(Inspection.Direction);
        foreach (Row row in Movements())
        {
            yield return row;
        }

        yield return Property(Iterator, "Kind").Tells(Inspection.Backing);
        foreach (string description in new[] { "Count", "IsEmpty" })
        {
            yield return Property(Iterator, description).Tells(Inspection.Detail);
        }
    }

    /// <summary>What copies bytes, in the direction that its name says, and what moves the position.</summary>
    private static IEnumerable<Row> Movements()
    {
        foreach (string into in new[] { "CopyTo", "CopyToExactly" })
        {
            yield return Method(Iterator, into)
                .Demands(Slot.Receiver, Flowing.Destination).Borrows(Slot.Receiver).Borrows(Slot.Argument(0)).Advances(Slot.Receiver);
        }

        foreach (string from in new[] { "CopyFrom", "CopyFromExactly" })
        {
            yield return Method(Iterator, from)
                .Demands(Slot.Receiver, Flowing.Source).Borrows(Slot.Receiver).Writes(Slot.Argument(0)).Advances(Slot.Receiver);
        }

        yield return Method(Iterator, "Zero").Demands(Slot.Receiver, Flowing.Destination).Borrows(Slot.Receiver).Advances(Slot.Receiver);
        foreach (string byHand in new[] { "Advance", "Truncate", "Revert", "Restore", "Reexpand" })
        {
            yield return Method(Iterator, byHand).Borrows(Slot.Receiver).MovesByHand(Slot.Receiver);
        }
    }
}
