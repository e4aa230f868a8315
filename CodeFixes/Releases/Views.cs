using BufferLifetime.CodeFixes.Pages;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.CodeFixes.Releases;

/// <summary>The variables that show what one of them holds: the same thing under another name, a span of it, an address in it.</summary>
internal static class Views
{
    /// <summary>Where a variable is named.</summary>
    public static IEnumerable<IdentifierNameSyntax> NamesOf(ISymbol variable, SyntaxNode scope, SemanticModel model) =>
        scope.DescendantNodes().OfType<IdentifierNameSyntax>().Where(name =>
            name.Identifier.ValueText == variable.Name && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name).Symbol, variable));

    /// <summary>Where the variable that a value goes to is named, or another that is made of it.</summary>
    public static IReadOnlyList<IdentifierNameSyntax> Of(ISymbol variable, ExpressionSyntax taking, SyntaxNode scope, SemanticModel model)
    {
        HashSet<ISymbol> known = new(SymbolEqualityComparer.Default) { variable };
        List<IdentifierNameSyntax> names = [.. NamesOf(variable, scope, model)];
        bool grows = true;
        while (grows)
        {
            grows = false;
            foreach ((ISymbol? view, ExpressionSyntax value) in Assigned(scope, model))
            {
                if (view is not null && (value.Span.Contains(taking.Span) || names.Exists(name => value.Span.Contains(name.Span))) && known.Add(view))
                {
                    names.AddRange(NamesOf(view, scope, model));
                    grows = true;
                }
            }
        }

        return names;
    }

    /// <summary>Whether a value can be read when what it was made of is gone.</summary>
    public static bool IsPlain(ITypeSymbol? type) =>
        type is { TypeKind: TypeKind.Enum }
        || type?.SpecialType is (>= SpecialType.System_Boolean and <= SpecialType.System_String) or SpecialType.System_DateTime or SpecialType.System_Void;

    /// <summary>Whether a statement returns, made of one of the names, anything but a plain value.</summary>
    public static bool AreReturnedFrom(IEnumerable<StatementSyntax> statements, IReadOnlyList<IdentifierNameSyntax> names, SemanticModel model)
    {
        SyntaxNode? function = names.Count == 0 ? null : PageUses.FunctionOf(names[0]);
        return statements.SelectMany(static statement => statement.DescendantNodesAndSelf()).Any(node =>
            LeavingBy(node) is { } value
            && PageUses.FunctionOf(node) == function
            && names.Any(name => value.Span.Contains(name.Span))
            && !IsPlain(model.GetTypeInfo(value).ConvertedType));
    }

    private static ExpressionSyntax? LeavingBy(SyntaxNode node) => node switch
    {
        ReturnStatementSyntax returned => returned.Expression,
        YieldStatementSyntax yielded => yielded.Expression,
        _ => null,
    };

    private static IEnumerable<(ISymbol? Variable, ExpressionSyntax Value)> Assigned(SyntaxNode scope, SemanticModel model)
    {
        foreach (SyntaxNode node in scope.DescendantNodes())
        {
            (ISymbol? variable, ExpressionSyntax? value) = node switch
            {
                VariableDeclaratorSyntax { Initializer.Value: { } initial } declarator => (model.GetDeclaredSymbol(declarator), initial),
                AssignmentExpressionSyntax { Left: IdentifierNameSyntax left } assignment => (model.GetSymbolInfo(left).Symbol, assignment.Right),
                ForEachStatementSyntax loop => (model.GetDeclaredSymbol(loop), loop.Expression),
                _ => (null, null),
            };
            ITypeSymbol? type = (variable as ILocalSymbol)?.Type ?? (variable as IParameterSymbol)?.Type;
            if (value is not null && type is not null && !IsPlain(type))
            {
                yield return (variable, value);
            }
        }
    }
}
