using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Flow;

/// <content>Comparisons and patterns: the values that paths are told apart by.</content>
internal sealed partial class FactBuilder
{
    private static Expression.Compare Equal(Expression value, object? constant) =>
        new Expression.Compare(Relation.Equal, value, new Expression.Constant(constant));

    private Value VisitBinary(IBinaryOperation binary)
    {
        Value left = Visit(binary.LeftOperand);
        Value right = Visit(binary.RightOperand);
        if (binary.OperatorMethod is not null)
        {
            Point(binary);
        }

        if (IsAddress(binary.Type))
        {
            Value pointer = IsAddress(binary.LeftOperand.Type) && left.HasPlace ? left : right;
            return Derive(binary, pointer, ofElement: false);
        }

        if (left.Expression is not { } l || right.Expression is not { } r)
        {
            return Value.None;
        }

        Expression? result = binary.OperatorKind switch
        {
            BinaryOperatorKind.Equals => Ordered(Relation.Equal, l, r),
            BinaryOperatorKind.NotEquals => new Expression.Not(Ordered(Relation.Equal, l, r)),
            BinaryOperatorKind.LessThan => new Expression.Compare(Relation.Less, l, r),
            BinaryOperatorKind.LessThanOrEqual => new Expression.Compare(Relation.LessOrEqual, l, r),
            BinaryOperatorKind.GreaterThan => new Expression.Compare(Relation.Less, r, l),
            BinaryOperatorKind.GreaterThanOrEqual => new Expression.Compare(Relation.LessOrEqual, r, l),
            _ when binary.OperatorMethod is null => new Expression.Opaque(binary.OperatorKind.ToString(), l, r),
            _ => null,
        };
        return new Value(-1, result);
    }

    private static Expression.Compare Ordered(Relation relation, Expression left, Expression right) =>
        left is Expression.Constant ? new Expression.Compare(relation, right, left) : new Expression.Compare(relation, left, right);

    private Value VisitPattern(IIsPatternOperation operation)
    {
        Value value = Visit(operation.Value);
        return new Value(-1, Test(operation.Pattern, value));
    }

    /// <summary>What it means that the value matches, or null where the flow cannot say. Names that a match binds are bound either way.</summary>
    private Expression? Test(IPatternOperation pattern, Value value)
    {
        switch (pattern)
        {
            case IConstantPatternOperation { Value.ConstantValue: { HasValue: true, Value: var constant } }:
                return value.Expression is { } compared ? Equal(compared, constant) : null;
            case INegatedPatternOperation negated:
                return Test(negated.Pattern, value) is { } inner ? new Expression.Not(inner) : null;
            case IRelationalPatternOperation { Value.ConstantValue: { HasValue: true, Value: var bound } } relational when value.Expression is { } ordered:
                var constantSide = new Expression.Constant(bound);
                return relational.OperatorKind switch
                {
                    BinaryOperatorKind.LessThan => new Expression.Compare(Relation.Less, ordered, constantSide),
                    BinaryOperatorKind.LessThanOrEqual => new Expression.Compare(Relation.LessOrEqual, ordered, constantSide),
                    BinaryOperatorKind.GreaterThan => new Expression.Compare(Relation.Less, constantSide, ordered),
                    BinaryOperatorKind.GreaterThanOrEqual => new Expression.Compare(Relation.LessOrEqual, constantSide, ordered),
                    _ => null,
                };
            case IDeclarationPatternOperation declaration:
                Bind(declaration, declaration.DeclaredSymbol, value);
                return declaration.MatchesNull ? new Expression.Constant(true) : IsSureOf(declaration) ? NotNull(value) : null;
            case IRecursivePatternOperation recursive:
                Bind(recursive, recursive.DeclaredSymbol, value);
                return recursive.PropertySubpatterns.IsEmpty && recursive.DeconstructionSubpatterns.IsEmpty && IsSureOf(recursive) ? NotNull(value) : null;
            case ITypePatternOperation type when IsSureOf(type):
                return NotNull(value);
            case IDiscardPatternOperation:
                return new Expression.Constant(true);
            default:
                return null;
        }
    }

    private static bool IsSureOf(IPatternOperation pattern) =>
        SymbolEqualityComparer.Default.Equals(pattern.InputType, pattern.NarrowedType);

    private static Expression.Not? NotNull(Value value) => value.Expression is { } tested ? new Expression.Not(Equal(tested, null)) : null;

    private void Bind(IOperation operation, ISymbol? declared, Value value)
    {
        if (declared is ILocalSymbol local)
        {
            Assign(operation, _body.Places.Of(local, PlaceKind.Local), value);
        }
    }
}
