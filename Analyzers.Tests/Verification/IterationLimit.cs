namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>How often a fix may be applied until nothing is left to fix: positive is exact, negative an upper bound, zero never.</summary>
internal readonly record struct IterationLimit(int Value)
{
    /// <summary>No test fixes this often; a fix that does is running away.</summary>
    public const int HardCap = 1000;

    /// <summary>At most one is exactly one: had there been none, nothing could have changed.</summary>
    private bool IsExact => Value >= -1;

    public int Maximum => Math.Min(Math.Abs(Value), HardCap);

    public string? Violation(int iterations) =>
        iterations > Maximum ? $"More than {Maximum} iterations were needed."
        : IsExact && iterations < Maximum ? $"Expected {Maximum} iterations, but {iterations} fixed all there was."
        : null;
}
