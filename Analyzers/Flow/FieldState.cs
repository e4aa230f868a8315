using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Flow;

/// <summary>A resource as the fields of a type know it between two calls.</summary>
/// <param name="Original">What it was where it was acquired.</param>
/// <param name="Position">Where it stood among those that the call began with; -1 for one that the call acquired.</param>
/// <param name="Hold">The state it is in.</param>
internal readonly record struct HeldByFields(Resource Original, int Position, Hold Hold);

/// <summary>What one field refers to, and what is known of its value.</summary>
internal readonly record struct FieldValue(ImmutableArray<Ref> Refs, Known Known);

/// <summary>
/// What a call can leave behind in the fields of its instance, and the next one find there: which field refers to which resource, in
/// which state each is, which flags are set. One of several; they are told apart by what the fields refer to.
/// </summary>
internal sealed class FieldState
{
    private FieldState(ImmutableArray<FieldValue> fields, ImmutableArray<HeldByFields> resources)
    {
        Fields = fields;
        Resources = resources;
        Shape = Describe(withKnown: false);
        Key = Describe(withKnown: true);
    }

    /// <summary>One value for each tracked field, in their order.</summary>
    public ImmutableArray<FieldValue> Fields { get; }

    /// <summary>The resources that the fields refer to, by position.</summary>
    public ImmutableArray<HeldByFields> Resources { get; }

    /// <summary>What tells states apart that are not to be merged.</summary>
    public string Shape { get; }

    /// <summary>What tells any two states apart.</summary>
    public string Key { get; }

    /// <summary>The fields of an instance whose constructor is about to run.</summary>
    public static FieldState Zeroed(int fields) => Empty(fields, new Known(Classes.Null | Classes.Zero));

    /// <summary>Fields that nothing is known of, and that hold nothing that is followed.</summary>
    public static FieldState Unknown(int fields) => Empty(fields, Known.Anything);

    private static FieldState Empty(int fields, Known known)
    {
        ImmutableArray<FieldValue>.Builder values = ImmutableArray.CreateBuilder<FieldValue>(fields);
        for (int i = 0; i < fields; i++)
        {
            values.Add(new FieldValue(ImmutableArray<Ref>.Empty, known));
        }

        return new FieldState(values.ToImmutable(), ImmutableArray<HeldByFields>.Empty);
    }

    /// <summary>What <paramref name="path"/> leaves in the fields that stand at <paramref name="places"/>.</summary>
    public static FieldState Of(Body body, IReadOnlyList<int> places, PathState path, out List<int> locals)
    {
        List<int> found = [];
        List<HeldByFields> resources = [];
        ImmutableArray<FieldValue>.Builder fields = ImmutableArray.CreateBuilder<FieldValue>(places.Count);
        foreach (int place in places)
        {
            RefSet refs = path.RefsOf(place);
            ImmutableArray<Ref>.Builder renumbered = ImmutableArray.CreateBuilder<Ref>();
            for (int i = 0; i < refs.Count; i++)
            {
                Resource resource = body.Resources[refs[i].Resource];
                if (refs[i].Kind == RefRole.Account || resource.Kind == ResourceKind.Loan || resource.Kind.EndsAtSuspension)
                {
                    continue;
                }

                int position = found.IndexOf(resource.Id);
                if (position < 0)
                {
                    position = found.Count;
                    found.Add(resource.Id);
                    resources.Add(new HeldByFields(resource.Original ?? resource, resource.Position, path.HoldOf(resource.Id)));
                }

                renumbered.Add(new Ref(position, refs[i].Kind));
            }

            fields.Add(new FieldValue(renumbered.ToImmutable(), path.KnownOf(place)));
        }

        locals = found;
        return new FieldState(fields.ToImmutable(), resources.ToImmutableArray());
    }

    /// <summary>The same shape with what both know of the values.</summary>
    public static FieldState Merge(FieldState a, FieldState b)
    {
        ImmutableArray<FieldValue>.Builder fields = ImmutableArray.CreateBuilder<FieldValue>(a.Fields.Length);
        for (int i = 0; i < a.Fields.Length; i++)
        {
            fields.Add(a.Fields[i] with { Known = Known.Join(a.Fields[i].Known, b.Fields[i].Known) });
        }

        return new FieldState(fields.ToImmutable(), a.Resources);
    }

    /// <summary>The state as the next call finds it: what was released and is still referred to is dangling now.</summary>
    public FieldState ForNextCall(IReadOnlyList<ISymbol> fields)
    {
        ImmutableArray<HeldByFields>.Builder resources = ImmutableArray.CreateBuilder<HeldByFields>(Resources.Length);
        foreach (HeldByFields resource in Resources)
        {
            Holding holding = resource.Hold.Holding;
            bool dangles = (holding & (Holding.Released | Holding.Dangling)) != 0 && (holding & ~(Holding.Released | Holding.Dangling)) == 0;
            resources.Add(resource with
            {
                Position = -1,
                Hold = resource.Hold with { Holding = dangles ? Holding.Dangling : holding, Holds = RefSet.Empty, LostFrom = -1 },
            });
        }

        return new FieldState(Fields.Select((field, i) => WithoutCleared(field, fields[i], Resources)).ToImmutableArray(), resources.ToImmutable());
    }

