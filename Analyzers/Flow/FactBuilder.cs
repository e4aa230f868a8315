using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Flow;

/// <summary>
/// Walks the basic blocks of a body once, in evaluation order, and writes down what each operation means to the lifetime of a
/// buffer. The only place that knows operations; everything after it knows facts.
/// </summary>
internal sealed partial class FactBuilder
{
    /// <summary>The kind of <c>[a, b]</c>, which the oldest compiler that loads this has no name for.</summary>
    private const OperationKind CollectionExpression = (OperationKind)0x7f;

    private readonly IContractSource _contracts;
    private readonly Body _body;
    private readonly OwnCallees? _callees;
    private readonly Dictionary<CaptureId, Value> _targets = [];
    private readonly Dictionary<int, Expression.PartOf> _parts = [];
    private readonly Dictionary<IOperation, List<Fact>> _releasedBy = [];

    /// <summary>What was just taken to hold a place's memory where it is, and in which block.</summary>
    private readonly Dictionary<int, (int Handle, int Block)> _inPlace = [];
    private readonly HashSet<int> _leading = [];
    private readonly bool _isAsked;
    private List<Fact> _facts = [];
    private bool _canFail;
    private bool _mayLose;
    private int _block;

    private FactBuilder(IContractSource contracts, Body body, OwnCallees? callees, bool isAsked)
    {
        _isAsked = isAsked;
        _callees = callees;
        _contracts = contracts;
        _body = body;
    }

    /// <summary>Writes the facts of every block of <paramref name="graph"/> into <paramref name="body"/>.</summary>
    /// <param name="graph">The blocks.</param>
    /// <param name="contracts">What calls mean.</param>
    /// <param name="body">Where the facts go.</param>
    /// <param name="callees">Who says what own methods do.</param>
    /// <param name="isAsked">Whether it is asked what becomes of what the parameters bring.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static void Build(ControlFlowGraph graph, IContractSource contracts, Body body, OwnCallees? callees, bool isAsked, CancellationToken cancellation)
    {
        var builder = new FactBuilder(contracts, body, callees, isAsked);
        foreach ((int place, _, _) in body.Entry)
        {
            builder._leading.Add(place);
        }

        builder._mayLose = HasHandlers(graph.Root) || (body.Owner as IMethodSymbol)?.Parameters.Any(static parameter => parameter.RefKind == RefKind.Out && OwnCallees.CanOwn(parameter.Type)) == true;
        foreach (BasicBlock block in graph.Blocks)
        {
            cancellation.ThrowIfCancellationRequested();
            builder._facts = [];
            builder._block = block.Ordinal;
            builder._canFail = IsGuarded(block.EnclosingRegion, graph);
            foreach (IOperation operation in block.Operations)
            {
                builder.Visit(operation);
            }

            Expression? condition = null;
            if (block.BranchValue is { } branchValue)
            {
                Value value = builder.Visit(branchValue);
                condition = value.Expression;
                builder.Leave(block, branchValue, value);
            }

            body.SetBlock(block.Ordinal, builder._facts, condition);
        }
    }

    /// <summary>What an operation evaluates to: the place it can be found in, and its value as far as paths are told apart by it.</summary>
    private readonly record struct Value(int Place, Expression? Expression, IOperation? Operation = null, bool IsGivenUpOnFailure = false, IOperation? Named = null)
    {
        public static readonly Value None = new(-1, null);

        public bool HasPlace => Place >= 0;
    }

    private static bool IsGuarded(ControlFlowRegion? region, ControlFlowGraph graph)
    {
        for (; region is not null && region != graph.Root; region = region.EnclosingRegion)
        {
            if (region.Kind == ControlFlowRegionKind.Try)
            {
                return true;
            }
        }

        return false;
    }

    private void Leave(BasicBlock block, IOperation branchValue, Value value)
    {
        if (block.FallThroughSuccessor is { Semantics: ControlFlowBranchSemantics.Return } && value.HasPlace)
        {
            Add(new Fact(FactKind.Use, branchValue) { Target = value.Place });
            Escape(branchValue, value, Departure.Returned);
        }
    }

    private Value Visit(IOperation? operation)
    {
        Value value = VisitCore(operation);
        FailByItself(operation);
        return operation is null or IArgumentOperation || (operation is IConversionOperation && value.Operation is not null) ? value : value with { Operation = operation };
    }

