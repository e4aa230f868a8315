using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>BUF2010: what one owner gave is given back to another: an array to another pool, an overlapped to the binding that replaced its own.</summary>
internal sealed class ForeignOwner : Rule
{
    public override FactKind[] Reads => [FactKind.Release];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact is not { Kind: FactKind.Release, Operation: IInvocationOperation { Instance: { } to } call })
        {
            return;
        }

        if (call.TargetMethod is { Name: "FreeNativeOverlapped" } && findings.Body.Places[fact.Target].Kind == PlaceKind.Parameter && IsReplacedMeanwhile(to, out Location? replaced))
        {
            findings.Report(
                ReleasedToAnother.ForeignWords, Confidence.Possible, call.Syntax, null, Spots.OfCall(call), [replaced], null,
                findings.Body.Places.NameOf(fact.Target) ?? "overlapped", to.Syntax.ToString(), $"that was set anew at line {Spots.Line(replaced)} when the operation was already under way");
            return;
        }

        ReportReplacedPool(fact, call, to, before, findings);
        ReportNeverRented(fact, call, to, before, findings);
        foreach (Sighting sighting in findings.See(path => Transfer.Released(fact, path, findings.Body), before, (resource, _) => resource.Kind == ResourceKind.Rental && AreDifferent(PoolOf(resource.Origin), PoolOf(call))))
        {
            Location? rented = Spots.Origin(sighting.Resource);
            findings.Report(
                ReleasedToAnother.ForeignWords, sighting.Confidence, call.Syntax, fact, Spots.OfCall(call), [rented], null,
                findings.Body.Places.NameOf(fact.Target) ?? sighting.Resource.Name ?? sighting.Resource.Kind.Name, to.Syntax.ToString(), $"it was rented from '{((IInvocationOperation)sighting.Resource.Origin).Instance!.Syntax}' at line {Spots.Line(rented)}");
        }
    }

    /// <summary>What a field brings from an earlier call goes back to the pool that is in another field by now, where that can be set anew while the first is full.</summary>
    private static void ReportReplacedPool(Fact fact, IInvocationOperation call, IOperation to, PathSet before, Findings findings)
    {
        if (to is not IFieldReferenceOperation { Field: { IsReadOnly: false, IsStatic: false } pool, Instance: IInstanceReferenceOperation } || fact.Target < 0)
        {
            return;
        }

        foreach (Sighting sighting in findings.See(path => Transfer.Released(fact, path, findings.Body), before, (resource, _) =>
            resource.Original is { Kind: var kind, Origin: IInvocationOperation { Instance: IFieldReferenceOperation { Field: var rentedFrom } } } && kind == ResourceKind.Rental && SymbolEqualityComparer.Default.Equals(rentedFrom, pool)))
        {
            if (!IsReplacedMeanwhile(to, out Location? replaced) || LooksAt(replaced, FieldOf(sighting.Resource.Original!.Origin)))
            {
                return;
            }

            findings.Report(
                ReleasedToAnother.ForeignWords, Confidence.Possible, call.Syntax, null, Spots.OfCall(call), [replaced, Spots.Origin(sighting.Resource.Original)], null,
                findings.Body.Places.NameOf(fact.Target) ?? sighting.Resource.Name ?? sighting.Resource.Kind.Name, to.Syntax.ToString(), $"that was set anew at line {Spots.Line(replaced)} when it was already rented");
        }
    }

    /// <summary>The field that a rented array is put in.</summary>
    private static string? FieldOf(IOperation rent) =>
        rent.Syntax.Ancestors().OfType<AssignmentExpressionSyntax>().FirstOrDefault() is { Left: var target } ? NameOf(target) : null;

    /// <summary>Whether the member that sets the pool anew has to do with the array, or calls another member that may: it may be given back first.</summary>
    private static bool LooksAt(Location? replaced, string? field) =>
        field is null || replaced?.SourceTree?.GetRoot().FindNode(replaced.SourceSpan).FirstAncestorOrSelf<MemberDeclarationSyntax>() is not { } member
        || member.DescendantNodes().Any(node => node is InvocationExpressionSyntax { Expression: IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } } || (node is IdentifierNameSyntax { Identifier.ValueText: var name } && name == field));

    /// <summary>An array that was made with <c>new</c>, on some path or on all, is none of the pool's.</summary>
    private static void ReportNeverRented(Fact fact, IInvocationOperation call, IOperation to, PathSet before, Findings findings)
    {
        if (call.TargetMethod is not { Name: "Return", ContainingType.Name: "ArrayPool" } || fact.Target < 0)
        {
            return;
        }

        MadeArray? made = null;
        int count = 0;
        foreach (PathState path in before.Paths)
        {
            // One of no elements stands for none.
            if (path.KnownOf(fact.Target).Constant is MadeArray array && !IsEmpty(array.At) && path.RefsOf(fact.Target).Count == 0)
            {
                made = array;
                count++;
            }
        }

        if (made is not null)
        {
            Location origin = made.At.Syntax.GetLocation();
            findings.Report(
                ReleasedToAnother.NeverRentedWords, count == before.Paths.Count ? Confidence.Certain : Confidence.Possible, call.Syntax, fact, Spots.OfCall(call), [origin], null,
                findings.Body.Places.NameOf(fact.Target) ?? "array", to.Syntax.ToString(), Spots.Line(origin));
        }
    }

    private static bool IsEmpty(IOperation array) => array is IArrayCreationOperation { DimensionSizes: { Length: 1 } sizes } && sizes[0].ConstantValue is { HasValue: true, Value: 0 };

    private enum Pool
    {
        Unknown,
        Shared,

        /// <summary>Kept in a field, and set to nothing that names the shared pool.</summary>
        Own,
    }

    private static bool AreDifferent((Pool Kind, ISymbol? Field) a, (Pool Kind, ISymbol? Field) b) =>
        (a.Kind, b.Kind) is (Pool.Shared, Pool.Own) or (Pool.Own, Pool.Shared);

    private static (Pool Kind, ISymbol? Field) PoolOf(IOperation call) => call is not IInvocationOperation { Instance: { } pool } ? (Pool.Unknown, null) : pool switch
    {
        IPropertyReferenceOperation { Instance: null, Property: { Name: "Shared", ContainingType.Name: "ArrayPool" } } => (Pool.Shared, null),
        IFieldReferenceOperation { Field: { DeclaredAccessibility: Accessibility.Private, DeclaringSyntaxReferences: { IsEmpty: false } declarations } field } => (IsSurelyOwn(field, declarations[0].GetSyntax()) ? Pool.Own : Pool.Unknown, field),
        _ => (Pool.Unknown, null),
    };

    /// <summary>Whether every value that the field is given was made for the type or given to it by name, and none names the shared pool.</summary>
    private static bool IsSurelyOwn(IFieldSymbol field, SyntaxNode declaration)
    {
        bool isSet = false;
        if (declaration is VariableDeclaratorSyntax { Initializer.Value: { } initial })
        {
            if (!initial.ToString().Contains("Create"))
            {
                return false;
            }

            isSet = true;
        }

        foreach (AssignmentExpressionSyntax assignment in AssignmentsTo(field))
        {
            if (!assignment.Right.ToString().Contains(".Create("))
            {
                return false;
            }

            isSet = true;
        }

        return isSet;
    }

    /// <summary>
    /// Whether the binding is a field of the instance that some member sets anew while others may have operations under way: not a constructor, and not
    /// one that sets it only while it is null.
    /// </summary>
    private static bool IsReplacedMeanwhile(IOperation binding, out Location? replaced)
    {
        replaced = null;
        if (binding is not IFieldReferenceOperation { Field: { IsReadOnly: false } field, Instance: IInstanceReferenceOperation })
        {
            return false;
        }

        foreach (AssignmentExpressionSyntax assignment in AssignmentsTo(field))
        {
            bool isFirst = assignment.IsKind(SyntaxKind.CoalesceAssignmentExpression) || assignment.FirstAncestorOrSelf<ConstructorDeclarationSyntax>() is not null
                || assignment.Ancestors().Any(ancestor => ancestor is IfStatementSyntax { Condition: var condition } && condition.ToString().Contains(field.Name));
            if (!isFirst && assignment.Right is not LiteralExpressionSyntax and not DefaultExpressionSyntax && !IsLookedAtBefore(assignment, field.Name))
            {
                replaced = assignment.GetLocation();
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the method leaves before the assignment where the field has a value: a start that refuses to come twice.</summary>
    private static bool IsLookedAtBefore(AssignmentExpressionSyntax assignment, string field)
    {
        foreach (SyntaxNode node in assignment.FirstAncestorOrSelf<MemberDeclarationSyntax>()?.DescendantNodes() ?? [])
        {
            if (node is IfStatementSyntax { Condition: var condition, Statement: var statement } && node.SpanStart < assignment.SpanStart && condition.ToString().Contains(field)
                && statement.DescendantNodesAndSelf().Any(static leaving => leaving is ReturnStatementSyntax or ThrowStatementSyntax))
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<AssignmentExpressionSyntax> AssignmentsTo(IFieldSymbol field)
    {
        foreach (SyntaxReference declaration in field.ContainingType.DeclaringSyntaxReferences)
        {
            foreach (SyntaxNode node in declaration.GetSyntax().DescendantNodes())
            {
                if (node is AssignmentExpressionSyntax { Left: var target } assignment && NameOf(target) == field.Name)
                {
                    yield return assignment;
                }
            }
        }
    }

    private static string? NameOf(ExpressionSyntax target) => target switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax, Name.Identifier.ValueText: var name } => name,
        _ => null,
    };
}
