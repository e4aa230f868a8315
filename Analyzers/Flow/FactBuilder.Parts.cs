using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Flow;

/// <content>Elements, slices and aggregates: what consists of what.</content>
internal sealed partial class FactBuilder
{
    private Value Copy(IOperation operation, Value source, Value target)
    {
        if (source.HasPlace && target.HasPlace)
        {
            Add(new Fact(FactKind.View, operation) { Target = target.Place, Source = source.Place, Role = RefRole.Part, Copies = true, Accumulates = true });
        }

        return target;
    }

    private Value VisitElement(IArrayElementReferenceOperation element)
    {
        Value array = Visit(element.ArrayReference);
        foreach (IOperation index in element.Indices)
        {
            Visit(index);
        }

        Use(element, array);
        if (element.Indices.Length == 1 && element.Indices[0].Type is { Name: "Range", ContainingNamespace.Name: "System" })
        {
            return Copy(element, array, Fresh());
        }

        return CanCarry(element.Type) ? Derive(element, array, RefRole.Element) : Value.None;
    }

    private Value VisitSlice(IImplicitIndexerReferenceOperation indexer)
    {
        Value instance = Visit(indexer.Instance);
        Visit(indexer.Argument);
        if (indexer.IndexerSymbol is not IPropertySymbol)
        {
            Extent extent = indexer.Argument is not IRangeOperation { LeftOperand: var from } ? Extent.Stretch
                : from is not null && !IsZero(from) ? Extent.Stretch
                : Extent.Head;
            return Part(indexer, instance, extent);
        }

        Use(indexer, instance);
        return Derive(indexer, instance, RefRole.Element);
    }

    private static bool IsZero(IOperation operation) =>
        operation is { ConstantValue: { HasValue: true, Value: 0 } } or IConversionOperation { Operand.ConstantValue: { HasValue: true, Value: 0 } };

    /// <summary>Another name for the storage in <paramref name="source"/>. To name it is no use of what it holds.</summary>
    private Value Part(IOperation operation, Value source, Extent extent)
    {
        if (!source.HasPlace)
        {
            return Value.None;
        }

        int result = NewTemporary();
        var part = new Expression.PartOf(source.Place, extent);
        _parts.Add(result, part);
        Add(new Fact(FactKind.View, operation) { Target = result, Source = source.Place, Role = RefRole.Part, Value = _body.Expressions.Intern(part, result) });
        return new Value(result, part, Named: source.Named ?? source.Operation);
    }

    private Value VisitAggregate(IOperation operation)
    {
        int result = -1;
        int element = 0;
        foreach (IOperation child in operation.ChildOperations)
        {
            Value value = Visit(child);
            if (operation is not ITupleOperation)
            {
                HandOnInner(child, value);
            }

            if (value.HasPlace && (child is IArrayInitializerOperation || CanCarry(child.Type)))
            {
                result = result < 0 ? NewTemporary() : result;
                Add(new Fact(FactKind.View, operation) { Target = result, Source = value.Place, Role = RefRole.Container, Accumulates = true });
            }

            if (operation is ITupleOperation { Type: INamedTypeSymbol { TupleElements: { } elements } } && element < elements.Length && (value.HasPlace || value.Expression is not null))
            {
                result = result < 0 ? NewTemporary() : result;
                Assign(child, ElementOf(result, elements[element]), value);
            }

            element++;
        }

        // An array that is made here holds nothing that is followed; that it is one of the body's own is known of it.
        return result >= 0 ? Named(result) : operation is IArrayCreationOperation ? new Value(-1, new Expression.Constant(new MadeArray(operation))) : Value.None;
    }

    /// <summary>The place of a field; of a tuple's element, whatever the element is called.</summary>
    private int ElementOf(int place, IFieldSymbol field)
    {
        IFieldSymbol element = ElementField(field);
        return _body.Places.OfMember(place, element, field.Name);
    }
}
