using BufferLifetime.CodeFixes.Pages;
using BufferLifetime.CodeFixes.Repairs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.CodeFixes.Direction;

/// <summary>
/// The legacy call becomes one that pins, with every use of its pages: addresses that the pin makes safe, and releases that follow the
/// mode, in a <c>finally</c> where one can be made.
/// </summary>
internal sealed class PinnedExtraction() : Repair(PinnedExtractionFix.PinKey)
{
    private const string Title = "Extract with a pin (ExtractPages)";

    public override IEnumerable<Proposal> Propose(Report report, SemanticModel model, CancellationToken cancellationToken)
    {
        SyntaxNode root = model.SyntaxTree.GetRoot(cancellationToken);
        if (Acquisition.CallAt(report.Spot) is { } call
            && Acquisition.NameOf(call) is { } verb
            && model.GetSymbolInfo(call, cancellationToken).Symbol is IMethodSymbol { Name: "Put" or "PutPages" } putter
            && PageApi.IsRelease(putter))
        {
            yield return new Proposal("Release in the mode of the extraction", root.ReplaceNode(verb, verb.Renamed("Release")));
            yield break;
        }

        Acquisition? acquisition = Acquisition.At(report.Spot, model) ?? Acquisition.At(report.Origin, model);
        if (acquisition is not { IsLegacy: true, Name: not null })
        {
            yield break;
        }

        var uses = PageUses.Of(acquisition, model);
        if (uses is not null && FinallyRelease.Of(acquisition, uses, model) is { } release && PinnedCall.Of(acquisition, uses, model) is { } pinned)
        {
            SyntaxNode tracked = root.TrackNodes([pinned.Tracked, .. Addresses(uses), .. release.Tracked]);
            yield return new Proposal(Title, release.Apply(pinned.Apply(WithSafeAddresses(tracked, uses))));
        }

        if (InPlace(root, acquisition, uses, model) is { } changed)
        {
            yield return new Proposal(Title, changed);
        }
    }

    /// <summary>The same statements in the same order: pinned, and released in the mode that the pages have.</summary>
    private static SyntaxNode? InPlace(SyntaxNode root, Acquisition acquisition, PageUses? uses, SemanticModel model)
    {
        List<PinnedCall> calls = [];
        foreach (Acquisition fill in LegacyFills(acquisition, uses, model))
        {
            if (PinnedCall.Of(fill, uses, model) is not { } call)
            {
                return null;
            }

            calls.Add(call);
        }

        SyntaxNode[] releases = uses is null ? [] : [.. uses.Of(PageUseKind.Release).Select(use => Acquisition.NameOf((InvocationExpressionSyntax)use.Node)!)];
        SyntaxNode tracked = root.TrackNodes([.. calls.Select(call => call.Tracked), .. Addresses(uses), .. releases]);
        tracked = WithSafeAddresses(tracked, uses);
        foreach (SyntaxNode name in releases)
        {
            var current = (SimpleNameSyntax)tracked.GetCurrentNode(name)!;
            tracked = tracked.ReplaceNode(current, current.Renamed("Release"));
        }

        return calls.Aggregate(tracked, static (changed, call) => call.Apply(changed));
    }

    /// <summary>All legacy calls that fill the same variable: its releases and addresses cannot be those of one of them only.</summary>
    private static IEnumerable<Acquisition> LegacyFills(Acquisition acquisition, PageUses? uses, SemanticModel model)
    {
        yield return acquisition;
        if (uses is null)
        {
            yield break;
        }

        foreach (PageUse use in uses.Of(PageUseKind.Fill))
        {
            if (use.Node != acquisition.Call && Acquisition.At(use.Node, model) is { IsLegacy: true } other)
            {
                yield return other;
            }
        }
    }

    private static IEnumerable<SyntaxNode> Addresses(PageUses? uses) =>
        uses is null ? [] : uses.Of(PageUseKind.Address).Select(use => use.Node);

    private static SyntaxNode WithSafeAddresses(SyntaxNode root, PageUses? uses) =>
        root.ReplaceNodes(
            Addresses(uses).Select(address => root.GetCurrentNode(address)!),
            static (_, name) => ((SimpleNameSyntax)name).Renamed("Address"));
}
