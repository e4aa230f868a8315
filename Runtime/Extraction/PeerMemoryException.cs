namespace BufferLifetime;

/// <summary>Device (peer) memory was met by an extraction that was not told to accept it. Nothing was taken.</summary>
public sealed class PeerMemoryException : InvalidOperationException
{
    /// <summary>Makes the exception without saying which memory was met.</summary>
    public PeerMemoryException()
        : this("Device memory was met by an extraction without ExtractFlags.AllowPeerMemory.")
    {
    }

    /// <summary>Makes the exception with a message of the caller's.</summary>
    /// <param name="message">What went wrong.</param>
    public PeerMemoryException(string? message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with a message and a cause of the caller's.</summary>
    /// <param name="message">What went wrong.</param>
    /// <param name="innerException">What caused it.</param>
    public PeerMemoryException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal PeerMemoryException(Folio folio)
        : this($"The iterator reaches {folio}, which is device memory: pass ExtractFlags.AllowPeerMemory if the transfer can reach a device's memory.")
    {
    }
}
