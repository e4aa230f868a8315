using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Flow;

/// <summary>
/// What the members of one type do with what an instance owns, as those see it who use the instance from outside. Each member is looked at by
/// itself, with its calls of other members of the instance.
/// </summary>
/// <param name="graphOf">The graph of a member of the type.</param>
/// <param name="callees">What the methods do that a member calls.</param>
/// <param name="contracts">What calls mean.</param>
/// <param name="cancellation">Ends the work.</param>
internal sealed partial class Instance(Func<ISymbol, ControlFlowGraph?> graphOf, OwnCallees callees, IContractSource contracts, CancellationToken cancellation)
{
    private readonly Dictionary<(ISymbol Method, ISymbol Field, object? Argument), FieldFate?> _fates = [];
    private readonly HashSet<(ISymbol Method, ISymbol Field, object? Argument)> _running = [];
    private readonly HashSet<(ISymbol Method, ISymbol Field, object? Argument)> _assumed = [];
    private int _depth;

    /// <summary>The fate of what the field has in a call of the method, or null where that is not clear.</summary>
    /// <param name="method">The method.</param>
    /// <param name="field">The field.</param>
    /// <param name="argument">The one argument that the method is called with, where it is a constant.</param>
    public FieldFate? FateOf(IMethodSymbol method, ISymbol field, object? argument = null)
    {
        if (method is { MethodKind: MethodKind.PropertyGet, AssociatedSymbol: { } property } && SymbolEqualityComparer.Default.Equals(property, field))
        {
            return new FieldFate(null, false, RefRole.Owner);
        }

        if (!OwnCallees.IsSure(method) || method.IsStatic)
        {
            return null;
        }

        (ISymbol, ISymbol, object?) key = (method, field, argument);
        if (!_fates.TryGetValue(key, out FieldFate? fate) && _depth < OwnCallees.MaxDepth)
        {
            // A member that comes back to itself leaves the field as it is, as far as that call goes; if it turns out to do more, nothing is known that was found by this.
            List<(ISymbol, ISymbol, object?)> before = [.. _fates.Keys];
            _fates[key] = FieldFate.Kept;
            _running.Add(key);
            _depth++;
            fate = Infer(method, field, argument);
            _depth--;
            _running.Remove(key);
            if (_assumed.Remove(key) && fate != FieldFate.Kept)
            {
                fate = null;
                foreach ((ISymbol, ISymbol, object?) found in _fates.Keys.Except(before).ToList())
                {
                    _fates[found] = null;
                }
            }

            _fates[key] = fate;
        }
        else if (_running.Contains(key))
        {
            _assumed.Add(key);
        }

        return fate;
    }

    /// <summary>What is in the fields of an instance that the constructor made, as far as a member of the type gives it back.</summary>
    public Made? MadeBy(IMethodSymbol constructor)
    {
        INamedTypeSymbol type = constructor.ContainingType;
        if (type.TypeKind is not (TypeKind.Class or TypeKind.Struct) || type.IsAbstract || type.BaseType is { DeclaringSyntaxReferences.IsEmpty: false } || !IsGivenBackBySomebody(type))
        {
            return null;
        }

        List<ISymbol> fields = [.. FieldsOf(type)];
        Dictionary<ISymbol, Part> parts = new(SymbolEqualityComparer.Default);
        foreach (ISymbol field in fields)
        {
            if (graphOf(field) is { } initializer && Body.Create(initializer, field, contracts, cancellation, callees) is var initial)
            {
                Read(initial, field, [field], ImmutableArray<IParameterSymbol>.Empty, parts);
            }
        }

        if (graphOf(constructor) is { } graph)
        {
            if (graph.Blocks.Length > OwnCallees.MaxBlocks || LetsInstanceOut(graph.OriginalOperation))
            {
                return null;
            }

            Body body = Body.Create(graph, constructor, contracts, cancellation, callees, isAsked: true);
            if (body.Nested.Count > 0 || body.Facts.Any(static fact => fact is { Kind: FactKind.CallSelf, Member: not IMethodSymbol { MethodKind: MethodKind.Constructor, DeclaringSyntaxReferences.IsEmpty: true } }))
            {
                return null;
            }

            Read(body, constructor, fields, constructor.Parameters, parts);
        }
        else if (!constructor.IsImplicitlyDeclared)
        {
            return null;
        }

        ImmutableArray<Part> given = fields.Select(field => parts.TryGetValue(field, out Part? part) ? part : null).OfType<Part>().Where(part => IsGivenBack(type, part.Field)).ToImmutableArray();
        return given.IsEmpty ? null : new Made(given);
    }

