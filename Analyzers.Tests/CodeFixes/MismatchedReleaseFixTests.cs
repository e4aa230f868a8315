using BufferLifetime.CodeFixes.Modes;
using Xunit;
using Fix = BufferLifetime.Analyzers.Tests.CodeFixes.FixCode<BufferLifetime.CodeFixes.Modes.MismatchedReleaseFix>;

namespace BufferLifetime.Analyzers.Tests.CodeFixes;

public sealed class MismatchedReleaseFixTests
{
    private const string Pinned = """
        Span<PageFragment> pages = stackalloc PageFragment[16];
        ExtractResult taken = iter.ExtractPages(pages, 4096);
        PageFragments.{|BUF1001:Put|}(pages[..taken.Fragments]); // all of them
        return 0;
        """;

    [Fact]
    public Task Pinned_pages_are_unpinned() =>
        Fix.VerifyMembersAsync(
            Member(Pinned), Member(Pinned.Replace("{|BUF1001:Put|}", "Unpin", StringComparison.Ordinal)), MismatchedReleaseFix.MatchingVerbKey);

    [Fact]
    public Task Pinned_pages_can_be_released_in_their_mode() =>
        Fix.VerifyMembersAsync(
            Member(Pinned), Member(Pinned.Replace("{|BUF1001:Put|}", "Release", StringComparison.Ordinal)), MismatchedReleaseFix.ReleaseKey);

    [Fact]
    public Task References_are_put() =>
        Fix.VerifyMembersAsync(
            """
                static void M(ReadOnlyMemory<byte> buffer)
                {
                    IovIter iter = IovIter.Ubuf(buffer);
                    Span<PageFragment> pages = stackalloc PageFragment[16];
                    iter.ExtractPages(pages, 4096, ExtractFlags.GetForSource);
                    PageFragments.{|BUF1001:Unpin|}(pages);
                }
            """,
            """
                static void M(ReadOnlyMemory<byte> buffer)
                {
                    IovIter iter = IovIter.Ubuf(buffer);
                    Span<PageFragment> pages = stackalloc PageFragment[16];
                    iter.ExtractPages(pages, 4096, ExtractFlags.GetForSource);
                    PageFragments.Put(pages);
                }
            """);

    [Fact]
    public Task Pages_that_were_never_held_are_released_in_their_mode() =>
        Fix.VerifyMembersAsync(
            """
                static void M(IoVector[] vectors)
                {
                    IovIter iter = IovIter.Kvec(vectors, TransferDirection.Source);
                    Span<PageFragment> pages = stackalloc PageFragment[16];
                    iter.ExtractPages(pages, 4096);
                    PageFragments.{|BUF1001:Unpin|}(pages);
                }
            """,
            """
                static void M(IoVector[] vectors)
                {
                    IovIter iter = IovIter.Kvec(vectors, TransferDirection.Source);
                    Span<PageFragment> pages = stackalloc PageFragment[16];
                    iter.ExtractPages(pages, 4096);
                    PageFragments.Release(pages);
                }
            """);

    [Fact]
    public Task Release_that_fits_one_path_only_follows_the_mode() =>
        Fix.VerifyMembersAsync(
            """
                static void M(Memory<byte> buffer, IoVector[] vectors, bool own)
                {
                    IovIter user = IovIter.Ubuf(buffer, TransferDirection.Source), stable = IovIter.Kvec(vectors, TransferDirection.Source);
                    Span<PageFragment> pages = stackalloc PageFragment[16];
                    if (own)
                        user.ExtractPages(pages, 4096);
                    else
                        stable.ExtractPages(pages, 4096);
                    PageFragments.{|BUF1001:Unpin|}(pages);
                }
            """,
            """
                static void M(Memory<byte> buffer, IoVector[] vectors, bool own)
                {
                    IovIter user = IovIter.Ubuf(buffer, TransferDirection.Source), stable = IovIter.Kvec(vectors, TransferDirection.Source);
                    Span<PageFragment> pages = stackalloc PageFragment[16];
                    if (own)
                        user.ExtractPages(pages, 4096);
                    else
                        stable.ExtractPages(pages, 4096);
                    PageFragments.Release(pages);
                }
            """);

    [Fact]
    public Task Every_project_of_a_solution_is_repaired_at_once()
    {
        Fix.FixTest test = Fix.Test(File("First", "{|BUF1001:Put|}"), File("First", "Unpin"));
        test.TestState.Sources.Add(File("Second", "{|BUF1001:Put|}"));
        test.FixedState.Sources.Add(File("Second", "Unpin"));
        test.TestState.AdditionalProjects["Other"].Sources.Add(File("Third", "{|BUF1001:PutPages|}"));
        test.FixedState.AdditionalProjects["Other"].Sources.Add(File("Third", "Unpin"));
        return test.RunAsync();

        static string File(string name, string verb) => $$"""
            using System;
            using BufferLifetime;

            static class {{name}}
            {
                static void M(IovIter iter)
                {
                    if (!iter.IsUserBacked)
                        return;
                    Span<PageFragment> pages = stackalloc PageFragment[16], more = stackalloc PageFragment[16];
                    iter.ExtractPages(pages, 4096);
                    iter.ExtractPages(more, 4096);
                    PageFragments.{{verb}}(pages);
                    PageFragments.{{verb}}(more);
                }
            }
            """;
    }

    private static string Member(string statements) => $$"""
            static int M(IovIter iter)
            {
                if (!iter.IsUserBacked)
                    return 0;

                {{statements.Replace("\n", "\n        ", StringComparison.Ordinal)}}
            }
        """;
}
