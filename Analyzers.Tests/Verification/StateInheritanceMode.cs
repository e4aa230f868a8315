namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>What a fixed state takes over from the state before it.</summary>
public enum StateInheritanceMode
{
    /// <summary>Every part that it does not set, save the diagnostics that a fix answers.</summary>
    AutoInherit,

    /// <summary>Nothing.</summary>
    Explicit,

    /// <summary>Every part that it does not set.</summary>
    AutoInheritAll,
}
