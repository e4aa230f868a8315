namespace BufferLifetime.Analyzers.Flow;

/// <summary>Words that protocols put on effects for the rules; the flow does not read them.</summary>
internal static class Tags
{
    /// <summary>The page getters and putters that exist so that old call sites compile.</summary>
    public const string Legacy = "legacy";
}
