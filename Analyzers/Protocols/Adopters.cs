using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.Analyzers.Protocols;

/// <summary>Methods in source that put the buffer they are given, as it is, into a collection of their instance: who calls them has given it away.</summary>
internal static class Adopters
{
    private static readonly HashSet<string> Insertions = ["Add", "Enqueue", "Push", "Insert", "AddLast", "AddFirst"];

    public static bool Collects(IMethodSymbol method, IParameterSymbol parameter) =>
        method is { MethodKind: MethodKind.Ordinary, IsStatic: false, IsVirtual: false, IsAbstract: false, IsOverride: false, DeclaringSyntaxReferences: { Length: 1 } declarations }
        && IsBuffer(parameter.Type)
        && declarations[0].GetSyntax() is MethodDeclarationSyntax declared
        && declared.DescendantNodes().Any(node => IsInsertion(node, parameter.Name, method.ContainingType));

    private static bool IsBuffer(ITypeSymbol type) => type is IArrayTypeSymbol or INamedTypeSymbol { Name: "IMemoryOwner" or "Memory" or "ReadOnlyMemory" or "ArraySegment", IsGenericType: true };

    /// <summary>Whether the parameter goes straight into a collection that the instance has in a private field.</summary>
    private static bool IsInsertion(SyntaxNode node, string parameter, INamedTypeSymbol type) =>
        node is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: var inserts, Expression: IdentifierNameSyntax { Identifier.ValueText: var collection } }, ArgumentList.Arguments: { Count: > 0 } arguments }
        && Insertions.Contains(inserts) && arguments[arguments.Count - 1].Expression is IdentifierNameSyntax { Identifier.ValueText: var inserted } && inserted == parameter
        && type.GetMembers(collection).Any(static member => member is IFieldSymbol { DeclaredAccessibility: Accessibility.Private, Type: INamedTypeSymbol { IsGenericType: true, ContainingNamespace.Name: "Generic" or "Concurrent" } });
}
