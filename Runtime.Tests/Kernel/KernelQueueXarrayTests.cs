using static BufferLifetime.Tests.KernelTables;

namespace BufferLifetime.Tests;

/// <summary>The kernel's copy and extraction tests for chains of folios and for the sparse store, range by range.</summary>
public sealed class KernelQueueXarrayTests : BalancedTest
{
    private readonly KernelBuffer _buffer;

    public KernelQueueXarrayTests() => _buffer = Own(new KernelBuffer());

    /// <summary>folioq elements hold 31 slots, those of the bvecq test 13.</summary>
    public static TheoryData<string> Stores => ["folioq", "bvecq", "xarray"];

    [Theory]
    [MemberData(nameof(Stores))]
    public void Copying_to_each_range_writes_it_and_nothing_else(string store)
    {
        byte[] scratch = PatternBytes(BufferSize);
        int next = 0;
        foreach ((int from, int to) in K)
        {
            IovIter iter = Over(store, from, to, TransferDirection.Destination);
            int size = to - from;
            Assert.Equal(size, iter.CopyTo(scratch.AsSpan(next, size)));
            Assert.Equal(0, iter.Count);
            next += size;
        }

        Assert.Equal(ImageOfCopyTo(K), _buffer.BytesByPage);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public void Copying_from_each_range_reads_it_and_nothing_else(string store)
    {
        _buffer.FillByPage();
        var scratch = new byte[BufferSize];
        int next = 0;
        foreach ((int from, int to) in K)
        {
            IovIter iter = Over(store, from, to, TransferDirection.Source);
            int size = to - from;
            Assert.Equal(size, iter.CopyFrom(scratch.AsSpan(next, size)));
            Assert.Equal(0, iter.Count);
            next += size;
        }

        Assert.Equal(ImageOfCopyFrom(K), scratch);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public void Extract_pages_of_each_range_makes_the_computed_calls(string store)
    {
        int[] callsPerRange = [0, 1, 3, 0, 1, 1, 27, 1];
        using IEnumerator<(int Page, int Offset, int Pages, int Bytes)> expected = CallsOfK().GetEnumerator();
        for (int range = 0; range < K.Length; range++)
        {
            (int from, int to) = K[range];
            IovIter iter = Over(store, from, to, TransferDirection.Source);
            int size = to - from;
            for (int call = 0; call < callsPerRange[range]; call++)
            {
                Assert.True(expected.MoveNext());
                var list = new PageFragment[8];
                int bytes = iter.ExtractPages(list, 100 * 1024, ExtractFlags.PerPage, out int offset0);
                size -= bytes;

                Assert.Equal(expected.Current.Bytes, bytes);
                Assert.Equal(expected.Current.Offset, offset0);
                Assert.Equal(size, iter.Count);
                IEnumerable<nint> pages = Enumerable.Range(expected.Current.Page, expected.Current.Pages).Select(page => _buffer.Pages[page].Address);
                Assert.Equal(pages, list.Where(entry => !entry.IsEmpty).Select(entry => entry.Address));
            }

            Assert.Equal(0, iter.ExtractPages(new PageFragment[8], 100 * 1024, ExtractFlags.PerPage, out int end));
            Assert.Equal((0, 0, 0L), (size, end, iter.Count));
        }

        Assert.False(expected.MoveNext());
    }

    private IovIter Over(string store, int from, int to, TransferDirection direction)
    {
        if (store == "xarray")
            return IovIter.Xarray(_buffer.InXarray(), from, to - from, direction);

        IovIter iter = IovIter.FolioQueue(_buffer.InQueue(store == "folioq" ? FolioQueueSegment.DefaultCapacity : 13), 0, 0, to, direction);
        iter.Advance(from);
        return iter;
    }
}
