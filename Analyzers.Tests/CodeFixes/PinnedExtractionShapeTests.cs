using Microsoft.CodeAnalysis;
using Xunit;
using Fix = BufferLifetime.Analyzers.Tests.CodeFixes.FixCode<BufferLifetime.CodeFixes.Direction.PinnedExtractionFix>;

namespace BufferLifetime.Analyzers.Tests.CodeFixes;

/// <summary>The same repair wherever the code stands and however it is laid out.</summary>
public sealed class PinnedExtractionShapeTests
{
    private const string Legacy = """
        using System;
        using BufferLifetime;

        internal partial class C
        {
            static int M(IovIter iter)
            {
                Span<PageFragment> pages = stackalloc PageFragment[16];
                int bytes = iter.{|BUF1102:GetPages|}(pages, 4096, out int offset);
                if (bytes <= 0)
                    return bytes;

                int sent = Any.Transfer(pages[0].DangerousAddress + offset, bytes);
                PageFragments.PutPages(pages);
                return sent;
            }
        }
        """;

    private const string Repaired = """
        using System;
        using BufferLifetime;

        internal partial class C
        {
            static int M(IovIter iter)
            {
                Span<PageFragment> pages = stackalloc PageFragment[16];
                int bytes = iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out int offset);
                if (bytes <= 0)
                    return bytes;

                try
                {
                    int sent = Any.Transfer(pages[0].Address + offset, bytes);
                    return sent;
                }
                finally
                {
                    PageFragments.Release(pages);
                }
            }
        }
        """;

    [Fact]
    public Task Line_ends_stay_what_they_are() =>
        Fix.VerifyAsync(Legacy.Replace("\n", "\r\n", StringComparison.Ordinal), Repaired.Replace("\n", "\r\n", StringComparison.Ordinal));

    [Fact]
    public Task Tabs_and_braces_are_those_of_the_configuration()
    {
        Fix.FixTest test = Fix.Test(Tabs(Legacy), Tabs(Repaired)
            .Replace("try\n\t\t{", "try {", StringComparison.Ordinal)
            .Replace("}\n\t\tfinally\n\t\t{", "} finally {", StringComparison.Ordinal));
        const string Configuration = """
            root = true
            [*.cs]
            indent_style = tab
            tab_width = 4
            csharp_new_line_before_open_brace = none
            csharp_new_line_before_finally = false
            """;
        test.TestState.AnalyzerConfigFiles.Add(("/.editorconfig", Configuration));
        return test.RunAsync();

        static string Tabs(string text) => text.Replace("    ", "\t", StringComparison.Ordinal);
    }

    [Fact]
    public Task Layout_of_the_moved_statements_stays_as_it_is() =>
        Fix.VerifyStatementsAsync(
            """
            Span<PageFragment> pages = stackalloc PageFragment[16];
            int bytes = iter.{|BUF1102:GetPages|}(pages, 4096, out int offset);
            string text = @"
            as it is";
            int sent = Any.Transfer(
                pages[0].DangerousAddress
                    + offset,
                bytes);  /* twice */

            /* Not
               yet. */
            PageFragments.PutPages(pages);
            return sent + text.Length;
            """,
            """
            Span<PageFragment> pages = stackalloc PageFragment[16];
            int bytes = iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out int offset);
            try
            {
                string text = @"
            as it is";
                int sent = Any.Transfer(
                    pages[0].Address
                        + offset,
                    bytes);  /* twice */

                return sent + text.Length;
            }
            finally
            {
                /* Not
                   yet. */
                PageFragments.Release(pages);
            }
            """);

    [Fact]
    public Task Names_are_qualified_where_the_namespace_is_not_imported()
    {
        Fix.FixTest test = Fix.Test(Qualified(Legacy), Qualified(Repaired)
            .Replace("ExtractFlags.", "BufferLifetime.ExtractFlags.", StringComparison.Ordinal)
            .Replace(" PageFragments.", " BufferLifetime.PageFragments.", StringComparison.Ordinal));
        test.TestState.Sources.RemoveAt(1);
        test.FixedState.Sources.RemoveAt(1);
        return test.RunAsync();

        static string Qualified(string text) => text
            .Replace("using BufferLifetime;\n", "", StringComparison.Ordinal)
            .Replace("IovIter iter", "BufferLifetime.IovIter iter", StringComparison.Ordinal)
            .Replace("<PageFragment>", "<BufferLifetime.PageFragment>", StringComparison.Ordinal)
            .Replace(" PageFragment[", " BufferLifetime.PageFragment[", StringComparison.Ordinal)
            .Replace(" PageFragments.Put", " BufferLifetime.PageFragments.Put", StringComparison.Ordinal)
            .Replace("Any.Transfer", "(int)Math.BigMul", StringComparison.Ordinal)
            .Replace(".DangerousAddress +", ".DangerousAddress.GetHashCode() +", StringComparison.Ordinal)
            .Replace(".Address +", ".Address.GetHashCode() +", StringComparison.Ordinal);
    }

    [Fact]
    public Task Switch_section_is_a_block_like_any_other() =>
        Fix.VerifyMembersAsync(
            """
                static int M(IovIter iter, int kind)
                {
                    Span<PageFragment> pages = stackalloc PageFragment[16];
                    switch (kind)
                    {
                        case 1:
                            int bytes = iter.{|BUF1102:GetPages|}(pages, 4096, out int offset);
                            if (bytes <= 0)
                                break;
                            Any.Transfer(pages[0].DangerousAddress + offset, bytes);
                            PageFragments.Put(pages);
                            break;
                    }

                    return 0;
                }
            """,
            """
                static int M(IovIter iter, int kind)
                {
                    Span<PageFragment> pages = stackalloc PageFragment[16];
                    switch (kind)
                    {
                        case 1:
                            int bytes = iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out int offset);
                            if (bytes <= 0)
                                break;
                            try
                            {
                                Any.Transfer(pages[0].Address + offset, bytes);
                            }
                            finally
                            {
                                PageFragments.Release(pages);
                            }

                            break;
                    }

                    return 0;
                }
            """);

