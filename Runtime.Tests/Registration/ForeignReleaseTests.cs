namespace BufferLifetime.Tests;

/// <summary>Release callbacks that throw: whatever else was to be given back is given back all the same, once, and then it is told.</summary>
public sealed class ForeignReleaseTests : BalancedTest
{
    private static readonly Action<object?> Throwing = _ => throw new TimeoutException();

    [Fact]
    public void A_folio_whose_callback_throws_does_not_keep_the_buffers_other_folios_pinned()
    {
        int released = 0;
        Folio bad = Folio.Native(100, _ => throw new TimeoutException()), good = Folio.Native(100);
        var lent = new LentBuffer([new BvecEntry(bad), new BvecEntry(good)], TransferDirection.Source, _ => released++);
        bad.Dispose();
        good.Dispose();

        Assert.Throws<TimeoutException>(lent.Dispose);

        Assert.Equal((true, true, 1), (bad.IsReleased, good.IsReleased, released));
        lent.Dispose();
        Assert.Equal(1, released);
    }

    [Fact]
    public void A_table_that_is_disposed_empties_every_slot()
    {
        var table = new RegisteredBufferTable(3);
        int released = 0;
        table.Register(0, new byte[10], Throwing);
        table.Register(1, new byte[10], _ => released++);
        table.Register(2, new byte[10], _ => released++);

        Assert.Throws<TimeoutException>(table.Dispose);

        Assert.Equal(2, released);
        AssertNothingHeld();
        table.Dispose();
        Assert.Equal(2, released);
    }

    [Fact]
    public void A_replaced_buffer_whose_callback_throws_leaves_the_clones_where_they_were_put()
    {
        using var table = new RegisteredBufferTable(2);
        using var other = new RegisteredBufferTable(2);
        int released = 0;
        table.Register(0, new byte[10], _ => released++);
        table.Register(1, new byte[20], _ => released++);
        other.Register(0, new byte[1], Throwing);
        other.Register(1, new byte[1], Throwing);

        Assert.Throws<TimeoutException>(() => table.CloneTo(0, other, 0, 2, replace: true));

        Assert.Equal(((nuint)10, (nuint)20), (other.GetVector(0).Length, other.GetVector(1).Length));
        table.Unregister(0);
        table.Unregister(1);
        Assert.Equal(0, released);
        using (RegisteredImport import = other.Import(0, 0, 10, TransferDirection.Destination))
        {
            other.Unregister(0);
            Assert.Equal(0, released);
            IovIter iter = import.Iter;
            Assert.Equal(10, iter.CopyTo(new byte[10]));
        }

        other.Unregister(1);
        Assert.Equal(2, released);
    }

    [Fact]
    public void A_buffer_of_more_bytes_than_can_be_counted_is_refused_and_pins_nothing()
    {
        // Nothing reads these bytes, so they need not exist.
        using Folio folio = Folio.Adopt(0x1000, long.MaxValue);
        Assert.Throws<OverflowException>(() => new LentBuffer([new BvecEntry(folio), new BvecEntry(folio)], TransferDirection.Source, _ => { }));
        Assert.Equal(0, folio.PinCount);
    }

    [Fact]
    public void An_import_of_more_than_one_transfer_is_out_of_range_before_its_direction_is_looked_at()
    {
        using Folio folio = Folio.Adopt(0x100000, 5L << 30);
        using var lent = new LentBuffer([new BvecEntry(folio)], TransferDirection.Source, _ => { });
        Assert.Throws<ArgumentOutOfRangeException>("length", () => lent.Import(0, IovIter.MaxTransferBytes + 1, TransferDirection.Destination));
        Assert.Throws<ArgumentOutOfRangeException>("offset", () => lent.Import(long.MaxValue, long.MaxValue, TransferDirection.Destination));
        Assert.Throws<ArgumentOutOfRangeException>("direction", () => lent.Import(0, 1, (TransferDirection)2));
        using RegisteredImport most = lent.Import(5, IovIter.MaxTransferBytes, TransferDirection.Source);
        Assert.Equal(IovIter.MaxTransferBytes, most.Iter.Count);
    }
}
