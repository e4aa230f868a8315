namespace BufferLifetime.Analyzers.Rules;

/// <summary>The categories by which rules are configured together.</summary>
internal static class RuleCategories
{
    public const string Configuration = "BufferLifetime.Configuration";
    public const string Modes = "BufferLifetime.Modes";
    public const string Direction = "BufferLifetime.Direction";
    public const string Suspension = "BufferLifetime.Suspension";
    public const string Registration = "BufferLifetime.Registration";
    public const string BaseLibrary = "BufferLifetime.BaseLibrary";
}
