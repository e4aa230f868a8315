using BufferLifetime.Analyzers.Rules;
using BufferLifetime.CodeFixes.Pages;
using BufferLifetime.CodeFixes.Releases;
using BufferLifetime.CodeFixes.Repairs;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.CodeFixes.Modes;

/// <summary>What was taken is released however its scope is left: by <c>using</c> where its variable can hold it, otherwise in a <c>finally</c>.</summary>
internal sealed class ReleaseOnEveryPath() : Repair(NotReleasedFix.ReleaseKey)
{
    public override IEnumerable<Proposal> Propose(Report report, SemanticModel model, CancellationToken cancellationToken)
    {
        SyntaxNode root = model.SyntaxTree.GetRoot(cancellationToken);

        // Rules of the library tell a missed path where it leaves; those of the base class library where the taking is.
        SyntaxNode taking = report.Id is RuleIds.PinNotReleased or RuleIds.RentalNotReturned ? report.Spot : report.Origin ?? report.Spot;
        if (Acquisition.At(taking, model) is { } acquisition)
        {
            if (PageUses.Of(acquisition, model) is { } uses && FinallyRelease.Of(acquisition, uses, model) is { } release)
            {
                yield return new Proposal($"Release '{uses.Owner.Name}' in 'finally'", release.Apply(root.TrackNodes(release.Tracked)));
            }

            yield break;
        }

        if (HeldByUsing.Of(taking, model) is { } held)
        {
            yield return new Proposal($"Hold '{held.Variable.Name}' with 'using'", held.Apply(root.TrackNodes(held.Tracked)));
        }

        // What is missed on some path only is released on the others, or given to somebody there, who would be left with nothing.
        if (HeldLocal.Of(taking, model) is { } local && local.InFinally(model) is { } inFinally && (report.IsCertain || inFinally.Released.Count > 0))
        {
            SyntaxNode tracked = root.TrackNodes(inFinally.Tracked);
            yield return new Proposal(
                $"Release '{local.Variable.Name}' in 'finally'", inFinally.Apply(tracked), report.IsCertain ? null : inFinally.WithoutReleases(tracked));
        }
    }
}
