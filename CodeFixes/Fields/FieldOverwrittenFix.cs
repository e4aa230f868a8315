using System.Collections.Immutable;
using System.Composition;
using BufferLifetime.Analyzers.Rules;
using BufferLifetime.CodeFixes.Repairs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace BufferLifetime.CodeFixes.Fields;

/// <summary>Repairs BUF2012: what a field owned is released when it has something else.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(FieldOverwrittenFix)), Shared]
public sealed class FieldOverwrittenFix : RepairProvider
{
    /// <summary>The old one is released after the new one is in place.</summary>
    public const string ReleaseKey = "BufferLifetime.ReleaseOverwritten";

    public FieldOverwrittenFix()
        : base(ImmutableArray.Create(RuleIds.FieldOverwritten), new ReleasedWhenOverwritten())
    {
    }
}
