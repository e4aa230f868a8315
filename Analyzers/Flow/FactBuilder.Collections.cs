using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Flow;

/// <content>
/// Collections of operations under way: a list or an array of the body's own that only collects them, and lets them be awaited one by one or together.
/// Whatever else is done with one makes its operations somebody else's concern.
/// </content>
internal sealed partial class FactBuilder
{
    private readonly Dictionary<ISymbol, bool> _collecting = new(SymbolEqualityComparer.Default);

    /// <summary>Whether a value is put into a collection of several operations that the body sees to the end.</summary>
    private bool IsCollected(IOperation? collection, Value value) =>
        value.HasPlace && collection is ILocalReferenceOperation { Local: var local } && CollectsTasks(local);

    /// <summary>
    /// Whether the awaited is one of several operations that are awaited one by one: if it fails, and nothing in the loop catches that, the others are
    /// still under way.
    /// </summary>
    private bool IsOneOfSeveral(IAwaitOperation awaited)
    {
        IOperation operation = awaited.Operation;
        while (operation is IConversionOperation or IInvocationOperation { TargetMethod.Name: "ConfigureAwait", Instance: not null })
        {
            operation = operation is IConversionOperation conversion ? conversion.Operand : ((IInvocationOperation)operation).Instance!;
        }

        IOperation? collection = operation switch
        {
            ILocalReferenceOperation { Local: var each } when !each.DeclaringSyntaxReferences.IsEmpty && each.DeclaringSyntaxReferences[0].GetSyntax() is ForEachStatementSyntax loop => GoneThrough(loop),
            IArrayElementReferenceOperation { ArrayReference: var array } => array,
            IPropertyReferenceOperation { Instance: { } list, Arguments.IsEmpty: false } => list,
            _ => null,
        };
        if (collection is not ILocalReferenceOperation { Local: var local } || !CollectsTasks(local))
        {
            return false;
        }

        foreach (SyntaxNode outer in awaited.Syntax.Ancestors())
        {
            switch (outer)
            {
                case TryStatementSyntax { Catches.Count: > 0 } guarded when guarded.Block.Span.Contains(awaited.Syntax.Span):
                    return false;
                case CommonForEachStatementSyntax or ForStatementSyntax:
                    return true;
            }
        }

        return false;
    }

    private IOperation? GoneThrough(ForEachStatementSyntax statement)
    {
        IOperation? collection = _body.Flow.OriginalOperation.Descendants().OfType<IForEachLoopOperation>().FirstOrDefault(loop => loop.Syntax == statement)?.Collection;
        while (collection is IConversionOperation conversion)
        {
            collection = conversion.Operand;
        }

        return collection;
    }

    private bool CollectsTasks(ILocalSymbol local)
    {
        if (!_collecting.TryGetValue(local, out bool collects))
        {
            collects = IsTaskCollection(local.Type) && IsOnlyCollected(local);
            _collecting.Add(local, collects);
        }

        return collects;
    }

    private bool IsTaskCollection(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol { Rank: 1, ElementType: var element } => _contracts.IsTask(element),
        INamedTypeSymbol { Name: "List", TypeArguments: { Length: 1 } elements } => _contracts.IsTask(elements[0]),
        _ => false,
    };

    private bool IsOnlyCollected(ILocalSymbol local)
    {
        int put = 0;
        foreach (IOperation operation in _body.Flow.OriginalOperation.Descendants())
        {
            if (operation is ILocalReferenceOperation { Local: var named } reference && SymbolEqualityComparer.Default.Equals(named, local))
            {
                IOperation use = reference;
                while (use.Parent is IConversionOperation)
                {
                    use = use.Parent;
                }

                switch (use.Parent)
                {
                    case IInvocationOperation { TargetMethod.Name: "Add", Instance: var into } add when into == use:
                        put += IsRepeated(add.Syntax) ? 2 : 1;
                        break;
                    case IArrayElementReferenceOperation { Parent: ISimpleAssignmentOperation { Target: var target } stored } element when target == element:
                        put += IsRepeated(stored.Syntax) ? 2 : 1;
                        break;
                    case IArrayElementReferenceOperation:
                    case IPropertyReferenceOperation { Arguments.IsEmpty: false, Parent: not ISimpleAssignmentOperation }:
                    case IForEachLoopOperation:
                    case IPropertyReferenceOperation { Property.Name: "Count" or "Length", Parent: IBinaryOperation { Parent: IForLoopOperation } }:
                    case IArgumentOperation { Parent: IInvocationOperation { TargetMethod: { IsStatic: true, Name: "WhenAll" or "WhenAny" or "WaitAll" or "WaitAny", ContainingType.Name: "Task" } } }:
                        break;
                    default:
                        return false;
                }
            }
            else if (operation is IAnonymousFunctionOperation or ILocalFunctionOperation && operation.Descendants().Any(inner => inner is ILocalReferenceOperation { Local: var captured } && SymbolEqualityComparer.Default.Equals(captured, local)))
            {
                return false;
            }
        }

        return put > 1;
    }

    private static bool IsRepeated(SyntaxNode node) =>
        node.Ancestors().TakeWhile(static outer => outer is not (MemberDeclarationSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax))
            .Any(static outer => outer is CommonForEachStatementSyntax or ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax);
}
