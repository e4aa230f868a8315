using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.Analyzers.Flow;

/// <summary>
/// The flags by which a type remembers that it was ended: false until the first call that ends an instance, as nothing else writes them.
/// </summary>
internal static class EndFlags
{
    public static IEnumerable<ISymbol> Of(INamedTypeSymbol type)
    {
        foreach (IFieldSymbol field in type.GetMembers().OfType<IFieldSymbol>())
        {
            if (field is { IsStatic: false, IsReadOnly: false, DeclaredAccessibility: Accessibility.Private, Type.SpecialType: SpecialType.System_Boolean or SpecialType.System_Int32, AssociatedSymbol: null } && IsRaisedAtEndOnly(field, type))
            {
                yield return field;
            }
        }
    }

    private static bool IsRaisedAtEndOnly(IFieldSymbol flag, INamedTypeSymbol type)
    {
        bool isRaised = false;
        foreach (SyntaxReference part in type.DeclaringSyntaxReferences)
        {
            foreach (SyntaxNode node in part.GetSyntax().DescendantNodes())
            {
                if (node is VariableDeclaratorSyntax { Initializer: not null } declared && declared.Identifier.ValueText == flag.Name)
                {
                    return false;
                }

                if (node is IdentifierNameSyntax name && name.Identifier.ValueText == flag.Name && IsWritten(name, out bool raises))
                {
                    if (!raises || !IsEnding(name))
                    {
                        return false;
                    }

                    isRaised = true;
                }
            }
        }

        return isRaised;
    }

    private static bool IsWritten(IdentifierNameSyntax name, out bool raises)
    {
        SyntaxNode whole = name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access : name;
        raises = whole.Parent is AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression, Right: LiteralExpressionSyntax { Token.Value: true or 1 } } or ArgumentSyntax;
        return whole.Parent switch
        {
            AssignmentExpressionSyntax assignment => assignment.Left == whole,
            ArgumentSyntax argument => !argument.RefKindKeyword.IsKind(SyntaxKind.None),
            PrefixUnaryExpressionSyntax prefix => !prefix.IsKind(SyntaxKind.LogicalNotExpression),
            PostfixUnaryExpressionSyntax => true,
            _ => false,
        };
    }

    private static bool IsEnding(SyntaxNode node) => node.FirstAncestorOrSelf<MemberDeclarationSyntax>() is MethodDeclarationSyntax { Identifier.ValueText: "Dispose" or "DisposeAsync" or "DisposeAsyncCore" or "Close" };
}
