using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Flow;

/// <content>Calls: what a contract says of them, and what is assumed of a callee without one.</content>
internal sealed partial class FactBuilder
{
    private Value[] VisitArguments(ImmutableArray<IArgumentOperation> arguments, int count)
    {
        Value[] values = new Value[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = Value.None;
        }

        foreach (IArgumentOperation argument in arguments)
        {
            Value value = argument.Parameter is { RefKind: RefKind.Ref or RefKind.Out or RefKind.RefReadOnlyParameter } ? VisitTarget(argument.Value, out _) with { Operation = argument.Value } : Visit(argument.Value);
            if (argument.Parameter is { Ordinal: var ordinal } && ordinal < count)
            {
                values[ordinal] = value;
            }
        }

        return values;
    }

    private Value VisitCall(IOperation call, IMethodSymbol? method, IOperation? instance, ImmutableArray<IArgumentOperation> arguments, ITypeSymbol? type)
    {
        Value receiver = Visit(instance);
        Value[] values = VisitArguments(arguments, method?.Parameters.Length ?? 0);
        if (method is null)
        {
            Point(call);
            return Value.None;
        }

        bool isOwn = instance is IInstanceReferenceOperation && _body.KeepsFields;
        if (InnerOf(receiver) is { IsEmpty: false } inner)
        {
            Value outcome = CallWithoutContract(call, method, receiver, values, type, isOwn);
            int view = ChangeInner(call, method, inner, type, TypeOf(instance));
            return view >= 0 ? Named(view) : outcome;
        }

        if (IsEndOfLoop(call, method, instance))
        {
            return Value.None;
        }

        // The instance's own disposal is what its body does to the fields.
        Contract? contract = _contracts.Find(method.OriginalDefinition);
        if (contract is { IsBeside: true })
        {
            Value said = CallWithoutContract(call, method, receiver, values, type, isOwn);
            ApplyBeside(call, method, contract, receiver, values, said);
            return said;
        }

        return contract is not null && !(isOwn && contract.Effects.All(static effect => effect is Effect.Release { Target.Kind: SlotKind.Receiver }))
            ? Apply(call, method, contract, receiver, values, type)
            : CallWithoutContract(call, method, receiver, values, type, isOwn);
    }

    /// <summary>Whether a loop is left that went through a span: what went through it is disposed, and has nothing of its own to give back.</summary>
    private static bool IsEndOfLoop(IOperation call, IMethodSymbol method, IOperation? instance) =>
        call is { IsImplicit: true, Syntax.Parent: CommonForEachStatementSyntax } && method is { Name: "Dispose", ContainingType.TypeKind: TypeKind.Interface } && TypeOf(instance) is { IsRefLikeType: true };

