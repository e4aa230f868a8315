using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Flow;

/// <summary>How a place refers to a resource.</summary>
internal enum RefRole
{
    /// <summary>The resource itself.</summary>
    Owner,

    /// <summary>The pieces that the resource consists of, by another name or some of them in a row: a span over their array, a slice.</summary>
    Part,

    /// <summary>One of the things the resource is made of: a fragment of an extraction.</summary>
    Element,

    /// <summary>Something derived that lives no longer than the resource.</summary>
    View,

    /// <summary>Something that contains what is derived from the resource: an array of addresses, an object made around a buffer.</summary>
    Container,

    /// <summary>The account of an acquisition: it can be asked, but it holds nothing.</summary>
    Account,

    /// <summary>Something through which the resource can be given back without being named.</summary>
    Keeper,
}

internal readonly record struct Ref(int Resource, RefRole Kind);

/// <summary>The resources that a place refers to, in order of number; compared by content.</summary>
internal sealed class RefSet : IEquatable<RefSet>
{
    public static readonly RefSet Empty = new([]);

    private readonly Ref[] _refs;

    private RefSet(Ref[] refs) => _refs = refs;

    public int Count => _refs.Length;

    public Ref this[int index] => _refs[index];

    public static RefSet Of(int resource, RefRole kind) => new([new Ref(resource, kind)]);

    public RefSet Union(RefSet other)
    {
        if (other.Count == 0 || Equals(other))
        {
            return this;
        }

        if (Count == 0)
        {
            return other;
        }

        List<Ref> refs = new(Count + other.Count);
        int a = 0, b = 0;
        while (a < Count || b < other.Count)
        {
            if (b == other.Count || (a < Count && _refs[a].Resource < other[b].Resource))
            {
                refs.Add(_refs[a++]);
            }
            else if (a == Count || other[b].Resource < _refs[a].Resource)
            {
                refs.Add(other[b++]);
            }
            else
            {
                refs.Add(_refs[a].Kind <= other[b].Kind ? _refs[a] : other[b]);
                a++;
                b++;
            }
        }

        return new RefSet([.. refs]);
    }

    /// <summary>The same resources, seen through <paramref name="kind"/> or what is weaker. A part of what does not consist of parts is a view of it.</summary>
    public RefSet As(RefRole kind, Func<Ref, bool>? hasParts = null)
    {
        Ref[] refs = new Ref[Count];
        for (int i = 0; i < refs.Length; i++)
        {
            RefRole role = kind == RefRole.Part && hasParts?.Invoke(_refs[i]) != true ? RefRole.View : kind;
            refs[i] = new Ref(_refs[i].Resource, _refs[i].Kind > role ? _refs[i].Kind : role);
        }

        return new RefSet(refs);
    }

    /// <summary>The resources themselves, got back from what was derived from them.</summary>
    public RefSet AsOwner() =>
        new(Array.ConvertAll(_refs, static r => r.Kind < RefRole.Account ? new Ref(r.Resource, RefRole.Owner) : r));

    public RefSet Where(Func<Ref, bool> keep)
    {
        // Nearly always all are kept, or none: what is asked at every fact allocates nothing then.
        int kept = 0;
        while (kept < Count && keep(_refs[kept]))
        {
            kept++;
        }

        if (kept == Count)
        {
            return this;
        }

        List<Ref>? refs = null;
        for (int i = kept + 1; i < Count; i++)
        {
            if (keep(_refs[i]))
            {
                (refs ??= [.. _refs.AsSpan(0, kept)]).Add(_refs[i]);
            }
        }

        return refs is not null ? new RefSet([.. refs]) : kept == 0 ? Empty : new RefSet(_refs.AsSpan(0, kept).ToArray());
    }

    public bool Refers(int resource)
    {
        foreach (Ref one in _refs)
        {
            if (one.Resource == resource)
            {
                return true;
            }
        }

        return false;
    }

