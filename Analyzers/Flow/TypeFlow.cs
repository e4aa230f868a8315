using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Flow;

/// <summary>One body of a type, and how it can be entered.</summary>
internal sealed class TypeMember(ISymbol symbol, Body body)
{
    public ISymbol Symbol { get; } = symbol;

    public Body Body { get; } = body;

    /// <summary>The places of the tracked fields in this body, in their order.</summary>
    public IReadOnlyList<int> Places { get; set; } = [];

    /// <summary>Whether it has to do with the fields only by calls of methods that others can call as well: it leaves behind what these do.</summary>
    public bool OnlyCalls { get; init; }

    /// <summary>Whether it neither acquires nor releases anything, itself or by the methods that it calls.</summary>
    public bool HasNothingToTell { get; init; }

    /// <summary>The states in which the body was found to be entered, by key.</summary>
    public Dictionary<string, FieldState> Entries { get; } = new(StringComparer.Ordinal);

    public IMethodSymbol? Method => Symbol as IMethodSymbol;

    public bool IsConstructor => Method is { MethodKind: MethodKind.Constructor };

    public bool IsInitializer => Symbol is IFieldSymbol or IPropertySymbol or IEventSymbol;

    public bool IsFinalizer => Method is { MethodKind: MethodKind.Destructor };

    /// <summary>Whether it ends the instance: what it leaves behind is met only by its like.</summary>
    public bool EndsInstance => Ends(Symbol);

    /// <summary>Whether the member is a finalizer, or disposal under one of its names.</summary>
    public static bool Ends(ISymbol member) =>
        member is IMethodSymbol { MethodKind: MethodKind.Destructor } or IMethodSymbol { Name: "Dispose" or "DisposeAsync" or "DisposeAsyncCore" or "Close" }
        || (member is IMethodSymbol { ExplicitInterfaceImplementations: { IsEmpty: false } implemented } && implemented[0].Name is "Dispose" or "DisposeAsync");
}

/// <summary>
/// The methods of a type taken together over the fields that own something: what one leaves behind is what another finds. Live after a
/// constructor, every method may run in any order; once the instance has been disposed, only disposal again.
/// </summary>
internal sealed class TypeFlow : ISelfCalls
{
    /// <summary>How deep calls between the methods of a type are followed.</summary>
    public const int MaxDepth = 4;

    private readonly IReadOnlyList<TypeMember> _members;
    private readonly ISet<ISymbol> _others;
    private readonly IReadOnlyList<ISymbol> _fields;
    private readonly IContractSource _contracts;
    private readonly CancellationToken _cancellation;
    private readonly Dictionary<ISymbol, TypeMember> _methods = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _calledBySelf = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _calledByDisposal = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _calledInLife = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _calledBySeveral = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<(ISymbol, string), List<Outcome>> _outcomes = [];
    private readonly Dictionary<(ISymbol, string), List<Misuse>> _misuses = [];
    private readonly HashSet<(ISymbol, string)> _running = [];
    private readonly Stack<TypeMember> _stack = new();
    private readonly FieldStates _finalized = new();

    private TypeFlow(IReadOnlyList<TypeMember> members, ISet<ISymbol> others, IReadOnlyList<ISymbol> fields, IContractSource contracts, CancellationToken cancellation)
    {
        _members = members;
        _others = others;
        _fields = fields;
        _contracts = contracts;
        _cancellation = cancellation;
        foreach (TypeMember member in members)
        {
            List<int> places = [];
            foreach (ISymbol field in fields)
            {
                places.Add(member.Body.Places.OfMember(member.Body.Places.OfThis(), field));
            }

            member.Places = places;
            if (member.Method is { } method)
            {
                _methods[method] = member;
            }
        }

        FindCalls();
    }

    /// <summary>Whether disposal calls the finalizer off.</summary>
    public bool DisarmsFinalizer { get; private set; }

    /// <summary>The states of an instance between calls, while it lives.</summary>
    public FieldStates Live { get; } = new();

    /// <summary>The states of an instance that was disposed.</summary>
    public FieldStates Ended { get; } = new();

    public IReadOnlyList<ISymbol> Fields => _fields;

    public IReadOnlyList<TypeMember> Members => _members;

