using BufferLifetime.CodeFixes.Pages;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.CodeFixes.Suspension;

/// <summary>All uses of an iterator from where it enters the function; after a conversion none of them may still be of the old one.</summary>
/// <param name="Declaration">The statement that makes it, or null for a parameter.</param>
/// <param name="Names">The uses.</param>
/// <param name="AreChanged">Whether some of them change it, as an advance does.</param>
internal sealed record IteratorUses(LocalDeclarationStatementSyntax? Declaration, IReadOnlyList<IdentifierNameSyntax> Names, bool AreChanged)
{
    /// <summary>The uses, or null where a conversion would miss one of them or end before it.</summary>
    public static IteratorUses? Of(ISymbol iterator, FunctionBody body, SemanticModel model)
    {
        LocalDeclarationStatementSyntax? declaration = null;
        if (iterator is ILocalSymbol { IsRef: false, DeclaringSyntaxReferences: { Length: 1 } references }
            && references[0].GetSyntax() is VariableDeclaratorSyntax
            {
                Initializer: not null,
                Parent: VariableDeclarationSyntax { Variables.Count: 1, Parent: LocalDeclarationStatementSyntax declared },
            })
        {
            declaration = declared;
        }
        else if (iterator is not IParameterSymbol { RefKind: RefKind.None } parameter || !body.IsOf(parameter, model))
        {
            return null;
        }

        List<IdentifierNameSyntax> names = [];
        bool areChanged = false;
        foreach (IdentifierNameSyntax name in body.Node.DescendantNodes().OfType<IdentifierNameSyntax>())
        {
            if (name.Identifier.ValueText != iterator.Name || !SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name).Symbol, iterator))
            {
                continue;
            }

            // Nobody knows when a nested function runs, or what an assignment brings.
            if (!body.IsAround(name) || IsAssigned(name) || TellsTheKind(name) || OutlivesTheBody(name, model))
            {
                return null;
            }

            areChanged |= IsChanged(name, model);
            names.Add(name);
        }

        return new IteratorUses(declaration, names, areChanged);
    }

    /// <summary>Whether a use gives the variable another iterator.</summary>
    public static bool IsAssigned(IdentifierNameSyntax name) =>
        name.Parent is ArgumentSyntax { RefKindKeyword.RawKind: (int)SyntaxKind.OutKeyword }
        || (name.Parent is AssignmentExpressionSyntax assignment && assignment.Left == name);

    /// <summary>Whether a use advances the iterator, or may.</summary>
    public static bool IsChanged(IdentifierNameSyntax name, SemanticModel model) => name.Parent switch
    {
        ArgumentSyntax argument => argument.RefKindKeyword.IsKind(SyntaxKind.RefKeyword),
        RefExpressionSyntax => true,
        MemberAccessExpressionSyntax access when access.Expression == name => model.GetSymbolInfo(access).Symbol switch
        {
            IMethodSymbol method => method is { IsStatic: false, IsReadOnly: false, IsExtensionMethod: false },
            IPropertySymbol property => property.GetMethod is { IsReadOnly: false },
            _ => true,
        },
        _ => false,
    };

    /// <summary>Whether what is read of the iterator would not be the same after a conversion.</summary>
    public static bool TellsTheKind(IdentifierNameSyntax name) =>
        name.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "IsUserBacked" or "Kind" or "ExtractWillPin" or "ExtractMode" } access
        && access.Expression == name;

    /// <summary>Whether the iterator goes where the end of the function does not reach.</summary>
    private static bool OutlivesTheBody(IdentifierNameSyntax name, SemanticModel model) =>
        PendingCall.Holds(name, model)
        || name.Parent is not (MemberAccessExpressionSyntax or EqualsValueClauseSyntax or BinaryExpressionSyntax
            or ArgumentSyntax { Parent: ArgumentListSyntax { Parent: InvocationExpressionSyntax } });
}
