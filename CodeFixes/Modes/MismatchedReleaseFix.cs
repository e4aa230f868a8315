using System.Collections.Immutable;
using System.Composition;
using BufferLifetime.Analyzers.Rules;
using BufferLifetime.CodeFixes.Repairs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace BufferLifetime.CodeFixes.Modes;

/// <summary>Repairs BUF1001: the release that fits the extraction.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(MismatchedReleaseFix)), Shared]
public sealed class MismatchedReleaseFix : RepairProvider
{
    /// <summary>The verb of the mode that the pages were taken in.</summary>
    public const string MatchingVerbKey = "BufferLifetime.MatchingVerb";

    /// <summary>The release that follows the mode.</summary>
    public const string ReleaseKey = "BufferLifetime.Release";

    public MismatchedReleaseFix()
        : base(
            ImmutableArray.Create(RuleIds.MismatchedRelease),
            new MatchingVerb(MatchingVerbKey, followsMode: false),
            new MatchingVerb(ReleaseKey, followsMode: true))
    {
    }
}