    private Value VisitCore(IOperation? operation)
    {
        switch (operation)
        {
            case null:
                return Value.None;
            case { ConstantValue: { HasValue: true, Value: var constant } }:
                return new Value(-1, new Expression.Constant(IsAddress(operation.Type) && Known.ClassOf(constant) == Classes.Zero ? null : constant));
            case ILocalReferenceOperation local:
                return Named(_body.Places.Of(local.Local, PlaceKind.Local));
            case IParameterReferenceOperation parameter:
                return Named(_body.Places.Of(parameter.Parameter, PlaceKind.Parameter));
            case IInstanceReferenceOperation:
                return new Value(_body.Places.OfThis(), null);
            case IFieldReferenceOperation field:
                return VisitField(field);
            case IPropertyReferenceOperation property:
                return VisitProperty(property);
            case IFlowCaptureReferenceOperation capture:
                return Named(_body.Places.OfCapture(capture.Id));
            case IFlowCaptureOperation capture:
                return VisitCapture(capture);
            case IExpressionStatementOperation statement:
                return Visit(statement.Operation);
            case ISimpleAssignmentOperation assignment:
                return VisitAssignment(assignment);
            case IDeconstructionAssignmentOperation deconstruction:
                return VisitDeconstruction(deconstruction);
            case ICompoundAssignmentOperation or IIncrementOrDecrementOperation:
                return VisitUpdate(operation);
            case IEventAssignmentOperation { Adds: true } subscription:
                return VisitSubscription(subscription);
            case IConversionOperation conversion:
                return VisitConversion(conversion);
            case IParenthesizedOperation parenthesized:
                return Visit(parenthesized.Operand);
            case IInvocationOperation invocation:
                Value outcome = VisitCall(invocation, invocation.TargetMethod, invocation.Instance, invocation.Arguments, invocation.Type);
                FailOfItsOwnAccord(invocation);
                return outcome;
            case IObjectCreationOperation creation:
                return VisitCall(creation, creation.Constructor, null, creation.Arguments, creation.Type);
            case IAwaitOperation awaited:
                return VisitAwait(awaited);
            case IReturnOperation { Kind: OperationKind.YieldReturn or OperationKind.YieldBreak } yielded:
                return VisitYield(yielded);
            case IBinaryOperation binary:
                return VisitBinary(binary);
            case IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not:
                return Visit(not.Operand).Expression is { } operand ? new Value(-1, new Expression.Not(operand)) : Value.None;
            case IIsNullOperation isNull:
                return Visit(isNull.Operand).Expression is { } tested ? new Value(-1, Equal(tested, null)) : Value.None;
            case IIsPatternOperation pattern:
                return VisitPattern(pattern);
            case IIsTypeOperation type:
                return VisitTypeTest(type);
            case IArrayElementReferenceOperation element:
                return VisitElement(element);
            case IImplicitIndexerReferenceOperation indexer:
                return VisitSlice(indexer);
            case IAddressOfOperation address:
                return Derive(address, Visit(address.Reference), RefRole.View);
            case IFlowAnonymousFunctionOperation lambda:
                return VisitLambda(lambda, lambda.Symbol);
            case IDelegateCreationOperation creation:
                return Visit(creation.Target);
            case IMethodReferenceOperation method:
                return VisitMethodReference(method);
            case IArgumentOperation argument:
                return Visit(argument.Value);
            case IDiscardOperation or ITypeOfOperation or INameOfOperation or ISizeOfOperation or IDefaultValueOperation:
                return new Value(-1, operation is IDefaultValueOperation ? new Expression.Constant(null) : null);
            case ITupleOperation or IArrayCreationOperation or IArrayInitializerOperation:
            case { Kind: CollectionExpression }:
                return VisitAggregate(operation);
            case IDeclarationExpressionOperation declaration:
                return Visit(declaration.Expression);
            default:
                return VisitOther(operation);
        }
    }

    private static Value Named(int place) => new(place, new Expression.Of(place));

    private void Add(Fact fact)
    {
        _facts.Add(fact);
        if (fact.Kind == FactKind.Acquire || (fact.Source >= 0 && MayLead(fact.Source)))
        {
            _leading.Add(fact.Target);
        }
    }

