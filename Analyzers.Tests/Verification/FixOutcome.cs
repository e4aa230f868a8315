using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>Where a run of fixes ended, after how many, and what was wrong with the way there.</summary>
internal sealed record FixOutcome(Solution Solution, int Iterations, string? Failure);
