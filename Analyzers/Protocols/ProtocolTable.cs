using System.Collections.Concurrent;
using System.Collections.Immutable;
using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Symbols;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Protocols;

/// <summary>All rows, and the contracts that they give to the members of one compilation.</summary>
internal sealed class ProtocolTable : IContractSource
{
    private static readonly Dictionary<string, List<Row>> RowsByMember = Index();

    private readonly ConcurrentDictionary<ISymbol, Contract?> _contracts = new(SymbolEqualityComparer.Default);
    private readonly AttributeContracts? _attributes;
    private readonly ContractFile? _file;

    public ProtocolTable()
    {
    }

    /// <summary>The protocols, and what the compilation's own attributes and contract files say of everything else.</summary>
    public ProtocolTable(Compilation compilation, ImmutableArray<AdditionalText> files, CancellationToken cancellation)
    {
        _attributes = new AttributeContracts(compilation);
        _file = ContractFile.Read(files, compilation, this, cancellation);
    }

    /// <summary>Every row of every protocol.</summary>
    public static IEnumerable<Row> AllRows()
    {
        foreach (IEnumerable<Row> rows in new[] { IteratorProtocol.Rows(), ExtractionProtocol.Rows(), RegistrationProtocol.Rows(), FolioProtocol.Rows(), CompletionProtocol.Rows(), ViewProtocol.Rows(), TaskProtocol.Rows(), PinProtocol.Rows(), PoolProtocol.Rows(), PipeProtocol.Rows() })
        {
            foreach (Row row in rows)
            {
                yield return row;
            }
        }
    }

    public Contract? Find(ISymbol member)
    {
        // Most members share their name with no row, and come from where nobody has described them: nothing is kept for them.
        RowsByMember.TryGetValue(NameOf(member), out List<Row>? rows);
        bool maySpeak = _attributes is not null && !IsFramework(member.ContainingAssembly);
        return rows is null && !maySpeak ? _file?.Find(member) : _contracts.GetOrAdd(member, symbol => Resolve(symbol, rows, maySpeak));
    }

