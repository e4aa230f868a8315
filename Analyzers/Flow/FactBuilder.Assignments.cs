using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Flow;

/// <content>Assignments: what is written, where to, and what thereby leaves the body.</content>
internal sealed partial class FactBuilder
{
    private Value VisitCapture(IFlowCaptureOperation capture)
    {
        Value value = Visit(capture.Value);
        _targets[capture.Id] = value;
        int place = _body.Places.OfCapture(capture.Id);
        _body.Places[place].IsMadeHere = capture.Value is IObjectCreationOperation { Type.IsValueType: true };
        Assign(capture, place, value);
        return Named(place);
    }

    private void Assign(IOperation operation, int target, Value value)
    {
        if (_body.Places[target].Symbol is ILocalSymbol { IsFixed: true } pointer)
        {
            // What a fixed statement points to stays where it is until the statement ends, and no longer.
            Resource held = _body.AcquiredAt(operation, pointer, new Effect.Acquire(Slot.Result, ResourceKind.Fixed, Holding.HeldPin));
            Add(new Fact(FactKind.Acquire, operation) { Target = target, Effect = held.Acquisition, Resource = held.Id });
            return;
        }

        if (!_body.Outlives(target))
        {
            NameInner(target, value);
        }

        if (value.HasPlace && _body.Places[value.Place].IsMadeHere)
        {
            // What its maker put into its members is in those of the copy.
            foreach (int member in _body.Places[value.Place].Members.Where(member => !_body.Places[member].IsInner))
            {
                _body.Places.OfMember(target, _body.Places[member].Symbol!);
            }
        }

        Add(new Fact(FactKind.Assign, operation)
        {
            Target = target,
            Source = value.Place,
            Value = _body.Expressions.Intern(value.Expression, target),
        });
    }

    private Value VisitAssignment(ISimpleAssignmentOperation assignment)
    {
        // The target's own operands are evaluated first.
        Value target = VisitTarget(assignment.Target, out bool writesThrough);
        Value value = Visit(assignment.Value);
        if (assignment.Target is IDiscardOperation)
        {
            return value;
        }

        if (assignment.IsRef)
        {
            HandOnInner(assignment, value);
        }

        Store(assignment, target, value, writesThrough);
        if (writesThrough && value.HasPlace && assignment.Target is IPropertyReferenceOperation { Property.SetMethod: { Parameters: { IsEmpty: false } parameters } setter } && _contracts.KeepsFor(setter, parameters[parameters.Length - 1]) == Keeping.InReceiver)
        {
            Add(new Fact(FactKind.Keep, assignment) { Target = value.Place, Receiver = target.Place, Member = setter });
        }

        return target.HasPlace && !writesThrough ? target : value;
    }

    private void Store(IOperation operation, Value target, Value value, bool writesThrough)
    {
        if (writesThrough)
        {
            Use(operation, target, writes: true);
            if (target.HasPlace && value.HasPlace && !_body.Outlives(target.Place))
            {
                // What is put into a container of the body's own is seen through the container from now on.
                Add(new Fact(FactKind.View, operation) { Target = target.Place, Source = value.Place, Role = RefRole.Container, Accumulates = true });
            }

            Escape(operation, value, Departure.Stored);
        }
        else if (target.HasPlace)
        {
            Assign(operation, target.Place, value);
            if (_body.Outlives(target.Place))
            {
                foreach (int inner in InnerOf(value))
                {
                    // What a field of the instance owns in its own fields is not followed.
                    Add(new Fact(FactKind.Escape, operation) { Target = inner, Departure = Departure.Stored, LeadsToOwner = true });
                }

                Escape(operation, value, DepartureInto(target.Place));
            }
        }
        else
        {
            Escape(operation, value, Departure.Stored);
        }
    }

    private void Escape(IOperation operation, Value value, Departure departure)
    {
        if (value.HasPlace)
        {
            Add(new Fact(FactKind.Escape, operation) { Target = value.Place, Departure = departure, LeadsToOwner = value.Operation is not IFlowAnonymousFunctionOperation && LeadsToOwner(value.Operation?.Type) });
        }
    }

    private Departure DepartureInto(int place) =>
        _body.KeepsFields && IsFieldOfThis(place) ? Departure.StoredInThis
        : _body.Places[place] is { Kind: PlaceKind.Parameter, Symbol: IParameterSymbol { RefKind: RefKind.Out } } ? Departure.StoredInParameter
        : _body.FollowsReferences && _body.Places[place].Kind is PlaceKind.Local or PlaceKind.Parameter ? Departure.StoredInParameter
        : Departure.Stored;

    private bool IsFieldOfThis(int place) =>
        _body.Places[place] is { Kind: PlaceKind.Member, Parent: var parent } && _body.Places[parent].Kind == PlaceKind.This;

