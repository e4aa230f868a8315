namespace BufferLifetime;

/// <summary>What an extraction took, and so which verb gives it back.</summary>
public enum ExtractMode : byte
{
    /// <summary>Nothing was taken: the memory does not move and its creator keeps it alive. Nothing is released.</summary>
    None,

    /// <summary>
    /// A reference that keeps the bytes alive and does not keep them in place. Given back with <see cref="PageFragment.Put"/>.
    /// </summary>
    Get,

    /// <summary>A pin that keeps the bytes alive and in place. Given back with <see cref="PageFragment.Unpin"/>.</summary>
    Pin,
}