    private Value CallWithoutContract(IOperation call, IMethodSymbol method, Value receiver, Value[] values, ITypeSymbol? type, bool isOwn)
    {
        // What starts an operation fails by its task, and what is handed a task only passes it on: neither fails with an operation under way.
        bool canFail = !Failures.MakesException(call) && !_contracts.IsTask(type) && !method.Parameters.Any(parameter => _contracts.IsTask(parameter.Type));
        Use(call, receiver);
        if (isOwn)
        {
            // The arguments are there before the method begins, whatever it does to the fields.
            foreach (Value argument in values)
            {
                Use(call, argument);
            }

            Fail(call, canFail);
            Add(new Fact(FactKind.CallSelf, call) { Member = method });
        }

        int result = CanCarry(type) ? NewTemporary() : -1;
        if (method.MethodKind == MethodKind.LocalFunction)
        {
            // The body of an iterator has what it captures until it has been enumerated.
            Capture(call, method, NestedFunction.IsIterator(method) ? Named(result) : Value.None);
        }

        bool lends = _contracts.IsTask(type);
        if (lends && method.MethodKind == MethodKind.LocalFunction)
        {
            LendCaptured(call, method, result);
        }
        else if (lends && method.MethodKind == MethodKind.DelegateInvoke)
        {
            LendToDelegate(call, method, receiver, result);
        }

        Value signal = Value.None;
        for (int i = 0; i < values.Length; i++)
        {
            signal = method.Parameters[i].Type.TypeKind == TypeKind.Delegate && values[i].HasPlace ? values[i] : signal;
        }

        // What cannot start an operation has taken what it was given before it fails; from one that fails to start, nothing was taken.
        bool failsAtOnce = !isOwn && signal.HasPlace;
        Fail(call, canFail && failsAtOnce);

        Made? made = method.MethodKind == MethodKind.Constructor && !IsOwnType(method.ContainingType) ? _callees?.AskMade(method) : null;
        for (int i = 0; i < values.Length; i++)
        {
            if (made?.From(i) is not null && values[i].HasPlace)
            {
                Use(call, values[i]);
                continue;
            }

            PassWithoutContract(call, method, method.Parameters[i], values[i], lends, isOwn, result, signal);
        }

        TakeParts(call, method, values);
        Fail(call, canFail && !isOwn && !failsAtOnce);
        for (int i = 0; i < values.Length; i++)
        {
            GiveAway(call, method, i, receiver, values[i]);
        }

        Keep(call, method, receiver, values);
        if (call is IObjectCreationOperation)
        {
            result = result < 0 ? NewTemporary() : result;
            if (made is not null)
            {
                TakeMade(call, method, made, result, values);
            }

            return new Value(result, new Expression.Of(result));
        }

        Value told = result >= 0 ? Named(result) : type is { SpecialType: SpecialType.System_Void } ? Value.None : Fresh();
        TellOutcome(call, told, values);
        if (_callees is not null)
        {
            TakeGifts(call, method, receiver, values, told);
        }

        return told;
    }

    /// <summary>A sequence that comes out of a call which was given one is cut from that: the next line, the payload.</summary>
    private void TakeParts(IOperation call, IMethodSymbol method, Value[] values)
    {
        foreach (IParameterSymbol parameter in method.Parameters)
        {
            if (parameter is not { RefKind: RefKind.Out, Type: { TypeKind: TypeKind.Struct, IsUnmanagedType: false, IsRefLikeType: false, SpecialType: SpecialType.None } type } || !values[parameter.Ordinal].HasPlace || !CanCarry(type))
            {
                continue;
            }

            foreach (IParameterSymbol from in method.Parameters)
            {
                if (from.RefKind != RefKind.Out && values[from.Ordinal].HasPlace && SymbolEqualityComparer.Default.Equals(from.Type, type))
                {
                    Add(new Fact(FactKind.View, call) { Target = values[parameter.Ordinal].Place, Source = values[from.Ordinal].Place, Role = RefRole.View, Accumulates = true });
                }
            }
        }
    }

    /// <summary>What an own method makes for its caller is acquired by the call.</summary>
    private void TakeGifts(IOperation call, IMethodSymbol method, Value receiver, Value[] values, Value told)
    {
        Value At(Slot slot) => slot.Kind == SlotKind.Receiver ? receiver : slot.Kind == SlotKind.Argument ? values[slot.Index] : told;
        if (!method.IsAsync && told.HasPlace && _callees!.AskResult(method, Local(method)) is { } result)
        {
            Acquire(call, method, result, At, told.Place);
        }

        foreach (IParameterSymbol parameter in method.Parameters)
        {
            if (parameter.RefKind == RefKind.Out && values[parameter.Ordinal].HasPlace && _callees!.AskOut(method, parameter.Ordinal, Local(method)) is { } into)
            {
                Acquire(call, method, into, At, told.Place);
            }
        }
    }

    /// <summary>What an own async method has done with what it was given, and makes for its caller, when it has been awaited.</summary>
    private void Finish(IOperation awaited, int result)
    {
        IOperation call = awaited;
        while (call is IConversionOperation or IInvocationOperation { TargetMethod.Name: "ConfigureAwait", Instance: not null })
        {
            call = call is IConversionOperation conversion ? conversion.Operand : ((IInvocationOperation)call).Instance!;
        }

        if (_releasedBy.TryGetValue(call, out List<Fact>? releases))
        {
            foreach (Fact release in releases)
            {
                Add(release);
            }
        }

        if (call is IInvocationOperation { TargetMethod: { IsAsync: true } method } && _callees?.AskResult(method, Local(method)) is { } gift)
        {
            // The iterator that its mode came from is no longer at hand.
            Acquire(call, method, gift, static _ => Value.None, result);
        }
    }

