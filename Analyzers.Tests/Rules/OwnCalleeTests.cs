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

    private const string Givers = """

            private static PageLease Take(IovIter iter) => iter.ExtractPages();
            private static PageLease TakeChecked(IovIter iter) { PageLease lease = iter.ExtractPages(); if (lease.Bytes < 3) { lease.Dispose(); throw new IOException(); } return lease; }
            private static PageLease TakeTwice(IovIter iter) => Take(iter);
            private static PageLease? TakeOrNull(IovIter iter) { if (iter.IsEmpty) return null; return iter.ExtractPages(); }
            private static PageLease? TakeSome(IovIter iter, int n) { if (iter.IsEmpty) return null; if (n == 0) return null; return iter.ExtractPages(); }
            internal ExtractedIter Convert(IovIter iter) => iter.ExtractToBvec();
            private static RegisteredImport Import(RegisteredBufferTable table) => table.Import(0, 0, 8, TransferDirection.Source);
            private static PageFragment[] TakePages(IovIter iter) { var pages = new PageFragment[8]; iter.ExtractPages(pages, 8); return pages; }
            private static async Task<PageLease> TakeLater(IovIter iter) { PageLease lease = iter.ExtractPages(); await Any.Pause(); return lease; }
            private static void TakeInto(IovIter iter, out PageLease lease) => lease = iter.ExtractPages();
            private static bool TryTake(IovIter iter, out PageLease? lease) { lease = null; if (iter.IsEmpty) return false; lease = iter.ExtractPages(); return true; }
            private static async Task Free(PageLease lease) { await Any.Pause(); lease.Dispose(); }
            private static async Task<long> Measure(PageLease lease) { await Any.Pause(); return lease.Bytes; }
            private PageLease? _kept;
            private PageLease Cached(IovIter iter) => _kept ??= iter.ExtractPages();
            private PageLease Kept(IovIter iter) { _kept = iter.ExtractPages(); return _kept; }
            private readonly List<PageLease> _all = [];
            private PageLease Listed(IovIter iter) { PageLease lease = iter.ExtractPages(); _all.Add(lease); return lease; }
            private static PageLease Given(PageLease lease) => lease;
            protected virtual PageLease Virtually(IovIter iter) => iter.ExtractPages();
            [return: ReturnsBorrowed] private static PageLease Told(IovIter iter) => iter.ExtractPages();
            private void Drop() { _kept?.Dispose(); _kept = null; }
        """;

    [Theory]
    [InlineData("PageLease lease = {|BUF1002:Take|}(iter); Any.Transfer(lease.IoVectors);")]
    [InlineData("PageLease lease = {|BUF1002:TakeChecked|}(iter); Any.Transfer(lease.IoVectors);")]
    [InlineData("PageLease lease = {|BUF1002:TakeTwice|}(iter); Any.Transfer(lease.IoVectors);")]
    [InlineData("PageLease? lease = {|BUF1002:TakeOrNull|}(iter); if (lease != null) Any.Transfer(lease.IoVectors);")]
    [InlineData("ExtractedIter kept = {|BUF1002:Convert|}(iter); Any.Length(kept.Iter);")]
    [InlineData("RegisteredImport part = {|BUF1301:Import|}(table); Any.Keep(part.Bytes);")]
    [InlineData("PageLease lease = Take(iter); if (Any.Chance()) {|BUF1002:return;|} lease.Dispose();")]
    [InlineData("PageLease lease = Take(iter); lease.Dispose(); Any.Transfer({|BUF1004:lease|}.IoVectors);")]
    [InlineData("PageLease lease = await {|BUF1002:TakeLater|}(iter); Any.Transfer(lease.IoVectors);")]
    [InlineData("PageLease lease = await {|BUF1002:TakeLater|}(iter).ConfigureAwait(false); Any.Transfer(lease.IoVectors);")]
    [InlineData("{|BUF1002:TakeInto|}(iter, out PageLease lease); Any.Transfer(lease.IoVectors);")]
    [InlineData("if ({|BUF1002:TryTake|}(iter, out PageLease? lease)) Any.Transfer(lease!.IoVectors);")]
    [InlineData("IovIter own = IovIter.Bvec([], TransferDirection.Destination); PageFragment[] pages = TakePages(own); PageFragments.{|BUF1001:Unpin|}(pages);")]
    [InlineData("PageLease lease = {|BUF1002:Local|}(); Any.Transfer(lease.IoVectors); PageLease Local() => IovIter.Ubuf(new byte[8]).ExtractPages();")]
    [InlineData("PageLease lease = Take(iter); await Free(lease); Any.Transfer({|BUF1004:lease|}.IoVectors);")]
    [InlineData("PageLease lease = Take(iter); await Free(lease).ConfigureAwait(false); Any.Transfer({|BUF1004:lease|}.IoVectors);")]
    [InlineData("PageLease lease = {|BUF1002:Take|}(iter); Any.Keep(await Measure(lease));")]
    [InlineData("PageLease other = iter.ExtractPages(); PageLease? lease = TakeOrNull(iter); if (lease == null) {|BUF1002:return;|} lease.Dispose(); other.Dispose();")]
    [InlineData("PageLease other = iter.ExtractPages(); PageLease? lease = TakeSome(iter, 3); if (lease == null) {|BUF1002:return;|} lease.Dispose(); other.Dispose();")]
    public Task What_an_own_method_makes_is_its_callers_to_release(string statements) => VerifyAsync(GiversAnd(statements));

    [Theory]
    [InlineData("using PageLease lease = Take(iter); Any.Transfer(lease.IoVectors);")]
    [InlineData("PageLease lease = TakeChecked(iter); try { Any.Transfer(lease.IoVectors); } finally { lease.Dispose(); }")]
    [InlineData("PageLease? lease = TakeOrNull(iter); if (lease == null) return; Any.Transfer(lease.IoVectors); lease.Dispose();")]
    [InlineData("PageLease? lease = TakeOrNull(iter); lease?.Dispose();")]
    [InlineData("using ExtractedIter kept = Convert(iter); await Any.Pause(); Any.Length(kept.Iter);")]
    [InlineData("using RegisteredImport part = Import(table); Any.Keep(part.Bytes);")]
    [InlineData("using PageLease lease = await TakeLater(iter); Any.Transfer(lease.IoVectors);")]
    [InlineData("TakeInto(iter, out PageLease lease); lease.Dispose();")]
    [InlineData("if (!TryTake(iter, out PageLease? lease)) return; Any.Transfer(lease!.IoVectors); lease.Dispose();")]
    [InlineData("if (TryTake(iter, out PageLease? lease)) lease!.Dispose();")]
    [InlineData("IovIter own = IovIter.Ubuf(memory, TransferDirection.Destination); PageFragment[] pages = TakePages(own); PageFragments.Unpin(pages);")]
    [InlineData("PageFragment[] pages = TakePages(iter); PageFragments.Release(pages);")]
    [InlineData("_kept?.Dispose(); _kept = Take(iter);")]
    [InlineData("Any.Keep(Take(iter));")]
    [InlineData("PageLease lease = Take(iter); await Free(lease);")]
    [InlineData("PageLease lease = Take(iter); Any.Keep(await Measure(lease)); lease.Dispose();")]
    [InlineData("PageLease lease = Cached(iter); Any.Transfer(lease.IoVectors);")]
    [InlineData("PageLease lease = Kept(iter); Any.Transfer(lease.IoVectors);")]
    [InlineData("PageLease lease = Listed(iter); Any.Transfer(lease.IoVectors);")]
    [InlineData("using PageLease lease = Take(iter); PageLease same = Given(lease); Any.Transfer(same.IoVectors);")]
    [InlineData("PageLease lease = Virtually(iter); Any.Transfer(lease.IoVectors);")]
    [InlineData("PageLease lease = Told(iter); Any.Transfer(lease.IoVectors);")]
    public Task What_is_released_kept_or_not_surely_made_by_an_own_method_is_silent(string statements) => VerifyAsync(GiversAnd(statements));

    [Fact]
    public Task Caller_that_names_no_api_itself_is_looked_at() => VerifyAsync("""
        internal class C
        {
            private readonly byte[] _bytes = new byte[8];
            private object? Hold() => {|BUF1002:Open|}().ToString();
            private void Leave() { var lease = {|BUF1002:Open|}(); Any.Keep(lease.GetHashCode()); }
            private void Close() { using var lease = Open(); }
            private PageLease Open() => IovIter.Ubuf(_bytes).ExtractPages();
        }
        """);

    private static string GiversAnd(string statements) => $$"""
        internal class C
        {
        {{Givers}}

            private async Task M(IovIter iter, RegisteredBufferTable table, Memory<byte> memory)
            {
                {{statements}}
            }
        }
        """;
}