    public bool Equals(RefSet? other) => other is not null && (ReferenceEquals(this, other) || _refs.AsSpan().SequenceEqual(other._refs));

    public override bool Equals(object? obj) => Equals(obj as RefSet);

    public override int GetHashCode() => Count == 0 ? 0 : unchecked((_refs[0].Resource * 31) + Count);
}

/// <summary>What a path knows of one resource.</summary>
/// <param name="Holding">The states it can be in.</param>
/// <param name="Direction">For an iterator: which way its bytes flow.</param>
/// <param name="Holds">For a loan: the resources that the operation holds. For pages: the iterator that they were extracted from.</param>
/// <param name="ChangedAt">Where it was released, or where the suspension was that ended it.</param>
/// <param name="LostFrom">The field that alone had it when that was overwritten, or -1.</param>
internal sealed record Hold(Holding Holding, Flowing Direction, RefSet Holds, IOperation? ChangedAt, int LostFrom = -1)
{
    /// <summary>Whether an operation was given it that may have taken it over: then nobody is sure to owe its release here.</summary>
    public bool MayBeTaken { get; init; }

    /// <summary>For a handle that was released: the variable that its release cleared; null where that was a copy that nobody names.</summary>
    public ISymbol? ClearedIn { get; init; }

    /// <summary>The call that put it, or what leads to it, into a collection that is there when the body is gone.</summary>
    public IOperation? KeptBy { get; init; }

    /// <summary>The call that took it over, on an object that gives it back when that is ended.</summary>
    public IOperation? TakenBy { get; init; }

    /// <summary>The value by which it, or something that leads to it, leaves for the caller while the body has still to end.</summary>
    public IOperation? ReturnedAs { get; init; }

    /// <summary>Whether the handle in <paramref name="variable"/> knows of the release: a local of an earlier call is another variable.</summary>
    public bool IsKnownTo(ISymbol variable) =>
        SymbolEqualityComparer.Default.Equals(variable, ClearedIn) && (Holding == Holding.Released || variable is IFieldSymbol);

    public Hold(Holding holding)
        : this(holding, Flowing.Unknown, RefSet.Empty, null)
    {
    }

    public bool Equals(Hold? other) =>
        other is not null && Holding == other.Holding && Direction == other.Direction && Holds.Equals(other.Holds) && ReferenceEquals(ChangedAt, other.ChangedAt) && LostFrom == other.LostFrom
        && MayBeTaken == other.MayBeTaken && SymbolEqualityComparer.Default.Equals(ClearedIn, other.ClearedIn) && ReferenceEquals(KeptBy, other.KeptBy) && ReferenceEquals(TakenBy, other.TakenBy) && ReferenceEquals(ReturnedAs, other.ReturnedAs);

    public override int GetHashCode() => (int)Holding;

    public static Hold Join(Hold a, Hold b) =>
        new(a.Holding | b.Holding, a.Direction == b.Direction ? a.Direction : Flowing.Unknown, a.Holds.Union(b.Holds), Earlier(a.ChangedAt, b.ChangedAt), a.LostFrom == b.LostFrom ? a.LostFrom : -1)
        {
            MayBeTaken = a.MayBeTaken || b.MayBeTaken,
            ClearedIn = a.ClearedIn ?? b.ClearedIn,
            KeptBy = Earlier(a.KeptBy, b.KeptBy),
            TakenBy = Earlier(a.TakenBy, b.TakenBy),
            ReturnedAs = Earlier(a.ReturnedAs, b.ReturnedAs),
        };

    private static IOperation? Earlier(IOperation? a, IOperation? b) =>
        a is null ? b : b is null ? a : b.Syntax.SpanStart < a.Syntax.SpanStart ? b : a;
}

