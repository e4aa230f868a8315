using BufferLifetime.Analyzers.Symbols;
using BufferLifetime.CodeFixes.Pages;
using BufferLifetime.CodeFixes.Repairs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace BufferLifetime.CodeFixes.Suspension;

/// <summary>The position of the iterator is saved before the first attempt, and restored at the beginning of each round, or before the second.</summary>
internal sealed class PositionRestored() : Repair(ConsumedReusedFix.RestoreKey)
{
    private const string Title = "Save the position, and restore it for each attempt";
    private const string State = "BufferLifetime.IovIterState";

    public override IEnumerable<Proposal> Propose(Report report, SemanticModel model, CancellationToken cancellationToken)
    {
        if (Acquisition.CallAt(report.Spot) is not { } retry
            || Acquisition.CallAt(report.Origin) is not { } attempt
            || IteratorOf(retry, model) is not { } iterator
            || PageUses.FunctionOf(retry) != PageUses.FunctionOf(attempt))
        {
            yield break;
        }

        StatementSyntax? loop = retry.FirstAncestorOrSelf<StatementSyntax>(static node =>
            node is ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax or ForEachStatementSyntax);
        SyntaxNode root = model.SyntaxTree.GetRoot(cancellationToken);
        if (loop is not null && loop.Span.Contains(attempt.Span))
        {
            if (StatementList.Holding(loop) is not null && !IsDeclaredIn(loop, iterator))
            {
                yield return new Proposal(Title, InLoop(root, loop, iterator, retry, model));
            }
        }
        else if (attempt != retry
            && attempt.FirstAncestorOrSelf<StatementSyntax>(static node => StatementList.Holding(node) is not null) is { } first
            && retry.FirstAncestorOrSelf<StatementSyntax>() is { } second
            && StatementList.Holding(second) is not null
            && first != second
            && !IsDeclaredIn(first, iterator))
        {
            SyntaxTrivia lineEnd = Formatting.LineEnd(root);
            (string saving, string restoring) = Texts(iterator, retry, model);
            root = root.TrackNodes(first, second);
            root = WithBefore(root, root.GetCurrentNode(second)!, restoring, lineEnd);
            yield return new Proposal(Title, WithBefore(root, root.GetCurrentNode(first)!, saving, lineEnd));
        }
    }

    private static SyntaxNode InLoop(SyntaxNode root, StatementSyntax loop, ISymbol iterator, InvocationExpressionSyntax retry, SemanticModel model)
    {
        SyntaxTrivia lineEnd = Formatting.LineEnd(root);
        (string saving, string restoring) = Texts(iterator, retry, model);
        StatementSyntax body = BodyOf(loop);
        root = root.TrackNodes(loop, body);
        StatementSyntax restored = Statement(restoring, lineEnd);
        StatementSyntax longer = body switch
        {
            BlockSyntax block => block.WithStatements(block.Statements.Insert(0, restored)).WithAdditionalAnnotations(Formatter.Annotation),
            EmptyStatementSyntax => Block([restored], body, lineEnd),
            _ => Block([restored, body.WithoutLeadingTrivia()], body, lineEnd),
        };
        root = root.ReplaceNode(root.GetCurrentNode(body)!, longer);
        return WithBefore(root, root.GetCurrentNode(loop)!, saving, lineEnd);
    }

    private static StatementSyntax BodyOf(StatementSyntax loop) => loop switch
    {
        ForStatementSyntax @for => @for.Statement,
        WhileStatementSyntax @while => @while.Statement,
        DoStatementSyntax @do => @do.Statement,
        CommonForEachStatementSyntax each => each.Statement,
        _ => loop,
    };

    private static BlockSyntax Block(IEnumerable<StatementSyntax> statements, StatementSyntax replaced, SyntaxTrivia lineEnd) =>
        SyntaxFactory.Block(
            SyntaxFactory.Token(SyntaxKind.OpenBraceToken).WithTrailingTrivia(lineEnd),
            SyntaxFactory.List(statements),
            SyntaxFactory.Token(SyntaxKind.CloseBraceToken)).WithTrailingTrivia(replaced.GetTrailingTrivia()).WithAdditionalAnnotations(Formatter.Annotation);

    private static (string Saving, string Restoring) Texts(ISymbol iterator, SyntaxNode spot, SemanticModel model)
    {
        string saved = Names.Free("saved", spot, model), name = Names.Written(iterator.Name);
        return ($"{PageApi.NameOf(State, model, spot)} {saved} = {name}.SaveState();", $"{name}.Restore({saved});");
    }

    private static SyntaxNode WithBefore(SyntaxNode root, StatementSyntax place, string text, SyntaxTrivia lineEnd)
    {
        StatementList list = StatementList.Holding(place)!.Value;
        List<StatementSyntax> statements = [.. list.Statements];
        int index = list.IndexOf(place);
        statements[index] = Layout.WithoutBlankLines(place);
        statements.Insert(index, Statement(text, lineEnd).WithLeadingTrivia(Layout.LeadingBlankLines(place).Concat(Layout.Indentation(place))));
        return root.ReplaceNode(list.Owner, list.With(statements));
    }

    /// <summary>The one iterator that a call works on.</summary>
    private static ISymbol? IteratorOf(InvocationExpressionSyntax call, SemanticModel model)
    {
        HashSet<ISymbol> iterators = new(SymbolEqualityComparer.Default);
        foreach (IdentifierNameSyntax name in call.DescendantNodes().OfType<IdentifierNameSyntax>())
        {
            ISymbol? symbol = model.GetSymbolInfo(name).Symbol;
            if (MetadataNames.Of((symbol as ILocalSymbol)?.Type ?? (symbol as IParameterSymbol)?.Type) == PageApi.Iterator)
            {
                iterators.Add(symbol!);
            }
        }

        return iterators.Count == 1 ? iterators.First() : null;
    }

    private static bool IsDeclaredIn(SyntaxNode node, ISymbol variable) =>
        variable.DeclaringSyntaxReferences.Any(place => node.Span.Contains(place.Span));

    private static StatementSyntax Statement(string text, SyntaxTrivia lineEnd) =>
        SyntaxFactory.ParseStatement(text).WithTrailingTrivia(lineEnd).WithAdditionalAnnotations(Formatter.Annotation);
}
