using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>BUF2003 of memory on the stack: an address of it is returned, or stored where it is found when the method has returned.</summary>
internal sealed class StackOutlived : Rule
{
    /// <summary>Whether an operation takes an address that must not leave the body, so that the body is worth a look.</summary>
    public static bool MayLeave(IOperation operation) => operation switch
    {
        IAddressOfOperation address => OnStack(address) is not null && (address.Syntax.FirstAncestorOrSelf<StatementSyntax>() is ReturnStatementSyntax || address.Syntax.FirstAncestorOrSelf<AssignmentExpressionSyntax>() is not null),
        _ => IsAllocation(operation),
    };

    public override FactKind[] Reads => [FactKind.Escape];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact is not { Kind: FactKind.Escape })
        {
            return;
        }

        IOperation? value = (fact.Departure, fact.Operation) switch
        {
            (Departure.Returned, var returned) => returned,
            (Departure.StoredInThis or Departure.StoredInParameter, ISimpleAssignmentOperation assignment) => assignment.Value,
            (Departure.Stored, ISimpleAssignmentOperation { Target: IFieldReferenceOperation { Field.IsStatic: true } } assignment) => assignment.Value,
            _ => null,
        };
        if (value is not null && OnStack(value) is { } name && !IsStoredAnewAfter(fact.Operation))
        {
            findings.Report(
                PointerOutlivesPin.StackWords, Confidence.Certain, fact.Operation.Syntax, null, fact.Operation.Syntax.GetLocation(), [], null,
                name, fact.Departure == Departure.Returned ? "returned" : "stored");
        }
    }

    /// <summary>What the code calls the memory of the running call that a value is the address of; null for any other value.</summary>
    private static string? OnStack(IOperation value) => value switch
    {
        IConversionOperation { Type: IPointerTypeSymbol or { SpecialType: SpecialType.System_IntPtr or SpecialType.System_UIntPtr } } conversion => OnStack(conversion.Operand),
        IParenthesizedOperation parenthesized => OnStack(parenthesized.Operand),
        IBinaryOperation { Type: IPointerTypeSymbol } moved => OnStack(moved.LeftOperand),
        IAddressOfOperation { Reference: var reference } => NameOfVariable(reference),
        IObjectCreationOperation { Constructor: { ContainingType: { Name: "Span" or "ReadOnlySpan" }, Parameters: { Length: 2 } parameters }, Arguments: { Length: 2 } arguments } when parameters[0].Type is IPointerTypeSymbol => OnStack(arguments[0].Value),
        ILocalReferenceOperation { Local: { Type: IPointerTypeSymbol, IsFixed: false, RefKind: RefKind.None } local } => IsSurelyOnStack(local) ? local.Name : null,
        _ => IsAllocation(value) ? "stackalloc" : null,
    };

    /// <summary>The variable, or the part of one, that lies on the stack.</summary>
    private static string? NameOfVariable(IOperation reference) => reference switch
    {
        ILocalReferenceOperation { Local: { RefKind: RefKind.None, IsConst: false } local } => local.Name,
        IParameterReferenceOperation { Parameter: { RefKind: RefKind.None } parameter } => parameter.Name,
        IFieldReferenceOperation { Instance: { Type.IsValueType: true } whole, Field.ContainingType.IsValueType: true } => NameOfVariable(whole),
        _ => null,
    };

    private static bool IsAllocation(IOperation operation) =>
        operation is { Kind: OperationKind.None, Type: IPointerTypeSymbol } && (operation.Syntax.IsKind(SyntaxKind.StackAllocArrayCreationExpression) || operation.Syntax.IsKind(SyntaxKind.ImplicitStackAllocArrayCreationExpression));

    /// <summary>Whether the only value that a local ever has is memory of the stack.</summary>
    private static bool IsSurelyOnStack(ILocalSymbol local)
    {
        if (local.DeclaringSyntaxReferences.IsEmpty || local.DeclaringSyntaxReferences[0].GetSyntax() is not VariableDeclaratorSyntax { Initializer.Value: { } initial } declarator || !IsStackMemory(initial, declarator))
        {
            return false;
        }

        foreach (SyntaxNode node in declarator.FirstAncestorOrSelf<MemberDeclarationSyntax>()?.DescendantNodes() ?? [])
        {
            if ((node is AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: var assigned } } && assigned == local.Name)
                || (node is ArgumentSyntax { RefKindKeyword.RawKind: not 0, Expression: IdentifierNameSyntax { Identifier.ValueText: var passed } } && passed == local.Name))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsStackMemory(ExpressionSyntax value, VariableDeclaratorSyntax declarator) => value switch
    {
        StackAllocArrayCreationExpressionSyntax or ImplicitStackAllocArrayCreationExpressionSyntax => true,
        CastExpressionSyntax cast => IsStackMemory(cast.Expression, declarator),
        ParenthesizedExpressionSyntax parenthesized => IsStackMemory(parenthesized.Expression, declarator),
        PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.AddressOfExpression, Operand: IdentifierNameSyntax { Identifier.ValueText: var name } } => IsVariableOfBody(name, declarator),
        _ => false,
    };

    /// <summary>Whether a name is that of a variable that is declared before, as no field, and refers to nothing else.</summary>
    private static bool IsVariableOfBody(string name, SyntaxNode use) =>
        use.FirstAncestorOrSelf<MemberDeclarationSyntax>()?.DescendantNodes().Any(node => node is VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Type: not RefTypeSyntax }, Identifier.ValueText: var declared } && declared == name) == true;

    /// <summary>Whether the same field or parameter is set once more further down: it had the address for the time of the call.</summary>
    private static bool IsStoredAnewAfter(IOperation store)
    {
        if (store is not ISimpleAssignmentOperation { Target.Syntax: var target })
        {
            return false;
        }

        string name = target.ToString();
        return store.Syntax.FirstAncestorOrSelf<MemberDeclarationSyntax>()?.DescendantNodes().Any(node =>
            node.SpanStart > store.Syntax.SpanStart && node is AssignmentExpressionSyntax { Left: var again } && again.ToString() == name) == true;
    }
}
