namespace BufferLifetime.Analyzers.Tests.Packages;

/// <summary>A user's program with mistakes that the fixes mend, and what they make of it.</summary>
internal static class MendableProgram
{
    public const string Broken =
        """
        using System.Buffers;

        using var keeper = new Keeper();
        keeper.Grow();
        Console.WriteLine(await Once.CopyAsync(Stream.Null) + Once.Fill(8) + Once.Sum(8));

        internal static class Once
        {
            public static Task<int> CopyAsync(Stream stream)
            {
                byte[] buffer = ArrayPool<byte>.Shared.Rent(64);
                try { return stream.ReadAsync(buffer, 0, 64); }
                finally { ArrayPool<byte>.Shared.Return(buffer); }
            }

            public static int Fill(int length)
            {
                byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
                buffer[0] = 1;
                int filled = buffer[0];
                ArrayPool<byte>.Shared.Return(buffer);
                ArrayPool<byte>.Shared.Return(buffer);
                return filled;
            }

            public static int Sum(int length)
            {
                int[] numbers = ArrayPool<int>.Shared.Rent(length);
                numbers[0] = length;
                return numbers[0];
            }
        }

        internal sealed class Keeper : IDisposable
        {
            private IMemoryOwner<byte> _owner = MemoryPool<byte>.Shared.Rent(8);

            public void Grow() => _owner = MemoryPool<byte>.Shared.Rent(16);

            public void Dispose() => _owner.Dispose();
        }

        """;

    public const string Mended =
        """
        using System.Buffers;

        using var keeper = new Keeper();
        keeper.Grow();
        Console.WriteLine(await Once.CopyAsync(Stream.Null) + Once.Fill(8) + Once.Sum(8));

        internal static class Once
        {
            public static async Task<int> CopyAsync(Stream stream)
            {
                byte[] buffer = ArrayPool<byte>.Shared.Rent(64);
                try { return await stream.ReadAsync(buffer, 0, 64); }
                finally { ArrayPool<byte>.Shared.Return(buffer); }
            }

            public static int Fill(int length)
            {
                byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
                buffer[0] = 1;
                int filled = buffer[0];
                ArrayPool<byte>.Shared.Return(buffer);
                return filled;
            }

            public static int Sum(int length)
            {
                int[] numbers = ArrayPool<int>.Shared.Rent(length);
                try
                {
                    numbers[0] = length;
                    return numbers[0];
                }
                finally
                {
                    ArrayPool<int>.Shared.Return(numbers);
                }
            }
        }

        internal sealed class Keeper : IDisposable
        {
            private IMemoryOwner<byte> _owner = MemoryPool<byte>.Shared.Rent(8);

            public void Grow()
            {
                IMemoryOwner<byte> old = _owner;
                _owner = MemoryPool<byte>.Shared.Rent(16);
                old.Dispose();
            }

            public void Dispose() => _owner.Dispose();
        }

        """;
}
