using System.Collections.Immutable;
using System.Composition;
using BufferLifetime.Analyzers.Rules;
using BufferLifetime.CodeFixes.Repairs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace BufferLifetime.CodeFixes.Modes;

/// <summary>Repairs BUF1005: the mode is asked of who knows it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(WrongIteratorFix)), Shared]
public sealed class WrongIteratorFix : RepairProvider
{
    /// <summary>The lease, or the result of the extraction, remembers it.</summary>
    public const string RememberedKey = "BufferLifetime.ModeOfTheLease";

    /// <summary>The iterator that was extracted from says it.</summary>
    public const string SourceKey = "BufferLifetime.ModeOfTheSource";

    public WrongIteratorFix()
        : base(ImmutableArray.Create(RuleIds.WrongIterator), new RememberedMode(), new ModeOfSource())
    {
    }
}
