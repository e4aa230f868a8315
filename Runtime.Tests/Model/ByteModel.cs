namespace BufferLifetime.Tests;

/// <summary>What an iterator is, as plainly as it can be said: an array of bytes, a position and an end.</summary>
internal sealed class ByteModel
{
    internal ByteModel(byte[] content)
    {
        Content = [.. content];
        End = content.Length;
    }

    internal byte[] Content { get; }

    internal int Position { get; private set; }

    internal int End { get; private set; }

    internal int Count => End - Position;

    internal byte[] Left => Content[Position..End];

    internal (int Position, int End) State => (Position, End);

    internal void Advance(long bytes) => Position += (int)Math.Min(bytes, Count);

    // What is left goes back along with the position: the end, after a truncation, stays where it is.
    internal bool TryRevert(long bytes)
    {
        if (bytes > Position)
            return false;

        Position -= (int)bytes;
        return true;
    }

    internal void Truncate(long count) => End = Position + (int)Math.Min(count, Count);

    internal bool TryReexpand(long count)
    {
        if (count > Content.Length - Position)
            return false;

        End = Position + (int)count;
        return true;
    }

    internal void Restore((int Position, int End) state) => (Position, End) = state;

    internal byte[] Read(long bytes)
    {
        int length = (int)Math.Min(bytes, Count);
        byte[] read = Content[Position..(Position + length)];
        Position += length;
        return read;
    }

    internal int Write(ReadOnlySpan<byte> bytes)
    {
        int length = Math.Min(bytes.Length, Count);
        bytes[..length].CopyTo(Content.AsSpan(Position));
        Position += length;
        return length;
    }
}
