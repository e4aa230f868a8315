using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Flow;

/// <summary>What a body does with the fields of its instance, told without a control-flow graph: enough to choose the bodies that are worth one.</summary>
internal sealed class InstanceUse
{
    private InstanceUse()
    {
    }

    /// <summary>The fields and properties that the body names, of this instance or another.</summary>
    public HashSet<ISymbol> Fields { get; } = new(SymbolEqualityComparer.Default);

    /// <summary>Those that it may write.</summary>
    public HashSet<ISymbol> Written { get; } = new(SymbolEqualityComparer.Default);

    /// <summary>Those that it sets to a constant.</summary>
    public HashSet<ISymbol> Set { get; } = new(SymbolEqualityComparer.Default);

    /// <summary>Those that it looks at to decide something: a truth value, one that is compared, or what may be null.</summary>
    public HashSet<ISymbol> Tested { get; } = new(SymbolEqualityComparer.Default);

    /// <summary>The methods of the instance that it calls, and those that it makes delegates of.</summary>
    public HashSet<ISymbol> Called { get; } = new(SymbolEqualityComparer.Default);

    /// <summary>Whether it gives the instance, a struct, another value as a whole.</summary>
    public bool ReplacesInstance { get; private set; }

    /// <summary>Whether the code is not complete.</summary>
    public bool IsBroken { get; private set; }

    public static InstanceUse Of(IOperation root, ISymbol owner)
    {
        var use = new InstanceUse();
        if (owner is IFieldSymbol or IPropertySymbol)
        {
            // The initializer of one.
            use.Fields.Add(owner);
            use.Written.Add(owner);
            use.Set.Add(owner);
        }

        foreach (IOperation operation in root.Descendants())
        {
            switch (operation)
            {
                case IInvalidOperation:
                    use.IsBroken = true;
                    return use;
                case IMemberReferenceOperation { Member: IFieldSymbol { IsStatic: false } or IPropertySymbol { IsStatic: false } } reference:
                    use.Note(reference);
                    break;
                case IInvocationOperation { Instance: IInstanceReferenceOperation } call:
                    use.Called.Add(call.TargetMethod.OriginalDefinition);
                    break;
                case IMethodReferenceOperation { Method: var handedOut }:
                    use.Called.Add(handedOut.OriginalDefinition);
                    break;
                case IInstanceReferenceOperation { Type.IsValueType: true, Parent: IAssignmentOperation assignment } instance when assignment.Target == instance:
                    use.ReplacesInstance = true;
                    break;
            }
        }

        return use;
    }

    private void Note(IMemberReferenceOperation reference)
    {
        ISymbol member = reference.Member.OriginalDefinition;
        Fields.Add(member);
        switch (reference.Parent)
        {
            case ISimpleAssignmentOperation assignment when assignment.Target == reference:
                Written.Add(member);
                if (assignment.Value is { ConstantValue.HasValue: true } or IDefaultValueOperation or IConversionOperation { Operand.ConstantValue.HasValue: true })
                {
                    Set.Add(member);
                }

                break;
            case IAssignmentOperation update when update.Target == reference:
            case IIncrementOrDecrementOperation:
            case ITupleOperation:
                Written.Add(member);
                break;
            case IArgumentOperation { Parameter.RefKind: not RefKind.None }:
                // Exchanged, for instance, for a constant, and what was there is looked at.
                Written.Add(member);
                Set.Add(member);
                Tested.Add(member);
                break;
            default:
                if (reference.Type?.SpecialType == SpecialType.System_Boolean || IsCompared(reference))
                {
                    Tested.Add(member);
                }

                break;
        }
    }

    private static bool IsCompared(IOperation value)
    {
        IOperation compared = value;
        while (compared.Parent is IConversionOperation or IParenthesizedOperation)
        {
            compared = compared.Parent;
        }

        return compared.Parent switch
        {
            // Whether it is still the same object: what was set to null is not.
            IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals, LeftOperand.Type.IsReferenceType: true, RightOperand.Type.IsReferenceType: true } => true,
            IBinaryOperation binary => (binary.LeftOperand == compared ? binary.RightOperand : binary.LeftOperand) is { ConstantValue.HasValue: true } or IConversionOperation { Operand.ConstantValue.HasValue: true } or IDefaultValueOperation,
            IIsPatternOperation or IIsTypeOperation or ICoalesceOperation or ICoalesceAssignmentOperation or IConditionalAccessOperation or ISwitchOperation or ISwitchExpressionOperation => true,

            // Kept for later, and looked at then.
            IVariableInitializerOperation or ISimpleAssignmentOperation => true,
            _ => false,
        };
    }
}
