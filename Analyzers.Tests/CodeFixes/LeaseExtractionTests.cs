using BufferLifetime.CodeFixes.Direction;
using Xunit;
using Fix = BufferLifetime.Analyzers.Tests.CodeFixes.FixCode<BufferLifetime.CodeFixes.Direction.PinnedExtractionFix>;

namespace BufferLifetime.Analyzers.Tests.CodeFixes;

/// <summary>Where pages are walked only to make vectors of them, a lease can take their place.</summary>
public sealed class LeaseExtractionTests
{
    private const string Walk = """
                int count = 0, left = bytes, skip = offset0;
                while (left > 0)
                {
                    int length = Math.Min(IovIter.PageSize - skip, left);
                    vectors[count] = new IoVector(pages[count].DangerousAddress + skip, length);
                    left -= length;
                    skip = 0;
                    count++;
                }
        """;

    [Fact]
    public Task Page_array_loop_vectors_and_release_become_a_lease() =>
        VerifyAsync(
            $$"""
                static int ReadRecord(Memory<byte>[] parts)
                {
                    var iter = IovIter.Iovec(parts, TransferDirection.Destination); // the file's bytes are written into parts
                    Span<PageFragment> pages = stackalloc PageFragment[64];
                    int bytes = iter.{|BUF1101:{|BUF1102:GetPages|}|}(pages, maxBytes: 256 * 1024, out int offset0);
                    if (bytes <= 0)
                        return bytes;

                    Span<IoVector> vectors = stackalloc IoVector[64];
            {{Walk}}
                    int read = Any.Transfer(vectors[..count]);
                    if (read < 0)
                        return read;
                    PageFragments.Put(pages[..count]);
                    return read;
                }
            """,
            """
                static int ReadRecord(Memory<byte>[] parts)
                {
                    var iter = IovIter.Iovec(parts, TransferDirection.Destination); // the file's bytes are written into parts
                    using PageLease pages = iter.ExtractPages(maxBytes: 256 * 1024);
                    if (pages.IsEmpty)
                        return 0;

                    int read = Any.Transfer(pages.IoVectors);
                    if (read < 0)
                        return read;
                    return read;
                }
            """);

    [Fact]
    public Task Bytes_that_were_taken_are_those_of_the_lease() =>
        VerifyAsync(
            $$"""
                static long WriteRecord(IovIter iter)
                {
                    // One more than pages.
                    Span<IoVector> vectors = stackalloc IoVector[65];
                    long total = 0;
                    while (!iter.IsEmpty)
                    {
                        int bytes = iter.{|BUF1102:GetPagesAlloc|}(out PageFragment[] pages, 4096, out int offset0);
                        if (bytes <= 0)
                            break;

            {{Walk}}

                        // Once.
                        long written = Any.Transfer(vectors.Slice(0, count));
                        PageFragments.PutPages(pages);
                        iter.Revert(bytes - written);
                        total += written;
                    }

                    return total;
                }
            """,
            """
                static long WriteRecord(IovIter iter)
                {
                    long total = 0;
                    while (!iter.IsEmpty)
                    {
                        // One more than pages.
                        using PageLease pages = iter.ExtractPages(4096);
                        if (pages.IsEmpty)
                            break;

                        // Once.
                        long written = Any.Transfer(pages.IoVectors);
                        iter.Revert(pages.Bytes - written);
                        total += written;
                    }

                    return total;
                }
            """);

    [Fact]
    public Task Bytes_that_must_be_as_narrow_as_they_were_stay_so() =>
        VerifyAsync(
            $$"""
                static int M(IovIter iter)
                {
                    Span<PageFragment> pages = stackalloc PageFragment[64];
                    Span<IoVector> vectors = stackalloc IoVector[64];
                    int bytes = iter.{|BUF1102:GetPages|}(pages, 4096, out int offset0);
            {{Walk}}
                    int rest = bytes - Any.Transfer(vectors[..count]);
                    PageFragments.Put(pages);
                    return rest;
                }
            """,
            """
                static int M(IovIter iter)
                {
                    using PageLease pages = iter.ExtractPages(4096);
                    int rest = (int)pages.Bytes - Any.Transfer(pages.IoVectors);
                    return rest;
                }
            """);

    [Theory]
    [InlineData("int n = Any.Transfer(vectors[..count]) + Any.Transfer(vectors[..count]);")]
    [InlineData("int n = Any.Transfer(vectors[..count]) + count;")]
    [InlineData("int n = Any.Transfer(vectors[1..count]);")]
    [InlineData("int n = Any.Transfer(vectors[..count]) + pages[0].Length;")]
    [InlineData("int n = Any.Transfer(vectors[..count]) + offset0;")]
    [InlineData("vectors[0] = default; int n = Any.Transfer(vectors[..count]);")]
    [InlineData("var n = vectors[..count].Length;")]
    public Task Anything_else_that_is_done_with_them_needs_them(string use)
    {
        string source = $$"""
                static int M(IovIter iter)
                {
                    Span<PageFragment> pages = stackalloc PageFragment[64];
                    Span<IoVector> vectors = stackalloc IoVector[64];
                    int bytes = iter.{|BUF1102:GetPages|}(pages, 4096, out int offset0);
            {{Walk}}
                    {{use}}
                    PageFragments.Put(pages);
                    return n;
                }
            """;
        return VerifyAsync(source, source);
    }

    [Theory]
    [InlineData("left -= length;", "left -= length + 1;")]
    [InlineData("skip = 0;", "skip = 1;")]
    [InlineData("PageSize - skip", "PageSize * 2 - skip")]
    [InlineData("+ skip, length", "+ skip, length + 1")]
    [InlineData("count++;", "count++; if (count == 3) break;")]
    [InlineData("int count = 0", "int count = 1")]
    public Task Loop_that_does_anything_else_stays(string part, string other)
    {
        string source = $$"""
                static int M(IovIter iter)
                {
                    Span<PageFragment> pages = stackalloc PageFragment[64];
                    Span<IoVector> vectors = stackalloc IoVector[64];
                    int bytes = iter.{|BUF1102:GetPages|}(pages, 4096, out int offset0);
            {{Walk.Replace(part, other, StringComparison.Ordinal)}}
                    int n = Any.Transfer(vectors[..count]);
                    PageFragments.Put(pages);
                    return n;
                }
            """;
        return VerifyAsync(source, source);
    }

    private static Task VerifyAsync(string source, string repaired) => Fix.VerifyMembersAsync(source, repaired, PinnedExtractionFix.LeaseKey);
}
