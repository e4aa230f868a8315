using System.Collections.Immutable;
using BufferLifetime.Analyzers.Rules.Direction;
using BufferLifetime.Analyzers.Rules.Modes;
using BufferLifetime.Analyzers.Rules.Suspension;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Rules;

/// <summary>Every rule there is.</summary>
internal static class RuleCatalogue
{
    private static readonly (Wording Words, Func<Rule> Create)[] All =
    [
        (MismatchedRelease.Words, static () => new MismatchedRelease()),
        (NotReleased.Words, static () => new NotReleased()),
        (GetPagesWritten.Words, static () => new GetPagesWritten()),
        (LegacyCall.Words, static () => new LegacyCall()),
        (RetainedAcrossAwait.Words, static () => new RetainedAcrossAwait()),
    ];

    public static ImmutableArray<DiagnosticDescriptor> Descriptors { get; } = Collect();

    /// <summary>A fresh set of rules for one body.</summary>
    public static Rule[] Create() => Array.ConvertAll(All, static rule => rule.Create());

    private static ImmutableArray<DiagnosticDescriptor> Collect()
    {
        ImmutableArray<DiagnosticDescriptor>.Builder descriptors = ImmutableArray.CreateBuilder<DiagnosticDescriptor>();
        foreach ((Wording words, _) in All)
        {
            descriptors.AddRange(words.Descriptors);
        }

        return descriptors.ToImmutable();
    }
}
