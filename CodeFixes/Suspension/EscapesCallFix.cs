using System.Collections.Immutable;
using System.Composition;
using BufferLifetime.Analyzers.Rules;
using BufferLifetime.CodeFixes.Repairs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace BufferLifetime.CodeFixes.Suspension;

/// <summary>Repairs BUF1202 where work that runs once takes the iterator: it is converted first, and the work gives it back.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(EscapesCallFix)), Shared]
public sealed class EscapesCallFix : RepairProvider
{
    /// <summary>Conversion before the hand-over.</summary>
    public const string HandOverKey = "BufferLifetime.HandOverExtracted";

    public EscapesCallFix()
        : base(ImmutableArray.Create(RuleIds.EscapesCall), new ConversionBeforeHandOver())
    {
    }
}
