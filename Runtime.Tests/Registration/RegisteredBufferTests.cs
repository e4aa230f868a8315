namespace BufferLifetime.Tests;

public sealed class RegisteredBufferTests : BalancedTest
{
    private readonly RegisteredBufferTable _table;
    private readonly byte[] _bytes = KernelTables.PatternBytes(10_000);

    public RegisteredBufferTests() => _table = Own(new RegisteredBufferTable(4));

    [Fact]
    public void A_buffer_is_pinned_once_for_all_its_uses()
    {
        _table.Register(1, _bytes);
        Assert.Equal(1, PinsTaken);
        for (int i = 0; i < 10; i++)
        {
            using RegisteredImport import = _table.Import(1, i * 100, 50, TransferDirection.Source);
            IovIter iter = import.Iter;
            Assert.Equal((IterKind.Bvec, 50L, 50L), (iter.Kind, iter.Count, import.Bytes));
            using PageLease lease = iter.ExtractPages();
            Assert.Equal(_bytes.AsSpan(i * 100, 50), Native.Span(lease.IoVectors[0]));
            iter.Revert(50);
            Assert.Throws<ArgumentOutOfRangeException>(() => iter.Revert(1));
            Assert.Throws<ArgumentOutOfRangeException>(() => iter.Reexpand(51));
        }

        Assert.Equal(1, PinsTaken);
        Assert.Equal(new IoVector(_table.GetVector(1).Base, 10_000), _table.GetVector(1));
        Assert.Equal(default, _table.GetVector(0));
    }

    [Fact]
    public void The_callback_runs_once_after_unregistration_and_the_last_request()
    {
        int released = 0;
        _table.Register(0, _bytes, state => released += (int)state!, 1);
        RegisteredImport first = _table.Import(0, 0, 10, TransferDirection.Source);
        RegisteredImport second = _table.Import(0, 0, 10, TransferDirection.Destination);
        first.Dispose();
        first.Dispose();
        _table.Unregister(0);
        Assert.Equal(0, released);
        Assert.Throws<InvalidOperationException>(() => _table.Import(0, 0, 1, TransferDirection.Source));
        Assert.Throws<InvalidOperationException>(() => _table.Unregister(0));
        Assert.Equal(10, second.Iter.Count);
        Assert.Equal(1, PinsHeld);

        second.Dispose();
        Assert.Equal(1, released);
        Assert.Equal(0, PinsHeld);
        Assert.Throws<AlreadyReleasedException>(() => second.Iter);
    }

    [Fact]
    public void Imports_are_checked_for_existence_then_range_then_direction_then_emptiness()
    {
        using Folio folio = Folio.Native(100);
        using var lent = new LentBuffer([new BvecEntry(folio)], TransferDirection.Destination, _ => { });
        _table.Register(2, lent);

        Assert.Throws<ArgumentOutOfRangeException>("index", () => _table.Import(4, 0, 1, TransferDirection.Destination));
        Assert.Throws<ArgumentOutOfRangeException>("index", () => _table.Import(-1, 0, 1, TransferDirection.Destination));
        Assert.Throws<InvalidOperationException>(() => _table.Import(0, 500, 1, TransferDirection.Source));

        // Out of range and against the direction: the range is told first.
        Assert.Throws<ArgumentOutOfRangeException>("length", () => _table.Import(2, 0, 101, TransferDirection.Source));
        Assert.Throws<ArgumentOutOfRangeException>("offset", () => _table.Import(2, 101, 0, TransferDirection.Source));
        Assert.Throws<ArgumentOutOfRangeException>("length", () => _table.Import(2, 100, 1, TransferDirection.Destination));
        Assert.Throws<ArgumentOutOfRangeException>("length", () => _table.Import(2, 50, long.MaxValue, TransferDirection.Destination));
        Assert.Throws<ArgumentOutOfRangeException>("offset", () => _table.Import(2, -1, 5, TransferDirection.Destination));
        Assert.Throws<ArgumentOutOfRangeException>("length", () => _table.Import(2, 5, -1, TransferDirection.Destination));

        // Empty and against the direction: the direction is told first.
        Assert.Throws<TransferDirectionException>(() => _table.Import(2, 0, 0, TransferDirection.Source));

        using RegisteredImport end = _table.Import(2, 100, 0, TransferDirection.Destination);
        Assert.Equal(0, end.Iter.Count);
        Assert.Equal(1, LeasesHeld);
    }

