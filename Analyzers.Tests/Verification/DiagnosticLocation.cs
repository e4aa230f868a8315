using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>A place where a diagnostic is expected.</summary>
public readonly record struct DiagnosticLocation(FileLinePositionSpan Span, DiagnosticLocationOptions Options)
{
    public bool Matches(Location actual)
    {
        FileLinePositionSpan span = actual.GetLineSpan();
        return span.Path == Span.Path
            && span.StartLinePosition == Span.StartLinePosition
            && (Options.HasFlag(DiagnosticLocationOptions.IgnoreLength) || span.EndLinePosition == Span.EndLinePosition);
    }

    public override string ToString()
    {
        string start = $"{Span.Path}({Span.StartLinePosition.Line + 1},{Span.StartLinePosition.Character + 1})";
        return Options.HasFlag(DiagnosticLocationOptions.IgnoreLength)
            ? start
            : $"{start}-({Span.EndLinePosition.Line + 1},{Span.EndLinePosition.Character + 1})";
    }

    /// <summary>The same notation for a reported location.</summary>
    public static string Describe(Location actual) =>
        actual.Kind == LocationKind.None
            ? "no location"
            : new DiagnosticLocation(actual.GetLineSpan(), DiagnosticLocationOptions.None).ToString();
}
