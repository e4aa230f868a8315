using Xunit;
using static BufferLifetime.Analyzers.Tests.Rules.RuleCode;

namespace BufferLifetime.Analyzers.Tests.Rules.Direction;

/// <summary>BUF1102: any call of the legacy page API, once for each pages taken.</summary>
public sealed class LegacyCallTests
{
    private static readonly string[] OfNoConcern = ["BUF1101", "BUF1002"];

    [Fact]
    public Task Getter_is_reported_and_its_putter_is_not() => VerifyMembersAsync(OfNoConcern, """

        static int M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            int bytes = iter.{|BUF1102:GetPages|}(pages, 4096, out int offset0);
            if (bytes > 0)
                PageFragments.Put(pages);
            return bytes;
        }
        """);

    [Fact]
    public Task Allocating_getter_is_reported_and_its_putter_is_not() => VerifyMembersAsync(OfNoConcern, """

        static int M(IovIter iter)
        {
            int bytes = iter.{|BUF1102:GetPagesAlloc|}(out PageFragment[] pages, 4096, out int offset0);
            if (bytes > 0)
                PageFragments.PutPages(pages);
            return bytes;
        }
        """);

    [Theory]
    [InlineData("Getter later = iter.{|BUF1102:GetPages|}; return later(pages, 4096, out _);")]
    [InlineData("return Run(iter.{|BUF1102:GetPages|}, pages);")]
    [InlineData("Getter? later = null; later += iter.{|BUF1102:GetPages|}; return later(pages, 4096, out _);")]
    [InlineData("var later = new Getter(iter.{|BUF1102:GetPages|}); return Run(later, pages);")]
    [InlineData("Putter later = PageFragments.{|BUF1102:PutPages|}; later(pages); return 0;")]
    public Task Delegate_of_the_legacy_api_is_reported_where_it_is_made(string statements) => VerifyMembersAsync($$"""

        private delegate int Getter(Span<PageFragment> pages, long maxBytes, out int offset0);
        private delegate void Putter(ReadOnlySpan<PageFragment> pages);
        static int Run(Getter getter, PageFragment[] pages) => getter(pages, 4096, out _);

        static int M(IovIter iter, PageFragment[] pages)
        {
            {{statements}}
        }
        """);

    [Theory]
    [InlineData("Func<long, ExtractFlags, PageLease> later = iter.ExtractPages; Any.Keep(later);")]
    [InlineData("Releaser later = PageFragments.Release; later(pages);")]
    [InlineData("Any.Keep(nameof(IovIter.GetPages) + nameof(PageFragments.PutPages));")]
    public Task Delegate_of_the_new_api_and_a_mere_name_are_silent(string statements) => VerifyMembersAsync($$"""

        private delegate void Releaser(ReadOnlySpan<PageFragment> pages);

        static void M(IovIter iter, PageFragment[] pages)
        {
            {{statements}}
        }
        """);

    [Fact]
    public Task Extraction_with_a_pin_is_silent() => VerifyMembersAsync("""

        static int M(IovIter iter)
        {
            Span<PageFragment> pages = stackalloc PageFragment[4];
            int bytes = iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out int offset0);
            if (bytes > 0)
                PageFragments.Release(pages);
            return bytes;
        }
        """);

    [Theory]
    [InlineData("PageFragments.{|BUF1102:PutPages|}(pages)")]
    [InlineData("PageFragments.{|BUF1102:Put|}(pages)")]
    [InlineData("pages[0].{|BUF1102:Put|}()")]
    public Task Putter_of_pages_from_elsewhere_is_reported(string put) => VerifyMembersAsync($$"""

        static void M(PageFragment[] pages)
        {
            {{put}};
        }
        """);

    [Theory]
    [InlineData("PageFragments.Release(pages)")]
    [InlineData("PageFragments.Unpin(pages)")]
    [InlineData("pages[0].Release()")]
    [InlineData("pages[0].Unpin()")]
    public Task Release_of_pages_from_elsewhere_by_another_verb_is_silent(string release) => VerifyMembersAsync($$"""

        static void M(PageFragment[] pages)
        {
            {{release}};
        }
        """);

