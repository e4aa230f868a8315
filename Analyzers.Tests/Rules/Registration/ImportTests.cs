using Xunit;
using static BufferLifetime.Analyzers.Tests.Rules.RuleCode;

namespace BufferLifetime.Analyzers.Tests.Rules.Registration;

/// <summary>Imports of registered and lent buffers: given back, not used afterwards, not while a transfer is pending, not against their direction.</summary>
public sealed class ImportTests
{
    [Theory]
    [InlineData("RegisteredImport part = table.{|BUF1301:Import|}(3, 0, 4096, TransferDirection.Source); _ = part.Bytes;")]
    [InlineData("RegisteredImport part = lent.{|BUF1301:Import|}(0, 4096, TransferDirection.Source); _ = part.Iter.Count;")]
    [InlineData("RegisteredImport part = table.Import(3, 0, 4096, TransferDirection.Source); if (Any.Chance()) {|BUF1301:return;|} part.Dispose();")]
    [InlineData("RegisteredImport part = table.Import(3, 0, 4096, TransferDirection.Source); IovIter iter = part.Iter; part.Dispose(); Any.Length({|BUF1302:iter|});")]
    [InlineData("using RegisteredImport part = table.Import(3, 0, 4096, TransferDirection.Source); IovIter iter = part.Iter; iter.{|BUF1103:CopyTo|}(new byte[1]);")]
    [InlineData("RegisteredImport part = table.Import(3, 0, 4096, TransferDirection.Source); Task task = Any.LengthAsync(part.Iter).AsTask(); {|BUF1203:part|}.Dispose(); await task;")]
    [InlineData("using var own = new LentBuffer([], TransferDirection.Source, _ => { }); using RegisteredImport part = own.{|BUF1103:Import|}(0, 1, TransferDirection.Destination);")]
    public Task Bug_with_an_import_is_reported(string statements) => VerifyMembersAsync(Method(statements));

    [Theory]
    [InlineData("using RegisteredImport part = table.Import(3, 0, 4096, TransferDirection.Source); _ = part.Bytes;")]
    [InlineData("RegisteredImport part = lent.Import(0, 4096, TransferDirection.Source); try { _ = part.Iter.Count; } finally { part.Dispose(); }")]
    [InlineData("RegisteredImport part = table.Import(3, 0, 4096, TransferDirection.Source); int n = await new IoRequest().Begin(part);")]
    [InlineData("using RegisteredImport part = table.Import(3, 0, 4096, TransferDirection.Destination); IovIter iter = part.Iter; iter.CopyTo(new byte[1]);")]
    [InlineData("using RegisteredImport part = table.Import(3, 0, 4096, TransferDirection.Source); await Any.LengthAsync(part.Iter);")]
    [InlineData("using RegisteredImport part = table.Import(3, 0, 4096, TransferDirection.Source); IovIter iter = part.Iter; await Any.Pause(); Any.Length(iter);")]
    [InlineData("using var own = new LentBuffer([], TransferDirection.Source, _ => { }); using RegisteredImport part = own.Import(0, 1, TransferDirection.Source);")]
    public Task Right_use_of_an_import_is_silent(string statements) => VerifyMembersAsync(Method(statements));

    private static string Method(string statements) => $$"""

        static async Task M(RegisteredBufferTable table, LentBuffer lent)
        {
            await Any.Pause();
            {{statements}}
        }
        """;

    [Fact]
    public Task Request_owns_the_lease_from_its_beginning_on() => VerifyMembersAsync("""

        static ValueTask<int> Begin(IoRequest request, IovIter iter)
        {
            PageLease lease = iter.ExtractPages();
            return request.Begin(lease);
        }
        """);

