namespace BufferLifetime;

/// <summary>Something that is released exactly once was released again, or used after its release. Nothing was changed.</summary>
public sealed class AlreadyReleasedException : InvalidOperationException
{
    /// <summary>Makes the exception without saying what was released.</summary>
    public AlreadyReleasedException()
        : this("This was released before.")
    {
    }

    /// <summary>Makes the exception with a message of the caller's.</summary>
    /// <param name="message">What went wrong.</param>
    public AlreadyReleasedException(string? message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with a message and a cause of the caller's.</summary>
    /// <param name="message">What went wrong.</param>
    /// <param name="innerException">What caused it.</param>
    public AlreadyReleasedException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