    /// <summary>Whether a call makes or releases something, so that the body around it is worth a flow.</summary>
    public bool OpensGate(ISymbol member)
    {
        if (Find(member.OriginalDefinition) is not { } contract)
        {
            return false;
        }

        foreach (Effect effect in contract.Effects)
        {
            if (OpensGate(effect))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The names without one of which, in its text, no body of code that nobody describes otherwise opens the gate.</summary>
    public static IEnumerable<string> GateNames
    {
        get
        {
            foreach (Row row in AllRows())
            {
                if (row.Effects.Any(OpensGate))
                {
                    yield return row.Member == ".ctor" ? MetadataNames.SimpleNameOf(row.Type) : row.Member;
                }
            }
        }
    }

    /// <summary>The types whose values are given back, by their own members or by the pool that they came from, so that a type with a field of one may own what is in it.</summary>
    public static IEnumerable<string> OwnerNames
    {
        get
        {
            yield return "IMemoryOwner";
            yield return "ArrayPool";
            foreach (Row row in AllRows())
            {
                if (row.Type is not ("System.IDisposable" or "System.IAsyncDisposable") && row.Effects.Any(static effect => effect is Effect.Release { Target.Kind: SlotKind.Receiver, Kept: null }))
                {
                    yield return MetadataNames.SimpleNameOf(row.Type);
                }
            }
        }
    }

    /// <summary>The members that make what a field can own from then on: not what a pipe lends, or what describes memory.</summary>
    public static IEnumerable<string> OwningNames
    {
        get
        {
            foreach (Row row in AllRows())
            {
                if (row.Effects.Any(static effect => effect is Effect.Acquire { Kind: { IsHandle: true } or { IsReference: true } or { IsGivenWhole: true } }))
                {
                    yield return row.Member == ".ctor" ? MetadataNames.SimpleNameOf(row.Type) : row.Member;
                }
            }
        }
    }

    private static bool OpensGate(Effect effect) => effect is Effect.Acquire or Effect.Entry { Change: EntryChange.Shown or EntryChange.Emptied } or Effect.AddressOf or Effect.Release { Tag: Tags.Legacy or Tags.OfOwner };

    /// <summary>Whether anybody describes APIs of their own.</summary>
    public bool HasDeclared => _attributes is { AreDeclared: true } || _file is { IsEmpty: false };

    /// <summary>Whether APIs are described whose names do not stand in this compilation's own text.</summary>
    public bool HasUnnamed => _attributes is { AreDeclaredElsewhere: true } || _file is { IsEmpty: false };

    /// <summary>Whether the code in a file is to be held to what it does with memory that no contract speaks of.</summary>
    public Func<SyntaxTree, bool> FollowsUnannotated { get; init; } = static _ => false;

    public ParameterContract? FindParameter(IParameterSymbol parameter)
    {
        ITypeSymbol type = parameter.Type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T, TypeArguments: { Length: 1 } underlying } ? underlying[0] : parameter.Type;
        return type.Name == IteratorProtocol.IteratorName && MetadataNames.Of(type) == IteratorProtocol.Iterator
            ? new ParameterContract(ResourceKind.Iterator, Holding.UserBacked | Holding.Stable, Flowing.Unknown)
            : BorrowedMemory.Of(parameter, type, this);
    }

    public Holding ModeOf(object? constant) => ToNumber(constant) switch
    {
        0 => Holding.HeldNone,
        1 => Holding.HeldGet,
        2 => Holding.HeldPin,
        _ => Holding.Nothing,
    };

    public Flowing DirectionOf(object? constant) => ToNumber(constant) switch
    {
        0 => Flowing.Destination,
        1 => Flowing.Source,
        _ => Flowing.Unknown,
    };

    public IReadOnlyList<object> UserBackings => IteratorProtocol.UserBackings;

    public bool AsksForReferences(object? flags) => ToNumber(flags) is >= 0 and var bits && (bits & 1) == 1;

    public bool AllowsPeerMemory(object? flags) => ToNumber(flags) is > 0 and var bits && (bits & 2) == 2;

    public bool IsTask(ITypeSymbol? type) =>
        type is INamedTypeSymbol { Name: "Task" or "ValueTask" or "IAsyncResult" } && Array.IndexOf(TaskProtocol.Types, MetadataNames.Of(type)) >= 0;

    public bool MayKeep(IMethodSymbol method, IParameterSymbol parameter)
    {
        if (NativeCode.Is(method))
        {
            return false;
        }

        if (parameter.Type.IsRefLikeType)
        {
            // A span cannot be kept, but what is in it can be released.
            return !IsFramework(method.ContainingAssembly) && parameter.Type is INamedTypeSymbol { TypeArguments: { Length: 1 } elements } && MetadataNames.Of(elements[0]) == ExtractionProtocol.Fragment;
        }

        // The framework keeps what it is given as a T or an object (collections, queues, exchanges); buffers that it takes as buffers it only uses.
        return !IsFramework(method.ContainingAssembly) || parameter.OriginalDefinition.Type is ITypeParameterSymbol or { SpecialType: SpecialType.System_Object };
    }

    public Flowing TransferOf(IMethodSymbol method, IParameterSymbol parameter) => IsFramework(method.ContainingAssembly) ? Transfers.Of(method, parameter) : Flowing.Unknown;

    public Keeping KeepsFor(IMethodSymbol method, IParameterSymbol parameter) =>
        IsFramework(method.ContainingAssembly) ? Keepers.KeepsFor(method, parameter)
        : Adopters.Collects(method.OriginalDefinition, parameter.OriginalDefinition) ? Keeping.InReceiver
        : Keeping.Unknown;

    public bool WrapsWhatItIsGiven(IMethodSymbol constructor, IParameterSymbol parameter) => Wrappers.Hold(constructor.OriginalDefinition, parameter.OriginalDefinition);

    private static bool IsFramework(IAssemblySymbol? assembly) =>
        assembly?.Name is { } name
        && (name is "mscorlib" or "netstandard" or "BufferLifetime" || name.StartsWith("System.", StringComparison.Ordinal) || name == "System");

    private static long ToNumber(object? constant) => constant switch
    {
        byte n => n,
        sbyte n => n,
        short n => n,
        ushort n => n,
        int n => n,
        uint n => n,
        long n => n,
        _ => -1,
    };

    private static string NameOf(ISymbol member) => member is IPropertySymbol { IsIndexer: true } ? "Item" : member.Name;

    private Contract? Resolve(ISymbol member, List<Row>? rows, bool maySpeak) =>
        (rows is null ? null : Resolve(member, rows))
        ?? _file?.Find(member)
        ?? (maySpeak ? _attributes!.Find(member, this) : null)
        ?? (rows is not null && IsDisposal(member) ? Declaring(member.Name == "Dispose" ? "System.IDisposable" : "System.IAsyncDisposable", member, rows) : null);

    private static Contract? Resolve(ISymbol member, List<Row> rows)
    {
        for (ISymbol? declared = member; declared is not null; declared = Overridden(declared))
        {
            if (Declaring(MetadataNames.Of(declared.ContainingType), declared, rows) is { } contract)
            {
                return contract;
            }
        }

        return null;
    }

    /// <summary>The disposal of any type gives back what the disposed object is, if anything.</summary>
    private static bool IsDisposal(ISymbol member) => member is IMethodSymbol { Name: "Dispose" or "DisposeAsync", Parameters.IsEmpty: true, IsStatic: false };

    private static Contract? Declaring(string? type, ISymbol member, List<Row> rows)
    {
        foreach (Row row in rows)
        {
            if (row.Type == type && row.ContractOf(member) is { } contract)
            {
                return contract;
            }
        }

        return null;
    }

    /// <summary>What the member overrides, as it was declared.</summary>
    public static ISymbol? Overridden(ISymbol member) => member switch
    {
        IMethodSymbol method => method.OverriddenMethod?.OriginalDefinition,
        IPropertySymbol property => property.OverriddenProperty?.OriginalDefinition,
        _ => null,
    };

    private static Dictionary<string, List<Row>> Index()
    {
        Dictionary<string, List<Row>> index = new(StringComparer.Ordinal);
        foreach (Row row in AllRows())
        {
            if (!index.TryGetValue(row.Member, out List<Row>? rows))
            {
                index.Add(row.Member, rows = []);
            }

            rows.Add(row);
        }

        return index;
    }
}
