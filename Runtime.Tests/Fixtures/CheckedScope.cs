namespace BufferLifetime.Tests;

/// <summary>Checked mode, or its absence, for the length of a test.</summary>
internal sealed class CheckedScope : IDisposable
{
    private readonly bool _before = CheckedMode.IsEnabled;

    internal CheckedScope(bool enabled = true) => CheckedMode.Set(enabled);

    public void Dispose() => CheckedMode.Set(_before);
}
