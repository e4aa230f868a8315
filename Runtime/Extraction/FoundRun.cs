namespace BufferLifetime;

/// <summary>Contiguous bytes that a walk has come to. Valid for this step only, which is why it cannot be stored.</summary>
public readonly ref struct FoundRun
{
    internal FoundRun(nint address, int length)
    {
        Address = address;
        Length = length;
    }

    /// <summary>Where the first byte is, for native code, until the walk goes on.</summary>
    public nint Address { get; }

    /// <summary>Bytes.</summary>
    public int Length { get; }

    /// <summary>The bytes, until the walk goes on.</summary>
    public unsafe Span<byte> Span => new((void*)Address, Length);
}
