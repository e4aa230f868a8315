namespace BufferLifetime.Analyzers.Tests.Verification;

[Flags]
public enum DiagnosticOptions
{
    None = 0,
    IgnoreAdditionalLocations = 1,
    IgnoreSeverity = 2,
}
