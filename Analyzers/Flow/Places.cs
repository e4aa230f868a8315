using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace BufferLifetime.Analyzers.Flow;

/// <summary>What names a place: a local, a parameter, a field, a capture of the flow graph, a member of another place.</summary>
internal enum PlaceKind
{
    Local,
    Parameter,
    This,
    StaticField,
    Member,
    Capture,
    Temporary,
}

/// <summary>The places of one body, numbered.</summary>
internal sealed class Places
{
    private readonly List<Place> _all = [];
    private readonly Dictionary<ISymbol, int> _symbols = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<CaptureId, int> _captures = [];
    private readonly Dictionary<(int, ISymbol), int> _members = new(MemberComparer.Instance);
    private readonly List<int> _mutable = [];
    private readonly List<Entry> _entries = [];
    private int _this = -1;

    public int Count => _all.Count;

    /// <summary>The fields and properties that somebody else may write between two rounds of a loop.</summary>
    public IReadOnlyList<int> Mutable => _mutable;

    public Place this[int place] => _all[place];

    public int Of(ISymbol symbol, PlaceKind kind)
    {
        if (!_symbols.TryGetValue(symbol, out int place))
        {
            place = Add(new Place(kind, symbol, -1));
            _symbols.Add(symbol, place);
        }

        return place;
    }

    public int Find(ISymbol symbol) => _symbols.TryGetValue(symbol, out int place) ? place : -1;

    public int OfThis() => _this >= 0 ? _this : _this = Add(new Place(PlaceKind.This, null, -1));

    public int OfCapture(CaptureId capture)
    {
        if (!_captures.TryGetValue(capture, out int place))
        {
            place = Add(new Place(PlaceKind.Capture, null, -1));
            _captures.Add(capture, place);
        }

        return place;
    }

    /// <param name="parent">The place whose member it is.</param>
    /// <param name="member">What tells the member from others.</param>
    /// <param name="name">What the code calls it, if not that.</param>
    public int OfMember(int parent, ISymbol member, string? name = null) =>
        _members.TryGetValue((parent, member), out int place) ? place : AddMember(parent, member, new Place(PlaceKind.Member, member, parent) { Name = name ?? member.Name });

    /// <summary>What a value in the place owns in one of its fields, which the body itself cannot name.</summary>
    public int OfInner(int parent, ISymbol field) =>
        _members.TryGetValue((parent, field), out int place) ? place : AddMember(parent, field, new Place(PlaceKind.Member, field, parent) { IsInner = true });

    private int AddMember(int parent, ISymbol member, Place added)
    {
        int place = Add(added);
        _members.Add((parent, member), place);
        _all[parent].AddMember(place);
        return place;
    }

    /// <summary>The entry of the table in <paramref name="table"/> that a constant number, or the value that a variable has, stands for.</summary>
    public int OfEntry(int table, object key, string name)
    {
        foreach (Entry entry in _entries)
        {
            if (entry.Table == table && entry.Key.Equals(key))
            {
                return entry.Place;
            }
        }

        int place = Add(new Place(PlaceKind.Member, null, table) { Name = name });
        _all[table].AddMember(place);
        _entries.Add(new Entry(place, table, key));
        return place;
    }

    /// <summary>The entry of a table that is found in the place.</summary>
    public Entry EntryAt(int place) => _entries.Find(entry => entry.Place == place);

    /// <summary>The entries of tables that the body speaks of.</summary>
    public IReadOnlyList<Entry> Entries => _entries;

    /// <summary>The member of the place that the body speaks of, or -1.</summary>
    public int FindMember(int parent, ISymbol member) => _members.TryGetValue((parent, member), out int place) ? place : -1;

    /// <summary>A place without a name, which has a value from its block on.</summary>
    public int NewTemporary(int block) => Add(new Place(PlaceKind.Temporary, null, -1) { Block = block });

    /// <summary>The field, or the property that is one, of the instance itself that the place is; null for any other.</summary>
    public ISymbol? FieldOfThis(int place) =>
        _all[place] is { Kind: PlaceKind.Member, Symbol: { } symbol, Parent: var parent } && _all[parent].Kind == PlaceKind.This ? symbol : null;

