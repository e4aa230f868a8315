using System.Collections.Immutable;
using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Protocols;

/// <summary>The effects of an API that describes itself, by attributes or in a contract file, and so knows no kinds of ours.</summary>
internal static class Declared
{
    /// <summary>Something that is given back in the mode it was taken in; the call's result tells whether an argument was filled.</summary>
    public static Effect Acquire(ISymbol member, Slot target, Holding mode)
    {
        SpecialType returned = ReturnTypeOf(member)?.SpecialType ?? SpecialType.None;
        Success when = target.Kind == SlotKind.Result ? Success.Always : returned switch
        {
            SpecialType.System_Boolean => Success.ResultTrue,
            SpecialType.System_Int32 or SpecialType.System_Int64 or SpecialType.System_IntPtr => Success.ResultPositive,
            _ => Success.Always,
        };
        return new Effect.Acquire(target, target.Kind == SlotKind.Result ? ResourceKind.Lease : ResourceKind.Pages, mode, When: when);
    }

    /// <summary>What is released may be a thing as a whole, or the pieces that a resource consists of: the declaration does not tell.</summary>
    public static IEnumerable<Effect> Release(ISymbol member, Slot target)
    {
        var whole = new Effect.Release(target, Holding.AnyMode | Holding.Held, Repeatable: member.Name is "Dispose" or "DisposeAsync");
        return [whole, whole with { OfPieces = true }];
    }

    /// <summary>Used until the call returns, or until the task that it returned has completed.</summary>
    public static Effect Borrow(ISymbol member, Slot target, IContractSource contracts) =>
        contracts.IsTask(ReturnTypeOf(member)) ? new Effect.Lend(target) : new Effect.Borrow(target);

    public static bool ReturnsSomethingToHold(ISymbol member) => ReturnTypeOf(member) switch
    {
        null or { SpecialType: SpecialType.System_Void or SpecialType.System_Boolean } => false,
        { SpecialType: >= SpecialType.System_Char and <= SpecialType.System_String } => false,
        _ => true,
    };

    public static ImmutableArray<IParameterSymbol> ParametersOf(ISymbol member) => member switch
    {
        IMethodSymbol method => method.Parameters,
        IPropertySymbol property => property.Parameters,
        _ => ImmutableArray<IParameterSymbol>.Empty,
    };

    private static ITypeSymbol? ReturnTypeOf(ISymbol member) => member switch
    {
        IMethodSymbol { MethodKind: MethodKind.Constructor } constructor => constructor.ContainingType,
        IMethodSymbol method => method.ReturnType,
        IPropertySymbol property => property.Type,
        _ => null,
    };
}
