using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Flow;

/// <summary>Which methods run code that is not managed: what they are given they have by its address.</summary>
internal static class NativeCode
{
    /// <summary>Whether a call of the method leaves managed code: it is external, imported, or has a body generated for it that marshals for an import.</summary>
    public static bool Is(IMethodSymbol method) =>
        method.IsExtern || method.GetDllImportData() is not null
        || (method is { IsStatic: true, IsPartialDefinition: true } && method.GetAttributes().Any(static attribute => attribute.AttributeClass is { Name: "LibraryImportAttribute", ContainingNamespace: { Name: "InteropServices" } }));
}
