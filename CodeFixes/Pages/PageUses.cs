using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.CodeFixes.Pages;

/// <summary>
/// Everything that a member does with the pages of one variable: through the variable, its elements and slices, and the locals that
/// these are given to. What is not understood counts as handed on.
/// </summary>
internal sealed class PageUses
{
    private readonly SemanticModel _model;
    private readonly SyntaxNode _scope;
    private readonly SyntaxNode? _function;
    private readonly HashSet<ISymbol> _followed = new(SymbolEqualityComparer.Default);
    private readonly List<PageUse> _uses = [];
    private readonly List<SyntaxNode> _mentions = [];

    private PageUses(ISymbol owner, SyntaxNode scope, SyntaxNode? function, SemanticModel model)
    {
        Owner = owner;
        _scope = scope;
        _function = function;
        _model = model;
        Follow(owner);
    }

    /// <summary>The variable that holds the pages.</summary>
    public ISymbol Owner { get; }

    public IReadOnlyList<PageUse> All => _uses;

    /// <summary>Whether a nested function uses the pages, whenever it may run.</summary>
    public bool IsCaptured { get; private set; }

    public IEnumerable<PageUse> Of(PageUseKind kind) => _uses.Where(use => use.Kind == kind);

    public bool Any(PageUseKind kind) => _uses.Exists(use => use.Kind == kind);

    public bool AreMentionedIn(SyntaxNode node) => _mentions.Exists(mention => node.Span.Contains(mention.Span));

    /// <summary>The uses of the variable that an acquisition fills, or null where it fills none that has a name.</summary>
    public static PageUses? Of(Acquisition acquisition, SemanticModel model)
    {
        if (RootOf(acquisition.Pages.Expression, model) is not { } root)
        {
            return null;
        }

        // A slice that has a name of its own is filled for the variable that it is a slice of.
        while (root is ILocalSymbol { DeclaringSyntaxReferences: { Length: 1 } references }
            && references[0].GetSyntax() is VariableDeclaratorSyntax { Initializer.Value: var value }
            && RootOf(value, model) is { Kind: SymbolKind.Local or SymbolKind.Parameter } wider
            && !SymbolEqualityComparer.Default.Equals(root, wider))
        {
            root = wider;
        }

        return new PageUses(root, ScopeOf(acquisition.Call), FunctionOf(acquisition.Call), model);
    }

    public static SyntaxNode ScopeOf(SyntaxNode node) =>
        node.FirstAncestorOrSelf<MemberDeclarationSyntax>() is { } member and not GlobalStatementSyntax ? member : node.SyntaxTree.GetRoot();

    public static SyntaxNode? FunctionOf(SyntaxNode node) =>
        node.FirstAncestorOrSelf<SyntaxNode>(static n =>
            n is LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax or AccessorDeclarationSyntax
            || n is MemberDeclarationSyntax and not GlobalStatementSyntax);

