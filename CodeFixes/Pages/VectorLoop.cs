using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.CodeFixes.Pages;

/// <summary>
/// The loop that walks the pages of a legacy call to make one vector of each, which is then used once: all of it is what a lease does
/// by itself. Every variable that it takes has no other use.
/// </summary>
/// <param name="Statements">The loop and the declarations of what it counts and fills.</param>
/// <param name="Vectors">The one use of what was filled.</param>
internal sealed record VectorLoop(ImmutableArray<StatementSyntax> Statements, ExpressionSyntax Vectors)
{
    /// <summary>The loop over the pages of a call, or null where it is another; what <paramref name="released"/> uses does not count.</summary>
    public static VectorLoop? Of(Acquisition legacy, PageUses uses, ISymbol bytes, IReadOnlyList<StatementSyntax> released, SemanticModel model)
    {
        // One use besides the call and the releases: the address in the loop.
        if (uses.All.Any(use => use.Kind is not (PageUseKind.Address or PageUseKind.Fill or PageUseKind.Release))
            || uses.Of(PageUseKind.Address).Select(use => use.Node).ToArray() is not { Length: 1 } addresses
            || addresses[0].FirstAncestorOrSelf<WhileStatementSyntax>() is not { } loop
            || Offset(legacy, model) is not { } offset
            || Parts.Of(loop, uses.Owner, addresses[0], model) is not { } parts
            || Declaration(parts.Count, loop, model) is not { } count
            || Declaration(parts.Left, loop, model) is not { } left
            || Declaration(parts.Skip, loop, model) is not { } skip
            || !IsZero(count.Initializer, model)
            || !IsSymbol(left.Initializer?.Value, bytes, model)
            || !IsSymbol(skip.Initializer?.Value, offset, model)
            || parts.Vectors is not ILocalSymbol { DeclaringSyntaxReferences: { Length: 1 } declared }
            || declared[0].GetSyntax() is not VariableDeclaratorSyntax vectors)
        {
            return null;
        }

        SyntaxNode scope = PageUses.ScopeOf(loop);
        VariableDeclaratorSyntax[] taken = [count, left, skip, vectors];
        if (!AreUsedOnlyIn(loop, skip, [parts.Left, parts.Skip, offset], scope, model)
            || SliceOf(parts, loop, [.. released, loop], scope, model) is not { } slice
            || DeclarationsOf(taken) is not { } declarations)
        {
            return null;
        }

        return new VectorLoop([.. declarations, loop], slice);
    }

    /// <summary>The variable for the offset in the first page.</summary>
    private static ISymbol? Offset(Acquisition legacy, SemanticModel model)
    {
        foreach (ArgumentSyntax argument in legacy.Call.ArgumentList.Arguments)
        {
            if (argument != legacy.Pages && argument is { Expression: DeclarationExpressionSyntax { Designation: SingleVariableDesignationSyntax designation } })
            {
                return model.GetDeclaredSymbol(designation);
            }
        }

        return null;
    }

    /// <summary>The declaration of a counter in the block of the loop.</summary>
    private static VariableDeclaratorSyntax? Declaration(ISymbol counter, StatementSyntax loop, SemanticModel model) =>
        counter is ILocalSymbol { DeclaringSyntaxReferences: { Length: 1 } references }
        && references[0].GetSyntax() is VariableDeclaratorSyntax { Parent.Parent: LocalDeclarationStatementSyntax statement } declarator
        && statement.Parent == loop.Parent
            ? declarator
            : null;

    /// <summary>The statements that declare the variables and nothing else.</summary>
    private static List<StatementSyntax>? DeclarationsOf(VariableDeclaratorSyntax[] variables)
    {
        List<StatementSyntax> statements = [];
        foreach (VariableDeclaratorSyntax variable in variables)
        {
            if (variable.Parent is not VariableDeclarationSyntax { Parent: LocalDeclarationStatementSyntax statement } declaration
                || StatementList.Holding(statement) is null
                || declaration.Variables.Any(other => !variables.Contains(other)))
            {
                return null;
            }

            if (!statements.Contains(statement))
            {
                statements.Add(statement);
            }
        }

        return statements;
    }

    private static bool AreUsedOnlyIn(SyntaxNode loop, VariableDeclaratorSyntax declarator, ISymbol[] variables, SyntaxNode scope, SemanticModel model) =>
        !Uses(variables, scope, model).Any(name => !loop.Span.Contains(name.Span) && !declarator.Span.Contains(name.Span));

    /// <summary>The one use of the filled vectors outside the loop, <c>vectors[..count]</c>, with the one use of the count.</summary>
    private static ExpressionSyntax? SliceOf(Parts parts, SyntaxNode loop, IReadOnlyList<StatementSyntax> removed, SyntaxNode scope, SemanticModel model)
    {
        IdentifierNameSyntax[] vectors = [.. Uses([parts.Vectors], scope, model).Where(IsKept)];
        IdentifierNameSyntax[] counts = [.. Uses([parts.Count], scope, model).Where(IsKept)];
        if (vectors.Length != 1 || counts.Length != 1 || vectors[0].SpanStart < loop.Span.End)
        {
            return null;
        }

        ExpressionSyntax? slice = vectors[0].Parent switch
        {
            ElementAccessExpressionSyntax { ArgumentList.Arguments: { Count: 1 } arguments } access
                when arguments[0].Expression is RangeExpressionSyntax { LeftOperand: null, RightOperand: var end } && end == counts[0] => access,
            MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Slice", Parent: InvocationExpressionSyntax { ArgumentList.Arguments: { Count: 2 } arguments } call }
                when model.GetConstantValue(arguments[0].Expression).Value is 0 && arguments[1].Expression == counts[0] => call,
            _ => null,
        };
        return slice?.Parent is ArgumentSyntax { RefKindKeyword.RawKind: 0 } ? slice : null;

        bool IsKept(SyntaxNode name) => !removed.Any(statement => statement.Span.Contains(name.Span));
    }