    [Theory]
    [InlineData("table.Unregister(3); using var part = table.{|BUF1302:Import|}(3, 0, 4096, TransferDirection.Source);")]
    [InlineData("table.Unregister(slot); using var part = table.{|BUF1302:Import|}(slot, 0, 4096, TransferDirection.Source);")]
    [InlineData("const int Slot = 2; table.Unregister(Slot); using var part = table.{|BUF1302:Import|}(2, 0, 4096, TransferDirection.Source);")]
    [InlineData("table.Unregister(3); table.Register(4, memory); using var part = table.{|BUF1302:Import|}(3, 0, 4096, TransferDirection.Source);")]
    [InlineData("if (last) table.Unregister(3); using var part = table.{|BUF1302:Import|}(3, 0, 4096, TransferDirection.Source);")]
    [InlineData("table.Unregister(3); using var part = table.{|BUF1302:Import|}(3, new BufferRange[1], TransferDirection.Source);")]
    [InlineData("table.Unregister(3); table.{|BUF1302:Unregister|}(3);")]
    [InlineData("_table.Unregister(3); using var part = _table.{|BUF1302:Import|}(3, 0, 4096, TransferDirection.Source);")]
    [InlineData("IoVector vector = table.GetVector(3); table.Unregister(3); Any.Transfer({|BUF1302:vector|}.Base, 1);")]
    [InlineData("nint at = table.GetVector(slot).Base; table.Unregister(slot); Any.Transfer({|BUF1302:at|}, 1);")]
    public Task Slot_that_was_unregistered_is_not_used(string statements) => VerifyMembersAsync(WithSlots(statements));

    [Theory]
    [InlineData("table.Unregister(3); using var part = table.Import(4, 0, 4096, TransferDirection.Source);")]
    [InlineData("table.Unregister(slot); using var part = table.Import(3, 0, 4096, TransferDirection.Source);")]
    [InlineData("table.Unregister(slot); slot++; using var part = table.Import(slot, 0, 4096, TransferDirection.Source);")]
    [InlineData("table.Unregister(slot); slot = 7; using var part = table.Import(slot, 0, 4096, TransferDirection.Source);")]
    [InlineData("table.Unregister(3); table.Register(3, memory); using var part = table.Import(3, 0, 4096, TransferDirection.Source);")]
    [InlineData("table.Unregister(3); table.Register(slot, memory); using var part = table.Import(3, 0, 4096, TransferDirection.Source);")]
    [InlineData("table.Unregister(3); table.Register(0, [memory, memory, memory, memory]); using var part = table.Import(3, 0, 4096, TransferDirection.Source);")]
    [InlineData("table.Unregister(3); _table.CloneTo(0, table, 0, 8); using var part = table.Import(3, 0, 4096, TransferDirection.Source);")]
    [InlineData("table.Unregister(3); var same = table; same.Register(3, memory); using var part = table.Import(3, 0, 4096, TransferDirection.Source);")]
    [InlineData("table.Unregister(3); Refill(table, 3); using var part = table.Import(3, 0, 4096, TransferDirection.Source);")]
    [InlineData("table.Unregister(3); await Any.Pause(); using var part = table.Import(3, 0, 4096, TransferDirection.Source);")]
    [InlineData("for (int i = 0; i < 8; i++) { using (var part = table.Import(i, 0, 4096, TransferDirection.Source)) Any.Keep(part); table.Unregister(i); }")]
    [InlineData("for (;;) { using (var part = table.Import(3, 0, 4096, TransferDirection.Source)) Any.Keep(part); table.Unregister(3); if (last) break; Refill(table, 3); }")]
    [InlineData("table.Unregister(3); table = _table; using var part = table.Import(3, 0, 4096, TransferDirection.Source);")]
    [InlineData("if (last) table.Unregister(3); else { using var part = table.Import(3, 0, 4096, TransferDirection.Source); }")]
    [InlineData("IoVector vector = table.GetVector(3); Any.Transfer(vector.Base, 1); table.Unregister(3);")]
    [InlineData("IoVector vector = table.GetVector(3); table.Unregister(4); Any.Transfer(vector.Base, 1);")]
    public Task Other_slots_and_slots_that_are_filled_again_are_silent(string statements) => VerifyMembersAsync(WithSlots(statements));

    private static string WithSlots(string statements) => $$"""

        private readonly RegisteredBufferTable _table = new(8);
        static void Refill(RegisteredBufferTable table, int slot) => table.Register(slot, new byte[4096]);

        async Task M(RegisteredBufferTable table, int slot, Memory<byte> memory, bool last)
        {
            await Any.Pause();
            {{statements}}
        }
        """;
}
