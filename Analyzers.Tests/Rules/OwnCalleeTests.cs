using Xunit;
using static BufferLifetime.Analyzers.Tests.Rules.RuleCode;

namespace BufferLifetime.Analyzers.Tests.Rules;

/// <summary>What a method of the same type does with what it is given is read from its own body.</summary>
public sealed class OwnCalleeTests
{
    private const string Callees = """

            private static void Free(PageLease lease) => lease.Dispose();
            private static void FreeIfThere(PageLease? lease) => lease?.Dispose();
            private static void FreeLater(PageLease lease) { Log(lease); Free(lease); }
            private static void Log(PageLease lease) => Any.Number();
            private static void LogAll(PageLease lease) { if (lease.Bytes > 3) Log(lease); }
            private static void Perhaps(PageLease lease) { if (Any.Chance()) lease.Dispose(); }
            private static PageLease Same(PageLease lease) => lease;
            private PageLease? _kept;
            private void Keep(PageLease lease) => _kept = lease;
            private static void HandOn(PageLease lease) => Any.Keep(lease);
            private static async Task Later(PageLease lease) { await Any.Pause(); lease.Dispose(); }
            private static void Recurse(PageLease lease, int n) { if (n > 0) Recurse(lease, n - 1); else lease.Dispose(); }
            private static void UnpinAll(PageFragment[] pages) => PageFragments.Unpin(pages);
            private static void Unpin(PageFragment[] pages) { foreach (PageFragment page in pages) page.Unpin(); }
            protected virtual void Virtually(PageLease lease) => Any.Number();
            private static void Throws(PageLease lease) => throw new IOException();
        """;

    [Theory]
    [InlineData("PageLease lease = iter.{|BUF1002:ExtractPages|}(); Log(lease);")]
    [InlineData("PageLease lease = iter.{|BUF1002:ExtractPages|}(); LogAll(lease);")]
    [InlineData("PageLease lease = iter.ExtractPages(); Log(lease); if (Any.Chance()) {|BUF1002:return;|} Free(lease);")]
    [InlineData("PageLease lease = iter.ExtractPages(); Free(lease); Any.Transfer({|BUF1004:lease|}.IoVectors);")]
    [InlineData("PageLease lease = iter.ExtractPages(); FreeLater(lease); Any.Transfer({|BUF1004:lease|}.IoVectors);")]
    [InlineData("PageLease lease = iter.{|BUF1002:ExtractPages|}(); Local(lease); static void Local(PageLease given) => Any.Number();")]
    [InlineData("PageLease lease = iter.ExtractPages(); Local(lease); Any.Transfer({|BUF1004:lease|}.IoVectors); static void Local(PageLease given) => given.Dispose();")]
    [InlineData("IovIter own = IovIter.Bvec([], TransferDirection.Destination); var pages = new PageFragment[8]; own.ExtractPages(pages, 8); {|BUF1001:UnpinAll|}(pages);")]
    public Task Mistake_across_a_call_of_an_own_method_is_reported(string statements) => VerifyAsync(Code(statements));

    [Theory]
    [InlineData("PageLease lease = iter.ExtractPages(); Free(lease);")]
    [InlineData("PageLease lease = iter.ExtractPages(); FreeIfThere(lease);")]
    [InlineData("PageLease lease = iter.ExtractPages(); FreeLater(lease);")]
    [InlineData("PageLease lease = iter.ExtractPages(); Perhaps(lease);")]
    [InlineData("PageLease lease = iter.ExtractPages(); Perhaps(lease); Any.Transfer(lease.IoVectors);")]
    [InlineData("PageLease lease = iter.ExtractPages(); Same(lease).Dispose();")]
    [InlineData("PageLease lease = iter.ExtractPages(); Keep(lease);")]
    [InlineData("PageLease lease = iter.ExtractPages(); HandOn(lease);")]
    [InlineData("PageLease lease = iter.ExtractPages(); _ = Later(lease);")]
    [InlineData("PageLease lease = iter.ExtractPages(); Recurse(lease, 3);")]
    [InlineData("PageLease lease = iter.ExtractPages(); Virtually(lease);")]
    [InlineData("PageLease lease = iter.ExtractPages(); Throws(lease);")]
    [InlineData("PageLease lease = iter.ExtractPages(); try { Log(lease); } finally { Free(lease); }")]
    [InlineData("IovIter own = IovIter.Ubuf(new byte[8], TransferDirection.Destination); var pages = new PageFragment[8]; own.ExtractPages(pages, 8); Unpin(pages);")]
    public Task Right_use_of_own_methods_is_silent(string statements) => VerifyAsync(Code(statements));

    private static string Code(string statements) => $$"""
        internal class C
        {
        {{Callees}}

            private void M(IovIter iter)
            {
                {{statements}}
            }
        }
        """;
}