    private static IEnumerable<IdentifierNameSyntax> Uses(ISymbol[] variables, SyntaxNode scope, SemanticModel model) =>
        scope.DescendantNodes().OfType<IdentifierNameSyntax>().Where(name =>
            variables.Any(variable => variable.Name == name.Identifier.ValueText && IsSymbol(name, variable, model)));

    private static bool IsZero(EqualsValueClauseSyntax? initializer, SemanticModel model) =>
        initializer is not null && model.GetConstantValue(initializer.Value).Value is 0;

    private static bool IsSymbol(ExpressionSyntax? expression, ISymbol symbol, SemanticModel model) =>
        expression is IdentifierNameSyntax && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(expression).Symbol, symbol);

    /// <summary>What the loop counts and fills.</summary>
    private sealed record Parts(ISymbol Count, ISymbol Left, ISymbol Skip, ISymbol Vectors)
    {
        /// <summary>
        /// Reads <c>while (left > 0) { int size = Math.Min(PageSize - skip, left); vectors[count] = new IoVector(pages[count].DangerousAddress
        /// + skip, size); left -= size; skip = 0; count++; }</c>, the last three in any order.
        /// </summary>
        public static Parts? Of(WhileStatementSyntax loop, ISymbol pages, SyntaxNode address, SemanticModel model)
        {
            if (loop is not
                {
                    Condition: BinaryExpressionSyntax { RawKind: (int)SyntaxKind.GreaterThanExpression, Left: IdentifierNameSyntax leftName, Right: var zero },
                    Statement: BlockSyntax { Statements: { Count: 5 } statements },
                }
                || !IsConstant(zero, 0, model)
                || statements[0] is not LocalDeclarationStatementSyntax { Declaration.Variables: { Count: 1 } sizes }
                || sizes[0].Initializer?.Value is not InvocationExpressionSyntax { ArgumentList.Arguments: { Count: 2 } minimum } call
                || model.GetSymbolInfo(call).Symbol is not IMethodSymbol { Name: "Min", ContainingType: { Name: "Math", ContainingNamespace.Name: "System" } }
                || minimum[0].Expression is not BinaryExpressionSyntax { RawKind: (int)SyntaxKind.SubtractExpression, Left: var page, Right: IdentifierNameSyntax skipName }
                || !IsConstant(page, 4096, model)
                || model.GetSymbolInfo(leftName).Symbol is not { } left
                || model.GetSymbolInfo(skipName).Symbol is not { } skip
                || !IsSymbol(minimum[1].Expression, left, model)
                || model.GetDeclaredSymbol(sizes[0]) is not { } size
                || statements[1] is not ExpressionStatementSyntax
                {
                    Expression: AssignmentExpressionSyntax
                    {
                        RawKind: (int)SyntaxKind.SimpleAssignmentExpression,
                        Left: ElementAccessExpressionSyntax { Expression: IdentifierNameSyntax vectorsName, ArgumentList.Arguments: { Count: 1 } index },
                        Right: BaseObjectCreationExpressionSyntax { ArgumentList.Arguments: { Count: 2 } vector, Initializer: null } creation,
                    },
                }
                || model.GetTypeInfo(creation).Type?.Name != "IoVector"
                || index[0].Expression is not IdentifierNameSyntax countName
                || model.GetSymbolInfo(countName).Symbol is not { } count
                || model.GetSymbolInfo(vectorsName).Symbol is not { } vectors
                || !IsSymbol(vector[1].Expression, size, model)
                || vector[0].Expression is not BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression, Left: MemberAccessExpressionSyntax start, Right: var added }
                || start.Name != address
                || !IsSymbol(added, skip, model)
                || start.Expression is not ElementAccessExpressionSyntax { ArgumentList.Arguments: { Count: 1 } of } element
                || !IsSymbol(element.Expression, pages, model)
                || !IsSymbol(of[0].Expression, count, model))
            {
                return null;
            }

            var parts = new Parts(count, left, skip, vectors);
            return statements.Skip(2).All(statement => parts.IsStep(statement, size, model)) && statements.Skip(2).Select(KindOf).Distinct().Count() == 3 ? parts : null;
        }

        private bool IsStep(StatementSyntax statement, ISymbol size, SemanticModel model) => (statement as ExpressionStatementSyntax)?.Expression switch
        {
            AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SubtractAssignmentExpression } less => IsSymbol(less.Left, Left, model) && IsSymbol(less.Right, size, model),
            AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression } reset => IsSymbol(reset.Left, Skip, model) && IsConstant(reset.Right, 0, model),
            PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PostIncrementExpression } next => IsSymbol(next.Operand, Count, model),
            PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PreIncrementExpression } next => IsSymbol(next.Operand, Count, model),
            _ => false,
        };

        private static string? KindOf(StatementSyntax statement) =>
            (statement as ExpressionStatementSyntax)?.Expression is AssignmentExpressionSyntax assignment ? assignment.Kind().ToString() : "next";

        private static bool IsConstant(ExpressionSyntax expression, int value, SemanticModel model) =>
            model.GetConstantValue(expression).Value is int constant && constant == value;
    }
}
