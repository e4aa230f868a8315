using BufferLifetime.Analyzers.Symbols;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.CodeFixes.Pages;

/// <summary>The members that fill, show and release page fragments, by name.</summary>
internal static class PageApi
{
    public const string Iterator = "BufferLifetime.IovIter";
    public const string Fragment = "BufferLifetime.PageFragment";
    public const string Fragments = "BufferLifetime.PageFragments";
    public const string Flags = "BufferLifetime.ExtractFlags";

    /// <summary>A type as it has to be written in a place.</summary>
    public static string NameOf(string type, SemanticModel model, SyntaxNode place) =>
        model.Compilation.GetTypeByMetadataName(type)?.ToMinimalDisplayString(model, place.SpanStart) ?? type;

    public static bool IsFragment(ITypeSymbol? type) => MetadataNames.Of(type) == Fragment;

    public static bool IsLegacyGetter(IMethodSymbol method) =>
        method.Name is "GetPages" or "GetPagesAlloc" && MetadataNames.Of(method.ContainingType) == Iterator;

    /// <summary>Whether the call fills its first argument, with pins or with references.</summary>
    public static bool Fills(IMethodSymbol method) =>
        IsLegacyGetter(method)
        || (method.Name == "ExtractPages" && method.Parameters.Length > 0 && method.Parameters[0].Name is "pages" or "fragments"
            && MetadataNames.Of(method.ContainingType) == Iterator);

    public static bool IsRelease(IMethodSymbol method) =>
        method.Name is "Put" or "PutPages" or "Unpin" or "Release" && MetadataNames.Of(method.ContainingType) is Fragment or Fragments;

    public static bool IsSlice(IMethodSymbol method) =>
        method.Name == "AsSpan" && MetadataNames.Of(method.ContainingType) == "System.MemoryExtensions";

    public static bool IsSpan(ITypeSymbol? type) => MetadataNames.Of(type) is "System.Span`1" or "System.ReadOnlySpan`1";
}
