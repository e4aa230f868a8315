namespace BufferLifetime;

/// <summary>What the library has taken and given back since the process started. Idle means equal.</summary>
/// <param name="PinsAcquired">Pins taken, one for each contiguous run.</param>
/// <param name="PinsReleased">Pins given back.</param>
/// <param name="ReferencesAcquired">References taken in mode <see cref="ExtractMode.Get"/>.</param>
/// <param name="ReferencesReleased">References given back.</param>
/// <param name="BytesPinned">Bytes that are pinned at the moment.</param>
/// <param name="LeasesOutstanding">Leases, converted iterators and imports of registered buffers that hold something at the moment.</param>
public readonly record struct BufferCounters(
    long PinsAcquired,
    long PinsReleased,
    long ReferencesAcquired,
    long ReferencesReleased,
    long BytesPinned,
    long LeasesOutstanding)
{
    /// <summary>Whether everything that was taken has been given back.</summary>
    public bool IsBalanced =>
        PinsAcquired == PinsReleased
        && ReferencesAcquired == ReferencesReleased
        && BytesPinned == 0
        && LeasesOutstanding == 0;
}