    private Value VisitTarget(IOperation target, out bool writesThrough)
    {
        writesThrough = false;
        switch (target)
        {
            case IFlowCaptureReferenceOperation capture when _targets.TryGetValue(capture.Id, out Value captured):
                return captured;
            case ILocalReferenceOperation { Local.RefKind: not RefKind.None } reference when !reference.IsDeclaration && target.Parent is ISimpleAssignmentOperation { IsRef: false }:
                writesThrough = true;
                return Visit(target);
            case ILocalReferenceOperation or IParameterReferenceOperation or IDeclarationExpressionOperation or IInstanceReferenceOperation:
                return Visit(target);
            case IFieldReferenceOperation { Instance: { } instance } field:
                Value owner = Visit(instance);
                return owner.HasPlace ? Named(ElementOf(owner.Place, field.Field)) : Value.None;
            case IFieldReferenceOperation:
                return Visit(target);
            case IPropertyReferenceOperation { Instance: { } instance, Arguments.IsEmpty: true } property when !property.Property.ReturnsByRef:
                Value holder = Visit(instance);
                HandOnInner(property, holder);
                return holder.HasPlace ? Named(_body.Places.OfMember(holder.Place, property.Property)) : Value.None;
            case IPropertyReferenceOperation { Instance: { } instance } indexer:
                Value indexed = Visit(instance);
                VisitArguments(indexer.Arguments, indexer.Property.Parameters.Length);
                writesThrough = indexed.HasPlace;
                return indexed;
            case IArrayElementReferenceOperation element:
                Value array = Visit(element.ArrayReference);
                foreach (IOperation index in element.Indices)
                {
                    Visit(index);
                }

                FailByItself(element);
                writesThrough = array.HasPlace;
                return array;
            case IDiscardOperation:
                return Value.None;
            case { Kind: OperationKind.None } when Pointer(target) is { } pointer:
                // What a pointer points to has no operation of its own.
                writesThrough = true;
                return pointer with { Operation = target };
            default:
                Value through = Visit(target);
                writesThrough = through.HasPlace;
                return through;
        }
    }

    private Value? Pointer(IOperation indirection)
    {
        Value? pointer = null;
        foreach (IOperation child in indirection.ChildOperations)
        {
            Value value = Visit(child);
            pointer ??= IsAddress(child.Type) && value.HasPlace ? value : null;
        }

        return pointer;
    }

    private Value VisitDeconstruction(IDeconstructionAssignmentOperation deconstruction)
    {
        IOperation target = deconstruction.Target is IDeclarationExpressionOperation declaration ? declaration.Expression : deconstruction.Target;
        IOperation source = WithoutConversion(deconstruction.Value);
        if (target is not ITupleOperation targets)
        {
            return VisitOther(deconstruction);
        }

        List<(IOperation Target, Value Value)> written = [];
        Deconstruct(deconstruction, targets, source, written);
        foreach ((IOperation element, Value value) in written)
        {
            Value place = VisitTarget(element, out bool writesThrough);
            Store(deconstruction, place, value, writesThrough);
        }

        return Value.None;
    }

    /// <summary>Reads all values before any target is written: <c>(a, b) = (b, a)</c>.</summary>
    private void Deconstruct(IOperation operation, ITupleOperation targets, IOperation source, List<(IOperation Target, Value Value)> written)
    {
        if (source is ITupleOperation values && values.Elements.Length == targets.Elements.Length)
        {
            for (int i = 0; i < values.Elements.Length; i++)
            {
                if (targets.Elements[i] is ITupleOperation inner)
                {
                    Deconstruct(operation, inner, WithoutConversion(values.Elements[i]), written);
                    continue;
                }

                Value value = Visit(values.Elements[i]);
                int copy = NewTemporary();
                Assign(values.Elements[i], copy, value);
                written.Add((targets.Elements[i], new Value(value.HasPlace ? copy : -1, value.HasPlace ? new Expression.Of(copy) : value.Expression)));
            }

            return;
        }

        Deconstruct(operation, targets, Visit(source), source.Type, written);
    }

    private void Deconstruct(IOperation operation, ITupleOperation targets, Value whole, ITypeSymbol? type, List<(IOperation Target, Value Value)> written)
    {
        ISymbol?[] positional = Positional(type, targets.Elements.Length);
        for (int i = 0; i < targets.Elements.Length; i++)
        {
            IOperation element = targets.Elements[i];
            if (element is IDiscardOperation)
            {
                continue;
            }

            Value part = positional[i] is { } member ? PartOf(operation, whole, member)
                : CanCarry(element.Type) ? Derive(operation, whole, RefRole.View)
                : Value.None;
            if (element is ITupleOperation inner)
            {
                Deconstruct(operation, inner, part, (positional[i] as IFieldSymbol)?.Type ?? (positional[i] as IPropertySymbol)?.Type, written);
            }
            else
            {
                written.Add((element, part));
            }
        }
    }

    private static IOperation WithoutConversion(IOperation value) => value is IConversionOperation { OperatorMethod: null } conversion ? conversion.Operand : value;

    private Value VisitUpdate(IOperation operation)
    {
        IOperation target = operation is ICompoundAssignmentOperation compound ? compound.Target : ((IIncrementOrDecrementOperation)operation).Target;
        Value place = VisitTarget(target, out bool writesThrough);
        if (operation is ICompoundAssignmentOperation { Value: var added })
        {
            Visit(added);
        }

        if (writesThrough)
        {
            Use(operation, place, writes: true);
        }
        else if (place.HasPlace && IsAddress(target.Type))
        {
            // A pointer moved along stays a pointer into the same memory, and is no longer the one that was given.
            Use(operation, place);
            Add(new Fact(FactKind.View, operation) { Target = place.Place, Source = place.Place });
        }
        else if (place.HasPlace)
        {
            Assign(operation, place.Place, Value.None);
        }

        return place;
    }
}
