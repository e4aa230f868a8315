using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace BufferLifetime.Analyzers.Flow;

/// <summary>The facts of one body: a method, an accessor, an initializer, a lambda or a local function.</summary>
internal sealed class Body
{
    private readonly IContractSource _contracts;
    private readonly Dictionary<IOperation, int> _loans = [];
    private readonly Dictionary<ISymbol, IReadOnlyList<Captured>> _captures = new(SymbolEqualityComparer.Default);
    private readonly List<Resource> _resources = [];
    private readonly List<Resource> _suspendable = [];
    private readonly List<Resource> _foreign = [];
    private readonly HashSet<ResourceKind> _kinds = [];
    private readonly Dictionary<IMethodSymbol, NestedFunction> _nested = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<(Resource Original, int Position, IOperation? Call), Resource> _imported = [];
    private BodyGraph? _graph;
    private Liveness? _liveness;
    private readonly IReadOnlyList<Fact>[] _facts;
    private readonly Expression?[] _conditions;

    private Body(ControlFlowGraph graph, ISymbol owner, IContractSource contracts, OwnCallees? callees)
    {
        _contracts = contracts;
        Owner = owner;
        KeepsFields = owner is not IMethodSymbol { MethodKind: MethodKind.AnonymousFunction or MethodKind.LocalFunction } && !owner.IsStatic;
        Flow = graph;
        _facts = new IReadOnlyList<Fact>[graph.Blocks.Length];
        _conditions = new Expression?[graph.Blocks.Length];
        Nested = NestedFunction.In(graph, callees);
        foreach (NestedFunction nested in Nested)
        {
            _nested[nested.Symbol] = nested;
        }

        Entry = DescribeParameters(owner as IMethodSymbol, graph.OriginalOperation);
    }

    /// <summary>The method, field or property that the body belongs to.</summary>
    public ISymbol Owner { get; }

    /// <summary>Whether what is stored in a field of the instance is accounted for by the type: not so in a lambda, which runs at its own time.</summary>
    public bool KeepsFields { get; }

    /// <summary>Whether what is put behind a reference, or in a captured variable, is the body's own until it ends, and the caller's then.</summary>
    public bool FollowsReferences { get; private init; }

    /// <summary>Whether it begins only when somebody enumerates it, which is after the call that it is the body of.</summary>
    public bool BeginsLater { get; set; }

    public ControlFlowGraph Flow { get; }

    /// <summary>The graph of the body, made once however often its flow is run.</summary>
    public BodyGraph Graph => _graph ??= BodyGraph.Create(Flow);

    public Liveness Liveness => _liveness ??= Liveness.Of(this, Graph);

    public Places Places { get; } = new();

    public Expressions Expressions { get; } = new();

    public IReadOnlyList<Resource> Resources => _resources;

    /// <summary>The resources that are valid only until the method leaves its caller's stack.</summary>
    public IReadOnlyList<Resource> Suspendable => _suspendable;

    /// <summary>The resources that were acquired elsewhere: brought by a field, left in one by a call, given by a caller.</summary>
    public IReadOnlyList<Resource> Foreign => _foreign;

    /// <summary>The lambdas and local functions directly inside.</summary>
    public IReadOnlyList<NestedFunction> Nested { get; }

    /// <summary>The operations that use up a part of an iterator.</summary>
    public Attempts Attempts { get; } = new();

    /// <summary>What the parameters bring with them.</summary>
    public IReadOnlyList<(int Place, Resource Resource, ParameterContract Contract)> Entry { get; }

    /// <param name="graph">Its blocks.</param>
    /// <param name="owner">What it is the body of.</param>
    /// <param name="contracts">What the members that it calls mean.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="callees">Who says what own methods do that have no contract; null where nobody does.</param>
    /// <param name="followsReferences">Whether what is put behind a reference, or in a captured variable, is followed to the end of the body.</param>
    /// <param name="isAsked">Whether it is asked what becomes of what the parameters bring.</param>
    /// <param name="prepare">What is known of it before it is read.</param>
    public static Body Create(
        ControlFlowGraph graph, ISymbol owner, IContractSource contracts, CancellationToken cancellation, OwnCallees? callees = null, bool followsReferences = false, bool isAsked = false, Action<Body>? prepare = null)
    {
        var body = new Body(graph, owner, contracts, callees) { FollowsReferences = followsReferences };
        prepare?.Invoke(body);
        FactBuilder.Build(graph, contracts, body, callees, isAsked || followsReferences, cancellation);
        return body;
    }

