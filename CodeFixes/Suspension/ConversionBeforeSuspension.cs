using BufferLifetime.Analyzers.Rules;
using BufferLifetime.CodeFixes.Pages;
using BufferLifetime.CodeFixes.Repairs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace BufferLifetime.CodeFixes.Suspension;

/// <summary>
/// The iterator is converted where it enters the method, at the start of the body or after its declaration, and what was converted is
/// used from there on.
/// </summary>
internal sealed class ConversionBeforeSuspension() : Repair(RetainedAcrossAwaitFix.ConvertKey)
{
    private const string Title = "Convert before the first suspension (ExtractToBvec)";
    private const string Extracted = "BufferLifetime.ExtractedIter";

    public override IEnumerable<Proposal> Propose(Report report, SemanticModel model, CancellationToken cancellationToken)
    {
        if (report.Properties.ContainsKey(DiagnosticProperties.BeginsLater)
            || report.Spot.FirstAncestorOrSelf<IdentifierNameSyntax>() is not { } spot
            || model.GetSymbolInfo(spot, cancellationToken).Symbol is not { } iterator
            || FunctionBody.Around(spot) is not { } body
            || IteratorUses.Of(iterator, body, model) is not { } uses)
        {
            yield break;
        }

        SyntaxNode root = model.SyntaxTree.GetRoot(cancellationToken);
        string kept = Names.Free("kept", spot, model);
        string type = PageApi.NameOf(Extracted, model, spot);
        SyntaxTrivia lineEnd = Formatting.LineEnd(root);
        List<StatementSyntax> conversion = [Statement($"using {type} {kept} = {spot.Identifier.Text}.ExtractToBvec();", lineEnd)];
        if (uses.AreChanged)
        {
            // A property's value is a copy: what advances it must be a variable.
            conversion.Add(Statement($"{spot.Identifier.Text} = {kept}.Iter;", lineEnd));
        }

        root = root.TrackNodes([.. body.Tracked, .. uses.Names, .. uses.Declaration is { } tracked ? new SyntaxNode[] { tracked } : []]);
        if (!uses.AreChanged)
        {
            ExpressionSyntax replacement = SyntaxFactory.ParseExpression(kept + ".Iter");
            root = root.ReplaceNodes(uses.Names.Select(name => root.GetCurrentNode(name)!), (_, name) => replacement.WithTriviaFrom(name));
        }

        if (uses.Declaration is not { } declaration)
        {
            yield return new Proposal(Title, body.WithFirst(root, conversion, model, lineEnd));
        }
        else if (StatementList.Holding(root.GetCurrentNode(declaration)!) is { } list)
        {
            List<StatementSyntax> statements = [.. list.Statements];
            statements.InsertRange(list.IndexOf(root.GetCurrentNode(declaration)!) + 1, conversion);
            yield return new Proposal(Title, root.ReplaceNode(list.Owner, list.With(statements)));
        }
    }

    private static StatementSyntax Statement(string text, SyntaxTrivia lineEnd) =>
        SyntaxFactory.ParseStatement(text).WithTrailingTrivia(lineEnd).WithAdditionalAnnotations(Formatter.Annotation);
}
