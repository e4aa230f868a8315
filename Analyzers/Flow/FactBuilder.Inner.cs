using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Flow;

/// <content>Values of own types that own something: what is in their fields is followed as if the body could name it.</content>
internal sealed partial class FactBuilder
{
    /// <summary>What a constructor of another type leaves in the fields of what it makes is there from now on.</summary>
    private void TakeMade(IOperation call, IMethodSymbol constructor, Made made, int result, Value[] arguments)
    {
        // It is there, and nobody else has it yet.
        Add(new Fact(FactKind.Assign, call) { Target = result, Value = new Expression.Constant(new MadeObject(call)) });
        foreach (Part part in made.Parts)
        {
            int inner = _body.Places.OfInner(result, part.Field);
            if (part.Acquired is { } acquired)
            {
                Resource resource = _body.AcquiredAt(call, constructor, acquired);
                Add(new Fact(FactKind.Acquire, call) { Target = inner, Effect = resource.Acquisition, Resource = resource.Id, ResultPlace = inner, Member = constructor });
            }
            else if (arguments[part.From].HasPlace)
            {
                Add(new Fact(FactKind.Assign, call) { Target = inner, Source = arguments[part.From].Place });
            }
        }
    }

    /// <summary>Whether the type's own fields are fields of the body's type, which it can name.</summary>
    private bool IsOwnType(INamedTypeSymbol type) => SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, _body.Owner.ContainingType?.OriginalDefinition);

    /// <summary>Whether it matters what a method does with a value: of another type's, only what is done with what may be followed is read.</summary>
    private bool IsWorthAsking(IMethodSymbol method, Value value) => IsOwnType(method.ContainingType) || MayLead(value.Place) || !InnerOf(value).IsEmpty;

    /// <summary>Whether what is in the place may have been acquired: here, or before the body was entered.</summary>
    private bool MayLead(int place) => place >= 0 && (_leading.Contains(place) || (_body.Places[place] is { Kind: PlaceKind.Member or PlaceKind.StaticField or PlaceKind.Parameter } known && (_isAsked || known.Kind != PlaceKind.Parameter)));

    /// <summary>The fields of what is in the place that are known to own something.</summary>
    private ImmutableArray<int> InnerOf(Value value)
    {
        if (!value.HasPlace || _callees is null)
        {
            return ImmutableArray<int>.Empty;
        }

        ImmutableArray<int>.Builder? inner = null;
        foreach (int member in _body.Places[value.Place].Members)
        {
            if (_body.Places[member].IsInner)
            {
                (inner ??= ImmutableArray.CreateBuilder<int>()).Add(member);
            }
        }

        return inner?.ToImmutable() ?? ImmutableArray<int>.Empty;
    }

    /// <summary>A value that is found by another name brings along what it owns.</summary>
    private void NameInner(int target, Value source)
    {
        foreach (int inner in InnerOf(source))
        {
            _body.Places.OfInner(target, _body.Places[inner].Symbol!);
        }
    }

    /// <summary>What a member of another type does with what its instance owns; nothing is known of that afterwards where it is not clear.</summary>
    /// <returns>The place of what the call results in, where that is what the instance owns or a view of it; else -1.</returns>
    private int ChangeInner(IOperation call, IMethodSymbol called, ImmutableArray<int> inner, ITypeSymbol? type, ITypeSymbol? instance)
    {
        int result = -1;
        IMethodSymbol method = Implementation(called, instance);
        foreach (int place in inner)
        {
            FieldFate? fate = _callees!.AskField(method, _body.Places[place].Symbol!);
            if (fate is null)
            {
                HandOn(call, place);
                continue;
            }

            if (fate.Release is { } release)
            {
                Add(new Fact(FactKind.Release, call) { Target = place, Effect = release with { Target = Slot.Receiver }, Member = method });
                if (fate.IsCleared)
                {
                    Clear(call, place);
                }
            }

            if (fate.Returned is { } role && CanCarry(type))
            {
                Add(new Fact(FactKind.Use, call) { Target = place });
                if (role == RefRole.Owner && result < 0)
                {
                    // The same thing by another name, which is there if it is there.
                    Assign(call, result = NewTemporary(), Named(place));
                    continue;
                }

                result = result < 0 ? NewTemporary() : result;
                Add(new Fact(FactKind.View, call) { Target = result, Source = place, Role = role, Accumulates = true, Member = method });
            }
        }

        return result;
    }

    /// <summary>A callee that ends the value which it is given releases what that owns; what any other does with it is not looked into.</summary>
    /// <returns>Whether the value owns anything that is followed.</returns>
    private bool ReleaseInner(IOperation call, Value value, Given? given)
    {
        ImmutableArray<int> inner = InnerOf(value);
        foreach (int place in inner)
        {
            ISymbol field = _body.Places[place].Symbol!;
            IMethodSymbol? ending = given?.Release is null ? null : Instance.EndingsOf(field.ContainingType).FirstOrDefault();
            if (ending is null || _callees!.AskField(ending, field) is not { Release: { } release, IsCleared: var isCleared })
            {
                HandOn(call, place);
                continue;
            }

            Add(new Fact(FactKind.Release, call) { Target = place, Effect = release with { Target = Slot.Receiver }, Member = ending });

            // The callee has cleared its own copy of a struct.
            if (isCleared && field.ContainingType.IsReferenceType)
            {
                Clear(call, place);
            }
        }

        return !inner.IsEmpty;
    }

    /// <summary>What an instance of another type takes over is that one's to give back from now on.</summary>
    private void GiveAway(IOperation call, IMethodSymbol method, int ordinal, Value receiver, Value value)
    {
        if (!receiver.HasPlace || !value.HasPlace)
        {
            return;
        }

        if (_body.Places.IsOfThis(receiver.Place) && _body.Entry.Any(entry => entry.Place == value.Place && entry.Resource.Kind == ResourceKind.Borrowed) && _callees?.AskKept(method, ordinal) is { } kept)
        {
            Add(new Fact(FactKind.Attach, call) { Target = value.Place, Receiver = receiver.Place, Kept = kept, Member = method });
        }

        if (_callees?.AskTaken(method, ordinal) is not { } taken)
        {
            return;
        }

        int place = value.Place;
        if (taken.Inner is { } field)
        {
            place = _body.Places.OfInner(value.Place, field);
            ResourceKind kind = field is IFieldSymbol { Type: IArrayTypeSymbol } ? ResourceKind.Rental : ResourceKind.Owner;
            Resource named = _body.AcquiredAt(call, method, new Effect.Acquire(Slot.Result, kind, Holding.HandedOn, IsKnownOnly: true));
            named.Name = _body.Places.NameOf(value.Place);
            Add(new Fact(FactKind.Acquire, call) { Target = place, Effect = named.Acquisition, Resource = named.Id, Member = method });
        }

        Add(new Fact(FactKind.Take, call) { Target = place, Receiver = receiver.Place, Member = method });
    }

    /// <summary>Somebody does with what a value owns what is not known.</summary>
    private void HandOnInner(IOperation operation, Value value)
    {
        foreach (int place in InnerOf(value))
        {
            HandOn(operation, place);
        }
    }

    /// <summary>An object has what it owned no longer, by whatever name it is known; of a struct, each copy has its own.</summary>
    private void Clear(IOperation operation, int place) =>
        Add(new Fact(FactKind.Assign, operation) { Target = place, Value = new Expression.Constant(null), IsOfEveryName = _body.Places[place].Symbol!.ContainingType.IsReferenceType });

    private void HandOn(IOperation operation, int place)
    {
        Add(new Fact(FactKind.Escape, operation) { Target = place, Departure = Departure.Passed, LeadsToOwner = true });
        Add(new Fact(FactKind.Assign, operation) { Target = place });
    }

    /// <summary>The member of the instance's type that a call of an interface member runs.</summary>
    private static IMethodSymbol Implementation(IMethodSymbol called, ITypeSymbol? instance) =>
        (called.ContainingType?.TypeKind == TypeKind.Interface ? instance?.FindImplementationForInterfaceMember(called) as IMethodSymbol ?? called : called).OriginalDefinition;

    /// <summary>The type of a value before it is looked at as another.</summary>
    private static ITypeSymbol? TypeOf(IOperation? instance)
    {
        while (instance is IConversionOperation { OperatorMethod: null } conversion)
        {
            instance = conversion.Operand;
        }

        return instance?.Type;
    }
}
