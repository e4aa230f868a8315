using Xunit;
using static BufferLifetime.Analyzers.Tests.Rules.RuleCode;

namespace BufferLifetime.Analyzers.Tests.Rules.Suspension;

/// <summary>BUF1206: a retry begins where the failed attempt stopped.</summary>
public sealed class ConsumedReusedTests
{
    private const string Callees = """

        internal enum Status { Ok, Again, Broken, More }

        internal static class Link
        {
            public static Status Send(ref IovIter iter) => Status.Ok;
            public static int Write(ref IovIter iter) => 1;
            public static bool TrySend(ref IovIter iter) => true;
            public static bool IsDone(ref IovIter iter) => true;
            public static void Rewind(ref IovIter iter) { }
            public static int SendPages(ReadOnlySpan<IoVector> vectors) => vectors.Length;
            public static Status PushPages(ReadOnlySpan<IoVector> vectors) => Status.Ok;
            public static Task<int> SendPagesAsync(PageLease lease) => Task.FromResult(1);
            public static int SendSlowly(IovIter iter) => 1;
            public static void Skipped(long bytes) { }
            public const int EAGAIN = 11;
        }
        """;

    [Theory]
    [InlineData("Status r; do { r = Link.{|BUF1206:Send|}(ref iter); } while (r == Status.Again);")]
    [InlineData("Status r; do { r = Link.{|BUF1206:Send|}(ref iter); } while (r != Status.Ok);")]
    [InlineData("while (Link.{|BUF1206:Send|}(ref iter) == Status.Again) { }")]
    [InlineData("while (Link.{|BUF1206:Send|}(ref iter) is Status.Again) Thread.Yield();")]
    [InlineData("while (Link.{|BUF1206:Send|}(ref iter) is not Status.Ok) Thread.Yield();")]
    [InlineData("while (Link.{|BUF1206:Write|}(ref iter) < 0) Thread.Sleep(1);")]
    [InlineData("while (Link.{|BUF1206:Write|}(ref iter) == -Link.EAGAIN) Thread.Sleep(1);")]
    [InlineData("while (Link.{|BUF1206:Write|}(ref iter) == Link.EAGAIN) Thread.Sleep(1);")]
    [InlineData("while (!Link.{|BUF1206:TrySend|}(ref iter)) Thread.Sleep(1);")]
    [InlineData("bool ok = false; for (int i = 0; i < 3 && !ok; i++) ok = Link.{|BUF1206:TrySend|}(ref iter);")]
    [InlineData("for (int i = 0; i < 3; i++) { if (Link.{|BUF1206:TrySend|}(ref iter)) return; }")]
    [InlineData("again: int n = Link.{|BUF1206:Write|}(ref iter); if (n < 0) goto again;")]
    public Task Retry_of_a_callee_that_advanced_the_iterator_is_reported(string retry) => Verify(retry);

    [Theory]
    [InlineData("IovIterState saved = iter.SaveState(); Status r; do { iter.Restore(saved); r = Link.Send(ref iter); } while (r == Status.Again);")]
    [InlineData("IovIterState saved = iter.SaveState(); while (Link.Send(ref iter) == Status.Again) iter.Restore(in saved);")]
    [InlineData("IovIter whole = iter; while (!Link.TrySend(ref iter)) iter = whole;")]
    [InlineData("IovIter attempt; do { attempt = iter; } while (!Link.TrySend(ref attempt));")]
    [InlineData("while (true) { IovIter attempt = iter; if (Link.Write(ref attempt) >= 0) return; }")]
    [InlineData("while (true) { IovIter attempt = iter.Duplicate(); if (Link.Write(ref attempt) >= 0) return; }")]
    [InlineData("long before = iter.Count; while (Link.Write(ref iter) < 0) iter.Revert(before - iter.Count);")]
    [InlineData("while (!Link.TrySend(ref iter)) Link.Rewind(ref iter);")]
    [InlineData("while (Link.SendSlowly(iter) < 0) Thread.Sleep(1);")]
    [InlineData("bool retry = false; IovIterState saved = iter.SaveState(); do { if (retry) iter.Restore(saved); retry = true; } while (!Link.TrySend(ref iter));")]
    public Task Retry_from_a_saved_position_is_silent(string retry) => Verify(retry);

