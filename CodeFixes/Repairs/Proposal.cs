using Microsoft.CodeAnalysis;

namespace BufferLifetime.CodeFixes.Repairs;

/// <summary>What a repair would make of a document.</summary>
/// <param name="Title">What the user reads in the menu.</param>
/// <param name="Root">The document.</param>
/// <param name="Probe">
/// The document without the releases that the repair replaces, if it must be known that there are no others: what then is not certainly
/// never released is handed on somewhere, and is not the repair's to release.
/// </param>
internal sealed record Proposal(string Title, SyntaxNode Root, SyntaxNode? Probe = null);