    [Fact]
    public void Folios_are_pinned_while_they_are_registered_and_read_only_ones_are_sources()
    {
        Folio folio = Folio.Native(100);
        _table.Register(3, folio);
        Assert.Equal(1, folio.PinCount);
        folio.Dispose();
        using (RegisteredImport import = _table.Import(3, 10, 20, TransferDirection.Destination))
        {
            _table.Unregister(3);
            IovIter iter = import.Iter;
            Assert.Equal(20, iter.CopyTo(new byte[30]));
            Assert.False(folio.IsReleased);
        }

        Assert.True(folio.IsReleased);
        Assert.Throws<ObjectDisposedException>(() => _table.Register(3, folio));
    }

    [Fact]
    public void What_cannot_be_registered_is_refused_and_holds_nothing()
    {
        _table.Register(0, _bytes);
        Assert.Throws<InvalidOperationException>(() => _table.Register(0, _bytes));
        Assert.Throws<ArgumentException>("memory", () => _table.Register(1, default(Memory<byte>)));
        Assert.Throws<ArgumentOutOfRangeException>("index", () => _table.Register(4, _bytes));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RegisteredBufferTable(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RegisteredBufferTable(RegisteredBufferTable.MaxSlots + 1));
        Assert.Equal(1, PinsHeld);
        _table.Dispose();
        Assert.Throws<ObjectDisposedException>(() => _table.Register(1, _bytes));
        AssertNothingHeld();
    }

    [Fact]
    public void A_failure_at_any_step_of_registering_or_importing_holds_nothing()
    {
        using Folio folio = Folio.Native(100);
        int released = 0;
        FaultSweep.Over(() => Attempt(() => _table.Register(0, _bytes, _ => released++)));
        FaultSweep.Over(() => Attempt(() => _table.Register(0, folio, _ => released++)));
        Assert.Equal(2, released);
        FaultSweep.Over(() => new LentBuffer([new BvecEntry(folio), default, new BvecEntry(folio, 5, 5)], TransferDirection.Source, _ => released++).Dispose());
        Assert.Equal(3, released);
        Assert.Equal(0, folio.PinCount);

        _table.Register(0, _bytes);
        FaultSweep.Over(() => _table.Import(0, 0, 10, TransferDirection.Source).Dispose());
        Assert.Equal(0, LeasesHeld);

        void Attempt(Action register)
        {
            register();
            _table.Unregister(0);
            AssertNothingHeld();
        }
    }

    [Fact]
    public void A_lent_buffer_comes_back_once_when_lender_slots_and_requests_have_let_go()
    {
        using Folio folio = Folio.Native(8192);
        int released = 0;
        var lent = new LentBuffer([new(folio, 0, 4096), new(folio, 1, 0), new(folio, 4096, 100)], TransferDirection.Source, _ => released++);
        Assert.Equal((4196L, TransferDirection.Source), (lent.Length, lent.Allowed));
        _table.Register(0, lent);
        _table.Register(1, lent);
        RegisteredImport import = lent.Import(4090, 20, TransferDirection.Source);
        Assert.Throws<NotSupportedException>(() => _table.GetVector(0));
        lent.Dispose();
        lent.Dispose();
        Assert.Throws<AlreadyReleasedException>(() => lent.Import(0, 1, TransferDirection.Source));
        Assert.Throws<AlreadyReleasedException>(() => _table.Register(2, lent));

        using (RegisteredImport late = _table.Import(1, 0, 10, TransferDirection.Source))
            _table.Unregister(0);
        _table.Unregister(1);
        Assert.Equal(0, released);
        IovIter iter = import.Iter;
        Assert.Equal(20, iter.CopyFrom(new byte[100]));
        import.Dispose();
        Assert.Equal(1, released);
        Assert.Equal(0, folio.PinCount);
    }

    [Fact]
    public void A_lent_buffer_goes_one_way_only()
    {
        using Folio folio = Folio.Native(100);
        using var lent = new LentBuffer([new BvecEntry(folio)], TransferDirection.Source, _ => { });
        Assert.Throws<TransferDirectionException>(() => lent.Import(0, 10, TransferDirection.Destination));

        // What an extraction holds belongs to its owner and cannot be lent on.
        var extracted = new BvecEntry(folio.Address, 10);
        Assert.Throws<ArgumentException>("entries", () => new LentBuffer([extracted], TransferDirection.Source, _ => { }));
    }

