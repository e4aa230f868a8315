using System.Security.Cryptography;
using BufferLifetime;
using Microsoft.Win32.SafeHandles;

namespace LegacyCopy;

/// <summary>
/// Copies a file through scattered buffers: a record is read into all of them by vectored reads and written from all of them by
/// vectored writes. What is left after the last whole record, the tail, goes through one buffer of its own.
/// </summary>
internal sealed class VectoredCopy(SafeFileHandle source, SafeFileHandle target)
{
    private const int MaxPages = 64;
    private const int MaxBytes = MaxPages * IovIter.PageSize;

    // Odd on purpose: no buffer starts or ends where a page does.
    private static readonly int[] PartSizes = [4093, 65521, 131101, 8191, 98317, 16381, 262147, 32771, 1021, 196613];

    private readonly SemaphoreSlim _readsInFlight = new(2);

    public static int RecordSize => PartSizes.Sum();

    public void Run()
    {
        Memory<byte>[] parts = NewParts();
        long length = RandomAccess.GetLength(source);
        long position = 0;
        for (; length - position >= RecordSize; position += RecordSize)
        {
            long read = SystemCallException.Check("preadv", ReadRecord(parts, position));
            if (read != RecordSize)
                throw new EndOfStreamException($"The source ended at byte {position + read} while it was copied.");

            SystemCallException.Check("pwritev", WriteRecord(parts, position));
        }

        var tail = new byte[length - position];
        RandomAccess.Read(source, tail, position);
        SystemCallException.Check("pwritev", WriteTail(tail, position));
    }

    /// <summary>The SHA-256 checksum of a file, read back through scattered buffers.</summary>
    public async Task<string> ChecksumAsync(SafeFileHandle file)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Memory<byte>[] parts = NewParts();
        for (long position = 0; ;)
        {
            long read = SystemCallException.Check("preadv", await ReadBackAsync(file, parts, position));
            if (read == 0)
                return Convert.ToHexStringLower(hash.GetHashAndReset());

            position += read;
            foreach (Memory<byte> part in parts)
            {
                int used = (int)Math.Min(part.Length, read);
                hash.AppendData(part.Span[..used]);
                read -= used;
            }
        }
    }

    private static Memory<byte>[] NewParts() => [.. PartSizes.Select(size => new byte[size].AsMemory())];

    private long ReadRecord(Memory<byte>[] parts, long position)
    {
        var iter = IovIter.Iovec(parts, TransferDirection.Destination);
        Span<PageFragment> pages = stackalloc PageFragment[MaxPages];
        Span<IoVector> vectors = stackalloc IoVector[MaxPages];
        long total = 0;
        while (!iter.IsEmpty)
        {
            // One call covers one buffer at most, and 64 of its pages.
            int bytes = iter.ExtractPages(pages, maxBytes: MaxBytes, ExtractFlags.PerPage, out int offset0);
            if (bytes <= 0)
                break;

            try
            {
                int count = 0, left = bytes, skip = offset0;
                while (left > 0)
                {
                    int size = Math.Min(IovIter.PageSize - skip, left);
                    vectors[count] = new IoVector(pages[count].Address + skip, size);
                    left -= size;
                    skip = 0;
                    count++;
                }

                long read = Native.Read(source, vectors[..count], position + total);
                if (read < 0)
                    return read;

                total += read;
                if (read < bytes)
                    break;
            }
            finally
            {
                PageFragments.Release(pages);
            }
        }

        return total;
    }

    private long WriteRecord(Memory<byte>[] parts, long position)
    {
        var iter = IovIter.Iovec(parts, TransferDirection.Source);
        // Bytes that start inside a page lie in one page more.
        Span<IoVector> vectors = stackalloc IoVector[MaxPages + 1];
        long total = 0;
        while (!iter.IsEmpty)
        {
            var pages = new PageFragment[iter.PageCount(int.MaxValue)];
            int bytes = iter.ExtractPages(pages, maxBytes: MaxBytes, ExtractFlags.PerPage, out int offset0);
            if (bytes <= 0)
                break;

            try
            {
                int count = 0, left = bytes, skip = offset0;
                while (left > 0)
                {
                    int size = Math.Min(IovIter.PageSize - skip, left);
                    vectors[count] = new IoVector(pages[count].Address + skip, size);
                    left -= size;
                    skip = 0;
                    count++;
                }

                long written = Native.Write(target, vectors[..count], position + total);
                if (written < 0)
                    return written;

                // What was not written is extracted again.
                iter.Revert(bytes - written);
                total += written;
            }
            finally
            {
                PageFragments.Release(pages);
            }
        }

        return total;
    }

    private long WriteTail(byte[] tail, long position)
    {
        var iter = IovIter.Ubuf(tail);
        Span<PageFragment> pages = stackalloc PageFragment[1];
        Span<IoVector> vectors = stackalloc IoVector[1];
        long total = 0;
        while (!iter.IsEmpty)
        {
            ExtractResult taken = iter.ExtractPages(pages, tail.Length);
            if (taken.Bytes <= 0)
                break;

            vectors[0] = new IoVector(pages[0].Address, pages[0].Length);
            long written = Native.Write(target, vectors, position + total);
            if (written < 0)
            {
                PageFragments.Unpin(pages);
                return written;
            }

            PageFragments.Unpin(pages);
            iter.Revert(taken.Bytes - written);
            total += written;
        }

        return total;
    }

    private async ValueTask<long> ReadBackAsync(SafeFileHandle file, Memory<byte>[] parts, long position)
    {
        var iter = IovIter.Iovec(parts, TransferDirection.Destination);
        using ExtractedIter kept = iter.ExtractToBvec();
        await _readsInFlight.WaitAsync();
        try
        {
            return ReadInto(file, kept.Iter, position);
        }
        finally
        {
            _readsInFlight.Release();
        }
    }

    private static long ReadInto(SafeFileHandle file, IovIter iter, long position)
    {
        using PageLease pages = iter.ExtractPages();
        return Native.Read(file, pages.IoVectors, position);
    }
}
