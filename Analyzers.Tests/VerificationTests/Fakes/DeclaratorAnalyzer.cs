using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace BufferLifetime.Analyzers.Tests.VerificationTests.Fakes;

/// <summary>Looks at every variable declarator.</summary>
internal abstract class DeclaratorAnalyzer : DiagnosticAnalyzer
{
    private readonly GeneratedCodeAnalysisFlags _generatedCode;

    protected DeclaratorAnalyzer(GeneratedCodeAnalysisFlags generatedCode, params DiagnosticDescriptor[] rules)
    {
        _generatedCode = generatedCode;
        SupportedDiagnostics = [.. rules];
    }

    protected DeclaratorAnalyzer(params DiagnosticDescriptor[] rules)
        : this(GeneratedCodeAnalysisFlags.None, rules)
    {
    }

    public sealed override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; }

    public sealed override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(_generatedCode);
        context.RegisterSyntaxNodeAction(
            node => Analyze(node, ((VariableDeclaratorSyntax)node.Node).Identifier), SyntaxKind.VariableDeclarator);
    }

    protected abstract void Analyze(SyntaxNodeAnalysisContext context, SyntaxToken name);

    protected static bool IsBad(SyntaxToken name) => name.ValueText.StartsWith("bad", StringComparison.Ordinal);

    protected static void Report(SyntaxNodeAnalysisContext context, DiagnosticDescriptor rule, SyntaxToken name) =>
        context.ReportDiagnostic(Diagnostic.Create(rule, name.GetLocation(), name.ValueText));
}
