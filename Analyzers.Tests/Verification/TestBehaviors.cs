namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>Passes of an analyzer test that are left out.</summary>
[Flags]
public enum TestBehaviors
{
    None = 0,

    /// <summary>Does not ask that nothing is reported under an <c>&lt;auto-generated&gt;</c> header.</summary>
    SkipGeneratedCodeCheck = 1,

    /// <summary>Does not ask that <c>#pragma warning disable</c> silences every report.</summary>
    SkipSuppressionCheck = 2,
}
