using System.Runtime.CompilerServices;

namespace BufferLifetime.Analyzers.Tests.Robustness;

/// <summary>Sources that are damaged: one for each sort of thing that the analysis follows, and the sample.</summary>
internal static class Corpus
{
    public static IReadOnlyList<string> Sources { get; } =
    [
        // Legacy calls in a loop with every way out.
        """
        using System; using System.IO; using System.Threading.Tasks; using BufferLifetime;
        class C
        {
            static long Read(Memory<byte>[] parts, int limit)
            {
                var iter = IovIter.Iovec(parts, TransferDirection.Destination);
                Span<PageFragment> pages = stackalloc PageFragment[64];
                long total = 0;
                while (!iter.IsEmpty)
                {
                    int bytes = iter.GetPages(pages, maxBytes: 4096, out int offset0);
                    if (bytes <= 0)
                        break;
                    if (bytes > limit)
                        throw new IOException();
                    if (total < 0)
                        continue;
                    total += bytes;
                    PageFragments.Put(pages[..1]);
                }
                return total;
            }
        }
        """,
        // Exceptions, filters, finally regions, using.
        """
        using System; using System.IO; using System.Threading.Tasks; using BufferLifetime;
        class C
        {
            private PageLease? _lease;
            static bool Chance() => Environment.TickCount > 0;
            int Try(IovIter from, IovIter to)
            {
                PageLease? read = null;
                bool done = false;
                try
                {
                    read = from.ExtractPages(100);
                    using PageLease written = to.ExtractPages();
                    for (int i = 0; i < 3; i++)
                    {
                        try { if (Chance()) return i; else if (Chance()) continue; }
                        catch (IOException e) when (e.HResult == i) { throw; }
                        finally { done |= Chance(); }
                    }
                    goto end;
                }
                catch (InvalidOperationException) { _lease = read; read = null; }
                finally { if (read != null && !done) read.Dispose(); }
            end:
                lock (this) { return _lease?.IoVectors.Length ?? 0; }
            }
        }
        """,
        // Async, streams, switches, patterns, tuples.
        """
        using System; using System.Collections.Generic; using System.Threading.Tasks; using BufferLifetime;
        class C
        {
            static async IAsyncEnumerable<long> Run(IovIter data, IAsyncEnumerable<Memory<byte>> buffers, IAsyncDisposable other)
            {
                (IovIter Data, int Retries) state = (data, 3);
                await using (other.ConfigureAwait(false))
                {
                    await foreach (Memory<byte> buffer in buffers)
                    {
                        var iter = IovIter.Ubuf(buffer, buffer.Length > 3 ? TransferDirection.Source : TransferDirection.Destination);
                        using ExtractedIter kept = iter.ExtractToBvec();
                        yield return await Send(kept.Iter) + state.Data.Count;
                    }
                }
                if (state is { Retries: > 0 and < 5, Data.IsUserBacked: false } && data.Kind is not IterKind.Pipe)
                    yield return data.Zero(1);
                var (same, n) = state;
                yield return same.ExtractMode() switch { ExtractMode.Pin => same.Zero(n), ExtractMode.Get => 1, _ => throw new InvalidOperationException() };
            }
            static ValueTask<long> Send(IovIter data) => new(data.Count);
        }
        """,
        // Nested functions and shared captures.
        """
        using System; using System.Linq; using System.Threading.Tasks; using BufferLifetime;
        class C
        {
            static Func<long> Make(IovIter iter, int[] numbers)
            {
                PageLease lease = iter.ExtractPages(), lost = iter.ExtractPages();
                int count = numbers.Count(n => n > lease.Bytes + lost.Bytes);
                void Finish() { count++; lease.Dispose(); }
                Action take = () => { lease = iter.ExtractPages(count); Finish(); };
                take();
                var pages = from n in numbers let x = n + 1 where x > 0 select lease.Fragments.Length;
                long Total(int depth) => depth == 0 ? pages.Sum() : Total(depth - 1) + lease.Bytes;
                return () => { Finish(); return Total(3); };
            }
        }
        """,
        // Arrays, spans, pointers, refs.
        """
        using System; using System.Buffers; using BufferLifetime;
        unsafe class C
        {
            static int Walk(IovIter iter, ref PageFragment first, out PageFragment[] rest, params int[] sizes)
            {
                PageFragment[] pages = ArrayPool<PageFragment>.Shared.Rent(16);
                ExtractResult taken = iter.ExtractPages(pages.AsSpan(1..), sizes[0], ExtractFlags.GetForSource | ExtractFlags.PerPage);
                ref PageFragment second = ref pages[1];
                first = second;
                byte* p = (byte*)pages[2].Address + pages[2].Offset;
                *p = 1; p[3]++; (*(p + 1))--;
                iter.ExtractPages(1);
                Span<byte> bytes = new(p, pages[2].Length);
                bytes[^1] ^= 3; bytes[1..^1].Clear();
                foreach (ref readonly PageFragment page in pages.AsSpan()[..taken.Fragments])
                    if (page.Mode == ExtractMode.Pin) page.Unpin(); else page.Put();
                fixed (PageFragment* q = pages) { q->Release(); q[1].Release(); }
                rest = pages[..^taken.Fragments];
                return taken is { Bytes: var b, Fragments: > 1 } ? (int)b : checked((int)taken.Bytes);
            }
        }
        """,
        // Members of every kind, generics, records, operators, iterators.
        """
        using System; using System.Collections.Generic; using BufferLifetime;
        record R(PageLease? Lease, IovIter Iter) : IDisposable
        {
            private static PageLease s_lease = default(IovIter).ExtractPages();
            public PageLease Fresh { get; init; } = default(IovIter).ExtractPages();
            public long this[int i] { get => Iter.ExtractPages(i).Bytes; set { using var l = Iter.ExtractPages(value); } }
            public static R operator +(R a, R b) => a with { Lease = b.Iter.ExtractPages() };
            public static implicit operator PageLease(R r) => r.Lease ??= r.Iter.ExtractPages();
            public PageLease? Lease { get; set; } = Lease;
            public void Dispose() { Lease?.Dispose(); Lease = null; s_lease.Dispose(); Fresh.Dispose(); }
            public IEnumerable<PageLease> All<T>(IEnumerable<T> from) where T : struct, IEquatable<T>
            {
                foreach (T one in from) { if (one.Equals(default)) yield break; yield return Iter.ExtractPages(); }
            }
            ~R() => Dispose();
        }
        """,
        // Old-fashioned control flow.
        """
        using System; using BufferLifetime;
        class C
        {
            static int Jump(IovIter iter, int kind, object o, string? s)
            {
                Span<PageFragment> pages = stackalloc PageFragment[4];
                int bytes, round = 0;
            again:
                if ((bytes = iter.ExtractPages(pages, 100, kind > 2 ? ExtractFlags.PerPage : default, out _)) < 1) goto failed;
                switch (kind)
                {
                    case 0: PageFragments.Unpin(pages); break;
                    case 1 when o is string { Length: > 3 } t && t != s: PageFragments.Put(pages); goto case 0;
                    case 2: do { round += s?.Length ?? (o as int?) ?? 1; } while (round < 10); goto default;
                    default: PageFragments.Release(pages); if (round++ < 3) goto again; break;
                }
                return bytes;
            failed:
                return -(o is null ? 1 : o.GetHashCode());
            }
        }
        """,
    ];

    /// <summary>The sample program, file by file.</summary>
    public static IReadOnlyList<string> Sample([CallerFilePath] string here = "")
    {
        string folder = Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "samples", "LegacyCopy");
        return [.. Directory.GetFiles(folder, "*.cs").Order(StringComparer.Ordinal).Select(File.ReadAllText)];
    }
}
