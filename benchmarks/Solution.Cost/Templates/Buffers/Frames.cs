using System.Buffers;
using System.Buffers.Binary;

namespace Project__.Frames;

public sealed class FrameReader__(Stream stream, int longest) : IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(4096);
    private int _start, _end;

    public async Task<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_end - _start >= 4)
            {
                int length = BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(_start));
                if (length < 0 || length > longest)
                    throw new InvalidDataException($"A frame of {length} bytes.");
                if (_end - _start >= 4 + length)
                {
                    ReadOnlyMemory<byte> frame = _buffer.AsSpan(_start + 4, length).ToArray();
                    _start += 4 + length;
                    return frame;
                }

                Grow(4 + length);
            }

            Shift();
            int read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            if (read == 0)
                return _start == _end ? null : throw new EndOfStreamException();
            _end += read;
        }
    }

    public static async Task WriteAsync(Stream target, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(4 + frame.Length);
        try
        {
            BinaryPrimitives.WriteInt32BigEndian(rented, frame.Length);
            frame.Span.CopyTo(rented.AsSpan(4));
            await target.WriteAsync(rented.AsMemory(0, 4 + frame.Length), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    public void Dispose()
    {
        byte[] buffer = _buffer;
        _buffer = [];
        if (buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(buffer);
    }

    private void Shift()
    {
        if (_start == 0)
            return;
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
    }

    private void Grow(int length)
    {
        if (_buffer.Length >= length)
            return;
        byte[] larger = ArrayPool<byte>.Shared.Rent(length);
        _buffer.AsSpan(_start, _end - _start).CopyTo(larger);
        byte[] old = _buffer;
        _buffer = larger;
        _end -= _start;
        _start = 0;
        ArrayPool<byte>.Shared.Return(old);
    }
}
