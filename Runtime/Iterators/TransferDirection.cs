namespace BufferLifetime;

/// <summary>Which way the bytes of a transfer flow.</summary>
public enum TransferDirection : byte
{
    /// <summary>Bytes flow into the buffers: a read or a receive.</summary>
    Destination = 0,

    /// <summary>Bytes flow out of the buffers: a write or a send.</summary>
    Source = 1,
}
