using System.Collections.Immutable;
using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Symbols;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Protocols;

/// <summary>
/// What one member of an API means, written to read like a sentence. Members are named, not referenced: the analyzer loads without the
/// libraries that it speaks of, and a test holds every name against them.
/// </summary>
internal sealed class Row
{
    private readonly List<Effect> _effects = [];
    private string? _returns;
    private string? _parameter;
    private int _parameterAt;
    private string? _directionType;
    private string? _flagsType;
    private Flowing _otherwise;

    private Row(string type, string member)
    {
        Type = type;
        Member = member;
    }

    /// <summary>The metadata name of the type, with the arity and the outer types of nested ones.</summary>
    public string Type { get; }

    /// <summary>The member's name; <c>.ctor</c> for constructors, <c>Item</c> for indexers.</summary>
    public string Member { get; }

    /// <summary>What the member does, as far as no argument says it.</summary>
    public IReadOnlyList<Effect> Effects => _effects;

    /// <summary>The types that the row names besides its own, for the test of the names.</summary>
    public IEnumerable<string> OtherTypes
    {
        get
        {
            foreach (string? name in new[] { _returns, _parameter, _directionType, _flagsType })
            {
                if (name is not null)
                {
                    yield return name;
                }
            }
        }
    }

    public static Row Method(string type, string member) => new(type, member);

    public static Row Property(string type, string member) => new(type, member);

    public static Row Constructor(string type) => new(type, ".ctor");

    /// <summary>Only the overloads that return the named type.</summary>
    public Row Returning(string type)
    {
        _returns = type;
        return this;
    }

    /// <summary>Only the overloads whose first parameter, or the one that stands <paramref name="at"/>, is of the named type.</summary>
    public Row Taking(string type, int at = 0)
    {
        _parameter = type;
        _parameterAt = at;
        return this;
    }

    public Row Acquires(Slot target, ResourceKind kind, Holding mode = Holding.Held, Success when = Success.Always, string? tag = null) =>
        With(new Effect.Acquire(target, kind, mode, When: when, Tag: tag));

    /// <summary>What stands in the slot is memory to be followed, though nobody releases it.</summary>
    public Row Follows(Slot target, ResourceKind? kind = null) => With(new Effect.Acquire(target, kind ?? ResourceKind.Memory, Holding.HeldNone, IsKnownOnly: true));

    /// <summary>The mode is that of the iterator in <paramref name="iterator"/>.</summary>
    public Row Acquires(Slot target, ResourceKind kind, Slot iterator, Success when = Success.Always) =>
        With(new Effect.Acquire(target, kind, Holding.Nothing, ModeFrom: iterator, When: when));

    /// <summary>Acquires <paramref name="kind"/> instead where the argument <paramref name="at"/> has the given constant value.</summary>
    public Row ButWhere(int at, int value, ResourceKind kind)
    {
        int last = _effects.FindLastIndex(static effect => effect is Effect.Acquire);
        _effects[last] = (Effect.Acquire)_effects[last] with { Instead = new KindByArgument(at, value, kind) };
        return this;
    }

    /// <summary>What is acquired can also be given back through <paramref name="keeper"/>, without being named.</summary>
    public Row KeptBy(Slot keeper)
    {
        int last = _effects.FindLastIndex(static effect => effect is Effect.Acquire);
        _effects[last] = (Effect.Acquire)_effects[last] with { KeptBy = keeper };
        return this;
    }

    /// <summary>The call gives back what of the kind <paramref name="keeper"/> keeps.</summary>
    public Row ReleasesKept(Slot keeper, ResourceKind kind) => With(new Effect.Release(keeper, Holding.Held, Kept: kind));

    /// <summary>The argument is set to something derived from <paramref name="from"/>.</summary>
    public Row Fills(Slot target, Slot from) => With(new Effect.Fill(target, from));

    /// <summary>The direction stands in the parameter of the named type, or is <paramref name="otherwise"/>.</summary>
    public Row DirectedBy(string type, Flowing otherwise)
    {
        _directionType = type;
        _otherwise = otherwise;
        return this;
    }

    /// <summary>The extraction flags stand in the parameter of the named type.</summary>
    public Row FlaggedBy(string type)
    {
        _flagsType = type;
        return this;
    }

    public Row Releases(Slot target, Holding accepts = Holding.Held, bool repeatable = false, bool ofPieces = false, string? tag = null) =>
        With(new Effect.Release(target, accepts, repeatable, ofPieces, tag));

    public Row Views(Slot source) => With(new Effect.View(source));

    public Row ViewsElement(Slot source) => With(new Effect.View(source, RefRole.Element));

    /// <summary>The result is the same storage, or a stretch of it.</summary>
    public Row IsPartOf(Slot source) => With(new Effect.View(source, RefRole.Part));

    public Row AddressOf(Slot source) => With(new Effect.AddressOf(source));

    public Row Recovers(Slot source) => With(new Effect.Recover(source));

    public Row Exchanges(Slot target, Slot value) => With(new Effect.Exchange(target, value));

    /// <summary>What is in <paramref name="source"/> is in <paramref name="target"/>, too, from now on.</summary>
    public Row Copies(Slot source, Slot target) => With(new Effect.Copy(source, target));

    /// <summary>The result stands for what <paramref name="source"/> does, but can fail before that is over.</summary>
    public Row Outruns(Slot source) => With(new Effect.Outrun(source));

    public Row Gathers(Slot source) => With(new Effect.Gather(source));

    /// <summary>The result says which of the operations in <paramref name="source"/> was over first.</summary>
    public Row FindsFirst(Slot source) => With(new Effect.First(source));