/// <summary>
/// What is known on one way through the body: what each place refers to, what is known of scalars and conditions, and in which state
/// each resource is. Immutable; neighbours share what they have in common.
/// </summary>
internal sealed record PathState(
    IntMap<RefSet> Refs,
    IntMap<Known> Known,
    IntMap<Expression> Definitions,
    IntMap<BoxedBool> Truths,
    IntMap<Hold> Holds,
    int Signature)
{
    public static readonly PathState Empty =
        new(IntMap<RefSet>.Empty, IntMap<Known>.Empty, IntMap<Expression>.Empty, IntMap<BoxedBool>.Empty, IntMap<Hold>.Empty, 0);

    /// <summary>The operations that may be under way, so that they are found among all that is held.</summary>
    private IntMap<BoxedBool> Pending { get; init; } = IntMap<BoxedBool>.Empty;

    public RefSet RefsOf(int place) => place >= 0 && Refs.TryGet(place, out RefSet refs) ? refs : RefSet.Empty;

    public Known KnownOf(int place) => place >= 0 && Known.TryGet(place, out Known known) ? known : Flow.Known.Anything;

    public Hold HoldOf(int resource) => Holds.TryGet(resource, out Hold hold) ? hold : NotYet;

    private static readonly Hold NotYet = new(Holding.Nothing);

    /// <summary>Whether no other place than <paramref name="place"/> refers to the resource in a way that could release it.</summary>
    public bool IsReferredToOnlyBy(int resource, int place)
    {
        bool only = true;
        Refs.ForEach((other, refs) => only &= other == place || !refs.Where(static r => r.Kind < RefRole.View).Refers(resource));
        return only;
    }

    public PathState WithRefs(int place, RefSet refs) =>
        this with { Refs = refs.Count == 0 ? Refs.Remove(place) : Refs.Set(place, refs) };

    public PathState WithHold(int resource, Hold hold)
    {
        int signature = Signature;
        if (Holds.TryGet(resource, out Hold before))
        {
            signature ^= Mix(resource, before);
        }

        return this with { Holds = Holds.Set(resource, hold), Signature = signature ^ Mix(resource, hold) };
    }

    public PathState WithoutHold(int resource) => !Holds.TryGet(resource, out Hold before) ? this
        : this with { Holds = Holds.Remove(resource), Pending = Pending.Remove(resource), Signature = Signature ^ Mix(resource, before) };

    /// <summary>As <see cref="WithHold"/>, for an operation.</summary>
    public PathState WithLoan(int loan, Hold hold) => WithHold(loan, hold) with
    {
        Pending = (hold.Holding & Holding.Held) != 0 ? Pending.Set(loan, BoxedBool.True) : Pending.Remove(loan),
    };

    /// <summary>Shows each operation that may be under way.</summary>
    public void ForEachPending(Action<int, Hold> action) => Pending.ForEach((loan, _) => action(loan, HoldOf(loan)));

    /// <summary>Whether both paths have every resource in the same state, so that nothing is lost by merging what else they know.</summary>
    public static bool SameHoldings(PathState a, PathState b) =>
        a.Signature == b.Signature && IntMap<Hold>.Equal(a.Holds, b.Holds, static (x, y) => x.Holding == y.Holding && x.Direction == y.Direction);

    /// <summary>
    /// Whether a name has one thing on the one way and another on the other, both of them owed a release: <c>chosen = first ? a : b</c>. Merged, its
    /// release would be that of neither.
    /// </summary>
    public static bool OwnAlike(PathState a, PathState b) => ReferenceEquals(a.Refs, b.Refs) || !IntMap<RefSet>.AnyInBoth(a.Refs, b.Refs, (x, y) =>
        x.Count == 1 && y.Count == 1 && x[0].Resource != y[0].Resource && x[0].Kind == RefRole.Owner && y[0].Kind == RefRole.Owner
        && a.IsOwed(x[0].Resource) && a.IsOwed(y[0].Resource) && b.IsOwed(x[0].Resource) && b.IsOwed(y[0].Resource));

    private bool IsOwed(int resource) => (HoldOf(resource).Holding & Holding.AnyHeld) != 0;

    /// <param name="a">One way.</param>
    /// <param name="b">Another.</param>
    /// <param name="isName">Which places are names in the code; null where that does not matter.</param>
    public static PathState Merge(PathState a, PathState b, Func<int, bool>? isName = null)
    {
        List<(RefSet InA, RefSet InB)>? apart = null;
        IntMap<RefSet> refs = IntMap<RefSet>.Merge(a.Refs, b.Refs, KeepApart, (int place, RefSet x, RefSet y, out RefSet union) =>
        {
            Note(place, x, y);
            union = x.Union(y);
            return true;
        });
        IntMap<Known> known = IntMap<Known>.Merge(a.Known, b.Known, DropOne, static (int _, Known x, Known y, out Known joined) =>
        {
            joined = Flow.Known.Join(x, y);
            return !joined.IsAnything;
        });
        IntMap<Expression> definitions = IntMap<Expression>.Merge(a.Definitions, b.Definitions, DropOne, Agree);
        IntMap<BoxedBool> truths = IntMap<BoxedBool>.Merge(a.Truths, b.Truths, DropOne, Agree);
        IntMap<Hold> holds = IntMap<Hold>.Merge(a.Holds, b.Holds, static (int _, Hold one, out Hold kept) =>
        {
            kept = one with { Holding = one.Holding | Holding.NotAcquired };
            return true;
        }, static (int _, Hold x, Hold y, out Hold joined) =>
        {
            joined = Hold.Join(x, y);
            return true;
        });
        IntMap<BoxedBool> pending = IntMap<BoxedBool>.Merge(a.Pending, b.Pending, KeepOne, Agree);
        holds = apart is null ? holds : GiveUpWhatMoved(holds, apart);
        if (ReferenceEquals(refs, a.Refs) && ReferenceEquals(known, a.Known) && ReferenceEquals(definitions, a.Definitions)
            && ReferenceEquals(truths, a.Truths) && ReferenceEquals(holds, a.Holds) && ReferenceEquals(pending, a.Pending))
        {
            return a;
        }

        int signature = a.Signature;
        if (!ReferenceEquals(holds, a.Holds))
        {
            signature = 0;
            holds.ForEach((resource, hold) => signature ^= Mix(resource, hold));
        }

        return new PathState(refs, known, definitions, truths, holds, signature) { Pending = pending };

        bool KeepApart(int place, RefSet one, out RefSet kept)
        {
            bool isInA = a.Refs.TryGet(place, out _);
            Note(place, isInA ? one : RefSet.Empty, isInA ? RefSet.Empty : one);
            kept = one;
            return true;
        }

        void Note(int place, RefSet inA, RefSet inB)
        {
            if (isName?.Invoke(place) == true)
            {
                (apart ??= []).Add((inA, inB));
            }
        }
    }

    /// <summary>
    /// A resource that one name has on the one way, and another name on the other: merged, both seem to have it, and neither is judged by what the
    /// other does.
    /// </summary>
    private static IntMap<Hold> GiveUpWhatMoved(IntMap<Hold> holds, List<(RefSet InA, RefSet InB)> apart)
    {
        RefSet onlyInA = RefSet.Empty;
        RefSet onlyInB = RefSet.Empty;
        foreach ((RefSet inA, RefSet inB) in apart)
        {
            onlyInA = onlyInA.Union(inA.Where(r => r.Kind == RefRole.Owner && !inB.Refers(r.Resource)));
            onlyInB = onlyInB.Union(inB.Where(r => r.Kind == RefRole.Owner && !inA.Refers(r.Resource)));
        }

        for (int i = 0; i < onlyInA.Count; i++)
        {
            int resource = onlyInA[i].Resource;
            if (onlyInB.Refers(resource) && holds.TryGet(resource, out Hold hold) && (hold.Holding & Holding.Several) == 0)
            {
                holds = holds.Set(resource, hold with { Holding = hold.Holding | Holding.HandedOn | Holding.Several });
            }
        }

        return holds;
    }

    private static bool KeepOne<T>(int key, T one, out T kept)
    {
        kept = one;
        return true;
    }

    private static bool DropOne<T>(int key, T one, out T kept)
    {
        kept = one;
        return false;
    }

    private static bool Agree<T>(int key, T x, T y, out T agreed)
        where T : class
    {
        agreed = x;
        return x.Equals(y);
    }

    private static int Mix(int resource, Hold hold) =>
        unchecked((int)((((uint)resource + 1) * 2654435761u) ^ (((uint)hold.Holding + ((uint)hold.Direction << 12) + 7) * 2246822519u)) * 31);
}