    /// <summary>The fields of the type whose content is given back whenever an instance is ended.</summary>
    public IReadOnlyList<ISymbol> Owned(INamedTypeSymbol type) => EndingsOf(type).Any() ? FieldsOf(type).Where(field => IsGivenBack(type, field)).ToList() : [];

    /// <summary>What an instance has taken over when the method has returned, on every way, and gives back when it is ended; null for nothing.</summary>
    public Taken? TakenBy(IMethodSymbol method, IParameterSymbol parameter)
    {
        if (!OwnCallees.IsSure(method) || method.IsAsync || parameter.RefKind != RefKind.None || contracts.Find(method) is not null || graphOf(method) is not { } graph || graph.Blocks.Length > OwnCallees.MaxBlocks)
        {
            return null;
        }

        IReadOnlyList<ISymbol> parts = parameter.Type is INamedTypeSymbol { TypeKind: TypeKind.Class } type && !SymbolEqualityComparer.Default.Equals(type, method.ContainingType) ? callees.OwnedBy(type) : [];
        if (parts.Count == 0 && !OwnCallees.CanOwn(parameter.Type))
        {
            return null;
        }

        Body body = Body.Create(graph, method, contracts, cancellation, callees, isAsked: true, prepare: made =>
        {
            foreach (ISymbol part in parts)
            {
                made.Places.OfInner(made.Places.Of(parameter, PlaceKind.Parameter), part);
            }
        });
        int given = body.Places.Of(parameter, PlaceKind.Parameter);
        Dictionary<int, ISymbol?> followed = [];
        PathState entry = new Transfer(body, contracts).Entry();
        Follow(given, null, parameter);
        foreach (ISymbol part in parts)
        {
            Follow(body.Places.OfInner(given, part), part, part);
        }

        var reader = new TakenReader(body, followed, field => EndingsOf(method.ContainingType).All(ending => ReleasesElements(ending, field)), field => IsGivenBack(method.ContainingType, field));
        BodyFlow.Run(body, contracts, reader, cancellation, entry: [entry]);
        return body.BeginsLater ? null : reader.Conclude();

        void Follow(int place, ISymbol? part, ISymbol symbol)
        {
            Resource resource = body.Give(symbol, ResourceKind.Given);
            followed.Add(resource.Id, part);
            entry = entry.WithRefs(place, RefSet.Of(resource.Id, RefRole.Owner)).WithHold(resource.Id, new Hold(Holding.Held));
            entry = entry with { Known = entry.Known.Set(place, new Known(Classes.NotNull)) };
        }
    }

    /// <summary>Whether a member goes through the collection in the field and gives back whatever is in it.</summary>
    private bool ReleasesElements(IMethodSymbol ending, ISymbol field)
    {
        foreach (IForEachLoopOperation loop in graphOf(ending)?.OriginalOperation.Descendants().OfType<IForEachLoopOperation>() ?? [])
        {
            IOperation collection = loop.Collection is IConversionOperation conversion ? conversion.Operand : loop.Collection;
            if (collection is IMemberReferenceOperation { Instance: IInstanceReferenceOperation, Member: var member } && SymbolEqualityComparer.Default.Equals(member, field)
                && loop.Locals.Length == 1 && loop.Body.DescendantsAndSelf().OfType<IInvocationOperation>().Any(call => GivesBack(call, loop.Locals[0]) && !IsConditional(call, loop)))
            {
                return true;
            }
        }

        return false;
    }

    private bool GivesBack(IInvocationOperation call, ILocalSymbol element) =>
        contracts.Find(call.TargetMethod.OriginalDefinition) is { } contract
        && ((contract.Releases(Slot.Receiver) && IsElement(call.Instance, element)) || call.Arguments.Any(argument => argument.Parameter is { } parameter && contract.Releases(Slot.Argument(parameter.Ordinal)) && IsElement(argument.Value, element)));