    private int NewTemporary() => _body.Places.NewTemporary(_block);

    private void Point(IOperation operation)
    {
        if (_canFail)
        {
            Add(new Fact(FactKind.Use, operation) { MayThrow = true });
        }
    }

    private void FailByItself(IOperation? operation)
    {
        if (_canFail && operation is { ConstantValue.HasValue: false } && Failures.Of(operation) is { } failure)
        {
            Add(new Fact(FactKind.Use, operation) { MayThrow = true, Failure = failure });
        }
    }

    private void Use(IOperation operation, Value value, bool writes = false)
    {
        if (value.HasPlace && _body.Places[value.Place].Kind != PlaceKind.This)
        {
            // A stretch that is read is shown where what it is of is named; one that is written, as a whole.
            Add(new Fact(FactKind.Use, (writes ? null : value.Named) ?? value.Operation ?? operation) { Target = value.Place, Writes = writes });
        }
    }

    private Value Derive(IOperation operation, Value source, RefRole role)
    {
        if (!source.HasPlace)
        {
            return Value.None;
        }

        int result = NewTemporary();
        Add(new Fact(FactKind.View, operation) { Target = result, Source = source.Place, Role = role });
        return Named(result);
    }

    private Value VisitField(IFieldReferenceOperation field)
    {
        if (field.Field is { IsStatic: true, Name: nameof(IntPtr.Zero), ContainingType: var type } && IsAddress(type))
        {
            return new Value(-1, new Expression.Constant(null));
        }

        if (field.Instance is null)
        {
            return Named(_body.Places.Of(field.Field, PlaceKind.StaticField));
        }

        Value instance = Visit(field.Instance);
        return MemberOf(field, instance, field.Field);
    }

    private Value MemberOf(IOperation operation, Value instance, ISymbol member)
    {
        if (!instance.HasPlace)
        {
            return Value.None;
        }

        if (member is IFieldSymbol field)
        {
            // A tuple is its elements: to take one is no use of the others.
            if (!field.ContainingType.IsTupleType)
            {
                Use(operation, instance);
            }

            return Named(ElementOf(instance.Place, field));
        }

        Use(operation, instance);
        return Named(_body.Places.OfMember(instance.Place, member, member.Name));
    }

    private Value VisitProperty(IPropertyReferenceOperation property)
    {
        Value instance = property.Instance is null ? Value.None : Visit(property.Instance);
        Value[] arguments = VisitArguments(property.Arguments, property.Property.Parameters.Length);
        if (InnerOf(instance) is { IsEmpty: false } inner && property.Property.GetMethod is { } getter)
        {
            Point(property);
            return ChangeInner(property, getter, inner, property.Type, TypeOf(property.Instance)) is >= 0 and var view ? Named(view) : Value.None;
        }

        if (property.Property is { Name: nameof(Nullable<int>.HasValue), ContainingType.OriginalDefinition.SpecialType: SpecialType.System_Nullable_T })
        {
            return new Value(-1, NotNull(instance));
        }

        if (_contracts.Find(property.Property.OriginalDefinition) is { } contract)
        {
            return Apply(property, property.Property, contract, instance, arguments, property.Type);
        }

        if (property.Instance is null && property.Arguments.IsEmpty)
        {
            // What a type offers to everybody is there: a shared pool, an encoding.
            return Named(_body.Places.Of(property.Property, PlaceKind.StaticField));
        }

        Point(property);
        if (property.Arguments.IsEmpty)
        {
            return MemberOf(property, instance, property.Property);
        }

        // An indexer of a type that nothing is known of: the element comes from what the instance holds.
        Use(property, instance);
        return CanCarry(property.Type) ? Derive(property, instance, RefRole.Element) : Value.None;
    }

    private Value VisitSubscription(IEventAssignmentOperation subscription)
    {
        Visit((subscription.EventReference as IEventReferenceOperation)?.Instance);
        Value handler = Visit(subscription.HandlerValue);
        Use(subscription, handler);
        if (handler.HasPlace)
        {
            Add(new Fact(FactKind.Keep, subscription) { Target = handler.Place });
        }

        return Value.None;
    }

