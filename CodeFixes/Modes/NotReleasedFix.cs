using System.Collections.Immutable;
using System.Composition;
using BufferLifetime.Analyzers.Rules;
using BufferLifetime.CodeFixes.Releases;
using BufferLifetime.CodeFixes.Repairs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace BufferLifetime.CodeFixes.Modes;

/// <summary>Repairs BUF1002, BUF1301, BUF2001 and BUF2008: what a path forgets to release is released on all.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(NotReleasedFix)), Shared]
public sealed class NotReleasedFix : RepairProvider
{
    /// <summary>A release however the scope is left.</summary>
    public const string ReleaseKey = "BufferLifetime.ReleaseOnEveryPath";

    /// <summary>A handle that knows what it pins, and is held by <c>using</c>, in the place of one that does not.</summary>
    public const string PinnedHandleKey = "BufferLifetime.PinnedGCHandle";

    public NotReleasedFix()
        : base(
            ImmutableArray.Create(RuleIds.NotReleased, RuleIds.ImportNotReleased, RuleIds.PinNotReleased, RuleIds.RentalNotReturned),
            new ReleaseOnEveryPath(),
            new PinnedHandle())
    {
    }
}
