using System.Runtime.ExceptionServices;

namespace BufferLifetime;

/// <summary>Pins on the folios of many fragments: all or none.</summary>
internal static class FolioPins
{
    /// <summary>A copy of the fragments that are not empty, each of which pins its folio.</summary>
    internal static BvecEntry[] Take(ReadOnlySpan<BvecEntry> entries, TransferDirection? only)
    {
        Faults.At(FaultPoint.Allocate);
        var taken = new BvecEntry[entries.Length];
        int count = 0;
        try
        {
            foreach (ref readonly BvecEntry entry in entries)
            {
                if (entry.Length == 0)
                    continue;
                if (entry.Folio is not { } folio)
                    throw new ArgumentException("A fragment has no folio to hold: it was made by an extraction, whose owner holds it.", nameof(entries));
                if (only == TransferDirection.Destination && folio.IsReadOnly)
                    throw new TransferDirectionException($"{folio} is read-only and cannot be the destination of a transfer.");

                Faults.At(FaultPoint.Pin);
                folio.Pin();
                taken[count++] = entry;
            }

            if (count < taken.Length)
            {
                Faults.At(FaultPoint.Allocate);
                return taken[..count];
            }

            return taken;
        }
        catch
        {
            Release(taken.AsSpan(0, count));
            throw;
        }
    }

    /// <summary>Gives every pin back; what release callbacks of folios throw meanwhile is thrown, the first of it, when all are back.</summary>
    internal static void Release(ReadOnlySpan<BvecEntry> entries)
    {
        Exception? failure = null;
        foreach (ref readonly BvecEntry entry in entries)
        {
            try
            {
                entry.Folio?.Unpin();
            }
            catch (Exception thrown)
            {
                failure ??= thrown;
            }
        }

        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
    }
}
