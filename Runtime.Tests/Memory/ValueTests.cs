namespace BufferLifetime.Tests;

public sealed class ValueTests : BalancedTest
{
    [Fact]
    public void Vectors_entries_and_elements_are_equal_when_their_parts_are()
    {
        using Folio folio = Folio.Native(4096);
        AssertValue(new IoVector(5, 7), new IoVector(5, (nuint)7), new IoVector(5, 8), (a, b) => a == b, (a, b) => a != b);
        AssertValue(new WsaBuffer(7, 5), new WsaBuffer(7, 5), new WsaBuffer(7, 6), (a, b) => a == b, (a, b) => a != b);
        AssertValue(new RdmaElement(5, 7, 1), new RdmaElement(5, 7, 1), new RdmaElement(5, 7, 2), (a, b) => a == b, (a, b) => a != b);
        AssertValue(new BvecEntry(folio), new BvecEntry(folio, 0, 4096), new BvecEntry(folio, 0, 4095), (a, b) => a == b, (a, b) => a != b);

        IovIter iter = IovIter.Ubuf(new byte[10]), other = IovIter.Ubuf(new byte[10]);
        var fragments = new PageFragment[2];
        iter.ExtractPages(fragments.AsSpan(0, 1), 10);
        other.ExtractPages(fragments.AsSpan(1, 1), 10);
        PageFragment copy = fragments[0];
        AssertValue(fragments[0], copy, fragments[1], (a, b) => a == b, (a, b) => a != b);
        PageFragments.Release(fragments);
    }

    [Fact]
    public unsafe void Vectors_are_made_of_pointers_too()
    {
        byte local = 1;
        Assert.Equal(new IoVector((nint)(&local), 1), new IoVector(&local, 1));
    }

    [Fact]
    public void Descriptions_name_what_matters()
    {
        using Folio folio = Folio.Native(4096);
        Assert.Equal("0x5+7", new IoVector(5, 7).ToString());
        Assert.Equal("0x5+7", new WsaBuffer(7, 5).ToString());
        Assert.Equal("0x5+7 (key 1)", new RdmaElement(5, 7, 1).ToString());
        Assert.Equal("Discard Destination iterator, 9 bytes left", IovIter.Discard(9).ToString());
        Assert.StartsWith("Native folio of 4096 bytes", folio.ToString(), StringComparison.Ordinal);
        Assert.Contains("release it with Unpin", Mismatch(), StringComparison.Ordinal);

        static string Mismatch()
        {
            IovIter iter = IovIter.Ubuf(new byte[1]);
            var fragments = new PageFragment[1];
            iter.ExtractPages(fragments, 1);
            try
            {
                return Assert.Throws<ReleaseModeMismatchException>(fragments[0].Put).Message;
            }
            finally
            {
                fragments[0].Unpin();
            }
        }
    }

    private static void AssertValue<T>(T value, T same, T other, Func<T, T, bool> equal, Func<T, T, bool> unequal)
        where T : struct, IEquatable<T>
    {
        Assert.True(equal(value, same) && !equal(value, other));
        Assert.True(unequal(value, other) && !unequal(value, same));
        Assert.True(value.Equals((object)same) && !value.Equals((object)other) && !value.Equals("another"));
        Assert.Equal(value.GetHashCode(), same.GetHashCode());
        Assert.NotEmpty(value.ToString()!);
    }
}
