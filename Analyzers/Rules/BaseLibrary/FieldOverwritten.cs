using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>BUF2012: a field that owns something is given something else, and nobody releases what it had.</summary>
internal sealed class FieldOverwritten : Rule
{
    private const string Title = "Owning field overwritten without release";

    private static readonly DiagnosticDescriptor Certain = new(
        RuleIds.FieldOverwritten,
        Title,
        "'{0}' is overwritten while it owns what was taken at line {1}, which is never released. Release the old one after the new one is in place.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.FieldOverwritten));

    private static readonly DiagnosticDescriptor Possible = new(
        RuleIds.FieldOverwritten,
        Title,
        "'{0}' can be overwritten while it owns what was taken at line {1}, which is then never released. Release the old one after the new one is in place.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.FieldOverwritten));

    public static readonly Wording Words = new(Certain, Possible);

    private TypeFlow? _type;

    public override void OnMember(TypeMember member, TypeFlow type) => _type = type;

    public override void OnExit(Leaving leaving, Findings findings)
    {
        if (leaving.Kind != ExitKind.Return)
        {
            return;
        }

        foreach (PathState path in leaving.Paths.Paths)
        {
            foreach (Lost lost in Lost.On(path, findings.Body))
            {
                if (lost.Released is null && _type?.AlwaysOwns(lost.FieldSymbol) == true)
                {
                    findings.Report(
                        Words, Confidence.Possible, lost.At.Syntax, null, lost.At.Syntax.GetLocation(), [Spots.Origin(lost.Resource)], null,
                        lost.Field, Spots.Line(Spots.Origin(lost.Resource)));
                }
            }
        }
    }
}
