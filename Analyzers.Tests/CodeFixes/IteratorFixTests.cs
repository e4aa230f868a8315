using BufferLifetime.CodeFixes.Modes;
using Xunit;
using Escape = BufferLifetime.Analyzers.Tests.CodeFixes.FixCode<BufferLifetime.CodeFixes.Suspension.EscapesCallFix>;
using Retry = BufferLifetime.Analyzers.Tests.CodeFixes.FixCode<BufferLifetime.CodeFixes.Suspension.ConsumedReusedFix>;
using Wrong = BufferLifetime.Analyzers.Tests.CodeFixes.FixCode<BufferLifetime.CodeFixes.Modes.WrongIteratorFix>;

namespace BufferLifetime.Analyzers.Tests.CodeFixes;

/// <summary>BUF1005, BUF1202 and BUF1206: the right iterator is asked, a stable one is handed on, and a retry begins at the beginning.</summary>
public sealed class IteratorFixTests
{
    [Theory]
    [InlineData("return kept.Iter.{|BUF1005:ExtractWillPin|} ? 1 : 0;", "return kept.Mode == ExtractMode.Pin ? 1 : 0;")]
    [InlineData("if (!kept.Iter.{|BUF1005:ExtractWillPin|}) return 1; return 0;", "if (kept.Mode != ExtractMode.Pin) return 1; return 0;")]
    [InlineData("bool pinned = /* is it? */ kept.Iter.{|BUF1005:ExtractWillPin|}; return pinned ? 1 : 0;", "bool pinned = /* is it? */ kept.Mode == ExtractMode.Pin; return pinned ? 1 : 0;")]
    [InlineData("return kept.Iter.{|BUF1005:ExtractMode|}() == ExtractMode.Pin ? 1 : 0;", "return kept.Mode == ExtractMode.Pin ? 1 : 0;")]
    [InlineData("IovIter converted = kept.Iter; return converted.{|BUF1005:ExtractWillPin|} ? 1 : 0;", "IovIter converted = kept.Iter; return kept.Mode == ExtractMode.Pin ? 1 : 0;")]
    public Task Conversion_is_asked_for_the_mode(string question, string answer) =>
        Wrong.VerifyStatementsAsync("using ExtractedIter kept = iter.ExtractToBvec();\n" + question, "using ExtractedIter kept = iter.ExtractToBvec();\n" + answer);

    [Fact]
    public Task Source_is_asked_for_the_mode() =>
        Wrong.VerifyStatementsAsync(
            """
            using ExtractedIter kept = iter.ExtractToBvec();
            return kept.Iter.{|BUF1005:ExtractWillPin|} ? 1 : 0;
            """,
            """
            using ExtractedIter kept = iter.ExtractToBvec();
            return iter.ExtractWillPin ? 1 : 0;
            """,
            WrongIteratorFix.SourceKey);

    [Fact]
    public Task Source_that_is_another_by_now_is_not_asked()
    {
        const string Source = """
                static bool M(IovIter iter, IovIter other)
                {
                    using ExtractedIter kept = iter.ExtractToBvec();
                    iter = other;
                    return kept.Iter.{|BUF1005:ExtractWillPin|};
                }
            """;
        return Wrong.VerifyMembersAsync(Source, Source, WrongIteratorFix.SourceKey);
    }

    [Fact]
    public Task Result_of_the_extraction_is_asked_when_the_iterator_is_another() =>
        Wrong.VerifyMembersAsync(
            """
                static void M(Memory<byte> first, Memory<byte> second)
                {
                    var iter = IovIter.Ubuf(first, TransferDirection.Destination);
                    Span<PageFragment> pages = stackalloc PageFragment[4];
                    ExtractResult taken = iter.ExtractPages(pages, 4096);
                    iter = IovIter.Ubuf(second, TransferDirection.Destination);
                    if (iter.{|BUF1005:ExtractWillPin|})
                        PageFragments.Unpin(pages[..taken.Fragments]);
                    else
                        PageFragments.Release(pages[..taken.Fragments]);
                }
            """,
            """
                static void M(Memory<byte> first, Memory<byte> second)
                {
                    var iter = IovIter.Ubuf(first, TransferDirection.Destination);
                    Span<PageFragment> pages = stackalloc PageFragment[4];
                    ExtractResult taken = iter.ExtractPages(pages, 4096);
                    iter = IovIter.Ubuf(second, TransferDirection.Destination);
                    if (taken.Mode == ExtractMode.Pin)
                        PageFragments.Unpin(pages[..taken.Fragments]);
                    else
                        PageFragments.Release(pages[..taken.Fragments]);
                }
            """);

    [Fact]
    public Task Mode_that_nobody_remembers_is_left_alone()
    {
        const string Source = """
                static void M(Memory<byte> first, Memory<byte> second)
                {
                    var iter = IovIter.Ubuf(first, TransferDirection.Destination);
                    Span<PageFragment> pages = stackalloc PageFragment[4];
                    int bytes = iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out int offset);
                    iter = IovIter.Ubuf(second, TransferDirection.Destination);
                    if (iter.{|BUF1005:ExtractWillPin|})
                        PageFragments.Unpin(pages);
                    else
                        PageFragments.Release(pages);
                }
            """;
        return Wrong.VerifyMembersAsync(Source, Source);
    }