    /// <summary>Waits for one of the operations in <paramref name="source"/>, and for no other.</summary>
    public Row LeavesOthers(Slot source) => With(new Effect.Reopen(source));

    /// <summary>Whatever else the call does, its result is over only when <paramref name="source"/> is.</summary>
    public Row Continues(Slot source) => With(new Effect.Continue(source));

    public Row Is(Slot source) => With(new Effect.Same(source));

    /// <summary>The result tells whether two slots have the same object in them.</summary>
    public Row Compares(Slot target, Slot other) => With(new Effect.Compare(target, other));

    public Row Tells(Inspection what, string? tag = null) => With(new Effect.Inspect(Slot.Receiver, what, tag));

    /// <summary>The result is something that has nothing to do with buffers, and there is always one to be had.</summary>
    public Row OnlyMakes() => With(new Effect.Inspect(Slot.Result, Inspection.Detail));

    public Row Borrows(Slot target) => With(new Effect.Borrow(target));

    public Row Writes(Slot target) => With(new Effect.Borrow(target, Writes: true));

    public Row Retains(Slot target) => With(new Effect.Retain(target));

    public Row Lends(Slot target) => With(new Effect.Lend(target));

    /// <summary>Right only for an iterator of the direction.</summary>
    public Row Demands(Slot target, Flowing direction) => With(new Effect.Demand(target, direction));

    /// <summary>Right only for an iterator over memory of the given sort.</summary>
    public Row Demands(Slot target, Holding backing) => With(new Effect.Demand(target, Backing: backing));

    /// <summary>Right only for the direction that stands in the parameter of the named type.</summary>
    public Row DemandsArgument(Slot target, string directionType)
    {
        _directionType = directionType;
        return With(new Effect.Demand(target, DirectionAt: 0));
    }

    /// <summary>The result keeps what stands in <paramref name="source"/> where it is.</summary>
    public Row KeepsInPlace(Slot source) => With(new Effect.KeepInPlace(source));

    /// <summary>What the target stood for is somebody else's, and its release does nothing any more.</summary>
    public Row Abandons(Slot target) => With(new Effect.Abandon(target));

    /// <summary>The finalizer of the target will not run any more.</summary>
    public Row Disarms(Slot target) => With(new Effect.Disarm(target));

    /// <summary>Uses what is in the entry whose number stands in <paramref name="index"/>.</summary>
    public Row UsesEntry(Slot index) => With(new Effect.Entry(Slot.Receiver, index, EntryChange.Used));

    /// <summary>Returns a view of what is in the entry.</summary>
    public Row ShowsEntry(Slot index) => With(new Effect.Entry(Slot.Receiver, index, EntryChange.Shown));

    /// <summary>Takes out what is in the entry.</summary>
    public Row EmptiesEntry(Slot index) => With(new Effect.Entry(Slot.Receiver, index, EntryChange.Emptied));

    /// <summary>Puts something in the entry.</summary>
    public Row FillsEntry(Slot index) => With(new Effect.Entry(Slot.Receiver, index, EntryChange.Filled));

    /// <summary>Puts something in any entries.</summary>
    public Row FillsEntries(Slot table) => With(new Effect.Entry(table, Slot.Argument(0), EntryChange.FilledAny));

    /// <summary>The call reports a success.</summary>
    public Row Announces() => With(new Effect.Announce());

    public Row Advances(Slot target) => With(new Effect.Advance(target));

    /// <summary>The iterator moves as far as the result says.</summary>
    public Row AdvancesByResult(Slot target) => With(new Effect.Advance(target, Tells: true));

    /// <summary>The iterator moves to where the caller says.</summary>
    public Row MovesByHand(Slot target) => With(new Effect.Advance(target, IsByHand: true));

    public Row Completes(Slot target) => With(new Effect.Complete(target));

    /// <summary>The contract of a member that the row's type and name were found to be those of, or null if an overload is not meant.</summary>
    public Contract? ContractOf(ISymbol member)
    {
        ImmutableArray<IParameterSymbol> parameters = member switch
        {
            IMethodSymbol method => method.Parameters,
            IPropertySymbol property => property.Parameters,
            _ => ImmutableArray<IParameterSymbol>.Empty,
        };
        ITypeSymbol? returned = member switch
        {
            IMethodSymbol method => method.ReturnType,
            IPropertySymbol property => property.Type,
            _ => null,
        };
        if ((_returns is not null && MetadataNames.Of(returned) != _returns)
            || (_parameter is not null && (parameters.Length <= _parameterAt || MetadataNames.Of(parameters[_parameterAt].Type) != _parameter)))
        {
            return null;
        }

        ImmutableArray<Effect>.Builder effects = ImmutableArray.CreateBuilder<Effect>(_effects.Count);
        foreach (Effect effect in _effects)
        {
            effects.Add(effect is Effect.Acquire acquire
                ? acquire with { DirectionAt = IndexOf(parameters, _directionType), Direction = _otherwise, FlagsAt = IndexOf(parameters, _flagsType) }
                : effect is Effect.Demand { DirectionAt: >= 0 } demand ? demand with { DirectionAt = IndexOf(parameters, _directionType) }
                : effect);
        }

        return new Contract(effects.ToImmutable());
    }

    private static int IndexOf(ImmutableArray<IParameterSymbol> parameters, string? type)
    {
        for (int i = 0; type is not null && i < parameters.Length; i++)
        {
            if (MetadataNames.Of(parameters[i].Type) == type)
            {
                return i;
            }
        }

        return -1;
    }

    private Row With(Effect effect)
    {
        _effects.Add(effect);
        return this;
    }
}
