using System.Globalization;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>
/// A diagnostic and the project it was reported in. One that is not local needs the whole compilation, and no editor offers a fix for it.
/// </summary>
internal sealed record AnalyzedDiagnostic(ProjectId Project, Diagnostic Diagnostic, bool IsLocal)
{
    public override string ToString() =>
        $"{Diagnostic.Id} at {DiagnosticLocation.Describe(Diagnostic.Location)}: {Diagnostic.GetMessage(CultureInfo.InvariantCulture)}";
}
