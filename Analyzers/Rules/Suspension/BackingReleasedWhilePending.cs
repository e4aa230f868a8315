using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Rules.Shared;

namespace BufferLifetime.Analyzers.Rules.Suspension;

/// <summary>BUF1204: what an iterator describes is let go of by its creator while an operation over it is pending.</summary>
internal sealed class BackingReleasedWhilePending() : PendingReleaseRule(BackingUsedAfterRelease.WordsWhilePending)
{
    protected override bool Concerns(Resource resource) => resource.Kind == ResourceKind.Folio;

    protected override bool ConcernsThroughIterator(Resource resource) => BackingUsedAfterRelease.IsBacking(resource);
}
