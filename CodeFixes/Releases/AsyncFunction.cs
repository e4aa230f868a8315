using BufferLifetime.Analyzers.Symbols;
using BufferLifetime.CodeFixes.Pages;
using BufferLifetime.CodeFixes.Repairs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace BufferLifetime.CodeFixes.Releases;

/// <summary>A function that returns the tasks of others, and can become one that waits for them.</summary>
internal sealed class AsyncFunction
{
    private readonly SyntaxNode _function;
    private readonly bool _hasResult;

    private AsyncFunction(SyntaxNode function, bool hasResult)
    {
        _function = function;
        _hasResult = hasResult;
    }

    public static bool IsAsync(SyntaxNode function) => function switch
    {
        BaseMethodDeclarationSyntax method => method.Modifiers.Any(SyntaxKind.AsyncKeyword),
        LocalFunctionStatementSyntax local => local.Modifiers.Any(SyntaxKind.AsyncKeyword),
        AnonymousFunctionExpressionSyntax anonymous => anonymous.AsyncKeyword.IsKind(SyntaxKind.AsyncKeyword),
        _ => false,
    };

    /// <summary>The function, or null where it cannot wait: it is asynchronous already, returns no task, or takes what does not last.</summary>
    public static AsyncFunction? Of(SyntaxNode function, SemanticModel model)
    {
        ISymbol? symbol = function is AnonymousFunctionExpressionSyntax ? model.GetSymbolInfo(function).Symbol : model.GetDeclaredSymbol(function);
        return function is MethodDeclarationSyntax or LocalFunctionStatementSyntax or LambdaExpressionSyntax
            && symbol is IMethodSymbol { IsAsync: false, ReturnsVoid: false, RefKind: RefKind.None } method
            && MetadataNames.Of(method.ReturnType) is "System.Threading.Tasks.Task" or "System.Threading.Tasks.Task`1"
                or "System.Threading.Tasks.ValueTask" or "System.Threading.Tasks.ValueTask`1"
            && method.Parameters.All(static parameter => parameter is { RefKind: RefKind.None, Type.IsRefLikeType: false })
                ? new AsyncFunction(function, ((INamedTypeSymbol)method.ReturnType).Arity == 1)
                : null;
    }

    /// <summary>Waiting for a task, in the way that the file waits for others.</summary>
    public static ExpressionSyntax Await(ExpressionSyntax task, SyntaxNode root)
    {
        ExpressionSyntax awaited = task.WithoutTrivia();
        if (awaited is not (InvocationExpressionSyntax or NameSyntax or MemberAccessExpressionSyntax or ParenthesizedExpressionSyntax or ElementAccessExpressionSyntax))
        {
            awaited = SyntaxFactory.ParenthesizedExpression(awaited);
        }

        bool isConfigured = task.DescendantNodesAndSelf().OfType<InvocationExpressionSyntax>().Any(IsConfiguration);
        if (!isConfigured && root.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(IsConfiguration))
        {
            awaited = SyntaxFactory.ParseExpression($"{awaited}.ConfigureAwait(false)");
        }

        return SyntaxFactory.AwaitExpression(SyntaxFactory.Token(SyntaxKind.AwaitKeyword).WithTrailingTrivia(SyntaxFactory.Space), awaited);
    }

    /// <summary>The tree with the function waiting for whatever it returned.</summary>
    public SyntaxNode Apply(SyntaxNode root) => ApplyTo(root, root.TrackNodes(_function));

    /// <summary>As <see cref="Apply"/>, in a tree that has the function tracked and one of its expressions replaced.</summary>
    public SyntaxNode ApplyTo(SyntaxNode root, SyntaxNode changed)
    {
        SyntaxNode function = changed.GetCurrentNode(_function)!;
        SyntaxNode waiting = Waiting(function, root);
        return changed.ReplaceNode(function, WithKeyword(waiting));
    }

    private static bool IsConfiguration(InvocationExpressionSyntax call) =>
        call.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait" };

    private SyntaxNode Waiting(SyntaxNode function, SyntaxNode root)
    {
        List<SyntaxNode> returns = [.. function
            .DescendantNodes(node => node == function || node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax))
            .Where(node => node is ReturnStatementSyntax { Expression: not null } || (node is ArrowExpressionClauseSyntax && node.Parent == function))];
        if (function is LambdaExpressionSyntax { Body: ExpressionSyntax body })
        {
            returns.Add(body);
        }

        function = function.TrackNodes(returns);
        foreach (SyntaxNode original in returns)
        {
            SyntaxNode current = function.GetCurrentNode(original)!;
            function = current switch
            {
                ReturnStatementSyntax statement => WithReturn(function, statement, root),
                ArrowExpressionClauseSyntax arrow => function.ReplaceNode(arrow, arrow.WithExpression(Await(arrow.Expression, root).WithTriviaFrom(arrow.Expression))),
                ExpressionSyntax expression => function.ReplaceNode(expression, Await(expression, root).WithTriviaFrom(expression)),
                _ => function,
            };
        }

