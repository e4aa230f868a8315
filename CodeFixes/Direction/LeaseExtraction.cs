using BufferLifetime.CodeFixes.Pages;
using BufferLifetime.CodeFixes.Repairs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace BufferLifetime.CodeFixes.Direction;

/// <summary>
/// Where the pages are walked only to make vectors of them, a lease takes the place of everything: the page array, the loop, the
/// vectors and the release.
/// </summary>
internal sealed class LeaseExtraction() : Repair(PinnedExtractionFix.LeaseKey)
{
    private const string Title = "Hold a lease and use its vectors";
    private const string Lease = "BufferLifetime.PageLease";

    public override IEnumerable<Proposal> Propose(Report report, SemanticModel model, CancellationToken cancellationToken)
    {
        if (Acquisition.At(report.Spot, model) is not { IsLegacy: true } legacy
            || legacy.Call is not { Expression: MemberAccessExpressionSyntax, Parent: EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax declarator } }
            || declarator.Parent is not VariableDeclarationSyntax { Variables.Count: 1, Parent: LocalDeclarationStatementSyntax taking }
            || StatementList.Holding(taking) is null
            || model.GetDeclaredSymbol(declarator, cancellationToken) is not { } bytes
            || PageUses.Of(legacy, model) is not { Owner: ILocalSymbol } uses
            || FinallyRelease.Of(legacy, uses, model) is not { } release
            || VectorLoop.Of(legacy, uses, bytes, release.Released, model) is not { } loop
            || DeclarationOf(uses.Owner, legacy) is not { } pages)
        {
            yield break;
        }

        SyntaxNode root = model.SyntaxTree.GetRoot(cancellationToken);
        StatementSyntax[] removed = [.. pages, .. loop.Statements, .. release.Released];
        IdentifierNameSyntax[] counts = [.. BytesOutside(removed, taking, bytes, model)];
        ExpressionSyntax[] tests = [.. EarlyTests(taking, bytes, model)];
        SyntaxTrivia lineEnd = Formatting.LineEnd(root);
        string name = uses.Owner.Name;
        LocalDeclarationStatementSyntax held = Held(legacy, taking, name, model);

        // The lease counts in 64 bits: where that does not fit, the count is as narrow as it was, which it fits in.
        foreach (string count in new[] { $"{name}.Bytes", $"(int){name}.Bytes" })
        {
            SyntaxNode changed = root.TrackNodes([taking, loop.Vectors, .. removed, .. counts, .. tests]);
            foreach (IdentifierNameSyntax use in counts)
            {
                bool isNothing = tests.Any(test => test.Parent!.Span.Contains(use.Span));
                ExpressionSyntax value = SyntaxFactory.ParseExpression(isNothing ? "0" : count);
                changed = changed.ReplaceNode(changed.GetCurrentNode(use)!, value.WithTriviaFrom(use));
            }

            foreach (ExpressionSyntax test in tests)
            {
                changed = changed.ReplaceNode(changed.GetCurrentNode(test)!, SyntaxFactory.ParseExpression($"{name}.IsEmpty").WithTriviaFrom(test));
            }

            changed = changed.ReplaceNode(changed.GetCurrentNode(loop.Vectors)!, SyntaxFactory.ParseExpression($"{name}.IoVectors").WithTriviaFrom(loop.Vectors));
            List<SyntaxTrivia> comments = [];
            foreach (StatementSyntax statement in removed)
            {
                comments.AddRange(Layout.CommentLines(statement, lineEnd));
                changed = Layout.Remove(changed, changed.GetCurrentNode(statement)!, lineEnd);
            }

            LocalDeclarationStatementSyntax current = changed.GetCurrentNode(taking)!;
            SyntaxTriviaList leading = current.GetLeadingTrivia();
            yield return new Proposal(Title, changed.ReplaceNode(current, held
                .WithLeadingTrivia(leading.InsertRange(leading.Count - Layout.Indentation(current).Count(), comments))
                .WithTrailingTrivia(current.GetTrailingTrivia())));

            if (counts.Length == 0)
            {
                yield break;
            }
        }
    }

    /// <summary>The statement that declares the page array and nothing else; none where the call itself declares it.</summary>
    private static StatementSyntax[]? DeclarationOf(ISymbol pages, Acquisition legacy)
    {
        if (legacy.Pages.Expression is DeclarationExpressionSyntax)
        {
            return [];
        }

        return pages.DeclaringSyntaxReferences is { Length: 1 } references
            && references[0].GetSyntax() is VariableDeclaratorSyntax
            {
                Initializer.Value: StackAllocArrayCreationExpressionSyntax or ArrayCreationExpressionSyntax,
                Parent: VariableDeclarationSyntax { Variables.Count: 1, Parent: LocalDeclarationStatementSyntax statement },
            }
            && StatementList.Holding(statement) is not null
                ? [statement]
                : null;
    }

    private static IEnumerable<IdentifierNameSyntax> BytesOutside(StatementSyntax[] removed, StatementSyntax taking, ISymbol bytes, SemanticModel model) =>
        taking.Parent!.DescendantNodes().OfType<IdentifierNameSyntax>().Where(name =>
            name.Identifier.ValueText == bytes.Name
            && !removed.Any(statement => statement.Span.Contains(name.Span))
            && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name).Symbol, bytes)
            && !EarlyTests(taking, bytes, model).Any(test => test.Span.Contains(name.Span)));

    /// <summary>The conditions after the call that hold when nothing was taken.</summary>
    private static IEnumerable<ExpressionSyntax> EarlyTests(StatementSyntax taking, ISymbol bytes, SemanticModel model)
    {
        StatementList list = StatementList.Holding(taking)!.Value;
        return list.Statements.Skip(list.IndexOf(taking) + 1)
            .TakeWhile(statement => statement is IfStatementSyntax { Else: null } branch && TakenTest.ReadOf(bytes, branch.Condition, model) == Taken.Nothing)
            .Select(statement => ((IfStatementSyntax)statement).Condition);
    }

    private static LocalDeclarationStatementSyntax Held(Acquisition legacy, StatementSyntax taking, string name, SemanticModel model)
    {
        string type = PageApi.NameOf(Lease, model, taking);
        string iterator = ((MemberAccessExpressionSyntax)legacy.Call.Expression).Expression.WithoutTrivia().ToString();
        ArgumentSyntax bytes = legacy.Call.ArgumentList.Arguments.First(argument => argument != legacy.Pages && argument.RefKindKeyword.RawKind == 0);
        return ((LocalDeclarationStatementSyntax)SyntaxFactory.ParseStatement($"using {type} {name} = {iterator}.ExtractPages({bytes.WithoutTrivia()});"))
            .WithAdditionalAnnotations(Formatter.Annotation);
    }
}
