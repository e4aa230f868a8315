namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>What markup in a state's sources means.</summary>
public enum MarkupMode
{
    /// <summary>It is code.</summary>
    None,

    /// <summary>It is removed.</summary>
    Ignore,

    /// <summary>It is removed, and expects what no fix of the test answers.</summary>
    IgnoreFixable,

    /// <summary>It is removed, and expects what it names.</summary>
    Allow,
}
