using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.CodeFixes.Pages;

/// <summary>The statements that run while the pages of an acquisition are held, <see cref="Start"/> to <see cref="End"/> inclusive.</summary>
internal sealed record HeldRegion(StatementList List, int Start, int End)
{
    public IEnumerable<StatementSyntax> Statements => List.Statements.Skip(Start).Take(End - Start + 1);

    /// <summary>The region of an acquisition, or null where no block of statements is one.</summary>
    public static HeldRegion? Of(Acquisition acquisition, PageUses uses, SemanticModel model)
    {
        if (acquisition.Call.FirstAncestorOrSelf<StatementSyntax>() is not { } statement)
        {
            return null;
        }

        ExpressionSyntax value = acquisition.Call;
        while (value.Parent is ParenthesizedExpressionSyntax parenthesized)
        {
            value = parenthesized;
        }

        ISymbol? result = value.Parent switch
        {
            EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax declarator } => model.GetDeclaredSymbol(declarator),
            AssignmentExpressionSyntax assignment when assignment.Right == value => model.GetSymbolInfo(assignment.Left).Symbol,
            _ => null,
        };
        var test = new TakenTest(acquisition.Call, result, model);
        return statement switch
        {
            LocalDeclarationStatementSyntax { Declaration.Variables.Count: 1 } or ExpressionStatementSyntax
                when IsWhole(statement, value) && StatementList.Holding(statement) is { } list => AfterCall(list, list.IndexOf(statement), test, uses, model),
            IfStatementSyntax { Else: null } branch when branch.Condition.Span.Contains(value.Span) && StatementList.Holding(branch) is { } list =>
                AtBranch(list, list.IndexOf(branch), branch, test, uses, model),
            WhileStatementSyntax loop when loop.Condition.Span.Contains(value.Span) && test.Read(loop.Condition) == Taken.Something =>
                Inside(loop.Statement, uses, model),
            _ => null,
        };
    }

    private static bool IsWhole(StatementSyntax statement, ExpressionSyntax value) => value.Parent switch
    {
        EqualsValueClauseSyntax => statement is LocalDeclarationStatementSyntax,
        AssignmentExpressionSyntax assignment => assignment.Parent == statement,
        _ => value.Parent == statement,
    };

    private static HeldRegion? AfterCall(StatementList list, int call, TakenTest test, PageUses uses, SemanticModel model)
    {
        IReadOnlyList<StatementSyntax> statements = list.Statements;
        int start = call + 1;
        while (start < statements.Count
            && statements[start] is IfStatementSyntax { Else: null } branch
            && test.Read(branch.Condition) != Taken.Unknown
            && !uses.AreMentionedIn(branch.Condition))
        {
            if (test.Read(branch.Condition) == Taken.Something)
            {
                return AtBranch(list, start, branch, test, uses, model);
            }

            // What does not leave when nothing was taken goes on to use the pages.
            if (!Leaves(branch.Statement) || uses.AreMentionedIn(branch))
            {
                break;
            }

            start++;
        }

        return From(list, start, uses.AreMentionedIn, model);
    }

    private static HeldRegion? AtBranch(StatementList list, int index, IfStatementSyntax branch, TakenTest test, PageUses uses, SemanticModel model)
    {
        switch (test.Read(branch.Condition))
        {
            case Taken.Nothing when Leaves(branch.Statement) && !uses.AreMentionedIn(branch.Statement):
                return From(list, index + 1, uses.AreMentionedIn, model);
            case Taken.Something when !list.Statements.Skip(index + 1).Any(uses.AreMentionedIn):
                return Inside(branch.Statement, uses, model);
            default:
                return null;
        }
    }

    private static HeldRegion? Inside(StatementSyntax body, PageUses uses, SemanticModel model) =>
        body is BlockSyntax ? From(new StatementList(body), 0, uses.AreMentionedIn, model) : null;

    /// <summary>
    /// From a statement to the last that uses what is held, and on to the last that uses what is declared in between: a variable does not
    /// outlive the block that a region becomes.
    /// </summary>
    public static HeldRegion? From(StatementList list, int start, Func<StatementSyntax, bool> isMentionedIn, SemanticModel model)
    {
        IReadOnlyList<StatementSyntax> statements = list.Statements;
        int end = -1;
        for (int i = start; i < statements.Count; i++)
        {
            if (isMentionedIn(statements[i]))
            {
                end = i;
            }
        }

        if (end < 0)
        {
            return null;
        }

        HashSet<ISymbol> declared = new(SymbolEqualityComparer.Default);
        for (int i = start; i < statements.Count && i <= end; i++)
        {
            if (statements[i] is LocalDeclarationStatementSyntax { UsingKeyword.RawKind: (int)SyntaxKind.UsingKeyword })
            {
                end = statements.Count - 1;
            }

            AddDeclared(statements[i], declared, model);
            for (int later = statements.Count - 1; later > end; later--)
            {
                if (Mentions(statements[later], declared, model))
                {
                    end = later;
                }
            }
        }

        return IsCutByDirective(list, start, end) ? null : new HeldRegion(list, start, end);
    }

    private static void AddDeclared(StatementSyntax statement, HashSet<ISymbol> declared, SemanticModel model)
    {
        foreach (SyntaxNode node in statement.DescendantNodesAndSelf())
        {
            if (node is VariableDeclaratorSyntax or SingleVariableDesignationSyntax or LocalFunctionStatementSyntax && model.GetDeclaredSymbol(node) is { } symbol)
            {
                declared.Add(symbol);
            }
        }
    }

    private static bool Mentions(StatementSyntax statement, HashSet<ISymbol> declared, SemanticModel model) =>
        statement.DescendantNodes().OfType<SimpleNameSyntax>().Any(name => model.GetSymbolInfo(name).Symbol is { } symbol && declared.Contains(symbol));

    /// <summary>Whether <c>#if</c> and its like stand between the statements: a block around one half of them is no block of the other.</summary>
    private static bool IsCutByDirective(StatementList list, int start, int end)
    {
        for (int i = start; i <= end; i++)
        {
            if (list.Statements[i].GetLeadingTrivia().Any(IsCut) || list.Statements[i].GetTrailingTrivia().Any(IsCut))
            {
                return true;
            }
        }

        return list.Statements[end].GetLastToken().GetNextToken().LeadingTrivia.Any(IsCut);
    }

    private static bool IsCut(SyntaxTrivia trivia) => trivia.IsDirective && trivia.Kind() is not SyntaxKind.PragmaWarningDirectiveTrivia;

    private static bool Leaves(StatementSyntax statement) => statement switch
    {
        BlockSyntax { Statements: { Count: > 0 } statements } => Leaves(statements.Last()),
        ReturnStatementSyntax or ThrowStatementSyntax or BreakStatementSyntax or ContinueStatementSyntax or GotoStatementSyntax => true,
        YieldStatementSyntax => statement.IsKind(SyntaxKind.YieldBreakStatement),
        _ => false,
    };
}
