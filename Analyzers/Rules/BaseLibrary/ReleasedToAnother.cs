using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>BUF2010: the new buffer is given back in place of the old one.</summary>
internal sealed class ReleasedToAnother : Rule
{
    private static readonly DiagnosticDescriptor Descriptor = new(
        RuleIds.ReleasedToAnother,
        "Released to another owner",
        "'{0}' was given a new buffer at line {1}, so that the new one is released here while '{0}' goes on using it, and the old one is lost. Keep the old one in a local and release that.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.ReleasedToAnother));

    private static readonly DiagnosticDescriptor Foreign = new(
        RuleIds.ReleasedToAnother,
        "Released to another owner",
        "'{0}' is released to '{1}', but {2}: the one never gets it back, the other gets what it never gave. Release it to the owner that it came from.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.ReleasedToAnother));

    public static readonly Wording ForeignWords = new(Foreign, Foreign);

    public static readonly Wording Words = new(Descriptor, Descriptor);

    public override void OnExit(Leaving leaving, Findings findings)
    {
        foreach (PathState path in leaving.Paths.Paths)
        {
            foreach (Lost lost in Lost.On(path, findings.Body))
            {
                if (lost.Released is { } released)
                {
                    Location assigned = lost.At.Syntax.GetLocation();
                    findings.Report(
                        Words, Confidence.Certain, released.Syntax, null, Spots.OfCall(released), [assigned, Spots.Origin(lost.Resource)], null,
                        lost.Field, Spots.Line(assigned));
                }
            }
        }
    }
}