    /// <summary>Whether the place is the instance or a part of it.</summary>
    public bool IsOfThis(int place)
    {
        for (; place >= 0; place = _all[place].Parent)
        {
            if (_all[place].Kind == PlaceKind.This)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The place as the code names it, or null for what has no name.</summary>
    public string? NameOf(int place) => place < 0 ? null : _all[place] switch
    {
        { Kind: PlaceKind.Local or PlaceKind.Parameter or PlaceKind.StaticField, Symbol: { } symbol } => symbol.Name,
        { Kind: PlaceKind.Member, IsInner: true, Parent: var owner } => NameOf(owner),
        { Kind: PlaceKind.Member, Symbol: null, Name: { } entry } => entry,
        { Kind: PlaceKind.Member, Name: { } name, Parent: var parent } => _all[parent].Kind == PlaceKind.This || NameOf(parent) is not { } outer
            ? name
            : outer + "." + name,
        _ => null,
    };

    private int Add(Place place)
    {
        _all.Add(place);
        int number = _all.Count - 1;
        bool isHeld = place.Kind == PlaceKind.StaticField || (place.Kind == PlaceKind.Member && (_all[place.Parent].Kind == PlaceKind.This || _mutable.Contains(place.Parent)));
        if (isHeld && place.Symbol is IFieldSymbol { IsReadOnly: false, IsConst: false } or IPropertySymbol)
        {
            _mutable.Add(number);
        }

        return number;
    }

    private sealed class MemberComparer : IEqualityComparer<(int Parent, ISymbol Member)>
    {
        public static readonly MemberComparer Instance = new();

        public bool Equals((int Parent, ISymbol Member) x, (int Parent, ISymbol Member) y) =>
            x.Parent == y.Parent && SymbolEqualityComparer.Default.Equals(x.Member, y.Member);

        public int GetHashCode((int Parent, ISymbol Member) key) =>
            unchecked((key.Parent * 397) ^ SymbolEqualityComparer.Default.GetHashCode(key.Member));
    }
}

/// <summary>An entry of a table.</summary>
/// <param name="Place">Where what is in it is found.</param>
/// <param name="Table">The table.</param>
/// <param name="Key">A constant number, or the place of the variable that has the number.</param>
internal readonly record struct Entry(int Place, int Table, object Key)
{
    /// <summary>Whether what is known of the entry holds only as long as a variable keeps its value.</summary>
    public bool IsOfVariable(int variable) => Key is VariableKey key && key.Place == variable;
}

/// <summary>The variable that an entry is numbered by.</summary>
internal sealed record VariableKey(int Place);

/// <summary>One place: where a value can be kept and found again.</summary>
internal sealed class Place(PlaceKind kind, ISymbol? symbol, int parent)
{
    private List<int>? _members;
    private List<int>? _captured;

    public PlaceKind Kind { get; } = kind;

    public ISymbol? Symbol { get; } = symbol;

    /// <summary>The place whose member this is, or -1.</summary>
    public int Parent { get; } = parent;

    public IReadOnlyList<int> Members => _members ?? (IReadOnlyList<int>)[];

    /// <summary>For a member: what the code calls it.</summary>
    public string? Name { get; init; }

    /// <summary>For a temporary: the block that computes it, anew each time; -1 for any other.</summary>
    public int Block { get; init; } = -1;

    /// <summary>Whether it is what the parent owns, in a field that only its type can name.</summary>
    public bool IsInner { get; init; }

    /// <summary>Whether a lambda or local function writes it too, so that what one path learnt of it does not last.</summary>
    public bool IsShared { get; set; }

    /// <summary>For a capture: whether it is a struct that is made there, and nobody has yet but the body.</summary>
    public bool IsMadeHere { get; set; }

    /// <summary>For a delegate: the places of the body that it captures.</summary>
    public IReadOnlyList<int> Captured => _captured ?? (IReadOnlyList<int>)[];

    public void AddCaptured(int place) => (_captured ??= []).Add(place);

    public void AddMember(int place) => (_members ??= []).Add(place);
}
