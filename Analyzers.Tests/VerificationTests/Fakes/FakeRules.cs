using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Tests.VerificationTests.Fakes;

/// <summary>Rules about names, which need no flow analysis to be tested with.</summary>
internal static class FakeRules
{
    public static readonly DiagnosticDescriptor BadName = Rule("FAKE001", "'{0}' is a bad name");
    public static readonly DiagnosticDescriptor LongName = Rule("FAKE002", "'{0}' is a long name");
    public static readonly DiagnosticDescriptor FirstCharacter = Rule("FAKE003", "The file starts here");
    public static readonly DiagnosticDescriptor Repeated = Rule("FAKE004", "'{0}' is declared again");
    public static readonly DiagnosticDescriptor OffByDefault = Rule("FAKE005", "'{0}' is a bad name", isEnabledByDefault: false);
    public static readonly DiagnosticDescriptor AtTheEnd =
        Rule("FAKE006", "'{0}' is a bad name", customTags: WellKnownDiagnosticTags.CompilationEnd);

    private static DiagnosticDescriptor Rule(string id, string message, bool isEnabledByDefault = true, params string[] customTags) =>
        new(id, "Fake", message, "Fakes", DiagnosticSeverity.Warning, isEnabledByDefault, customTags: customTags);
}
