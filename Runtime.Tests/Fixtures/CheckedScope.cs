namespace BufferLifetime.Tests;

/// <summary>Checked mode for the length of a test.</summary>
internal sealed class CheckedScope : IDisposable
{
    private readonly bool _before = CheckedMode.IsEnabled;

    internal CheckedScope() => CheckedMode.Set(true);

    public void Dispose() => CheckedMode.Set(_before);
}
