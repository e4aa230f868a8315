namespace BufferLifetime.Analyzers.Tests.Rules;

/// <summary>
/// One group of bugs that the kernel had in the code that this library models: the rule that finds it in C#, with the bug and its repaired twin, or
/// the reason why no look at one program's source can.
/// </summary>
internal sealed record KernelBug(int Group, string Title, string? Rule, string? Reason, string Bug, string Repaired)
{
    public static KernelBug Found(int group, string title, string rule, string bug, string repaired) => new(group, title, rule, null, bug, repaired);

    public static KernelBug OutOfReach(int group, string title, string reason) => new(group, title, null, reason, string.Empty, string.Empty);

    public static readonly KernelBug[] All =
    [
        Found(1, "Pinned pages put on the error path of a scatter list", "BUF1001",
            """
            static int M(Memory<byte> memory)
            {
                var iter = IovIter.Ubuf(memory, TransferDirection.Destination);
                Span<PageFragment> pages = stackalloc PageFragment[8];
                ExtractResult taken = iter.ExtractPages(pages, 32768);
                if (Any.Chance())
                {
                    PageFragments.{|BUF1001:Put|}(pages[..taken.Fragments]);
                    return -1;
                }

                PageFragments.Unpin(pages[..taken.Fragments]);
                return taken.Fragments;
            }
            """,
            """
            static int M(Memory<byte> memory)
            {
                var iter = IovIter.Ubuf(memory, TransferDirection.Destination);
                Span<PageFragment> pages = stackalloc PageFragment[8];
                ExtractResult taken = iter.ExtractPages(pages, 32768);
                if (Any.Chance())
                {
                    PageFragments.Unpin(pages[..taken.Fragments]);
                    return -1;
                }

                PageFragments.Unpin(pages[..taken.Fragments]);
                return taken.Fragments;
            }
            """),
        Found(2, "Pages pinned and never recorded anywhere", "BUF1002",
            """
            static long M(IovIter iter)
            {
                Span<PageFragment> pages = stackalloc PageFragment[8];
                ExtractResult taken = iter.{|BUF1002:ExtractPages|}(pages, 32768);
                return taken.Bytes;
            }
            """,
            """
            static long M(IovIter iter, List<PageFragment> list)
            {
                Span<PageFragment> pages = stackalloc PageFragment[8];
                ExtractResult taken = iter.ExtractPages(pages, 32768);
                list.AddRange(pages[..taken.Fragments].ToArray());
                PageFragments.Release(pages[..taken.Fragments]);
                return taken.Bytes;
            }
            """),
        OutOfReach(3, "The length of each entry is all that is left", "Arithmetic on lengths: the entry is well formed, only too long. A fragment of the library carries its own length."),
        Found(4, "The release asks the converted iterator", "BUF1005",
            """
            static void M(IovIter user)
            {
                using ExtractedIter context = user.ExtractToBvec();
                if (context.Iter.{|BUF1005:ExtractWillPin|})
                    Any.Number();
            }
            """,
            """
            static void M(IovIter user)
            {
                bool pinned = user.ExtractWillPin;
                using ExtractedIter context = user.ExtractToBvec();
                if (pinned)
                    Any.Number();
            }
            """),
        OutOfReach(5, "An empty leading segment ends the transfer", "A mistake inside the extraction: the library's own tests have empty segments everywhere."),
        OutOfReach(6, "A stale offset never moves to the next slot", "A mistake inside the walk over a queue, which users of the library do not write."),
        Found(7, "A loop that only negative results leave", "BUF1007",
            """
            static void M(IovIter iter, long left)
            {
                PageFragment[] pages = new PageFragment[8];
                do
                {
                    int n = iter.{|BUF1007:ExtractPages|}(pages, left, ExtractFlags.PerPage, out int offset0);
                    if (n < 0)
                        throw new IOException();
                    Any.Transfer(offset0, n);
                    PageFragments.Release(pages);
                    left -= n;
                }
                while (left > 0);
            }
            """,
            """
            static void M(IovIter iter, long left)
            {
                PageFragment[] pages = new PageFragment[8];
                do
                {
                    int n = iter.ExtractPages(pages, left, ExtractFlags.PerPage, out int offset0);
                    if (n <= 0)
                        throw new IOException();
                    Any.Transfer(offset0, n);
                    PageFragments.Release(pages);
                    left -= n;
                }
                while (left > 0);
            }
            """),
        OutOfReach(8, "The clean-up of a mapping is off by one", "Index arithmetic in a loop that does release: which elements it reaches is a matter of values."),
        OutOfReach(9, "A hole in a sparse store underflows the size", "Arithmetic inside the extraction, and a list that only the library allocates; a lease owns its own."),
        Found(10, "Errors swallowed with earlier pins held", "BUF1002",
            """
            static long M(IovIter iter)
            {
                PageLease lease = iter.ExtractPages();
                try
                {
                    long sent = Any.Transfer(lease.IoVectors);
                    lease.Dispose();
                    return sent;
                }
                catch (IOException)
                {
                    {|BUF1002:return 0;|}
                }
            }
            """,
            """
            static long M(IovIter iter)
            {
                PageLease lease = iter.ExtractPages();
                try
                {
                    return Any.Transfer(lease.IoVectors);
                }
                catch (IOException)
                {
                    return 0;
                }
                finally
                {
                    lease.Dispose();
                }
            }
            """),
        OutOfReach(11, "A switch over the kinds forgets one", "Exhaustiveness of a switch, which the compiler looks after (CS8509)."),
        OutOfReach(12, "One unpin for a segment of many pages", "How many pages a fragment covers is a matter of values; a fragment of the library is released as one."),
        Found(13, "A failure in a later round leaves the pins of an earlier one", "BUF1002",
            """
            static int M(IovIter iter)
            {
                PageLease head = iter.ExtractPages(4096);
                PageLease tail = iter.ExtractPages(4096);
                if (tail.IsEmpty)
                    {|BUF1002:return -1;|}

                head.Dispose();
                tail.Dispose();
                return 0;
            }
            """,
            """
            static int M(IovIter iter)
            {
                using PageLease head = iter.ExtractPages(4096);
                using PageLease tail = iter.ExtractPages(4096);
                return tail.IsEmpty ? -1 : 0;
            }
            """),
        Found(14, "An allocation fails after the pinning", "BUF1002",
            """
            static int M(IovIter iter)
            {
                PageLease lease = iter.ExtractPages();
                if (Any.Chance())
                    {|BUF1002:return -12;|}

                Any.Keep(lease);
                return 0;
            }
            """,
            """
            static int M(IovIter iter)
            {
                PageLease lease = iter.ExtractPages();
                if (Any.Chance())
                {
                    lease.Dispose();
                    return -12;
                }

                Any.Keep(lease);
                return 0;
            }
            """),
        OutOfReach(15, "An empty import at the very end reads past it", "A range check inside the library; its tests import nothing from everywhere."),
        OutOfReach(16, "An array sized by one count and filled by another", "Two counts that only the run can compare."),
        OutOfReach(17, "Cloning a window drops the entries behind it", "A mistake inside the table; its tests compare whole tables."),
        Found(18, "A transfer is tried again from where the failed one left the iterator", "BUF1206",
            """
            static int Send(ref IovIter message) => 0;

            static int M(IovIter message)
            {
                int sent;
                do
                {
                    sent = {|BUF1206:Send|}(ref message);
                }
                while (sent == -11);

                return sent;
            }
            """,
            """
            static int Send(ref IovIter message) => 0;

            static int M(IovIter message)
            {
                IovIterState start = message.SaveState();
                int sent;
                while ((sent = Send(ref message)) == -11)
                    message.Restore(start);

                return sent;
            }
            """),
        Found(19, "The clean-up guesses who owns the pages", "BUF1001",
            """
            static void M(Memory<byte> memory)
            {
                var iter = IovIter.Ubuf(memory, TransferDirection.Source);
                Span<PageFragment> pages = stackalloc PageFragment[8];
                ExtractResult taken = iter.ExtractPages(pages, 32768);
                bool queued = Any.Chance();
                if (queued)
                    PageFragments.Unpin(pages[..taken.Fragments]);
                else
                    PageFragments.{|BUF1001:Put|}(pages[..taken.Fragments]);
            }
            """,
            """
            static void M(Memory<byte> memory)
            {
                var iter = IovIter.Ubuf(memory, TransferDirection.Source);
                Span<PageFragment> pages = stackalloc PageFragment[8];
                ExtractResult taken = iter.ExtractPages(pages, 32768);
                PageFragments.Release(pages[..taken.Fragments]);
            }
            """),
        Found(20, "References to pages that a transfer writes to", "BUF1101",
            """
            static int M(Memory<byte> memory)
            {
                var iter = IovIter.Ubuf(memory, TransferDirection.Destination);
                Span<PageFragment> pages = stackalloc PageFragment[8];
                int n = iter.{|BUF1101:{|BUF1102:GetPages|}|}(pages, 32768, out _);
                PageFragments.Put(pages);
                return n;
            }
            """,
            """
            static int M(Memory<byte> memory)
            {
                var iter = IovIter.Ubuf(memory, TransferDirection.Destination);
                Span<PageFragment> pages = stackalloc PageFragment[8];
                int n = iter.ExtractPages(pages, 32768, ExtractFlags.PerPage, out _);
                PageFragments.Release(pages);
                return n;
            }
            """),
        Found(21, "A short pinning returns before it is counted", "BUF1002",
            """
            static int M(IovIter iter, int wanted)
            {
                Span<PageFragment> pages = stackalloc PageFragment[8];
                ExtractResult taken = iter.ExtractPages(pages, wanted);
                if (taken.Bytes != wanted)
                    {|BUF1002:return -14;|}

                PageFragments.Release(pages[..taken.Fragments]);
                return wanted;
            }
            """,
            """
            static int M(IovIter iter, int wanted)
            {
                Span<PageFragment> pages = stackalloc PageFragment[8];
                ExtractResult taken = iter.ExtractPages(pages, wanted);
                PageFragments.Release(pages[..taken.Fragments]);
                return taken.Bytes != wanted ? -14 : wanted;
            }
            """),
        Found(22, "A mapping outlives what it maps", "BUF1004",
            """
            static int M(IovIter iter)
            {
                PageLease lease = iter.ExtractPages();
                ReadOnlySpan<IoVector> window = lease.IoVectors;
                lease.Dispose();
                return Any.Transfer({|BUF1004:window|});
            }
            """,
            """
            static int M(IovIter iter)
            {
                using PageLease lease = iter.ExtractPages();
                ReadOnlySpan<IoVector> window = lease.IoVectors;
                return Any.Transfer(window);
            }
            """),
    ];
}
