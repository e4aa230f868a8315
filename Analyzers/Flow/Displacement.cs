using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Flow;

/// <summary>Whether an address is surely another one than that it was computed from: what is only moved forth, and never back.</summary>
internal static class Displacement
{
    /// <summary>What moved the address in a place; null where it may be the first one still, or again.</summary>
    public static IOperation? Of(Body body, int place)
    {
        IOperation? moved = null;
        HashSet<int> seen = [];
        while (place >= 0 && seen.Add(place))
        {
            int from = -1;
            int origins = 0;
            foreach (Fact fact in body.Facts)
            {
                if (fact.Target != place || fact.Kind is not (FactKind.Assign or FactKind.View or FactKind.Acquire or FactKind.Complete))
                {
                    continue;
                }

                if (fact is { Kind: FactKind.View, Operation: IBinaryOperation or ICompoundAssignmentOperation or IIncrementOrDecrementOperation })
                {
                    if (!IsForth(fact.Operation))
                    {
                        return null;
                    }

                    moved = fact.Operation;
                    if (fact.Source == place)
                    {
                        continue;
                    }
                }
                else if (fact.Kind is FactKind.View or FactKind.Complete || fact.IsHavoc)
                {
                    return null;
                }

                from = fact.Kind == FactKind.Acquire ? -1 : fact.Source;
                origins++;
            }

            if (origins > 1)
            {
                return null;
            }

            place = from;
        }

        return moved;
    }

    private static bool IsForth(IOperation operation) => operation switch
    {
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Add, RightOperand: var added } => IsSomething(added),

        // Rounded up, or down: of many addresses one in so many is right by chance.
        IBinaryOperation { OperatorKind: BinaryOperatorKind.And } => true,
        ICompoundAssignmentOperation { OperatorKind: BinaryOperatorKind.Add, Value: var added } => IsSomething(added),
        IIncrementOrDecrementOperation { Kind: OperationKind.Increment } => true,
        _ => false,
    };

    private static bool IsSomething(IOperation added) => added.ConstantValue is not { HasValue: true, Value: 0 or 0L or 0u or 0ul } && added is not IUnaryOperation { OperatorKind: UnaryOperatorKind.Minus } && added.ConstantValue is not { HasValue: true, Value: < 0 or < 0L };
}
