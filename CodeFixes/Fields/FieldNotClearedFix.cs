using System.Collections.Immutable;
using System.Composition;
using BufferLifetime.Analyzers.Rules;
using BufferLifetime.CodeFixes.Repairs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace BufferLifetime.CodeFixes.Fields;

/// <summary>Repairs BUF2011: who releases what a field owns takes it out of the field.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(FieldNotClearedFix)), Shared]
public sealed class FieldNotClearedFix : RepairProvider
{
    /// <summary>The field is emptied with the release.</summary>
    public const string ClearKey = "BufferLifetime.ClearOnRelease";

    public FieldNotClearedFix()
        : base(ImmutableArray.Create(RuleIds.FieldNotCleared), new ClearedOnRelease())
    {
    }
}
