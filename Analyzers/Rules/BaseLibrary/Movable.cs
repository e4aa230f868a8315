using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>
/// Memory that the garbage collector surely may move: an ordinary array that the code makes itself, a field of an object. Any other may have been
/// allocated on the pinned heap, lie on the stack, or be pinned by a caller.
/// </summary>
internal static class Movable
{
    /// <summary>What the operand of an address is in, as a report calls it; null where it may well stay where it is.</summary>
    public static string? Of(IOperation operand, Body body) => operand switch
    {
        IConversionOperation { Operand: var converted } => Of(converted, body),
        // An array that another array has was put there, nobody knows from where.
        IArrayElementReferenceOperation { ArrayReference: IArrayElementReferenceOperation } => null,
        IArrayElementReferenceOperation when IsHint(operand) => null,
        IArrayElementReferenceOperation { ArrayReference: var array } => Of(array, body),
        IFieldReferenceOperation { Field: { Type: IArrayTypeSymbol, IsReadOnly: true, DeclaringSyntaxReferences: { IsEmpty: false } declarations } } => IsMadeBy(declarations[0].GetSyntax()) ? "array" : null,
        IFieldReferenceOperation { Field: { IsStatic: false, IsFixedSizeBuffer: false, RefKind: RefKind.None, Type.IsUnmanagedType: true, ContainingType.TypeKind: TypeKind.Class }, Type: not IPointerTypeSymbol } => "object that has it",
        ILocalReferenceOperation { Local: { Type: IArrayTypeSymbol, DeclaringSyntaxReferences: { IsEmpty: false } declarations } } => IsMadeBy(declarations[0].GetSyntax()) ? "array" : null,
        IInvocationOperation { TargetMethod: { Name: "GetReference", ContainingType.Name: "MemoryMarshal" }, Arguments: { Length: 1 } arguments } => OfSpan(arguments[0].Value, operand, body),
        _ => null,
    };

    /// <summary>The memory of a span that the caller gives may be anything; to hand its address to native code, it has to be pinned here.</summary>
    private static string? OfSpan(IOperation span, IOperation reference, Body body) =>
        span is IParameterReferenceOperation { Parameter.ContainingSymbol: IMethodSymbol method } ? !IsSaidToBePinned(method) && IsGivenToNative(reference, body) ? "memory behind the span" : null
        : span is ILocalReferenceOperation { Local: var local } && ValueOf(local, body) is { } value ? OfSource(value, reference, body)
        : null;

    /// <summary>
    /// What a span is of. The memory of one that another object shows may be anything, too; but who makes a new span out of its address only wants to be rid of the
    /// old one's type, and that one was kept up to date.
    /// </summary>
    private static string? OfSource(IOperation value, IOperation reference, Body body) => value switch
    {
        IConversionOperation { Operand: { Type.SpecialType: SpecialType.System_String } text } => text.ConstantValue.HasValue ? null : "string",
        IConversionOperation { Operand: { Type: IArrayTypeSymbol } array } => Of(array, body),
        IInvocationOperation { TargetMethod: { Name: "AsSpan", ContainingType.Name: "MemoryExtensions" }, Arguments: { Length: >= 1 } arguments } => arguments[0].Value switch
        {
            { Type.SpecialType: SpecialType.System_String } text => text.ConstantValue.HasValue ? null : "string",
            { Type: IArrayTypeSymbol } array => Of(array, body),
            _ => null,
        },
        IPropertyReferenceOperation { Instance: { Type.IsReferenceType: true }, Property: { DeclaringSyntaxReferences.IsEmpty: true, Type.IsRefLikeType: true } } => IsMadeSpanAgain(reference) ? "memory behind the span" : null,
        _ => null,
    };

    /// <summary>What a local is given, where that is one thing only.</summary>
    private static IOperation? ValueOf(ILocalSymbol local, Body body)
    {
        IOperation? value = null;
        foreach (IOperation operation in body.Flow.Blocks.SelectMany(static block => block.OperationsAndCondition()).SelectMany(static operation => operation.DescendantsAndSelf()))
        {
            if (operation is ISimpleAssignmentOperation { Target: ILocalReferenceOperation { Local: var target }, Value: var given } && SymbolEqualityComparer.Default.Equals(target, local))
            {
                if (value is not null)
                {
                    return null;
                }

                value = given;
            }
        }

        return value;
    }

