using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>
/// BUF2003 at the end of an object: its finalizer, or disposal that the finalizer runs as well, reads through an address that the constructor was given.
/// Whose memory that is, is not asked by the garbage collector, and may have given it back.
/// </summary>
internal static class ReadByFinalizer
{
    /// <summary>Whether a type can do so at all: it has a finalizer, and an address.</summary>
    public static bool Concerns(INamedTypeSymbol type) =>
        type is { TypeKind: TypeKind.Class } && type.GetMembers().Any(static member => member is IMethodSymbol { MethodKind: MethodKind.Destructor })
        && type.GetMembers().Any(static member => member is IFieldSymbol { IsStatic: false, DeclaredAccessibility: Accessibility.Private, Type.TypeKind: TypeKind.Pointer });

    public static IEnumerable<Diagnostic> In(IReadOnlyList<TypeBody> bodies)
    {
        if (bodies.FirstOrDefault(static body => body.Owner is IMethodSymbol { MethodKind: MethodKind.Destructor }) is not { } finalizer)
        {
            yield break;
        }

        HashSet<ISymbol> last = new(SymbolEqualityComparer.Default) { finalizer.Owner };
        for (int before = -1; before != last.Count;)
        {
            before = last.Count;
            foreach (TypeBody body in bodies.Where(body => last.Contains(body.Owner)))
            {
                // A method that is told who calls it decides by that.
                last.UnionWith(body.Root.Descendants().OfType<IInvocationOperation>()
                    .Where(static call => call is { Instance: IInstanceReferenceOperation, TargetMethod.Parameters.IsEmpty: true }).Select(static call => call.TargetMethod.OriginalDefinition));
            }
        }

        foreach (TypeBody body in bodies.Where(body => last.Contains(body.Owner)))
        {
            foreach (IFieldReferenceOperation read in body.Root.Descendants().OfType<IFieldReferenceOperation>())
            {
                if (read is { Instance: IInstanceReferenceOperation, Field: { DeclaredAccessibility: Accessibility.Private, Type.TypeKind: TypeKind.Pointer } field } && IsFollowed(read) && IsBorrowed(field, bodies))
                {
                    yield return Diagnostic.Create(PointerOutlivesPin.FinalizedWords.Possible, read.Syntax.Parent!.GetLocation(), finalizer.Owner.Locations.Take(1), DiagnosticProperties.OfPossible, field.Name);
                    yield break;
                }
            }
        }
    }

    /// <summary>Whether the memory behind the address is looked at.</summary>
    private static bool IsFollowed(IFieldReferenceOperation address) => address.Syntax.Parent switch
    {
        ElementAccessExpressionSyntax element => element.Expression == address.Syntax,
        PrefixUnaryExpressionSyntax { OperatorToken.ValueText: "*" } => true,
        MemberAccessExpressionSyntax { OperatorToken.ValueText: "->" } => true,
        _ => false,
    };

    /// <summary>Whether constructors alone set the field, to what they are given, and no member hands it to anybody who could release it.</summary>
    private static bool IsBorrowed(IFieldSymbol field, IReadOnlyList<TypeBody> bodies)
    {
        bool isGiven = false;
        foreach (TypeBody body in bodies)
        {
            foreach (IFieldReferenceOperation reference in body.Root.Descendants().OfType<IFieldReferenceOperation>().Where(reference => SymbolEqualityComparer.Default.Equals(reference.Field, field)))
            {
                IOperation use = reference;
                while (use.Parent is IConversionOperation)
                {
                    use = use.Parent;
                }

                switch (use.Parent)
                {
                    case ISimpleAssignmentOperation { Target: var target, Value: var value } when target == reference:
                        if (body.Owner is not IMethodSymbol { MethodKind: MethodKind.Constructor } || Unconverted(value) is not IParameterReferenceOperation)
                        {
                            return false;
                        }

                        isGiven = true;
                        break;
                    case IArgumentOperation or ISimpleAssignmentOperation or IVariableInitializerOperation or IReturnOperation or IAddressOfOperation:
                        return false;
                }
            }
        }

        return isGiven;
    }

    private static IOperation Unconverted(IOperation value)
    {
        while (value is IConversionOperation conversion)
        {
            value = conversion.Operand;
        }

        return value;
    }
}