/// <summary>The truth of a condition, as a reference so that maps of it share.</summary>
internal sealed class BoxedBool
{
    public static readonly BoxedBool True = new(true);
    public static readonly BoxedBool False = new(false);

    private BoxedBool(bool value) => Value = value;

    public bool Value { get; }

    public static BoxedBool Of(bool value) => value ? True : False;
}

/// <summary>
/// What is known at one point of a body: one state for each way of reaching it that leaves the resources in another state. Past
/// <see cref="MaxPaths"/> the ways are merged into one and told apart no more.
/// </summary>
internal sealed class PathSet
{
    /// <summary>How many ways are kept apart at one point.</summary>
    public const int MaxPaths = 16;

    /// <summary>As <see cref="MaxPaths"/>, where a body is entered in more states than one: what each brings is kept apart from what the others bring.</summary>
    public const int MaxPathsOfMember = 40;

    private readonly List<PathState> _paths;
    private readonly Func<int, bool>? _isName;
    private readonly int _limit;

    /// <param name="isName">Which places are names in the code; null where that does not matter.</param>
    /// <param name="limit">How many ways are kept apart.</param>
    public PathSet(Func<int, bool>? isName = null, int limit = MaxPaths)
    {
        _paths = [];
        _isName = isName;
        _limit = limit;
    }

