using BufferLifetime.Analyzers.Tests.Verification;
using Xunit;
using static BufferLifetime.Analyzers.Tests.Rules.RuleCode;
using VerifyCS = BufferLifetime.Analyzers.Tests.Verification.CSharpVerifier<BufferLifetime.Analyzers.BufferLifetimeAnalyzer>;

namespace BufferLifetime.Analyzers.Tests.Rules;

/// <summary>The stories that the library tells about itself, word for word: what is written, what is seen, and the repairs that are silent.</summary>
public sealed class StoryTests
{
    private const string Native = """

        static class Native
        {
            [System.Runtime.InteropServices.DllImport("libc")]
            private static extern unsafe nint preadv(int file, IoVector* vectors, int count, long position);

            public static unsafe int preadv(Microsoft.Win32.SafeHandles.SafeFileHandle file, ReadOnlySpan<IoVector> vectors, long position)
            {
                fixed (IoVector* first = vectors)
                    return (int)preadv((int)file.DangerousGetHandle(), first, vectors.Length, position);
            }
        }
        """;

    [Fact]
    public Task Legacy_record_reader_is_reported_as_told() => VerifyAsync("""
        using Microsoft.Win32.SafeHandles;
        static class Story {
        static unsafe int ReadRecord(SafeFileHandle file, Memory<byte>[] parts, long position)
        {
            var iter = {|#3:IovIter.Iovec|}(parts, TransferDirection.Destination);
            Span<PageFragment> pages = stackalloc PageFragment[64];
            int bytes = iter.{|#0:GetPages|}(pages, maxBytes: 256 * 1024, out int offset0);
            if (bytes <= 0)
                return bytes;

            Span<IoVector> vectors = stackalloc IoVector[64];
            int count = 0, left = bytes, skip = offset0;
            while (left > 0)
            {
                int length = Math.Min(IovIter.PageSize - skip, left);
                vectors[count] = new IoVector(pages[count].DangerousAddress + skip, length);
                left -= length; skip = 0; count++;
            }
            int read = Native.preadv(file, vectors[..count], position);
            if (read < 0)
                {|#1:return read;|}
            PageFragments.Put(pages[..count]);
            return read;
        }
        }
        """ + Native,
        VerifyCS.Diagnostic("BUF1102").WithLocation(0)
            .WithMessage("'GetPages' is the legacy page API: it holds pages by reference, which does not keep their bytes in place. Extract with a pin (ExtractPages)."),
        VerifyCS.Diagnostic("BUF1101").WithLocation(0).WithOptions(DiagnosticOptions.IgnoreAdditionalLocations)
            .WithMessage("'pages' is held by reference only, but the transfer is into memory: the garbage collector may move the buffer while it is written. Extract with a pin (ExtractPages)."),
        VerifyCS.Diagnostic("BUF1002").WithLocation(1).WithLocation(0)
            .WithMessage("'pages', taken at line 7, is not released when this return is reached. Release it in a 'finally', or hold it with 'using'."));

    [Fact]
    public Task Legacy_record_reader_in_its_mechanical_repair_is_silent() => VerifyAsync("""
        using Microsoft.Win32.SafeHandles;
        static class Story {
        static unsafe int ReadRecord(SafeFileHandle file, Memory<byte>[] parts, long position)
        {
            var iter = IovIter.Iovec(parts, TransferDirection.Destination);
            Span<PageFragment> pages = stackalloc PageFragment[64];
            int bytes = iter.ExtractPages(pages, maxBytes: 256 * 1024, ExtractFlags.PerPage, out int offset0);
            if (bytes <= 0)
                return bytes;

            int count = 0;
            try
            {
                Span<IoVector> vectors = stackalloc IoVector[64];
                int left = bytes, skip = offset0;
                while (left > 0)
                {
                    int length = Math.Min(IovIter.PageSize - skip, left);
                    vectors[count] = new IoVector(pages[count].Address + skip, length);
                    left -= length; skip = 0; count++;
                }
                int read = Native.preadv(file, vectors[..count], position);
                if (read < 0)
                    return read;
                return read;
            }
            finally
            {
                PageFragments.Release(pages[..count]);
            }
        }
        }
        """ + Native);

    [Fact]
    public Task Legacy_record_reader_in_its_modern_repair_is_silent() => VerifyAsync("""
        using Microsoft.Win32.SafeHandles;
        static class Story {
        static unsafe int ReadRecord(SafeFileHandle file, Memory<byte>[] parts, long position)
        {
            var iter = IovIter.Iovec(parts, TransferDirection.Destination);
            using PageLease pages = iter.ExtractPages(maxBytes: 256 * 1024);       // pinned, released when the scope ends
            return pages.IsEmpty ? 0 : Native.preadv(file, pages.IoVectors, position);
        }
        }
        """ + Native);

    private const string Ring = """

        sealed class Ring
        {
            public ValueTask<int> SendAsync(IovIter data, CancellationToken cancel) => new(0);
        }
        """;

    [Fact]
    public Task Iterator_that_outlives_its_call_is_reported_as_told() => VerifyAsync("""
        class Story { readonly SemaphoreSlim _window = new(1); readonly Ring _ring = new();
        async ValueTask<int> SendAsync(IovIter {|#1:data|}, CancellationToken cancel)     // data may describe the caller's memory
        {
            {|#2:await _window.WaitAsync(cancel)|};
            return await _ring.SendAsync({|#0:data|}, cancel);
        }
        }
        """ + Ring,
        VerifyCS.Diagnostic("BUF1201").WithLocation(0).WithLocation(1).WithLocation(2)
            .WithMessage("'data' describes its caller's memory and is used after the await at line 4, when that memory may have been moved or reused. Convert it before the first await (ExtractToBvec)."));

    [Fact]
    public Task Iterator_that_was_converted_before_the_await_is_silent() => VerifyAsync("""
        class Story { readonly SemaphoreSlim _window = new(1); readonly Ring _ring = new();
        async ValueTask<int> SendAsync(IovIter data, CancellationToken cancel)
        {
            using ExtractedIter kept = data.ExtractToBvec();                        // pins what the GC could move; knows how to undo it
            await _window.WaitAsync(cancel);
            return await _ring.SendAsync(kept.Iter, cancel);                        // released only after the operation has completed
        }
        }
        """ + Ring);

    [Fact]
    public Task Iterators_that_are_right_in_the_story_are_silent() => VerifyAsync("""
        class Story { readonly SemaphoreSlim _window = new(1); readonly Ring _ring = new();
        async ValueTask<int> Stable(BvecEntry[] entries, CancellationToken cancel)
        {
            IovIter data = IovIter.Bvec(entries, TransferDirection.Source);
            await _window.WaitAsync(cancel);
            return await _ring.SendAsync(data, cancel);
        }
        async ValueTask<int> NotUsed(IovIter data, CancellationToken cancel)
        {
            int sent = await _ring.SendAsync(data, cancel);
            await _window.WaitAsync(cancel);
            return sent;
        }
        async ValueTask<int> MadeAgain(ReadOnlyMemory<byte> memory, CancellationToken cancel)
        {
            IovIter data = IovIter.Ubuf(memory);
            int sent = await _ring.SendAsync(data, cancel);
            data = IovIter.Ubuf(memory[sent..]);
            return sent + await _ring.SendAsync(data, cancel);
        }
        async ValueTask<int> Guarded(IovIter data, CancellationToken cancel)
        {
            await _window.WaitAsync(cancel);
            if (!data.IsUserBacked)
                return await _ring.SendAsync(data, cancel);
            return 0;
        }
        }
        """ + Ring);
}
