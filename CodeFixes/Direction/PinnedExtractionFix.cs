using System.Collections.Immutable;
using System.Composition;
using BufferLifetime.Analyzers.Rules;
using BufferLifetime.CodeFixes.Repairs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace BufferLifetime.CodeFixes.Direction;

/// <summary>Repairs BUF1101 and BUF1102: what is left of the legacy page API becomes extraction with a pin.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(PinnedExtractionFix)), Shared]
public sealed class PinnedExtractionFix : RepairProvider
{
    /// <summary>The same calls and conventions, with a pin.</summary>
    public const string PinKey = "BufferLifetime.ExtractWithPin";

    /// <summary>A lease, which also makes the vectors for native calls.</summary>
    public const string LeaseKey = "BufferLifetime.ExtractLease";

    public PinnedExtractionFix()
        : base(ImmutableArray.Create(RuleIds.GetPagesWritten, RuleIds.LegacyCall), new PinnedExtraction(), new LeaseExtraction())
    {
    }
}
