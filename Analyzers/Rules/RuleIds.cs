namespace BufferLifetime.Analyzers.Rules;

/// <summary>The IDs, by block. An ID does not change once it has shipped.</summary>
internal static class RuleIds
{
    // Modes: release the way you extracted.
    public const string MismatchedRelease = "BUF1001";
    public const string NotReleased = "BUF1002";

    // Direction: a reference is not a pin.
    public const string GetPagesWritten = "BUF1101";
    public const string LegacyCall = "BUF1102";

    // Suspension: a user-backed iterator ends where its call does.
    public const string RetainedAcrossAwait = "BUF1201";
}