    public PathSet(PathSet other)
    {
        _paths = [.. other._paths];
        _isName = other._isName;
        _limit = other._limit;
        IsMerged = other.IsMerged;
    }

    /// <summary>Whether ways were merged whose difference mattered: what is only possible is then not known to be.</summary>
    public bool IsMerged { get; private set; }

    public List<PathState> Paths => _paths;

    /// <summary>An empty set that tells as much apart as this one.</summary>
    public PathSet EmptyLike() => new(_isName, _limit) { IsMerged = IsMerged };

    /// <summary>Takes one more way in; true when that changed something.</summary>
    public bool Add(PathState path)
    {
        for (int i = 0; i < _paths.Count; i++)
        {
            if (IsMerged || (PathState.SameHoldings(_paths[i], path) && PathState.OwnAlike(_paths[i], path)))
            {
                PathState merged = PathState.Merge(_paths[i], path, _isName);
                bool changed = !ReferenceEquals(merged, _paths[i]);
                _paths[i] = merged;
                return changed;
            }
        }

        _paths.Add(path);
        if (_paths.Count > _limit)
        {
            Collapse();
        }

        return true;
    }

    public bool AddAll(PathSet other)
    {
        bool changed = false;
        if (other.IsMerged && !IsMerged)
        {
            Collapse();
            changed = true;
        }

        foreach (PathState path in other._paths)
        {
            changed |= Add(path);
        }

        return changed;
    }

    private void Collapse()
    {
        IsMerged = true;
        for (int i = _paths.Count - 1; i > 0; i--)
        {
            _paths[0] = PathState.Merge(_paths[0], _paths[i], _isName);
            _paths.RemoveAt(i);
        }
    }
}
