using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace BufferLifetime.Analyzers.Tests.VerificationTests.Fakes;

/// <summary>Reports a variable whose name starts with <c>bad</c>.</summary>
internal sealed class BadNameAnalyzer() : DeclaratorAnalyzer(FakeRules.BadName)
{
    protected override void Analyze(SyntaxNodeAnalysisContext context, SyntaxToken name)
    {
        if (IsBad(name))
            Report(context, FakeRules.BadName, name);
    }
}

/// <summary>Has two rules, and reports both for <c>badAndVeryLong</c>.</summary>
internal sealed class TwoRulesAnalyzer() : DeclaratorAnalyzer(FakeRules.BadName, FakeRules.LongName)
{
    protected override void Analyze(SyntaxNodeAnalysisContext context, SyntaxToken name)
    {
        if (IsBad(name))
            Report(context, FakeRules.BadName, name);
        if (name.ValueText.Length > 10)
            Report(context, FakeRules.LongName, name);
    }
}

internal sealed class OffByDefaultAnalyzer() : DeclaratorAnalyzer(FakeRules.OffByDefault)
{
    protected override void Analyze(SyntaxNodeAnalysisContext context, SyntaxToken name)
    {
        if (IsBad(name))
            Report(context, FakeRules.OffByDefault, name);
    }
}

/// <summary>Reports in generated code too.</summary>
internal sealed class EverywhereAnalyzer()
    : DeclaratorAnalyzer(GeneratedCodeAnalysisFlags.Analyze | GeneratedCodeAnalysisFlags.ReportDiagnostics, FakeRules.BadName)
{
    protected override void Analyze(SyntaxNodeAnalysisContext context, SyntaxToken name)
    {
        if (IsBad(name))
            Report(context, FakeRules.BadName, name);
    }
}

internal sealed class ThrowingAnalyzer() : DeclaratorAnalyzer(FakeRules.BadName)
{
    protected override void Analyze(SyntaxNodeAnalysisContext context, SyntaxToken name) =>
        throw new InvalidOperationException($"Cannot look at {name}.");
}

/// <summary>Reports a rule that it does not list as supported.</summary>
internal sealed class UnlistedRuleAnalyzer() : DeclaratorAnalyzer(FakeRules.BadName)
{
    protected override void Analyze(SyntaxNodeAnalysisContext context, SyntaxToken name) =>
        Report(context, FakeRules.LongName, name);
}

/// <summary>Reports the first character of the file, before any directive.</summary>
internal sealed class FirstCharacterAnalyzer() : DeclaratorAnalyzer(FakeRules.FirstCharacter)
{
    protected override void Analyze(SyntaxNodeAnalysisContext context, SyntaxToken name) =>
        context.ReportDiagnostic(Diagnostic.Create(FakeRules.FirstCharacter, Location.Create(name.SyntaxTree!, new TextSpan(0, 1))));
}

/// <summary>Reports the second variable of a declaration, and points at the first.</summary>
internal sealed class RepeatedAnalyzer() : DeclaratorAnalyzer(FakeRules.Repeated)
{
    protected override void Analyze(SyntaxNodeAnalysisContext context, SyntaxToken name)
    {
        var declaration = (VariableDeclarationSyntax)context.Node.Parent!;
        SyntaxToken first = declaration.Variables[0].Identifier;
        if (first != name)
            context.ReportDiagnostic(Diagnostic.Create(FakeRules.Repeated, name.GetLocation(), [first.GetLocation()], name.ValueText));
    }
}

/// <summary>Reports bad names of fields when the whole compilation has been seen.</summary>
internal sealed class CompilationEndAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [FakeRules.AtTheEnd];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationAction(end =>
        {
            var fields = end.Compilation.GetSymbolsWithName(name => name.StartsWith("bad", StringComparison.Ordinal), SymbolFilter.Member);
            foreach (ISymbol field in fields)
                end.ReportDiagnostic(Diagnostic.Create(FakeRules.AtTheEnd, field.Locations[0], field.Name));
        });
    }
}
