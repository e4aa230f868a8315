using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.Suspension;

/// <summary>Where an assignment puts its value: on the stack, with the variables of the call, or where others find it afterwards.</summary>
internal static class Storage
{
    /// <summary>Whether what is stored there can be found after the call: not in a struct of the caller or a local, nor in an object that nobody else sees.</summary>
    public static bool Outlives(IOperation target) => target switch
    {
        IFieldReferenceOperation { Instance: null } or IPropertyReferenceOperation { Instance: null } => true,
        IMemberReferenceOperation { Instance: { } instance } => instance.Type is { IsReferenceType: true } ? IsSeenByOthers(instance) : Outlives(instance),
        IArrayElementReferenceOperation element => IsSeenByOthers(element.ArrayReference),
        _ => false,
    };

    public static string NameOf(IOperation target) => target switch
    {
        IMemberReferenceOperation { Member: IPropertySymbol { IsIndexer: true }, Instance: { } instance } => NameOf(instance),
        IMemberReferenceOperation member => member.Member.Name,
        IArrayElementReferenceOperation element => NameOf(element.ArrayReference),
        IParameterReferenceOperation parameter => parameter.Parameter.Name,
        _ => target.Syntax.ToString(),
    };

    private static bool IsSeenByOthers(IOperation instance) => instance switch
    {
        ILocalReferenceOperation { Local: var local } => IsGivenAway(local.Name, instance.Syntax),
        IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ImplicitReceiver } or IFlowCaptureReferenceOperation => IsCreationGivenAway(instance.Syntax),
        IConversionOperation conversion => IsSeenByOthers(conversion.Operand),
        IObjectCreationOperation or IArrayCreationOperation => false,
        _ => true,
    };

    /// <summary>Whether the variable is ever named for anything but its members.</summary>
    private static bool IsGivenAway(string name, SyntaxNode near)
    {
        foreach (SyntaxNode node in near.FirstAncestorOrSelf<MemberDeclarationSyntax>()?.DescendantNodes() ?? [])
        {
            if (node is IdentifierNameSyntax identifier && identifier.Identifier.ValueText == name && identifier.Parent switch
            {
                MemberAccessExpressionSyntax access => access.Expression != identifier && access.Name != identifier,
                ElementAccessExpressionSyntax or ConditionalAccessExpressionSyntax or NameColonSyntax or NameEqualsSyntax => false,
                AssignmentExpressionSyntax assignment => assignment.Left != identifier,
                _ => true,
            })
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsCreationGivenAway(SyntaxNode initialized)
    {
        BaseObjectCreationExpressionSyntax? creation = initialized.FirstAncestorOrSelf<BaseObjectCreationExpressionSyntax>();
        return creation?.Parent switch
        {
            null => true,
            EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax declarator } => IsGivenAway(declarator.Identifier.ValueText, creation),
            AssignmentExpressionSyntax { Left: IdentifierNameSyntax local } => IsGivenAway(local.Identifier.ValueText, creation) || local.Identifier.ValueText.StartsWith("_", StringComparison.Ordinal),
            MemberAccessExpressionSyntax or ExpressionStatementSyntax => false,
            _ => true,
        };
    }
}