    [Fact]
    public Task Top_level_statements_are_repaired()
    {
        Fix.FixTest test = Fix.Test(
            """
            IovIter iter = IovIter.Ubuf(new byte[1]);
            int bytes = iter.{|BUF1102:GetPagesAlloc|}(out PageFragment[] pages, 4096, out int offset);
            if (bytes <= 0)
                return;

            Any.Transfer(pages[0].DangerousAddress + offset, bytes);
            PageFragments.PutPages(pages);
            Console.WriteLine(bytes);

            internal sealed class D;
            """,
            """
            IovIter iter = IovIter.Ubuf(new byte[1]);
            var pages = new PageFragment[iter.PageCount(int.MaxValue)];
            int bytes = iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out int offset);
            if (bytes <= 0)
                return;

            try
            {
                Any.Transfer(pages[0].Address + offset, bytes);
            }
            finally
            {
                PageFragments.Release(pages);
            }

            Console.WriteLine(bytes);

            internal sealed class D;
            """);
        test.TestState.OutputKind = OutputKind.ConsoleApplication;
        return test.RunAsync();
    }

    [Fact]
    public Task Lambdas_local_functions_and_accessors_are_repaired() =>
        Fix.VerifyMembersAsync(
            """
                int P
                {
                    get
                    {
                        IovIter iter = default;
                        Span<PageFragment> pages = stackalloc PageFragment[16];
                        int bytes = iter.{|BUF1102:GetPages|}(pages, 4096, out int offset);
                        Any.Transfer(pages[0].DangerousAddress + offset, bytes);
                        PageFragments.Put(pages);
                        return bytes;
                    }
                }

                static Func<IovIter, int> F() => iter =>
                {
                    Span<PageFragment> pages = stackalloc PageFragment[16];
                    int bytes = iter.{|BUF1102:GetPages|}(pages, 4096, out int offset);
                    Any.Transfer(pages[0].DangerousAddress + offset, bytes);
                    PageFragments.Put(pages);
                    return bytes;
                };

                static int G()
                {
                    return Local(default);

                    static int Local(IovIter iter)
                    {
                        Span<PageFragment> pages = stackalloc PageFragment[16];
                        int bytes = iter.{|BUF1102:GetPages|}(pages, 4096, out int offset);
                        Any.Transfer(pages[0].DangerousAddress + offset, bytes);
                        PageFragments.Put(pages);
                        return bytes;
                    }
                }
            """,
            """
                int P
                {
                    get
                    {
                        IovIter iter = default;
                        Span<PageFragment> pages = stackalloc PageFragment[16];
                        int bytes = iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out int offset);
                        try
                        {
                            Any.Transfer(pages[0].Address + offset, bytes);
                        }
                        finally
                        {
                            PageFragments.Release(pages);
                        }

                        return bytes;
                    }
                }

                static Func<IovIter, int> F() => iter =>
                {
                    Span<PageFragment> pages = stackalloc PageFragment[16];
                    int bytes = iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out int offset);
                    try
                    {
                        Any.Transfer(pages[0].Address + offset, bytes);
                    }
                    finally
                    {
                        PageFragments.Release(pages);
                    }

                    return bytes;
                };

                static int G()
                {
                    return Local(default);

                    static int Local(IovIter iter)
                    {
                        Span<PageFragment> pages = stackalloc PageFragment[16];
                        int bytes = iter.ExtractPages(pages, 4096, ExtractFlags.PerPage, out int offset);
                        try
                        {
                            Any.Transfer(pages[0].Address + offset, bytes);
                        }
                        finally
                        {
                            PageFragments.Release(pages);
                        }

                        return bytes;
                    }
                }
            """);

    [Fact]
    public Task All_documents_of_all_projects_are_repaired_at_once()
    {
        Fix.FixTest test = Fix.Test(Legacy, Repaired);
        test.TestState.Sources.Add(Legacy.Replace(" M(", " N(", StringComparison.Ordinal));
        test.FixedState.Sources.Add(Repaired.Replace(" M(", " N(", StringComparison.Ordinal));
        const string Any = "internal static class Any { public static int Transfer(nint address, int length) => length; }";
        test.TestState.AdditionalProjects["Other"].Sources.Add(Legacy);
        test.TestState.AdditionalProjects["Other"].Sources.Add(Any);
        test.FixedState.AdditionalProjects["Other"].Sources.Add(Repaired);
        test.FixedState.AdditionalProjects["Other"].Sources.Add(Any);
        return test.RunAsync();
    }

    [Fact]
    public Task Generated_documents_are_left_alone()
    {
        Fix.FixTest test = Fix.Test(Legacy, Repaired);
        string generated = "// <auto-generated/>\n" + Legacy.Replace(" M(", " N(", StringComparison.Ordinal).Replace("{|BUF1102:GetPages|}", "GetPages", StringComparison.Ordinal);
        test.TestState.Sources.Add(("/0/C.g.cs", generated));
        test.FixedState.Sources.Add(("/0/C.g.cs", generated));
        return test.RunAsync();
    }
}
