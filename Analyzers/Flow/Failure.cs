using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Flow;

/// <summary>What an operation throws when it fails.</summary>
internal enum Failure
{
    /// <summary>Anything: what a callee throws is not known.</summary>
    Any,
    Overflow,
    DivideByZero,
    InvalidCast,
    IndexOutOfRange,
    NoValue,
}

/// <summary>Which operations of the language fail by themselves, and which handlers that concerns.</summary>
internal static class Failures
{
    /// <summary>The failure of an operation that is no call, or null where it cannot fail.</summary>
    public static Failure? Of(IOperation operation) => operation switch
    {
        IBinaryOperation { OperatorMethod: null } binary => OfArithmetic(binary.OperatorKind, binary.IsChecked, binary.RightOperand, binary.Type),
        ICompoundAssignmentOperation { OperatorMethod: null } compound => OfArithmetic(compound.OperatorKind, compound.IsChecked, compound.Value, compound.Type),
        IIncrementOrDecrementOperation { IsChecked: true, OperatorMethod: null } or IUnaryOperation { IsChecked: true, OperatorMethod: null } => Failure.Overflow,
        IConversionOperation { OperatorMethod: null, IsTryCast: false } conversion => OfConversion(conversion),
        IArrayElementReferenceOperation => Failure.IndexOutOfRange,
        _ => null,
    };

    /// <summary>
    /// Whether the handler that starts at <paramref name="handler"/> can see the failure; <paramref name="stops"/> when it is sure to catch it. A
    /// finally region sees them all.
    /// </summary>
    public static bool Reaches(this Failure failure, BasicBlock handler, out bool stops)
    {
        stops = false;
        if (failure == Failure.Any)
        {
            return true;
        }

        for (ControlFlowRegion? region = handler.EnclosingRegion; region is not null && region.FirstBlockOrdinal == handler.Ordinal; region = region.EnclosingRegion)
        {
            if (region.Kind is ControlFlowRegionKind.Catch or ControlFlowRegionKind.FilterAndHandler && region.EnclosingRegion is not { Kind: ControlFlowRegionKind.FilterAndHandler })
            {
                bool sees = Sees(region.ExceptionType, failure);
                stops = sees && region.Kind == ControlFlowRegionKind.Catch;
                return sees;
            }
        }

        return true;
    }

    /// <summary>Whether the call only makes what is about to be thrown.</summary>
    public static bool MakesException(IOperation call)
    {
        ITypeSymbol? type = (call as IObjectCreationOperation)?.Type;
        while (type is not null && type is not { Name: "Exception", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } })
        {
            type = type.BaseType;
        }

        return type is not null;
    }

    private static Failure? OfArithmetic(BinaryOperatorKind kind, bool isChecked, IOperation right, ITypeSymbol? type) => kind switch
    {
        BinaryOperatorKind.Divide or BinaryOperatorKind.Remainder or BinaryOperatorKind.IntegerDivide =>
            IsInteger(type) && right.ConstantValue is not { HasValue: true } ? Failure.DivideByZero : null,
        _ => isChecked ? Failure.Overflow : null,
    };

    private static bool IsInteger(ITypeSymbol? type) =>
        type is { SpecialType: (>= SpecialType.System_SByte and <= SpecialType.System_UInt64) or SpecialType.System_IntPtr or SpecialType.System_UIntPtr };

    private static Failure? OfConversion(IConversionOperation conversion)
    {
        if (conversion.Conversion.IsImplicit || conversion.Operand.Type is not { } from || conversion.Type is not { } to)
        {
            return null;
        }

        bool unwraps = from.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T && to is { IsValueType: true, OriginalDefinition.SpecialType: not SpecialType.System_Nullable_T };
        return unwraps ? Failure.NoValue
            : from.IsReferenceType && (conversion.Conversion.IsReference || to.IsValueType) ? Failure.InvalidCast
            : conversion.IsChecked ? Failure.Overflow
            : null;
    }

    private static bool Sees(ITypeSymbol? caught, Failure failure) => caught is null or { SpecialType: SpecialType.System_Object } || caught.Name switch
    {
        "Exception" or "SystemException" => true,
        "ArithmeticException" => failure is Failure.Overflow or Failure.DivideByZero,
        "OverflowException" => failure == Failure.Overflow,
        "DivideByZeroException" => failure == Failure.DivideByZero,
        "InvalidCastException" => failure == Failure.InvalidCast,

        // Storing into an array of a derived type, and an element of no array at all, are told apart nowhere.
        "IndexOutOfRangeException" or "NullReferenceException" => failure == Failure.IndexOutOfRange,
        "InvalidOperationException" => failure == Failure.NoValue,
        _ => false,
    };
}
