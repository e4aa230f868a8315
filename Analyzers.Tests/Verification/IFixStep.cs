using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>One application of a fix: to a single diagnostic, or to all in a scope.</summary>
internal interface IFixStep
{
    string Name { get; }

    /// <summary>The solution after <paramref name="fix"/>. <paramref name="all"/> is everything that is reported before it.</summary>
    Task<Solution> ApplyAsync(RegisteredFix fix, ImmutableArray<AnalyzedDiagnostic> all, CancellationToken cancel);
}