    private static bool IsElement(IOperation? value, ILocalSymbol element)
    {
        while (value is IConversionOperation conversion)
        {
            value = conversion.Operand;
        }

        return value is ILocalReferenceOperation { Local: var local } ? SymbolEqualityComparer.Default.Equals(local, element)
            : value is IConditionalAccessInstanceOperation && value.Parent?.Parent is IConditionalAccessOperation { Operation: var accessed } && IsElement(accessed, element);
    }

    private static bool IsConditional(IOperation operation, IOperation within)
    {
        for (IOperation? outer = operation.Parent; outer is not null && outer != within; outer = outer.Parent)
        {
            if (outer is IConditionalOperation or ISwitchOperation or ILoopOperation or ITryOperation { Catches.IsEmpty: false })
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The members by which the owner of an instance ends it: disposal or, where the type has none, what its own name says.</summary>
    public static IEnumerable<IMethodSymbol> EndingsOf(INamedTypeSymbol type)
    {
        List<IMethodSymbol> disposals = [.. Parameterless(type).Where(TypeMember.Ends)];
        return disposals.Count > 0 ? disposals : Parameterless(type).Where(static method => method is { ReturnsVoid: true, DeclaredAccessibility: not Accessibility.Private, MethodKind: MethodKind.Ordinary } && SaysRelease(method.Name));
    }

    /// <summary>Whether the type is ended by disposal, as everybody knows, and not only by a member of its own.</summary>
    public static bool HasDisposal(INamedTypeSymbol type) => Parameterless(type).Any(TypeMember.Ends);

    private static IEnumerable<IMethodSymbol> Parameterless(INamedTypeSymbol type) =>
        type.GetMembers().OfType<IMethodSymbol>().Where(static method => method is { IsStatic: false, Parameters.IsEmpty: true, MethodKind: MethodKind.Ordinary or MethodKind.ExplicitInterfaceImplementation });

    /// <summary>Whether the name of a method says that it gives back what the instance has.</summary>
    public static bool SaysRelease(string method) => Array.Exists(WordsOfRelease, word => method.StartsWith(word, StringComparison.Ordinal) && (method.Length == word.Length || char.IsUpper(method[word.Length])));

    private static readonly string[] WordsOfRelease = ["Release", "Free", "Unpin", "Destroy"];

    private static bool IsGivenBackBySomebody(INamedTypeSymbol type) =>
        EndingsOf(type).Any() && !type.GetMembers().Any(static member => member is IMethodSymbol { MethodKind: MethodKind.Destructor });

    private bool IsGivenBack(INamedTypeSymbol type, ISymbol field) => EndingsOf(type).All(ending => FateOf(ending, field) is { Release: not null });

    /// <summary>The fields that only the type itself can write, of types that can own something.</summary>
    private static IEnumerable<ISymbol> FieldsOf(INamedTypeSymbol type)
    {
        foreach (IFieldSymbol field in type.GetMembers().OfType<IFieldSymbol>())
        {
            if (field is { IsStatic: false, IsConst: false } && OwnCallees.CanOwn(field.Type))
            {
                if (field.AssociatedSymbol is IPropertySymbol { SetMethod: null or { DeclaredAccessibility: Accessibility.Private } } property)
                {
                    yield return property;
                }
                else if (field.AssociatedSymbol is null && (field.IsReadOnly || field.DeclaredAccessibility == Accessibility.Private))
                {
                    yield return field;
                }
            }
        }
    }

    /// <summary>Whether a constructor shows the unfinished instance to others.</summary>
    private static bool LetsInstanceOut(IOperation constructor) => constructor.Descendants().Any(static operation => operation switch
    {
        IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance } instance => (instance.Parent is not (IMemberReferenceOperation or IInvocationOperation) || instance.Parent is IMethodReferenceOperation) && !IsStateOfOverlapped(instance),
        _ => false,
    });

    /// <summary>Whether the instance is only put where a completion finds it: of an operation that nobody can have started yet.</summary>
    private static bool IsStateOfOverlapped(IOperation instance)
    {
        IOperation? holder = instance.Parent;
        while (holder is IConversionOperation or IArgumentOperation)
        {
            holder = holder.Parent;
        }

        return holder is IInvocationOperation { TargetMethod: { Name: "AllocateNativeOverlapped" or "UnsafeAllocateNativeOverlapped", ContainingType.Name: "ThreadPoolBoundHandle" } };
    }

    private void Read(Body body, ISymbol member, IReadOnlyList<ISymbol> fields, ImmutableArray<IParameterSymbol> parameters, Dictionary<ISymbol, Part> parts)
    {
        PathState entry = new Transfer(body, contracts).Entry();
        Dictionary<int, int> given = [];
        foreach (IParameterSymbol parameter in parameters)
        {
            if (parameter.RefKind == RefKind.None && OwnCallees.CanOwn(parameter.Type) && contracts.FindParameter(parameter) is null)
            {
                Resource resource = body.Give(parameter, ResourceKind.Given);
                given.Add(resource.Id, parameter.Ordinal);
                entry = entry.WithRefs(body.Places.Of(parameter, PlaceKind.Parameter), RefSet.Of(resource.Id, RefRole.Owner)).WithHold(resource.Id, new Hold(Holding.Held));
            }
        }

        var reader = new LeftInFields(body, fields, given);
        BodyFlow.Run(body, contracts, reader, cancellation, entry: [entry]);
        foreach (Part part in reader.Parts)
        {
            parts[part.Field] = part;
        }
    }

    private FieldFate? Infer(IMethodSymbol method, ISymbol field, object? argument)
    {
        if (graphOf(method) is not { } graph || graph.Blocks.Length > OwnCallees.MaxBlocks)
        {
            return null;
        }

        if (method.ReturnType.SpecialType == SpecialType.System_Boolean && InstanceUse.Of(graph.OriginalOperation, method).Tested.Contains(field))
        {
            // Who asks whether there is anything knows more afterwards than is followed.
            return null;
        }

        Body body = Body.Create(graph, method, contracts, cancellation, callees);
        if (body.BeginsLater || method.IsAsync || body.Nested.Count > 0)
        {
            return null;
        }

        Resource resource = body.Give(field, ResourceKind.Given);
        int place = body.Places.OfMember(body.Places.OfThis(), field);
        var reader = new FateReader(body, resource, place, new SelfCalls(this, body, resource, place, field));
        PathState entry = new Transfer(body, contracts).Entry()
            .WithRefs(place, RefSet.Of(resource.Id, RefRole.Owner))
            .WithHold(resource.Id, new Hold(Holding.Held));
        entry = entry with { Known = entry.Known.Set(place, new Known(Classes.NotNull)) };
        foreach (ISymbol flag in EndFlags.Of(method.ContainingType))
        {
            entry = entry with { Known = entry.Known.Set(body.Places.OfMember(body.Places.OfThis(), flag), new Known(Classes.Zero)) };
        }

        if (argument is not null)
        {
            entry = entry with { Known = entry.Known.Set(body.Places.Of(method.Parameters[0], PlaceKind.Parameter), Known.Of(argument)) };
        }

        BodyFlow.Run(body, contracts, reader, cancellation, reader.Calls, [entry]);

        // What a type remembers to have ended, it does not end again.
        FieldFate? fate = reader.Conclude();
        return fate is { Release: { } release } && EndFlags.Of(method.ContainingType).Any() ? fate with { Release = release with { Repeatable = true } } : fate;
    }

    /// <summary>Calls of other members of the instance, by what each does with what the field has.</summary>
    private sealed class SelfCalls(Instance instance, Body body, Resource resource, int place, ISymbol field) : ISelfCalls
    {
        public bool IsUnclear { get; private set; }

        public List<Effect.Release> Releases { get; } = [];

        public void Apply(Fact call, PathState path, Action<PathState> next)
        {
            if (call.Member is not IMethodSymbol method || !SymbolEqualityComparer.Default.Equals(method.ContainingType?.OriginalDefinition, field.ContainingType.OriginalDefinition))
            {
                // A member of a base type without source cannot name the field.
                IsUnclear |= call.Member is not IMethodSymbol { DeclaringSyntaxReferences.IsEmpty: true };
                next(path);
                return;
            }

            object? argument = method.Parameters.Length == 1 && call.Operation is IInvocationOperation { Arguments: { Length: 1 } arguments } && arguments[0].Value.ConstantValue is { HasValue: true, Value: { } constant } ? constant : null;
            FieldFate? fate = path.HoldOf(resource.Id).Holding == Holding.Held && path.RefsOf(place).Refers(resource.Id) ? instance.FateOf(method.OriginalDefinition, field, argument) : null;
            if (fate is null or { Returned: not null })
            {
                IsUnclear = true;
                next(path);
                return;
            }

            path = Forget(path);
            if (fate.Release is { } release)
            {
                Releases.Add(release);
                path = path.WithHold(resource.Id, path.HoldOf(resource.Id) with { Holding = Holding.Released, ChangedAt = call.Operation });
            }

            next(fate.IsCleared ? path.WithRefs(place, RefSet.Empty) with { Known = path.Known.Set(place, new Known(Classes.Null | Classes.Zero)) } : path);
        }

        /// <summary>What was known of the other fields may have changed.</summary>
        private PathState Forget(PathState path)
        {
            foreach (int other in body.Places.Mutable)
            {
                path = other == place ? path : path with
                {
                    Known = path.Known.Remove(other),
                    Definitions = path.Definitions.Remove(other),
                    Truths = body.Expressions.WithoutConditionsOn(path.Truths, other),
                };
            }

            return path;
        }
    }

    private sealed class FateReader(Body body, Resource resource, int place, SelfCalls calls) : IFlowReader
    {
        private readonly List<Effect.Release> _releases = [];
        private readonly Return _return = new(body);
        private bool _isUnclear;
        private bool _isKept;
        private bool _isLost;
        private bool _isReplaced;
        private Holding _left;

        public ISelfCalls Calls => calls;

        public void OnFact(Fact fact, PathSet before)
        {
            _isUnclear |= before.IsMerged;
            if (fact is { Kind: FactKind.Escape, Departure: Departure.Returned })
            {
                _return.OnFact(fact, before, resource);
                return;
            }

            foreach (PathState path in before.Paths)
            {
                switch (fact)
                {
                    case { Kind: FactKind.Release, Effect: Effect.Release release } when Transfer.Released(fact, path, body).Refers(resource.Id):
                        _releases.Add(release);
                        break;
                    case { Kind: FactKind.Escape }:
                        _isUnclear |= fact.Departure != Departure.StoredInThis ? Transfer.HandedOn(fact, path, body).Refers(resource.Id) : path.RefsOf(fact.Target).Where(static r => r.Kind <= RefRole.View).Refers(resource.Id);
                        break;
                    case { Kind: FactKind.Lend }:
                        _isUnclear |= path.RefsOf(fact.Source).Where(static r => r.Kind < RefRole.Account).Refers(resource.Id);
                        break;
                }
            }
        }

        public void OnExit(ExitKind exit, IOperation? returned, BasicBlock from, PathSet atExit)
        {
            if (exit != ExitKind.Return)
            {
                return;
            }

            _return.OnExit(returned);
            foreach (PathState path in atExit.Paths)
            {
                RefSet refs = path.RefsOf(place).Where(static r => r.Kind < RefRole.Account);
                bool isReplaced = IsReplaced(path, refs);
                bool isKept = isReplaced || (refs.Count == 1 && refs.Refers(resource.Id));
                _isReplaced |= isReplaced;
                _isKept |= isKept;
                _isLost |= !isKept;
                _isUnclear |= refs.Count > 1;
                _left |= isReplaced ? Holding.Held : path.HoldOf(resource.Id).Holding;
            }
        }

        /// <summary>Whether the field has another one instead, made here, and what it had is given back: as before, there is one to be given back.</summary>
        private bool IsReplaced(PathState path, RefSet refs) =>
            refs.Count == 1 && refs[0].Kind == RefRole.Owner && body.Resources[refs[0].Resource] is { Original: null, Parameter: null, Acquisition: not null, Kind.IsGivenWhole: true }
            && path.HoldOf(refs[0].Resource).Holding == Holding.Held && path.HoldOf(resource.Id).Holding == Holding.Released;

        public FieldFate? Conclude()
        {
            if (_isUnclear || _return.IsUnclear || calls.IsUnclear)
            {
                return null;
            }

            List<Effect.Release> releases = [.. _releases, .. calls.Releases];
            return _left == Holding.Released && releases.Count > 0 && _return.Role is null && _isKept != _isLost ? new FieldFate(Releases.Common(releases), _isLost, null)
                : _left == Holding.Held && (releases.Count == 0 || (_isReplaced && _return.Role is null)) && _isKept && !_isLost ? new FieldFate(null, false, _return.Role)
                : null;
        }
    }
}
