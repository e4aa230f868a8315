using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>Compilation options that turn rules on.</summary>
internal static class RuleSeverities
{
    /// <summary>Gives every rule that is off by default the severity it would have.</summary>
    public static ImmutableDictionary<string, ReportDiagnostic> EnableOffByDefault(IEnumerable<DiagnosticDescriptor> rules)
    {
        var severities = ImmutableDictionary.CreateBuilder<string, ReportDiagnostic>();
        foreach (DiagnosticDescriptor rule in rules.Where(rule => !rule.IsEnabledByDefault))
        {
            severities[rule.Id] = rule.DefaultSeverity switch
            {
                DiagnosticSeverity.Error => ReportDiagnostic.Error,
                DiagnosticSeverity.Warning => ReportDiagnostic.Warn,
                DiagnosticSeverity.Info => ReportDiagnostic.Info,
                _ => ReportDiagnostic.Hidden,
            };
        }

        return severities.ToImmutable();
    }
}
