namespace BufferLifetime.Analyzers.Tests.Verification;

[Flags]
public enum MarkupOptions
{
    None = 0,

    /// <summary><c>[|…|]</c> means the analyzer's first descriptor, however many it has.</summary>
    UseFirstDescriptor = 1,

    /// <summary><c>$$</c> is code, as in a raw interpolated string.</summary>
    TreatPositionIndicatorsAsCode = 2,
}
