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
}