    [Theory]
    [InlineData("while (!iter.IsEmpty) { int n = Link.Write(ref iter); if (n < 0) return; }")]
    [InlineData("while (iter.Count > 0) { int n = Link.Write(ref iter); if (n == -4) continue; if (n < 0) return; }")]
    [InlineData("while (Link.Write(ref iter) > 0) { }")]
    [InlineData("while (Link.Write(ref iter) != 0) { }")]
    [InlineData("while (Link.Send(ref iter) == Status.More) { }")]
    [InlineData("while (Link.Send(ref iter) == Status.Ok) { }")]
    [InlineData("bool done; do { done = Link.IsDone(ref iter); } while (!done);")]
    [InlineData("while (!Link.IsDone(ref iter)) { }")]
    [InlineData("for (;;) { int n = Link.Write(ref iter); if (n == 0) break; if (n < 0) { if (Any.Chance()) continue; return; } }")]
    [InlineData("if (!Link.TrySend(ref iter) && !iter.IsEmpty) Link.Write(ref iter);")]
    [InlineData("int n = Link.Write(ref iter); if (n < 0) return; Link.Write(ref iter);")]
    [InlineData("while (Link.TrySend(ref iter)) { }")]
    [InlineData("bool done; do { done = Link.TrySend(ref iter); } while (!done);")]
    [InlineData("bool ok; do { ok = Link.IsDone(ref iter); } while (!ok);")]
    public Task Transfer_that_goes_on_where_it_stopped_is_silent(string transfer) => Verify(transfer);

    [Fact]
    public Task Extraction_again_after_the_exception_of_a_transfer_is_reported() => VerifyAll("""

        static async Task M(BvecEntry[] entries)
        {
            IovIter stable = IovIter.Bvec(entries, TransferDirection.Source);
            for (int attempt = 0; attempt < 3; attempt++)
            {
                try
                {
                    using PageLease lease = stable.{|BUF1206:ExtractPages|}();
                    await Link.SendPagesAsync(lease);
                    return;
                }
                catch (IOException) when (attempt < 2)
                {
                    Any.Keep("again");
                }
            }
        }
        """);

    [Theory]
    [InlineData("IovIter part = whole;", "")]
    [InlineData("", "part.Restore(saved);")]
    public Task Extraction_again_from_the_start_is_silent(string inLoop, string inHandler) => VerifyAll($$"""

        static async Task M(BvecEntry[] entries)
        {
            IovIter whole = IovIter.Bvec(entries, TransferDirection.Source);
            {{(inLoop.Length == 0 ? "IovIter part = whole;" : "")}}
            IovIterState saved = whole.SaveState();
            for (int attempt = 0; attempt < 3; attempt++)
            {
                {{inLoop}}
                try
                {
                    using PageLease lease = part.ExtractPages();
                    await Link.SendPagesAsync(lease);
                    return;
                }
                catch (IOException) when (attempt < 2)
                {
                    {{inHandler}}
                }
            }
        }
        """);

    [Fact]
    public Task Iterator_made_anew_for_each_attempt_is_silent() => VerifyAll("""

        static async Task M(BvecEntry[] entries)
        {
            for (int attempt = 0; attempt < 3; attempt++)
            {
                IovIter iter = IovIter.Bvec(entries, TransferDirection.Source);
                try
                {
                    using PageLease lease = iter.ExtractPages();
                    await Link.SendPagesAsync(lease);
                    return;
                }
                catch (IOException)
                {
                }
            }
        }
        """);

    [Theory]
    [InlineData("return Link.SendSlowly({|BUF1206:iter|});")]
    [InlineData("return Link.{|BUF1206:Write|}(ref iter);")]
    [InlineData("using PageLease rest = iter.{|BUF1206:ExtractPages|}(); return Link.SendPages(rest.IoVectors);")]
    [InlineData("byte[] copy = new byte[64]; return iter.{|BUF1206:CopyFrom|}(copy);")]
    public Task Other_way_after_the_first_consumed_the_iterator_is_reported(string fallback) => VerifyAll($$"""

        static int M(BvecEntry[] entries)
        {
            IovIter iter = IovIter.Bvec(entries, TransferDirection.Source);
            try
            {
                using PageLease lease = iter.ExtractPages();
                return Link.SendPages(lease.IoVectors);
            }
            catch (IOException)
            {
                {{fallback}}
            }
        }
        """);

    [Theory]
    [InlineData("iter.Restore(saved); return Link.SendSlowly(iter);")]
    [InlineData("return Link.SendSlowly(whole);")]
    [InlineData("return iter.IsEmpty ? -1 : Link.SendSlowly(iter);")]
    [InlineData("if (iter.Count == 0) return -1; return Link.SendSlowly(iter);")]
    [InlineData("iter = whole; return Link.Write(ref iter);")]
    [InlineData("iter = IovIter.Bvec(entries, TransferDirection.Source); return Link.Write(ref iter);")]
    [InlineData("Any.Keep(iter.Count); throw;")]
    [InlineData("return (int)Any.Length(iter);")]
    public Task Other_way_from_the_start_is_silent(string fallback) => VerifyAll($$"""

        static int M(BvecEntry[] entries)
        {
            IovIter iter = IovIter.Bvec(entries, TransferDirection.Source);
            IovIterState saved = iter.SaveState();
            IovIter whole = iter;
            try
            {
                using PageLease lease = iter.ExtractPages();
                return Link.SendPages(lease.IoVectors);
            }
            catch (IOException)
            {
                {{fallback}}
            }
        }
        """);