    [Fact]
    public void Several_ranges_are_imported_in_their_order()
    {
        using Folio folio = Folio.Native(300);
        for (int i = 0; i < 300; i++)
            folio.AsSpan(i, 1)[0] = (byte)i;
        using var lent = new LentBuffer([new(folio, 0, 100), new(folio, 200, 100)], TransferDirection.Source, _ => { });
        _table.Register(0, lent);
        using (RegisteredImport import = _table.Import(0, [new(150, 5), new(95, 10), new(0, 1)], TransferDirection.Source))
        {
            IovIter iter = import.Iter;
            var bytes = new byte[20];
            Assert.Equal(16, iter.CopyFrom(bytes));
            Assert.Equal([250, 251, 252, 253, 254, 95, 96, 97, 98, 99, 200, 201, 202, 203, 204, 0], bytes[..16]);
        }

        Assert.Throws<ArgumentOutOfRangeException>("ranges", () => _table.Import(0, [new(0, 1), new(5, 0)], TransferDirection.Source));
        Assert.Throws<ArgumentOutOfRangeException>("length", () => _table.Import(0, [new(0, 1), new(199, 2)], TransferDirection.Destination));
        Assert.Throws<TransferDirectionException>(() => _table.Import(0, [new(0, 1)], TransferDirection.Destination));
        Assert.Throws<InvalidOperationException>(() => _table.Import(1, [new(0, 1)], TransferDirection.Source));
        FaultSweep.Over(() => _table.Import(0, [new(0, 1), new(90, 20)], TransferDirection.Source).Dispose());
        Assert.Equal(0, LeasesHeld);
    }

    [Fact]
    public void Ranges_that_overlap_cannot_add_up_to_more_than_one_transfer()
    {
        using Folio folio = Folio.Adopt(0x100000, 1 << 30);
        _table.Register(0, folio);
        BufferRange all = new(0, 1 << 30);
        using (RegisteredImport one = _table.Import(0, [all], TransferDirection.Source))
            Assert.Equal(1 << 30, one.Bytes);
        Assert.Throws<ArgumentOutOfRangeException>("ranges", () => _table.Import(0, [all, all], TransferDirection.Source));
        using Folio larger = Folio.Adopt(0x100000, (1 << 30) + 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => _table.Register(1, larger));
        Assert.Equal(0, larger.PinCount);
    }

    [Fact]
    public void Many_buffers_are_registered_all_or_none()
    {
        _table.Register(0, [_bytes.AsMemory(0, 10), default, _bytes.AsMemory(10, 10)]);
        Assert.Equal(2, PinsHeld);
        _table.Unregister(0);
        Assert.Throws<InvalidOperationException>(() => _table.Register(0, [_bytes.AsMemory(0, 10), default, _bytes.AsMemory(10, 10)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => _table.Register(2, new Memory<byte>[3]));
        Assert.Equal(default, _table.GetVector(0));
        Assert.Equal(1, PinsHeld);
    }

    [Fact]
    public void Failed_registration_of_many_leaves_what_others_did_to_their_slots_meanwhile()
    {
        var last = new CountingManager(10) { Refusal = new TimeoutException(), Meanwhile = InterfereOnce };

        Assert.Throws<TimeoutException>(() => _table.Register(0, [_bytes.AsMemory(0, 10), _bytes.AsMemory(10, 10), _bytes.AsMemory(20, 10), last.Memory]));

        Assert.Equal((0, 30, 0), ((int)_table.GetVector(0).Length, (int)_table.GetVector(1).Length, (int)_table.GetVector(2).Length));
        Assert.Equal(1, PinsHeld);
        ((IDisposable)last).Dispose();

        void InterfereOnce()
        {
            _table.Unregister(0);
            _table.Unregister(1);
            _table.Register(1, _bytes.AsMemory(0, 30));
        }
    }

    [Fact]
    public void Cloned_buffers_are_shared_and_slots_outside_the_window_survive()
    {
        using var other = new RegisteredBufferTable(4);
        int released = 0;
        _table.Register(0, _bytes.AsMemory(0, 100), _ => released++);
        _table.Register(2, _bytes.AsMemory(200, 100), _ => released++);
        other.Register(0, _bytes.AsMemory(0, 1));
        other.Register(3, _bytes.AsMemory(3, 1));

        Assert.Throws<InvalidOperationException>(() => _table.CloneTo(0, other, 0, 3));
        Assert.Equal(default, other.GetVector(2));
        _table.CloneTo(0, other, 0, 3, replace: true);
        Assert.Equal((100, 0, 100, 1), ((int)other.GetVector(0).Length, (int)other.GetVector(1).Length, (int)other.GetVector(2).Length, (int)other.GetVector(3).Length));

        _table.Unregister(0);
        _table.Unregister(2);
        Assert.Equal(0, released);
        other.Dispose();
        Assert.Equal(2, released);
        Assert.Throws<ObjectDisposedException>(() => _table.CloneTo(0, other, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => _table.CloneTo(3, other, 0, 2));
    }
}