    [Fact]
    public Task Putter_of_pages_asked_for_by_reference_is_silent() => VerifyMembersAsync("""

        static void M(ReadOnlyMemory<byte> buffer)
        {
            IovIter iter = IovIter.Ubuf(buffer);
            Span<PageFragment> pages = stackalloc PageFragment[4];
            int n = iter.ExtractPages(pages, 4096, ExtractFlags.GetForSource).Fragments;
            PageFragments.Put(pages[..n]);
        }
        """);

    [Fact]
    public Task Method_of_the_same_name_elsewhere_is_silent() => VerifyAsync("""
        struct OtherIter
        {
            public int GetPages(Span<PageFragment> pages, long maxBytes, out int offset0) => offset0 = 0;
            public int GetPagesAlloc(out PageFragment[] pages, long maxBytes, out int offset0)
            {
                pages = [];
                return offset0 = 0;
            }
        }

        class C
        {
            static int M(OtherIter iter)
            {
                Span<PageFragment> pages = stackalloc PageFragment[4];
                return iter.GetPages(pages, 4096, out _) + iter.GetPagesAlloc(out _, 4096, out _);
            }

            static void PutPages(PageFragment[] pages) => GC.KeepAlive(pages);

            static void N(PageFragment[] pages) => PutPages(pages);
        }
        """);

    [Fact]
    public Task Getter_in_every_kind_of_body_is_reported() => VerifyAsync("""
        class C
        {
            private static IovIter s_iter;
            private static PageFragment[]? s_pages;
            private static readonly int Initial = s_iter.{|BUF1102:GetPagesAlloc|}(out s_pages, 1, out _);

            static int Expression(IovIter iter) => iter.{|BUF1102:GetPagesAlloc|}(out s_pages, 1, out _);

            int Property => s_iter.{|BUF1102:GetPagesAlloc|}(out s_pages, 1, out _);

            C() => s_iter.{|BUF1102:GetPagesAlloc|}(out s_pages, 1, out _);

            static Func<int> Lambda() => () => s_iter.{|BUF1102:GetPagesAlloc|}(out s_pages, 1, out _);

            static IEnumerable<int> Iterator()
            {
                yield return s_iter.{|BUF1102:GetPagesAlloc|}(out s_pages, 1, out _);
            }

            static async Task<int> Async()
            {
                await Any.Pause();
                return s_iter.{|BUF1102:GetPagesAlloc|}(out s_pages, 1, out _);
            }

            static int Default(int bytes = 0) => bytes > 0 && s_iter.{|BUF1102:GetPagesAlloc|}(out s_pages, 1, out _) > 0 ? 1 : 0;

            static bool Filter()
            {
                try
                {
                    return Any.Chance();
                }
                catch (IOException) when (s_iter.{|BUF1102:GetPagesAlloc|}(out s_pages, 1, out _) > 0)
                {
                    return false;
                }
            }
        }
        """, ["BUF1002", "BUF1101"]);

    [Fact]
    public Task Getter_called_twice_is_reported_twice() => VerifyMembersAsync(OfNoConcern, """

        static int M(IovIter iter, Span<PageFragment> pages) =>
            iter.{|BUF1102:GetPages|}(pages, 4096, out _) + iter.{|BUF1102:GetPages|}(pages, 4096, out _);
        """);

    [Fact]
    public Task Name_of_the_getter_is_silent() => VerifyMembersAsync("""

        static string M() => nameof(IovIter.GetPages) + nameof(PageFragments.PutPages);
        """);

    [Fact]
    public Task Putter_as_an_extension_of_a_loop_body_is_reported_once() => VerifyMembersAsync("""

        static void M(PageFragment[] pages)
        {
            for (int i = 0; i < pages.Length; i++)
                pages[i].{|BUF1102:Put|}();
        }
        """);
}
