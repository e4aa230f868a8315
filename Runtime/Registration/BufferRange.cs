namespace BufferLifetime;

/// <summary>A range of a registered buffer.</summary>
/// <param name="Offset">Bytes from the start of the buffer.</param>
/// <param name="Length">Bytes.</param>
public readonly record struct BufferRange(long Offset, long Length);