    /// <summary>
    /// The variable that a release called on it clears, so that it knows of its release; null where the call is made on a copy: of a readonly field
    /// outside the constructor, of a parameter passed by <c>in</c>, of a property.
    /// </summary>
    public ISymbol? ClearedBy(Fact release) =>
        release is { Target: >= 0, Effect: Effect.Release { Target.Kind: SlotKind.Receiver or SlotKind.Result } } && Places[release.Target] is { Symbol: { } symbol } place && symbol switch
        {
            IFieldSymbol { IsReadOnly: true } => place.Kind == PlaceKind.Member && Places[place.Parent].Kind == PlaceKind.This && Owner is IMethodSymbol { MethodKind: MethodKind.Constructor },
            IFieldSymbol => true,
            IParameterSymbol parameter => parameter.RefKind is RefKind.None or RefKind.Ref,
            ILocalSymbol local => local.RefKind != RefKind.RefReadOnly,
            _ => false,
        }
            ? symbol
            : null;

    /// <summary>Whether a release by reference finds a variable that an earlier one has cleared: who is given a variable asks what is in it.</summary>
    public bool IsClearedAlready(Fact release, Resource resource, Hold hold) =>
        release is { Target: >= 0, Effect: Effect.Release { Target.Kind: SlotKind.Result } } && resource.Kind.ClearsItsVariable && Places[release.Target].Symbol is { } variable && hold.IsKnownTo(variable);

    /// <summary>Whether a contract says of this very parameter what it brings.</summary>
    public bool IsDeclared(IParameterSymbol parameter) =>
        Entry.Any(entry => entry.Contract.IsDeclared && SymbolEqualityComparer.Default.Equals(entry.Resource.Parameter, parameter));

    /// <summary>Whether what is stored in the place is reachable when the body is gone.</summary>
    public bool Outlives(int place) => Places[place] switch
    {
        { Kind: PlaceKind.StaticField or PlaceKind.This } => true,
        { Kind: PlaceKind.Parameter, Symbol: IParameterSymbol { RefKind: not RefKind.None } } => true,
        { Kind: PlaceKind.Local or PlaceKind.Parameter, Symbol: { } symbol } => IsOfEnclosing(symbol),
        { Kind: PlaceKind.Member, Symbol: IFieldSymbol { ContainingType.IsTupleType: true }, Parent: var tuple } => Outlives(tuple),
        { IsInner: true, Parent: var owner } => Outlives(owner),
        { Kind: PlaceKind.Member, Parent: var made } when Places[made].IsMadeHere => false,
        { Kind: PlaceKind.Member, Parent: var parent } => Places[parent].Kind != PlaceKind.Local
            || Places[parent].Symbol is ILocalSymbol { Type.IsReferenceType: true }
            || Outlives(parent),
        _ => false,
    };

    /// <summary>Whether what is put into the storage in the place is there when the body is gone: also in an array or span that the caller gave.</summary>
    public bool StorageOutlives(int place) =>
        Outlives(place) || Places[place] is { Kind: PlaceKind.Parameter, Symbol: IParameterSymbol { Type: IArrayTypeSymbol or { IsRefLikeType: true } or { Name: "Memory" or "ArraySegment", ContainingNamespace.Name: "System" } } };

