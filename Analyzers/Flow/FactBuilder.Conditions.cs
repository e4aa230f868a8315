using System.Collections.Immutable;
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
        // Concatenations of thousands of operands lean to the left: they are walked without recursion.
        Stack<IBinaryOperation> spine = new();
        IOperation leftmost = binary;
        while (leftmost is IBinaryOperation { ConstantValue.HasValue: false } inner)
        {
            spine.Push(inner);
            leftmost = inner.LeftOperand;
        }

        Value value = Visit(leftmost);
        while (spine.Count > 0)
        {
            IBinaryOperation operation = spine.Pop();
            value = Combine(operation, value, Visit(operation.RightOperand)) with { Operation = operation };
            if (spine.Count > 0)
            {
                FailByItself(operation);
            }
        }

        return value;
    }

    private Value Combine(IBinaryOperation binary, Value left, Value right)
    {
        if (binary.OperatorMethod is not null)
        {
            Point(binary);
        }

        if (IsAddress(binary.Type) || IsAddressInNumbers(binary))
        {
            Value pointer = (IsAddress(binary.LeftOperand.Type) || IsAddressInNumbers(binary.LeftOperand)) && left.HasPlace ? left : right;
            return Derive(binary, pointer, RefRole.View);
        }

        if (left.Expression is not { } l || right.Expression is not { } r)
        {
            return Value.None;
        }

        Count(binary, l, r);
        Expression? result = binary.OperatorKind switch
        {
            BinaryOperatorKind.Equals => Ordered(Relation.Equal, l, r),
            BinaryOperatorKind.NotEquals => new Expression.Not(Ordered(Relation.Equal, l, r)),
            BinaryOperatorKind.LessThan => new Expression.Compare(Relation.Less, l, r),
            BinaryOperatorKind.LessThanOrEqual => new Expression.Compare(Relation.LessOrEqual, l, r),
            BinaryOperatorKind.GreaterThan => new Expression.Compare(Relation.Less, r, l),
            BinaryOperatorKind.GreaterThanOrEqual => new Expression.Compare(Relation.LessOrEqual, r, l),
            _ when binary.OperatorMethod is null && l.Depth + r.Depth <= Expression.MaxDepth => new Expression.Opaque(binary.OperatorKind.ToString(), l, r),
            _ => null,
        };
        return new Value(-1, result);
    }

    /// <summary>Whether a number is an address that was converted, or one that such an address was rounded to: a sum, a mask that clears its last bits.</summary>
    private static bool IsAddressInNumbers(IOperation number) => number switch
    {
        { Type.SpecialType: not (SpecialType.System_Int64 or SpecialType.System_UInt64) } => false,
        IParenthesizedOperation parenthesized => IsAddressInNumbers(parenthesized.Operand),
        IConversionOperation conversion => IsAddress(conversion.Operand.Type) || IsAddressInNumbers(conversion.Operand),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Add, LeftOperand: var left } => IsAddressInNumbers(left),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.And, LeftOperand: var left, RightOperand: var mask } => IsAddressInNumbers(left) && ClearsLastBits(mask),
        _ => false,
    };

    private static bool ClearsLastBits(IOperation mask) =>
        mask is IUnaryOperation { OperatorKind: UnaryOperatorKind.BitwiseNegation } || mask.ConstantValue is { HasValue: true, Value: < 0L or < 0 or > uint.MaxValue + 0ul }
        || (mask is IConversionOperation { Operand: var operand } && ClearsLastBits(operand));

    private void Count(IBinaryOperation binary, Expression left, Expression right)
    {
        Expression? count = binary.OperatorKind switch
        {
            BinaryOperatorKind.Divide or BinaryOperatorKind.Remainder => right,
            BinaryOperatorKind.Subtract when right is Expression.Constant { Value: > 0 } && IsIndex(binary) => left,
            _ => null,
        };
        if (count is Expression.Of or Expression.Inspected { Flags: null })
        {
            Add(new Fact(FactKind.Count, binary) { Value = count });
        }
    }

    private static bool IsIndex(IOperation value)
    {
        IOperation index = value;
        while (index.Parent is IConversionOperation or IParenthesizedOperation)
        {
            index = index.Parent;
        }

        return index.Parent is IArrayElementReferenceOperation || index.Parent is IArgumentOperation { Parent: IPropertyReferenceOperation };
    }

    private static Expression.Compare Ordered(Relation relation, Expression left, Expression right) =>
        left is Expression.Constant ? new Expression.Compare(relation, right, left) : new Expression.Compare(relation, left, right);

    private Value VisitPattern(IIsPatternOperation operation)
    {
        Value value = Visit(operation.Value);
        return new Value(-1, Test(operation.Pattern, value));
    }

    private Value VisitTypeTest(IIsTypeOperation test)
    {
        Value value = Visit(test.ValueOperand);
        bool isSure = test.ValueOperand.Type is { IsReferenceType: true } type
            && (SymbolEqualityComparer.Default.Equals(type, test.TypeOperand) || test.TypeOperand.SpecialType == SpecialType.System_Object);
        Expression? result = isSure ? NotNull(value) : null;
        return new Value(-1, test.IsNegated && result is not null ? new Expression.Not(result) : result);
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
            case IBinaryPatternOperation { OperatorKind: BinaryOperatorKind.And } both:
                return And(Test(both.LeftPattern, value), Test(both.RightPattern, value));
            case IBinaryPatternOperation either:
                return Test(either.LeftPattern, value) is { } one && Test(either.RightPattern, value) is { } other
                    ? new Expression.Not(new Expression.And(new Expression.Not(one), new Expression.Not(other)))
                    : null;
            case IRecursivePatternOperation recursive:
                return TestParts(recursive, value);
            case IListPatternOperation list:
                return TestElements(list, value);
            case ITypePatternOperation type when IsSureOf(type):
                return NotNull(value);
            case IDiscardPatternOperation:
                return new Expression.Constant(true);
            default:
                return null;
        }
    }

    private Expression? TestParts(IRecursivePatternOperation pattern, Value value)
    {
        Bind(pattern, pattern.DeclaredSymbol, value);
        Expression? result = pattern.InputType is { IsReferenceType: false, OriginalDefinition.SpecialType: not SpecialType.System_Nullable_T }
            ? new Expression.Constant(true)
            : IsSureOf(pattern) ? NotNull(value) : null;
        foreach (IPropertySubpatternOperation part in pattern.PropertySubpatterns)
        {
            ISymbol? member = part.Member switch
            {
                IPropertyReferenceOperation property => property.Property,
                IFieldReferenceOperation field => field.Field,
                _ => null,
            };
            result = And(result, Test(part.Pattern, member is null ? Value.None : PartOf(part, value, member)));
        }

        ISymbol?[] positional = Positional(pattern.MatchedType, pattern.DeconstructionSubpatterns.Length);
        for (int i = 0; i < pattern.DeconstructionSubpatterns.Length; i++)
        {
            Value part = positional[i] is { } member ? PartOf(pattern, value, member) : Value.None;
            result = And(result, Test(pattern.DeconstructionSubpatterns[i], part));
        }

        return result;
    }

    /// <summary>The elements are read; a slice of an array is a copy, that of a span another name for a stretch of it.</summary>
    private Expression.And TestElements(IListPatternOperation pattern, Value value)
    {
        Bind(pattern, pattern.DeclaredSymbol, value);
        Use(pattern, value);
        Expression? result = pattern.InputType.IsReferenceType ? NotNull(value) : null;
        foreach (IPatternOperation element in pattern.Patterns)
        {
            result = And(result, element switch
            {
                ISlicePatternOperation { Pattern: { } slice } => Test(slice, pattern.InputType is IArrayTypeSymbol ? Copy(element, value, Fresh()) : Part(element, value, Extent.Stretch)),
                ISlicePatternOperation => null,
                _ => Test(element, CanCarry(element.InputType) ? Derive(element, value, RefRole.Element) : Value.None),
            });
        }

        return And(result, null);
    }

    private Value PartOf(IOperation operation, Value value, ISymbol member)
    {
        if (!value.HasPlace)
        {
            return Value.None;
        }

        return member is IPropertySymbol { OriginalDefinition: var property } && _contracts.Find(property) is { } contract
            ? Apply(operation, member, contract, value, [], ((IPropertySymbol)member).Type)
            : MemberOf(operation, value, member);
    }

    /// <summary>Both hold; where one says nothing, a match still says the other, and a mismatch nothing.</summary>
    private static Expression.And And(Expression? left, Expression? right) =>
        new(left ?? Expression.Anything.Value, right ?? Expression.Anything.Value);

    /// <summary>
    /// The members that a deconstruction into <paramref name="count"/> parts gives, in order: the elements of a tuple, or what the parameters of
    /// <c>Deconstruct</c> are called after, as those of a record are. Null for a part that has no member of its own.
    /// </summary>
    private static ISymbol?[] Positional(ITypeSymbol? type, int count)
    {
        ISymbol?[] positional = new ISymbol?[count];
        if (type is INamedTypeSymbol { IsTupleType: true, TupleElements: { } elements } && elements.Length == count)
        {
            for (int i = 0; i < count; i++)
            {
                positional[i] = elements[i];
            }

            return positional;
        }

        foreach (ISymbol member in type?.GetMembers("Deconstruct") ?? ImmutableArray<ISymbol>.Empty)
        {
            if (member is not IMethodSymbol { IsStatic: false, Parameters: { } parameters } || parameters.Length != count)
            {
                continue;
            }

            for (int i = 0; i < count; i++)
            {
                foreach (ISymbol named in type!.GetMembers(parameters[i].Name))
                {
                    positional[i] = named is IPropertySymbol { Parameters.IsEmpty: true } property && SymbolEqualityComparer.Default.Equals(property.Type, parameters[i].Type) ? named : null;
                }
            }

            break;
        }

        return positional;
    }

    /// <summary>A tuple's element under the name that does not depend on what the element is called.</summary>
    private static IFieldSymbol ElementField(IFieldSymbol field)
    {
        IFieldSymbol element = field.CorrespondingTupleField ?? field;
        return field.ContainingType.IsTupleType ? element.OriginalDefinition : field;
    }

    private static bool IsSureOf(IPatternOperation pattern) =>
        SymbolEqualityComparer.Default.Equals(pattern.InputType, pattern.NarrowedType)
        || (pattern.InputType is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T, TypeArguments: var arguments }
            && SymbolEqualityComparer.Default.Equals(arguments[0], pattern.NarrowedType));

    private static Expression.Not? NotNull(Value value) => value.Expression is { } tested ? new Expression.Not(Equal(tested, null)) : null;

    private void Bind(IOperation operation, ISymbol? declared, Value value)
    {
        if (declared is ILocalSymbol local)
        {
            Assign(operation, _body.Places.Of(local, PlaceKind.Local), value);
        }
    }
}