    private Value VisitConversion(IConversionOperation conversion)
    {
        Value operand = Visit(conversion.Operand);
        if (conversion.OperatorMethod is not { } operatorMethod)
        {
            return IsTooNarrow(conversion.Type) ? operand with { Place = -1 } : operand;
        }

        return _contracts.Find(operatorMethod.OriginalDefinition) is { } contract
            ? Apply(conversion, operatorMethod, contract, Value.None, [operand], conversion.Type)
            : operand;
    }

    private Value VisitAwait(IAwaitOperation awaited)
    {
        Value operand = Visit(awaited.Operation);
        Use(awaited, operand);
        int result = NewTemporary();
        if (IsOneOfSeveral(awaited))
        {
            // Where it fails, the others are still under way.
            Add(new Fact(FactKind.Reopen, awaited) { Source = operand.Place });
            Point(awaited);
        }

        if (operand.IsGivenUpOnFailure)
        {
            // A wait that gives up throws while the operation goes on.
            Point(awaited);
        }

        // An await that throws has waited, too: the operation is over either way.
        Add(new Fact(FactKind.Complete, awaited) { Target = result, Source = operand.Place, Value = operand.Expression as Expression.Winner });
        Add(new Fact(FactKind.Suspend, awaited));
        if (HoldsHandle)
        {
            Add(new Fact(FactKind.Fail, awaited));
        }

        if (!operand.IsGivenUpOnFailure && !IsMadeOnly(awaited.Operation))
        {
            Point(awaited);
        }

        Finish(awaited.Operation, result);
        return operand.Expression is Expression.Inspected told ? new Value(result, told) : Named(result);
    }

    /// <summary>Whether what is awaited never fails: a call that has nothing to do with the fate of what it is given.</summary>
    private bool IsMadeOnly(IOperation awaited)
    {
        while (awaited is IConversionOperation or IInvocationOperation { TargetMethod.Name: "ConfigureAwait", Instance: not null })
        {
            awaited = awaited is IConversionOperation conversion ? conversion.Operand : ((IInvocationOperation)awaited).Instance!;
        }

        return awaited is IInvocationOperation { TargetMethod: var method } && _contracts.Find(method.OriginalDefinition) is { OnlyMakes: true };
    }

    private Value VisitYield(IReturnOperation yielded)
    {
        Value value = Visit(yielded.ReturnedValue);
        Use(yielded, value);
        Escape(yielded, value, Departure.Returned);
        Add(new Fact(FactKind.Suspend, yielded));
        _body.BeginsLater = true;
        return Value.None;
    }

    private Value VisitOther(IOperation operation)
    {
        foreach (IOperation child in operation.ChildOperations)
        {
            Use(child, Visit(child));
        }

        return Value.None;
    }

    /// <summary>A number that no address fits in: a distance, an alignment, a remainder.</summary>
    private static bool IsTooNarrow(ITypeSymbol? type) =>
        type is { SpecialType: >= SpecialType.System_Char and <= SpecialType.System_UInt32 or SpecialType.System_Boolean or SpecialType.System_Single };

    private static bool IsAddress(ITypeSymbol? type) =>
        type is IPointerTypeSymbol or { SpecialType: SpecialType.System_IntPtr or SpecialType.System_UIntPtr };

    /// <summary>
    /// Whether the holder of a value of the type could find the buffer behind it and release that: not from an address or a span, nor by running a
    /// delegate; one that releases what it captured has taken that over when it was made.
    /// </summary>
    public static bool LeadsToOwner(ITypeSymbol? type) =>
        type is null || (!IsAddress(type) && !type.IsRefLikeType && !type.IsUnmanagedType && type.TypeKind != TypeKind.Delegate);

    /// <summary>Whether a value of the type can lead to a buffer at all.</summary>
    public static bool CanCarry(ITypeSymbol? type) => type switch
    {
        null => false,
        { SpecialType: SpecialType.System_IntPtr or SpecialType.System_UIntPtr or SpecialType.System_Object } => true,
        { SpecialType: >= SpecialType.System_Enum and <= SpecialType.System_String and not SpecialType.System_Delegate and not SpecialType.System_MulticastDelegate and not SpecialType.System_ValueType } => false,
        { SpecialType: SpecialType.System_DateTime } => false,
        { TypeKind: TypeKind.Enum } => false,
        _ => true,
    };
}
