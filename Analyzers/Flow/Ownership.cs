using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace BufferLifetime.Analyzers.Flow;

/// <summary>What a method does with what its instance has in a field when it is called, on every way through.</summary>
/// <param name="Release">How it gives it back; null where it does not.</param>
/// <param name="IsCleared">Whether the field does not have it any more.</param>
/// <param name="Returned">How what the call results in refers to it; null where it does not.</param>
internal sealed record FieldFate(Effect.Release? Release, bool IsCleared, RefRole? Returned)
{
    /// <summary>The field has it still, or another one in its place.</summary>
    public static FieldFate Kept { get; } = new(null, false, null);
}

/// <summary>What a constructor leaves in the fields of the instance that it makes.</summary>
/// <param name="Parts">The fields, each with what it has.</param>
internal sealed record Made(ImmutableArray<Part> Parts)
{
    /// <summary>The part that is what the constructor was given in a parameter, or null.</summary>
    public Part? From(int ordinal) => Parts.FirstOrDefault(part => part.From == ordinal);
}

/// <summary>One field of an instance, and what it has: something that was acquired for it, or what the constructor was given.</summary>
/// <param name="Field">The field, or the property that is one.</param>
/// <param name="Acquired">What was acquired for it; null where it was given.</param>
/// <param name="From">The parameter that it was given in, or -1.</param>
internal sealed record Part(ISymbol Field, Effect.Acquire? Acquired, int From);

/// <summary>What an instance takes over by a call: what it is given, or, where there is an <paramref name="Inner"/>, what that has in this field.</summary>
internal sealed record Taken(ISymbol? Inner);

/// <summary>What is in the instance when a method has returned, among what it was given.</summary>
/// <param name="body">The body.</param>
/// <param name="followed">What is followed: the argument, and what it owns itself.</param>
/// <param name="endsElements">Whether what is in the collection in a field is given back with the instance.</param>
/// <param name="ends">Whether what is in a field is.</param>
internal sealed class TakenReader(Body body, IReadOnlyDictionary<int, ISymbol?> followed, Func<ISymbol, bool> endsElements, Func<ISymbol, bool> ends) : IFlowReader
{
    private readonly HashSet<IOperation> _collected = [];
    private readonly HashSet<int> _missed = [];
    private readonly HashSet<int> _taken = [];
    private bool _isUnclear;

    public void OnFact(Fact fact, PathSet before)
    {
        _isUnclear |= before.IsMerged || fact.Kind is FactKind.CallSelf or FactKind.Suspend;
        if (fact is { Kind: FactKind.Keep, Receiver: >= 0 } && body.Places.FieldOfThis(fact.Receiver) is { } field && endsElements(field))
        {
            _collected.Add(fact.Operation);
        }
    }

    public void OnExit(ExitKind exit, IOperation? returned, BasicBlock from, PathSet atExit)
    {
        foreach (PathState path in exit == ExitKind.Return ? atExit.Paths : [])
        {
            foreach (int resource in followed.Keys)
            {
                Hold hold = path.HoldOf(resource);
                bool isTaken = (hold.Holding & Holding.Released) == 0 && ((hold.KeptBy is { } call && _collected.Contains(call)) || IsInField(path, resource));
                (isTaken ? _taken : _missed).Add(resource);
            }
        }
    }

    public Taken? Conclude()
    {
        List<int> taken = [.. followed.Keys.Where(resource => _taken.Contains(resource) && !_missed.Contains(resource))];
        return _isUnclear || taken.Count != 1 ? null : new Taken(followed[taken[0]]);
    }

    private bool IsInField(PathState path, int resource)
    {
        bool found = false;
        path.Refs.ForEach((place, refs) => found |= refs.Count == 1 && refs[0] == new Ref(resource, RefRole.Owner) && body.Places.FieldOfThis(place) is { } field && ends(field));
        return found;
    }
}

/// <summary>What the fields have when a constructor, or an initializer, has run to its end, the same on every way.</summary>
/// <param name="body">The body.</param>
/// <param name="fields">The fields that are asked about.</param>
/// <param name="given">The parameters that brought something, by the number of what they brought.</param>
internal sealed class LeftInFields(Body body, IReadOnlyList<ISymbol> fields, IReadOnlyDictionary<int, int> given) : IFlowReader
{
    private readonly Dictionary<int, (int Resource, Holding Holding)> _left = [];
    private readonly HashSet<int> _unclear = [];

    public IEnumerable<Part> Parts
    {
        get
        {
            for (int i = 0; i < fields.Count; i++)
            {
                if (!_unclear.Contains(i) && _left.TryGetValue(i, out (int Resource, Holding Holding) left))
                {
                    Resource resource = body.Resources[left.Resource];
                    if (given.TryGetValue(left.Resource, out int ordinal))
                    {
                        yield return new Part(fields[i], null, ordinal);
                    }
                    else if (resource is { Original: null, Acquisition: { } acquisition })
                    {
                        yield return new Part(fields[i], new Effect.Acquire(Slot.Result, resource.Kind, left.Holding, Direction: acquisition.Direction), -1);
                    }
                }
            }
        }
    }

    public void OnFact(Fact fact, PathSet before)
    {
    }

    public void OnExit(ExitKind exit, IOperation? returned, BasicBlock from, PathSet atExit)
    {
        for (int i = 0; exit == ExitKind.Return && i < fields.Count; i++)
        {
            int place = body.Places.OfMember(body.Places.OfThis(), fields[i]);
            foreach (PathState path in atExit.Paths)
            {
                RefSet refs = path.RefsOf(place).Where(static r => r.Kind < RefRole.Account);
                bool isSure = refs.Count == 1 && refs[0].Kind == RefRole.Owner && (path.HoldOf(refs[0].Resource).Holding is Holding.Held or Holding.HeldPin or Holding.HeldGet) && !path.HoldOf(refs[0].Resource).MayBeTaken && !IsElsewhere(path, refs[0].Resource, place);
                if (!isSure || (_left.TryGetValue(i, out (int Resource, Holding Holding) known) && (known.Resource != refs[0].Resource || known.Holding != path.HoldOf(refs[0].Resource).Holding)))
                {
                    _unclear.Add(i);
                    break;
                }

                _left[i] = (refs[0].Resource, path.HoldOf(refs[0].Resource).Holding);
            }
        }
    }

    /// <summary>Whether another field has it, too, or somebody outside.</summary>
    private bool IsElsewhere(PathState path, int resource, int field)
    {
        bool found = false;
        path.Refs.ForEach((place, refs) => found |= place != field && body.Outlives(place) && !IsSpan(place) && refs.Where(static r => r.Kind < RefRole.View).Refers(resource));
        return found;
    }

    /// <summary>Whether what is in the place cannot be given back: a span of all of it.</summary>
    private bool IsSpan(int place) => body.Places[place].Symbol is IFieldSymbol { Type.IsRefLikeType: true };
}
