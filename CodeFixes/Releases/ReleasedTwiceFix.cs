using System.Collections.Immutable;
using System.Composition;
using BufferLifetime.Analyzers.Rules;
using BufferLifetime.CodeFixes.Repairs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace BufferLifetime.CodeFixes.Releases;

/// <summary>Repairs BUF1003, BUF2002 and BUF2006: of two releases of the same thing one is left.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ReleasedTwiceFix)), Shared]
public sealed class ReleasedTwiceFix : RepairProvider
{
    /// <summary>One of the two goes.</summary>
    public const string RemoveKey = "BufferLifetime.RemoveSecondRelease";

    public ReleasedTwiceFix()
        : base(ImmutableArray.Create(RuleIds.ReleasedTwice, RuleIds.PinMisused, RuleIds.ReturnedTwice), new RemovedRelease())
    {
    }
}
