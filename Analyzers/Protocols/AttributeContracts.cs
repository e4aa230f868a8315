using System.Collections.Immutable;
using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Symbols;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Protocols;

/// <summary>Contracts that an API states by attributes. They are matched by full name: whoever declares them, they mean the same.</summary>
internal sealed class AttributeContracts
{
    private const string Acquires = "BufferLifetime.AcquiresBufferAttribute";
    private const string Releases = "BufferLifetime.ReleasesBufferAttribute";
    private const string Borrows = "BufferLifetime.BorrowsBufferAttribute";
    private const string Retains = "BufferLifetime.RetainsBufferAttribute";
    private const string ReturnsBorrowed = "BufferLifetime.ReturnsBorrowedAttribute";

    private const string Library = "BufferLifetime";

    public AttributeContracts(Compilation compilation)
    {
        foreach (string name in Names)
        {
            foreach (INamedTypeSymbol type in compilation.GetTypesByMetadataName(name))
            {
                AreDeclared = true;
                AreDeclaredElsewhere |= !SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, compilation.Assembly) && type.ContainingAssembly.Name != Library;
            }
        }

        AreDeclaredElsewhere |= AreDeclared && compilation.SourceModule.ReferencedAssemblySymbols.Any(UsesLibrary);
    }

    /// <summary>The full names of the attributes.</summary>
    public static string[] Names { get; } = [Acquires, Releases, Borrows, Retains, ReturnsBorrowed];

    /// <summary>What code calls the attributes, with and without the last word.</summary>
    public static IEnumerable<string> ShortNames
    {
        get
        {
            foreach (string name in Names)
            {
                string attribute = MetadataNames.SimpleNameOf(name);
                yield return attribute;
                yield return attribute.Substring(0, attribute.Length - nameof(Attribute).Length);
            }
        }
    }

    /// <summary>Whether the compilation has any of them.</summary>
    public bool AreDeclared { get; }

    /// <summary>Whether a library that the compilation uses may have put them on its own members.</summary>
    public bool AreDeclaredElsewhere { get; }

    private static bool UsesLibrary(IAssemblySymbol assembly) =>
        assembly.Modules.Any(static module => module.ReferencedAssemblies.Any(static used => used.Name == Library));

    /// <summary>What the attributes on the member, on what it overrides or on the interface member that it implements say, or null for none.</summary>
    public Contract? Find(ISymbol member, IContractSource contracts)
    {
        if (!AreDeclared)
        {
            return null;
        }

        for (ISymbol? declared = member; declared is not null; declared = ProtocolTable.Overridden(declared))
        {
            if (Read(declared, contracts) is { } contract)
            {
                return contract;
            }
        }

        foreach (INamedTypeSymbol type in member is IMethodSymbol or IPropertySymbol ? member.ContainingType.AllInterfaces : ImmutableArray<INamedTypeSymbol>.Empty)
        {
            foreach (ISymbol promised in type.GetMembers(member.Name))
            {
                if (SymbolEqualityComparer.Default.Equals(member.ContainingType.FindImplementationForInterfaceMember(promised)?.OriginalDefinition, member)
                    && Read(promised.OriginalDefinition, contracts) is { } contract)
                {
                    return contract;
                }
            }
        }

        return null;
    }

    private static Contract? Read(ISymbol member, IContractSource contracts)
    {
        ImmutableArray<Effect>.Builder effects = ImmutableArray.CreateBuilder<Effect>();
        Slot self = member.IsStatic ? Slot.Argument(0) : Slot.Receiver;
        foreach (AttributeData attribute in member.GetAttributes())
        {
            OnMember(attribute, self);
        }

        foreach (AttributeData attribute in (member as IMethodSymbol)?.GetReturnTypeAttributes() ?? ImmutableArray<AttributeData>.Empty)
        {
            OnMember(attribute, self);
        }

        foreach (IParameterSymbol parameter in Declared.ParametersOf(member))
        {
            foreach (AttributeData attribute in parameter.GetAttributes())
            {
                OnSlot(attribute, Slot.Argument(parameter.Ordinal));
            }
        }

        return effects.Count == 0 ? null : new Contract(effects.ToImmutable());

        void OnMember(AttributeData attribute, Slot slot)
        {
            switch (MetadataNames.Of(attribute.AttributeClass))
            {
                case Acquires when Declared.ReturnsSomethingToHold(member):
                    effects.Add(Declared.Acquire(member, Slot.Result, ModeOf(attribute, contracts)));
                    break;
                case Acquires:
                    break;
                case ReturnsBorrowed:
                    effects.Add(new Effect.View(slot));
                    break;
                default:
                    OnSlot(attribute, slot);
                    break;
            }
        }

        void OnSlot(AttributeData attribute, Slot slot)
        {
            switch (MetadataNames.Of(attribute.AttributeClass))
            {
                case Acquires:
                    effects.Add(Declared.Acquire(member, slot, ModeOf(attribute, contracts)));
                    break;
                case Releases:
                    effects.Add(Declared.Release(member, slot));
                    break;
                case Borrows:
                    effects.Add(Declared.Borrow(member, slot, contracts));
                    break;
                case Retains:
                    effects.Add(new Effect.Retain(slot));
                    break;
            }
        }
    }

    private static Holding ModeOf(AttributeData attribute, IContractSource contracts) =>
        attribute.ConstructorArguments is { Length: > 0 } arguments && contracts.ModeOf(arguments[0].Value) is not Holding.Nothing and var mode ? mode : Holding.Held;
}
