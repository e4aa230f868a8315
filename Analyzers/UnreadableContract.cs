using BufferLifetime.Analyzers.Protocols;
using BufferLifetime.Analyzers.Rules;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace BufferLifetime.Analyzers;

/// <summary>BUF0001: a line of a contract file says nothing, so that the API that it should describe stays unknown.</summary>
internal static class UnreadableContract
{
    public static readonly DiagnosticDescriptor Descriptor = new(
        RuleIds.UnreadableContract,
        "Contract file cannot be read",
        "The line is skipped: {0}",
        RuleCategories.Configuration,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Rule.HelpFor(RuleIds.UnreadableContract));

    public static void Check(AdditionalFileAnalysisContext context, ProtocolTable protocols)
    {
        if (!ContractFile.IsOne(context.AdditionalFile))
        {
            return;
        }

        if (context.AdditionalFile.GetText(context.CancellationToken) is not { } text)
        {
            context.ReportDiagnostic(Diagnostic.Create(Descriptor, Location.Create(context.AdditionalFile.Path, default, default), "the file has no text"));
            return;
        }

        foreach ((TextLine line, string why) in ContractFile.Mistakes(text, context.Compilation, protocols))
        {
            Location location = Location.Create(context.AdditionalFile.Path, line.Span, text.Lines.GetLinePositionSpan(line.Span));
            context.ReportDiagnostic(Diagnostic.Create(Descriptor, location, why));
        }
    }
}
