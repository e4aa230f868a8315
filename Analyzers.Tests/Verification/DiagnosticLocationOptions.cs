namespace BufferLifetime.Analyzers.Tests.Verification;

[Flags]
public enum DiagnosticLocationOptions
{
    None = 0,

    /// <summary>Only the start is compared.</summary>
    IgnoreLength = 1,

    /// <summary>The path is the key of a <c>{|#n:…|}</c> span, not yet looked up.</summary>
    InterpretAsMarkupKey = 2,
}
