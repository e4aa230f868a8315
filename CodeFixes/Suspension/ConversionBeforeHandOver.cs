using BufferLifetime.Analyzers.Symbols;
using BufferLifetime.CodeFixes.Pages;
using BufferLifetime.CodeFixes.Releases;
using BufferLifetime.CodeFixes.Repairs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace BufferLifetime.CodeFixes.Suspension;

/// <summary>
/// Work that runs once, later, gets what the iterator describes as pages that are held, and gives them back when it is done. Where an
/// iterator is kept in a field or a queue, nobody knows who would do that: nothing is offered.
/// </summary>
internal sealed class ConversionBeforeHandOver() : Repair(EscapesCallFix.HandOverKey)
{
    private const string Title = "Convert before the hand-over (ExtractToBvec)";
    private const string Extracted = "BufferLifetime.ExtractedIter";

    public override IEnumerable<Proposal> Propose(Report report, SemanticModel model, CancellationToken cancellationToken)
    {
        if (RunOnce(report.Spot, model) is not { } work
            || work.FirstAncestorOrSelf<StatementSyntax>() is not { } statement
            || StatementList.Holding(statement) is not { } list
            || CapturedBy(work, model) is not { } iterator
            || FunctionBody.Around(work.Body.DescendantTokens().First().Parent!) is not { } body)
        {
            yield break;
        }

        List<IdentifierNameSyntax> inside = [], outside = [];
        foreach (IdentifierNameSyntax name in Views.NamesOf(iterator, PageUses.ScopeOf(work), model))
        {
            (work.Span.Contains(name.Span) ? inside : outside).Add(name);
        }

        // The conversion takes all that is left of the iterator; and a property's value is a copy, which nothing can be taken from.
        if (outside.Exists(name => name.SpanStart > statement.SpanStart)
            || statement.FirstAncestorOrSelf<StatementSyntax>(IsLoop) is not null
            || inside.Exists(name => !body.IsAround(name) || IteratorUses.IsAssigned(name) || IteratorUses.IsChanged(name, model) || IteratorUses.TellsTheKind(name)))
        {
            yield break;
        }

        SyntaxNode root = model.SyntaxTree.GetRoot(cancellationToken);
        SyntaxTrivia lineEnd = Formatting.LineEnd(root);
        string kept = Names.Free("kept", work, model), held = Names.Free("held", work, model);
        string type = PageApi.NameOf(Extracted, model, work);
        root = root.TrackNodes([statement, .. body.Tracked, .. inside]);
        ExpressionSyntax replacement = SyntaxFactory.ParseExpression(held + ".Iter");
        root = root.ReplaceNodes(inside.Select(name => root.GetCurrentNode(name)!), (_, name) => replacement.WithTriviaFrom(name));
        root = body.WithFirst(root, [Statement($"using {type} {held} = {kept};", lineEnd)], model, lineEnd);

        StatementSyntax current = root.GetCurrentNode(statement)!;
        list = StatementList.Holding(current)!.Value;
        List<StatementSyntax> statements = [.. list.Statements];
        int index = list.IndexOf(current);
        statements[index] = Layout.WithoutBlankLines(current);
        statements.Insert(index, Statement($"{type} {kept} = {Names.Written(iterator.Name)}.ExtractToBvec();", lineEnd)
            .WithLeadingTrivia(Layout.LeadingBlankLines(current).Concat(Layout.Indentation(current))));
        yield return new Proposal(Title, root.ReplaceNode(list.Owner, list.With(statements)));
    }

    /// <summary>The lambda that a call at a spot runs exactly once.</summary>
    private static LambdaExpressionSyntax? RunOnce(SyntaxNode spot, SemanticModel model)
    {
        (ArgumentListSyntax? arguments, SyntaxNode? call) = (Acquisition.CallAt(spot), spot) switch
        {
            ({ } invocation, _) => (invocation.ArgumentList, (SyntaxNode?)invocation),
            (_, BaseObjectCreationExpressionSyntax { Parent: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Start" } } creation) => (creation.ArgumentList, creation),
            _ => (null, null),
        };
        return call is not null
            && model.GetSymbolInfo(call).Symbol is IMethodSymbol method
            && (MetadataNames.Of(method.ContainingType), method.Name) is
                ("System.Threading.Tasks.Task", "Run") or ("System.Threading.Tasks.TaskFactory", "StartNew")
                or ("System.Threading.ThreadPool", "QueueUserWorkItem" or "UnsafeQueueUserWorkItem") or ("System.Threading.Thread", ".ctor")
            && arguments?.Arguments.FirstOrDefault()?.Expression is LambdaExpressionSyntax lambda
                ? lambda
                : null;
    }

    /// <summary>The one iterator of the method that a lambda uses.</summary>
    private static ISymbol? CapturedBy(LambdaExpressionSyntax work, SemanticModel model)
    {
        HashSet<ISymbol> captured = new(SymbolEqualityComparer.Default);
        foreach (IdentifierNameSyntax name in work.DescendantNodes().OfType<IdentifierNameSyntax>())
        {
            ISymbol? symbol = model.GetSymbolInfo(name).Symbol;
            ITypeSymbol? type = (symbol as ILocalSymbol)?.Type ?? (symbol as IParameterSymbol)?.Type;
            if (MetadataNames.Of(type) == PageApi.Iterator && !symbol!.DeclaringSyntaxReferences.Any(place => work.Span.Contains(place.Span)))
            {
                captured.Add(symbol);
            }
        }

        return captured.Count == 1 ? captured.First() : null;
    }

    private static bool IsLoop(StatementSyntax statement) =>
        statement is ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax or CommonForEachStatementSyntax;

    private static StatementSyntax Statement(string text, SyntaxTrivia lineEnd) =>
        SyntaxFactory.ParseStatement(text).WithTrailingTrivia(lineEnd).WithAdditionalAnnotations(Formatter.Annotation);
}