        return function;
    }

    private SyntaxNode WithReturn(SyntaxNode function, ReturnStatementSyntax statement, SyntaxNode root)
    {
        ExpressionSyntax task = statement.Expression!;
        if (_hasResult)
        {
            return function.ReplaceNode(task, (ResultOf(task)?.WithoutTrivia() ?? Await(task, root)).WithTriviaFrom(task));
        }

        if (IsCompleted(task))
        {
            return function.ReplaceNode(statement, SyntaxFactory.ReturnStatement().WithTriviaFrom(statement));
        }

        StatementSyntax waiting = SyntaxFactory.ExpressionStatement(Await(task, root)).WithTriviaFrom(statement);
        if (IsAtEnd(statement, function))
        {
            return function.ReplaceNode(statement, waiting);
        }

        StatementSyntax left = SyntaxFactory.ReturnStatement().WithTrailingTrivia(statement.GetTrailingTrivia());
        if (StatementList.Holding(statement) is null)
        {
            return function.ReplaceNode(statement, SyntaxFactory.Block(waiting, left).WithAdditionalAnnotations(Formatter.Annotation));
        }

        SyntaxTrivia lineEnd = Formatting.LineEnd(root);
        return function.ReplaceNode(statement, new SyntaxNode[]
        {
            waiting.WithTrailingTrivia(lineEnd),
            left.WithLeadingTrivia(Layout.Indentation(statement)).WithAdditionalAnnotations(Formatter.Annotation),
        });
    }

    /// <summary>The result that a task is made of.</summary>
    private static ExpressionSyntax? ResultOf(ExpressionSyntax task) =>
        task is InvocationExpressionSyntax
        {
            Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "FromResult", Expression: SimpleNameSyntax { Identifier.ValueText: "Task" or "ValueTask" } },
            ArgumentList.Arguments: { Count: 1 } arguments,
        }
            ? arguments[0].Expression
            : null;

    private static bool IsCompleted(ExpressionSyntax task) =>
        task is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "CompletedTask" } or LiteralExpressionSyntax { RawKind: (int)SyntaxKind.DefaultLiteralExpression };

    /// <summary>Whether nothing follows a statement in its function but handlers.</summary>
    private static bool IsAtEnd(StatementSyntax statement, SyntaxNode function)
    {
        for (SyntaxNode node = statement; node.Parent is { } parent && parent != function; node = parent)
        {
            if (parent switch
            {
                BlockSyntax block => block.Statements.Last() != node,
                TryStatementSyntax or CatchClauseSyntax or UsingStatementSyntax or FixedStatementSyntax or CheckedStatementSyntax or LockStatementSyntax => false,
                IfStatementSyntax or ElseClauseSyntax => false,
                _ => true,
            })
            {
                return false;
            }
        }

        return true;
    }

    private static SyntaxNode WithKeyword(SyntaxNode function)
    {
        SyntaxToken keyword = SyntaxFactory.Token(SyntaxKind.AsyncKeyword).WithTrailingTrivia(SyntaxFactory.Space);
        switch (function)
        {
            case MethodDeclarationSyntax { Modifiers.Count: > 0 } method:
                return method.WithModifiers(With(method.Modifiers, keyword));
            case MethodDeclarationSyntax method:
                return method.WithReturnType(method.ReturnType.WithoutLeadingTrivia())
                    .WithModifiers(SyntaxFactory.TokenList(keyword.WithLeadingTrivia(method.ReturnType.GetLeadingTrivia())));
            case LocalFunctionStatementSyntax { Modifiers.Count: > 0 } local:
                return local.WithModifiers(With(local.Modifiers, keyword));
            case LocalFunctionStatementSyntax local:
                return local.WithReturnType(local.ReturnType.WithoutLeadingTrivia())
                    .WithModifiers(SyntaxFactory.TokenList(keyword.WithLeadingTrivia(local.ReturnType.GetLeadingTrivia())));
            case LambdaExpressionSyntax lambda:
                return lambda.WithoutLeadingTrivia().WithModifiers(lambda.Modifiers.Count > 0
                    ? With(lambda.Modifiers, keyword)
                    : SyntaxFactory.TokenList(keyword.WithLeadingTrivia(lambda.GetLeadingTrivia())));
            default:
                return function;
        }
    }

    /// <summary>The modifiers with one more, at the end or before <c>partial</c>, which must be the last.</summary>
    private static SyntaxTokenList With(SyntaxTokenList modifiers, SyntaxToken keyword)
    {
        int partial = modifiers.IndexOf(SyntaxKind.PartialKeyword);
        return partial < 0 ? modifiers.Add(keyword)
            : partial > 0 ? modifiers.Insert(partial, keyword)
            : modifiers.Replace(modifiers[0], modifiers[0].WithLeadingTrivia()).Insert(0, keyword.WithLeadingTrivia(modifiers[0].LeadingTrivia));
    }
}
