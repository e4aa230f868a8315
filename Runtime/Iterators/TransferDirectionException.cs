namespace BufferLifetime;

/// <summary>Bytes were asked to flow against the direction of an iterator or a buffer. Nothing was copied or taken.</summary>
public sealed class TransferDirectionException : InvalidOperationException
{
    /// <summary>Makes the exception without saying which direction was meant.</summary>
    public TransferDirectionException()
        : this("Bytes were asked to flow against the direction of the iterator.")
    {
    }

    /// <summary>Makes the exception with a message of the caller's.</summary>
    /// <param name="message">What went wrong.</param>
    public TransferDirectionException(string? message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with a message and a cause of the caller's.</summary>
    /// <param name="message">What went wrong.</param>
    /// <param name="innerException">What caused it.</param>
    public TransferDirectionException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