    /// <summary>Solves the type; null where it has more states than are told apart.</summary>
    /// <param name="members">The bodies that have to do with the fields.</param>
    /// <param name="others">The members that have nothing to do with them.</param>
    /// <param name="fields">The fields that own something, and the flags that go with them.</param>
    /// <param name="keepsSomething">Whether anything is in the fields between two calls; else only calls are followed.</param>
    /// <param name="contracts">What calls mean.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static TypeFlow? Solve(
        IReadOnlyList<TypeMember> members, ISet<ISymbol> others, IReadOnlyList<ISymbol> fields, bool keepsSomething, IContractSource contracts, CancellationToken cancellation)
    {
        var flow = new TypeFlow(members, others, fields, contracts, cancellation);
        if (!keepsSomething)
        {
            flow.Live.Add(FieldState.Unknown(fields.Count));
            return flow;
        }

        return flow.Solve() ? flow : null;
    }

    /// <summary>Shows the flow of one member to a reader, from every state that it can be entered in.</summary>
    public void Read(TypeMember member, IFlowReader reader)
    {
        List<PathState> entry = [];
        foreach (FieldState state in EntriesOf(member))
        {
            entry.Add(Enter(member, state));
        }

        // What nobody was found to enter is entered as it is called: at any time.
        foreach (FieldState state in entry.Count == 0 && !member.IsConstructor ? Live.All : [])
        {
            entry.Add(Enter(member, state));
        }

        if (entry.Count == 0)
        {
            entry.Add(Enter(member, FieldState.Zeroed(_fields.Count)));
        }

        _stack.Push(member);
        BodyFlow.Run(member.Body, _contracts, reader, _cancellation, this, entry);
        _stack.Pop();
    }

    public void Apply(Fact call, PathState path, Action<PathState> next)
    {
        if (call.Member is { } other && _others.Contains(other.OriginalDefinition))
        {
            next(path);
            return;
        }

        TypeMember caller = _stack.Peek();
        FieldState before = FieldState.Of(caller.Body, caller.Places, path, out List<int> locals);
        if (call.Member is not IMethodSymbol method || !_methods.TryGetValue(method.OriginalDefinition, out TypeMember? callee) || OutcomesOf(callee, before.ForCall()) is not { } outcomes)
        {
            next(call.Member is IMethodSymbol { } unseen && IsOfThisType(unseen) ? GiveUpFields(caller, path, locals) : path);
            return;
        }

        foreach (Outcome outcome in outcomes)
        {
            PathState after = path;
            for (int i = 0; i < outcome.Entry.Count; i++)
            {
                Hold was = path.HoldOf(locals[i]);
                after = after.WithHold(locals[i], outcome.Entry[i].Holding == Holding.Gone ? was : outcome.Entry[i] with { Holds = was.Holds, LostFrom = Counterpart(outcome.Entry[i].LostFrom, callee, caller) });
            }

            foreach (HeldByFields resource in outcome.State.Resources)
            {
                if (resource.Position < 0)
                {
                    after = after.WithHold(caller.Body.Import(resource.Original, 0, call.Operation).Id, resource.Hold);
                }
            }

            next(outcome.State.Write(caller.Places, Forget(caller, after), position =>
                outcome.State.Resources[position].Position is >= 0 and var earlier
                    ? locals[earlier]
                    : caller.Body.Import(outcome.State.Resources[position].Original, 0, call.Operation).Id));
        }
    }

    /// <summary>The caller's place of the field that stands at <paramref name="place"/> in the callee, or -1.</summary>
    private static int Counterpart(int place, TypeMember callee, TypeMember caller)
    {
        for (int i = 0; place >= 0 && i < callee.Places.Count; i++)
        {
            if (callee.Places[i] == place)
            {
                return caller.Places[i];
            }
        }

        return -1;
    }

    /// <summary>
    /// Whether a private field owns something in every state that a call can find: only then is it the type that loses it when the field
    /// is overwritten, and not a caller who calls twice.
    /// </summary>
    public bool AlwaysOwns(ISymbol? field)
    {
        int index = -1;
        for (int i = 0; i < _fields.Count; i++)
        {
            index = SymbolEqualityComparer.Default.Equals(_fields[i], field) ? i : index;
        }

        if (index < 0 || field!.DeclaredAccessibility != Accessibility.Private)
        {
            return false;
        }

        foreach (FieldState state in Live.All)
        {
            if (state.Fields[index].Refs.Length != 1 || (state.Resources[state.Fields[index].Refs[0].Resource].Hold.Holding & (Holding.AnyHeld | Holding.HandedOn)) == 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the field owns something in some state that a call can find.</summary>
    public bool MayOwn(ISymbol field)
    {
        int index = _fields.ToList().FindIndex(f => SymbolEqualityComparer.Default.Equals(f, field));
        return index >= 0 && Live.All.Any(state => state.Fields[index].Refs.Any(r => r.Kind == RefRole.Owner && (state.Resources[r.Resource].Hold.Holding & Holding.AnyHeld) != 0));
    }

    /// <summary>Whether no member that may run while the instance lives on gives anything back and has to do with the private field.</summary>
    public bool IsReleasedOnlyAtEnd(ISymbol? field)
    {
        int index = field is { DeclaredAccessibility: Accessibility.Private } ? _fields.ToList().FindIndex(f => SymbolEqualityComparer.Default.Equals(f, field)) : -1;
        return index >= 0 && _members.All(member => member.EndsInstance || member.IsConstructor || IsKeptForTheEnd(member) || !OwningFields.Releases(member.Body) || !OwningFields.NamedIn(member.Body).Contains(field, SymbolEqualityComparer.Default));
    }

    /// <summary>The states that each entry of a member, while the instance lives, can end in.</summary>
    public IEnumerable<IReadOnlyList<FieldState>> EndingsOf(TypeMember member) => WaysThrough(member).Select(static way => way.Endings);

    /// <summary>Each state in which a member can be entered while the instance lives, and the states that it can end in from there.</summary>
    public IEnumerable<(FieldState Entered, IReadOnlyList<FieldState> Endings)> WaysThrough(TypeMember member)
    {
        foreach (FieldState entered in Live.All.ToList())
        {
            List<FieldState> endings = [];
            foreach (Outcome outcome in OutcomesOf(member, entered) ?? [])
            {
                endings.Add(outcome.State);
            }

            yield return (entered, endings);
        }
    }

    /// <summary>What a call of a method of the same instance uses or releases although its caller had released it before.</summary>
    public IEnumerable<(Resource Resource, Hold Hold, Misuse Misuse)> MisusesBy(Fact call, PathState path)
    {
        TypeMember caller = _stack.Peek();
        FieldState before = FieldState.Of(caller.Body, caller.Places, path, out List<int> locals);
        FieldState entry = before.ForCall();
        if (call.Member is IMethodSymbol method && _methods.TryGetValue(method.OriginalDefinition, out TypeMember? callee)
            && _misuses.TryGetValue((callee.Symbol, entry.Key), out List<Misuse>? misuses))
        {
            foreach (Misuse misuse in misuses)
            {
                yield return (caller.Body.Resources[locals[misuse.Position]], path.HoldOf(locals[misuse.Position]), misuse);
            }
        }
    }

    /// <summary>
    /// What the running body has acquired since it began, and a call of a method of the same instance overwrites, however it ends, in the field that alone has it.
    /// </summary>
    public IEnumerable<(Resource Resource, ISymbol Field, IOperation At)> LossesBy(Fact call, PathState path)
    {
        TypeMember caller = _stack.Peek();
        FieldState before = FieldState.Of(caller.Body, caller.Places, path, out List<int> locals);
        if (locals.TrueForAll(local => caller.Body.Resources[local].Position >= 0)
            || call.Member is not IMethodSymbol method || !_methods.TryGetValue(method.OriginalDefinition, out TypeMember? callee) || OutcomesOf(callee, before.ForCall()) is not { Count: > 0 } outcomes)
        {
            yield break;
        }

        for (int i = 0; i < locals.Count; i++)
        {
            Hold after = outcomes[0].Entry[i];
            if (caller.Body.Resources[locals[i]].Position < 0 && after.ChangedAt is { } at && outcomes.All(outcome => IsLost(outcome.Entry[i])))
            {
                yield return (caller.Body.Resources[locals[i]], callee.Body.Places[after.LostFrom].Symbol!, at);
            }
        }

        static bool IsLost(Hold hold) => hold.LostFrom >= 0 && (hold.Holding & Holding.AnyHeld) != 0 && (hold.Holding & ~Holding.AnyHeld) == 0;
    }

    private bool Solve()
    {
        FieldState start = FieldState.Zeroed(_fields.Count);
        List<FieldState> initialized = [start];
        bool hasConstructor = false;
        foreach (TypeMember member in _members)
        {
            if (member.IsInitializer)
            {
                List<FieldState> next = [];
                foreach (FieldState state in initialized)
                {
                    foreach (Outcome outcome in OutcomesOf(member, state) ?? [])
                    {
                        next.Add(outcome.State.ForNextCall(_fields));
                    }
                }

                initialized = next.Count is 0 or > FieldStates.MaxShapes ? initialized : next;
            }

            hasConstructor |= member.IsConstructor;
        }

        foreach (FieldState state in initialized)
        {
            if (!hasConstructor)
            {
                Live.Add(state);
            }

            foreach (TypeMember member in _members)
            {
                if (member.IsConstructor)
                {
                    Collect(member, state, Live);
                }
            }
        }

        bool changed = true;
        while (changed)
        {
            changed = false;
            foreach (TypeMember member in _members)
            {
                _cancellation.ThrowIfCancellationRequested();
                if (member.IsConstructor || member.IsInitializer || member.OnlyCalls || !IsEntered(member))
                {
                    continue;
                }

                foreach (FieldState state in Live.All.ToList())
                {
                    changed |= Collect(member, state, member.IsFinalizer ? _finalized : member.EndsInstance ? Ended : Live);
                }

                if (member.IsFinalizer)
                {
                    // It comes last, and not at all where disposal calls it off.
                    foreach (FieldState state in DisarmsFinalizer ? [] : Ended.All.ToList())
                    {
                        Collect(member, state, _finalized);
                    }
                }
                else if (member.EndsInstance)
                {
                    foreach (FieldState state in Ended.All.ToList())
                    {
                        changed |= Collect(member, state, Ended);
                    }
                }

                if (Live.IsTooMany || Ended.IsTooMany)
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>Which methods are called by others of the type only: not as delegates, and not from a lambda, which runs at its own time.</summary>
    private void FindCalls()
    {
        HashSet<ISymbol> handedOut = new(SymbolEqualityComparer.Default);
        Dictionary<ISymbol, TypeMember> callers = new(SymbolEqualityComparer.Default);
        foreach (TypeMember member in _members)
        {
            foreach (BasicBlock block in member.Body.Flow.Blocks)
            {
                foreach (Fact fact in member.Body.FactsOf(block))
                {
                    if (fact is { Kind: FactKind.CallSelf, Member: { } called })
                    {
                        _calledBySelf.Add(called.OriginalDefinition);
                        if (!callers.TryGetValue(called.OriginalDefinition, out TypeMember? first))
                        {
                            callers.Add(called.OriginalDefinition, member);
                        }
                        else if (first != member)
                        {
                            _calledBySeveral.Add(called.OriginalDefinition);
                        }

                        if (!member.IsFinalizer)
                        {
                            (member.EndsInstance ? _calledByDisposal : _calledInLife).Add(called.OriginalDefinition);
                        }
                    }
                }

                foreach (IOperation operation in block.OperationsAndCondition())
                {
                    Collect(operation, handedOut, callsToo: false);
                    DisarmsFinalizer |= operation.DescendantsAndSelf().Any(Disarms);
                }
            }

            foreach (NestedFunction nested in member.Body.Nested)
            {
                foreach (BasicBlock block in nested.Graph.Blocks)
                {
                    foreach (IOperation operation in block.OperationsAndCondition())
                    {
                        Collect(operation, handedOut, callsToo: true);
                    }
                }
            }
        }

        _calledBySelf.ExceptWith(handedOut);
    }

    private bool Disarms(IOperation operation) =>
        operation is IInvocationOperation { TargetMethod.IsStatic: true } call && _contracts.Find(call.TargetMethod.OriginalDefinition) is { } contract && contract.Effects.Any(static effect => effect is Effect.Disarm);

    private static void Collect(IOperation operation, HashSet<ISymbol> handedOut, bool callsToo)
    {
        foreach (IOperation inner in operation.DescendantsAndSelf())
        {
            if (inner is IMethodReferenceOperation reference)
            {
                handedOut.Add(reference.Method.OriginalDefinition);
            }
            else if (callsToo && inner is IInvocationOperation invocation)
            {
                handedOut.Add(invocation.TargetMethod.OriginalDefinition);
            }
        }
    }

    private bool Collect(TypeMember member, FieldState state, FieldStates into)
    {
        bool changed = false;
        foreach (Outcome outcome in OutcomesOf(member, state) ?? [])
        {
            changed |= into.Add(outcome.State.ForNextCall(_fields));
        }

        return changed;
    }

    public TypeMember? MemberOf(IMethodSymbol method) => _methods.TryGetValue(method.OriginalDefinition, out TypeMember? member) ? member : null;

    /// <summary>Whether the type, or what is derived from it, keeps the method to itself, and what ends the instance calls it.</summary>
    public bool IsCalledByDisposal(TypeMember member) =>
        member.Method is { DeclaredAccessibility: Accessibility.Private or Accessibility.Protected or Accessibility.ProtectedAndInternal } method && _calledByDisposal.Contains(method);

    /// <summary>Whether the type keeps the method to itself, and nothing but what ends the instance calls it.</summary>
    private bool IsKeptForTheEnd(TypeMember member) => member.Method is { DeclaredAccessibility: Accessibility.Private } method && _calledBySelf.Contains(method) && _calledByDisposal.Contains(method) && !_calledInLife.Contains(method);

    /// <summary>Whether the type keeps the method to itself, and more than one member calls it.</summary>
    public bool HasSeveralCallers(TypeMember member) =>
        member.Method is { DeclaredAccessibility: Accessibility.Private, MethodKind: MethodKind.Ordinary } method && _calledBySelf.Contains(method) && _calledBySeveral.Contains(method);

    /// <summary>Whether another method of the type calls it, and nobody takes it for a delegate.</summary>
    public bool IsCalledBySelf(IMethodSymbol method) => _calledBySelf.Contains(method);

    /// <summary>Whether the member can be called from outside, or by somebody who is not seen calling it.</summary>
    private bool IsEntered(TypeMember member) =>
        member.Method is { } method
        && (!(IsInner(method) || IsPartOfDisposal(method)) || method.MethodKind is MethodKind.Destructor or MethodKind.ExplicitInterfaceImplementation || !_calledBySelf.Contains(method));

    /// <summary>Whether only disposal calls the method, which derived types may say more in, but do not call.</summary>
    private bool IsPartOfDisposal(IMethodSymbol method) =>
        method.DeclaredAccessibility is Accessibility.Protected or Accessibility.ProtectedAndInternal && _calledByDisposal.Contains(method) && !_calledInLife.Contains(method);

    /// <summary>
    /// Whether the type keeps the method to itself: one that is private, or one that cannot clear the fields, as readonly members of a struct, and leaves
    /// that to those who call it.
    /// </summary>
    private static bool IsInner(IMethodSymbol method) =>
        method.DeclaredAccessibility == Accessibility.Private
        || (method is { IsReadOnly: true, DeclaredAccessibility: Accessibility.Internal, ContainingType: { TypeKind: TypeKind.Struct, IsReadOnly: false } });

    /// <summary>The states in which a member is entered: all that the type can be in, or, for one only called by others, what these leave.</summary>
    private static List<FieldState> EntriesOf(TypeMember member)
    {
        var merged = new FieldStates();
        foreach (FieldState state in member.Entries.Values)
        {
            merged.Add(state);
        }

        return merged.All.ToList();
    }

    private PathState Enter(TypeMember member, FieldState state) =>
        state.Enter(member.Body, member.Places, new Transfer(member.Body, _contracts, null).Entry());

    /// <summary>What a member leaves behind when it is entered in a state; null where it is not followed.</summary>
    private List<Outcome>? OutcomesOf(TypeMember member, FieldState state)
    {
        if (_outcomes.TryGetValue((member.Symbol, state.Key), out List<Outcome>? known))
        {
            return known;
        }

        if (_stack.Count >= MaxDepth || member.Entries.Count > 4 * FieldStates.MaxShapes || !_running.Add((member.Symbol, state.Key)))
        {
            return null;
        }

        member.Entries[state.Key] = state;
        var collector = new OutcomeReader(member);
        _stack.Push(member);
        BodyFlow.Run(member.Body, _contracts, collector, _cancellation, this, [Enter(member, state)]);
        _stack.Pop();
        _running.Remove((member.Symbol, state.Key));
        List<Outcome> outcomes = collector.Collect(state.Resources.Length);
        _outcomes[(member.Symbol, state.Key)] = outcomes;
        if (collector.Misuses.Count > 0)
        {
            _misuses[(member.Symbol, state.Key)] = collector.Misuses;
        }

        return outcomes;
    }

    private bool IsOfThisType(IMethodSymbol method) =>
        _members.Count > 0 && SymbolEqualityComparer.Default.Equals(method.ContainingType?.OriginalDefinition, _members[0].Symbol.ContainingType?.OriginalDefinition)
        && !method.IsStatic;

    /// <summary>A call that is not followed: what it does to the fields is not known, and nothing is concluded from them.</summary>
    private static PathState GiveUpFields(TypeMember caller, PathState path, List<int> locals)
    {
        foreach (int local in locals)
        {
            path = path.WithHold(local, path.HoldOf(local) with { Holding = Holding.HandedOn });
        }

        return Forget(caller, path);
    }

    private static PathState Forget(TypeMember caller, PathState path)
    {
        foreach (int place in caller.Places)
        {
            path = path with
            {
                Known = path.Known.Remove(place),
                Definitions = path.Definitions.Remove(place),
                Truths = caller.Body.Expressions.WithoutConditionsOn(path.Truths, place),
            };
        }

        return path;
    }

    /// <summary>One way a call can end: the fields, and what became of the resources that it began with.</summary>
    private sealed record Outcome(FieldState State, IReadOnlyList<Hold> Entry);

    private sealed class OutcomeReader(TypeMember member) : IFlowReader
    {
        private readonly Dictionary<string, (FieldState State, PathState Path)> _exits = new(StringComparer.Ordinal);

        public List<Misuse> Misuses { get; } = [];

        public void OnFact(Fact fact, PathSet before)
        {
            bool isRelease = fact is { Kind: FactKind.Release, Effect: Effect.Release { Repeatable: false } };
            if (!isRelease && fact is not { Kind: FactKind.Use, Target: >= 0 })
            {
                return;
            }

            // On every way: a callee that looks first whether something is there is right.
            RefSet? always = null;
            foreach (PathState path in before.Paths)
            {
                RefSet refs = isRelease ? Transfer.Released(fact, path, member.Body) : path.RefsOf(fact.Target);
                refs = refs.Where(r => r.Kind < RefRole.Account && path.HoldOf(r.Resource).Holding == Holding.Gone && member.Body.Resources[r.Resource].Position >= 0);
                always = always is null ? refs : always.Where(r => refs.Refers(r.Resource));
            }

            for (int i = 0; i < (always?.Count ?? 0); i++)
            {
                int position = member.Body.Resources[always![i].Resource].Position;
                if (!Misuses.Exists(misuse => misuse.Position == position && misuse.IsRelease == isRelease))
                {
                    Misuses.Add(new Misuse(position, fact.Operation, isRelease));
                }
            }
        }

        public void OnExit(ExitKind exit, IOperation? returned, BasicBlock from, PathSet atExit)
        {
            if (exit != ExitKind.Return)
            {
                return;
            }

            foreach (PathState path in atExit.Paths)
            {
                FieldState state = FieldState.Of(member.Body, member.Places, path, out _);
                _exits[state.Key] = (state, path);
            }
        }

        public List<Outcome> Collect(int entering)
        {
            List<Outcome> outcomes = [];
            foreach ((FieldState state, PathState path) in _exits.Values)
            {
                Hold[] entry = new Hold[entering];
                foreach (Resource resource in member.Body.Foreign)
                {
                    if (resource.Position >= 0 && resource.Position < entering && path.Holds.TryGet(resource.Id, out Hold hold))
                    {
                        entry[resource.Position] = hold;
                    }
                }

                for (int i = 0; i < entering; i++)
                {
                    entry[i] ??= new Hold(Holding.HandedOn);
                }

                outcomes.Add(new Outcome(state, entry));
            }

            return outcomes;
        }
    }
}

/// <summary>A use, or a release, inside a method of what its caller had released before the call.</summary>
internal sealed record Misuse(int Position, IOperation At, bool IsRelease);
