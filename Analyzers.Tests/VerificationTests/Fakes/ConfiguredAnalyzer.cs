using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace BufferLifetime.Analyzers.Tests.VerificationTests.Fakes;

/// <summary>Reports the name that the key <c>fake.bad_name</c>, or the additional file <c>BadNames.txt</c>, calls bad.</summary>
internal sealed class ConfiguredAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [FakeRules.BadName];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSyntaxNodeAction(Analyze, SyntaxKind.VariableDeclarator);
    }

    private static void Analyze(SyntaxNodeAnalysisContext context)
    {
        SyntaxToken name = ((VariableDeclaratorSyntax)context.Node).Identifier;
        AnalyzerConfigOptions options = context.Options.AnalyzerConfigOptionsProvider.GetOptions(context.Node.SyntaxTree);
        options.TryGetValue("fake.bad_name", out string? configured);
        string? listed = context.Options.AdditionalFiles.FirstOrDefault(file => Path.GetFileName(file.Path) == "BadNames.txt")
            ?.GetText(context.CancellationToken)?.ToString();
        if (name.ValueText == configured || name.ValueText == listed)
            context.ReportDiagnostic(Diagnostic.Create(FakeRules.BadName, name.GetLocation(), name.ValueText));
    }
}
