using BufferLifetime.Analyzers.Symbols;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.Analyzers.Protocols;

/// <summary>Constructors that make an object around the buffer they are given: they store it as it is, where others copy or only read it.</summary>
internal static class Wrappers
{
    private static readonly HashSet<string> Framework =
    [
        "System.IO.MemoryStream",
        "System.IO.UnmanagedMemoryStream",
        "System.Buffers.ReadOnlySequence`1",
        "System.Net.Http.ByteArrayContent",
        "System.Net.Http.ReadOnlyMemoryContent",
    ];

    public static bool Hold(IMethodSymbol constructor, IParameterSymbol parameter)
    {
        if (constructor.MethodKind != MethodKind.Constructor || parameter.Type.IsRefLikeType)
        {
            return false;
        }

        if (constructor.DeclaringSyntaxReferences.IsEmpty)
        {
            return parameter.Ordinal == 0 && Framework.Contains(MetadataNames.Of(constructor.ContainingType) ?? string.Empty);
        }

        return constructor.DeclaringSyntaxReferences[0].GetSyntax() switch
        {
            RecordDeclarationSyntax => true,
            ConstructorDeclarationSyntax declared => Stores(declared, parameter.Name),
            TypeDeclarationSyntax type => Initializes(type, parameter.Name),
            _ => false,
        };
    }

    /// <summary>Whether the constructor assigns the parameter, and nothing made from it, to something that is not its own.</summary>
    private static bool Stores(ConstructorDeclarationSyntax constructor, string parameter)
    {
        foreach (SyntaxNode node in constructor.DescendantNodes())
        {
            if (node is AssignmentExpressionSyntax { Left: IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } } assignment && IsNamed(assignment.Right, parameter))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Initializes(TypeDeclarationSyntax type, string parameter)
    {
        foreach (MemberDeclarationSyntax member in type.Members)
        {
            if (member is PropertyDeclarationSyntax { Initializer.Value: { } value } && IsNamed(value, parameter))
            {
                return true;
            }

            foreach (VariableDeclaratorSyntax variable in (member as FieldDeclarationSyntax)?.Declaration.Variables ?? default)
            {
                if (variable.Initializer is { Value: { } initial } && IsNamed(initial, parameter))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool IsNamed(ExpressionSyntax value, string parameter) => value switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText == parameter,
        BinaryExpressionSyntax { Left: var left } => IsNamed(left, parameter),
        _ => false,
    };
}
