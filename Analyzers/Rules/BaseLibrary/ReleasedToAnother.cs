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

    private static readonly DiagnosticDescriptor NeverRented = new(
        RuleIds.ReleasedToAnother,
        "Released to another owner",
        "'{0}' is returned to '{1}', but was never rented: it was made with 'new' at line {2}, and the pool hands it to others from now on, or refuses it. Return only what was rented.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.ReleasedToAnother));

    private static readonly DiagnosticDescriptor MaybeNeverRented = new(
        RuleIds.ReleasedToAnother,
        "Released to another owner",
        "'{0}' is returned to '{1}', but on some path was never rented: it was made with 'new' at line {2}, and the pool hands it to others from now on, or refuses it. Return only what was rented.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.ReleasedToAnother));

    private static readonly DiagnosticDescriptor OtherHeap = new(
        RuleIds.ReleasedToAnother,
        "Released to another owner",
        "'{0}' comes from '{1}' at line {2}, but is freed by '{3}': each heap takes back only what it gave. Free it by '{4}'.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.ReleasedToAnother));

    private static readonly DiagnosticDescriptor OtherAddress = new(
        RuleIds.ReleasedToAnother,
        "Released to another owner",
        "'{0}' is freed, but is not the address that '{1}' gave at line {2}: it was moved at line {3}. Keep the first address, and free that.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpFor(RuleIds.ReleasedToAnother));

    public static readonly Wording OtherHeapWords = new(OtherHeap, OtherHeap);

    public static readonly Wording OtherAddressWords = new(OtherAddress, OtherAddress);

    public static readonly Wording NeverRentedWords = new(NeverRented, MaybeNeverRented);

    public static readonly Wording ForeignWords = new(Foreign, Foreign);

    public static readonly Wording Words = new(Descriptor, Descriptor);

    public override bool ReadsEveryExit => true;

    public override void OnExit(Leaving leaving, Findings findings)
    {
        foreach (PathState path in leaving.Paths.Paths)
        {
            foreach (Lost lost in Lost.On(path, findings.Body))
            {
                // A handle that is freed is gone from its field: nobody goes on using it there.
                if (lost is { Released: { } released, Resource.Kind.ClearsItsVariable: false })
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
