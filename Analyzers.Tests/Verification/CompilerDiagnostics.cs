namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>The compiler's own diagnostics that a test must list.</summary>
public enum CompilerDiagnostics
{
    None,
    Errors,
    Warnings,
    Suggestions,
    All,
}
