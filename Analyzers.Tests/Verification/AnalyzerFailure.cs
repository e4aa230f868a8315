using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>An exception that left an analyzer; the compiler would report it as AD0001 and run the analyzer no more.</summary>
public sealed record AnalyzerFailure(DiagnosticAnalyzer Analyzer, Diagnostic Diagnostic, Exception Exception);
