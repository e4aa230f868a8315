using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Symbols;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Protocols;

/// <summary>Which parameters bring memory that stays their caller's: those whose contract says so and, where that is asked for, those of which none speaks.</summary>
internal static class BorrowedMemory
{
    public static ParameterContract? Of(IParameterSymbol parameter, ITypeSymbol type, ProtocolTable protocols)
    {
        // Most parameters are no memory, and most memory is of nobody's concern here.
        bool isMemory = type is INamedTypeSymbol { Name: "Memory" or "ReadOnlyMemory" or "ReadOnlySequence", IsGenericType: true } && MetadataNames.Of(type) is "System.Memory`1" or "System.ReadOnlyMemory`1" or "System.Buffers.ReadOnlySequence`1";
        if ((!isMemory && type is not IArrayTypeSymbol) || parameter.RefKind is RefKind.Out or RefKind.Ref || parameter.ContainingSymbol is not IMethodSymbol method || parameter.DeclaringSyntaxReferences.IsEmpty)
        {
            return null;
        }

        Slot slot = Slot.Argument(parameter.Ordinal);
        bool borrows = false;
        foreach (Effect effect in (protocols.HasDeclared ? protocols.Find(method.OriginalDefinition)?.Effects : null) ?? System.Collections.Immutable.ImmutableArray<Effect>.Empty)
        {
            if (effect.Subject == slot)
            {
                if (effect is not (Effect.Borrow or Effect.Lend))
                {
                    return null;
                }

                borrows = true;
            }
        }

        return borrows || (isMemory && MayBeExpectedToLetGo(method) && protocols.FollowsUnannotated(parameter.DeclaringSyntaxReferences[0].SyntaxTree))
            ? new ParameterContract(ResourceKind.Borrowed, Holding.HeldNone, Flowing.Unknown, borrows)
            : null;
    }

    /// <summary>An object is made around what its constructor is given, and a property keeps what it is set to: nobody expects anything else.</summary>
    private static bool MayBeExpectedToLetGo(IMethodSymbol method) =>
        method.MethodKind is MethodKind.Ordinary or MethodKind.ExplicitInterfaceImplementation;
}
