using System.Collections.Immutable;
using System.Composition;
using BufferLifetime.Analyzers.Rules;
using BufferLifetime.CodeFixes.Repairs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace BufferLifetime.CodeFixes.Releases;

/// <summary>Repairs BUF1203 and BUF2007: the operation is awaited before what it uses is released.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ReleasedWhilePendingFix)), Shared]
public sealed class ReleasedWhilePendingFix : RepairProvider
{
    /// <summary>The operation is awaited first.</summary>
    public const string AwaitKey = "BufferLifetime.AwaitBeforeRelease";

    public ReleasedWhilePendingFix()
        : base(ImmutableArray.Create(RuleIds.ReleasedBeforeCompletion, RuleIds.ReleasedWhilePending), new AwaitedFirst())
    {
    }
}