    /// <summary>Whether the address that is taken of the reference goes into a new span at once.</summary>
    private static bool IsMadeSpanAgain(IOperation reference)
    {
        IOperation? operation = reference.Parent;
        while (operation is IArgumentOperation or IConversionOperation or IInvocationOperation { TargetMethod.Name: "AsPointer" })
        {
            operation = operation.Parent;
        }

        return operation is IObjectCreationOperation { Type: { IsRefLikeType: true, Name: "Span" or "ReadOnlySpan" }, Arguments.Length: 2 };
    }

    /// <summary>Whether the method says, by its name or a parameter's, that who calls it holds the memory in place.</summary>
    public static bool IsSaidToBePinned(IMethodSymbol method) =>
        method.Name.IndexOf("pinned", StringComparison.OrdinalIgnoreCase) >= 0 || method.Name.IndexOf("fixed", StringComparison.OrdinalIgnoreCase) >= 0 || method.Parameters.Any(static parameter => parameter.Name.IndexOf("pin", StringComparison.OrdinalIgnoreCase) >= 0);

    /// <summary>
    /// Whether the address of what a parameter refers to is made a reference again at once: on the way nothing tells the collector of it, and what the parameter
    /// refers to may be anything but memory of the stack alone.
    /// </summary>
    public static bool IsReferenceMadeAgain(IOperation operand) =>
        operand is IParameterReferenceOperation { Parameter: { RefKind: not RefKind.None, Type.IsRefLikeType: false, ContainingSymbol: IMethodSymbol { DeclaredAccessibility: not Accessibility.Private, MethodKind: MethodKind.Ordinary } method } }
        && !IsSaidToBePinned(method)
        && OuterCall(operand) is { TargetMethod.Name: "AsPointer" } pointer && OuterCall(pointer) is { TargetMethod: { Name: "AsRef", ContainingType.Name: "Unsafe" } };

    /// <summary>The call that a value is an argument of; null for none.</summary>
    private static IInvocationOperation? OuterCall(IOperation value)
    {
        IOperation? operation = value.Parent;
        while (operation is IConversionOperation or IArgumentOperation)
        {
            operation = operation.Parent;
        }

        return operation as IInvocationOperation;
    }

    /// <summary>Whether the address only tells the processor where to look soon: one that is wrong costs a moment.</summary>
    private static bool IsHint(IOperation operand)
    {
        IOperation? operation = operand;
        while (operation is not null and not IInvocationOperation { TargetMethod.Name: not "AsPointer" })
        {
            operation = operation.Parent;
        }

        return operation is IInvocationOperation { TargetMethod: var method } && method.Name.StartsWith("Prefetch", StringComparison.Ordinal)
            && method.ContainingNamespace.ToDisplayString().StartsWith("System.Runtime.Intrinsics", StringComparison.Ordinal);
    }

    private static bool IsMadeBy(SyntaxNode declaration) =>
        declaration is VariableDeclaratorSyntax
        {
            Initializer.Value: InitializerExpressionSyntax or ArrayCreationExpressionSyntax or ImplicitArrayCreationExpressionSyntax or CollectionExpressionSyntax
                or InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ToArray" } },
        };

    /// <summary>Whether the pointer made of a reference is an argument of a call into native code, itself or by the local it is put in.</summary>
    private static bool IsGivenToNative(IOperation reference, Body body)
    {
        ILocalSymbol? kept = null;
        for (IOperation? operation = reference.Parent; operation is not null; operation = operation.Parent)
        {
            kept ??= operation is ISimpleAssignmentOperation { Target: ILocalReferenceOperation { Local: var local } } ? local : null;
            if (operation is IInvocationOperation call && NativeCode.Is(call.TargetMethod))
            {
                return true;
            }
        }

        return kept is not null && body.Flow.Blocks.Any(block => block.OperationsAndCondition().Any(operation => operation.DescendantsAndSelf().Any(inner =>
            inner is IInvocationOperation call && NativeCode.Is(call.TargetMethod)
            && call.Arguments.Any(argument => argument.DescendantsAndSelf().Any(used => used is ILocalReferenceOperation { Local: var local } && SymbolEqualityComparer.Default.Equals(local, kept))))));
    }
}
