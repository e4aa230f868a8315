using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace BufferLifetime.Analyzers.Flow;

/// <summary>
/// What the methods and constructors of a compilation's own types do with what they are given and with what their instance has, for those who
/// call them from another type. Each answer is found once for each number of types that it may still go through, and only from answers with a
/// smaller number: types that call each other in a circle come to an end, and who asks first, on which thread, changes nothing.
/// </summary>
/// <param name="graphOf">The graph of a method, or of the initializer of a field; null for what has none.</param>
/// <param name="contracts">What calls mean.</param>
/// <param name="mayOwn">Whether an instance of a type may own anything, as far as can be told without reading its bodies.</param>
internal sealed class SourceTypes(Func<ISymbol, CancellationToken, ControlFlowGraph?> graphOf, IContractSource contracts, Func<INamedTypeSymbol, bool> mayOwn)
{
    /// <summary>How many types are gone through from call to call.</summary>
    public const int MaxDepth = 3;

    private readonly ConcurrentDictionary<(ISymbol By, int Depth), Given?> _given = new(ByAndDepth.Instance);
    private readonly ConcurrentDictionary<(ISymbol By, int Depth), Effect.Acquire?> _gifts = new(ByAndDepth.Instance);
    private readonly ConcurrentDictionary<(ISymbol By, int Depth), BoxedBool?> _throws = new(ByAndDepth.Instance);
    private readonly ConcurrentDictionary<(ISymbol By, int Depth), ConcurrentDictionary<ISymbol, FieldFate?>> _fates = new(ByAndDepth.Instance);
    private readonly ConcurrentDictionary<(ISymbol By, int Depth), Made?> _made = new(ByAndDepth.Instance);
    private readonly ConcurrentDictionary<(ISymbol By, int Depth), Taken?> _taken = new(ByAndDepth.Instance);
    private readonly ConcurrentDictionary<(ISymbol By, int Depth), Kept?> _kept = new(ByAndDepth.Instance);
    private readonly ConcurrentDictionary<(ISymbol By, int Depth), IReadOnlyList<ISymbol>?> _owned = new(ByAndDepth.Instance);
    private readonly ConcurrentDictionary<ISymbol, ControlFlowGraph?> _graphs = new(SymbolEqualityComparer.Default);

    /// <summary>What a method does with what it is given in <paramref name="parameter"/>; null where that is not clear.</summary>
    public Given? Ask(IMethodSymbol method, IParameterSymbol parameter, int depth, CancellationToken cancellation) =>
        depth == 0 ? null : Remember(_given, parameter, depth, () => Inside(method.ContainingType, depth - 1, cancellation).Ask(method, parameter.Ordinal, null));

    /// <summary>Whether a method throws of its own accord.</summary>
    public bool Throws(IMethodSymbol method, int depth, CancellationToken cancellation) =>
        depth > 0 && Remember(_throws, method, depth, () => Inside(method.ContainingType, depth - 1, cancellation).Throws(method, null) ? BoxedBool.True : BoxedBool.False) == BoxedBool.True;

    /// <summary>What the caller of a method gets from it, by its result or by <paramref name="parameter"/>; null where that is not clear.</summary>
    public Effect.Acquire? AskGift(IMethodSymbol method, IParameterSymbol? parameter, int depth, CancellationToken cancellation) =>
        depth == 0 ? null : Remember(_gifts, (ISymbol?)parameter ?? method, depth, () =>
        {
            OwnCallees callees = Inside(method.ContainingType, depth - 1, cancellation);
            return parameter is null ? callees.AskResult(method, null) : callees.AskOut(method, parameter.Ordinal, null);
        });

    /// <summary>What a method does with what its instance has in <paramref name="field"/>; null where that is not clear.</summary>
    public FieldFate? AskField(IMethodSymbol method, ISymbol field, int depth, CancellationToken cancellation)
    {
        if (depth == 0 || !mayOwn(method.ContainingType))
        {
            return null;
        }

        ConcurrentDictionary<ISymbol, FieldFate?> fates = _fates.GetOrAdd((method, depth), static _ => new(SymbolEqualityComparer.Default));
        if (!fates.TryGetValue(field, out FieldFate? fate))
        {
            fate = InstanceOf(method.ContainingType, depth, cancellation).FateOf(method, field);
            fates.TryAdd(field, fate);
        }

        return fate;
    }

