namespace BufferLifetime;

/// <summary>Something that held memory was lost without being released.</summary>
public sealed class BufferLeakEventArgs : EventArgs
{
    /// <summary>Describes a leak.</summary>
    /// <param name="description">What was lost and what it holds.</param>
    /// <param name="origin">Where it was taken: a stack trace, or null when checked mode was off at the time.</param>
    public BufferLeakEventArgs(string description, string? origin)
    {
        Description = description;
        Origin = origin;
    }

    /// <summary>What was lost and what it holds.</summary>
    public string Description { get; }

    /// <summary>Where it was taken: a stack trace, or null when checked mode was off at the time.</summary>
    public string? Origin { get; }

    /// <inheritdoc/>
    public override string ToString() => Origin is null ? Description : $"{Description} It was taken here:{Environment.NewLine}{Origin}";
}
