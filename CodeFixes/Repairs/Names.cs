using BufferLifetime.CodeFixes.Pages;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace BufferLifetime.CodeFixes.Repairs;

/// <summary>Names that repairs write.</summary>
internal static class Names
{
    /// <summary>A name as it has to be written.</summary>
    public static string Written(string name) =>
        SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "@" + name;

    /// <summary>A name that nothing in the member has, and nothing that it can see.</summary>
    public static string Free(string wanted, SyntaxNode spot, SemanticModel model)
    {
        IEnumerable<SyntaxToken> identifiers = PageUses.ScopeOf(spot).DescendantTokens().Where(static token => token.IsKind(SyntaxKind.IdentifierToken));
        HashSet<string> taken = [.. identifiers.Select(static token => token.ValueText)];
        taken.UnionWith(model.LookupSymbols(spot.SpanStart).Select(symbol => symbol.Name));
        string name = wanted;
        for (int i = 2; taken.Contains(name) || SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None; i++)
        {
            name = wanted + i;
        }

        return name;
    }
}
