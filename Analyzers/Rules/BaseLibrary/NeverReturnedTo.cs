using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>BUF2008 of a type with a pool of its own that it only rents from: wherever the array goes, nobody can return it.</summary>
internal sealed class NeverReturnedTo : Rule
{
    public override FactKind[] Reads => [FactKind.Acquire];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact is not { Kind: FactKind.Acquire, Operation: IInvocationOperation { Instance: IFieldReferenceOperation { Field: { DeclaredAccessibility: Accessibility.Private } pool } } }
            || findings.Body.Resources[fact.Resource] is not { Original: null } resource || resource.Kind != ResourceKind.Rental || !IsOnlyRentedFrom(pool))
        {
            return;
        }

        findings.Report(RentalNotReturned.ArrayWords, Confidence.Certain, resource.Id, null, Spots.OfCall(fact.Operation), [], null, resource.Name ?? resource.Kind.Name);
    }

    /// <summary>Whether the type makes the pool itself, and every mention of that rents from it.</summary>
    private static bool IsOnlyRentedFrom(IFieldSymbol pool)
    {
        bool isMade = false;
        foreach (SyntaxNode member in MemberSyntax.MembersOf(pool.ContainingType))
        {
            foreach (SyntaxNode node in member.DescendantNodes())
            {
                switch (node)
                {
                    case VariableDeclaratorSyntax { Initializer.Value: var initial } declared when declared.Identifier.ValueText == pool.Name && member is FieldDeclarationSyntax:
                        isMade |= Makes(initial);
                        break;
                    case IdentifierNameSyntax { Identifier.ValueText: "Return" }:
                        // To whom is another question.
                        return false;
                    case IdentifierNameSyntax name when name.Identifier.ValueText == pool.Name:
                        ExpressionSyntax whole = name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access : name;
                        switch (whole.Parent)
                        {
                            case MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Rent", Parent: InvocationExpressionSyntax }:
                                break;
                            case AssignmentExpressionSyntax { Parent: ExpressionStatementSyntax or ArrowExpressionClauseSyntax } assignment when assignment.Left == whole && Makes(assignment.Right):
                                isMade = true;
                                break;
                            default:
                                return false;
                        }

                        break;
                }
            }
        }

        return isMade;
    }

    private static bool Makes(ExpressionSyntax value) =>
        value is BaseObjectCreationExpressionSyntax or InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Create" } };
}
