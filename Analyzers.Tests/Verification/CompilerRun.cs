using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>What the compiler itself says when it really compiles, down to the emitted assembly.</summary>
internal static class CompilerRun
{
    public static ImmutableArray<Diagnostic> Emit(Compilation compilation, CompilerDiagnostics asked, CancellationToken cancel)
    {
        using MemoryStream assembly = new();
        var emitted = compilation.Emit(assembly, cancellationToken: cancel);
        // Emit stops at the first phase with errors, and says nothing of what is only suggested.
        return emitted.Success && asked <= CompilerDiagnostics.Warnings
            ? emitted.Diagnostics
            : [.. compilation.GetDiagnostics(cancel).Union(emitted.Diagnostics)];
    }

    public static bool IsIncluded(Diagnostic diagnostic, CompilerDiagnostics asked) => asked switch
    {
        CompilerDiagnostics.None => false,
        CompilerDiagnostics.Errors => diagnostic.Severity >= DiagnosticSeverity.Error,
        CompilerDiagnostics.Warnings => diagnostic.Severity >= DiagnosticSeverity.Warning,
        CompilerDiagnostics.Suggestions => diagnostic.Severity >= DiagnosticSeverity.Info,
        _ => true,
    };
}