    /// <summary>The variable that an expression is a view of.</summary>
    private static ISymbol? RootOf(ExpressionSyntax expression, SemanticModel model)
    {
        while (true)
        {
            switch (expression)
            {
                case ParenthesizedExpressionSyntax parenthesized:
                    expression = parenthesized.Expression;
                    break;
                case CastExpressionSyntax cast:
                    expression = cast.Expression;
                    break;
                case PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } suppressed:
                    expression = suppressed.Operand;
                    break;
                case RefExpressionSyntax reference:
                    expression = reference.Expression;
                    break;
                case ElementAccessExpressionSyntax access:
                    expression = access.Expression;
                    break;
                case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "AsSpan" or "Slice" } sliced } call:
                    expression = IsStaticSlice(call, model) ? call.ArgumentList.Arguments[0].Expression : sliced.Expression;
                    break;
                case BaseObjectCreationExpressionSyntax { ArgumentList.Arguments: { Count: > 0 } arguments } creation
                    when PageApi.IsSpan(model.GetTypeInfo(creation).Type):
                    expression = arguments[0].Expression;
                    break;
                case DeclarationExpressionSyntax { Designation: SingleVariableDesignationSyntax designation }:
                    return model.GetDeclaredSymbol(designation);
                case IdentifierNameSyntax or MemberAccessExpressionSyntax:
                    ISymbol? variable = model.GetSymbolInfo(expression).Symbol;
                    return variable is { Kind: SymbolKind.Local or SymbolKind.Parameter or SymbolKind.Field } ? variable : null;
                default:
                    return null;
            }
        }
    }

    private static bool IsStaticSlice(InvocationExpressionSyntax call, SemanticModel model) =>
        model.GetSymbolInfo(call).Symbol is IMethodSymbol { IsStatic: true, ReducedFrom: null };

    private void Follow(ISymbol? variable)
    {
        if (variable is null || !_followed.Add(variable))
        {
            return;
        }

        foreach (SyntaxNode node in _scope.DescendantNodes())
        {
            if (node is IdentifierNameSyntax name
                && name.Identifier.ValueText == variable.Name
                && SymbolEqualityComparer.Default.Equals(_model.GetSymbolInfo(name).Symbol, variable))
            {
                _mentions.Add(name);
                IsCaptured |= FunctionOf(name) != _function;
                Classify(name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access : name);
            }
            else if (node is SingleVariableDesignationSyntax { Parent: DeclarationExpressionSyntax { Parent: ArgumentSyntax argument } } designation
                && argument.Parent?.Parent is InvocationExpressionSyntax call
                && designation.Identifier.ValueText == variable.Name
                && SymbolEqualityComparer.Default.Equals(_model.GetDeclaredSymbol(designation), variable))
            {
                _uses.Add(new PageUse(PageUseKind.Fill, call));
            }
        }
    }

    private void Classify(ExpressionSyntax expression)
    {
        switch (expression.Parent)
        {
            case ParenthesizedExpressionSyntax or CastExpressionSyntax or RefExpressionSyntax or PostfixUnaryExpressionSyntax:
                Classify((ExpressionSyntax)expression.Parent);
                break;
            case ElementAccessExpressionSyntax access when access.Expression == expression:
                Classify(access);
                break;
            case MemberAccessExpressionSyntax access when access.Expression == expression:
                ClassifyMember(access);
                break;
            case ArgumentSyntax { Parent: BaseArgumentListSyntax list } argument:
                ClassifyArgument(argument, list);
                break;
            case EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax declarator } when _model.GetDeclaredSymbol(declarator) is ILocalSymbol alias:
                Follow(alias);
                break;
            case AssignmentExpressionSyntax assignment when assignment.Left == expression && expression is IdentifierNameSyntax:
                Add(PageUseKind.Replaced, assignment);
                break;
            case AssignmentExpressionSyntax assignment
                when assignment.Right == expression && _model.GetSymbolInfo(assignment.Left).Symbol is ILocalSymbol alias:
                Follow(alias);
                break;
            case ForEachStatementSyntax loop when loop.Expression == expression:
                Follow(_model.GetDeclaredSymbol(loop));
                break;
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression or (int)SyntaxKind.NotEqualsExpression }
                or IsPatternExpressionSyntax { Pattern: ConstantPatternSyntax or UnaryPatternSyntax }:
                Add(PageUseKind.Value, expression);
                break;
            default:
                Add(PageUseKind.HandedOn, expression);
                break;
        }
    }

    private void ClassifyMember(MemberAccessExpressionSyntax access)
    {
        string name = access.Name.Identifier.ValueText;
        var call = access.Parent as InvocationExpressionSyntax;
        if (PageApi.IsFragment(_model.GetTypeInfo(access.Expression).Type))
        {
            if (name == "DangerousAddress")
            {
                Add(PageUseKind.Address, access.Name);
            }
            else if (call is not null && _model.GetSymbolInfo(call).Symbol is IMethodSymbol method && PageApi.IsRelease(method))
            {
                Add(PageUseKind.Release, call);
            }
            else
            {
                Add(PageUseKind.Value, access);
            }
        }
        else if (name is "AsSpan" or "Slice" && call is not null)
        {
            Classify(call);
        }
        else
        {
            Add(name is "Length" or "LongLength" or "IsEmpty" && call is null ? PageUseKind.Size : PageUseKind.HandedOn, access);
        }
    }

    private void ClassifyArgument(ArgumentSyntax argument, BaseArgumentListSyntax list)
    {
        if (list.Parent is InvocationExpressionSyntax call)
        {
            ClassifyArgument(argument, call);
        }
        else if (list.Parent is BaseObjectCreationExpressionSyntax creation && PageApi.IsSpan(_model.GetTypeInfo(creation).Type))
        {
            Classify(creation);
        }
        else
        {
            Add(PageUseKind.HandedOn, argument);
        }
    }

    private void ClassifyArgument(ArgumentSyntax argument, InvocationExpressionSyntax call)
    {
        if (_model.GetSymbolInfo(call).Symbol is not IMethodSymbol method)
        {
            Add(_model.GetConstantValue(call).HasValue ? PageUseKind.Value : PageUseKind.HandedOn, argument);
        }
        else if (PageApi.IsRelease(method))
        {
            Add(PageUseKind.Release, call);
        }
        else if (PageApi.Fills(method))
        {
            Add(PageUseKind.Fill, call);
        }
        else if (PageApi.IsSlice(method))
        {
            Classify(call);
        }
        else
        {
            bool isGivenAway = argument.RefKindKeyword.Kind() is SyntaxKind.RefKeyword or SyntaxKind.OutKeyword;
            Add(isGivenAway ? PageUseKind.HandedOn : PageUseKind.Passed, argument);
        }
    }

    private void Add(PageUseKind kind, SyntaxNode node) => _uses.Add(new PageUse(kind, node));
}
