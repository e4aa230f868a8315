// Correct code: pages taken and given back in every way that people write it. No rule may say a word.
using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;
using BufferLifetime;
using Microsoft.Win32.SafeHandles;

namespace SilenceCorpus;

internal static unsafe class SystemCall
{
    [DllImport("libc", EntryPoint = "preadv", SetLastError = true)]
    private static extern nint ReadVectors(int file, IoVector* vectors, int count, long position);

    [DllImport("libc", EntryPoint = "pwritev", SetLastError = true)]
    private static extern nint WriteVectors(int file, IoVector* vectors, int count, long position);

    public static int Read(SafeFileHandle file, ReadOnlySpan<IoVector> vectors, long position)
    {
        fixed (IoVector* first = vectors)
            return (int)ReadVectors((int)file.DangerousGetHandle(), first, vectors.Length, position);
    }

    public static int Write(SafeFileHandle file, ReadOnlySpan<IoVector> vectors, long position)
    {
        fixed (IoVector* first = vectors)
            return (int)WriteVectors((int)file.DangerousGetHandle(), first, vectors.Length, position);
    }
}

internal static class StraightLines
{
    public static int Modern(SafeFileHandle file, Memory<byte>[] parts, long position)
    {
        var iter = IovIter.Iovec(parts, TransferDirection.Destination);
        using PageLease pages = iter.ExtractPages(maxBytes: 256 * 1024);
        return pages.IsEmpty ? 0 : SystemCall.Read(file, pages.IoVectors, position);
    }

    public static int Statement(SafeFileHandle file, ReadOnlyMemory<byte> data)
    {
        IovIter iter = IovIter.Ubuf(data);
        using (PageLease pages = iter.ExtractPages())
        {
            if (pages.IsEmpty)
                return 0;
            return SystemCall.Write(file, pages.IoVectors, 0);
        }
    }

    public static int Mechanical(SafeFileHandle file, Memory<byte>[] parts, long position)
    {
        var iter = IovIter.Iovec(parts, TransferDirection.Destination);
        Span<PageFragment> pages = stackalloc PageFragment[64];
        int bytes = iter.ExtractPages(pages, maxBytes: 256 * 1024, ExtractFlags.PerPage, out int offset0);
        if (bytes <= 0)
            return bytes;

        try
        {
            Span<IoVector> vectors = stackalloc IoVector[64];
            int count = 0, left = bytes, skip = offset0;
            while (left > 0)
            {
                int length = Math.Min(IovIter.PageSize - skip, left);
                vectors[count] = new IoVector(pages[count].Address + skip, length);
                left -= length;
                skip = 0;
                count++;
            }

            int read = SystemCall.Read(file, vectors[..count], position);
            if (read < 0)
                throw new IOException($"preadv failed: {Marshal.GetLastPInvokeError()}");
            return read;
        }
        finally
        {
            PageFragments.Release(pages);
        }
    }

    public static long FollowingTheResult(ReadOnlyMemory<byte> data, Stream target)
    {
        IovIter iter = IovIter.Ubuf(data);
        Span<PageFragment> pages = stackalloc PageFragment[8];
        ExtractResult taken = iter.ExtractPages(pages, long.MaxValue, ExtractFlags.GetForSource);
        foreach (ref readonly PageFragment page in pages[..taken.Fragments])
            target.Write(page.Memory.Span);
        switch (taken.Mode)
        {
            case ExtractMode.Pin:
                PageFragments.Unpin(pages[..taken.Fragments]);
                break;
            case ExtractMode.Get:
                PageFragments.Put(pages[..taken.Fragments]);
                break;
            default:
                break;
        }

        return taken.Bytes;
    }

    public static long AskedBefore(IovIter iter)
    {
        Span<PageFragment> pages = stackalloc PageFragment[8];
        bool pin = iter.ExtractWillPin;
        ExtractResult taken = iter.ExtractPages(pages, 65536);
        if (taken.Bytes <= 0)
            return 0;

        long total = 0;
        for (int i = 0; i < taken.Fragments; i++)
            total += pages[i].Length;
        if (pin)
        {
            for (int i = 0; i < taken.Fragments; i++)
                pages[i].Unpin();
        }

        return total;
    }

    public static int Stable(Folio folio, SafeFileHandle file)
    {
        IovIter iter = IovIter.Bvec([new BvecEntry(folio)], TransferDirection.Source);
        Span<PageFragment> pages = stackalloc PageFragment[16];
        ExtractResult taken = iter.ExtractPages(pages, 65536);
        Span<IoVector> vectors = stackalloc IoVector[16];
        for (int i = 0; i < taken.Fragments; i++)
            vectors[i] = pages[i].ToIoVector();
        return SystemCall.Write(file, vectors[..taken.Fragments], 0);
    }

    public static bool Try(IovIter iter, out PageLease? lease)
    {
        PageLease taken = iter.ExtractPages();
        if (taken.IsEmpty)
        {
            taken.Dispose();
            lease = null;
            return false;
        }

        lease = taken;
        return true;
    }

    public static int Caller(ref IovIter iter, Span<PageFragment> pages) => iter.ExtractPages(pages, 4096).Fragments;

    public static PageFragment[] Array(IovIter iter)
    {
        var pages = new PageFragment[iter.PageCount(64)];
        ExtractResult taken = iter.ExtractPages(pages, long.MaxValue);
        return taken.Fragments == pages.Length ? pages : pages[..taken.Fragments];
    }