    /// <summary>Whether the variable is one of the body around a lambda or local function.</summary>
    private bool IsOfEnclosing(ISymbol variable)
    {
        if (Owner is not IMethodSymbol { MethodKind: MethodKind.AnonymousFunction or MethodKind.LocalFunction })
        {
            return false;
        }

        for (ISymbol? container = variable.ContainingSymbol; container is IMethodSymbol; container = container.ContainingSymbol)
        {
            if (SymbolEqualityComparer.Default.Equals(container, Owner))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Every fact, block by block.</summary>
    public IEnumerable<Fact> Facts => Flow.Blocks.SelectMany(FactsOf);

    public IReadOnlyList<Fact> FactsOf(BasicBlock block) => _facts[block.Ordinal];

    public Expression? ConditionOf(BasicBlock block) => _conditions[block.Ordinal];

    public void SetBlock(int ordinal, IReadOnlyList<Fact> facts, Expression? condition)
    {
        _facts[ordinal] = facts;
        NameResources(facts);
        _conditions[ordinal] = condition;
        if (condition is not null)
        {
            Expressions.Number(condition);
        }
    }

    /// <summary>A resource is called what the code calls the place that it is kept in first.</summary>
    private void NameResources(IReadOnlyList<Fact> facts)
    {
        Dictionary<int, Resource> nameless = [];
        foreach (Fact fact in facts)
        {
            if (fact.Kind is FactKind.Acquire or FactKind.Lend)
            {
                Resource resource = _resources[fact.Resource];
                resource.Name ??= Places.NameOf(fact.Target);
                if (resource.Name is null)
                {
                    nameless[fact.Target] = resource;
                }
            }
            else if (fact.Kind is FactKind.Assign && (nameless.TryGetValue(fact.Source, out Resource? assigned) || nameless.TryGetValue(InnerOf(fact.Source, nameless.Keys), out assigned)))
            {
                assigned.Name ??= Places.NameOf(fact.Target);
                nameless[fact.Target] = assigned;
            }
        }
    }

    /// <summary>The place, among some, of what the value in <paramref name="place"/> owns, or -1.</summary>
    private int InnerOf(int place, IEnumerable<int> among)
    {
        foreach (int inner in among)
        {
            if (inner >= 0 && place >= 0 && Places[inner] is { IsInner: true, Parent: var owner } && owner == place)
            {
                return inner;
            }
        }

        return -1;
    }

    /// <summary>Whether the instance, or a part of it, refers to the resource on a path.</summary>
    public bool IsKeptByInstance(PathState path, int resource)
    {
        bool kept = false;
        path.Refs.ForEach((place, refs) => kept |= refs.Refers(resource) && Places.IsOfThis(place));
        return kept;
    }

    public Resource AcquiredAt(IOperation operation, ISymbol member, Effect.Acquire acquisition)
    {
        var resource = new Resource(_resources.Count, acquisition.Kind, operation, member) { Acquisition = acquisition };
        AddResource(resource);
        return resource;
    }

    /// <summary>What is in an entry of a table, as far as <paramref name="call"/> meets it.</summary>
    public int EntryAt(IOperation call, int entry)
    {
        AddResource(new Resource(_resources.Count, ResourceKind.Registration, call, null) { Name = Places.NameOf(entry) });
        return _resources.Count - 1;
    }

    /// <summary>Whether somebody says what a call of the method does.</summary>
    public bool Knows(IMethodSymbol method) => _contracts.Find(method.OriginalDefinition) is not null;

    /// <summary>
    /// The resource by which this body knows one that was acquired elsewhere: that a field brought with it at position
    /// <paramref name="position"/>, or that <paramref name="call"/> left in a field.
    /// </summary>
    public Resource Import(Resource original, int position, IOperation? call)
    {
        if (!_imported.TryGetValue((original, position, call), out Resource? resource))
        {
            resource = new Resource(_resources.Count, original.Kind, original.Origin, original.Member)
            {
                Acquisition = original.Acquisition,
                Name = original.Name,
                Original = original,
                Position = call is null ? position : -1,
            };
            AddResource(resource);
            _imported.Add((original, position, call), resource);
        }

        return resource;
    }

    /// <summary>What a caller gave the body in a parameter, or its instance has in a field, to be followed to its end.</summary>
    public Resource Give(ISymbol given, ResourceKind kind)
    {
        var resource = new Resource(_resources.Count, kind, Flow.OriginalOperation, null)
        {
            Name = given.Name,
            Parameter = given as IParameterSymbol,
            Original = new Resource(-1, kind, Flow.OriginalOperation, null),
        };
        AddResource(resource);
        return resource;
    }

    /// <summary>
    /// The attempt that <paramref name="call"/> makes with the iterator in <paramref name="place"/>, of which it extracts <paramref name="pages"/>, if
    /// any; -1 for an iterator that is no variable.
    /// </summary>
    public int AttemptAt(IOperation call, ISymbol? member, int place, ISymbol iterator, int pages, bool isByCallee)
    {
        if (!IsVariable(place))
        {
            return -1;
        }

        var attempt = new Resource(_resources.Count, ResourceKind.Attempt, call, member) { Name = Places.NameOf(place) };
        AddResource(attempt);
        Attempts.Add(attempt.Id, Places.OfMember(place, iterator), place, pages, isByCallee);
        return attempt.Id;
    }

    /// <summary>Whether the place is a variable of the body, a part of one that is copied with it, or a field of the instance.</summary>
    private bool IsVariable(int place) => Places[place] switch
    {
        { Kind: PlaceKind.Local or PlaceKind.Parameter } => true,
        { Kind: PlaceKind.Member, Symbol: IFieldSymbol { ContainingType.IsValueType: true }, Parent: var whole } => IsVariable(whole),
        _ => Places.IsOfThis(place),
    };

    /// <summary>What the call acquired, or -1.</summary>
    public int LastAcquiredBy(IOperation call) =>
        _resources.Count > 0 && ReferenceEquals(_resources[_resources.Count - 1].Origin, call) ? _resources.Count - 1 : -1;

    private void AddResource(Resource resource)
    {
        _resources.Add(resource);
        _kinds.Add(resource.Kind);
        if (resource.Original is not null)
        {
            _foreign.Add(resource);
        }

        if (resource.Kind.EndsAtSuspension)
        {
            _suspendable.Add(resource);
        }
    }

    /// <summary>Whether any resource of the kind is known so far.</summary>
    public bool Has(ResourceKind kind) => _kinds.Contains(kind);

    /// <summary>The loan that one call makes, however many of its arguments it holds.</summary>
    public int LoanOf(IOperation call, ISymbol member)
    {
        if (!_loans.TryGetValue(call, out int loan))
        {
            loan = _resources.Count;
            AddResource(new Resource(loan, ResourceKind.Loan, call, member));
            _loans.Add(call, loan);
        }

        return loan;
    }

    public IReadOnlyList<Captured> CapturesOf(IMethodSymbol function)
    {
        if (!_captures.TryGetValue(function, out IReadOnlyList<Captured>? captured))
        {
            captured = Captured.By(WithCalled(function), _contracts);
            _captures.Add(function, captured);
            foreach (Captured capture in captured)
            {
                if (capture.IsWritten)
                {
                    Places[Places.Of(capture.Symbol, capture.Symbol is ILocalSymbol ? PlaceKind.Local : PlaceKind.Parameter)].IsShared = true;
                }
            }
        }

        return captured;
    }

    /// <summary>The function, and those beside it that are called from it: what they capture, a call of it concerns.</summary>
    private List<NestedFunction> WithCalled(IMethodSymbol function)
    {
        List<NestedFunction> all = _nested.TryGetValue(function, out NestedFunction? nested) ? [nested] : [];
        for (int i = 0; i < all.Count; i++)
        {
            foreach (IMethodSymbol called in all[i].Calls)
            {
                if (_nested.TryGetValue(called, out NestedFunction? other) && !all.Contains(other))
                {
                    all.Add(other);
                }
            }
        }

        return all;
    }

    private List<(int, Resource, ParameterContract)> DescribeParameters(IMethodSymbol? method, IOperation origin)
    {
        List<(int, Resource, ParameterContract)> entry = [];
        foreach (IParameterSymbol parameter in method?.Parameters ?? ImmutableArray<IParameterSymbol>.Empty)
        {
            if (parameter.RefKind != RefKind.Out && _contracts.FindParameter(parameter) is { } contract)
            {
                var resource = new Resource(_resources.Count, contract.Kind, origin, null) { Parameter = parameter, Name = parameter.Name };
                AddResource(resource);
                entry.Add((Places.Of(parameter, PlaceKind.Parameter), resource, contract));
            }
        }

        return entry;
    }
}
