using System.Collections.Immutable;
using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>
/// BUF2011 through a struct: an object that may be disposed as often as somebody likes disposes a struct in a field of it, and the struct gives back what it
/// has each time, because it does not note that it did, or notes it in a copy of itself that a readonly field makes.
/// </summary>
internal static class StructNotCleared
{
    /// <param name="bodies">The bodies of a type.</param>
    /// <param name="mayOwn">Whether a type may own anything, told without reading its bodies.</param>
    /// <param name="others">Who knows the bodies of other types.</param>
    /// <param name="contracts">What calls mean.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static IEnumerable<Diagnostic> In(IReadOnlyList<TypeBody> bodies, Func<INamedTypeSymbol, bool> mayOwn, SourceTypes others, IContractSource contracts, CancellationToken cancellation)
    {
        foreach (TypeBody body in bodies)
        {
            if (body.Owner is not IMethodSymbol { IsStatic: false, MethodKind: not MethodKind.Destructor, ContainingType: { TypeKind: TypeKind.Class, BaseType.DeclaringSyntaxReferences.IsEmpty: true } type } ending || !TypeMember.Ends(ending))
            {
                continue;
            }

            foreach (IOperation operation in body.Root.Descendants())
            {
                if (operation is IInvocationOperation { Instance: IFieldReferenceOperation { Instance: IInstanceReferenceOperation, Field: { Type: INamedTypeSymbol { TypeKind: TypeKind.Struct, IsRefLikeType: false } held } field }, TargetMethod: var called } call
                    && TypeMember.Ends(called) && mayOwn(held) && others.GraphOf(called.OriginalDefinition, cancellation)?.OriginalOperation is { } end
                    && GivenBackBy(end, held, contracts) is { } given && IsForgotten(end, held, called, field) && !IsDoneOnce(body, field, type, bodies))
                {
                    yield return Diagnostic.Create(FieldNotCleared.StructWords.Possible, Spots.OfCall(call), new[] { Spots.OfCall(given) }, DiagnosticProperties.OfPossible, field.Name, ending.Name);
                }
            }
        }
    }

    /// <summary>
    /// The same through a method that leaves the object alive: it disposes the struct whatever is in the field, leaves it there, and disposal disposes it once more, which
    /// the method has nothing to do with what decides about.
    /// </summary>
    public static IEnumerable<Diagnostic> InLife(INamedTypeSymbol type, IReadOnlyList<TypeBody> bodies, Func<INamedTypeSymbol, bool> mayOwn, SourceTypes others, IContractSource contracts, CancellationToken cancellation)
    {
        foreach (ISymbol member in type.TypeKind == TypeKind.Class ? type.GetMembers() : ImmutableArray<ISymbol>.Empty)
        {
            if (member is not IFieldSymbol { DeclaredAccessibility: Accessibility.Private, IsStatic: false, Type: INamedTypeSymbol { TypeKind: TypeKind.Struct, IsRefLikeType: false, DeclaringSyntaxReferences.IsEmpty: false } held } field || !mayOwn(held))
            {
                continue;
            }

            List<(IMethodSymbol Method, MemberDeclarationSyntax Member, IInvocationOperation Call)> disposing = [.. bodies.SelectMany(body => DisposalsIn(body, field))];
            foreach ((IMethodSymbol method, MemberDeclarationSyntax own, IInvocationOperation call) in disposing)
            {
                if (!TypeMember.Ends(method) && method is { DeclaredAccessibility: not Accessibility.Private, MethodKind: MethodKind.Ordinary } && IsUnconditional(call.Syntax) && !MemberSyntax.WrittenIn(own).Contains(field.Name)
                    && disposing.Exists(end => TypeMember.Ends(end.Method) && !MemberSyntax.TestedIn(end.Member).Overlaps(MemberSyntax.WrittenIn(own)) && !MemberSyntax.TestedIn(end.Member).Contains(field.Name))
                    && !disposing.Exists(end => TypeMember.Ends(end.Method) && MemberSyntax.Mentions(own, end.Method.Name) && end.Method.Name != call.TargetMethod.Name)
                    && others.GraphOf(call.TargetMethod.OriginalDefinition, cancellation)?.OriginalOperation is { } ended && GivenBackBy(ended, held, contracts) is { } given && IsForgotten(ended, held, call.TargetMethod, field))
                {
                    yield return Diagnostic.Create(FieldNotCleared.StructWords.Possible, Spots.OfCall(call), new[] { Spots.OfCall(given) }, DiagnosticProperties.OfPossible, field.Name, method.Name);
                }
            }
        }
    }

