using System.Collections.Immutable;
using System.Composition;
using BufferLifetime.Analyzers.Rules;
using BufferLifetime.CodeFixes.Repairs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace BufferLifetime.CodeFixes.Suspension;

/// <summary>Repairs BUF1201: what the iterator describes is held before the method leaves its caller's stack.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(RetainedAcrossAwaitFix)), Shared]
public sealed class RetainedAcrossAwaitFix : RepairProvider
{
    /// <summary>Conversion before the first suspension.</summary>
    public const string ConvertKey = "BufferLifetime.ExtractToBvec";

    public RetainedAcrossAwaitFix()
        : base(ImmutableArray.Create(RuleIds.RetainedAcrossAwait), new ConversionBeforeSuspension())
    {
    }
}
