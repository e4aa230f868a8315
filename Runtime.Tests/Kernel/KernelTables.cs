namespace BufferLifetime.Tests;

/// <summary>The tables and the pattern of the kernel's own test suite.</summary>
internal static class KernelTables
{
    internal const int PageSize = IovIter.PageSize;
    internal const int BufferSize = 0x100000;
    internal const int PageCount = BufferSize / PageSize;

    /// <summary>Byte ranges of the buffer: used by kvec, queues and xarray.</summary>
    internal static readonly (int From, int To)[] K =
    [
        (0x2, 0x2),
        (0x27, 0x3000),
        (0x5193, 0x18794),
        (0x20000, 0x20000),
        (0x20000, 0x24000),
        (0x24000, 0x27001),
        (0x29000, 0xffffb),
        (0xffffd, 0xffffe),
    ];

    /// <summary>Page and range inside it: used by bvec.</summary>
    internal static readonly (int Page, int From, int To)[] B =
    [
        (0, 0x2, 0x2),
        (1, 0x27, 0x893),
        (2, 0x193, 0x794),
        (3, 0, 0x1000),
        (4, 0, 0x1000),
        (5, 0, 0x1000),
        (6, 0, 0xffb),
        (6, 0xffd, 0xffe),
    ];

    internal const int TotalK = 0xf45d7;
    internal const int TotalB = 0x4e69;

    /// <summary>Table B as byte ranges of the buffer.</summary>
    internal static (int From, int To)[] BytesOfB =>
        [.. B.Select(range => ((range.Page * PageSize) + range.From, (range.Page * PageSize) + range.To))];

    internal static byte Pattern(int position) => (byte)(position + (position >> 8) + (position >> 16));

    internal static byte[] PatternBytes(int length)
    {
        var bytes = new byte[length];
        for (int i = 0; i < length; i++)
            bytes[i] = Pattern(i);

        return bytes;
    }

    /// <summary>The calls that extracting Table K eight pages at a time comes to: first page, offset, pages, bytes.</summary>
    internal static IEnumerable<(int Page, int Offset, int Pages, int Bytes)> CallsOfK()
    {
        yield return (0, 0x27, 3, 0x2fd9);
        yield return (5, 0x193, 8, 0x7e6d);
        yield return (0xd, 0, 8, 0x8000);
        yield return (0x15, 0, 4, 0x3794);
        yield return (0x20, 0, 4, 0x4000);
        yield return (0x24, 0, 4, 0x3001);
        for (int k = 0; k <= 25; k++)
            yield return (0x29 + (8 * k), 0, 8, 0x8000);

        yield return (0xf9, 0, 7, 0x6ffb);
        yield return (0xff, 0xffd, 1, 1);
    }

    /// <summary>What copying the pattern into ranges of a zeroed buffer makes of it.</summary>
    internal static byte[] ImageOfCopyTo(IEnumerable<(int From, int To)> ranges)
    {
        var image = new byte[BufferSize];
        int next = 0;
        foreach ((int from, int to) in ranges)
        {
            for (int i = from; i < to; i++)
                image[i] = Pattern(next++);
        }

        return image;
    }

    /// <summary>What copying ranges of a patterned buffer makes of a zeroed one.</summary>
    internal static byte[] ImageOfCopyFrom(IEnumerable<(int From, int To)> ranges)
    {
        var image = new byte[BufferSize];
        int next = 0;
        foreach ((int from, int to) in ranges)
        {
            for (int i = from; i < to; i++)
                image[next++] = Pattern(i);
        }

        return image;
    }
}