    public static long Rented(IovIter iter, SafeFileHandle file)
    {
        PageFragment[] pages = ArrayPool<PageFragment>.Shared.Rent(64);
        try
        {
            int count = iter.ExtractPages(pages, 65536).Fragments;
            try
            {
                IoVector[] vectors = [.. pages.Take(count).Select(page => page.ToIoVector())];
                return SystemCall.Write(file, vectors, 0);
            }
            finally
            {
                PageFragments.Release(pages.AsSpan(0, count));
            }
        }
        finally
        {
            ArrayPool<PageFragment>.Shared.Return(pages, clearArray: true);
        }
    }
}

internal static class Loops
{
    public static long CopyAll(SafeFileHandle from, SafeFileHandle to, Memory<byte>[] parts)
    {
        long total = 0;
        while (true)
        {
            var destination = IovIter.Iovec(parts, TransferDirection.Destination);
            int read;
            using (PageLease pages = destination.ExtractPages())
                read = SystemCall.Read(from, pages.IoVectors, total);
            if (read <= 0)
                return total;

            var source = IovIter.Iovec(parts, TransferDirection.Source);
            source.Truncate(read);
            while (!source.IsEmpty)
            {
                using PageLease pages = source.ExtractPages(65536);
                int written = SystemCall.Write(to, pages.IoVectors, total);
                if (written < 0)
                    throw new IOException();
                source.Revert(pages.Bytes - written);
                total += written;
            }
        }
    }

    public static long Refill(IovIter iter, SafeFileHandle file)
    {
        long total = 0;
        using var lease = new PageLease();
        for (; lease.Refill(ref iter, 65536) > 0; lease.Release())
            total += SystemCall.Write(file, lease.IoVectors, total);
        return total;
    }

    public static long UntilEmpty(ref IovIter iter, SafeFileHandle file)
    {
        Span<PageFragment> pages = stackalloc PageFragment[16];
        long total = 0;
        int bytes;
        while ((bytes = iter.ExtractPages(pages, 65536, ExtractFlags.PerPage, out int skip)) > 0)
        {
            int left = bytes;
            for (int i = 0; left > 0; i++)
            {
                int length = Math.Min(IovIter.PageSize - skip, left);
                SystemCall.Write(file, [new IoVector(pages[i].Address + skip, length)], total);
                total += length;
                left -= length;
                skip = 0;
            }

            PageFragments.Release(pages);
        }

        return total;
    }

    public static int Retry(IovIter iter, SafeFileHandle file)
    {
        for (int attempt = 0; ; attempt++)
        {
            IovIterState saved = iter.SaveState();
            PageLease lease = iter.ExtractPages();
            try
            {
                int written = SystemCall.Write(file, lease.IoVectors, 0);
                if (written >= 0 || attempt == 3)
                    return written;
                iter.Restore(saved);
            }
            catch (IOException) when (attempt < 3)
            {
                iter.Restore(saved);
            }
            finally
            {
                lease.Dispose();
            }
        }
    }

    public static void Many(IReadOnlyList<Memory<byte>> buffers, Action<IReadOnlyList<PageLease>> use)
    {
        var leases = new List<PageLease>(buffers.Count);
        try
        {
            foreach (Memory<byte> buffer in buffers)
            {
                IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
                leases.Add(iter.ExtractPages());
            }

            use(leases);
        }
        finally
        {
            foreach (PageLease lease in leases)
                lease.Dispose();
        }
    }

    public static IEnumerable<long> Lengths(IEnumerable<Memory<byte>> buffers)
    {
        foreach (Memory<byte> buffer in buffers)
        {
            long bytes = Measure(buffer);
            if (bytes == 0)
                yield break;
            yield return bytes;
        }

        static long Measure(Memory<byte> buffer)
        {
            IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
            using PageLease lease = iter.ExtractPages();
            return lease.Bytes;
        }
    }
}

internal static class Owners
{
    public static int FlagThatSaysWhoOwns(IovIter iter, PageLease? given, SafeFileHandle file)
    {
        bool owned = given is null;
        PageLease lease = given ?? iter.ExtractPages();
        int written = SystemCall.Write(file, lease.IoVectors, 0);
        if (owned)
            lease.Dispose();
        return written;
    }

    public static PageLease? UnlessItFails(IovIter iter, SafeFileHandle file)
    {
        PageLease? lease = iter.ExtractPages();
        try
        {
            if (SystemCall.Write(file, lease.IoVectors, 0) < 0)
                return null;
            PageLease result = lease;
            lease = null;
            return result;
        }
        finally
        {
            lease?.Dispose();
        }
    }

    public static (PageLease Read, PageLease Written) Both(IovIter from, IovIter to)
    {
        PageLease read = from.ExtractPages();
        try
        {
            return (read, to.ExtractPages());
        }
        catch
        {
            read.Dispose();
            throw;
        }
    }

    public static void Completed(IovIter iter, SafeFileHandle file)
    {
        PageLease lease = iter.ExtractPages();
        ThreadPool.QueueUserWorkItem(_ =>
        {
            try
            {
                SystemCall.Write(file, lease.IoVectors, 0);
            }
            finally
            {
                lease.Dispose();
            }
        });
    }

    public static void Local(IovIter iter)
    {
        PageLease lease = iter.ExtractPages();
        if (lease.IsEmpty)
        {
            Finish();
            return;
        }

        Finish();

        void Finish() => lease.Dispose();
    }

    public static PageLease Lazily(ref PageLease? cached, IovIter iter) => cached ??= iter.ExtractPages();

    public static Func<PageLease> Factory(Memory<byte> buffer) => () =>
    {
        IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Source);
        return iter.ExtractPages();
    };
}
