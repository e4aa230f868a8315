using BufferLifetime.CodeFixes.Pages;
using BufferLifetime.CodeFixes.Repairs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.CodeFixes.Releases;

/// <summary>
/// The operation that still uses what is released is awaited where it is started, or where its task is kept, before the release; the
/// method becomes <c>async</c> for it.
/// </summary>
internal sealed class AwaitedFirst() : Repair(ReleasedWhilePendingFix.AwaitKey)
{
    public override IEnumerable<Proposal> Propose(Report report, SemanticModel model, CancellationToken cancellationToken)
    {
        if (Acquisition.CallAt(report.Origin) is not { } started
            || PageUses.FunctionOf(started) is not { } function
            || Acquisition.NameOf(started) is not { } name)
        {
            yield break;
        }

        SyntaxNode root = model.SyntaxTree.GetRoot(cancellationToken);
        string title = $"Await '{name.Identifier.ValueText}' before the release";
        ExpressionSyntax task = Outermost(started);
        switch (task.Parent)
        {
            case ReturnStatementSyntax or ArrowExpressionClauseSyntax or LambdaExpressionSyntax when AsyncFunction.Of(function, model) is { } becoming:
                yield return new Proposal(title, becoming.Apply(root));
                break;

            case ExpressionStatementSyntax:
                if (Awaited(root, function, task, task, model) is { } dropped)
                {
                    yield return new Proposal(title, dropped);
                }

                break;

            case AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: "_" }, Parent: ExpressionStatementSyntax } discard
                when model.GetSymbolInfo(discard.Left, cancellationToken).Symbol is IDiscardSymbol:
                if (Awaited(root, function, discard, task, model) is { } discarded)
                {
                    yield return new Proposal(title, discarded);
                }

                break;

            case EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax declarator }
                when model.GetDeclaredSymbol(declarator, cancellationToken) is ILocalSymbol kept:
                foreach (SyntaxNode changed in AwaitedInTime(root, function, kept, report.Spot, model))
                {
                    yield return new Proposal(title, changed);
                }

                break;
        }
    }

    /// <summary>The task of an operation as it is returned or kept: the same one in another type, or configured.</summary>
    private static ExpressionSyntax Outermost(ExpressionSyntax started) => started.Parent switch
    {
        ParenthesizedExpressionSyntax parenthesized => Outermost(parenthesized),
        MemberAccessExpressionSyntax { Name.Identifier.ValueText: "AsTask" or "ConfigureAwait", Parent: InvocationExpressionSyntax call } access
            when access.Expression == started => Outermost(call),
        _ => started,
    };

    /// <summary>The tree with an operation awaited that nobody asks for, or null where the method cannot wait.</summary>
    private static SyntaxNode? Awaited(SyntaxNode root, SyntaxNode function, ExpressionSyntax replaced, ExpressionSyntax task, SemanticModel model)
    {
        SyntaxNode changed = root.TrackNodes(function, replaced);
        changed = changed.ReplaceNode(changed.GetCurrentNode(replaced)!, AsyncFunction.Await(task, root).WithTriviaFrom(replaced));
        return AsyncFunction.IsAsync(function) ? changed
            : AsyncFunction.Of(function, model) is { } becoming ? becoming.ApplyTo(root, changed)
            : null;
    }

    /// <summary>The trees with the task of a variable awaited before a release.</summary>
    private static IEnumerable<SyntaxNode> AwaitedInTime(SyntaxNode root, SyntaxNode function, ILocalSymbol kept, SyntaxNode spot, SemanticModel model)
    {
        if (spot.FirstAncestorOrSelf<ExpressionStatementSyntax>() is { } release && StatementList.Holding(release) is { } list)
        {
            int index = list.IndexOf(release);
            List<StatementSyntax> statements = [.. list.Statements];
            SyntaxTrivia lineEnd = Formatting.LineEnd(root);
            if (index + 1 < statements.Count && AwaitsOnly(statements[index + 1], kept, model))
            {
                // The two change places; each keeps what stands before it.
                (statements[index], statements[index + 1]) = (
                    statements[index + 1].WithTriviaFrom(statements[index + 1]).WithLeadingTrivia(Exchanged(statements[index + 1], statements[index])),
                    statements[index].WithLeadingTrivia(Exchanged(statements[index], statements[index + 1])));
                yield return root.ReplaceNode(list.Owner, list.With(statements));
            }
            else if (index + 1 < statements.Count
                && statements[index + 1] is ReturnStatementSyntax { Expression: AwaitExpressionSyntax awaiting } returned
                && IsOf(awaiting, kept, model)
                && model.GetTypeInfo(awaiting).Type is { } type)
            {
                string result = Names.Free("result", release, model);
                string typeName = type.ToMinimalDisplayString(model, release.SpanStart);
                statements[index + 1] = returned.ReplaceNode(awaiting, SyntaxFactory.IdentifierName(result).WithTriviaFrom(awaiting));
                statements[index] = Layout.WithoutBlankLines(release);
                statements.Insert(index, SyntaxFactory.ParseStatement($"{typeName} {result} = {awaiting.WithoutTrivia()};")
                    .WithLeadingTrivia(Layout.LeadingBlankLines(release).Concat(Layout.Indentation(release)))
                    .WithTrailingTrivia(lineEnd));
                yield return root.ReplaceNode(list.Owner, list.With(statements));
            }
            else if (MayBeAwaitedTwice(kept) && AsyncFunction.IsAsync(function))
            {
                StatementSyntax waiting = SyntaxFactory
                    .ExpressionStatement(AsyncFunction.Await(SyntaxFactory.IdentifierName(Names.Written(kept.Name)), root))
                    .WithLeadingTrivia(Layout.LeadingBlankLines(release).Concat(Layout.Indentation(release)))
                    .WithTrailingTrivia(lineEnd);
                statements[index] = Layout.WithoutBlankLines(release);
                statements.Insert(index, waiting);
                yield return root.ReplaceNode(list.Owner, list.With(statements));
            }
        }

        if (!AsyncFunction.IsAsync(function) && AsyncFunction.Of(function, model) is { } becoming)
        {
            yield return becoming.Apply(root);
        }
    }

    private static SyntaxTriviaList Exchanged(StatementSyntax moved, StatementSyntax place) =>
        Layout.StartsWithBlankLine(moved) == Layout.StartsWithBlankLine(place) ? moved.GetLeadingTrivia()
            : Layout.StartsWithBlankLine(moved) ? Layout.WithoutBlankLines(moved).GetLeadingTrivia()
            : new SyntaxTriviaList(Layout.LeadingBlankLines(place).Concat(moved.GetLeadingTrivia()));

    private static bool MayBeAwaitedTwice(ILocalSymbol kept) => kept.Type.Name == "Task";

    private static bool AwaitsOnly(StatementSyntax statement, ILocalSymbol kept, SemanticModel model)
    {
        ExpressionSyntax? value = statement switch
        {
            ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax assignment } => assignment.Right,
            ExpressionStatementSyntax expression => expression.Expression,
            LocalDeclarationStatementSyntax { Declaration.Variables: { Count: 1 } variables } => variables[0].Initializer?.Value,
            _ => null,
        };
        return value is AwaitExpressionSyntax awaiting && IsOf(awaiting, kept, model);
    }

    private static bool IsOf(AwaitExpressionSyntax awaiting, ILocalSymbol kept, SemanticModel model) =>
        awaiting.DescendantNodes().OfType<IdentifierNameSyntax>().FirstOrDefault() is { } name
        && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name).Symbol, kept);
}
