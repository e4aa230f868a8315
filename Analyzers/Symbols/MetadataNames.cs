using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Symbols;

/// <summary>The names that members and types have in metadata: <c>System.Span`1+Enumerator</c>.</summary>
internal static class MetadataNames
{
    /// <summary>The full metadata name of a named type without its type arguments, or null for any other.</summary>
    public static string? Of(ITypeSymbol? type)
    {
        if (type is not INamedTypeSymbol named)
        {
            return null;
        }

        named = named.OriginalDefinition;
        string name = named.MetadataName;
        for (INamedTypeSymbol? outer = named.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            name = outer.MetadataName + "+" + name;
        }

        return named.ContainingNamespace is { IsGlobalNamespace: false } space ? space.ToDisplayString() + "." + name : name;
    }

    /// <summary>What code calls the type of a full metadata name: <c>Enumerator</c>.</summary>
    public static string SimpleNameOf(string metadataName)
    {
        string name = metadataName.Substring(metadataName.LastIndexOfAny(['.', '+']) + 1);
        int arity = name.IndexOf('`');
        return arity < 0 ? name : name.Substring(0, arity);
    }
}
