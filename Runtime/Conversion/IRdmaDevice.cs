namespace BufferLifetime;

/// <summary>Makes memory reachable for a device: the DMA mapping of a conversion to an RDMA list.</summary>
public interface IRdmaDevice
{
    /// <summary>Maps contiguous memory.</summary>
    /// <param name="address">Where the first byte is in this process.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="direction">Which way the bytes will flow.</param>
    /// <returns>The element for the device's list.</returns>
    /// <exception cref="IOException">The memory cannot be mapped.</exception>
    RdmaElement Map(nint address, uint length, TransferDirection direction);

    /// <summary>Undoes one mapping. What it throws while a conversion that failed is undone is not told: the others are unmapped nevertheless.</summary>
    /// <param name="element">What <see cref="Map"/> returned.</param>
    /// <param name="direction">The direction it was mapped with.</param>
    void Unmap(in RdmaElement element, TransferDirection direction);
}