    /// <summary>What a constructor leaves in the fields of the instance that it makes; null where that is nothing, or not clear.</summary>
    public Made? AskMade(IMethodSymbol constructor, int depth, CancellationToken cancellation) =>
        depth == 0 || !mayOwn(constructor.ContainingType) ? null : Remember(_made, constructor, depth, () => InstanceOf(constructor.ContainingType, depth, cancellation).MadeBy(constructor));

    /// <summary>What an instance takes over by a call of one of its methods that it is given something by in <paramref name="parameter"/>, and gives back when it is ended; null for nothing.</summary>
    public Taken? AskTaken(IMethodSymbol method, IParameterSymbol parameter, int depth, CancellationToken cancellation) =>
        depth == 0 || method.IsStatic || !mayOwn(method.ContainingType) || method.MethodKind != MethodKind.Ordinary || !Instance.EndingsOf(method.ContainingType).Any() ? null
        : Remember(_taken, parameter, depth, () => InstanceOf(method.ContainingType, depth, cancellation).TakenBy(method, parameter));

    /// <summary>What an instance has of what a method was given in <paramref name="parameter"/>, until it is told to let go; null for nothing.</summary>
    public Kept? AskKept(IMethodSymbol method, IParameterSymbol parameter, int depth, CancellationToken cancellation) =>
        depth == 0 || method.IsStatic ? null : Remember(_kept, parameter, depth, () => InstanceOf(method.ContainingType, depth, cancellation).KeptBy(method, parameter));

    /// <summary>The fields of a type, none of them anybody else's to write, whose content is given back when an instance is ended.</summary>
    public IReadOnlyList<ISymbol> OwnedBy(INamedTypeSymbol type, int depth, CancellationToken cancellation) =>
        depth == 0 || type.DeclaringSyntaxReferences.IsEmpty || !mayOwn(type) ? [] : Remember(_owned, type, depth, () => InstanceOf(type, depth, cancellation).Owned(type)) ?? [];

    /// <summary>Whether who calls the method, or the constructor, has something to give back by that.</summary>
    public bool Makes(IMethodSymbol method, CancellationToken cancellation) =>
        method.MethodKind == MethodKind.Constructor ? AskMade(method, MaxDepth, cancellation) is not null
        : OwnCallees.MayGive(method) && AskGift(method, null, MaxDepth, cancellation) is not null;

    /// <summary>Whether the instance takes something over by that.</summary>
    public bool Takes(IMethodSymbol method, CancellationToken cancellation) => method.Parameters.Any(parameter => AskTaken(method, parameter, MaxDepth, cancellation) is not null);

    private static T? Remember<T>(ConcurrentDictionary<(ISymbol, int), T?> known, ISymbol by, int depth, Func<T?> find)
        where T : class
    {
        if (!known.TryGetValue((by, depth), out T? answer))
        {
            // What two threads find at the same time is the same; nothing is kept of what was given up half-way.
            answer = find();
            known.TryAdd((by, depth), answer);
        }

        return answer;
    }

    /// <summary>The graph of a method; null for what has none.</summary>
    public ControlFlowGraph? GraphOf(IMethodSymbol method, CancellationToken cancellation) => GraphIn(method.ContainingType, method, cancellation);

    private Instance InstanceOf(INamedTypeSymbol type, int depth, CancellationToken cancellation) =>
        new(symbol => GraphIn(type, symbol, cancellation), Inside(type, depth - 1, cancellation), contracts, cancellation);

    private OwnCallees Inside(INamedTypeSymbol type, int depth, CancellationToken cancellation) =>
        new(symbol => GraphIn(type, symbol, cancellation), contracts, this, depth, cancellation);

    private ControlFlowGraph? GraphIn(INamedTypeSymbol type, ISymbol symbol, CancellationToken cancellation)
    {
        if (!SymbolEqualityComparer.Default.Equals(symbol.ContainingType?.OriginalDefinition, type.OriginalDefinition))
        {
            return null;
        }

        if (!_graphs.TryGetValue(symbol, out ControlFlowGraph? graph))
        {
            graph = graphOf(symbol, cancellation);
            _graphs.TryAdd(symbol, graph);
        }

        return graph;
    }

    private sealed class ByAndDepth : IEqualityComparer<(ISymbol By, int Depth)>
    {
        public static readonly ByAndDepth Instance = new();

        public bool Equals((ISymbol By, int Depth) x, (ISymbol By, int Depth) y) => x.Depth == y.Depth && SymbolEqualityComparer.Default.Equals(x.By, y.By);

        public int GetHashCode((ISymbol By, int Depth) key) => unchecked((SymbolEqualityComparer.Default.GetHashCode(key.By) * 31) + key.Depth);
    }
}