    [Fact]
    public Task Work_for_later_gets_pages_that_are_held_until_it_is_done() =>
        Escape.VerifyMembersAsync(
            """
                static void M(IovIter iter)
                {
                    Console.WriteLine("Begins.");

                    // In the background.
                    _ = Task.{|BUF1202:Run|}(() => Any.Length(iter));
                }
            """,
            """
                static void M(IovIter iter)
                {
                    Console.WriteLine("Begins.");

                    ExtractedIter kept = iter.ExtractToBvec();
                    // In the background.
                    _ = Task.Run(() =>
                    {
                        using ExtractedIter held = kept;
                        return Any.Length(held.Iter);
                    });
                }
            """);

    [Fact]
    public Task Work_with_a_body_gets_pages_that_are_held_until_it_is_done() =>
        Escape.VerifyMembersAsync(
            """
                static void M(IovIter iter)
                {
                    ThreadPool.{|BUF1202:QueueUserWorkItem|}(_ =>
                    {
                        Console.WriteLine(Any.Length(iter));
                        Console.WriteLine(iter.Count);
                    });
                }
            """,
            """
                static void M(IovIter iter)
                {
                    ExtractedIter kept = iter.ExtractToBvec();
                    ThreadPool.QueueUserWorkItem(_ =>
                    {
                        using ExtractedIter held = kept;
                        Console.WriteLine(Any.Length(held.Iter));
                        Console.WriteLine(held.Iter.Count);
                    });
                }
            """);

    [Theory]
    // Nobody knows who gives back what a field or a queue keeps.
    [InlineData("private IovIter _iter; void M(IovIter iter) { _iter = {|BUF1202:iter|}; }")]
    [InlineData("private readonly Queue<IovIter> _queue = new(); void M(IovIter iter) { _queue.{|BUF1202:Enqueue|}(iter); }")]
    // An event is raised as often as it is.
    [InlineData("private event EventHandler? Closed; void M(IovIter iter) { Closed += {|BUF1202:(_, _) => Any.Length(iter)|}; Closed?.Invoke(this, EventArgs.Empty); }")]
    // The conversion takes all that is left, and the rest of the method wants it, too.
    [InlineData("void M(IovIter iter) { _ = Task.{|BUF1202:Run|}(() => Any.Length(iter)); Any.Length(iter); }")]
    // What advances an iterator needs a variable.
    [InlineData("void M(IovIter iter) { _ = Task.{|BUF1202:Run|}(() => iter.Advance(1)); }")]
    // The second round would find nothing left.
    [InlineData("void M(IovIter iter) { for (int i = 0; i < 2; i++) { _ = Task.{|BUF1202:Run|}(() => Any.Length(iter)); } }")]
    public Task Iterator_that_nobody_would_give_back_is_left_alone(string members) => Escape.VerifyMembersAsync(members, members);

    private const string Link = """
            private static class Link
            {
                public static int Write(ref IovIter iter) => (int)iter.Count;
                public static bool TrySend(ref IovIter iter) => iter.IsEmpty;
            }

        """;

    [Fact]
    public Task Round_of_a_retry_begins_at_the_saved_position() =>
        Retry.VerifyMembersAsync(
            Link +
            """
                static void M(IovIter iter)
                {
                    Console.WriteLine("Begins.");

                    // Until it works.
                    while (!Link.{|BUF1206:TrySend|}(ref iter))
                        Thread.Sleep(1);
                }
            """,
            Link +
            """
                static void M(IovIter iter)
                {
                    Console.WriteLine("Begins.");

                    IovIterState saved = iter.SaveState();
                    // Until it works.
                    while (!Link.TrySend(ref iter))
                    {
                        iter.Restore(saved);
                        Thread.Sleep(1);
                    }
                }
            """);

    [Fact]
    public Task Attempts_in_a_body_begin_at_the_saved_position() =>
        Retry.VerifyMembersAsync(
            Link +
            """
                static void M(IovIter iter)
                {
                    for (int i = 0; i < 3; i++)
                    {
                        // Again.
                        if (Link.{|BUF1206:TrySend|}(ref iter))
                            return;
                    }
                }
            """,
            Link +
            """
                static void M(IovIter iter)
                {
                    IovIterState saved = iter.SaveState();
                    for (int i = 0; i < 3; i++)
                    {
                        iter.Restore(saved);
                        // Again.
                        if (Link.TrySend(ref iter))
                            return;
                    }
                }
            """);

    [Fact]
    public Task Retry_by_a_jump_is_left_alone()
    {
        const string Source = Link + """
                static void M(IovIter iter)
                {
                again:
                    int n = Link.{|BUF1206:Write|}(ref iter);
                    if (n < 0)
                        goto again;
                }
            """;
        return Retry.VerifyMembersAsync(Source, Source);
    }
}
