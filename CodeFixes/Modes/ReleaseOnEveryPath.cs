using BufferLifetime.CodeFixes.Pages;
using BufferLifetime.CodeFixes.Repairs;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.CodeFixes.Modes;

/// <summary>What was extracted is released however its scope is left: a lease by <c>using</c>, pages in a <c>finally</c>.</summary>
internal sealed class ReleaseOnEveryPath() : Repair(NotReleasedFix.ReleaseKey)
{
    public override IEnumerable<Proposal> Propose(Report report, SemanticModel model, CancellationToken cancellationToken)
    {
        SyntaxNode root = model.SyntaxTree.GetRoot(cancellationToken);
        if (Acquisition.At(report.Origin ?? report.Spot, model) is { } acquisition)
        {
            if (PageUses.Of(acquisition, model) is { } uses && FinallyRelease.Of(acquisition, uses, model) is { } release)
            {
                yield return new Proposal($"Release '{uses.Owner.Name}' in 'finally'", release.Apply(root.TrackNodes(release.Tracked)));
            }
        }
        else if (HeldByUsing.Of(report.Origin ?? report.Spot, model) is { } held)
        {
            yield return new Proposal($"Hold '{held.Variable.Name}' with 'using'", held.Apply(root));
        }
    }
}