    /// <summary>A handle whose release cleared the field that it was called on is not in the field any more; one that was released by a copy is.</summary>
    private static FieldValue WithoutCleared(FieldValue value, ISymbol field, ImmutableArray<HeldByFields> resources)
    {
        ImmutableArray<Ref> left = value.Refs.RemoveAll(r => r.Kind == RefRole.Owner
            && resources[r.Resource] is { Original.Kind.ClearsItsVariable: true, Hold: { Holding: Holding.Released, ClearedIn: var cleared } }
            && SymbolEqualityComparer.Default.Equals(field, cleared));
        return left.Length == value.Refs.Length ? value
            : left.IsEmpty ? value with { Refs = left, Known = new Known(Classes.Null | Classes.Zero) }
            : value with { Refs = left };
    }

    /// <summary>The state as a call from inside finds it: nothing has become of the resources yet.</summary>
    public FieldState ForCall()
    {
        ImmutableArray<HeldByFields>.Builder resources = ImmutableArray.CreateBuilder<HeldByFields>(Resources.Length);
        foreach (HeldByFields resource in Resources)
        {
            Holding holding = resource.Hold.Holding == Holding.Released ? Holding.Gone : resource.Hold.Holding;
            resources.Add(resource with { Position = -1, Hold = resource.Hold with { Holding = holding, Holds = RefSet.Empty, LostFrom = -1 } });
        }

        return new FieldState(Fields, resources.ToImmutable());
    }

    /// <summary>The path on which a call begins that finds this state.</summary>
    public PathState Enter(Body body, IReadOnlyList<int> places, PathState path)
    {
        for (int i = 0; i < Resources.Length; i++)
        {
            Resource resource = body.Import(Resources[i].Original, i, call: null);
            path = path.WithHold(resource.Id, Resources[i].Hold);
        }

        return Write(places, path, position => body.Import(Resources[position].Original, position, call: null).Id);
    }

    /// <summary>Puts the values of the fields into a path of a body that knows the resources by other numbers.</summary>
    public PathState Write(IReadOnlyList<int> places, PathState path, Func<int, int> resourceAt)
    {
        for (int i = 0; i < places.Count; i++)
        {
            RefSet refs = RefSet.Empty;
            foreach (Ref reference in Fields[i].Refs)
            {
                refs = refs.Union(RefSet.Of(resourceAt(reference.Resource), reference.Kind));
            }

            path = path.WithRefs(places[i], refs);
            path = path with
            {
                Known = Fields[i].Known.IsAnything ? path.Known.Remove(places[i]) : path.Known.Set(places[i], Fields[i].Known),
                Definitions = path.Definitions.Remove(places[i]),
            };
        }

        return path;
    }

    private string Describe(bool withKnown)
    {
        var text = new StringBuilder();
        foreach (FieldValue field in Fields)
        {
            foreach (Ref reference in field.Refs)
            {
                text.Append(reference.Resource).Append((char)('a' + (int)reference.Kind));
            }

            if (withKnown)
            {
                text.Append('=').Append((int)field.Known.Classes).Append(field.Known.Constant);
            }

            text.Append(';');
        }

        foreach (HeldByFields resource in Resources)
        {
            text.Append('|').Append(resource.Original.Serial).Append(':').Append((int)resource.Hold.Holding);
            if (withKnown)
            {
                text.Append('@').Append(resource.Position);
            }
        }

        return text.ToString();
    }
}

/// <summary>
/// The states that calls can leave behind. Up to <see cref="MaxApart"/> are told apart by all that is known; then those of one shape are merged.
/// </summary>
internal sealed class FieldStates
{
    /// <summary>How many states are told apart by the values of flags, too.</summary>
    public const int MaxApart = 12;

    /// <summary>How many shapes a type can have before its methods are looked at one by one only.</summary>
    public const int MaxShapes = 24;

    private readonly List<FieldState> _states = [];

    public bool IsTooMany => _states.Count > MaxShapes;

    public IReadOnlyList<FieldState> All => _states;

    /// <summary>Takes one more state in; true when that changed something.</summary>
    public bool Add(FieldState state)
    {
        if (_states.Exists(known => known.Key == state.Key))
        {
            return false;
        }

        int same = _states.Count < MaxApart ? -1 : _states.FindIndex(known => known.Shape == state.Shape);
        if (same < 0)
        {
            _states.Add(state);
            return true;
        }

        FieldState merged = FieldState.Merge(_states[same], state);
        if (_states.Exists(known => known.Key == merged.Key))
        {
            return false;
        }

        _states[same] = merged;
        return true;
    }
}
