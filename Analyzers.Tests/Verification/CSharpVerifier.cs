using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;

namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>
/// Verifies an analyzer together with the fix of its reports. Of the shape and names of Microsoft.CodeAnalysis.Testing: a test file says
/// <c>using VerifyCS = CSharpVerifier&lt;Analyzer, Fix&gt;</c> and no more.
/// </summary>
public static class CSharpVerifier<TAnalyzer, TCodeFix>
    where TAnalyzer : DiagnosticAnalyzer, new()
    where TCodeFix : CodeFixProvider, new()
{
    /// <summary>The only diagnostic that the analyzer has; one with several must be asked by ID.</summary>
    public static DiagnosticResult Diagnostic() => new(new DefaultDescriptor(new TAnalyzer().SupportedDiagnostics).Require());

    public static DiagnosticResult Diagnostic(string diagnosticId) =>
        new(DefaultDescriptor.Find(new TAnalyzer().SupportedDiagnostics, diagnosticId));

    public static DiagnosticResult Diagnostic(DiagnosticDescriptor descriptor) => new(descriptor);

    public static DiagnosticResult CompilerError(string errorIdentifier) => DiagnosticResult.CompilerError(errorIdentifier);

    public static Task VerifyAnalyzerAsync(string source, params DiagnosticResult[] expected)
    {
        CSharpVerifier<TAnalyzer>.Test test = new() { TestCode = source };
        test.ExpectedDiagnostics.AddRange(expected);
        return test.RunAsync();
    }

    public static Task VerifyCodeFixAsync(string source, string fixedSource) => VerifyCodeFixAsync(source, [], fixedSource);

    public static Task VerifyCodeFixAsync(string source, DiagnosticResult expected, string fixedSource) =>
        VerifyCodeFixAsync(source, [expected], fixedSource);

    public static Task VerifyCodeFixAsync(string source, DiagnosticResult[] expected, string fixedSource)
    {
        Test test = new() { TestCode = source, FixedCode = fixedSource };
        test.ExpectedDiagnostics.AddRange(expected);
        return test.RunAsync();
    }

    public sealed class Test : CodeFixTest
    {
        protected override IEnumerable<DiagnosticAnalyzer> GetDiagnosticAnalyzers() => [new TAnalyzer()];

        protected override IEnumerable<CodeFixProvider> GetCodeFixProviders() => [new TCodeFix()];
    }
}