    /// <summary>Where a body disposes what is in the field of its own instance.</summary>
    private static IEnumerable<(IMethodSymbol Method, MemberDeclarationSyntax Member, IInvocationOperation Call)> DisposalsIn(TypeBody body, IFieldSymbol field)
    {
        if (body.Owner is not IMethodSymbol { IsStatic: false } method || MemberSyntax.MemberOf(body.Root.Syntax) is not { } member || !MemberSyntax.Mentions(member, field.Name))
        {
            yield break;
        }

        foreach (IOperation operation in body.Root.Descendants())
        {
            if (operation is IInvocationOperation { Instance: IFieldReferenceOperation { Instance: IInstanceReferenceOperation, Field: var disposed }, TargetMethod: var called } call && SymbolEqualityComparer.Default.Equals(disposed, field) && TypeMember.Ends(called))
            {
                yield return (method, member, call);
            }
        }
    }

    /// <summary>Whether a method comes to the call whenever it does not fail.</summary>
    private static bool IsUnconditional(SyntaxNode call) =>
        call.Parent is ArrowExpressionClauseSyntax { Parent: MethodDeclarationSyntax }
        || (call.Parent is ExpressionStatementSyntax { Parent: BlockSyntax { Parent: MethodDeclarationSyntax } block } statement && !block.Statements.TakeWhile(before => before != statement).Any(static before => before.DescendantNodesAndSelf().Any(static node => node is ReturnStatementSyntax)));

    /// <summary>What gives back something that the struct has, unless that is decided by more than what the struct has.</summary>
    private static IOperation? GivenBackBy(IOperation end, INamedTypeSymbol type, IContractSource contracts)
    {
        IOperation? given = null;
        foreach (IOperation operation in end.Descendants())
        {
            switch (operation)
            {
                case IInvocationOperation call when contracts.Find(call.TargetMethod.OriginalDefinition) is { } contract && contract.Effects.Any(static effect => effect is Effect.Release { Repeatable: false, Kept: null }):
                    given = call.Arguments.Any(argument => IsOwn(argument.Value, type) && contract.Effects.Any(effect => effect is Effect.Release { Repeatable: false } release && release.Target == Slot.Argument(argument.Parameter?.Ordinal ?? -1))) ? call : given;
                    break;
                case IInvocationOperation { TargetMethod: { DeclaringSyntaxReferences.IsEmpty: false } }:
                case IInvocationOperation when operation.Syntax.Ancestors().TakeWhile(node => node != end.Syntax).Any(static node => node is IfStatementSyntax statement && statement.Condition.Span.Contains(node.Span)):
                case ILoopOperation or ITryOperation or IDynamicInvocationOperation:
                    return null;
                case IConditionalOperation { Condition: var condition } when condition.DescendantsAndSelf().Any(static inner => inner is IInvocationOperation or IPropertyReferenceOperation { Property.DeclaringSyntaxReferences.IsEmpty: true }):
                    return null;
            }
        }

        return given;
    }

    private static bool IsOwn(IOperation value, INamedTypeSymbol type)
    {
        while (value is IConversionOperation conversion)
        {
            value = conversion.Operand;
        }

        return value is IFieldReferenceOperation { Instance: IInstanceReferenceOperation, Field: { IsStatic: false } field } && SymbolEqualityComparer.Default.Equals(field.ContainingType.OriginalDefinition, type.OriginalDefinition);
    }

    /// <summary>Whether the struct has no way to note it, or does so in a copy. One that could, and does not, is told of by itself.</summary>
    private static bool IsForgotten(IOperation end, INamedTypeSymbol held, IMethodSymbol called, IFieldSymbol field) =>
        NotesAnything(end) ? field.IsReadOnly : called.IsReadOnly || held.IsReadOnly || held.GetMembers().OfType<IFieldSymbol>().All(static member => member.IsReadOnly || member.IsStatic);

    /// <summary>Whether a body writes to its instance, or lets somebody do so.</summary>
    private static bool NotesAnything(IOperation end) => end.Descendants().Any(static operation => operation switch
    {
        IAssignmentOperation { Target: var target } => IsOfInstance(target),
        IIncrementOrDecrementOperation { Target: var target } => IsOfInstance(target),
        IArgumentOperation { Parameter.RefKind: not RefKind.None, Value: var passed } => IsOfInstance(passed),
        _ => false,
    });

    private static bool IsOfInstance(IOperation target) => target.DescendantsAndSelf().Any(static inner => inner is IInstanceReferenceOperation);

    /// <summary>Whether the instance may know that it was disposed: by anything that it asks itself, on the way to the call, or by what it leaves in the field.</summary>
    private static bool IsDoneOnce(TypeBody ending, IFieldSymbol field, INamedTypeSymbol type, IReadOnlyList<TypeBody> bodies)
    {
        string name = ending.Owner.Name;
        foreach (TypeBody body in bodies)
        {
            if (body.Root.Syntax.FirstAncestorOrSelf<MemberDeclarationSyntax>() is not { } member || (body != ending && !MemberSyntax.Mentions(member, name)))
            {
                continue;
            }

            if (MemberSyntax.TestedIn(member).Any(tested => type.GetMembers(tested).Any(static asked => asked is IFieldSymbol or IPropertySymbol or IMethodSymbol))
                || (body == ending && MemberSyntax.WrittenIn(member).Contains(field.Name)))
            {
                return true;
            }
        }

        return false;
    }
}
