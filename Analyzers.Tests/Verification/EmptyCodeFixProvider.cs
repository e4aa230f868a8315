using System.Collections.Immutable;
using Microsoft.CodeAnalysis.CodeFixes;

namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>Stands in for the fix of an analyzer that has none.</summary>
public sealed class EmptyCodeFixProvider : CodeFixProvider
{
    public override ImmutableArray<string> FixableDiagnosticIds => [];

    public override FixAllProvider? GetFixAllProvider() => null;

    public override Task RegisterCodeFixesAsync(CodeFixContext context) => Task.CompletedTask;
}
