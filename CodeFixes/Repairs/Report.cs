using System.Collections.Immutable;
using BufferLifetime.Analyzers.Rules;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.CodeFixes.Repairs;

/// <summary>A diagnostic as its repair meets it: in a tree that the repairs of other diagnostics may have changed since.</summary>
/// <param name="Id">The rule.</param>
/// <param name="Spot">What the squiggle covers.</param>
/// <param name="Origin">Where the rule says that the resource was taken, if it says so.</param>
/// <param name="Properties">What else the rule tells its fix.</param>
internal sealed record Report(string Id, SyntaxNode Spot, SyntaxNode? Origin, ImmutableDictionary<string, string?> Properties)
{
    /// <summary>Whether it is so on every path that reaches the spot.</summary>
    public bool IsCertain => IsCertainly(Properties);

    public static bool IsCertainly(Diagnostic diagnostic) => IsCertainly(diagnostic.Properties);

    public static Report? Of(Diagnostic diagnostic, SyntaxNode root)
    {
        if (NodeAt(diagnostic.Location, root) is not { } spot)
        {
            return null;
        }

        SyntaxNode? origin = diagnostic.AdditionalLocations.Count > 0 ? NodeAt(diagnostic.AdditionalLocations[0], root) : null;
        return new Report(diagnostic.Id, spot, origin, diagnostic.Properties);
    }

    private static bool IsCertainly(ImmutableDictionary<string, string?> properties) =>
        properties.TryGetValue(DiagnosticProperties.Confidence, out string? confidence) && confidence == "certain";

    private static SyntaxNode? NodeAt(Location location, SyntaxNode root) =>
        location.SourceTree == root.SyntaxTree && root.FullSpan.Contains(location.SourceSpan)
            ? root.FindNode(location.SourceSpan, getInnermostNodeForTie: true)
            : null;
}
