namespace BufferLifetime;

/// <summary>A fragment was released with the verb of another mode. Nothing was released.</summary>
public sealed class ReleaseModeMismatchException : InvalidOperationException
{
    /// <summary>Makes the exception without saying which modes met.</summary>
    public ReleaseModeMismatchException()
        : this("A fragment was released with the verb of another mode.")
    {
    }

    /// <summary>Makes the exception with a message of the caller's.</summary>
    /// <param name="message">What went wrong.</param>
    public ReleaseModeMismatchException(string? message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with a message and a cause of the caller's.</summary>
    /// <param name="message">What went wrong.</param>
    /// <param name="innerException">What caused it.</param>
    public ReleaseModeMismatchException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal ReleaseModeMismatchException(ExtractMode held, ExtractMode released)
        : base(Describe(held, released))
    {
        Held = held;
        Released = released;
    }

    /// <summary>The mode the fragment was extracted in.</summary>
    public ExtractMode Held { get; }

    /// <summary>The mode that the verb releases.</summary>
    public ExtractMode Released { get; }

    private static string Describe(ExtractMode held, ExtractMode released)
    {
        string verb = released == ExtractMode.Pin ? "Unpin" : "Put";
        string cure = held switch
        {
            ExtractMode.Pin => "release it with Unpin",
            ExtractMode.Get => "release it with Put",
            _ => "nothing was taken, so there is nothing to release",
        };
        return $"{verb} was called on a fragment that was extracted in mode {held}: {cure}.";
    }
}
