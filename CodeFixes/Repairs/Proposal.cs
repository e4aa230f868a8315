using Microsoft.CodeAnalysis;

namespace BufferLifetime.CodeFixes.Repairs;

/// <summary>What a repair would make of a document.</summary>
internal sealed record Proposal(string Title, SyntaxNode Root);