    [Theory]
    [InlineData("int sent = Link.SendPages(lease.IoVectors); if (sent < 0) continue;")]
    [InlineData("if (Link.SendPages(lease.IoVectors) <= 0) continue;")]
    [InlineData("if (Link.PushPages(lease.IoVectors) == Status.Again) { Thread.Sleep(1); continue; }")]
    [InlineData("try { Link.SendPages(lease.IoVectors); } catch (IOException) { }")]
    [InlineData("try { Link.SendPages(lease.IoVectors); } catch (TimeoutException) { throw; } catch (IOException) { }")]
    public Task Next_piece_after_one_that_failed_unnoticed_is_reported(string transfer) => VerifyAll($$"""

        static void M(BvecEntry[] entries)
        {
            IovIter iter = IovIter.Bvec(entries, TransferDirection.Source);
            while (!iter.IsEmpty)
            {
                using PageLease lease = iter.{|BUF1206:ExtractPages|}(4096);
                {{transfer}}
                Any.Keep("sent");
            }
        }
        """);

    [Theory]
    [InlineData("int sent = Link.SendPages(lease.IoVectors); if (sent < 0) return;")]
    [InlineData("int sent = Link.SendPages(lease.IoVectors); if (sent < 0) { iter.Revert(lease.Bytes); continue; }")]
    [InlineData("int sent = Link.SendPages(lease.IoVectors); if (sent < 0) { Link.Skipped(lease.Bytes); continue; }")]
    [InlineData("int sent = Link.SendPages(lease.IoVectors); if (sent < lease.Bytes) iter.Revert(lease.Bytes - sent);")]
    [InlineData("if (Link.PushPages(lease.IoVectors) == Status.Ok) continue; return;")]
    [InlineData("try { Link.SendPages(lease.IoVectors); } catch (IOException) { Link.Skipped(lease.Bytes); }")]
    [InlineData("try { Link.SendPages(lease.IoVectors); } catch (IOException) { return; }")]
    [InlineData("if (lease.IsEmpty) continue;")]
    [InlineData("if (Any.Chance()) continue;")]
    public Task Next_piece_where_the_failed_one_is_accounted_for_is_silent(string transfer) => VerifyAll($$"""

        static void M(BvecEntry[] entries)
        {
            IovIter iter = IovIter.Bvec(entries, TransferDirection.Source);
            while (!iter.IsEmpty)
            {
                using PageLease lease = iter.ExtractPages(4096);
                {{transfer}}
                Any.Keep("sent");
            }
        }
        """);

    [Fact]
    public Task Retry_with_an_iterator_in_a_field_is_reported() => VerifyAll("""

        private IovIter _iter = IovIter.Discard(1);

        void M()
        {
            while (Link.{|BUF1206:Send|}(ref _iter) == Status.Again) { }
        }
        """);

    [Fact]
    public Task Field_that_a_method_of_the_instance_may_reset_is_silent() => VerifyAll("""

        private IovIter _iter = IovIter.Discard(1);

        void M()
        {
            while (Link.Send(ref _iter) == Status.Again)
                Prepare();
        }

        private void Prepare() => _iter = IovIter.Discard(1);
        """);

    [Fact]
    public Task Pieces_in_an_array_that_a_transfer_refused_are_reported() => VerifyAll("""

        static long M(BvecEntry[] entries)
        {
            IovIter iter = IovIter.Bvec(entries, TransferDirection.Source);
            PageFragment[] pages = new PageFragment[8];
            long total = 0;
            for (;;)
            {
                int n = iter.{|BUF1206:ExtractPages|}(pages, 4096, ExtractFlags.PerPage, out int offset0);
                if (n <= 0)
                    return total;
                int sent = Any.Transfer(pages[0].Address + offset0, n);
                PageFragments.Release(pages);
                if (sent < 0)
                    continue;
                total += sent;
            }
        }
        """);

    private static Task Verify(string statements) => VerifyAll($$"""

        static void M(IovIter iter)
        {
            {{statements}}
        }
        """);

    private static Task VerifyAll(string members) => VerifyAsync("internal partial class C {" + members + "\n}\n" + Callees);
}
