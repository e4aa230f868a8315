using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.CodeFixes.Pages;

/// <summary>The array that a legacy getter allocated for its caller, allocated by the caller.</summary>
/// <param name="Argument">What the pinned call is given in place of the <c>out</c> argument.</param>
/// <param name="Before">What has to be done before the call.</param>
/// <param name="After">What has to be done after it.</param>
internal sealed record AllocatedArray(ArgumentSyntax Argument, StatementSyntax[] Before, StatementSyntax[] After)
{
    public static AllocatedArray? Of(Acquisition legacy, PageUses? uses, SemanticModel model)
    {
        // The iterator is named twice: it must be the same one both times.
        if (legacy.Call.Expression is not MemberAccessExpressionSyntax { Expression: var iterator } || !IsRepeatable(iterator))
        {
            return null;
        }

        string fragment = PageApi.NameOf(PageApi.Fragment, model, legacy.Call);
        string array = $"new {fragment}[{iterator.WithoutTrivia()}.PageCount(int.MaxValue)]";
        ArgumentSyntax plain = legacy.Pages.WithRefKindKeyword(default);
        StatementSyntax[] trim = [];
        if (NeedsExactLength(legacy, uses))
        {
            if (Trimmed(legacy, model) is not { } resize)
            {
                return null;
            }

            trim = [resize];
        }

        StatementSyntax? statement = legacy.Call.FirstAncestorOrSelf<StatementSyntax>();
        bool startsStatement = StatementList.Holding(statement) is not null
            && statement is LocalDeclarationStatementSyntax { Declaration.Variables.Count: 1 } or ExpressionStatementSyntax or IfStatementSyntax
            && IsEvaluatedFirst(legacy.Call, statement);
        switch (legacy.Pages.Expression)
        {
            case DeclarationExpressionSyntax { Designation: SingleVariableDesignationSyntax { Identifier.Text: var name } } declaration when startsStatement:
                return new AllocatedArray(
                    plain.WithExpression(SyntaxFactory.IdentifierName(name)),
                    [SyntaxFactory.ParseStatement($"var {name} = {array};")],
                    trim);

            case IdentifierNameSyntax or MemberAccessExpressionSyntax when startsStatement && IsRepeatable(legacy.Pages.Expression):
                return new AllocatedArray(plain, [SyntaxFactory.ParseStatement($"{legacy.Pages.Expression.WithoutTrivia()} = {array};")], trim);

            // Where the call is only a part of what is done, the array is allocated on the way to it.
            case IdentifierNameSyntax or MemberAccessExpressionSyntax when trim.Length == 0:
                return new AllocatedArray(
                    plain.WithExpression(SyntaxFactory.ParseExpression($"{legacy.Pages.Expression.WithoutTrivia()} = {array}")), [], []);

            default:
                return null;
        }
    }

    /// <summary>Whether the code relies on the legacy array's length: as many entries as pages were taken, and no empty ones.</summary>
    private static bool NeedsExactLength(Acquisition legacy, PageUses? uses)
    {
        if (uses?.Owner is not ILocalSymbol || uses.IsCaptured)
        {
            return true;
        }

        foreach (PageUse use in uses.All)
        {
            if (use.Kind is PageUseKind.Release or PageUseKind.Fill or PageUseKind.Replaced)
            {
                continue;
            }

            if (use.Kind is PageUseKind.HandedOn or PageUseKind.Passed || !IsElement(use.Node))
            {
                return true;
            }
        }

        return false;

        // Of an element that is counted from the start, the array's length is no matter.
        static bool IsElement(SyntaxNode use)
        {
            ExpressionSyntax? owner = use.Parent is MemberAccessExpressionSyntax member && member.Name == use ? member.Expression
                : use is MemberAccessExpressionSyntax read ? read.Expression
                : null;
            return owner is ElementAccessExpressionSyntax
                { ArgumentList.Arguments: { Count: 1 } arguments }
                && arguments[0].Expression is not (RangeExpressionSyntax or PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.IndexExpression });
        }
    }

    /// <summary><c>Array.Resize</c> to the pages that were taken, where all that it takes to say so has a name.</summary>
    private static StatementSyntax? Trimmed(Acquisition legacy, SemanticModel model)
    {
        string? bytes = legacy.Call.Parent switch
        {
            EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Identifier.Text: var name, Parent.Parent: LocalDeclarationStatementSyntax } } => name,
            AssignmentExpressionSyntax { Left: IdentifierNameSyntax name, Parent: ExpressionStatementSyntax } => name.Identifier.Text,
            _ => null,
        };
        string? pages = NameOf(legacy.Pages.Expression);
        string? offset = null;
        foreach (ArgumentSyntax argument in legacy.Call.ArgumentList.Arguments)
        {
            if (argument != legacy.Pages && argument.RefKindKeyword.IsKind(SyntaxKind.OutKeyword))
            {
                offset = NameOf(argument.Expression);
            }
        }

        if (bytes is null || pages is null || offset is null)
        {
            return null;
        }

        string array = PageApi.NameOf("System.Array", model, legacy.Call);
        string iterator = PageApi.NameOf(PageApi.Iterator, model, legacy.Call);
        return SyntaxFactory.ParseStatement($"{array}.Resize(ref {pages}, ({offset} + {bytes} + {iterator}.PageSize - 1) / {iterator}.PageSize);");
    }

    private static string? NameOf(ExpressionSyntax expression) => expression switch
    {
        IdentifierNameSyntax { Identifier.Text: not "_" } name => name.Identifier.Text,
        DeclarationExpressionSyntax { Designation: SingleVariableDesignationSyntax designation } => designation.Identifier.Text,
        MemberAccessExpressionSyntax access when IsRepeatable(access) => access.WithoutTrivia().ToString(),
        _ => null,
    };

    private static bool IsRepeatable(ExpressionSyntax expression) => expression switch
    {
        IdentifierNameSyntax or ThisExpressionSyntax => true,
        MemberAccessExpressionSyntax access => IsRepeatable(access.Expression),
        _ => false,
    };

    /// <summary>Whether nothing of a statement happens before the call.</summary>
    private static bool IsEvaluatedFirst(SyntaxNode call, StatementSyntax statement)
    {
        for (SyntaxNode node = call; node.Parent is { } parent && node != statement; node = parent)
        {
            bool isFirst = parent switch
            {
                StatementSyntax => parent is not IfStatementSyntax branch || branch.Condition == node,
                EqualsValueClauseSyntax or VariableDeclaratorSyntax or VariableDeclarationSyntax or ParenthesizedExpressionSyntax or PrefixUnaryExpressionSyntax => true,
                AssignmentExpressionSyntax assignment => assignment.Right == node && IsRepeatable(assignment.Left),
                BinaryExpressionSyntax binary => binary.Left == node,
                IsPatternExpressionSyntax => true,
                _ => false,
            };
            if (!isFirst)
            {
                return false;
            }
        }

        return true;
    }
}
