using System.Buffers;
using System.Runtime.InteropServices;

namespace BufferLifetime.Tests;

/// <summary>Native memory that counts its pins and can refuse them.</summary>
internal sealed unsafe class CountingManager : MemoryManager<byte>
{
    private readonly int _length;
    private byte* _memory;

    internal CountingManager(int length)
    {
        _length = length;
        _memory = (byte*)NativeMemory.AllocZeroed((nuint)length);
    }

    internal int Pins { get; private set; }

    internal int PinsEver { get; private set; }

    internal Exception? Refusal { get; set; }

    /// <summary>What happens on another thread just then.</summary>
    internal Action? Meanwhile { get; set; }

    public override Span<byte> GetSpan() => new(_memory, _length);

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        Meanwhile?.Invoke();
        if (Refusal is { } refusal)
            throw refusal;

        Pins++;
        PinsEver++;
        return new MemoryHandle(_memory + elementIndex, default, this);
    }

    public override void Unpin() => Pins--;

    protected override void Dispose(bool disposing)
    {
        NativeMemory.Free(_memory);
        _memory = null;
    }
}