    /// <summary>What a call returns tells how the attempt went that its arguments belong to.</summary>
    private void TellOutcome(IOperation call, Value told, Value[] arguments)
    {
        if (!told.HasPlace || _body.Attempts.IsEmpty)
        {
            return;
        }

        foreach (Value argument in arguments)
        {
            if (argument.HasPlace)
            {
                Add(new Fact(FactKind.Outcome, call) { Target = told.Place, Source = argument.Place });
            }
        }
    }

    private void Advance(IOperation call, ISymbol member, Effect.Advance advance, int iterator, bool isByCallee)
    {
        int pages = _body.LastAcquiredBy(call);
        ISymbol type = advance.Target.Kind == SlotKind.Argument && member is IMethodSymbol { Parameters: { } parameters } ? parameters[advance.Target.Index].Type : member.ContainingType;
        int attempt = advance.IsByHand ? -1 : _body.AttemptAt(call, member, iterator, type, pages, isByCallee);
        Add(new Fact(FactKind.Advance, call) { Target = iterator, Effect = advance, Resource = pages, Attempt = attempt, IsHavoc = isByCallee, Member = member });
    }

    /// <summary>What is there when the call has returned, and not where it fails.</summary>
    private void Keep(IOperation call, IMethodSymbol method, Value receiver, Value[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!values[i].HasPlace || _contracts.KeepsFor(method, method.Parameters[i]) is not (not Keeping.Unknown and var keeping))
            {
                continue;
            }

            Add(new Fact(FactKind.Keep, call) { Target = values[i].Place, Receiver = keeping == Keeping.InReceiver ? receiver.Place : -1, Member = method });
            if (keeping == Keeping.InReceiver && receiver.HasPlace && (IsInitializer(call) || IsCollected((call as IInvocationOperation)?.Instance, values[i])))
            {
                // A collection that is made of what it is given, as an array of it would be.
                Add(new Fact(FactKind.View, call) { Target = receiver.Place, Source = values[i].Place, Role = RefRole.Container, Accumulates = true });
            }
        }
    }

    private static bool IsInitializer(IOperation call) => call is IInvocationOperation { IsImplicit: true, Instance: IFlowCaptureReferenceOperation };

    private Value Fresh() => Named(NewTemporary());

    private void Fail(IOperation call, bool canFail)
    {
        if (canFail)
        {
            Point(call);
        }
    }

    private void PassWithoutContract(IOperation call, IMethodSymbol method, IParameterSymbol parameter, Value value, bool lends, bool isUsed, int result, Value signal)
    {
        if (!value.HasPlace)
        {
            return;
        }

        switch (parameter.RefKind)
        {
            case RefKind.Out:
                Assign(call, value.Place, Value.None);
                return;
            case RefKind.Ref when PassReference(call, method, parameter, value, isUsed):
                return;
            case RefKind.Ref:
                UseOnce();
                Escape(call, value, Departure.Passed);
                if (_contracts.FindParameter(parameter)?.Kind == ResourceKind.Iterator)
                {
                    // A callee that fails has advanced it as far as it got.
                    Advance(call, method, new Effect.Advance(Slot.Argument(parameter.Ordinal)), value.Place, isByCallee: true);
                    Point(call);
                }
                else
                {
                    Add(new Fact(FactKind.Assign, call) { Target = value.Place, IsHavoc = true });
                }

                return;
        }

        UseOnce();
        Given? given = lends == method.IsAsync && IsWorthAsking(method, value) ? _callees?.Ask(method, parameter.Ordinal, Local(method)) : null;
        if (lends && given?.Release is { } late)
        {
            // Given back by the time that it has been awaited.
            ReleaseWhenAwaited(call, new Fact(FactKind.Release, call) { Target = value.Place, Effect = late with { Target = Slot.Argument(parameter.Ordinal) }, Member = method });
        }

        if (!ReleaseInner(call, value, lends ? null : given) && !lends && given is not null)
        {
            if (given.Release is { } release)
            {
                Add(new Fact(FactKind.Release, call) { Target = value.Place, Effect = release with { Target = Slot.Argument(parameter.Ordinal) }, Member = method });
            }

            if (given.Returned is { } role && result >= 0)
            {
                Add(new Fact(FactKind.View, call) { Target = result, Source = value.Place, Role = role, Accumulates = true, Member = method });
            }

            return;
        }

        if (!lends && signal.HasPlace && CanCarry(parameter.Type) && parameter.Type.TypeKind != TypeKind.Delegate)
        {
            // A callback beside a buffer: the operation may go on after the call, and the callback tell when it is over. How long is known
            // only from what waits for it.
            Add(new Fact(FactKind.Lend, call) { Target = signal.Place, Source = value.Place, Resource = _body.LoanOf(call, method), IsSignalled = true });
        }

        // What is given as a T to a method that returns a task is kept behind it (a channel, a finished task), not worked on; a delegate may do either.
        bool isKept = method.MethodKind != MethodKind.DelegateInvoke && parameter.OriginalDefinition.Type is ITypeParameterSymbol && _contracts.MayKeep(method, parameter);
        if (lends && !isKept && CanCarry(parameter.Type))
        {
            Flowing moves = _contracts.TransferOf(method.OriginalDefinition, parameter.OriginalDefinition);
            if (moves == Flowing.Unknown && method.Parameters.Any(other => _contracts.TransferOf(method.OriginalDefinition, other.OriginalDefinition) != Flowing.Unknown))
            {
                // What goes along with the bytes, a token or an address, is no memory that they move through.
                return;
            }

            Add(new Fact(FactKind.Lend, call)
            {
                Target = result,
                Source = moves == Flowing.Unknown ? value.Place : Follow(call, method, value.Place),
                Resource = _body.LoanOf(call, method),
                Moves = moves,
                MayTake = given is not { Release: null } && _contracts.MayKeep(method, parameter),
            });
        }
        else if (_contracts.MayKeep(method, parameter))
        {
            Escape(call, value, Departure.Passed);
        }
        else if (method.MethodKind == MethodKind.FunctionPointerSignature || NativeCode.Is(method))
        {
            Escape(call, value, Departure.PassedToNative);
        }

        if (!lends && result >= 0 && method.MethodKind == MethodKind.Constructor && CanCarry(parameter.Type))
        {
            // An object made around a buffer lives no longer than the buffer; of one that is only read from it nothing is known.
            Add(new Fact(FactKind.View, call) { Target = result, Source = value.Place, Role = _contracts.WrapsWhatItIsGiven(method, parameter) ? RefRole.View : RefRole.Container, Accumulates = true });
        }

        void UseOnce()
        {
            if (!isUsed)
            {
                Use(call, value);
            }
        }
    }

    private Value Apply(IOperation call, ISymbol member, Contract contract, Value receiver, Value[] arguments, ITypeSymbol? type)
    {
        Value At(Slot slot) => slot.Kind switch
        {
            SlotKind.Receiver => receiver,
            SlotKind.Argument when slot.Index < arguments.Length => arguments[slot.Index],
            _ => Value.None,
        };

        if (contract.MayThrow && !_contracts.IsTask(type))
        {
            Point(call);
        }

        int result = type is null or { SpecialType: SpecialType.System_Void } ? -1 : NewTemporary();
        Value value = result >= 0 ? Named(result) : Value.None;
        UseWhatIsNotNamed(call, contract, receiver, arguments);
        foreach (Effect effect in contract.Effects)
        {
            switch (effect)
            {
                case Effect.Borrow borrow:
                    Use(call, At(borrow.Target), borrow.Writes);
                    break;
                case Effect.Inspect { What: Inspection.Detail } inspect when At(inspect.Target).HasPlace && member is IPropertySymbol && arguments.Length == 0:
                    Add(new Fact(FactKind.Inspect, call) { Target = At(inspect.Target).Place, Effect = inspect, Member = member });
                    value = Named(_body.Places.OfMember(At(inspect.Target).Place, member));
                    break;
                case Effect.Inspect { What: not Inspection.Detail } inspect when At(inspect.Target).HasPlace:
                    Add(new Fact(FactKind.Inspect, call) { Target = At(inspect.Target).Place, Effect = inspect, Member = member });

                    // The mode that flags ask for is another question than the mode as such.
                    bool isPlain = inspect.What != Inspection.Mode || Array.TrueForAll(arguments, static a => a.Expression is Expression.Constant { Value: 0 or (byte)0 });
                    Expression? flags = isPlain ? null : arguments[0].Expression;
                    value = new Value(result, isPlain || flags is not null ? new Expression.Inspected(At(inspect.Target).Place, inspect.What, flags) : null);
                    break;
                case Effect.Compare compare when At(compare.Target).Expression is { } one && At(compare.Other).Expression is { } other:
                    value = new Value(result, Ordered(Relation.Equal, one, other));
                    break;
                case Effect.View { Role: RefRole.Part } view when At(view.Source).HasPlace:
                    value = Part(call, At(view.Source), ExtentOf(view.Source, arguments));
                    break;
                case Effect.View view when At(view.Source).HasPlace && !CanCarry(type):
                    // A value read out of a view is a copy: a byte lives on by itself.
                    Use(call, At(view.Source));
                    break;
                case Effect.View view when At(view.Source).HasPlace:
                    Use(call, At(view.Source));
                    Add(new Fact(FactKind.View, call) { Target = result, Source = At(view.Source).Place, Role = view.Role, Accumulates = true, Member = member });
                    break;
                case Effect.Fill fill when At(fill.Target).HasPlace:
                    Add(new Fact(FactKind.View, call) { Target = At(fill.Target).Place, Source = At(fill.From).Place });
                    break;
                case Effect.KeepInPlace keep when At(keep.Source).HasPlace && result >= 0:
                    _inPlace[At(keep.Source).Place] = (result, _block);
                    break;
                case Effect.AddressOf address when At(address.Source).HasPlace:
                    Add(new Fact(FactKind.Use, At(address.Source).Operation ?? call) { Target = At(address.Source).Place, TakesAddress = true, Member = member });
                    Add(new Fact(FactKind.View, call) { Target = result, Source = At(address.Source).Place });
                    if (_inPlace.TryGetValue(At(address.Source).Place, out (int Handle, int Block) held) && held.Block == _block)
                    {
                        Add(new Fact(FactKind.View, call) { Target = result, Source = held.Handle, Accumulates = true });
                    }

                    break;
                case Effect.Recover recover when At(recover.Source).HasPlace:
                    Add(new Fact(FactKind.View, call) { Target = result, Source = At(recover.Source).Place, Recovers = true });
                    break;
                case Effect.Exchange exchange when At(exchange.Target).HasPlace:
                    Assign(call, result, At(exchange.Target));
                    Store(call, At(exchange.Target), At(exchange.Value), writesThrough: false);
                    break;
                case Effect.Copy copy:
                    Copy(call, At(copy.Source), copy.Target == Slot.Result ? value : At(copy.Target));
                    break;
                case Effect.Gather gather when At(gather.Source).HasPlace:
                    Add(new Fact(FactKind.View, call) { Target = result, Source = At(gather.Source).Place, Role = RefRole.Owner, Accumulates = true });
                    break;
                case Effect.Outrun outrun when At(outrun.Source).HasPlace:
                    value = At(outrun.Source) with { IsGivenUpOnFailure = true };
                    break;
                case Effect.First first:
                    Use(call, At(first.Source));
                    value = new Value(result, Expression.Winner.Value);
                    break;
                case Effect.Same same:
                    value = At(same.Source);
                    break;
                case Effect.Release release when At(release.Target).HasPlace:
                    Add(new Fact(FactKind.Release, call) { Target = At(release.Target).Place, Effect = release, Member = member });
                    break;
                case Effect.Reopen reopen when At(reopen.Source).HasPlace:
                    Add(new Fact(FactKind.Reopen, call) { Source = At(reopen.Source).Place });
                    break;
                case Effect.Abandon abandon when At(abandon.Target).HasPlace:
                    Add(new Fact(FactKind.Assign, call) { Target = At(abandon.Target).Place, IsHavoc = true });
                    break;
                case Effect.Retain retain:
                    Use(call, At(retain.Target));
                    Escape(call, At(retain.Target), Departure.TakenOver);
                    break;
                case Effect.Lend lend when At(lend.Target).HasPlace:
                    Use(call, At(lend.Target));
                    Add(new Fact(FactKind.Lend, call) { Target = result, Source = At(lend.Target).Place, Resource = _body.LoanOf(call, member) });
                    break;
                case Effect.Demand demand when At(demand.Target).HasPlace:
                    Effect.Demand said = demand.DirectionAt < 0 ? demand : demand with { Direction = DirectionOf(call, demand.DirectionAt) };
                    Add(new Fact(FactKind.Demand, call) { Target = At(demand.Target).Place, Effect = said, Member = member });
                    break;
                case Effect.Entry entry:
                    int place = ChangeEntry(call, member, entry, receiver, arguments);
                    if (entry.Change == EntryChange.Shown && place >= 0)
                    {
                        Add(new Fact(FactKind.View, call) { Target = result, Source = place });
                    }

                    break;
                case Effect.Announce:
                    Add(new Fact(FactKind.Announce, call) { Member = member });
                    break;
                case Effect.Advance advance when At(advance.Target).HasPlace:
                    Advance(call, member, advance, At(advance.Target).Place, isByCallee: false);
                    break;
                case Effect.Complete complete when At(complete.Target).HasPlace:
                    Add(new Fact(FactKind.Complete, call) { Target = result, Source = At(complete.Target).Place });
                    break;
                case Effect.Acquire acquire:
                    Acquire(call, member, acquire, At, result);
                    break;
            }
        }

        if (!contract.Effects.Any(static effect => effect is Effect.Acquire or Effect.Inspect or Effect.View))
        {
            TellOutcome(call, value, arguments);
        }

        return value;
    }

    private void ApplyBeside(IOperation call, ISymbol member, Contract contract, Value receiver, Value[] arguments, Value result)
    {
        foreach (Effect effect in contract.Effects)
        {
            if (effect is Effect.Entry entry)
            {
                ChangeEntry(call, member, entry, receiver, arguments);
            }
            else if (receiver.HasPlace && result.HasPlace)
            {
                Add(new Fact(FactKind.View, call) { Target = result.Place, Source = receiver.Place, Role = RefRole.Owner, Accumulates = true });
            }
        }
    }

    /// <summary>The place of the entry that a call speaks of, or -1 where its number is neither a constant nor a variable.</summary>
    private int ChangeEntry(IOperation call, ISymbol member, Effect.Entry entry, Value receiver, Value[] arguments)
    {
        Value table = entry.Table.Kind == SlotKind.Receiver ? receiver : arguments[entry.Table.Index];
        if (!table.HasPlace || _body.Places[table.Place].Kind == PlaceKind.This)
        {
            return -1;
        }

        Value index = arguments[entry.Index.Index];
        object? key = entry.Change == EntryChange.FilledAny ? null : index.Expression switch
        {
            Expression.Constant { Value: int number } => (long)number,
            Expression.Of { Place: var variable } when _body.Places[variable].Kind is PlaceKind.Local or PlaceKind.Parameter => new VariableKey(variable),
            _ => null,
        };
        if (key is null && entry.Change is not (EntryChange.Filled or EntryChange.FilledAny))
        {
            return -1;
        }

        int place = key is null ? -1 : _body.Places.OfEntry(table.Place, key, $"slot {(key is long ? key : _body.Places.NameOf(((VariableKey)key).Place))}");
        int resource = entry.Change is EntryChange.Emptied or EntryChange.Shown ? _body.EntryAt(call, place) : -1;
        Add(new Fact(FactKind.Entry, call) { Target = place, Receiver = table.Place, Effect = entry, Resource = resource, Member = member });
        return place;
    }

    /// <summary>How much a slice covers: its start is the argument that follows what is sliced.</summary>
    private static Extent ExtentOf(Slot source, Value[] arguments)
    {
        int start = source.Kind == SlotKind.Argument ? source.Index + 1 : 0;
        return start >= arguments.Length ? Extent.All : arguments[start].Expression is Expression.Constant { Value: 0 } ? Extent.Head : Extent.Stretch;
    }

    /// <summary>A contract speaks of the slots that it names; what is passed in any other is read and not kept.</summary>
    private void UseWhatIsNotNamed(IOperation call, Contract contract, Value receiver, Value[] arguments)
    {
        for (int i = -1; i < arguments.Length; i++)
        {
            Slot slot = i < 0 ? Slot.Receiver : Slot.Argument(i);
            Value value = i < 0 ? receiver : arguments[i];
            if (!value.HasPlace || contract.Names(slot))
            {
                continue;
            }

            if (i >= 0 && RefKindOf(call, i) == RefKind.Out)
            {
                Assign(call, value.Place, Value.None);
            }
            else
            {
                Use(call, value);
                if (i >= 0 && RefKindOf(call, i) == RefKind.Ref)
                {
                    Add(new Fact(FactKind.Assign, call) { Target = value.Place, IsHavoc = true });
                }
            }
        }
    }

    private static RefKind RefKindOf(IOperation call, int ordinal) =>
        call is IInvocationOperation { TargetMethod.Parameters: var parameters } && ordinal < parameters.Length ? parameters[ordinal].RefKind : RefKind.None;

    private void Acquire(IOperation call, ISymbol member, Effect.Acquire acquire, Func<Slot, Value> at, int result)
    {
        int target = acquire.Target.Kind == SlotKind.Result ? result : at(acquire.Target).Place;
        if (target < 0)
        {
            // The result has no name: it is still acquired, and lost.
            target = NewTemporary();
        }

        int given = target;
        bool fills = acquire.Target.Kind == SlotKind.Argument && RefKindOf(call, acquire.Target.Index) is RefKind.None or RefKind.In;
        target = fills ? WholeOf(target) : target;
        object? flags = acquire.FlagsAt >= 0 && at(Slot.Argument(acquire.FlagsAt)).Expression is Expression.Constant { Value: var constant } ? constant : null;
        Flowing direction = acquire.DirectionAt >= 0 ? DirectionOf(call, acquire.DirectionAt) : acquire.Direction;
        int modeFrom = acquire.ModeFrom is { } slot ? at(slot).Place : -1;
        ResourceKind kind = acquire.Instead is { } instead && at(Slot.Argument(instead.At)).Expression is Expression.Constant { Value: int value } && value == instead.Value
            ? instead.Kind
            : acquire.Kind;
        Resource resource = _body.AcquiredAt(call, member, acquire with { Direction = direction, Kind = kind });
        resource.Name = NameOf(target);
        resource.AskedBy = acquire.FlagsAt >= 0 && modeFrom >= 0 && at(Slot.Argument(acquire.FlagsAt)).Expression is { } asked ? (modeFrom, asked) : null;
        if (acquire.ModeFrom is { } iterator && modeFrom >= 0 && flags is not null && _contracts.AllowsPeerMemory(flags))
        {
            Add(new Fact(FactKind.Demand, call) { Target = modeFrom, Effect = new Effect.Demand(iterator, Backing: Holding.UserBacked), Member = member });
        }

        Add(new Fact(FactKind.Acquire, call)
        {
            Target = target,
            Source = modeFrom,
            Effect = resource.Acquisition,
            Resource = resource.Id,
            ResultPlace = acquire.When is Success.ArgumentTrue or Success.ArgumentSet ? at(Slot.Argument(0)).Place : result,
            Receiver = at(Slot.Receiver).Place,
            Keeper = acquire.KeptBy is { } keeper ? at(keeper).Place : -1,
            Member = member,
            Flags = acquire.FlagsAt >= 0 ? at(Slot.Argument(acquire.FlagsAt)).Expression ?? Expression.Anything.Value : null,
            Direction = acquire.DirectionAt >= 0 ? at(Slot.Argument(acquire.DirectionAt)).Expression : null,
            Fills = fills && !acquire.IsKnownOnly,
        });
        if (acquire.IsKnownOnly && given != target)
        {
            Add(new Fact(FactKind.View, call) { Target = given, Source = target });
        }
    }

    /// <summary>What an operation that moves bytes is given as a whole is followed while it is under way.</summary>
    private int Follow(IOperation call, ISymbol method, int place)
    {
        int whole = WholeOf(place);
        if (_parts.ContainsKey(whole) || _body.Places[whole].Kind is not (PlaceKind.Local or PlaceKind.Parameter))
        {
            return place;
        }

        Resource memory = _body.AcquiredAt(call, method, new Effect.Acquire(Slot.Result, ResourceKind.Memory, Holding.HeldNone, IsKnownOnly: true));
        Add(new Fact(FactKind.Acquire, call) { Target = whole, Effect = memory.Acquisition, Resource = memory.Id, Member = method });
        return whole;
    }

    /// <summary>What is filled through another name for all of it: the array behind its span.</summary>
    private int WholeOf(int target)
    {
        while (_parts.TryGetValue(target, out Expression.PartOf? part) && part.Extent == Extent.All)
        {
            target = part.Place;
        }

        return target;
    }

    /// <summary>What the code calls the storage that <paramref name="target"/> is a stretch of.</summary>
    private string? NameOf(int target) =>
        _body.Places.NameOf(target) ?? (_parts.TryGetValue(target, out Expression.PartOf? part) ? NameOf(part.Place) : null);

    private Flowing DirectionOf(IOperation call, int ordinal)
    {
        foreach (IArgumentOperation argument in (call as IInvocationOperation)?.Arguments ?? (call as IObjectCreationOperation)?.Arguments ?? ImmutableArray<IArgumentOperation>.Empty)
        {
            if (argument.Parameter?.Ordinal == ordinal)
            {
                return argument.Value.ConstantValue is { HasValue: true, Value: var constant } ? _contracts.DirectionOf(constant) : Flowing.Unknown;
            }
        }

        return Flowing.Unknown;
    }

    private NestedFunction? Local(IMethodSymbol method) =>
        method.MethodKind == MethodKind.LocalFunction ? _body.Nested.FirstOrDefault(nested => SymbolEqualityComparer.Default.Equals(nested.Symbol, method.OriginalDefinition)) : null;

    private Value VisitLambda(IOperation operation, IMethodSymbol lambda)
    {
        Value created = Fresh();
        Capture(operation, lambda, created);
        return created;
    }

    private Value VisitMethodReference(IMethodReferenceOperation method)
    {
        Value instance = Visit(method.Instance);
        if (method.Method.MethodKind == MethodKind.LocalFunction)
        {
            return VisitLambda(method, method.Method);
        }

        Use(method, instance);
        HandOnInner(method, instance);
        Contract? contract = _contracts.Find(method.Method.OriginalDefinition);
        foreach (Effect effect in contract?.Effects ?? ImmutableArray<Effect>.Empty)
        {
            if (effect is Effect.Acquire or Effect.Release)
            {
                Add(new Fact(FactKind.Delegate, method) { Target = instance.Place, Effect = effect, Member = method.Method });
            }
        }

        if (!instance.HasPlace)
        {
            return Value.None;
        }

        Value created = Fresh();
        Add(new Fact(FactKind.View, method) { Target = created.Place, Source = instance.Place, Role = RefRole.View });
        if (contract?.Releases(Slot.Receiver) == true)
        {
            Add(new Fact(FactKind.Escape, method) { Target = instance.Place, Departure = Departure.Captured });
        }

        return created;
    }

    /// <summary>A lambda or local function shares what it captures: the delegate is a view of it, and what it releases is no longer owed here.</summary>
    private void Capture(IOperation operation, IMethodSymbol function, Value created)
    {
        foreach (Captured captured in _body.CapturesOf(function))
        {
            int place = _body.Places.Find(captured.Symbol);
            if (place < 0)
            {
                continue;
            }

            HandOnInner(operation, Named(place));
            if (!created.HasPlace && operation is IInvocationOperation && PassCaptured(operation, function, captured, place))
            {
                continue;
            }

            if (created.HasPlace)
            {
                Add(new Fact(FactKind.View, operation) { Target = created.Place, Source = place, Accumulates = true });
                _body.Places[created.Place].AddCaptured(place);
            }

            if (captured.MayRelease)
            {
                Add(new Fact(FactKind.Escape, operation) { Target = place, Departure = Departure.Captured });
            }

            if (captured.IsWritten)
            {
                Add(new Fact(FactKind.Assign, operation) { Target = place, IsHavoc = true });
            }
        }
    }
}
