using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace Project__.Lines;

public sealed class Lines__(PipeReader reader)
{
    public async IAsyncEnumerable<string> ReadAllAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        List<string> lines = [];
        bool completed = false;
        while (!completed)
        {
            ReadResult result = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = result.Buffer;
            while (TryTake(ref buffer, out ReadOnlySequence<byte> line))
                lines.Add(Encoding.UTF8.GetString(line));
            completed = result.IsCompleted;
            if (completed && !buffer.IsEmpty)
                lines.Add(Encoding.UTF8.GetString(buffer));
            reader.AdvanceTo(completed ? buffer.End : buffer.Start, buffer.End);

            foreach (string one in lines)
                yield return one;
            lines.Clear();
        }

        await reader.CompleteAsync().ConfigureAwait(false);
    }

    public static async Task CopyAsync(Stream source, PipeWriter writer, CancellationToken cancellationToken)
    {
        while (true)
        {
            Memory<byte> memory = writer.GetMemory(512);
            int read = await source.ReadAsync(memory, cancellationToken).ConfigureAwait(false);
            if (read == 0)
                break;
            writer.Advance(read);
            FlushResult flushed = await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
            if (flushed.IsCompleted || flushed.IsCanceled)
                break;
        }

        await writer.CompleteAsync().ConfigureAwait(false);
    }

    private static bool TryTake(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> line)
    {
        if (buffer.PositionOf((byte)'\n') is not { } end)
        {
            line = default;
            return false;
        }

        line = buffer.Slice(0, end);
        buffer = buffer.Slice(buffer.GetPosition(1, end));
        return true;
    }
}

public sealed class Blocks__ : IDisposable
{
    private readonly List<IMemoryOwner<byte>> _blocks = [];
    private int _used;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_blocks.Count == 0 || _used == _blocks[^1].Memory.Length)
            {
                _blocks.Add(MemoryPool<byte>.Shared.Rent(4096));
                _used = 0;
            }

            Span<byte> free = _blocks[^1].Memory.Span[_used..];
            int count = Math.Min(free.Length, bytes.Length);
            bytes[..count].CopyTo(free);
            bytes = bytes[count..];
            _used += count;
        }
    }

    public void Dispose()
    {
        foreach (IMemoryOwner<byte> block in _blocks)
            block.Dispose();
        _blocks.Clear();
    }
}
