using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>
/// BUF2006 between two objects of one type: a method takes what another object has in a field into its own, leaves it there as well, and disposal of either
/// gives it back, whatever the other did.
/// </summary>
internal static class OwnedByTwo
{
    public static IEnumerable<Diagnostic> In(IReadOnlyList<TypeBody> bodies, IContractSource contracts)
    {
        if (bodies.Count == 0 || !bodies[0].Owner.ContainingType.GetMembers().Any(static member => member is IFieldSymbol { IsStatic: false, IsReadOnly: false, DeclaredAccessibility: Accessibility.Private, Type: var type } && MayOwn(type)))
        {
            yield break;
        }

        foreach (TypeBody body in bodies)
        {
            if (body.Owner is not IMethodSymbol { MethodKind: MethodKind.Ordinary, IsStatic: false, ContainingType.TypeKind: TypeKind.Class })
            {
                continue;
            }

            foreach (IOperation operation in body.Root.Descendants())
            {
                if (operation is ISimpleAssignmentOperation { Target: IFieldReferenceOperation { Instance: IInstanceReferenceOperation, Field: { DeclaredAccessibility: Accessibility.Private } field }, Value: var value }
                    && From(value) is { Field: var taken, Instance: { } instance } && SymbolEqualityComparer.Default.Equals(taken, field) && VariableOf(instance) is { } other
                    && MayOwn(field.Type) && IsOnlyRead(body, other, field) && IsGivenBackByEach(bodies, field, contracts))
                {
                    yield return Diagnostic.Create(ReturnedTwice.SharedWords.Possible, operation.Syntax.GetLocation(), DiagnosticProperties.OfPossible, field.Name, other.Name);
                }
            }
        }
    }

    private static IFieldReferenceOperation? From(IOperation value) => value switch
    {
        IConversionOperation { Operand: var operand } => From(operand),
        IFieldReferenceOperation field => field,
        _ => null,
    };

    private static ISymbol? VariableOf(IOperation? instance) => instance switch
    {
        ILocalReferenceOperation { Local: var local } => local,
        IParameterReferenceOperation { Parameter: var parameter } => parameter,
        _ => null,
    };

    private static bool MayOwn(ITypeSymbol type) => type is IArrayTypeSymbol or { Name: "IMemoryOwner" };

    /// <summary>Whether a body does no more with another object than read its fields: whatever else it does may tell that object that it owns nothing any more.</summary>
    private static bool IsOnlyRead(TypeBody body, ISymbol other, IFieldSymbol field)
    {
        foreach (IOperation operation in body.Root.Descendants())
        {
            if (SymbolEqualityComparer.Default.Equals(VariableOf(operation), other)
                && !(operation.Parent is IMemberReferenceOperation { Member: IFieldSymbol or IPropertySymbol } read && !IsWritten(read)))
            {
                return false;
            }

            // A holder that counts is told of the second.
            if (operation is IInvocationOperation { TargetMethod.Name: not ("Dispose" or "Return") } call
                && (From(call.Instance ?? call) is { Field: var held } && SymbolEqualityComparer.Default.Equals(held, field)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsWritten(IOperation target) => target.Parent switch
    {
        IAssignmentOperation assignment => assignment.Target == target,
        IIncrementOrDecrementOperation => true,
        IArgumentOperation { Parameter.RefKind: not RefKind.None } => true,
        ITupleOperation => true,
        _ => false,
    };

    /// <summary>Whether disposal gives back what is in the field without asking who owns it, and no member takes it away from another object.</summary>
    private static bool IsGivenBackByEach(IReadOnlyList<TypeBody> bodies, IFieldSymbol field, IContractSource contracts)
    {
        bool isGivenBack = false;
        foreach (TypeBody body in bodies)
        {
            foreach (IOperation operation in body.Root.Descendants())
            {
                if (operation is IFieldReferenceOperation { Field: var written, Instance: not IInstanceReferenceOperation } reference && SymbolEqualityComparer.Default.Equals(written, field) && IsWritten(reference))
                {
                    return false;
                }
            }

            if (!TypeMember.Ends(body.Owner) || MemberSyntax.MemberOf(body.Root.Syntax) is not { } member || !body.Root.Descendants().Any(operation => GivesBack(operation, field, contracts)))
            {
                continue;
            }

            // Only whether anything is there, and whether this was done, may decide.
            HashSet<string> asked = MemberSyntax.TestedIn(member);
            asked.ExceptWith(MemberSyntax.WrittenIn(member));
            asked.Remove(field.Name);
            if (asked.Any(name => !field.ContainingType.GetMembers(name).IsEmpty))
            {
                return false;
            }

            isGivenBack = true;
        }

        return isGivenBack;
    }

    private static bool GivesBack(IOperation operation, IFieldSymbol field, IContractSource contracts) =>
        operation is IInvocationOperation call && contracts.Find(call.TargetMethod.OriginalDefinition) is { } contract
        && ((contract.Releases(Slot.Receiver) && (IsField(call.Instance, field) || (call.Instance is IConditionalAccessInstanceOperation && call.Syntax.FirstAncestorOrSelf<ConditionalAccessExpressionSyntax>() is { Expression: var accessed } && MemberSyntax.NameOf(accessed) == field.Name)))
            || call.Arguments.Any(argument => argument.Parameter is { } parameter && contract.Releases(Slot.Argument(parameter.Ordinal)) && IsField(argument.Value, field)));

    private static bool IsField(IOperation? value, IFieldSymbol field) =>
        value is not null && From(value) is { Instance: IInstanceReferenceOperation, Field: var known } && SymbolEqualityComparer.Default.Equals(known, field);
}
