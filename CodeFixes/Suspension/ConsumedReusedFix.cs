using System.Collections.Immutable;
using System.Composition;
using BufferLifetime.Analyzers.Rules;
using BufferLifetime.CodeFixes.Repairs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace BufferLifetime.CodeFixes.Suspension;

/// <summary>Repairs BUF1206: every attempt begins where the first began.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ConsumedReusedFix)), Shared]
public sealed class ConsumedReusedFix : RepairProvider
{
    /// <summary>The position is saved before the first attempt and restored for each.</summary>
    public const string RestoreKey = "BufferLifetime.RestoreBeforeRetry";

    public ConsumedReusedFix()
        : base(ImmutableArray.Create(RuleIds.ConsumedReused), new PositionRestored())
    {
    }
}
