namespace BufferLifetime.Analyzers.Rules;

/// <summary>What a diagnostic carries for its fix, by name.</summary>
internal static class DiagnosticProperties
{
    /// <summary><c>certain</c> or <c>possible</c>.</summary>
    public const string Confidence = "confidence";

    /// <summary>The release verb that matches the mode.</summary>
    public const string Verb = "verb";
}
