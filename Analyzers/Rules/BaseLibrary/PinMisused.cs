using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Rules.Shared;
using BufferLifetime.Analyzers.Rules.Suspension;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>BUF2002: a pin, a handle or a native block is released again, or used after its release.</summary>
internal static class PinMisused
{
    private const string Title = "Pin released twice, or used after release";

    private static readonly DiagnosticDescriptor CertainlyTwice = new(
        RuleIds.PinMisused,
        Title,
        "'{0}' is released again: it was released at line {1}, and what it stood for may be somebody else's by now. Remove one of the two.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Rule.HelpFor(RuleIds.PinMisused));

    private static readonly DiagnosticDescriptor PossiblyTwice = new(
        RuleIds.PinMisused,
        Title,
        "'{0}' can be released again: on some path it was released at line {1}, and what it stood for may be somebody else's by now. Release it once.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Rule.HelpFor(RuleIds.PinMisused));

    private static readonly DiagnosticDescriptor CertainlyUsed = new(
        RuleIds.PinMisused,
        Title,
        "'{0}' is used after '{1}' was released at line {2}: the memory may have been moved or reused. Release it after the last use.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Rule.HelpFor(RuleIds.PinMisused));

    private static readonly DiagnosticDescriptor PossiblyUsed = new(
        RuleIds.PinMisused,
        Title,
        "'{0}' can be used after '{1}' was released at line {2}: the memory may have been moved or reused. Release it after the last use.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Rule.HelpFor(RuleIds.PinMisused));

    private static readonly DiagnosticDescriptor Spent = new(
        RuleIds.PinMisused,
        Title,
        "'{0}' is handed out again on the path that keeps the one of an earlier call: an overlapped structure serves one operation. Free it, and allocate one for each operation.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Rule.HelpFor(RuleIds.PinMisused));

    private static readonly DiagnosticDescriptor Untaken = new(
        RuleIds.PinMisused,
        Title,
        "'{0}' is released here also where the call at line {1} has failed, and no reference was taken: one that somebody else has is given back instead. Release only where '{2}' is true.",
        RuleCategories.BaseLibrary,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Rule.HelpFor(RuleIds.PinMisused));

    public static readonly Wording UntakenWords = new(Untaken, Untaken);

    public static readonly Wording SpentWords = new(Spent, Spent);

    public static readonly Wording TwiceWords = new(CertainlyTwice, PossiblyTwice);

    public static readonly Wording UsedWords = new(CertainlyUsed, PossiblyUsed);

    public sealed class Twice() : DoubleReleaseRule(TwiceWords)
    {
        protected override bool Concerns(Resource resource) => resource.Kind.IsHandle;

        // A release by way of a copy has words of its own.
        protected override bool Concerns(Fact release, Resource resource, Hold hold, Body body) => Concerns(resource) && !HandleCopied.Concerns(release, resource, hold, body);
    }

    public sealed class Used() : UseAfterReleaseRule(UsedWords)
    {
        // A safe handle is used as before once a reference to it was given back.
        protected override bool Concerns(Resource resource) => (resource.Kind.IsHandle && resource.Kind != ResourceKind.HandleReference) || resource.Kind == ResourceKind.SafeHandle;

        // The object says of itself that it was closed; the handle that was got out of it cannot.
        protected override bool Needs(Resource resource, RefRole role) => resource.Kind != ResourceKind.SafeHandle || role == RefRole.View;

        public override bool ReadsEveryExit => true;

        public override void OnExit(Leaving leaving, Findings findings)
        {
            if (leaving.Kind != ExitKind.Return)
            {
                return;
            }

            foreach (PathState path in leaving.Paths.Paths)
            {
                path.Holds.ForEach((id, hold) =>
                {
                    // An address that is returned past its release: by a 'finally', by a 'using'.
                    if (hold is { Holding: Holding.Released, ReturnedAs: { Type: IPointerTypeSymbol or { SpecialType: SpecialType.System_IntPtr or SpecialType.System_UIntPtr } } returned, ChangedAt: { } release }
                        && findings.Body.Resources[id] is { Original: null } resource && (resource.Kind == ResourceKind.Native || resource.Kind == ResourceKind.SafeHandle))
                    {
                        Location released = Spots.OfCall(release);
                        findings.Report(
                            UsedWords, leaving.Paths.Paths.Count == 1 ? Confidence.Certain : Confidence.Possible, (id, release.Syntax), null, returned.Syntax.GetLocation(), [released, Spots.Origin(resource)], null,
                            returned.Syntax.ToString(), resource.Name ?? resource.Kind.Name, Spots.Line(released));
                    }
                });
            }
        }

        // The creator of an iterator lets go of what that describes (BUF1204).
        protected override bool ConcernsThroughIterator(Resource resource) => Concerns(resource) && !BackingUsedAfterRelease.IsBacking(resource);
    }
}
