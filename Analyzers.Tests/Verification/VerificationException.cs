namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>What the analyzers or fixes did is not what the test expects; the message is the whole report.</summary>
public sealed class VerificationException : Exception
{
    public VerificationException(string message)
        : base(message)
    {
    }

    public VerificationException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
